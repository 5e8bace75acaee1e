"""The averages on the page of what labelling takes are those of the articles below them."""

from __future__ import annotations

import re
from pathlib import Path

KINDS = {"mention": 0, "claim, with its answers": 1, "cue": 2, "link: a relation, claimant, cue or value": 3}


def test_the_averages_are_those_of_the_articles(repository: Path) -> None:
    page = (repository / "docs" / "keys.md").read_text(encoding="utf-8")
    table = {name: cells.split(" | ") for name, cells in re.findall(r"^\| ([^|]+) \| (.+) \|$", page, re.MULTILINE)}
    for column, way in ((1, "unaided"), (2, "suggested")):
        rows = [[cell.split(" / ") for cell in cells] for name, cells in table.items() if name.endswith(f", {way}")]
        assert len(rows) == 4
        totals = [[sum(int(row[kind][part]) for row in rows) for part in (0, 1)] for kind in KINDS.values()]
        shown = [float(table[name][column]) for name in KINDS]
        assert shown == [round(done / items + 1e-9, 1) for done, items in totals]
        assert float(table["article, without answers in writing"][column]) == sum(done for done, _ in totals) / 4
