"""The section about suggestions: what stands in it, and when it is there at all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toolkit.report import suggestions as section
from toolkit.stages.report import report
from toolkit.stages.suggested import suggestion_use
from toolkit.suggest.shown import FILE, Shown, write_shown
from toolkit.suggest.use import SuggestionUse
from toolkit.workspace import Workspace

from .project import make
from .suggested import SHOWN, suggest
from .test_page import read


def words(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<section id="suggestions".*?</section>', text, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = make(tmp_path_factory.mktemp("suggested"))
    suggest(made)
    return made


@pytest.fixture(scope="module")
def told(workspace: Workspace) -> dict[str, Any]:
    twin: dict[str, Any] = json.loads(report(workspace).twin.read_text(encoding="utf-8"))["suggestions"]
    return twin


def test_the_twin_counts_what_became_of_each(told: dict[str, Any]) -> None:
    """Amina, Boris and Chen: Boris changes a label, Chen an end, and nobody keeps the boats."""
    names = ("accepted", "changed", "deleted", "added", "suggested")
    counted = {(one["layer"], one["label"]): tuple(one[name] for name in names) for one in told["uses"]}
    assert counted["entities", ""] == (7, 2, 3, 5, 12)
    assert counted["entities", "PERSON"] == (2, 1, 0, 0, 3)
    assert counted["entities", "ORGANIZATION"] == (2, 1, 0, 0, 3)
    assert counted["entities", "WEAPON_EQUIPMENT"] == (0, 0, 3, 0, 3)
    assert counted["entities", "FACILITY"] == (0, 0, 0, 3, 0)
    assert counted["relations", ""] == (0, 0, 0, 2, 0)
    assert counted["claims", ""] == (0, 0, 0, 6, 0)
    assert told["labelled"] == {"control": 1, "none": 1, "suggested": 1}
    assert told["seconds"]["suggested"]["value"] == 240.0
    assert told["seconds"]["control"]["value"] == 120.0
    assert told["ratio_within_annotators"]["annotators"] == 2  # Chen labelled no control article


def test_the_page_says_it(workspace: Workspace, told: dict[str, Any]) -> None:
    page = report(workspace).page
    found = words(page)
    assert "1 labelled article came with suggestions, 1 is control" in found
    assert "1 other is not compared" in found
    assert "Suggested by carry-&lt;over&gt;-1" in found
    assert "entities, all 12 7 2 3 5 0.58" in found
    assert "Changed in: boundaries 1, label 1." in found
    assert "minutes an article (median) 4.0 2.0 +2.0 3 and 2" in found
    assert "from fewer than 20 stories" in found
    ratio = told["ratio_within_annotators"]["value"]
    assert f"The 2 annotators who worked with suggestions and without took {ratio:.2f} times as long with them" in found
    assert 'href="#suggestions"' in page.read_text(encoding="utf-8")
    assert read(page.read_text(encoding="utf-8")).open == []


def test_where_nothing_was_suggested_there_is_no_section(tmp_path: Path) -> None:
    workspace = make(tmp_path)
    for shown in ((), (Shown(article_id="mina", arm="control"), Shown(article_id="quiet", arm="none"))):
        if shown:
            write_shown(workspace.suggestions / FILE, shown)
        made = report(workspace)
        assert words(made.page) == ""
        assert "#suggestions" not in made.page.read_text(encoding="utf-8")
        assert json.loads(made.twin.read_text(encoding="utf-8"))["suggestions"] is None


def test_where_too_little_is_known_it_says_so(tmp_path: Path) -> None:
    workspace = make(tmp_path)
    suggest(workspace, (SHOWN[0], Shown(article_id="mina", arm="suggested", version="gone-1")))
    found = words(report(workspace).page)
    assert "No control article is labelled yet, so it cannot be told what suggestions save." in found
    assert "what gone-1 suggested is in no file; left out of what is measured: mina." in found
    assert "two annotators labelled no control article" in found
    assert "minutes an article (median) 4.0 – – 3 and 0" in found


def test_where_people_worked_on_one_side_only_time_is_between_people(tmp_path: Path) -> None:
    workspace = make(tmp_path)
    suggest(workspace, (Shown(article_id="quiet", arm="control"), SHOWN[0]))
    found = words(report(workspace).page)  # nobody's time is known of the quiet one
    assert "Nobody's time is known with suggestions and without" in found.replace("&#39;", "'")


def test_a_difference_has_its_sign_and_nothing_has_none(workspace: Workspace) -> None:
    use = suggestion_use(workspace)
    assert use is not None
    assert [_difference(use, value) for value in (120.0, -120.0, 0.0, -0.1, 3.0)] == [
        "+2.0",
        "−2.0",
        "0.0",
        "0.0",
        "+0.1",
    ]


def _difference(use: SuggestionUse, seconds: float) -> str:
    difference = replace(use.seconds.difference, value=seconds)
    return section.rows(replace(use, seconds=replace(use.seconds, difference=difference)))[0].difference[0]
