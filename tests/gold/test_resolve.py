from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.errors import BadInputError
from toolkit.findings import Severity
from toolkit.gold.model import Resolution
from toolkit.gold.resolve import ANNOTATED_TWICE, SEVERAL_GROUND_TRUTHS, WORK_REJECTED, Resolved
from toolkit.gold.resolve import resolve as select_with
from toolkit.gold.store import load_gold, write_gold
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, GoldSettings

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
    assert {why.resolution for why in gold.provenance.values()} == {Resolution.GROUND_TRUTH, Resolution.SINGLE}
    assert gold.resolution is Resolution.SINGLE  # nobody has looked at the claims but boris


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


def test_a_mark_on_a_single_annotation_counts_in_its_own_layers_alone() -> None:
    (gold,) = select(
        [
            vote(
                "a",
                "amina",
                ground_truth=("entities",),
                mentions=(mention("m", 3),),
                cues=(Cue(id="c", start=1, end=2, text="x"),),
            )
        ]
    ).gold
    assert gold.provenance["m"].resolution is Resolution.GROUND_TRUTH
    assert gold.provenance["c"].resolution is gold.resolution is Resolution.SINGLE


def test_what_was_not_asked_for_is_not_gold() -> None:
    """Somebody has cues and a relation from a screen that showed only the entities."""
    stray = Relation(type="personal", head="m1", tail="m2")
    work = vote(
        "a",
        "amina",
        layers=("entities",),
        mentions=(mention("m1", 3), mention("m2", 5)),
        relations=(stray,),
        cues=(Cue(id="c", start=1, end=2, text="x"),),
    )
    (gold,) = select([work]).gold
    assert (len(gold.mentions), gold.relations, gold.cues) == (2, (), ())
    assert {*gold.provenance} == {"m1", "m2"}


def test_of_two_annotations_by_one_annotator_the_marked_one_counts_then_the_latest() -> None:
    def at(start: int, updated_at: str, **more: Any) -> Annotation:
        return vote("a", "amina", updated_at=updated_at, mentions=(mention("m", start),), **more)

    for works in permutations([at(1, "2031-01-01"), at(2, "2031-01-02")]):
        (gold,) = select(works).gold
        assert gold.mentions[0].start == 2
    for works in permutations([at(1, "2031-01-01", ground_truth=LAYERS), at(2, "2031-01-02")]):
        (gold,) = select(works).gold
        assert gold.mentions[0].start == 1
    both = [at(1, ""), at(2, "")]
    assert select(both) == select(both[::-1])


def test_works_of_two_texts_are_refused() -> None:
    other = vote("a", "boris").model_copy(update={"text_sha256": "1" * 64})
    with pytest.raises(BadInputError, match="amina labelled a and boris another text"):
        select([vote("a", "amina"), other])


def test_names_that_the_ontology_lacks_are_refused() -> None:
    strange = mention("m", 3).model_copy(update={"labels": ("WIZARD",)})
    with pytest.raises(BadInputError, match="amina used WIZARD") as raised:
        select([vote("a", "amina", mentions=(strange,))])
    assert "goldkit check" in raised.value.next


def test_open_articles_are_written_and_read_with_their_votes(tmp_path: Path) -> None:
    votes = [vote("a", who, mentions=tuple(mention(f"m{at}", at) for at in places)) for who, places in SEEN.items()]
    found = select(votes).open
    assert (len(found[0].mentions), len(found[0].differences), len(found[0].voted_down)) == (1, 1, 1)
    assert write_gold(tmp_path / "open.jsonl", found) == 1
    assert load_gold(tmp_path / "open.jsonl") == found


SEEN = {"amina": (0, 2, 4), "boris": (0, 2), "chen": (0,), "dara": (0,)}


@pytest.mark.parametrize(
    ("rule", "gold", "open_", "down"),
    [("unanimous", 0, 2, 0), ("majority", 1, 0, 1)],
)
def test_the_rule_is_the_projects(rule: str, gold: int, open_: int, down: int) -> None:
    votes = [
        vote("a", "amina", mentions=(mention("m", 0), mention("o", 5))),
        vote("a", "boris", mentions=(mention("m", 5),)),
        vote("a", "chen"),
    ]
    found = select_with(votes, ONTOLOGY, GoldSettings.model_validate({"rule": rule}))
    (article,) = (*found.gold, *found.open)
    assert (len(article.mentions), len(article.differences), len(article.voted_down)) == (gold, open_, down)


def test_what_models_suggest_is_in_the_open_articles() -> None:
    """Chen marks everything; the others agree wherever one of them looks."""
    works = [
        vote(f"a{number}", who, mentions=tuple(mention(f"m{place}", place) for place in places))
        for number in range(12)
        for who, places in (("amina", (1, 3)), ("boris", (1, 3)), ("chen", (1, 3, 5, 7, 9)))
    ]
    doubtful = [vote("b", "amina"), vote("b", "chen", mentions=(mention("m", 5),))]
    (article,) = select([*works, *doubtful]).open
    (difference,) = article.differences
    assert difference.suggested["majority"] == ("PERSON", 0.5)
    for model in ("dawid-skene", "mace"):
        answer, confidence = difference.suggested[model]
        assert (answer, confidence > 0.8) == ("", True)


def test_a_review_with_names_that_are_gone_does_not_count_and_is_named() -> None:
    works = [vote("a", "amina", mentions=(mention("m1", 3),)), vote("a", "boris", mentions=(mention("m1", 3),))]
    (reviewed,) = select(works).gold
    old = reviewed.model_copy(update={"mentions": (mention("m1", 3).model_copy(update={"labels": ("PEOPLE",)}),)})
    resolved = select_with(works, ONTOLOGY, reviews=[old])
    assert resolved.gold == (reviewed,)
    assert [finding.rule for finding in resolved.findings] == ["review-unknown-names"]
    assert "PEOPLE" in resolved.findings[0].message
