"""What an order is made by, read from a workspace; the order on a server is in tests/studio/test_order.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.gold.order import Order
from toolkit.stages import ingest, setup
from toolkit.stages.order import ordering
from toolkit.workspace import Workspace


@pytest.mark.parametrize(
    ("published", "month"), [("2031-05-04", "2031-05"), ("2031-05", "2031-05"), ("yesterday", ""), ("2031-13-01", "")]
)
def test_what_is_no_date_is_no_month_that_an_article_could_bring(tmp_path: Path, published: str, month: str) -> None:
    setup.init(tmp_path, "coast")
    row = {"article_id": "dam-1", "published": published, "title": "Dam", "text": "The dam at Orrin holds. " * 7}
    file = tmp_path / "news.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    workspace = Workspace(tmp_path)
    assert ingest.add_articles(workspace, [file]).refused == 0
    assert ordering(workspace, Order.COVERAGE).described["dam-1"]["month"] == month
