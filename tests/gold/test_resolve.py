from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin
from toolkit.errors import BadInputError
from toolkit.findings import Severity
from toolkit.gold.model import Resolution
from toolkit.gold.resolve import ANNOTATED_TWICE, SEVERAL_GROUND_TRUTHS, WORK_REJECTED, Resolved
from toolkit.gold.resolve import resolve as select_with
from toolkit.gold.store import load_gold, write_gold
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.workspace import LAYERS

ONTOLOGY: Ontology = load_ontology(Path(__file__).parents[2] / "configs" / "ontology.yaml")


def select(votes: Iterable[Annotation]) -> Resolved:
    return select_with(votes, ONTOLOGY)


def vote(article_id: str, annotator: str, **more: Any) -> Annotation:
    return Annotation(
        article_id=article_id, text_sha256="0" * 64, annotator=annotator, ontology_version="1.0.0", **more
    )


def mention(id: str, start: int) -> Mention:
    return Mention(id=id, start=start, end=start + 1, text="x", labels=("PERSON",))


def test_one_annotator_is_gold_and_says_so() -> None:
    selection = select(
        [vote("a", "amina", mentions=(mention("m2", 5), mention("m1", 3))), vote("a", "boris", skipped=True)]
    )
    (gold,) = selection.gold
    assert (gold.resolution, gold.annotators, gold.voters) == (Resolution.SINGLE, ("amina",), 1)
    assert [item.id for item in gold.mentions] == ["m1", "m2"]
    assert selection.awaiting == selection.skipped == selection.findings == ()


def test_the_one_marked_as_ground_truth_is_gold() -> None:
    votes = [vote("a", "amina"), vote("a", "boris", ground_truth=LAYERS), vote("a", "chen")]
    (gold,) = select(votes).gold
    assert (gold.resolution, gold.annotators, gold.voters) == (Resolution.GROUND_TRUTH, ("boris",), 3)


def test_what_two_see_differently_awaits_adjudication() -> None:
    selection = select([vote("a", "amina", mentions=(mention("m1", 3),)), vote("a", "boris")])
    assert (selection.gold, selection.awaiting, selection.findings) == ((), ("a",), ())
    (article,) = selection.open
    (difference,) = article.differences
    assert (difference.kind, difference.reason) == ("mention", "presence")
    assert [(one.annotator, one.value is None) for one in difference.votes] == [("amina", False), ("boris", True)]
    assert difference.suggested["majority"][1] == 0.5


def test_that_nobody_found_anything_is_agreement() -> None:
    (gold,) = select([vote("a", "amina"), vote("a", "boris")]).gold
    assert (gold.resolution, gold.mentions, gold.annotators) == (Resolution.UNANIMOUS, (), ("amina", "boris"))


def test_two_ground_truths_await_and_are_reported() -> None:
    selection = select([vote("a", "boris", ground_truth=LAYERS), vote("a", "amina", ground_truth=LAYERS)])
    assert (selection.gold, selection.awaiting) == ((), ("a",))
    (finding,) = selection.findings
    assert (finding.rule, finding.place.article_id) == (SEVERAL_GROUND_TRUTHS, "a")
    assert "amina, boris" in finding.message


def test_a_skipped_ground_truth_is_no_gold() -> None:
    selection = select([vote("a", "amina", skipped=True, ground_truth=LAYERS)])
    assert (selection.gold, selection.skipped) == ((), ("a",))


def test_one_annotator_twice_is_one_voter_and_reported() -> None:
    selection = select([vote("a", "amina"), vote("a", "amina", ground_truth=LAYERS)])
    assert selection.gold[0].voters == 1
    (finding,) = selection.findings
    assert (finding.rule, finding.severity, finding.place.annotator) == (ANNOTATED_TWICE, Severity.WARNING, "amina")


def test_every_article_stands_once_and_order_does_not_matter() -> None:
    differing = vote("a", "boris", mentions=(mention("m1", 3),))
    votes = [vote("c", "amina"), vote("a", "amina"), vote("b", "amina", skipped=True), differing]
    first = select(votes)
    assert [gold.article_id for gold in first.gold] == ["c"]
    assert (first.awaiting, first.skipped) == (("a",), ("b",))
    assert all(select(order) == first for order in permutations(votes))


def test_gold_is_written_and_read(tmp_path: Path) -> None:
    gold = select([vote("b", "amina", mentions=(mention("m", 0),)), vote("a", "boris")]).gold
    assert write_gold(tmp_path / "gold.jsonl", reversed(gold)) == 2
    assert load_gold(tmp_path / "gold.jsonl") == gold


def test_bad_gold_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    write_gold(path, select([vote("a", "amina")]).gold)
    path.write_text(path.read_text(encoding="utf-8") + '{"article_id": "b"}\n', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"gold\.jsonl:2: not valid"):
        load_gold(path)
    with pytest.raises(BadInputError, match="no such file"):
        load_gold(tmp_path / "other.jsonl")


def claim(id: str, start: int, *claimants: str) -> Claim:
    return Claim(id=id, start=start, end=start + 1, text="x", claimants=claimants)


def test_layers_of_different_people_are_put_together() -> None:
    entities = vote("a", "amina", layers=("entities", "relations"), mentions=(mention("m1", 3), mention("m2", 5)))
    known = mention("k", 3).model_copy(update={"origin": Origin.CONTEXT})
    unknown = mention("n", 8).model_copy(update={"origin": Origin.CONTEXT})
    claims = vote("a", "boris", layers=("claims",), mentions=(known, unknown), claims=(claim("c", 1, "k"),))
    for votes in permutations((entities, claims)):
        (gold,) = select(votes).gold
        assert (gold.layers, gold.annotators, gold.voters) == (
            ("entities", "relations", "claims"),
            ("amina", "boris"),
            1,
        )
        assert [item.span for item in gold.mentions] == [(3, 4), (5, 6)]
        assert [item.claimants for item in gold.claims] == [("m1",)]


def test_one_open_layer_keeps_the_article_waiting() -> None:
    votes = [
        vote("a", "amina", layers=("entities",)),
        vote("a", "boris", layers=("claims",)),
        vote("a", "chen", layers=("claims",), cues=(Cue(id="c", start=1, end=2, text="x"),)),
    ]
    assert select(votes).awaiting == ("a",)


def test_claims_alone_say_nothing_of_the_entities() -> None:
    context = mention("k", 3).model_copy(update={"origin": Origin.CONTEXT})
    (gold,) = select([vote("a", "boris", layers=("claims",), mentions=(context,), claims=(claim("c", 1, "k"),))]).gold
    assert gold.layers == ("claims",)
    assert [item.origin for item in gold.mentions] == [Origin.CONTEXT]


def test_the_entities_of_one_and_the_claims_of_another_who_labelled_both() -> None:
    both = ("entities", "claims")
    amina = vote("a", "amina", layers=("entities",), ground_truth=("entities",), mentions=(mention("m", 3),))
    boris = vote("a", "boris", layers=both, mentions=(mention("b", 3), mention("o", 9)), claims=(claim("c", 1, "b"),))
    (gold,) = select([amina, boris]).gold
    assert [item.span for item in gold.mentions] == [(3, 4)]
    assert len(gold.claims[0].claimants) == 1
    assert gold.resolution is Resolution.GROUND_TRUTH


def test_a_mark_counts_in_its_own_layer_alone() -> None:
    amina = vote("a", "amina", ground_truth=("entities", "relations"))
    boris = vote("a", "boris", ground_truth=("claims",))
    (gold,) = select([amina, boris]).gold
    assert (gold.annotators, gold.resolution) == (("amina", "boris"), Resolution.GROUND_TRUTH)
    found = (mention("m1", 3),)
    selection = select([amina, vote("a", "boris", mentions=found, cues=(Cue(id="c", start=1, end=2, text="x"),))])
    assert (selection.gold, selection.awaiting, selection.findings) == ((), ("a",), ())
    assert [one.kind for one in selection.open[0].differences] == ["cue"]


def test_work_of_which_nothing_passed_is_not_gold_that_says_nothing_is_there() -> None:
    selection = select([vote("a", "amina", rejected=3)])
    assert (selection.gold, selection.awaiting) == ((), ("a",))
    assert [finding.rule for finding in selection.findings] == [WORK_REJECTED]


def test_gold_that_lacks_rejected_items_says_so() -> None:
    selection = select([vote("a", "amina", rejected=1, mentions=(mention("m", 1),))])
    assert len(selection.gold) == 1
    assert [finding.rule for finding in selection.findings] == [WORK_REJECTED]
    assert "1 items" in selection.findings[0].message
