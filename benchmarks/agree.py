"""`goldkit agree` from end to end: three annotators on every article, 40 spans each. ``python -m benchmarks.agree``."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from toolkit.annotations.model import Annotation, SpanItem
from toolkit.articles.model import Article
from toolkit.files import write_jsonl
from toolkit.ontology.model import Ontology
from toolkit.stages import setup
from toolkit.workspace import Workspace

from . import child, material
from .table import Row, Say, machine, render

GOAL = 60.0  # seconds for as many articles as ARTICLES
ARTICLES = 10_000
_MENTIONS = 38  # of which each annotator misses some; with 3 cues and 3 claims about 40 spans
_DISTINCT = 500  # works that are made; the articles beyond those are theirs over again
_S = TypeVar("_S", bound=SpanItem)


def measure(folder: Path, articles: int, say: Say) -> Iterator[Row]:
    """The stage in a process of its own: files read, everything measured with its intervals, the report written."""
    setup.init(folder, "agree")
    workspace = Workspace(folder)
    say(f"making three annotations of {articles} articles")
    spans = _write(workspace, articles)
    done = child.run("agree", str(folder))
    say(f"  {done.seconds:.1f} s ({done.processor:.1f} s of the processor), {done.megabytes:.0f} MB, {spans} spans")
    yield Row(f"agree on {articles} articles, against a minute", done.seconds, GOAL, at_most=1.0)
    yield Row("– peak memory", done.megabytes, unit="MB")


def _write(workspace: Workspace, number: int) -> int:
    """The store and the annotations; returns how many spans an annotator has on average."""
    ontology = setup.ontology(workspace)
    originals = material.articles(min(number, _DISTINCT))
    works = [list(_works(article, ontology)) for article in originals]
    copies = [(index, originals[index % len(originals)]) for index in range(number)]
    material.store(workspace, [_copy(article, index) for index, article in copies])
    rows = [[work.model_dump(mode="json") for work in article] for article in works]
    lines = (row | {"article_id": _id(index)} for index, _ in copies for row in rows[index % len(rows)])
    written = write_jsonl(workspace.annotations, lines)
    return sum(len([*work.spans()]) for article in works for work in article) * number // (len(works) * written)


def _id(index: int) -> str:
    return f"bench-{index:06}"


def _copy(article: Article, index: int) -> Article:
    return article.model_copy(update={"article_id": _id(index), "story_id": f"story-{index // 5}"})


def _works(article: Article, ontology: Ontology) -> Iterator[Annotation]:
    """Three annotators' work: each misses one mention in ten, and draws one edge in ten elsewhere."""
    whole = material.annotation(article, ontology, mentions=_MENTIONS)
    for name in ("ann-1", "ann-2", "ann-3"):
        random_ = random.Random(f"{name} {article.article_id}")
        seen = {mention.id for mention in whole.mentions if random_.random() < 0.9}
        yield whole.model_copy(
            update={
                "annotator": name,
                "mentions": tuple(_drawn(one, article.text, random_) for one in whole.mentions if one.id in seen),
                "cues": tuple(_drawn(one, article.text, random_) for one in whole.cues),
                "claims": tuple(
                    _drawn(one, article.text, random_).model_copy(
                        update={"claimants": tuple(id for id in one.claimants if id in seen)}
                    )
                    for one in whole.claims
                ),
                "relations": tuple(link for link in whole.relations if {link.head, link.tail} <= seen),
            }
        )


def _drawn(item: _S, text: str, random_: random.Random) -> _S:
    end = min(len(text), item.end + (random_.randint(1, 6) if random_.random() < 0.1 else 0))
    return item.model_copy(update={"end": end, "text": text[item.start : end]})


def main() -> None:
    """Run this benchmark alone and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agree", description="goldkit agree, end to end.")
    parser.add_argument("--articles", type=int, default=ARTICLES, help=f"to measure (default: {ARTICLES})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="goldkit-bench-") as folder:
        rows = list(measure(Path(folder), options.articles, lambda line: print(line, file=sys.stderr, flush=True)))
    facts = machine() | {"articles": str(options.articles), "load": f"{os.getloadavg()[0]:.1f}"}
    print(", ".join(f"{name} {value}" for name, value in facts.items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
