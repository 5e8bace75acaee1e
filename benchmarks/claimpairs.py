"""Candidate pairs of claims: how many of the true links they hold, and how fast: ``python -m benchmarks.claimpairs``.

The links are those of the sample stories (toolkit/samples/links), all articles of them, each as one annotator labelled
it. Baselines: every pair of claims of two articles, and the best by the Jaccard likeness of their words. The sample
stories are few and invented, and their links many for so short articles: a hint, no estimate.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from toolkit import samples
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import Article, StoredArticle
from toolkit.articles.read import read
from toolkit.articles.rules import load_rules
from toolkit.gold.model import Gold
from toolkit.gold.single import of_single
from toolkit.links.model import ClaimPair, LinkedClaim
from toolkit.links.pairs import MOST, linked_claims, pairs
from toolkit.links.register import by_story, register
from toolkit.links.words import words
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS
from toolkit.samples.links import true_link
from toolkit.stages import setup

from . import linking
from .table import Row, Say, machine, render

SIZES = (20, 40, 60, 100)
STORIES, GOAL = 1000, 20.0
"""Stories of 10 articles with 5 claims each, and the seconds in which they are due."""


@dataclass(frozen=True, slots=True)
class Known:
    """A story whose links are known: all its pairs, and the type of each that is a link, by key."""

    golds: Sequence[Gold]
    every: Sequence[ClaimPair]
    links: Mapping[str, str]


def measure(stories: int, say: Say) -> Iterator[Row]:
    """Rows of the recall and of the speed."""
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    yield from _recall(ontology, say)
    made = [linking.story(index) for index in range(stories)]
    known = [register(f"story-{index}", *one, ontology) for index, one in enumerate(made)]
    begun = time.process_time()
    found = sum(len(pairs(one, *story, ontology)) for one, story in zip(known, made, strict=True))
    seconds = time.process_time() - begun
    say(f"  {stories} stories: {found} pairs in {seconds:.1f} s")
    yield Row(f"pairs of {stories} stories, against the goal", seconds, GOAL * stories / STORIES, at_least=1)


def _recall(ontology: Ontology, say: Say) -> Iterator[Row]:
    articles = _articles()
    known = {
        story: _known(story, golds, articles, ontology)
        for story, golds in by_story(_golds(articles, ontology), articles).items()
    }
    links = sum(len(story.links) for story in known.values())
    every = sum(len(story.every) for story in known.values())
    say(f"  {len(known)} stories, {links} links among {every} pairs of claims of two articles")
    for most in sorted({*SIZES, MOST}):
        ours, theirs, strict, shown = 0, 0, [], 0
        for id, story in known.items():
            of_story = register(id, story.golds, articles, ontology)
            found = {pair.key for pair in pairs(of_story, story.golds, articles, ontology, most)}
            shown += len(found)
            ours += len(found & story.links.keys())
            theirs += len({pair.key for pair in sorted(story.every, key=_jaccard)[:most]} & story.links.keys())
            strict += [key in found for key, type in story.links.items() if type != "supports"]
        say(f"  {most} a story: {shown} pairs, {sum(strict)} of {len(strict)} links other than supports")
        yield Row(f"links among {most} pairs a story", 100 * ours / links, unit="%")
        yield Row("– by Jaccard", 100 * theirs / links, unit="%")


def _known(id: str, golds: Sequence[Gold], articles: Mapping[str, Article], ontology: Ontology) -> Known:
    of_story = register(id, golds, articles, ontology)
    claims = [one for gold in golds for one in linked_claims(gold, articles[gold.article_id], ontology, of_story)]
    every = [_pair(id, *two) for two in combinations(claims, 2) if two[0].article_id != two[1].article_id]
    types = {pair.key: true_link(pair).type for pair in every}
    return Known(golds, every, {key: type for key, type in types.items() if type != "unrelated"})


def _pair(story: str, left: LinkedClaim, right: LinkedClaim) -> ClaimPair:
    return ClaimPair(story_id=story, left=left, right=right, score=0)


def _jaccard(pair: ClaimPair) -> tuple[float, str]:
    left, right = set(words(pair.left.text)), set(words(pair.right.text))
    return -len(left & right) / len(left | right), pair.key


def _articles() -> dict[str, Article]:
    rules = load_rules(setup.shipped_configs() / "cleaning.yaml")
    frozen = (one.article for one in freeze_all(read([samples.ARTICLES]), rules) if isinstance(one, StoredArticle))
    return {article.article_id: article for article in frozen}


def _golds(articles: Mapping[str, Article], ontology: Ontology) -> list[Gold]:
    """Each article as its first annotator has it who did not skip it."""
    work: dict[str, Annotation] = {}
    for name in samples.ANNOTATORS:
        for one in samples.work(name, articles, ontology):
            if not one.skipped:
                work.setdefault(one.article_id, one)
    grammar = Grammar(ontology)
    return [of_single(dict.fromkeys(LAYERS, one), grammar)[0] for one in work.values()]


def main() -> None:
    """Print the rows alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claimpairs", description="Candidate pairs of claims.")
    parser.add_argument("--stories", type=int, default=STORIES, help="to make (default: %(default)s)")
    options = parser.parse_args()
    rows = list(measure(options.stories, lambda line: print(line, file=sys.stderr, flush=True)))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
