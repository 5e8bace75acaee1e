"""Carry-over: suggestions from gold already made, with no model.

An article gets, in this order, what gold says of passages that it shares with an article that is a near-copy or of the
same story (``carry_passages``); names that gold has marked, of the same story first (``carry_names``); and relations
that the story's gold has between two such names (``carry_relations``). A passage that gold has looked at is settled:
no names are sought in it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from toolkit.annotations.model import Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article
from toolkit.files import to_json
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.gold.model import Gold
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer
from toolkit.suggest.carry_names import Name, Names, is_piece
from toolkit.suggest.carry_passages import ENDS, Item, Known, Moved, move
from toolkit.suggest.carry_relations import Related
from toolkit.suggest.carry_tokens import Tokens
from toolkit.suggest.model import Suggestions

OTHER_TEXT = Rule(
    "carry-over-gold-unfit",
    "Gold that suggestions are made from is about the frozen text of an article of this project.",
    Severity.WARNING,
    "goldkit resolve (it makes the gold anew)",
)
_METHOD = 1  # raise it where the same gold would give other suggestions


class CarryOver:
    """A source of suggestions: the gold of other articles.

    Args:
        golds: the gold; of it counts what has no open differences and where entities were labelled.
        articles: by id; those of the gold, and whatever is known of stories and copies.
        ontology: what the labels mean.
        copies: pairs of articles that are near-copies, by id, besides those that are in one ``dup_group``.
        layers: what is suggested. Mentions in which something of these layers ends come along.
    """

    def __init__(
        self,
        golds: Iterable[Gold],
        articles: Mapping[str, Article],
        ontology: Ontology,
        copies: Iterable[tuple[str, str]] = (),
        layers: Collection[Layer] = LAYERS,
    ) -> None:
        self._articles, self._ontology = articles, ontology
        self._layers = tuple(layer for layer in LAYERS if layer in layers)
        self._findings: list[Finding] = []
        self._known: dict[str, Known] = {}
        for gold in sorted(golds, key=lambda gold: gold.article_id):
            article = articles.get(gold.article_id)
            if article is None or article.text_sha256 != gold.text_sha256:
                self._findings.append(_unfit(gold, article))
            elif "entities" in gold.layers and not gold.differences:
                self._known[gold.article_id] = Known(gold, Tokens(article.text))
        self._copies: dict[str, set[str]] = defaultdict(set)
        for left, right in copies:
            self._copies[left].add(right)
            self._copies[right].add(left)
        self._stories, self._groups = self._by("story_id"), self._by("dup_group")
        self._related: dict[str, Related] = {}

    @cached_property
    def version(self) -> str:
        """The name, and eight digits of a digest of the gold that is used, who is whose copy, and the layers."""
        own = [
            [
                one.gold.model_dump(
                    mode="json",
                    include={"article_id", "text_sha256", "layers", "mentions", "cues", "claims", "relations"},
                ),
                self._articles[id].story_id,
                self._articles[id].dup_group,
                sorted(self._copies.get(id, ())),
            ]
            for id, one in self._known.items()
        ]
        digest = hashlib.sha256(to_json([_METHOD, self._layers, own]).encode("utf-8")).hexdigest()
        return f"carry-over {digest[:8]}"

    def suggest(self, articles: Sequence[Article]) -> Iterator[Suggestions | Finding]:
        """Suggestions for each article, empty ones where an article has gold itself; findings come first, and once."""
        findings, self._findings = self._findings, []
        yield from findings
        for article in articles:
            yield self._empty(article) if article.article_id in self._known else self._suggest(article)

    def _suggest(self, article: Article) -> Suggestions:
        tokens = Tokens(article.text)
        moved = move(self._sources(article), tokens)
        aligned = {one.id for one in moved.mentions}
        self._add_names(article, tokens, moved)
        if "relations" in self._layers and (related := self._relations_of(article.story_id)):
            found = related.find(tokens, moved.mentions)
            moved.relations += [one for one in found if not {one.head, one.tail} <= aligned]
        return self._renamed(article, moved)

    def _sources(self, article: Article) -> list[Known]:
        ids = {
            *self._copies.get(article.article_id, ()),
            *self._groups.get(article.dup_group, ()),
            *self._stories.get(article.story_id, ()),
        }
        return [self._known[id] for id in sorted(ids) if id in self._known]

    def _add_names(self, article: Article, tokens: Tokens, moved: Moved) -> None:
        taken = [False] * len(tokens)
        for one in moved.mentions:
            first, last = tokens.touched(one.span) or (0, 0)
            taken[first:last] = [True] * (last - first)
        found: list[tuple[Name, int, int]] = []
        for name in self._names.find(article.story_id, tokens):
            first, last = tokens.touched(name.span) or (0, 0)
            if not any(taken[first:last]) and not moved.decided(first, last):
                taken[first:last] = [True] * (last - first)
                found.append((name, first, last))
        moved.mentions += [
            _mention(f"(name) {first}", name, article.text)
            for name, first, last in found
            if not is_piece(tokens, first, last, taken)
        ]

    @cached_property
    def _names(self) -> Names:
        golds = []
        for id, known in self._known.items():
            own = [one for one in known.gold.mentions if one.origin is not Origin.CONTEXT]
            golds.append((self._articles[id].story_id, known.tokens, own))
        return Names(golds, self._ontology)

    def _relations_of(self, story: str) -> Related | None:
        if not story:
            return None
        if story not in self._related:
            self._related[story] = Related(self._ontology)
            for id in self._stories.get(story, ()):
                gold = self._known[id].gold
                if "relations" in gold.layers:
                    self._related[story].learn(self._known[id].tokens, gold.mentions, gold.relations)
        return self._related[story]

    def _by(self, name: str) -> dict[str, list[str]]:
        """The articles with gold by their story, or by their group of copies."""
        found: dict[str, list[str]] = defaultdict(list)
        for id in self._known:
            if group := getattr(self._articles[id], name):
                found[group].append(id)
        return dict(found)

    def _empty(self, article: Article) -> Suggestions:
        return Suggestions(article_id=article.article_id, text_sha256=article.text_sha256, version=self.version)

    def _renamed(self, article: Article, moved: Moved) -> Suggestions:
        """The items of the layers asked for, and what they end in, numbered from the text's begin to its end."""
        claims = moved.claims if "claims" in self._layers else []
        cues = moved.cues if "claims" in self._layers else []
        relations = moved.relations if "relations" in self._layers else []
        ends = {id for one in relations for id in (one.head, one.tail)} | {
            id for one in claims for id in (*one.claimants, *one.values)
        }
        mentions = [one for one in moved.mentions if "entities" in self._layers or one.id in ends]
        spans: list[Mention | Cue | Claim] = [*mentions, *cues, *claims]
        spans.sort(key=lambda one: (one.start, one.end, type(one).__name__, one.id))
        ids = {one.id: f"s{number}" for number, one in enumerate(spans, 1)}
        return self._empty(article).model_copy(
            update={
                "mentions": tuple(_named(one, ids) for one in spans if isinstance(one, Mention)),
                "cues": tuple(_named(one, ids) for one in spans if isinstance(one, Cue)),
                "claims": tuple(_named(one, ids) for one in spans if isinstance(one, Claim)),
                "relations": tuple(sorted((_joined(one, ids) for one in relations), key=_place)),
            }
        )


def _unfit(gold: Gold, article: Article | None) -> Finding:
    place = Place(article_id=gold.article_id)
    what = "another text than the frozen one" if article else "an article that is not here"
    return OTHER_TEXT.at(place, f"the gold of {gold.article_id} is about {what}; nothing of it is carried over")


def _mention(id: str, name: Name, text: str) -> Mention:
    return Mention(
        id=id,
        start=name.span.start,
        end=name.span.end,
        text=name.span.of(text),
        attributes=dict(name.attributes),
        score=round(name.score, 3),
        labels=name.labels,
    )


def _named(item: Item, ids: Mapping[str, str]) -> Item:
    ends = {name: tuple(sorted(ids[id] for id in getattr(item, name))) for name in ENDS if isinstance(item, Claim)}
    return item.model_copy(update={"id": ids[item.id], **ends})


def _joined(relation: Relation, ids: Mapping[str, str]) -> Relation:
    return relation.model_copy(update={"head": ids[relation.head], "tail": ids[relation.tail]})


def _place(relation: Relation) -> tuple[int, int, str, str]:
    return int(relation.head[1:]), int(relation.tail[1:]), relation.type, relation.modality
