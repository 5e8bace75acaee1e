from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from toolkit.errors import BadInputError
from toolkit.gold.measures import Measure
from toolkit.links import scores
from toolkit.links.agree import LinkAgreement, link_agreement
from toolkit.links.model import ClaimLink, ClaimVote, Entity, EntityVote
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology

OURS = load_ontology(Path(__file__).parents[2] / "configs" / "ontology.yaml")
KEYS = [f"a:{number}-{number + 1}" for number in range(10)]
PAIRS = [(f"a:{number}-{number + 1}", f"b:{number}-{number + 1}") for number in range(40)]


def vote(
    story: str, annotator: str, entities: str, *, unsure: str = "", wikidata: Sequence[str] = (), **more: str | bool
) -> EntityVote:
    """One word an entity, one digit a mention; ``shown`` are all mentions, where there are others."""
    words = entities.split()
    items = [*wikidata, *[""] * len(words)]
    shown = str(more.pop("shown", "")) or "".join(words) + unsure
    return EntityVote.model_validate(
        {
            "story_id": story,
            "annotator": annotator,
            "mentions": sorted(KEYS[int(digit)] for digit in shown),
            "entities": [
                Entity(
                    id=f"e{number}",
                    name="x",
                    type="GPE",
                    wikidata=items[number],
                    mentions=tuple(KEYS[int(digit)] for digit in word),
                )
                for number, word in enumerate(words)
            ],
            "unsure": [KEYS[int(digit)] for digit in unsure],
            **more,
        }
    )


def said(story: str, annotator: str, number: int, answer: str, when: str = "", **attributes: str) -> ClaimVote:
    """``supports>`` and ``supports<`` are the two ways round; ``-`` is skipped."""
    head, tail = PAIRS[number][:: -1 if answer.endswith("<") else 1]
    link = ClaimLink(type=answer.rstrip("<>"), head=head, tail=tail, attributes=attributes)
    return ClaimVote(
        story_id=story,
        annotator=annotator,
        pair=" ".join(PAIRS[number]),
        link=None if answer == "-" else link,
        updated_at=when,
    )


def measure(found: LinkAgreement, name: str, label: str = "", pair: tuple[str, ...] = ()) -> Measure:
    (one,) = (one for one in found.measures if (one.name, one.label, one.pair) == (name, label, pair))
    return one


def value(found: LinkAgreement, name: str, label: str = "", pair: tuple[str, ...] = ()) -> float | None:
    return measure(found, name, label, pair).estimate.value


def entities(*votes: EntityVote) -> LinkAgreement:
    return link_agreement(votes, [], OURS)


def claims(*votes: ClaimVote, ontology: Ontology = OURS) -> LinkAgreement:
    return link_agreement([], votes, ontology)


def test_two_annotators_of_one_story() -> None:
    """Moosavi and Strube's example, with the mentions that only one of them has left out: 0123 and 456 are known."""
    found = entities(vote("s", "ann", "012 3456"), vote("s", "bob", "01 23 456"))
    # ann's: 3 × 1/3 + 4 × 3/6 of 7; bob's: 2 × 1 + 0 + 3 × 1 of 7
    recall, precision = 3 / 7, 5 / 7
    assert value(found, "LEA") == pytest.approx(2 * recall * precision / (recall + precision))
    assert value(found, "MUC") == pytest.approx(2 * (3 / 5) * (3 / 4) / (3 / 5 + 3 / 4))
    assert value(found, "LEA", pair=("ann", "bob")) == value(found, "LEA")
    assert (found.stories, found.annotators, found.mentions, found.unsure) == (1, ("ann", "bob"), 7, 0)
    assert measure(found, "CoNLL").count == measure(found, "LEA", pair=("ann", "bob")).count == 7
    assert measure(found, "LEA").estimate.low is None  # one story tells nothing of others


def test_what_one_is_unsure_of_is_compared_nowhere_and_counted() -> None:
    found = entities(vote("s", "ann", "012 34", unsure="5"), vote("s", "bob", "01 345", unsure="2"))
    assert (value(found, "LEA"), value(found, "CoNLL")) == (1.0, 1.0)
    assert (found.mentions, found.unsure, found.shown_to_one) == (4, 2, 0)


def test_what_only_one_was_shown_is_compared_nowhere_and_counted() -> None:
    found = entities(vote("s", "ann", "01 2"), vote("s", "bob", "01", shown="013"))
    assert (value(found, "LEA"), found.mentions, found.shown_to_one, found.unsure) == (1.0, 2, 2, 0)


def test_without_singletons() -> None:
    found = entities(vote("s", "ann", "01 2 3"), vote("s", "bob", "01 23"))
    # with: 2 + 0 + 0 of 4 and 2 + 0 of 4; without: 2 of 2 and 2 of 4
    assert value(found, "LEA") == pytest.approx(0.5)
    assert value(found, "LEA, without singletons") == pytest.approx(2 * 1 * 0.5 / 1.5)


def test_the_mean_over_pairs_of_annotators() -> None:
    """Each two weigh the same, however many stories they have in common; who has none in common is left out."""
    votes = [
        vote("s1", "ann", "01 23"),
        vote("s1", "bob", "01 23"),
        vote("s1", "cyd", "0123"),
        vote("s2", "ann", "01 23"),
        vote("s2", "bob", "01 23"),
        vote("s3", "dan", "01 23"),
    ]
    found = entities(*votes)
    lone = 2 * 1 * (2 / 6) / (1 + 2 / 6)  # cyd's one entity has two of its six links
    assert value(found, "LEA", pair=("ann", "bob")) == 1.0
    assert value(found, "LEA", pair=("ann", "cyd")) == pytest.approx(lone)
    assert value(found, "LEA") == pytest.approx((1 + lone + lone) / 3)
    assert found.annotators == ("ann", "bob", "cyd")
    interval = measure(found, "LEA").estimate
    assert interval.clusters == found.stories == 2
    assert interval.low is not None
    assert interval.low == pytest.approx((1 + lone + lone) / 3)
    assert interval.high == 1.0  # where s2 alone is drawn


def test_pairs_as_their_scores_are() -> None:
    """Every measure is the F1 of ``scores``, over the stories of the two."""
    chance = random.Random(3)
    votes = []
    for story in range(12):
        for who in ("ann", "bob"):
            drawn: dict[int, str] = {}
            for digit in range(10):
                drawn[group] = drawn.get(group := chance.randrange(4), "") + str(digit)
            votes.append(vote(f"s{story}", who, " ".join(drawn.values())))
    found = entities(*votes)
    sides = [
        {vote.story_id: {m: e.id for e in vote.entities for m in e.mentions} for vote in votes if vote.annotator == who}
        for who in ("ann", "bob")
    ]
    expected = scores.scores((sides[0][story], sides[1][story]) for story in sides[0])
    for name in scores.MEASURES:
        for variant, suffix in zip(scores.SINGLETONS, ("", ", without singletons"), strict=True):
            one = measure(found, name + suffix)
            assert one.estimate.value == pytest.approx(expected.by_singletons[variant][name].f1)
            assert one.estimate.low is not None
            assert one.estimate.high is not None
            assert one.estimate.low < one.estimate.value < one.estimate.high
            assert one.count == 120


def test_wikidata_where_both_gave_an_answer() -> None:
    """NIL is one. 0 and 1 agree; 2 does not; of 3 only ann said anything."""
    found = entities(
        vote("s", "ann", "0 1 2 3", wikidata=("Q1", "NIL", "Q3", "Q4")),
        vote("s", "bob", "0 1 2 3", wikidata=("Q1", "NIL", "NIL")),
    )
    one = measure(found, "equal Wikidata answers")
    assert (one.estimate.value, one.count) == (pytest.approx(2 / 3), 3)


@pytest.mark.parametrize(
    "votes",
    [
        [],
        [vote("s", "ann", "01 2")],
        [vote("s", "ann", "01 2"), vote("t", "bob", "01 2")],
        [vote("s", "ann", "01 2"), vote("s", "bob", "01 2", skipped=True)],
        [vote("s", "ann", "01 2"), vote("s", "ann", "012")],
    ],
)
def test_nothing_to_compare_is_undefined(votes: list[EntityVote]) -> None:
    found = entities(*votes)
    assert found.stories == found.mentions == 0
    assert {one.estimate.value for one in found.measures} == {None}
    assert value(found, "LEA") is None
    assert value(found, "Krippendorff α of link") is None
    assert not [one for one in found.measures if one.pair]


def test_singletons_only_have_no_links() -> None:
    found = entities(vote("s", "ann", "0 1"), vote("s", "bob", "0 1"))
    assert (value(found, "LEA"), value(found, "MUC"), value(found, "CoNLL")) == (1.0, None, None)
    assert value(found, "LEA, without singletons") is None


def test_the_later_of_two_votes_counts() -> None:
    early, late = vote("s", "ann", "0 1", updated_at="2031-05-01"), vote("s", "ann", "01", updated_at="2031-05-02")
    skipped = vote("s", "ann", "0 1", updated_at="2031-05-03", skipped=True)
    for votes in ([early, late, skipped], [skipped, late, early]):
        assert value(entities(*votes, vote("s", "bob", "01")), "LEA") == 1.0
    answers = [said("s", "ann", 0, "updates>", "2031-05-01"), said("s", "ann", 0, "equivalent", "2031-05-02")]
    for both in (answers, answers[::-1]):
        assert claims(*both, said("s", "bob", 0, "equivalent")).confusion == {("equivalent", "equivalent"): 1}


# Ten pairs of two stories, by two annotators; the third one answered four of them.
THREE = """
    equivalent   equivalent   equivalent
    equivalent   contradicts  -
    contradicts  contradicts  -
    contradicts  contradicts  contradicts
    supports>    supports>    supports>
    supports>    supports<    -
    unrelated    unrelated    unrelated
    unrelated    unrelated    -
    unrelated    equivalent   -
    updates<     updates<     -
"""
ANN, BOB, CYD = (list(column) for column in zip(*map(str.split, THREE.strip().splitlines()), strict=True))


def answered(**by_annotator: Sequence[str]) -> list[ClaimVote]:
    return [
        said("s1" if number < 6 else "s2", who, number, answer)
        for who, answers in by_annotator.items()
        for number, answer in enumerate(answers)
    ]


LABELS = ["equivalent", "contradicts", "supports>", "supports<", "updates>", "updates<", "unrelated"]


def alpha(*raters: Sequence[str]) -> float:
    codes = [[LABELS.index(answer) if answer in LABELS else np.nan for answer in answers] for answers in raters]
    return float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal"))


def test_links_of_two_annotators() -> None:
    found = claims(*answered(ann=ANN, bob=BOB))
    assert (found.pairs, found.stories, found.annotators) == (10, 2, ("ann", "bob"))
    assert value(found, "Krippendorff α of link") == pytest.approx(alpha(ANN, BOB))
    assert value(found, "Cohen κ of link", pair=("ann", "bob")) == pytest.approx(cohen_kappa_score(ANN, BOB))
    # Seven of ten agree. Of 20 answers: 4 equivalent, 5 contradicts, 3 supports>, 1 supports<, 2 updates<, 5 unrelated.
    shares = [4 / 20, 5 / 20, 3 / 20, 1 / 20, 2 / 20, 5 / 20, 0.0]
    chance = sum(share * (1 - share) for share in shares) / 6
    assert value(found, "Gwet AC1 of link") == pytest.approx((0.7 - chance) / (1 - chance))
    assert measure(found, "Gwet AC1 of link").count == 10
    assert measure(found, "Krippendorff α of link").estimate.low is not None


def test_f1_by_type_and_of_conflicts() -> None:
    """A type that is not symmetric has to be the same way round."""
    found = claims(*answered(ann=ANN, bob=BOB))
    assert value(found, "F1", "equivalent") == pytest.approx(2 * 1 / (2 + 2))
    assert value(found, "F1", "contradicts") == pytest.approx(2 * 2 / (2 + 3))
    assert value(found, "F1", "supports") == pytest.approx(2 * 1 / (2 + 2))
    assert value(found, "F1", "updates") == 1.0
    assert value(found, "F1", "unrelated") == pytest.approx(2 * 2 / (3 + 2))
    assert value(found, "F1 of conflicts") == value(found, "F1", "contradicts")
    assert measure(found, "F1 of conflicts").count == 3


def test_confusion() -> None:
    found = claims(*answered(ann=ANN, bob=BOB))
    assert found.confusion == {
        ("contradicts", "contradicts"): 2,
        ("contradicts", "equivalent"): 1,
        ("equivalent", "equivalent"): 1,
        ("equivalent", "unrelated"): 1,
        ("supports ←", "supports →"): 1,
        ("supports →", "supports →"): 1,
        ("unrelated", "unrelated"): 2,
        ("updates ←", "updates ←"): 1,
    }


def test_links_of_three_annotators() -> None:
    """A pair that three answered is one unit of α, and three comparisons for F1."""
    found = claims(*answered(ann=ANN, bob=BOB, cyd=CYD))
    assert value(found, "Krippendorff α of link") == pytest.approx(alpha(ANN, BOB, CYD))
    assert sum(found.confusion.values()) == 10 + 4 + 4
    assert value(found, "F1", "contradicts") == pytest.approx(2 * 4 / (2 * 4 + 1))
    both = [(one, other) for one, other in zip(ANN, CYD, strict=True) if other != "-"]
    kappa = value(found, "Cohen κ of link", pair=("ann", "cyd"))
    assert kappa == pytest.approx(cohen_kappa_score(*zip(*both, strict=True)))


def test_what_one_answered_alone_does_not_count() -> None:
    both = answered(ann=ANN, bob=BOB)
    alone = [said("s1", "ann", 20, "unrelated"), said("s3", "cyd", 21, "unrelated"), said("s3", "ann", 21, "-")]
    assert claims(*both, *alone) == claims(*both)
    found = claims(*answered(ann=ANN))
    assert (found.stories, found.pairs, found.annotators) == (0, 0, ())
    assert {one.estimate.value for one in found.measures} == {None}


def test_the_cause_where_both_chose_the_type() -> None:
    """bob calls the last one equivalent, so that nobody compares its cause."""
    ann = ["numeric", "numeric", "time", "actor", "time"]
    bob = ["numeric", "time", "time", "actor", ""]
    votes = [said("s", "ann", number, "contradicts", cause=cause) for number, cause in enumerate(ann)]
    votes += [said("s", "bob", number, "contradicts", cause=cause) for number, cause in enumerate(bob) if cause]
    found = claims(*votes, said("s", "bob", 4, "equivalent"))
    codes = [[["numeric", "time", "actor"].index(cause) for cause in side[:4]] for side in (ann, bob)]
    one = measure(found, "Krippendorff α of cause", "contradicts")
    assert one.estimate.value == pytest.approx(krippendorff.alpha(codes, level_of_measurement="nominal"))
    assert one.count == 4


def test_an_open_question_is_answered_by_its_default() -> None:
    links = OURS.model_dump(mode="json")["links"]
    (contradicts,) = (one for one in links["claims"] if one["name"] == "contradicts")
    contradicts["attributes"][0] |= {"required": False, "default": "other"}
    ontology = Ontology.model_validate(OURS.model_dump() | {"links": links})
    causes = {"ann": ["numeric", "other", "time"], "bob": ["numeric", "", "time"]}
    votes = [
        said("s", who, number, "contradicts", **({"cause": cause} if cause else {}))
        for who, given in causes.items()
        for number, cause in enumerate(given)
    ]
    assert value(claims(*votes, ontology=ontology), "Krippendorff α of cause", "contradicts") == 1.0
    assert value(claims(*votes), "Krippendorff α of cause", "contradicts") != 1.0


def test_one_answer_only_has_no_variation() -> None:
    votes = answered(ann=["unrelated"] * 4, bob=["unrelated"] * 4)
    found = claims(*votes)
    assert value(found, "Krippendorff α of link") is None
    assert value(found, "Cohen κ of link", pair=("ann", "bob")) is None
    assert value(found, "Gwet AC1 of link") == 1.0
    assert (value(found, "F1", "unrelated"), value(found, "F1", "contradicts")) == (1.0, None)
    assert value(found, "Krippendorff α of cause", "contradicts") is None


def test_answers_that_the_ontology_does_not_have() -> None:
    with pytest.raises(BadInputError, match="'denies' is none of the ontology's"):
        claims(said("s", "ann", 0, "denies"), said("s", "bob", 0, "equivalent"))
    with pytest.raises(BadInputError, match="cause of contradicts: the answer 'mood'"):
        claims(*(said("s", who, 0, "contradicts", cause="mood") for who in ("ann", "bob")))


def test_an_ontology_without_links() -> None:
    found = link_agreement([], [], Ontology.model_validate(OURS.model_dump() | {"links": None, "decisions": ()}))
    assert {one.estimate.value for one in found.measures} == {None}


@st.composite
def claim_votes(draw: st.DrawFn) -> list[ClaimVote]:
    answer = st.sampled_from([*LABELS, "-"])
    cause = st.sampled_from(["numeric", "time", ""])
    return [
        said(f"s{number % 3}", who, number, draw(answer), cause=draw(cause))
        for number in range(draw(st.integers(0, 8)))
        for who in draw(st.sets(st.sampled_from(["ann", "bob", "cyd"])))
    ]


@st.composite
def entity_votes(draw: st.DrawFn) -> list[EntityVote]:
    votes = []
    for story in range(draw(st.integers(0, 3))):
        for who in sorted(draw(st.sets(st.sampled_from(["ann", "bob", "cyd"])))):
            groups: dict[int, str] = {}
            for digit in range(6):
                group = draw(st.integers(0, 4))
                groups[group] = groups.get(group, "") + str(digit)
            unsure = groups.pop(0, "")
            votes.append(vote(f"s{story}", who, " ".join(groups.values()), unsure=unsure))
    return votes


def as_json(found: LinkAgreement) -> str:
    return json.dumps(found.as_dict(), allow_nan=False)


@settings(deadline=None)
@given(entity_votes(), claim_votes(), st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(
    first: list[EntityVote], second: list[ClaimVote], chance: random.Random
) -> None:
    def shuffled(votes: Iterable[EntityVote | ClaimVote]) -> list:  # type: ignore[type-arg]
        return chance.sample(list(votes), len(list(votes)))

    found = link_agreement(first, second, OURS)
    assert as_json(link_agreement(shuffled(first), shuffled(second), OURS)) == as_json(found)
    for one in found.measures:
        if one.estimate.value is not None:
            assert -1 <= one.estimate.value <= 1 + 1e-12


@settings(deadline=None)
@given(claim_votes())
def test_nothing_is_lost_in_the_confusion(votes: list[ClaimVote]) -> None:
    given = [vote for vote in votes if vote.link]
    together = sum(one.pair == other.pair for one, other in combinations(given, 2))
    assert sum(claims(*votes).confusion.values()) == together
