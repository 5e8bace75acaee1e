"""Suggestions carried over from gold: how many are right, and how fast they come: ``python -m benchmarks.carrying``.

Each article of a story is asked about with the gold of the story's others (leave one out). The stories are those of
the samples; the subtopics of ECB+, whose types are the labels; and the seeds, of which the first paragraphs were marked
by hand (``seedmarks.json`` has offsets alone). A suggestion is right where the gold has its span and its label.

Precision is a lower bound: ECB+ marks what takes part in the events that it is about, and the samples not every name.
ECB+ marks some sentences of each article; the others are cut out.

The yardstick is the plain way: every string that the others' gold marks is found anywhere, the longest first, and is
what it was first marked as.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit import samples
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Mention
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.read import read
from toolkit.articles.rules import load_rules
from toolkit.gold.model import Gold, Resolution
from toolkit.gold.single import of_single
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS
from toolkit.spans import Span
from toolkit.stages import setup
from toolkit.suggest.carry import CarryOver
from toolkit.suggest.model import Suggestions

from . import ecbplus, linking
from .table import Row, Say, machine, render

ARTICLES, KNOWN, GOAL = 10_000, 1000, 60.0
"""Articles that are asked about with so many that have gold, and the seconds in which they are due."""
MARKS = Path(__file__).with_name("seedmarks.json")

Labelled = tuple[Span, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Material:
    """Articles whose mentions are known."""

    name: str
    golds: Sequence[Gold]
    articles: Mapping[str, Article]
    ontology: Ontology


@dataclass(slots=True)
class Score:
    """How many were suggested, how many there are, and how many of these agree in span and label, or in span."""

    suggested: int = 0
    true: int = 0
    exact: int = 0
    spans: int = 0

    def add(self, suggested: Sequence[Labelled], truth: Sequence[Labelled]) -> None:
        """Count one article in."""
        self.suggested += len(suggested)
        self.true += len(truth)
        self.exact += len(set(suggested) & set(truth))
        self.spans += len({span for span, _ in suggested} & {span for span, _ in truth})

    def percent(self) -> dict[str, float]:
        """Precision and recall."""
        suggested, true = max(self.suggested, 1), max(self.true, 1)
        return {
            "precision": 100 * self.exact / suggested,
            "recall": 100 * self.exact / true,
            "precision of spans": 100 * self.spans / suggested,
            "recall of spans": 100 * self.spans / true,
        }


def measure(articles: int, say: Say) -> Iterator[Row]:
    """Rows of precision and recall, and of the speed."""
    for material in _materials(say):
        ours, theirs = Score(), Score()
        for gold in material.golds:
            article, truth = material.articles[gold.article_id], _labelled(gold.mentions)
            others = [one for one in material.golds if one is not gold and _story(one, material) == article.story_id]
            (found,) = CarryOver(others, material.articles, material.ontology).suggest([article])
            if isinstance(found, Suggestions):
                ours.add(_labelled(found.mentions), truth)
            theirs.add(plain(others, article.text), truth)
        say(f"  {material.name}: {len(material.golds)} articles, {ours.true} mentions, {ours.suggested} suggested")
        for name, percent in ours.percent().items():
            yardstick = theirs.percent()[name]
            if name == "precision":
                yield Row(f"{material.name}, wrong suggestions", 100 - percent, 100 - yardstick, "%", at_least=1)
            yield Row(f"– {name}", percent, yardstick, "%")
    yield _speed(articles, say)


def plain(golds: Sequence[Gold], text: str) -> list[Labelled]:
    """The yardstick."""
    known: dict[str, tuple[str, ...]] = {}
    for mention in (one for gold in golds for one in gold.mentions):
        known.setdefault(mention.text, mention.labels)
    found: list[Labelled] = []
    for words in sorted(known, key=lambda words: (-len(words), words)):
        start = text.find(words)
        while start >= 0:
            span = Span(start, start + len(words))
            if not any(span.overlaps(other) for other, _ in found):
                found.append((span, known[words]))
            start = text.find(words, start + 1)
    return found


def _labelled(mentions: Sequence[Mention]) -> list[Labelled]:
    return [(one.span, one.labels) for one in mentions]


def _story(gold: Gold, material: Material) -> str:
    return material.articles[gold.article_id].story_id


def _materials(say: Say) -> Iterator[Material]:
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    yield _samples(ontology)
    place = ecbplus.folder()
    if not place.is_dir():
        say(f"  ECB+ is not here ({place}), so nothing is carried there; GOLDKIT_SHARED can name another place")
    else:
        every = {gold.article_id: gold.mentions for gold in ecbplus.read(place).golds}
        for name, types in (("ECB+, entities", ecbplus.ENTITIES), ("ECB+, all mentions", ("",))):
            ecb = ecbplus.read(place, types)
            cut = [_annotated(gold, ecb.articles[gold.article_id], every[gold.article_id]) for gold in ecb.golds]
            yield _material(name, cut, ecb.ontology)
    seeds = place.parent / "seeds"
    if not seeds.is_dir():
        say(f"  the seeds are not here ({seeds}), so nothing is carried between them")
    else:
        yield _seeds(seeds, ontology, say)


def _material(name: str, known: Sequence[tuple[Gold, Article]], ontology: Ontology) -> Material:
    articles = {article.article_id: article for _, article in known}
    return Material(name, [gold for gold, _ in known], articles, ontology)


def _samples(ontology: Ontology) -> Material:
    """Each article as its first annotator has it who did not skip it."""
    articles, work = _read(samples.ARTICLES), dict[str, Annotation]()
    for name in samples.ANNOTATORS:
        for one in samples.work(name, articles, ontology):
            if not one.skipped:
                work.setdefault(one.article_id, one)
    grammar = Grammar(ontology)
    golds = [of_single(dict.fromkeys(LAYERS, one), grammar)[0] for _, one in sorted(work.items())]
    return Material("samples", golds, articles, ontology)


def _seeds(place: Path, ontology: Ontology, say: Say) -> Material:
    """Their beginnings, as far as they are marked."""
    marks = json.loads(MARKS.read_text(encoding="utf-8"))
    known = []
    for article in _read(place).values():
        if (own := marks.get(article.text_sha256)) is None:
            say(f"  {article.article_id} is not the text that was marked; it is left out")
            continue
        text = article.text[: own["end"]]
        mentions = [
            Mention(id=f"m{number}", start=start, end=end, text=text[start:end], labels=(label,))
            for number, (start, end, label) in enumerate(own["mentions"])
        ]
        known.append(_gold_of(article.article_id, text, "seeds", mentions))
    return _material("seeds", known, ontology)


def _read(place: Path) -> dict[str, Article]:
    rules = load_rules(setup.shipped_configs() / "cleaning.yaml")
    frozen = (one.article for one in freeze_all(read([place]), rules) if isinstance(one, StoredArticle))
    return {article.article_id: article for article in frozen}


def _annotated(gold: Gold, article: Article, every: Sequence[Mention]) -> tuple[Gold, Article]:
    """The lines that have any mention, and the mentions in them that the gold has."""
    text, mentions, begun = "", list[Mention](), 0
    for line in article.text.splitlines(keepends=True):
        here = Span(begun, begun := begun + len(line))
        if any(here.contains(one.span) for one in every):
            shift = len(text) - here.start
            text += line
            mentions += [
                one.model_copy(update={"start": one.start + shift, "end": one.end + shift})
                for one in gold.mentions
                if here.contains(one.span)
            ]
    return _gold_of(article.article_id, text or article.text, article.story_id, mentions)


def _gold_of(id: str, text: str, story: str, mentions: Sequence[Mention]) -> tuple[Gold, Article]:
    article = Article(article_id=id, text=text, text_sha256=text_digest(text), story_id=story)
    gold = Gold(
        article_id=id,
        text_sha256=article.text_sha256,
        ontology_version="1.0.0",
        resolution=Resolution.SINGLE,
        annotators=("bench",),
        voters=1,
        mentions=tuple(mentions),
    )
    return gold, article


def _speed(number: int, say: Say) -> Row:
    """Invented stories of ten articles (``benchmarks.linking``), of which the first has gold."""
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    golds, articles, asked = [], dict[str, Article](), list[Article]()
    for index in range(-(-number // (linking.ARTICLES - 1))):
        own, made = linking.story(index)
        golds.append(own[0])
        articles |= made
        asked += [article for id, article in made.items() if id != own[0].article_id]
    begun = time.process_time()
    source = CarryOver(golds[:KNOWN], articles, ontology)
    items = sum(one.items for one in source.suggest(asked[:number]) if isinstance(one, Suggestions))
    seconds = time.process_time() - begun
    say(f"  {number} articles, {min(len(golds), KNOWN)} with gold: {items} items in {seconds:.1f} s")
    return Row(f"suggestions for {number} articles, against the goal", seconds, GOAL * number / ARTICLES, at_least=1)


def main() -> None:
    """Print the rows alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.carrying", description="Suggestions from gold.")
    parser.add_argument("--articles", type=int, default=ARTICLES, help="to ask about (default: %(default)s)")
    options = parser.parse_args()
    rows = list(measure(options.articles, lambda line: print(line, file=sys.stderr, flush=True)))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
