"""`kill -9` at any event of build, release, publish and migrate: files are whole, and the next run ends right."""

from __future__ import annotations

import contextlib
import functools
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hub.releases import REPOSITORY, build_releases
from hub.server import TestHub

from toolkit.errors import EXIT_TERMINATED

from . import whole
from .news import MIGRATE, built_from_less, labelled_elsewhere
from .nursery import Nursery
from .points import drawn, points
from .scenes import Scene, Tree


def without_the_clock(files: Tree) -> Tree:
    """Name the snapshot that a plan has made by what made it, and forget when that was, and its digest."""
    told: Tree = {}
    for path, data in files.items():
        if path.endswith("/checked.json"):
            continue
        manifest = f"{Path(path).parent}/manifest.json"
        made = json.loads(files[manifest]) if "/snapshots/" in path else {}
        if made.get("plan"):
            path = path.replace(Path(path).parent.name, "made")
            data = json.dumps(made | {"created": ""}).encode() if path.endswith("manifest.json") else data
        told[path] = data
    return told


PREPARED: dict[str, Any] = {
    "build": (built_from_less, ("build",), dict),
    "release": (built_from_less, ("release",), dict),
    "migrate": (labelled_elsewhere, MIGRATE, without_the_clock),
}


@pytest.fixture(scope="module")
def scene_of(killer: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scene]:
    @functools.cache
    def make(name: str) -> Scene:
        prepare, args, told = PREPARED[name]
        folder = tmp_path_factory.mktemp(name)
        prepare(folder / "pristine")
        made = Scene(killer, name, args, folder / "pristine", folder / "workspace")
        made.told, made.between = told, ("migration.json",)
        made.learn()
        return made

    return make


CASES = [(name, at) for name, few in (("build", 3), ("release", 0), ("migrate", 3)) for at in points(few)]


@pytest.mark.parametrize(("name", "at"), CASES)
def test_in_files(scene_of: Callable[[str], Scene], name: str, at: tuple[int, int]) -> None:
    scene = scene_of(name)
    scene.begin()
    where = scene.killed(at)
    scene.old_or_new(where)
    scene.again(where)


@pytest.mark.parametrize("at", points(1))
def test_sigterm(scene_of: Callable[[str], Scene], at: tuple[int, int]) -> None:
    """Whoever is asked to end tidies up first; asked in the middle of that, the next run does."""
    scene = scene_of("build")
    scene.begin()
    run = scene.run(drawn("sigterm", at, scene.events), signal.SIGTERM)
    assert run.code == EXIT_TERMINATED, run.events[-1]
    scene.old_or_new(run.events[-1])
    if run.events[-1].split()[1] not in ("os.remove", "os.rmdir", "shutil.rmtree"):
        assert whole.left_over(scene.root, scene.killer.temporary) == [], run.events
    scene.again(run.events[-1])


@dataclass
class Publication(Scene):
    """`goldkit publish` to a Hub of its own."""

    hub: TestHub | None = None

    def files(self) -> Tree:
        """What is on the Hub, and that no file of the workspace is another."""
        assert self.hub
        there = self.hub.repositories.get(REPOSITORY)
        hub = json.dumps([there.main, there.tags, self.hub.tree(REPOSITORY)] if there else []).encode()
        return super().files() | {"hub": hub}


@pytest.fixture(scope="module")
def publication(killer: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    folder = tmp_path_factory.mktemp("publish")
    build_releases(folder / "pristine")
    made = Publication(killer, "publish", ("publish",), folder / "pristine", folder / "workspace")
    with on_a_hub(made, folder / "hub"):
        made.learn()
    return made


@contextlib.contextmanager
def on_a_hub(publication: Publication, folder: Path) -> Iterator[TestHub]:
    with TestHub(folder) as hub:
        publication.hub, publication.env = hub, {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token}
        yield hub


@pytest.mark.parametrize("at", points(1))
def test_publish(publication: Publication, at: tuple[int, int], tmp_path: Path) -> None:
    """The commit and the tag are those of a run that nobody killed: not one commit more or less."""
    with on_a_hub(publication, tmp_path) as hub:
        publication.begin()
        where = publication.killed(at)
        publication.again(where)
        assert hub.titles(REPOSITORY) == ["Release 1.0.0 (2026-11-22)", "initial commit"], where
