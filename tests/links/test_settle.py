"""Pairs of claims settled from votes, and whole stories."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.links.claims import ONTOLOGY, claim, link, pair, said
from toolkit.gold.model import Resolution
from toolkit.links.model import ClaimVote, Entity, EntityVote, LinkedMention, StoryLinks
from toolkit.links.settle import Story, settle, votes_digest
from toolkit.project import GoldSettings

MAJORITY = GoldSettings()
WHERE = [
    LinkedMention(article_id=name, start=5, end=8, text=f"Mr {name}", labels=("PERSON",)) for name in ("a", "b", "c")
]
STORY = Story("s", tuple(WHERE), tuple(claim(name) for name in "abcde"), {"a": "2031-01-01", "b": "2031-01-02"})


def settled(
    *votes: ClaimVote | EntityVote, rule: GoldSettings = MAJORITY, reviews: tuple[StoryLinks, ...] = ()
) -> StoryLinks:
    who = [vote for vote in votes if isinstance(vote, EntityVote)]
    of_claims = [vote for vote in votes if isinstance(vote, ClaimVote)]
    (story,) = settle([STORY], ONTOLOGY, rule, who, of_claims, reviews).stories
    return story


def test_a_majority_settles_type_and_cause() -> None:
    story = settled(
        said("x", "a", "contradicts", "b", cause="numeric"),
        said("y", "a", "contradicts", "b", cause="numeric"),
        said("z", "a", "unrelated", "b"),
    )
    assert story.links == (link("a", "contradicts", "b", cause="numeric"),)
    why = story.provenance[pair("a", "b")]
    assert (why.resolution, why.support, why.voters) == (Resolution.MAJORITY, 2, 3)
    assert [vote.annotator for vote in why.votes] == ["x", "y", "z"]


def test_agreeing_on_the_type_and_not_on_the_cause_is_open() -> None:
    story = settled(
        said("x", "a", "contradicts", "b", cause="numeric"), said("y", "a", "contradicts", "b", cause="actor")
    )
    assert story.links == ()
    (open,) = story.differences
    assert (open.reason, open.about) == ("cause", (pair("a", "b"),))
    assert "y: contradicts (actor); x: contradicts (numeric)" in open.message


def test_directions_are_different_answers() -> None:
    story = settled(said("x", "a", "supports", "b"), said("y", "b", "supports", "a"))
    assert [one.reason for one in story.differences] == ["type"]
    assert "y: supports ←; x: supports →" in story.differences[0].message
    same = settled(said("x", "a", "equivalent", "b"), said("y", "b", "equivalent", "a"))
    assert same.provenance[pair("a", "b")].resolution is Resolution.UNANIMOUS


def test_what_follows_is_added_and_says_so() -> None:
    story = settled(said("x", "a", "equivalent", "b"), said("x", "c", "equivalent", "b"))
    assert story.followed == (pair("a", "c"),)
    assert {one.key: one.type for one in story.links}[pair("a", "c")] == "equivalent"
    why = story.provenance[pair("a", "c")]
    assert (why.resolution, why.voters) == (Resolution.SINGLE, 0)
    assert story.pairs == 2


def test_settled_links_that_contradict_each_other_are_no_gold() -> None:
    story = settled(
        said("x", "a", "equivalent", "b"),
        said("x", "b", "equivalent", "c"),
        said("x", "a", "unrelated", "c"),
        said("x", "a", "unrelated", "d"),
    )
    assert [one.key for one in story.links] == [pair("a", "d")]
    (open,) = story.differences
    assert open.reason == "link-not-transitive"
    assert set(open.about) == {pair("a", "b"), pair("b", "c"), pair("a", "c")}
    assert not story.followed


def test_a_pair_that_is_open_does_not_follow() -> None:
    story = settled(
        said("x", "a", "equivalent", "b"),
        said("x", "b", "equivalent", "c"),
        said("x", "a", "unrelated", "c"),
        said("y", "a", "equivalent", "c"),
    )
    assert pair("a", "c") not in {one.key for one in story.links}


def test_an_adjudicator_comes_before_votes() -> None:
    votes = (said("x", "a", "supports", "b"), said("y", "a", "unrelated", "b"))
    review = StoryLinks(
        story_id="s", links=(link("a", "unrelated", "b"),), adjudicators=("judge",), work_sha256=votes_digest((), votes)
    )
    story = settled(*votes, reviews=(review,))
    why = story.provenance[pair("a", "b")]
    assert (why.resolution, why.adjudicator, why.support, why.voters) == (Resolution.ADJUDICATED, "judge", 1, 2)
    assert not story.differences


def test_votes_that_change_after_a_review_are_told() -> None:
    before = said("x", "a", "supports", "b")
    review = StoryLinks(
        story_id="s", links=(link("a", "unrelated", "b"),), adjudicators=("j",), work_sha256=votes_digest((), [before])
    )
    same = settle([STORY], ONTOLOGY, MAJORITY, (), [before], [review])
    changed = settle([STORY], ONTOLOGY, MAJORITY, (), [said("x", "a", "updates", "b")], [review])
    assert [one.rule for one in same.findings] == []
    assert [one.rule for one in changed.findings] == ["reviewed-links-changed"]


def test_a_claim_that_is_gold_no_more_takes_its_links_along_and_says_so() -> None:
    gone = said("x", "a", "equivalent", "z")
    found = settle([STORY], ONTOLOGY, MAJORITY, (), [gone, said("x", "a", "unrelated", "b")])
    assert [one.rule for one in found.findings] == ["link-claim-gone"]
    assert [one.key for one in found.stories[0].links] == [pair("a", "b")]


def test_a_type_that_the_ontology_has_not_is_told() -> None:
    vote = said("x", "a", "equivalent", "b")
    assert vote.link
    strange = vote.model_copy(update={"link": vote.link.model_copy(update={"type": "echoes"})})
    found = settle([STORY], ONTOLOGY, MAJORITY, (), [strange])
    assert [one.rule for one in found.findings] == ["link-unknown-type"]
    assert found.stories[0].links == ()


def who(annotator: str, *groups: str, at: str = "") -> EntityVote:
    keys = {mention.article_id: mention.key for mention in WHERE}
    entities = tuple(
        Entity(id=f"e{n}", name=of, type="PERSON", mentions=tuple(keys[one] for one in of))
        for n, of in enumerate(groups)
    )
    return EntityVote(
        story_id="s", annotator=annotator, mentions=tuple(keys.values()), entities=entities, updated_at=at, source="t"
    )


def test_a_story_is_gold_for_its_entities_when_all_of_them_are_settled() -> None:
    story = settled(who("x", "ab", "c"), who("y", "ab", "c"))
    assert story.entities_resolution is Resolution.UNANIMOUS
    assert [len(entity.mentions) for entity in story.entities] == [2, 1]
    open = settled(who("x", "ab", "c"), who("y", "a", "bc"))
    assert open.entities_resolution is None
    assert open.entities == ()
    assert open.proposed
    assert open.differences


def test_a_review_settles_who_is_who() -> None:
    votes = (who("x", "ab", "c"), who("y", "a", "bc"))
    open = settled(*votes)
    review = StoryLinks(
        story_id="s", entities=who("j", "ab", "c").entities, adjudicators=("j",), work_sha256=open.work_sha256
    )
    story = settled(*votes, reviews=(review,))
    assert story.entities_resolution is Resolution.ADJUDICATED
    assert not story.differences


def test_the_latest_of_two_answers_counts_and_is_told() -> None:
    votes = [who("x", "abc", at="1"), who("x", "ab", "c", at="2")]
    found = settle([STORY], ONTOLOGY, MAJORITY, votes)
    assert [one.rule for one in found.findings] == ["story-answered-twice"]
    assert [len(entity.mentions) for entity in found.stories[0].entities] == [2, 1]


def test_skipped_work_is_no_vote() -> None:
    skipped = who("y").model_copy(update={"skipped": True, "mentions": ()})
    assert settled(who("x", "abc"), skipped).entities_resolution is Resolution.SINGLE


@given(
    st.permutations(
        [
            said("x", "a", "equivalent", "b"),
            said("y", "a", "unrelated", "b"),
            said("z", "c", "updates", "a"),
            said("x", "c", "updates", "a", "2"),
            said("x", "d", "contradicts", "e", cause="time"),
        ]
    )
)
def test_the_order_of_votes_plays_no_part(votes: list[ClaimVote]) -> None:
    first = sorted(votes, key=lambda vote: vote.model_dump_json())
    assert settle([STORY], ONTOLOGY, MAJORITY, (), votes) == settle([STORY], ONTOLOGY, MAJORITY, (), first)


def test_models_learn_from_all_stories_whom_to_trust() -> None:
    rule = GoldSettings(rule="dawid-skene")
    agreed = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    votes = [said(who, *both[:1], "unrelated", both[1]) for both in agreed for who in "xy"]
    votes += [said("z", both[0], "supports", both[1]) for both in agreed]
    story = settled(*votes, rule=rule)
    assert {one.type for one in story.links} == {"unrelated"}
    assert {why.resolution for why in story.provenance.values()} == {Resolution.DAWID_SKENE}
