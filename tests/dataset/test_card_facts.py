"""What a workspace tells the card beyond its tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from report.project import PEOPLE, article, make, mention, work

from toolkit.annotations.model import Origin
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.articles.model import text_digest
from toolkit.dataset.about import About, Compared, Facts
from toolkit.dataset.opened import open_files
from toolkit.stages import setup
from toolkit.stages.facts import facts
from toolkit.workspace import Workspace

TEXT = "Ilka Tornay came to Lassendry."


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two people on two articles of two stories; in one of these a suggestion was accepted and an end differs."""
    root = tmp_path_factory.mktemp("facts")
    setup.init(root, "trial")
    one, other = (load_pseudonyms(Workspace(root).private).of(person) for person in PEOPLE[:2])
    texts = {id: article(id, f"{TEXT} This is {id}.", story_id=id) for id in ("a1", "a2")}
    person = mention(TEXT, "m1", "Ilka Tornay", "PERSON")
    town = mention(TEXT, "m2", "Lassendry", "GPE")
    suggested = person.model_copy(update={"origin": Origin.ACCEPTED})
    works = [
        work(texts["a1"], one, mentions=(person, town)),
        work(texts["a1"], other, mentions=(person, town)),
        work(texts["a2"], one, mentions=(suggested, town)),
        work(texts["a2"], other, mentions=(suggested,)),
    ]
    return make(root, texts, works)


def test_agreement_is_measured_with_its_interval(workspace: Workspace) -> None:
    found = facts(workspace).agreement
    assert found is not None
    assert (found.articles, found.stories, found.annotators, found.accepted) == (2, 2, 2, 2)
    exact = found.figures[0]
    assert (exact.layer, exact.measure, exact.items, exact.stories) == ("entities", "F1, exact", 4, 2)
    assert exact.value == pytest.approx(6 / 7)  # 2 · 3 of 2 · 3 + 1: one mark is alone
    assert (exact.low, exact.high) == (pytest.approx(2 / 3), 1.0)  # both stories the second, or the first


def test_f1_of_everything_comes_first_and_suggestions_are_told_apart(workspace: Workspace) -> None:
    found = facts(workspace).agreement
    assert found is not None
    names = [one.measure for one in found.figures if one.layer == "entities"]
    assert names[:3] == ["F1, exact", "F1, relaxed", "F1, exact, without accepted suggestions"]
    assert not any(name.startswith("F1") for name in names[3:])


def test_guidelines_and_near_copies(workspace: Workspace, tmp_path: Path) -> None:
    told = facts(workspace)
    assert told.guidelines_sha256 == text_digest(workspace.guidelines.read_text(encoding="utf-8"))
    assert told.near_copies == {}
    story = " ".join(f"word{number} of the story" for number in range(60))
    texts = {id: article(id, f"{story} {id}.") for id in ("b1", "b2", "b3")} | {"b4": article("b4", TEXT)}
    assert facts(make(tmp_path, texts, [])).near_copies == {"duplicate": 3}


@pytest.mark.parametrize(
    ("version", "digest", "said"),
    [("1.2", "abc", "version 1.2, sha256 abc"), ("", "abc", "sha256 abc"), ("1.2", "", "version 1.2"), ("", "", "")],
)
def test_guidelines_are_known_by_version_and_digest(version: str, digest: str, said: str, workspace: Workspace) -> None:
    project = workspace.project.model_copy(update={"guidelines_version": version})
    opened = open_files(workspace.root, setup.ontology(workspace))
    told = Facts(guidelines_sha256=digest)
    assert About(project, setup.ontology(workspace), opened, facts=told).guidelines == said


def test_where_nobody_was_compared_there_are_no_figures(tmp_path: Path) -> None:
    found = facts(make(tmp_path, annotations=[])).agreement
    assert found == Compared(articles=0, stories=0, annotators=0, accepted=0, figures=())
    assert Facts().agreement is None
