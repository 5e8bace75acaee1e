"""What Label Studio saves without a word, and what then keeps people from labelling: errors of the plain XML check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from toolkit.spans import Span
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.server import Credentials

from .screen import Screen

TEXT = "Ana Quill sailed to Port Sarrel."
PLACE = Span(TEXT.index("Port"), len(TEXT) - 1)
PLACE_KEY = "2"  # Label Studio numbers the labels that have no key


@pytest.fixture
def task_with(studio: Credentials, repository: Path) -> Callable[[str, str], tuple[int, int]]:
    """Make a project with the config of a rule, before or after, and one task; gives the ids of both."""

    def make(rule: str, case: str) -> tuple[int, int]:
        config = repository / "tests" / "ontology" / "plain" / rule / f"{case}.xml"
        body = {"title": f"{rule} {case}", "label_config": config.read_text(encoding="utf-8")}
        with Client(Address(studio.url, studio.token)) as client:
            project = client.post("/api/projects", body)["id"]
            path = f"/api/projects/{project}/import?return_task_ids=true"
            (task,) = client.post(path, [{"data": {"text": TEXT}}])["task_ids"]
        return project, task

    return make


def test_a_colour_that_the_editor_does_not_know_hides_the_text(
    task_with: Callable[[str, str], tuple[int, int]], annotator: Callable[..., Screen]
) -> None:
    screen = annotator()
    project, task = task_with("xml-colour", "before")
    screen.page.goto(f"{screen.url}/projects/{project}/data?task={task}")
    expect(screen.page.get_by_text("CSSColor")).to_be_visible(timeout=60_000)
    expect(screen.page.locator(".lsf-htx-richtext")).to_have_count(0)
    screen.open(*task_with("xml-colour", "after"))
    assert screen.text == TEXT


def test_an_answer_that_is_required_where_its_question_is_hidden_cannot_be_handed_in(
    task_with: Callable[[str, str], tuple[int, int]], annotator: Callable[..., Screen]
) -> None:
    screen = annotator()
    screen.open(*task_with("xml-required-unseen", "before"))
    screen.label(PLACE_KEY, PLACE)
    screen.submit_button.click()
    expect(screen.page.get_by_text("is required").first).to_be_visible()
    expect(screen.page.locator(".lsf-choice:visible")).to_have_count(0)
    screen.open(*task_with("xml-required-unseen", "after"))
    screen.label(PLACE_KEY, PLACE)
    screen.submit()
