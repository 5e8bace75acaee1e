"""The section about suggestions in a browser: on a phone, and with a version that means harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from report.project import make
from report.suggested import VERSION, suggest

from toolkit.stages.report import report

from .test_report import opened


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make(tmp_path_factory.mktemp("suggestions"))
    suggest(workspace)
    return report(workspace).page


@pytest.mark.parametrize(("width", "seen"), [(320, False), (390, False), (1280, True)])
def test_it_fits(browser: Browser, page_file: Path, width: int, seen: bool) -> None:
    """Nothing overflows; a phone leaves out what can be worked out from the rest."""
    with opened(browser, page_file, width) as (page, trouble):
        section = page.locator("#suggestions")
        assert section.locator("caption").first.inner_text() == f"Suggested by {VERSION}"
        assert section.get_by_text("deleted", exact=True).is_visible()
        assert section.get_by_text("share accepted", exact=True).is_visible() is seen
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert trouble == []
