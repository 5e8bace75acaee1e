"""Candidate entities of a story: who is who across its articles, as a start for the person who settles it.

A register is made in three steps. Mentions are read (``groups.py``, and ``names.py`` for their names). An article's are
put together (``anaphora.py``), since within an article a surname or a pronoun tells more. Then the articles' are put
together with each other. Both times ``joining.py`` weighs the evidence, and its table is the whole of the method. A
wrong merge costs a person more than a missed one, so what is ambiguous stays apart.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import Indel

from toolkit.articles.model import Article
from toolkit.gold.model import Gold
from toolkit.links.anaphora import within
from toolkit.links.groups import NAMED, Group, Seen, seen_in
from toolkit.links.joining import agglomerate
from toolkit.links.model import Entity, Register
from toolkit.links.names import Name
from toolkit.ontology.model import Ontology


def register(story_id: str, golds: Sequence[Gold], articles: Mapping[str, Article], ontology: Ontology) -> Register:
    """The candidate entities of a story, whose articles' gold is given.

    Mentions are those of the ontology's linked types that are nobody's context; each is in exactly one entity. Entities
    are e1, e2 … by the number of their articles, then of their mentions, then by their first mention. An entity is
    called by the most frequent of its full names, and has the type of most of its mentions.
    """
    groups: list[Group] = []
    for gold in golds:
        article = articles[gold.article_id]
        groups.extend(within(seen_in(gold, article, ontology), article.text))
    groups = sorted(agglomerate(groups), key=lambda group: (-len(group.articles), -len(group.seen), group.first))
    mentions = sorted((one.mention for group in groups for one in group.seen), key=lambda one: one.key)
    types = list(ontology.mention_types)
    entities = (_entity(f"e{number}", group, types) for number, group in enumerate(groups, start=1))
    return Register(story_id=story_id, mentions=tuple(mentions), entities=tuple(entities))


def registers(golds: Iterable[Gold], articles: Mapping[str, Article], ontology: Ontology) -> Iterator[Register]:
    """The register of every story that has gold, in the order of their ids; articles in no story are left out."""
    for story_id, of_story in by_story(golds, articles).items():
        yield register(story_id, of_story, articles, ontology)


def by_story(golds: Iterable[Gold], articles: Mapping[str, Article]) -> dict[str, list[Gold]]:
    """The gold of each story's articles, both sorted; each story can be worked on alone."""
    stories: dict[str, list[Gold]] = defaultdict(list)
    for gold in sorted(golds, key=lambda gold: gold.article_id):
        if story_id := articles[gold.article_id].story_id:
            stories[story_id].append(gold)
    return dict(sorted(stories.items()))


def _entity(id: str, group: Group, types: Sequence[str]) -> Entity:
    labels = Counter(label for one in group.seen for label in one.labels)
    return Entity(
        id=id,
        name=_called(group),
        type=min(labels, key=lambda label: (-labels[label], types.index(label))),
        mentions=tuple(sorted(one.mention.key for one in group.seen)),
    )


def _called(group: Group) -> str:
    """The most frequent full name, of those the one most like all others; without a name, its most frequent words.

    A given name is fuller than an initial. Scripts count as likeness too: the one that most mentions are written in.
    """
    full = {one.spelt for one in group.names if not one.has_initial} or {one.spelt for one in group.names}
    level = NAMED if group.is_named else group.seen[0].level
    said: list[Seen] = [one for one in group.seen if one.level == level and (not full or one.name.spelt in full)]
    forms = Counter(one.name.shown for one in said or group.seen)
    most = max(forms.values())
    others = Counter((_script(one.name), " ".join(one.name.spelt)) for one in group.seen if one.level == level)
    names = {one.name.shown: one.name for one in said or group.seen if forms[one.name.shown] == most}
    return min(names, key=lambda form: (*_unlikeness(names[form], others), form))


def _unlikeness(name: Name, others: Mapping[tuple[str, str], int]) -> tuple[int, float]:
    """How many of a group's mentions are in another script, and how far its spelling is from theirs."""
    own, spelt = _script(name), " ".join(name.spelt)
    elsewhere = sum(count for (script, _), count in others.items() if script != own)
    return elsewhere, round(sum(count * Indel.distance(spelt, other) for (_, other), count in others.items()), 6)


def _script(name: Name) -> str:
    return next((unicodedata.name(char, "").split(" ")[0] for char in name.shown if char.isalpha()), "")
