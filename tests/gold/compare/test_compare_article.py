"""Relations, claims, answers and layers of two annotators, compared by hand."""

from __future__ import annotations

from typing import Any

import pytest
from annotations.worlds import span_type

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Origin, Relation
from toolkit.errors import BadInputError
from toolkit.gold.compare.article import Comparison, compare, comparisons
from toolkit.gold.compare.counts import Tally, outcome_tallies, relation_tallies, role_tallies
from toolkit.gold.compare.relations import Outcome
from toolkit.ontology.model import Ontology

from .works import GRAMMAR, claim, cue, mention, relation, work

PEOPLE = {"x": (0, 4), "y": (10, 14), "z": (20, 24)}


def people(side: str, *names: str) -> tuple[Any, ...]:
    return tuple(mention(f"{side}{name}", *PEOPLE[name]) for name in names)


def related(left: list[Relation], right: list[Relation], *, right_has: str = "xyz") -> Comparison:
    return compare(
        work("amina", mentions=people("a", "x", "y", "z"), relations=tuple(left)),
        work("boris", mentions=people("b", *right_has), relations=tuple(right)),
        GRAMMAR,
    )


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        (relation("leads", "ax", "ay"), relation("leads", "bx", "by"), Outcome.AGREED),
        (relation("leads", "ax", "ay"), relation("leads", "bx", "by", "negated"), Outcome.MODALITY),
        (relation("leads", "ax", "ay"), relation("leads", "by", "bx"), Outcome.DIRECTION),
        (relation("leads", "ax", "ay"), relation("leads", "by", "bx", "negated"), Outcome.DIRECTION),
        (relation("leads", "ax", "ay"), relation("supports", "bx", "by"), Outcome.TYPE),
        (relation("knows", "ax", "ay"), relation("knows", "by", "bx"), Outcome.AGREED),
        (relation("knows", "ax", "ay"), relation("met", "by", "bx"), Outcome.TYPE),
        (relation("knows", "ax", "ay"), relation("leads", "by", "bx"), Outcome.TYPE),
    ],
)
def test_in_what_two_relations_differ(left: Relation, right: Relation, outcome: Outcome) -> None:
    (case,) = related([left], [right]).relations
    assert case.outcome is outcome
    assert case.left is not None
    assert case.right is not None
    assert (case.left.relation, case.right.relation) == (left, right)
    assert case.exact


def test_another_type_the_other_way_round_has_nothing_in_common() -> None:
    cases = related([relation("leads", "ax", "ay")], [relation("supports", "by", "bx")]).relations
    assert [case.outcome for case in cases] == [Outcome.MISSING, Outcome.MISSING]


def test_an_end_that_is_missing_is_not_a_missing_relation() -> None:
    found = related([relation("leads", "ax", "az"), relation("leads", "ax", "ay")], [], right_has="xy")
    assert [(case.outcome, case.right) for case in found.relations] == [
        (Outcome.MISSING, None),
        (Outcome.END_MISSING, None),
    ]
    assert relation_tallies(found.relations) == {"leads": Tally(left=2)}
    assert relation_tallies(found.relations, given_ends=True) == {"leads": Tally(left=1)}


def test_the_likest_relations_of_one_pair_of_ends_are_paired() -> None:
    found = related(
        [relation("leads", "ax", "ay"), relation("supports", "ax", "ay")],
        [relation("supports", "bx", "by"), relation("knows", "by", "bx"), relation("leads", "by", "bx")],
    )
    assert [case.outcome for case in found.relations].count(Outcome.AGREED) == 1
    assert outcome_tallies(found.relations) == {
        Outcome.AGREED: Tally(both=1),  # supports
        Outcome.MODALITY: Tally(),
        Outcome.DIRECTION: Tally(both=1),  # leads
        Outcome.TYPE: Tally(),
        Outcome.MISSING: Tally(right=1),  # knows
        Outcome.END_MISSING: Tally(),
    }
    assert relation_tallies(found.relations) == {
        "knows": Tally(right=1),
        "leads": Tally(left=1, right=1),
        "supports": Tally(both=1),
    }


def test_a_modality_may_count_or_not() -> None:
    cases = related([relation("leads", "ax", "ay")], [relation("leads", "bx", "by", "negated")]).relations
    assert relation_tallies(cases) == {"leads": Tally(left=1, right=1)}
    assert relation_tallies(cases, any_modality=True) == {"leads": Tally(both=1)}


def test_ends_that_only_overlap_are_the_same_but_not_exact() -> None:
    left = work("amina", mentions=people("a", "x", "y"), relations=(relation("leads", "ax", "ay"),))
    mentions = (mention("bx", 1, 4), mention("by", 10, 14))
    right = work("boris", mentions=mentions, relations=(relation("leads", "bx", "by"),))
    (case,) = compare(left, right, GRAMMAR).relations
    assert (case.outcome, case.exact) == (Outcome.AGREED, False)


def test_what_is_labelled_twice_is_one_end() -> None:
    left = work(
        "amina",
        mentions=(*people("a", "x", "y"), mention("again", *PEOPLE["x"])),
        relations=(relation("leads", "again", "ay"),),
    )
    right = work("boris", mentions=people("b", "x", "y"), relations=(relation("leads", "bx", "by"),))
    found = compare(left, right, GRAMMAR)
    assert [case.outcome for case in found.relations] == [Outcome.AGREED]
    assert len(found.mentions.left) == 1


def context(side: str, *names: str) -> tuple[Any, ...]:
    return tuple(one.model_copy(update={"origin": Origin.CONTEXT}) for one in people(side, *names))


def test_context_is_not_compared_but_links_end_in_it() -> None:
    left = work(
        "amina", layers=("relations",), mentions=context("a", "x", "y"), relations=(relation("leads", "ax", "ay"),)
    )
    right = work("boris", mentions=people("b", "x", "y"), relations=(relation("leads", "bx", "by"),))
    found = compare(left, right, GRAMMAR)
    assert found.layers == ("relations",)
    assert [case.outcome for case in found.relations] == [Outcome.AGREED]
    assert (found.mentions.pairs, found.mentions.left, found.mentions.right) == ((), (), ())
    shown = left.model_copy(update={"layers": ("entities", "relations")})
    assert [item.id for item in compare(shown, right, GRAMMAR).mentions.right] == ["bx", "by"]


def claims(side: str, start: int, *claimants: str, **answers: str) -> Annotation:
    return work(
        "amina" if side == "a" else "boris",
        mentions=(*people(side, "x", "y", "z"), mention(f"{side}n", 45, 48, "QUANTITY")),
        cues=(cue(f"{side}q", 30 + start, 34),),
        claims=(
            claim(
                f"{side}c",
                40 + start,
                60,
                {"attribution": "direct", **answers},
                claimants=tuple(f"{side}{name}" for name in claimants),
                cues=(f"{side}q",),
                values=(f"{side}n",) if start else (),
            ),
        ),
    )


def test_a_claim_is_compared_by_who_says_it_how_and_what_is_answered() -> None:
    found = compare(claims("a", 0, "x", "y", kind="event"), claims("b", 2, "y", "z"), GRAMMAR)
    (pair,) = found.claim_pairs
    assert (pair.claim.exact, pair.claim.overlap) == (False, 0.9)
    claimants, cues, values = pair.roles
    assert (claimants.both, [end.id for end in claimants.left], [end.id for end in claimants.right]) == (
        1,
        ["ax"],
        ["bz"],
    )
    assert (cues.both, cues.agreed) == (1, True)
    assert (values.both, values.left, [end.id for end in values.right]) == (0, (), ["bn"])
    assert [(answer.question, answer.left, answer.right, answer.agreed) for answer in pair.answers] == [
        ("attribution", "direct", "direct", True),
        ("kind", "event", None, False),
    ]
    assert role_tallies(found.claim_pairs) == {
        "claimants": Tally(1, 1, 1),
        "cues": Tally(both=1),
        "values": Tally(right=1),
    }


def test_no_claimant_on_either_side_is_agreement() -> None:
    (pair,) = compare(claims("a", 0), claims("b", 0), GRAMMAR).claim_pairs
    assert all(role.agreed for role in pair.roles)


def test_claimants_whom_the_other_did_not_mark_are_not_the_same() -> None:
    left = work("amina", mentions=people("a", "x"), claims=(claim("c", 40, 60, claimants=("ax",)),))
    right = work("boris", mentions=people("b", "y"), claims=(claim("c", 40, 60, claimants=("by",)),))
    (pair,) = compare(left, right, GRAMMAR).claim_pairs
    claimants = pair.roles[0]
    assert (claimants.both, len(claimants.left), len(claimants.right)) == (0, 1, 1)


def test_two_claims_in_one_sentence_are_not_paired_crosswise() -> None:
    def two(side: str, *claimants: str) -> Annotation:
        made = tuple(claim(f"{side}{name}!", 40, 60, claimants=(f"{side}{name}",)) for name in claimants)
        return work(side, mentions=people(side, "x", "y"), claims=made)

    for first, second in (("xy", "yx"), ("xy", "y"), ("x", "xy")):
        found = compare(two("a", *first), two("b", *second), GRAMMAR)
        assert all(pair.roles[0].agreed for pair in found.claim_pairs)


def test_a_question_counts_where_the_labels_of_both_ask_it() -> None:
    def one(side: str, label: str, **attributes: str) -> Annotation:
        return work(side, mentions=(mention(side, 0, 4, label, attributes=attributes),))

    nominal = one("a", "PERSON", level="nominal")
    (answer,) = compare(nominal, one("b", "GPE"), GRAMMAR).answers
    assert (answer.question, answer.left, answer.right) == ("level", "nominal", "named")  # the default
    assert compare(nominal, one("b", "QUANTITY", number="1"), GRAMMAR).answers == ()


def test_only_layers_that_both_were_asked_for_are_compared() -> None:
    left = work("amina", layers=("entities",), mentions=people("a", "x"))
    right = work("boris", layers=("claims", "entities"), mentions=people("b", "x"), claims=(claim("c", 0, 4),))
    found = compare(left, right, GRAMMAR)
    assert (found.layers, len(found.mentions.pairs), found.claims.right) == (("entities",), 1, ())


def test_nothing_here_is_an_answer_and_silence_is_none() -> None:
    full, empty = work("amina", mentions=people("a", "x")), work("boris")
    assert len(compare(full, empty, GRAMMAR).mentions.left) == 1
    for silent in (empty.model_copy(update={"skipped": True}), empty.model_copy(update={"rejected": 3})):
        found = compare(full, silent, GRAMMAR)
        assert (found.layers, found.mentions.left) == ((), ())


def test_every_two_annotators_of_an_article_are_compared() -> None:
    works = [work(name, mentions=people(name, "x")) for name in ("chen", "amina", "boris")]
    other = [work(name).model_copy(update={"article_id": "two"}) for name in ("amina", "boris")]
    found = [(one.article_id, one.left, one.right) for one in comparisons([*works, *other], GRAMMAR)]
    assert found == [
        ("one", "amina", "boris"),
        ("one", "amina", "chen"),
        ("one", "boris", "chen"),
        ("two", "amina", "boris"),
    ]


@pytest.mark.parametrize(
    ("works", "message"),
    [
        ([work("amina"), work("amina")], "amina has more than one annotation"),
        ([work("amina"), work("boris").model_copy(update={"text_sha256": "1" * 64})], "boris another text"),
        ([work("amina"), work("boris", mentions=(mention("b", 0, 4, "SHIP"),))], "boris used SHIP"),
        (
            [work("amina"), work("boris", mentions=people("b", "x", "y"), relations=(relation("eats", "bx", "by"),))],
            "boris used eats",
        ),
        (
            [work("amina"), work("amina").model_copy(update={"article_id": "two"}), work("boris")],
            "one: its annotations do not stand together",
        ),
    ],
)
def test_work_that_cannot_be_compared_is_refused(works: list[Annotation], message: str) -> None:
    with pytest.raises(BadInputError, match=message) as error:
        list(comparisons(works, GRAMMAR))
    assert "goldkit check" in error.value.next


def test_claims_are_refused_where_the_ontology_has_none() -> None:
    bare = Grammar(Ontology(name="bare", version="1.0.0", entities=(span_type("PERSON"),)))
    works = [work("amina", claims=(claim("c", 0, 4),)), work("boris")]
    with pytest.raises(BadInputError, match="amina used claims, which the ontology lacks"):
        list(comparisons(works, bare))
    assert compare(works[1], works[1], bare).layers == ("entities", "relations", "claims")
