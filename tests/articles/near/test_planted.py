"""Copies planted in other people's news are found, and nothing else is."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from toolkit.articles.near.copies import find_copies, without_boilerplate
from toolkit.articles.near.exact import cross_pairs
from toolkit.articles.near.pairs import Kind
from toolkit.project import GroupingSettings

from .planting import NOTICES, planted


@pytest.fixture(scope="module")
def newswire(shared_data: Path) -> dict[str, list[str]]:
    """Crowd-NER's newswire, sentence by sentence, in pieces of an article's length."""
    sentences = [
        " ".join(line.split(" ")[0] for line in block.splitlines())
        for block in (shared_data / "crowd-ner" / "ground_truth.txt").read_text(encoding="utf-8").split("\n\n")
        if block.strip()
    ]
    return {f"wire-{start:05}": sentences[start : start + 30] for start in range(0, len(sentences) - 30, 30)}


def test_every_planted_copy_is_found_and_nothing_else(newswire: dict[str, list[str]]) -> None:
    made = list(planted(newswire, seed=7))
    articles = {article.article_id: article for article, _ in made}
    sources = {article.article_id: of for article, of in made}
    found = find_copies(articles, GroupingSettings())

    kinds = {(pair.left, pair.right): pair.kind for pair in found.pairs}
    wrong = [pair for pair in kinds if not sources[pair[0]] & sources[pair[1]]]
    copies = {
        (left, right)
        for left, right in combinations(sorted(articles), 2)
        if sources[left] & sources[right] and (left in newswire or right in newswire)
    }
    assert len(copies) > 300
    assert wrong == []
    assert copies - kinds.keys() == set()
    assert {kinds[pair] for pair in copies} <= {Kind.DUPLICATE, Kind.NEAR_DUPLICATE, Kind.CONTAINED}

    notices = {notice for lines in NOTICES.values() for notice in lines}
    assert notices <= {passage.text for passage in found.boilerplate.passages}

    alone = {id: id for id in articles}
    exact = cross_pairs(without_boilerplate(articles), alone, 0.5, 0.8)
    assert {(pair.left, pair.right) for pair in exact} == kinds.keys()
