"""How votes on one article come out, case by case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from compare.works import ONTOLOGY, claim, cue, mention, relation, work

from toolkit.annotations.model import Annotation, Origin
from toolkit.gold.model import Gold, Resolution
from toolkit.gold.resolve import resolve
from toolkit.project import GoldSettings

Spec = dict[str, Any]  # one annotator's work
NOTHING: Spec = {}

X, Y, N, C, Q = mention("x", 0, 2), mention("y", 3, 5), mention("n", 5, 6, "QUANTITY"), claim("c", 0, 6), cue("q", 2, 3)


def gold(*specs: Spec, rule: str = "majority") -> Gold:
    """What becomes of the work of ann-1, ann-2, …"""
    works = [work(f"ann-{number}", **spec) for number, spec in enumerate(specs, start=1)]
    found = resolve(works, ONTOLOGY, GoldSettings.model_validate({"rule": rule}))
    (one,) = (*found.gold, *found.open)
    return one


def marked(*items: Any, **rest: Any) -> Spec:
    return {"mentions": items, **rest}


def at(*spots: tuple[int, int] | None) -> list[Spec]:
    """The same person, marked at these places."""
    return [marked(mention("m", *spot)) if spot else NOTHING for spot in spots]


def called(*labels: str) -> list[Spec]:
    """The same span with these labels; "-" for nothing."""
    return [NOTHING if label == "-" else marked(mention("m", 0, 3, label)) for label in labels]


def answered(*answers: dict[str, str], label: str = "PERSON") -> list[Spec]:
    return [marked(mention("m", 0, 3, label, attributes=given)) for given in answers]


def claimed(*claims: Spec, **rest: Any) -> list[Spec]:
    """A claim over two people, a number and a cue, which all have."""
    return [
        {"mentions": (X, Y, N), "cues": (Q, cue("r", 4, 5)), "claims": (claim("c", 0, 6, **one),)} | rest
        for one in claims
    ]


def related(*links: tuple[str, ...] | None) -> list[Spec]:
    """Two people whom all have, and a relation between them."""
    return [marked(X, Y, relations=(relation(*link),) if link else ()) for link in links]


LEADS = ("leads", "x", "y")
BACK = ("leads", "y", "x")


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        (called("PERSON", "-"), "presence"),
        (called("PERSON", "PERSON", "-", "-"), "presence"),
        (called("PERSON", "GPE", "-", "-"), "presence"),
        (called("PERSON", "GPE"), "label"),
        (called("PERSON", "PERSON", "GPE", "GPE", "QUANTITY"), "label"),
        (called("PERSON", "PERSON", "GPE", "GPE", "-"), "label"),  # most say that it is there
        (called("PERSON", "GPE", "-"), "label"),
        (at((0, 3), (0, 4)), "boundaries"),
        (at((0, 3), (0, 3), (0, 4), (0, 4)), "boundaries"),
        (at((0, 3), (0, 3), (0, 4), None, None), "boundaries"),  # three of five say PERSON, two of five these words
        (answered({"level": "named"}, {"level": "nominal"}), "level"),
        (answered({}, {"level": "nominal"}), "level"),  # no answer is the default
        (answered({"number": "1"}, {"number": "2"}, label="QUANTITY"), "number"),
        (answered({"number": "1"}, {}, label="QUANTITY"), "number"),
    ],
)
def test_why_a_mention_is_left_open(specs: list[Spec], reason: str) -> None:
    found = gold(*specs)
    (difference,) = found.differences
    assert (difference.kind, difference.reason, found.mentions, found.provenance) == ("mention", reason, (), {})
    assert [vote.annotator for vote in difference.votes] == [f"ann-{number + 1}" for number in range(len(specs))]
    assert [vote.value is not None for vote in difference.votes] == [bool(spec) for spec in specs]


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        (claimed({}, {"attributes": {"attribution": "narrator"}}), "attribution"),
        (claimed({}, {"attributes": {"attribution": "direct", "kind": "quote"}}), "kind"),
        (claimed({"claimants": ("x",)}, {"claimants": ("y",)}), "claimants"),
        (claimed({"claimants": ("x",)}, {}), "claimants"),
        (claimed({"claimants": ("x",)}, {"claimants": ("y",)}, {"claimants": ("x", "y")}), "claimants"),
        (claimed({"cues": ("q",)}, {"cues": ("r",)}), "cues"),
        (claimed({"values": ("n",)}, {}), "values"),
    ],
)
def test_why_a_claim_is_left_open(specs: list[Spec], reason: str) -> None:
    found = gold(*specs)
    (difference,) = found.differences
    assert (difference.kind, difference.reason, found.claims) == ("claim", reason, ())
    assert (len(found.mentions), len(found.cues)) == (3, 2)


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        (related(LEADS, None), "presence"),
        (related(LEADS, ("supports", "x", "y")), "type"),
        (related(LEADS, (*LEADS, "negated")), "modality"),
        (related(LEADS, LEADS, (*LEADS, "negated"), (*LEADS, "negated")), "modality"),
        (related(LEADS, ("supports", "x", "y"), None), "type"),
        (related(LEADS, BACK), "direction"),
        (related(LEADS, BACK, None), "direction"),  # two of three say that one leads the other
        (related(LEADS, LEADS, BACK, BACK), "direction"),
    ],
)
def test_why_a_relation_is_left_open(specs: list[Spec], reason: str) -> None:
    found = gold(*specs)
    (difference,) = found.differences
    assert (difference.kind, difference.reason, found.relations) == ("relation", reason, ())
    assert len(found.mentions) == 2


def test_links_wait_for_the_ends_that_are_open() -> None:
    """Both say that the same person claims it and leads the other; where the name ends is not settled."""
    specs = [
        marked(mention("x", 0, end), Y, relations=(relation(*LEADS),), claims=(claim("c", 0, 6, claimants=("x",)),))
        for end in (1, 2)
    ]
    found = gold(*specs)
    assert [(one.kind, one.reason) for one in found.differences] == [
        ("mention", "boundaries"),
        ("claim", "end-open"),
        ("relation", "end-open"),
    ]


def test_links_to_what_was_voted_down_are_for_a_person() -> None:
    """Five were asked for people; the two who were asked for all else found one that the others did not."""
    one = marked(X, Y, relations=(relation(*LEADS),), claims=(claim("c", 0, 6, claimants=("x",)),))
    others = marked(Y, layers=("entities",))
    found = gold(one, one, others, others, others)
    assert [item.id for item in found.mentions] == ["y"]
    assert [(it.kind, it.resolution, it.support, it.voters) for it in found.voted_down] == [
        ("mention", Resolution.MAJORITY, 3, 5)
    ]
    assert [(it.kind, it.reason) for it in found.differences] == [
        ("claim", "end-missing"),
        ("relation", "end-missing"),
    ]


@pytest.mark.parametrize(
    ("specs", "support", "resolution"),
    [
        (called("PERSON", "PERSON"), 2, "unanimous"),
        (called("PERSON", "PERSON", "-"), 2, "majority"),
        (called("PERSON", "PERSON", "PERSON", "GPE", "-"), 3, "majority"),
        (at((0, 3), (0, 3), (0, 4)), 2, "majority"),
        (answered({"level": "nominal"}, {"level": "nominal"}, {"level": "named"}), 3, "majority"),
        (answered({"level": "named"}, {}), 2, "unanimous"),
    ],
)
def test_what_most_say_is_gold(specs: list[Spec], support: int, resolution: str) -> None:
    found = gold(*specs)
    (item,) = found.mentions
    why = found.provenance[item.id]
    assert (item.span, item.labels, found.differences) == ((0, 3), ("PERSON",), ())
    assert (why.support, why.voters, why.resolution.value) == (support, len(specs), resolution)
    assert [vote.value is None for vote in why.votes] == [not spec for spec in specs]
    assert found.resolution.value == resolution


def test_what_most_do_not_see_is_voted_down_with_its_votes() -> None:
    found = gold(*called("PERSON", "-", "-"))
    (down,) = found.voted_down
    assert (down.kind, down.resolution, down.support, down.voters) == ("mention", Resolution.MAJORITY, 2, 3)
    assert [vote.item for vote in down.votes] == ["m", "", ""]
    assert (found.mentions, found.differences, found.resolution) == ((), (), Resolution.UNANIMOUS)


@pytest.mark.parametrize(
    "specs", [called("PERSON", "PERSON", "-"), called("PERSON", "-", "-"), at((0, 3), (0, 3), (0, 4))]
)
def test_one_voice_against_it_is_enough_where_all_must_agree(specs: list[Spec]) -> None:
    found = gold(*specs, rule="unanimous")
    assert (found.mentions, found.voted_down, len(found.differences)) == ((), (), 1)


def test_an_answer_that_nobody_gave_is_not_made_up() -> None:
    assert gold(*answered({}, {})).mentions[0].attributes == {}
    assert gold(*answered({"level": "named"}, {})).mentions[0].attributes == {"level": "named"}
    (item,) = gold(*answered({"number": "1"}, {}, {}, label="QUANTITY")).mentions
    assert item.attributes == {}


def test_only_those_who_have_it_vote_on_the_answers() -> None:
    specs = answered({"level": "nominal"}, {"level": "nominal"}, {"level": "named"})
    found = gold(*specs, NOTHING)
    (item,) = found.mentions
    assert (item.attributes, found.provenance[item.id].voters) == ({"level": "nominal"}, 4)


def test_an_answer_given_under_another_label_counts_where_it_is_asked_there_too() -> None:
    specs = [*answered({"level": "nominal"}, {}), *answered({"level": "nominal"}, label="GPE")]
    (item,) = gold(*specs).mentions
    assert (item.labels, item.attributes) == (("PERSON",), {"level": "nominal"})


@pytest.mark.parametrize(
    ("specs", "ends", "support", "resolution"),
    [
        (related(LEADS, LEADS), ("x", "y"), 2, "unanimous"),
        (related(LEADS, LEADS, None), ("x", "y"), 2, "majority"),
        (related(LEADS, LEADS, (*LEADS, "negated")), ("x", "y"), 2, "majority"),
        (related(LEADS, LEADS, ("supports", "x", "y")), ("x", "y"), 2, "majority"),
        (related(BACK, BACK, LEADS), ("y", "x"), 2, "majority"),
        (related(LEADS, BACK, BACK, BACK, BACK), ("y", "x"), 4, "majority"),
    ],
)
def test_the_relation_that_most_draw(specs: list[Spec], ends: tuple[str, str], support: int, resolution: str) -> None:
    found = gold(*specs)
    (link,) = found.relations
    (why,) = (why for key, why in found.provenance.items() if " " in key)
    assert (link.type, link.modality, (link.head, link.tail)) == ("leads", "asserted", ends)
    assert (why.support, why.voters, why.resolution.value) == (support, len(specs), resolution)


def test_a_symmetric_relation_is_the_same_both_ways() -> None:
    found = gold(*related(("knows", "x", "y"), ("knows", "y", "x")))
    assert [(link.type, link.head, link.tail) for link in found.relations] == [("knows", "x", "y")]
    assert found.resolution is Resolution.UNANIMOUS


def test_two_modalities_of_one_relation_stand_side_by_side() -> None:
    """Label Studio keeps an arrow each way, and a relation that is symmetric can be said with both."""
    links = (relation("knows", "x", "y"), relation("knows", "y", "x", "negated"))
    found = gold(*[marked(X, Y, relations=links)] * 2)
    assert [link.modality for link in found.relations] == ["asserted", "negated"]
    assert len(found.provenance) == 4


def test_a_span_that_somebody_labelled_twice_is_one_end() -> None:
    """The first hung the relation on the copy that nobody else has."""
    twice = marked(X, mention("x-copy", 0, 2), Y, relations=(relation("leads", "x-copy", "y"),))
    for specs in ([twice, *related(LEADS, LEADS)], [*related(LEADS, LEADS), twice]):
        found = gold(*specs)
        assert [(link.type, link.head, link.tail) for link in found.relations] == [("leads", "x", "y")]
        assert (found.resolution, [down.kind for down in found.voted_down]) == (Resolution.UNANIMOUS, ["mention"])
        assert found.differences == ()


def test_a_claimant_that_somebody_labelled_twice_is_one_end() -> None:
    twice = marked(X, mention("x-copy", 0, 2), claims=(claim("c", 0, 6, claimants=("x-copy",)),))
    once = marked(X, claims=(claim("c", 0, 6, claimants=("x",)),))
    found = gold(twice, once, once)
    assert [one.claimants for one in found.claims] == [("x",)]


def test_the_same_relation_on_two_copies_is_one_relation_with_all_votes() -> None:
    """Each of two annotators has copies of X, of which only one is settled, and hangs the relation on both."""
    copy = mention("x-copy", 0, 2, attributes={"level": "nominal"})
    other = mention("x-copy", 0, 2)
    links = (relation("leads", "x", "y"), relation("leads", "x-copy", "y"))
    found = gold(marked(X, copy, Y, relations=links), marked(X, other, Y, relations=links))
    assert [(link.head, link.tail) for link in found.relations] == [("x", "y")]
    (why,) = (why for key, why in found.provenance.items() if " " in key)
    assert [vote.annotator for vote in why.votes] == ["ann-1", "ann-2", "ann-1", "ann-2"]
    assert [one.reason for one in found.differences] == ["level"]


def test_who_was_not_asked_for_a_layer_has_no_vote_in_it() -> None:
    only_people = marked(X, Y, layers=("entities",))
    found = gold(*related(LEADS, LEADS), only_people, only_people, only_people)
    (link,) = found.relations
    (why,) = (why for key, why in found.provenance.items() if " " in key)
    assert (why.support, why.voters, why.resolution) == (2, 2, Resolution.UNANIMOUS)
    assert {found.provenance[id].voters for id in (link.head, link.tail)} == {5}
    # What stands in a layer that nobody was asked for is no vote either, but links end in it.
    found = gold(*(spec | {"layers": ("relations",)} for spec in related(LEADS, LEADS)))
    assert [item.origin for item in found.mentions] == [Origin.CONTEXT, Origin.CONTEXT]
    assert len(found.relations) == len(found.provenance) == 1


def test_context_that_nothing_is_linked_to_is_left_out_when_all_is_settled() -> None:
    shown = X.model_copy(update={"origin": Origin.CONTEXT})
    linked = {"mentions": (shown,), "claims": (claim("c", 0, 6, claimants=("x",)),), "layers": ("claims",)}
    unlinked = linked | {"claims": (claim("c", 0, 6),)}
    assert [item.id for item in gold(linked, linked, unlinked).mentions] == ["x"]
    assert gold(linked, unlinked, unlinked).mentions == ()
    assert [item.id for item in gold(linked, unlinked).mentions] == ["x"]  # the claimants are open


@pytest.mark.parametrize(
    ("origins", "origin"),
    [
        ((Origin.ACCEPTED, Origin.ACCEPTED), Origin.ACCEPTED),
        ((Origin.ACCEPTED, Origin.CHANGED), Origin.CHANGED),
        ((Origin.ACCEPTED, Origin.MANUAL), Origin.MANUAL),
    ],
)
def test_what_somebody_found_alone_is_no_suggestion(origins: Iterable[Origin], origin: Origin) -> None:
    found = gold(*(marked(mention("m", 0, 3, origin=one, score=0.9, meta={"note": ["mine"]})) for one in origins))
    assert [(item.origin, item.score, item.meta) for item in found.mentions] == [(origin, None, {})]


def test_ids_of_several_annotators_do_not_collide() -> None:
    specs = [marked(mention("1", 0, 2), mention("2", 3, 5)), marked(mention("1", 3, 5), mention("2", 0, 2))]
    found = gold(*specs, *specs)
    assert {item.id: item.span for item in found.mentions} == {"1": (0, 2), "2": (3, 5)}
    others = [marked(mention("1", 0, 2)), marked(mention("1", 3, 5))]
    found = gold(
        *others, marked(mention("1", 0, 2), mention("2", 3, 5)), marked(mention("1", 3, 5), mention("2", 0, 2)), *others
    )
    assert len({item.id for item in found.mentions}) == len(found.mentions)


def test_two_claims_of_one_place_are_voted_on_apart() -> None:
    """One sentence, two claims of two people: whoever comes first in each one's list."""
    ours = (claim("a", 0, 6, claimants=("x",)), claim("b", 0, 6, claimants=("y",)))
    theirs = (claim("a", 0, 6, claimants=("y",)), claim("b", 0, 6, claimants=("x",)))
    found = gold(marked(X, Y, claims=ours), marked(X, Y, claims=theirs))
    assert sorted(one.claimants for one in found.claims) == [("x",), ("y",)]
    assert found.resolution is Resolution.UNANIMOUS


def truth(*specs: Spec, layers: tuple[str, ...]) -> list[Annotation]:
    first, *others = (work(f"ann-{number}", **spec) for number, spec in enumerate(specs, start=1))
    return [first.model_copy(update={"ground_truth": layers}), *others]


def test_the_truth_stands_against_any_number_of_votes() -> None:
    works = truth(*at((0, 2), (0, 3), (0, 3)), layers=("entities",))
    (found,) = resolve(works, ONTOLOGY, GoldSettings(rule="unanimous")).gold
    (item,) = found.mentions
    why = found.provenance[item.id]
    assert (item.span, why.resolution, why.support, why.voters) == ((0, 2), Resolution.GROUND_TRUTH, 1, 3)
    assert [vote.annotator for vote in why.votes] == ["ann-1", "ann-2", "ann-3"]


def test_what_the_truth_does_not_have_is_voted_down_by_it() -> None:
    works = truth(*called("-", "PERSON", "PERSON"), layers=("entities",))
    (found,) = resolve(works, ONTOLOGY).gold
    (down,) = found.voted_down
    assert (down.resolution, down.support, down.voters) == (Resolution.GROUND_TRUTH, 1, 3)
    assert found.mentions == ()


def test_a_link_of_the_truth_may_end_in_what_is_open() -> None:
    specs = [
        marked(mention("x", 0, end), claims=(claim("c", 0, 6, claimants=("x",)),), layers=("entities", "claims"))
        for end in (1, 2)
    ]
    (found,) = resolve(truth(*specs, layers=("claims",)), ONTOLOGY).open
    assert [(one.kind, one.reason) for one in found.differences] == [("mention", "boundaries"), ("claim", "end-open")]
