"""A dataset on disk with three splits, and what is told of it: for the tests of its papers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from small_world import World

from toolkit.dataset.about import About, Compared, Facts, Figure
from toolkit.dataset.opened import open_files
from toolkit.dataset.prose import SECTIONS, Prose, parse_prose
from toolkit.project import Project

DATASET = {
    "version": "2.0.0",
    "date": "2031-05-20",
    "title": "Harbour",
    "licence": "cc-by-4.0",
    "annotations_creators": ["expert-generated"],
    "creators": ["Quill, Ana", "Veldan Press Institute"],
    "splits": {"train": 0.4, "validation": 0.2, "test": 0.4},
}
FACTS = Facts(
    agreement=Compared(
        articles=2,
        stories=2,
        annotators=2,
        accepted=1,
        figures=(
            Figure("entities", "F1, exact", 2 / 3, 0.5, 0.75, 6, 2),
            Figure("entities", "Krippendorff α of level", None, None, None, 2, 1),
        ),
    ),
    guidelines_sha256="abc",
    near_copies={"duplicate": 1},
    components=5,
    largest=1,
)


def project(hub: str = "owner/harbour", **dataset: Any) -> Project:
    return Project.model_validate(
        {
            "name": "demo",
            "studio": {"projects": [{"title": "demo"}]},
            "dataset": DATASET | dataset,
            "hub": {"repository": hub},
        }
    )


def whole_prose() -> Prose:
    return parse_prose("\n".join(f"## {name}\nWhat is said of {name.lower()}.\n" for name in SECTIONS))


def describe(
    folder: Path, *, world: World | None = None, prose: Prose | None = None, facts: Facts = FACTS, **dataset: Any
) -> About:
    """Build a world's dataset into ``folder``, and say everything that can be said of it."""
    world = world or World()
    world.project = project(**dataset)
    built = world.build(folder)
    opened = open_files(built.folder, world.ontology)
    return About(world.project, world.ontology, opened, whole_prose() if prose is None else prose, facts)
