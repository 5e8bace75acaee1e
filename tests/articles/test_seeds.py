"""The shipped rules on five real articles, which are not part of this repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.articles.diff import removed
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import StoredArticle
from toolkit.articles.read import read
from toolkit.articles.rules import BLANK_EDGE, Rules

HEADLINE = "<the title>"
EXPECTED = {
    "000": [],
    "001": [],
    "002": [("date-stamp", "date 2020-12-26 Fast News")],
    "003": [("ad-slot", "[ad_1]"), ("source", "Source: ΑΠΕ-ΜΠΕ")],
    "004": [
        ("breadcrumb-headline", f"Home / news / {HEADLINE}"),
        ("repeated-headline", HEADLINE),
        ("source-link", "Source link"),
        ("reply-form", "Leave a Reply"),
    ],
}


@pytest.fixture(scope="module")
def seeds(shared_data: Path, rules: Rules) -> dict[str, StoredArticle]:
    frozen = list(freeze_all(read([shared_data / "seeds"]), rules))
    return {item.article.article_id[:3]: item for item in frozen if isinstance(item, StoredArticle)}


def test_exactly_the_boilerplate_goes(seeds: dict[str, StoredArticle]) -> None:
    assert seeds.keys() == EXPECTED.keys()
    for name, seed in seeds.items():
        pieces = [piece for piece in removed(seed) if piece.rule != BLANK_EDGE]
        shown = [(piece.rule, piece.text.strip()) for piece in pieces]
        title = seed.article.title or HEADLINE
        assert [(rule, text.replace(title, HEADLINE)) for rule, text in shown] == EXPECTED[name]


def test_every_other_line_is_kept(seeds: dict[str, StoredArticle]) -> None:
    for seed in seeds.values():
        gone = [piece.text.strip() for piece in removed(seed)]
        kept = [line for line in seed.raw.splitlines() if line.strip() and line.strip() not in gone]
        assert [line for line in seed.article.text.split("\n") if line.strip()] == kept


def test_what_the_boilerplate_said_is_kept(seeds: dict[str, StoredArticle]) -> None:
    assert seeds["002"].article.published == "2020-12-26"
    assert seeds["002"].article.metadata == {"section": "Fast News"}
    assert seeds["003"].article.metadata == {"source": "ΑΠΕ-ΜΠΕ"}
    assert len(seeds["004"].article.title.split()) > 10
    assert all(not seed.article.outlet for seed in seeds.values())  # none of them says it, and none is guessed
