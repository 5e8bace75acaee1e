"""Proposals on real news, and on the sample articles as if nobody had grouped them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.near.copies import find_copies
from toolkit.articles.read import read
from toolkit.articles.rules import Rules
from toolkit.articles.stories.propose import Decided, propose
from toolkit.project import GroupingSettings
from toolkit.samples import ARTICLES


def pairwise(articles: dict[str, Article], truth: Mapping[str, str]) -> tuple[float, float]:
    """Precision and recall of the proposed stories, over pairs of articles."""
    settings = GroupingSettings()
    copies = find_copies(articles, settings)
    found = propose(articles, copies.texts, copies.pairs, Decided(), settings)
    together = {pair for one in found for pair in combinations(one.articles, 2)}
    true = {pair for pair in combinations(sorted(articles), 2) if truth[pair[0]] == truth[pair[1]]}
    return len(together & true) / len(together), len(together & true) / len(true)


def test_ecb_plus_topics_do_not_mix(shared_data: Path) -> None:
    lines = (shared_data / "ecbplus" / "ecbplus-topics-1-8.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    articles, events = {}, {}
    for record in records:
        id = record["doc_id"].replace("/", "-")
        digest = text_digest(record["text"])
        articles[id] = Article(article_id=id, text=record["text"], text_sha256=digest)
        events[id] = record["subtopic"]
    precision, recall = pairwise(articles, events)
    assert len(articles) == 146
    assert precision == 1.0
    assert recall > 0.6  # none of them has a date


def test_the_sample_stories_are_found_and_not_mixed(rules: Rules) -> None:
    frozen = (one for one in freeze_all(read([ARTICLES]), rules) if isinstance(one, StoredArticle))
    given = {one.article.article_id: one.article for one in frozen}
    bare = {id: article.model_copy(update={"story_id": ""}) for id, article in given.items()}
    precision, recall = pairwise(bare, {id: article.story_id for id, article in given.items()})
    assert precision == 1.0
    assert recall > 0.4  # they go on for weeks, and a story is proposed for three days


def test_the_seeds_are_one_story(shared_data: Path, rules: Rules) -> None:
    frozen = (one for one in freeze_all(read([shared_data / "seeds"]), rules) if isinstance(one, StoredArticle))
    articles = {one.article.article_id: one.article for one in frozen}
    assert pairwise(articles, dict.fromkeys(articles, "visit")) == (1.0, 1.0)
