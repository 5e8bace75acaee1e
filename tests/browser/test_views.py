"""An annotator in their own view: they find their articles, label those and no others, and see what is to be mended."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect
from studio.desks import ARTICLES, Office, admin, open_office
from studio.test_feedback import HARBOUR, MISTAKEN, checked_and_shown

from toolkit.gold.order import Order
from toolkit.studio.server import Credentials

from .screen import Screen

TITLES = {one["title"] for one in ARTICLES}


@dataclass(frozen=True)
class Seat:
    """An annotator at a screen, what they were given, and what not."""

    office: Office
    screen: Screen
    url: str
    own: list[str]  # articles, in the view's order
    titles: set[str]
    ordered: bool  # not only with the calibration first

    def open(self, url: str, titles: set[str]) -> None:
        """Go to a view, and wait until its articles are there."""
        self.screen.page.goto(url)
        for title in titles:
            expect(self.screen.page.get_by_text(title, exact=True)).to_be_visible(timeout=60_000)

    def seen(self) -> set[str]:
        """The articles' titles in the list."""
        return {title for title in TITLES if self.screen.page.get_by_text(title, exact=True).count()}

    def picture(self, name: str) -> None:
        """Keep a picture, where one is wanted."""
        if folder := os.environ.get("GOLDKIT_PICTURES"):
            self.screen.page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def seat(request: pytest.FixtureRequest, studio: Credentials, annotator: Callable[..., Screen], tmp_path: Path) -> Seat:
    order: Order | None = getattr(request, "param", None)
    screen = annotator()
    email = screen.page.request.get(f"{screen.url}/api/current-user/whoami").json()["email"]
    with admin(studio) as owner:
        office = open_office(tmp_path, studio, {studio.email: owner}, overlap=1)
        office.wants([studio.email, email], overlap=1)
        url = office.assign(calibration=1).by_annotator[office.pseudonym(email)].url
        if order:  # the view was made without one, and hides its column
            office.assign(order=order)
        own = office.seen(studio.email, office.pseudonym(email))
        office.label(studio.email, HARBOUR, MISTAKEN)
    return Seat(office, screen, url, own, {one["title"] for one in ARTICLES if one["article_id"] in own}, bool(order))


@pytest.mark.parametrize("seat", [None, Order.COVERAGE], indirect=True)
def test_an_annotator_labels_what_is_theirs_and_nothing_else(seat: Seat) -> None:
    page = seat.screen.page
    seat.open(seat.url, seat.titles)
    if seat.ordered:
        title = {one["article_id"]: one["title"] for one in ARTICLES}
        for number, article_id in enumerate(seat.own):
            expect(page.locator(".lsf-table__row-wrapper").nth(number)).to_contain_text(title[article_id])
    assert 1 < len(seat.own) < len(ARTICLES)
    assert seat.seen() == seat.titles
    assert page.get_by_text("needs_fixing", exact=True).count() == 0
    seat.picture("own-view")

    page.get_by_role("button", name="Toggle open").click()
    page.get_by_text("Label Tasks As Displayed").click()
    begins = {one["article_id"]: one["text"].split(".")[0] for one in ARTICLES}
    text, left = page.locator(".lsf-htx-richtext"), [*seat.own]
    while left:
        exact = seat.ordered or left == seat.own  # else only the calibration is: the others come as the server has them
        due = left[:1] if exact else left
        expect(text).to_contain_text(re.compile("|".join(begins[id] for id in due)), timeout=60_000)
        shown = text.inner_text()
        if left == seat.own:  # Label Studio shows the instructions first
            page.locator(".lsf-modal-ls_visible button").first.click()
        left = [id for id in left if begins[id] not in shown]
        seat.screen.submit()
    expect(page.get_by_text("No More Tasks Left")).to_be_visible(timeout=60_000)
    done = {id for id, task in seat.office.tasks().items() if task["is_labeled"]}
    assert done >= set(seat.own[1:])


def test_an_annotator_sees_what_is_to_be_mended(seat: Seat) -> None:
    page = seat.screen.page
    shown = checked_and_shown(seat.office)
    seat.open(shown.url, {ARTICLES[0]["title"]})
    expect(page.locator(".lsf-table-head").get_by_text("needs_fixing")).to_be_visible()
    expect(page.get_by_text("no answer to attribution, check_worthy, kind")).to_be_visible()
    assert seat.seen() == {ARTICLES[0]["title"]}
    seat.picture("needs-fixing")
    seat.open(seat.url, seat.titles)
    assert page.get_by_text("needs_fixing", exact=True).count() == 0
    assert seat.seen() == seat.titles
