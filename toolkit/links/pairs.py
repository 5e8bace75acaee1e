"""Candidate pairs of claims: what outlets say of one story that may bear on each other, for people to decide.

Claims of different articles are candidates where they share an entity, as a mention or as their claimant, or a value
of one kind, or rare words; the best of them by likeness (``likeness.py``) are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from toolkit.annotations.model import Claim, Mention, Origin, SpanItem
from toolkit.articles.model import Article
from toolkit.gold.model import Gold
from toolkit.links.groups import LEVEL, NAMED
from toolkit.links.model import ClaimPair, ClaimValue, LinkedClaim, Register
from toolkit.links.words import content_words, words
from toolkit.ontology.model import Ontology
from toolkit.project import LinkingSettings
from toolkit.spans import Span

if TYPE_CHECKING:
    from toolkit.links.likeness import Likeness

MOST = LinkingSettings().pairs
"""Pairs of a story that people are asked about, unless they say otherwise."""

FLOOR = 0.05
"""The score from which two claims may bear on each other."""

COPIED = 0.9
"""Likeness in words from which sentences of articles that are copies are one sentence."""

TELLING = 0.6
"""The rarity from which a word that both have is worth telling."""

_SHOWN = 3  # names or words in a reason


class Candidate(NamedTuple):
    """Two claims of a story, by their numbers, and how alike they are."""

    score: float
    left: int
    right: int


def linked_claims(gold: Gold, article: Article, ontology: Ontology, register: Register) -> tuple[LinkedClaim, ...]:
    """The claims of an article that are its own, in the order of the text; of two in one place, one with both's links.

    Values are the mentions that the claim is linked to, and mentions of a value type that stand within it; an entity's
    mentions are those of the register. A claimant that is not called by name has the name of its entity behind it.
    """
    known = {mention.key for mention in register.mentions if mention.article_id == article.article_id}
    names = {key: entity.name for entity in register.entities for key in entity.mentions}
    value_types = {span.name for span in ontology.values}
    mentions = sorted(gold.mentions, key=lambda mention: (mention.start, mention.end, mention.labels, mention.id))
    own: dict[Span, list[Claim]] = defaultdict(list)
    for claim in sorted(gold.claims, key=lambda claim: claim.id):
        if claim.origin is not Origin.CONTEXT:
            own[claim.span].append(claim)

    def linked(span: Span, claims: Sequence[Claim]) -> LinkedClaim:
        claimed_by = {id for claim in claims for id in claim.claimants}
        counted = {id for claim in claims for id in claim.values}
        inside = [mention for mention in mentions if span.contains(mention.span)]
        counted |= {one.id for one in inside if value_types.intersection(one.labels)}
        told = [one for one in mentions if one.id in counted]
        claimants = [one for one in mentions if one.id in claimed_by]
        return LinkedClaim(
            article_id=article.article_id,
            start=span.start,
            end=span.end,
            text=claims[0].text,
            attributes=claims[0].attributes,
            claimants=tuple(dict.fromkeys(_key(article, one) for one in claimants)),
            claimant_names=tuple(dict.fromkeys(_called(one, names.get(_key(article, one), "")) for one in claimants)),
            values=tuple(ClaimValue(label=one.labels[0], text=one.text, attributes=one.attributes) for one in told),
            mentions=tuple(dict.fromkeys(key for one in inside if (key := _key(article, one)) in known)),
        )

    return tuple(linked(span, claims) for span, claims in sorted(own.items()))


def _called(claimant: Mention, name: str) -> str:
    """What an article calls a claimant, and who that is where it does not tell."""
    plain = not name or claimant.attributes.get(LEVEL, NAMED) == NAMED or name == claimant.text
    return claimant.text if plain else f"{claimant.text} ({name})"


def pairs(
    register: Register, golds: Sequence[Gold], articles: Mapping[str, Article], ontology: Ontology, most: int = MOST
) -> tuple[ClaimPair, ...]:
    """The candidate pairs of a story, the best first.

    They are ``most`` at most, but every claim keeps its best one, if that is above ``FLOOR``. Of a sentence that was
    copied (``dup_group``) every copy is paired with the earliest one only: the rest follows.

    Args:
        register: who is who in the story; its articles' gold is ``golds``.
        golds: the gold of the story's articles, in any order.
        articles: by id, at least those.
        ontology: the one that the gold keeps to.
        most: how many pairs people can be asked about.
    """
    from toolkit.links.likeness import Likeness

    claims = [one for gold in golds for one in linked_claims(gold, articles[gold.article_id], ontology, register)]
    claims.sort(key=lambda claim: (articles[claim.article_id].published, claim.article_id, claim.start, claim.end))
    if not claims:
        return ()
    alike = Likeness(claims, [articles[id] for id in sorted({claim.article_id for claim in claims})], register)
    names = {entity.id: entity.name for entity in register.entities}
    return tuple(
        ClaimPair(
            story_id=register.story_id,
            left=claims[one.left],
            right=claims[one.right],
            score=one.score,
            why=tuple(_reasons(alike, one, names, articles)),
        )
        for one in _chosen(_candidates(alike, articles), most)
    )


def _candidates(alike: Likeness, articles: Mapping[str, Article]) -> list[Candidate]:
    """All pairs above the floor, the best first; of equals that with the first keys."""
    claims, scores = alike.claims, alike.score.round(4).tolist()
    of = [articles[claim.article_id] for claim in claims]
    copied: set[int] = set()  # claims that an earlier one says already
    found = []
    for left, right in combinations(range(len(claims)), 2):
        score = scores[left][right]
        if of[left] is of[right] or score < FLOOR:
            continue
        if of[left].dup_group and of[left].dup_group == of[right].dup_group and alike.words[left, right] >= COPIED:
            if right in copied:
                continue
            copied.add(right)
        found.append(Candidate(score, left, right))
    keys = [claim.key for claim in claims]
    return sorted(found, key=lambda one: (-one.score, keys[one.left], keys[one.right]))


def _chosen(ranked: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best of each claim and then others as they rank, in the order of all."""
    paired: set[int] = set()
    best = []
    for place, one in enumerate(ranked):
        if not {one.left, one.right} <= paired:
            best.append(place)
            paired |= {one.left, one.right}
    others = sorted(set(range(len(ranked))).difference(best))
    return [ranked[place] for place in sorted([*best, *others[: max(0, most - len(best))]])]


def _key(article: Article, item: SpanItem) -> str:
    return f"{article.article_id}:{item.start}-{item.end}"


def _reasons(
    alike: Likeness, one: Candidate, names: Mapping[str, str], articles: Mapping[str, Article]
) -> Iterator[str]:
    """What made two claims a candidate, for people."""
    from toolkit.links.likeness import CLAIMANT

    left, right = alike.claims[one.left], alike.claims[one.right]
    mine, theirs = alike.named[one.left], alike.named[one.right]
    is_copy = alike.words[one.left, one.right] >= COPIED
    if is_copy:
        yield "nearly the same words"
    about = sorted(names[id] for id in mine if mine[id] == theirs.get(id) == 1.0)
    if about:
        yield f"both name {_listed(about)}"
    makers = sorted(names.get(id, id) for id in mine if mine[id] == theirs.get(id) == CLAIMANT)
    if makers:
        yield f"both are claimed by {_listed(makers)}"
    crossed = sorted(names.get(id, id) for id in mine if {mine[id], theirs.get(id)} == {1.0, CLAIMANT})
    if crossed:
        yield f"one names and the other is claimed by {_listed(crossed)}"
    told = [str(comparison) for comparison in alike.comparisons(one.left, one.right)]
    yield from told
    said, also = (content_words(claim.text, articles[claim.article_id].language) for claim in (left, right))
    shared = (said & also).difference(words(" ".join((*about, *told))))
    rare = sorted((-alike.rarity.get(word, 1.0), word) for word in shared)
    telling = [f"“{word}”" for weight, word in rare if -weight >= TELLING]
    if telling and not is_copy:
        yield f"both say {_listed(telling)}"
    if not (is_copy or about or makers or crossed or told or telling):
        kind = alike.kinds[one.left]
        yield f"both are of the kind {kind}" if kind and kind == alike.kinds[one.right] else "words that are alike"


def _listed(names: Sequence[str]) -> str:
    """The first few, as people list them."""
    shown = list(names[:_SHOWN])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
