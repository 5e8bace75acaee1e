"""Who is who, settled from votes: against the rule applied to every two mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.gold.ballots import Judge
from toolkit.gold.model import Resolution
from toolkit.links.model import Entity, EntityVote, LinkedMention
from toolkit.links.whoiswho import WhoIsWho, settle
from toolkit.project import GoldSettings

MAJORITY, UNANIMOUS = (Judge(GoldSettings(rule=rule)) for rule in ("majority", "unanimous"))
LINKED = ("PERSON", "GPE")


def mentions(*texts: str) -> tuple[LinkedMention, ...]:
    return tuple(
        LinkedMention(article_id=f"a{number}", start=0, end=len(text), text=text, labels=("PERSON",))
        for number, text in enumerate(texts)
    )


def said(who: str, shown: Sequence[LinkedMention], groups: str, **more: Mapping[str, str]) -> EntityVote:
    """A vote: ``groups`` has a letter a mention; a dot is unsure."""
    keys = [mention.key for mention in shown]
    texts = {mention.key: mention.text for mention in shown}
    names, items = more.get("names", {}), more.get("wikidata", {})
    entities = []
    for letter in sorted(set(groups) - {"."}):
        own = tuple(sorted(key for key, of in zip(keys, groups, strict=True) if of == letter))
        name = names.get(letter, texts[own[0]])
        entities.append(
            Entity(id=f"{who}{letter}", name=name, type="PERSON", wikidata=items.get(letter, ""), mentions=own)
        )
    unsure = tuple(key for key, of in zip(keys, groups, strict=True) if of == ".")
    return EntityVote(story_id="s", annotator=who, mentions=tuple(keys), entities=tuple(entities), unsure=unsure)


def grouped(found: WhoIsWho) -> set[frozenset[str]]:
    return {frozenset(key.split(":")[0] for key in entity.mentions) for entity in found.entities}


def test_what_annotators_call_an_entity_plays_no_part_in_who_is_in_it() -> None:
    shown = mentions("Ilva Marren", "Elfa Maran", "Sourrane")
    votes = [said("x", shown, "aab", names={"a": "Marren"}), said("y", shown, "bba"), said("z", shown, "ccd")]
    found = settle(shown, votes, UNANIMOUS, LINKED)
    assert grouped(found) == {frozenset({"a0", "a1"}), frozenset({"a2"})}
    assert not found.differences
    assert found.resolution is Resolution.UNANIMOUS
    assert [entity.id for entity in found.entities] == ["e1", "e2"]
    assert found.entities[0].name == "Ilva Marren"


def test_one_annotator_alone_is_taken_as_they_are() -> None:
    shown = mentions("A", "B", "C")
    found = settle(shown, [said("x", shown, "aba")], MAJORITY, LINKED)
    assert grouped(found) == {frozenset({"a0", "a2"}), frozenset({"a1"})}
    assert found.resolution is Resolution.SINGLE


def test_the_majority_moves_a_mention_and_everybodys_vote_is_kept() -> None:
    shown = mentions("Karl Vessing", "Vessing", "the minister", "Dagny Holm")
    votes = [said("x", shown, "aaab"), said("y", shown, "aaab"), said("z", shown, "aabb")]
    found = settle(shown, votes, MAJORITY, LINKED)
    assert grouped(found) == {frozenset({"a0", "a1", "a2"}), frozenset({"a3"})}
    why = found.provenance[shown[2].key]
    assert (why.resolution, why.support, why.voters) == (Resolution.MAJORITY, 2, 3)
    assert {vote.annotator: vote.value for vote in why.votes}["z"] == {"entity": "the minister"}
    assert found.provenance[shown[0].key].resolution is Resolution.UNANIMOUS


def test_two_against_each_other_leave_the_smaller_part_open_with_who_says_what() -> None:
    shown = mentions("Karl Vessing", "Vessing", "the minister", "Dagny Holm", "Holm")
    votes = [said("x", shown, "aaabb"), said("y", shown, "aabbb")]
    found = settle(shown, votes, MAJORITY, LINKED)
    (difference,) = found.differences
    assert difference.reason == "entity"
    assert shown[2].key in difference.about
    assert "x: Karl Vessing" in difference.message
    assert "y: the minister" in difference.message


def test_a_circle_of_majorities_is_open() -> None:
    shown = mentions("A", "B", "C")
    votes = [said("x", shown, "aab"), said("y", shown, "abb"), said("z", shown, "aab"), said("w", shown, "abb")]
    votes += [said("v", shown, "aaa")]  # A = B and B = C by 3 of 5, A = C by one of 5
    found = settle(shown, votes, MAJORITY, LINKED)
    assert [one.reason for one in found.differences] == ["not-transitive"]


def test_who_is_unsure_has_no_vote_and_what_nobody_says_is_open() -> None:
    shown = mentions("A", "B", "C")
    found = settle(shown, [said("x", shown, "aa."), said("y", shown, "a..")], UNANIMOUS, LINKED)
    assert frozenset({"a0", "a1"}) in grouped(found)
    (difference,) = found.differences
    assert (difference.reason, difference.about) == ("not-said", (shown[2].key,))


def test_a_mention_that_is_newer_than_the_task_is_open() -> None:
    shown = mentions("A", "B", "C")
    found = settle(shown, [said("x", shown[:2], "aa")], MAJORITY, LINKED)
    assert [one.about for one in found.differences] == [(shown[2].key,)]


def test_wikidata_is_voted_on_among_those_who_gave_it() -> None:
    shown = mentions("A", "B")
    votes = [
        said("x", shown, "aa", wikidata={"a": "Q1"}),
        said("y", shown, "aa"),
        said("z", shown, "bb", wikidata={"b": "Q1"}),
    ]
    assert settle(shown, votes, UNANIMOUS, LINKED).entities[0].wikidata == "Q1"
    torn = [said("x", shown, "aa", wikidata={"a": "Q1"}), said("y", shown, "aa", wikidata={"a": "NIL"})]
    found = settle(shown, torn, MAJORITY, LINKED)
    assert [one.reason for one in found.differences] == ["wikidata"]
    assert found.entities[0].wikidata == ""


def test_an_adjudicator_decides_and_the_votes_tell_how_many_had_said_so() -> None:
    shown = mentions("A", "B", "C")
    votes = [said("x", shown, "aab"), said("y", shown, "abb")]
    found = settle(shown, votes, MAJORITY, LINKED, said("judge", shown, "aab", wikidata={"a": "Q7"}))
    assert grouped(found) == {frozenset({"a0", "a1"}), frozenset({"a2"})}
    assert not found.differences
    assert found.entities[0].wikidata == "Q7"
    decided = [why for why in found.provenance.values() if why.resolution is Resolution.ADJUDICATED]
    assert decided
    assert {why.adjudicator for why in decided} == {"judge"}
    assert found.resolution is Resolution.ADJUDICATED


COUNT = 6
partitions = st.text("abc.", min_size=COUNT, max_size=COUNT)


@given(st.lists(partitions, min_size=1, max_size=5), st.sampled_from([MAJORITY, UNANIMOUS]), st.randoms())
def test_the_rule_holds_of_every_two_mentions_that_are_settled(groups: list[str], judge: Judge, random: object) -> None:
    shown = mentions(*"ABCDEF")
    votes = [said(f"x{number}", shown, of) for number, of in enumerate(groups)]
    found = settle(shown, votes, judge, LINKED)
    assert sorted(key for entity in found.entities for key in entity.mentions) == [one.key for one in shown]
    open = {key for one in found.differences if one.reason != "wikidata" for key in one.about}
    where = {key: entity.id for entity in found.entities for key in entity.mentions}
    for i, j in combinations(range(COUNT), 2):
        asked = [of[i] == of[j] for of in groups if "." not in (of[i], of[j])]
        if not asked or {shown[i].key, shown[j].key} & open:
            continue
        together = where[shown[i].key] == where[shown[j].key]
        supported = sum(one is together for one in asked)
        # More than half, or all: unless another mention holds the two together, and then it is open.
        enough = 2 * supported > len(asked) if judge is MAJORITY else supported == len(asked)
        assert enough
    shuffled = votes[::-1]
    assert settle(shown[::-1], shuffled, judge, LINKED) == found


@given(partitions)
def test_annotators_who_agree_settle_everything_that_they_say(groups: str) -> None:
    shown = mentions(*"ABCDEF")
    found = settle(shown, [said("x", shown, groups), said("y", shown, groups)], UNANIMOUS, LINKED)
    told = {letter: frozenset(f"a{n}" for n, of in enumerate(groups) if of == letter) for letter in set(groups) - {"."}}
    assert set(told.values()) <= grouped(found)
    assert bool(found.differences) == ("." in groups)


def test_no_vote_says_nothing() -> None:
    shown = mentions("A")
    found = settle(shown, [], MAJORITY, LINKED)
    assert [one.reason for one in found.differences] == ["not-said"]


@pytest.mark.parametrize("count", [1, 3])
def test_types_are_by_most_mentions(count: int) -> None:
    shown = [*mentions(*"AB"[: 1 + (count > 1)])]
    shown = [shown[0].model_copy(update={"labels": ("GPE", "ROLE_TITLE")}), *shown[1:]]
    found = settle(shown, [said("x", shown, "a" * len(shown))], MAJORITY, LINKED)
    assert found.entities[0].type == "GPE"
