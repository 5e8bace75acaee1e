from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.model import Annotation, Mention
from toolkit.errors import BadInputError
from toolkit.findings import Severity
from toolkit.gold.model import Resolution
from toolkit.gold.select import ANNOTATED_TWICE, SEVERAL_GROUND_TRUTHS, load_gold, select, write_gold


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
    votes = [vote("a", "amina"), vote("a", "boris", ground_truth=True), vote("a", "chen")]
    (gold,) = select(votes).gold
    assert (gold.resolution, gold.annotators, gold.voters) == (Resolution.GROUND_TRUTH, ("boris",), 3)


def test_several_unmarked_await_adjudication() -> None:
    selection = select([vote("a", "amina"), vote("a", "boris")])
    assert (selection.gold, selection.awaiting, selection.findings) == ((), ("a",), ())


def test_two_ground_truths_await_and_are_reported() -> None:
    selection = select([vote("a", "boris", ground_truth=True), vote("a", "amina", ground_truth=True)])
    assert (selection.gold, selection.awaiting) == ((), ("a",))
    (finding,) = selection.findings
    assert (finding.rule, finding.place.article_id) == (SEVERAL_GROUND_TRUTHS, "a")
    assert "amina, boris" in finding.message


def test_a_skipped_ground_truth_is_no_gold() -> None:
    selection = select([vote("a", "amina", skipped=True, ground_truth=True)])
    assert (selection.gold, selection.skipped) == ((), ("a",))


def test_one_annotator_twice_is_one_voter_and_reported() -> None:
    selection = select([vote("a", "amina"), vote("a", "amina", ground_truth=True)])
    assert selection.gold[0].voters == 1
    (finding,) = selection.findings
    assert (finding.rule, finding.severity, finding.place.annotator) == (ANNOTATED_TWICE, Severity.WARNING, "amina")


def test_every_article_stands_once_and_order_does_not_matter() -> None:
    votes = [vote("c", "amina"), vote("a", "amina"), vote("b", "amina", skipped=True), vote("a", "boris")]
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
