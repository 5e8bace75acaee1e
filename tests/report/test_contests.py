"""What counts as a difference, how it is put in words, and where it shows in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from gold.compare.works import GRAMMAR, ONTOLOGY, TEXT, mixed, seeds, shuffled, works
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Relation
from toolkit.gold.resolve import resolve
from toolkit.ontology.load import load_ontology
from toolkit.project import GoldSettings
from toolkit.report.contests import Contest, contested, quoted
from toolkit.report.passages import Passage, passages

from .project import ARABIC, HARBOUR, QUIET, article, articles, at, mention, work

PEOPLE = ("ann-a", "ann-b", "ann-c")


@pytest.fixture(scope="module")
def grammar(repository) -> Grammar:  # type: ignore[no-untyped-def]
    return Grammar(load_ontology(repository / "configs" / "ontology.yaml"))


def contests(grammar: Grammar, *voices: Annotation) -> tuple[Contest, ...]:
    resolved = resolve(voices, grammar.ontology)
    (gold,) = (*resolved.gold, *resolved.open)
    return contested(voices, gold, grammar).contests


def sayings(contest: Contest) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.words, one.annotators) for one in contest.sayings]


def quiet(who: str, *mentions: tuple[str, str], **more: object) -> Annotation:
    items = [mention(QUIET, f"m{number}", quote, label) for number, (quote, label) in enumerate(mentions)]
    return work(articles()["quiet"], who, mentions=tuple(sorted(items, key=lambda one: one.start)), **more)


def test_label_and_boundaries(grammar: Grammar) -> None:
    (one,) = contests(
        grammar,
        quiet("ann-a", ("Ilka Tornay", "PERSON")),
        quiet("ann-b", ("Tornay", "PERSON")),
        quiet("ann-c", ("Ilka Tornay", "ORGANIZATION")),
    )
    assert (one.kind, one.about, one.open) == ("mention", ("label", "boundaries"), True)
    assert sayings(one) == [
        ("“Ilka Tornay” PERSON", ("ann-a",)),
        ("“Tornay” PERSON", ("ann-b",)),
        ("“Ilka Tornay” ORGANIZATION", ("ann-c",)),
    ]


def test_an_outvoted_mention_is_contested_and_settled(grammar: Grammar) -> None:
    one, other = contests(
        grammar,
        quiet("ann-a", ("Ilka Tornay", "PERSON"), ("Lassendry", "GPE")),
        quiet("ann-b", ("Ilka Tornay", "PERSON")),
        quiet("ann-c"),
    )
    assert [(it.number, it.about, it.open) for it in (one, other)] == [
        (1, ("presence",), False),
        (2, ("presence",), False),
    ]
    assert sayings(one) == [("“Ilka Tornay” PERSON", ("ann-a", "ann-b")), ("", ("ann-c",))]
    assert sayings(other) == [("“Lassendry” GPE", ("ann-a",)), ("", ("ann-b", "ann-c"))]


def test_agreement_is_no_contest(grammar: Grammar) -> None:
    assert contests(grammar, *(quiet(who, ("Lassendry", "GPE")) for who in PEOPLE)) == ()


def claim(who: str, sure: str, claimant: str | None, **more: object) -> Annotation:
    text = HARBOUR
    answers = {"attribution": "indirect", "certainty": sure, "kind": "event", "check_worthy": "yes"}
    mentions = (mention(text, "m1", "Ilka Tornay", "PERSON"), mention(text, "m2", "coast guard", "ORGANIZATION"))
    found = Claim(id="c", **at(text, "Nobody was hurt"), attributes=answers, claimants=(claimant,) if claimant else ())
    return work(articles()["harbour"], who, mentions=mentions, claims=(found,), **more)


def test_answers_and_links_of_a_claim(grammar: Grammar) -> None:
    (one,) = contests(
        grammar, claim("ann-a", "certain", "m2"), claim("ann-b", "certain", "m1"), claim("ann-c", "possible", None)
    )
    assert (one.kind, one.what, one.about) == ("claim", "“Nobody was hurt”", ("certainty", "claimants"))
    assert sayings(one) == [
        ("certainty: certain; claimants: “coast guard”", ("ann-a",)),
        ("certainty: certain; claimants: “Ilka Tornay”", ("ann-b",)),
        ("certainty: possible; claimants: none", ("ann-c",)),
    ]


def linked(who: str, *links: tuple[str, str, str, str]) -> Annotation:
    own = quiet(who, ("Ilka Tornay", "PERSON"), ("Lassendry", "GPE"))
    relations = tuple(Relation(type=t, head=head, tail=tail, modality=modality) for t, head, tail, modality in links)
    return own.model_copy(update={"relations": relations})


def test_relations(grammar: Grammar) -> None:
    (one,) = contests(
        grammar,
        linked("ann-a", ("opposes", "m0", "m1", "asserted")),
        linked("ann-b", ("opposes", "m1", "m0", "negated")),
        linked("ann-c"),
    )
    assert (one.kind, one.about, one.open) == ("relation", ("presence", "modality", "direction"), True)
    assert sayings(one) == [
        ("“Ilka Tornay” opposes “Lassendry”", ("ann-a",)),
        ("“Lassendry” opposes “Ilka Tornay” (negated)", ("ann-b",)),
        ("", ("ann-c",)),
    ]


def test_long_quotes_keep_their_ends() -> None:
    text = "The first words of a rather " + "very " * 40 + "long claim keep standing, and the last ones too"
    short = quoted(text)
    assert len(short) < 100
    assert short.startswith("“The first words")
    assert short.endswith("the last ones too”")
    assert " … " in short
    assert quoted("two\n lines") == "“two lines”"


def test_right_to_left_text_does_not_turn_its_surroundings() -> None:
    assert quoted("إلكا") == "\u2068“إلكا”\u2069"


def marked(text: str, voices: Sequence[Annotation], grammar: Grammar) -> tuple[Passage, ...]:
    return passages(text, voices, contested(voices, None, grammar).numbers)


def test_passages_are_set_in_versions_only_where_annotators_differ(grammar: Grammar) -> None:
    voices = [
        work(articles()["harbour"], who, mentions=(mention(HARBOUR, "m1", "Lassendry", "GPE"), *more))
        for who, more in zip(
            PEOPLE,
            ((), (), (mention(HARBOUR, "m2", "Ilka Tornay", "PERSON"),)),
            strict=True,
        )
    ]
    first, second, third = marked(HARBOUR, voices, grammar)
    assert [one.annotators for one in first.versions] == [()]
    assert [(piece.text, piece.label, piece.contested) for piece in first.versions[0].pieces] == [
        ("The harbour of ", "", ()),
        ("Lassendry", "GPE", ()),
        (" opened on Monday.", "", ()),
    ]
    assert [one.annotators for one in second.versions] == [("ann-a", "ann-b"), ("ann-c",)]
    chips = [(piece.text, [(chip.number, chip.label) for chip in piece.chips]) for piece in second.versions[1].pieces]
    assert chips == [("Mayor ", []), ("Ilka Tornay", [(1, "PERSON")]), (" said 30 boats left.", [])]
    assert not third.differs


def test_a_mark_over_paragraphs_keeps_them_together(grammar: Grammar) -> None:
    over = Claim(id="c", **at(HARBOUR, "30 boats left.\n\nNobody was hurt"))
    voice = work(articles()["harbour"], "ann-a", claims=(over,))
    _, second = marked(HARBOUR, [voice], grammar)
    assert "".join(piece.text for piece in second.versions[0].pieces).endswith("the coast guard said.")


def test_nested_marks_show_the_inner_label(grammar: Grammar) -> None:
    voice = quiet("ann-a", ("Ilka Tornay", "ORGANIZATION"), ("Tornay", "PERSON"))
    (passage,) = marked(QUIET, [voice], grammar)
    assert [(one.text, one.label) for one in passage.versions[0].pieces][:2] == [
        ("Ilka ", "ORGANIZATION"),
        ("Tornay", "PERSON"),
    ]


def test_offsets_are_code_points(grammar: Grammar) -> None:
    text = "👩🏽‍🚀 Ilka"
    one = article("emoji", text)
    (passage,) = marked(text, [work(one, "ann-a", mentions=(mention(text, "m", "Ilka", "PERSON"),))], grammar)
    assert [piece.text for piece in passage.versions[0].pieces] == ["👩🏽‍🚀 ", "Ilka"]
    (arabic, _) = marked(ARABIC, [work(article("a", ARABIC), "ann-a")], grammar)
    assert arabic.versions[0].pieces[0].text == ARABIC.splitlines()[0]


# Laws, on work at random


@given(works("one", "two", "three"))
def test_every_version_says_the_text(voices: tuple[Annotation, ...]) -> None:
    found = contested(voices, None, GRAMMAR)
    shown = passages(TEXT, voices, found.numbers)
    for passage in shown:
        assert len({"".join(piece.text for piece in version.pieces) for version in passage.versions}) == 1
        named = sorted(who for version in passage.versions for who in version.annotators)
        assert named in ([], ["one", "three", "two"])
    assert "".join(piece.text for passage in shown for piece in passage.versions[0].pieces) == TEXT


@given(works("one", "two", "three"))
def test_contests_stand_in_the_order_of_the_text_and_name_everybody_once(voices: tuple[Annotation, ...]) -> None:
    found = contested(voices, None, GRAMMAR).contests
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        said = [who for saying in one.sayings for who in saying.annotators]
        assert len(said) == len({*said})
        assert one.about
        assert len(one.sayings) > 1


@given(works("one"), seeds)
def test_who_agrees_with_a_copy_contests_nothing(voices: tuple[Annotation, ...], random) -> None:  # type: ignore[no-untyped-def]
    (own,) = voices
    copy = shuffled(own, random).model_copy(update={"annotator": "two"})
    assert contested([own, copy], None, GRAMMAR).contests == ()


@given(works("one", "two", "three"), seeds, st.sampled_from(["unanimous", "majority"]))
def test_the_order_of_the_work_does_not_matter(voices: tuple[Annotation, ...], random, rule) -> None:  # type: ignore[no-untyped-def]
    resolved = resolve(voices, ONTOLOGY, GoldSettings(rule=rule))
    gold = next(iter((*resolved.gold, *resolved.open)), None)
    again = random.sample([mixed(voice, random) for voice in voices], len(voices))
    assert contested(voices, gold, GRAMMAR).contests == contested(again, gold, GRAMMAR).contests


@given(works("one", "two", "three"), st.sampled_from(["unanimous", "majority"]))
def test_every_difference_that_is_open_is_shown(voices: tuple[Annotation, ...], rule) -> None:  # type: ignore[no-untyped-def]
    for gold in resolve(voices, ONTOLOGY, GoldSettings(rule=rule)).open:
        shown = [one for one in contested(voices, gold, GRAMMAR).contests if one.open]
        assert Counter(one.kind for one in shown) == Counter(one.kind for one in gold.differences)
        assert {one.reason for one in gold.differences} <= {reason for one in shown for reason in one.about}
