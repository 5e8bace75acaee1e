"""From the answers across articles to the dataset: what ``goldkit build`` makes of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit.dataset.build import Built
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.gold.agreement.bootstrap import Estimate
from toolkit.gold.measures import Measure
from toolkit.links.agree import LinkAgreement
from toolkit.links.model import ClaimLink, ClaimVote, EntityVote
from toolkit.links.store import CLAIM_VOTES, ENTITY_VOTES, load_pairs, load_registers, write_records
from toolkit.stages.build import build
from toolkit.stages.facts import compared_links
from toolkit.stages.links import candidates
from toolkit.workspace import Workspace

ANNOTATORS = ("annotator-1a", "annotator-2b")
ANSWERED = 3  # pairs of each story


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The samples, with two annotators who take every candidate, and link no two claims."""
    workspace = sample_workspace(tmp_path_factory.mktemp("across") / "w")
    candidates(workspace)
    registers, pairs = list(load_registers(workspace.links)), list(load_pairs(workspace.links))
    who = [
        EntityVote(
            story_id=register.story_id,
            annotator=annotator,
            mentions=tuple(mention.key for mention in register.mentions),
            entities=register.entities,
        )
        for register in registers
        for annotator in ANNOTATORS
    ]
    answers = []
    for story_id in {register.story_id for register in registers}:
        for pair in [pair for pair in pairs if pair.story_id == story_id][:ANSWERED]:
            head, tail = pair.key.split(" ")
            for annotator in ANNOTATORS:
                link = ClaimLink(type="unrelated", head=head, tail=tail)
                answers.append(ClaimVote(story_id=story_id, annotator=annotator, pair=pair.key, link=link))
    write_records(workspace.links / ENTITY_VOTES, who)
    write_records(workspace.links / CLAIM_VOTES, answers)
    return workspace


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> Built:
    return build(workspace)


@pytest.fixture(scope="module")
def opened(built: Built) -> Opened:
    return open_dataset(built.folder)


def test_what_was_answered_is_in_the_dataset(workspace: Workspace, built: Built, opened: Opened) -> None:
    registers = list(load_registers(workspace.links))
    assert len(registers) == built.rows["stories"] == 3
    assert built.rows["entity_links"] == sum(len(register.mentions) for register in registers)
    assert built.rows["claim_links"] == ANSWERED * len(registers)
    statuses = {(row["entities_status"], row["claims_status"]) for row in opened.named("stories")}
    assert statuses == {("gold", "partly-labelled")}  # a few pairs of each story were answered
    assert {row["resolution"] for row in opened.named("entity_links")} == {"unanimous"}
    entities = {row["entity_id"] for row in opened.rows("entity_links")}
    assert len(entities) == sum(len(register.entities) for register in registers)


def test_the_card_tells_how_far_they_agree(built: Built) -> None:
    text = (built.folder / "README.md").read_text(encoding="utf-8").split("\n## Agreement\n")[1].split("\n## ")[0]
    part = text.split("### Across articles")[1]
    assert "Of 2 annotators on 3 stories that two or more linked" in part
    assert "| who is who | LEA | 1.00 |" in part
    assert "| links between claims | Gwet AC1 of link | 1.00 |" in part
    assert "MUC |" not in part


def test_building_again_gives_the_same_bytes(workspace: Workspace, built: Built) -> None:
    before = contents(built.folder)
    for name in (ENTITY_VOTES, CLAIM_VOTES):
        file = workspace.links / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(reversed(lines)), encoding="utf-8")
    assert contents(build(workspace).folder) == before


def test_the_figures_that_are_read_first() -> None:
    assert compared_links(None) is None
    estimate = Estimate(0.5, 0.4, 0.6, 2, 0)
    names = [
        ("entities", "LEA", "", ()),
        ("entities", "MUC", "", ()),
        ("entities", "CEAFe, without singletons", "", ()),
        ("entities", "LEA", "", ANNOTATORS),
        ("claims", "F1 of conflicts", "", ()),
        ("claims", "F1", "supports", ()),
        ("claims", "Krippendorff α of cause", "contradicts", ()),
    ]
    measures = tuple(Measure(layer, name, label, pair, 7, estimate) for layer, name, label, pair in names)  # type: ignore[arg-type]
    found = compared_links(LinkAgreement(2, ANNOTATORS, 9, 1, 0, 5, measures, {}))
    assert found is not None
    assert (found.stories, found.annotators, found.mentions, found.unsure, found.pairs) == (2, 2, 9, 1, 5)
    assert [(one.layer, one.measure, one.value, one.items, one.stories) for one in found.figures] == [
        ("who is who", "LEA", 0.5, 7, 2),
        ("links between claims", "F1 of conflicts", 0.5, 7, 2),
        ("links between claims", "Krippendorff α of cause", 0.5, 7, 2),
    ]
