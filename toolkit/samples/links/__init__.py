"""What holds across the articles of the sample stories, and what three sample annotators say of it.

``truth.yaml`` holds what is so; beside it stands a file for each annotator with what they say otherwise. They speak of
mentions and claims by their texts, so they fit any candidates: what a register or a pair does not show is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from toolkit.errors import BadInputError
from toolkit.files import load_yaml, read_jsonl
from toolkit.links.model import NIL, ClaimLink, ClaimPair, ClaimVote, Entity, EntityVote, Passage, Register
from toolkit.samples import ARTICLES

TRUTH = Path(__file__).parent / "truth.yaml"
SYMMETRIC = ("equivalent", "contradicts", "unrelated")
"""The types whose head is the claim that sorts first, as in the sample ontology."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A mention by its text, or a claim by a piece of it; ``article_id`` is empty where it is the same in all."""

    article_id: str
    text: str

    def means(self, claim: Passage) -> bool:
        """Whether a claim is meant."""
        return claim.article_id == self.article_id and self.text in claim.text


@dataclass(frozen=True, slots=True)
class Word:
    """What a file says of a story: the entity of each mention (empty: one of its own), and how claims bear on others.

    ``types`` are those of its entities, by name.
    """

    entities: Mapping[Quote, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    unsure: frozenset[Quote] = frozenset()
    links: tuple[tuple[str, Quote, Quote, Mapping[str, str]], ...] = ()

    def entity(self, mention: Passage) -> str | None:
        """The entity of a mention; None where the file does not say."""
        return self.entities.get(_here(mention), self.entities.get(Quote("", mention.text)))

    def link(self, pair: ClaimPair) -> ClaimLink | None:
        """How two claims bear on each other; None where the file does not say."""
        for type, head, tail, attributes in self.links:
            for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
                if head.means(one) and tail.means(other):
                    return _link(type, one, other, attributes)
        return None


@dataclass(frozen=True, slots=True)
class Annotator:
    """What a sample annotator says otherwise, by story; ``seconds`` are theirs a mention, an answer and a character."""

    words: Mapping[str, Word]
    seconds: Mapping[str, float]


def truth_entities(register: Register) -> dict[str, str]:
    """The true entity of each mention, by key; one that the truth does not list has its own key for a name."""
    truth = _truth().get(register.story_id, Word())
    return {mention.key: truth.entity(mention) or mention.key for mention in register.mentions}


def true_link(pair: ClaimPair) -> ClaimLink:
    """How two claims truly bear on each other: ``unrelated`` where the truth lists no link."""
    return _truth().get(pair.story_id, Word()).link(pair) or _link("unrelated", pair.left, pair.right, {})


def entity_vote(annotator: str, register: Register) -> EntityVote:
    """What a sample annotator says of who is who in a story.

    Each of their entities has the id of the candidate that shares most mentions with it; the rest are new1, new2 …
    Raises BadInputError where the files quote what no article says.
    """
    person, truth = _annotator(annotator), _truth().get(register.story_id, Word())
    word = person.words.get(register.story_id, Word())
    texts = {mention.key: mention.text for mention in register.mentions}
    labels = {mention.key: mention.labels[0] for mention in register.mentions}
    unsure = {mention.key for mention in register.mentions if _here(mention) in word.unsure}
    moved = {mention.key: word.entity(mention) for mention in register.mentions}
    members: dict[str, list[str]] = {}
    for key, true in sorted(truth_entities(register).items()):
        if key not in unsure:
            name = moved[key]
            members.setdefault(true if name is None else name or key, []).append(key)
    ids = _ids(members, register)
    entities = (
        Entity(
            id=ids[name],
            name=texts.get(name, name),
            type=truth.types.get(name, labels[keys[0]]),
            wikidata=NIL,
            mentions=tuple(keys),
        )
        for name, keys in members.items()
    )
    return EntityVote(
        story_id=register.story_id,
        annotator=annotator,
        mentions=tuple(sorted(texts)),
        entities=tuple(sorted(entities, key=lambda entity: entity.mentions)),
        unsure=tuple(sorted(unsure)),
        lead_time=round(person.seconds["mention"] * len(texts), 1),
    )


def claim_link(annotator: str, pair: ClaimPair) -> ClaimLink:
    """What a sample annotator says of a pair of claims. Raises BadInputError as ``entity_vote`` does."""
    word = _annotator(annotator).words.get(pair.story_id, Word())
    return word.link(pair) or true_link(pair)


def claim_vote(annotator: str, pair: ClaimPair) -> ClaimVote:
    """The same as a vote, with the time that they took: that of reading both claims and pressing the keys."""
    seconds = _annotator(annotator).seconds
    return ClaimVote(
        story_id=pair.story_id,
        annotator=annotator,
        pair=pair.key,
        link=claim_link(annotator, pair),
        lead_time=round(seconds["answer"] + seconds["character"] * (len(pair.left.text) + len(pair.right.text)), 1),
    )


def _here(passage: Passage) -> Quote:
    return Quote(passage.article_id, passage.text)


def _link(type: str, head: Passage, tail: Passage, attributes: Mapping[str, str]) -> ClaimLink:
    ends = [head.key, tail.key]
    if type in SYMMETRIC:
        ends.sort()
    return ClaimLink(type=type, head=ends[0], tail=ends[1], attributes=dict(attributes))


def _ids(members: Mapping[str, list[str]], register: Register) -> dict[str, str]:
    """Ids of an annotator's entities: those that share most with a candidate choose first."""
    shared = sorted(
        (-len(common), name, candidate.id)
        for name, keys in members.items()
        for candidate in register.entities
        if (common := set(keys).intersection(candidate.mentions))
    )
    ids: dict[str, str] = {}
    for _, name, id in shared:
        if name not in ids and id not in ids.values():
            ids[name] = id
    new = count(1)
    return ids | {name: f"new{next(new)}" for name in sorted(members.keys() - ids.keys())}


@cache
def _truth() -> Mapping[str, Word]:
    return {story: _word(TRUTH, story, content) for story, content in load_yaml(TRUTH).items()}


@cache
def _annotator(name: str) -> Annotator:
    path = TRUTH.with_name(f"{name}.yaml")
    content = load_yaml(path)
    words = {story: _word(path, story, of, _truth()[story].types) for story, of in content["stories"].items()}
    return Annotator(words, content["seconds"])


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    """The sample articles' raw texts, by story and article."""
    texts: dict[str, dict[str, str]] = {}
    for _, row in read_jsonl(ARTICLES / "articles.jsonl"):
        texts.setdefault(row["story_id"], {})[row["article_id"]] = row["text"]
    return texts


def _word(path: Path, story: str, content: Mapping[str, Any], known: Mapping[str, str] | None = None) -> Word:
    """Read what a file says of a story; ``known`` are the entities into which mentions can be moved."""
    types = {entity["name"]: entity["type"] for entity in content.get("entities", ())}
    entities: dict[Quote, str] = {}
    for form, name in _placed(content):
        quote = _quote(path, story, form)
        if quote in entities or not (name == "" or name in (types or known or {})):
            raise BadInputError(f"{path}: {story}: {form!r} has no one entity", next=f"correct {path}")
        entities[quote] = name
    return Word(
        entities=entities,
        types=types,
        unsure=frozenset(_quote(path, story, form) for form in content.get("unsure", ())),
        links=tuple(
            (
                link["type"],
                _quote(path, story, link["head"]),
                _quote(path, story, link["tail"]),
                link.get("attributes", {}),
            )
            for link in content.get("links", ())
        ),
    )


def _placed(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Mentions and the entities that they are in."""
    for entity in content.get("entities", ()):
        for form in entity["mentions"]:
            yield form, entity["name"]
    yield from content.get("moved", {}).items()


def _quote(path: Path, story: str, form: str) -> Quote:
    texts = _texts()[story]
    article_id, _, text = form.partition(": ")
    if article_id not in texts:
        article_id, text = "", form
    if not any(text in texts[id] for id in ([article_id] if article_id else texts)):
        raise BadInputError(f"{path}: no article of {story} says {form!r}", next=f"correct {path}")
    return Quote(article_id, text)
