"""Candidate pairs of claims: what becomes a claim, which two are put before people, and why."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pytest
from sampled import sample_workspace

from toolkit.annotations.model import Claim, Mention, Origin
from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold, Resolution
from toolkit.links.likeness import by_entities, by_kind, by_words, rarity
from toolkit.links.model import ClaimPair, Entity, LinkedMention, Register
from toolkit.links.pairs import FLOOR, linked_claims, pairs
from toolkit.ontology.load import load_ontology
from toolkit.samples.links import TRUTH, true_link
from toolkit.stages import ingest, setup
from toolkit.stages.gold import resolve

ONTOLOGY = load_ontology(setup.shipped_configs() / "ontology.yaml")

# An invented story of three outlets: [claim], {mention} of an entity, <value>. What is claimed, and by whom before it.
ARTICLES = {
    "a": "{Mara Tol}: [{Velda} sent <40 soldiers> to {Port Sarrel}]. [The convoy was fired on near the old mill]."
    " [Nobody had warned the crew]. [Rain will ease by the weekend].",
    "b": "{Marah Toll}: [Some <forty troops> were dispatched to {Bort Saril} by {Felda}]."
    " {The mayor}: [It is not true that anybody fired on the convoy]. [The museum stays closed].",
    "c": "{The mayor}: [<25 soldiers> came ashore at {Port Sarrel}, no more]. [The crew were warned twice by radio]."
    " [Sixteen schools have a new roof].",
}
ENTITIES = {
    "Velda": ("Velda", "Felda"),
    "Port Sarrel": ("Port Sarrel", "Bort Saril"),
    "Mara Tol": ("Mara Tol", "Marah Toll"),
    "mayor": ("The mayor",),
}
LINKED = {("sent", "dispatched"), ("sent", "ashore"), ("dispatched", "ashore")}
LINKED |= {("fired on near", "not true"), ("had warned", "warned twice")}


def read(id: str, marked: str, **about: Any) -> tuple[Gold, Article]:
    """The gold of a marked text; a claim is made by the mention that stands before it with a colon."""
    text, mentions, claims, begun = "", [], [], []
    for char in marked:
        if char in "[{<":
            begun.append(len(text))
        elif char in "]}>":
            start = begun.pop()
            place = {"start": start, "end": len(text), "text": text[start:]}
            if char == "]":
                before = [one.id for one in mentions if text[one.end : start] == ": "]
                claims.append(Claim(id=f"c{start}", claimants=tuple(before), **place))
            else:
                mentions.append(Mention(id=f"m{start}", labels=("QUANTITY" if char == ">" else "GPE",), **place))
        else:
            text += char
    article = Article(
        article_id=id,
        text=text,
        text_sha256=text_digest(text),
        **{"language": "en", "story_id": "s", "published": f"2031-05-0{ord(id[0]) - 96}"} | about,
    )
    gold = Gold(
        article_id=id,
        text_sha256=article.text_sha256,
        ontology_version="1.1.0",
        resolution=Resolution.SINGLE,
        annotators=("one",),
        voters=1,
        mentions=tuple(mentions),
        claims=tuple(claims),
    )
    return gold, article


def world(texts: Mapping[str, str], **about: Any) -> tuple[Register, list[Gold], dict[str, Article]]:
    """A story of these articles, with who is who as ``ENTITIES`` has it."""
    told = [read(id, marked, **about) for id, marked in texts.items()]
    golds, articles = [gold for gold, _ in told], {article.article_id: article for _, article in told}
    mentions = tuple(
        LinkedMention(article_id=gold.article_id, **one.model_dump(include={"start", "end", "text", "labels"}))
        for gold in golds
        for one in gold.mentions
        if "GPE" in one.labels
    )
    entities = tuple(
        Entity(id=f"e{n}", name=name, type="GPE", mentions=tuple(sorted(m.key for m in mentions if m.text in forms)))
        for n, (name, forms) in enumerate(ENTITIES.items())
    )
    return Register(story_id="s", mentions=mentions, entities=entities), golds, articles


def found(texts: Mapping[str, str] = ARTICLES, most: int = 40, **about: Any) -> tuple[ClaimPair, ...]:
    return pairs(*world(texts, **about), ONTOLOGY, most)


def between(candidates: Sequence[ClaimPair], one: str, other: str) -> ClaimPair | None:
    return next((pair for pair in candidates if one in pair.left.text and other in pair.right.text), None)


def test_a_claim_knows_its_claimants_values_and_mentions() -> None:
    register, golds, articles = world(ARTICLES)
    claims = linked_claims(golds[0], articles["a"], ONTOLOGY, register)
    assert [claim.start for claim in claims] == sorted(claim.start for claim in claims)
    first = claims[0]
    assert articles["a"].text[first.start : first.end] == first.text
    assert first.claimant_names == ("Mara Tol",)
    assert first.claimants == ("a:0-8",)
    assert [(value.label, value.text) for value in first.values] == [("QUANTITY", "40 soldiers")]
    texts = {mention.key: mention.text for mention in register.mentions}
    assert [texts[key] for key in first.mentions] == ["Velda", "Port Sarrel"]


def test_a_value_that_is_linked_counts_though_it_stands_elsewhere() -> None:
    gold, article = read("a", "<40 soldiers> came. [They came by sea].")
    (claim,) = gold.claims
    gold = gold.model_copy(update={"claims": (claim.model_copy(update={"values": ("m0",)}),)})
    (linked,) = linked_claims(gold, article, ONTOLOGY, Register(story_id="s", mentions=(), entities=()))
    assert [value.text for value in linked.values] == ["40 soldiers"]


def test_another_projects_claims_are_left_out_and_two_in_one_place_are_one() -> None:
    gold, article = read("a", "{Mara Tol}: [They came by sea]. [Nobody saw them].")
    first, second = gold.claims
    twin = first.model_copy(update={"id": "z", "claimants": ()})
    shown = second.model_copy(update={"origin": Origin.CONTEXT})
    gold = gold.model_copy(update={"claims": (shown, twin, first)})
    (linked,) = linked_claims(gold, article, ONTOLOGY, Register(story_id="s", mentions=(), entities=()))
    assert (linked.text, linked.claimant_names) == ("They came by sea", ("Mara Tol",))


def test_all_that_bears_on_each_other_is_among_few() -> None:
    candidates = found(most=8)
    assert len(candidates) <= 8
    assert [pair for pair in LINKED if between(candidates, *pair) is None] == []


def test_the_earlier_is_left_and_the_best_come_first() -> None:
    candidates = found()
    assert all(pair.left.article_id < pair.right.article_id for pair in candidates)
    assert [pair.score for pair in candidates] == sorted((pair.score for pair in candidates), reverse=True)
    assert all(FLOOR <= pair.score <= 1 for pair in candidates)
    assert len({pair.key for pair in candidates}) == len(candidates)
    later = found({"a": ARTICLES["a"], "b": ARTICLES["b"]}, published="2031-05-01")
    assert {(pair.left.article_id, pair.right.article_id) for pair in later} == {("a", "b")}


def test_it_says_why() -> None:
    pair = between(found(), "sent", "dispatched")
    assert pair is not None
    assert "both name Port Sarrel and Velda" in pair.why
    assert "both are claimed by Mara Tol" in pair.why
    assert "40 soldiers · forty troops: equal" in pair.why
    fired = between(found(), "fired on near", "not true")
    assert fired is not None
    assert fired.why == ("both say “convoy” and “fired”",)
    crossed = found({"a": "{The mayor}: [It rained at noon].", "b": "[It rained on {The mayor} at noon]."})
    assert [pair.why[0] for pair in crossed] == ["one names and the other is claimed by mayor"]
    assert all(pair.why for pair in found())


@pytest.mark.parametrize(
    ("language", "one", "other", "why"),
    [
        ("en", "Of late no gate has a lock", "Yet no quay has a rail", "words that are alike"),
        ("en", "The war is over, he says", "The war goes on, she says", "both say “war”"),
        ("de", "Das Tor war offen", "Das Schiff war leer", "words that are alike"),
        ("ar", "انفجار كبير في الميناء التي", "سفينة صغيرة في البحر التي", "words that are alike"),
        ("ar", "سفينة في الميناء", "حريق في الميناء", "both say “الميناء”"),
        ("", "They do, and the rest do not", "Ships do, and the boats also do not", "words that are alike"),
    ],
)
def test_words_that_say_nothing_are_no_reason(language: str, one: str, other: str, why: str) -> None:
    elsewhere = " ".join(f"{word}." for word in "abcdefghijkl")
    (pair,) = found({"a": f"[{one}]. {elsewhere}", "b": f"[{other}]."}, language=language)
    assert pair.why == (why,)


def test_the_same_input_in_any_order_gives_the_same() -> None:
    register, golds, articles = world(ARTICLES)
    expected = pairs(register, golds, articles, ONTOLOGY, 10)
    for seed in range(5):
        chance = random.Random(seed)
        shuffled = [
            gold.model_copy(
                update={
                    "claims": tuple(chance.sample(gold.claims, len(gold.claims))),
                    "mentions": tuple(chance.sample(gold.mentions, len(gold.mentions))),
                }
            )
            for gold in chance.sample(golds, len(golds))
        ]
        turned = dict(chance.sample(sorted(articles.items()), len(articles)))
        assert pairs(register, shuffled, turned, ONTOLOGY, 10) == expected


def test_every_claim_keeps_its_best_one() -> None:
    every, few = found(most=1000), found(most=1)
    assert len(few) < len(every)
    for claim in {claim.key for pair in every for claim in (pair.left, pair.right)}:
        best = next(pair for pair in every if claim in (pair.left.key, pair.right.key))
        assert best in few
    assert [pair for pair in every if pair in few] == list(few)
    assert len(found(most=len(few) + 2)) == len(few) + 2


def test_claims_of_one_kind_may_bear_on_each_other_without_a_word_in_common() -> None:
    def answered(gold: Gold, kind: str) -> Gold:
        claims = tuple(one.model_copy(update={"attributes": {"kind": kind}}) for one in gold.claims)
        return gold.model_copy(update={"claims": claims})

    texts = {"a": "[Worn hinges broke].", "b": "[Divers found explosives].", "c": "[Fog hid it]."}
    register, golds, articles = world(texts)
    asked = [answered(gold, kind) for gold, kind in zip(golds, ("causal", "causal", "event"), strict=True)]
    (pair,) = pairs(register, asked, articles, ONTOLOGY)
    assert (pair.left.article_id, pair.right.article_id) == ("a", "b")
    assert pair.why == ("both are of the kind causal",)
    assert pairs(register, golds, articles, ONTOLOGY) == ()


def test_a_story_is_never_compared_with_nothing() -> None:
    assert found({}) == ()
    assert found({"a": "No claim at all."}) == ()
    assert found({"a": ARTICLES["a"]}) == ()


def test_copied_sentences_pair_once() -> None:
    copied = "[The harbour master closed the northern gate on Monday]."
    texts = {"a": f"{copied} [Tugs lay idle].", "b": copied, "c": f"Reports: {copied}"}
    together = found(texts, dup_group="a")
    assert {(pair.left.article_id, pair.right.article_id) for pair in together} == {("a", "b"), ("a", "c")}
    assert all("nearly the same words" in pair.why for pair in together)
    assert len(found(texts)) == 3
    twice = {"a": "[It was so]. [It was so].", "b": "[It was so]."}
    assert len(found(twice, dup_group="a")) == 1


def test_words_are_alike_across_spellings_and_lengths() -> None:
    texts = ["the saboteurs exploded the turbine hall", "saboteur blew up turbines", "a choir sang in the square"]
    likeness = by_words(texts, rarity(texts))
    assert likeness[0, 1] > 0.2 > likeness[0, 2]
    assert likeness.diagonal() == pytest.approx([1, 1, 1])
    long = f"{texts[0]} while others slept in barracks far beyond the river and the hills"
    assert by_words([*texts, long], rarity(texts))[0, 3] > 0.4


def test_rare_entities_and_kinds_tell_more() -> None:
    named = by_entities([{"e1": 1, "e2": 1}, {"e1": 1}, {"e2": 1, "e3": 1}, {"e1": 0.5}])
    assert named[0, 2] > named[0, 1] > named[0, 3] > named[2, 3] == 0
    kinds = by_kind(["event", "event", "event", "causal", "causal", "", ""])
    assert kinds[3, 4] > kinds[0, 1] > kinds[0, 3] == kinds[5, 6] == 0


def test_the_sample_stories_links_are_among_the_candidates(tmp_path: Any) -> None:
    from toolkit.links.register import by_story, register

    assert TRUTH.is_file()
    workspace = sample_workspace(tmp_path)
    golds, articles = resolve(workspace).gold, ingest.articles(workspace)
    links, held = 0, 0
    for story, of_story in by_story(golds, articles).items():
        known = register(story, of_story, articles, ONTOLOGY)
        claims = [c for gold in of_story for c in linked_claims(gold, articles[gold.article_id], ONTOLOGY, known)]
        every = [ClaimPair(story_id=story, left=one, right=other, score=0) for one, other in combinations(claims, 2)]
        # "Supports" is a matter of reasons: such claims need not share a word.
        true = {pair.key for pair in every if true_link(pair).type not in ("unrelated", "supports")}
        links += len(true)
        held += len(true & {pair.key for pair in pairs(known, of_story, articles, ONTOLOGY)})
    assert links >= 15
    assert held / links >= 0.9
