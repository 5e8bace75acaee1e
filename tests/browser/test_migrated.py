"""What people see in Label Studio while their work moves to a new version of the ontology, and after."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pipeline.desk import Desk
from playwright.sync_api import expect
from studio.migrations import MOVED, TEXT, WORDS, WORK, annotations, names_used, next_version, small_desk

from toolkit.errors import StudioUnreachable
from toolkit.spans import Span
from toolkit.stages import migrate
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials

from .screen import Screen

# What the editor holds of the annotation that is shown, and the words that it has highlighted.
_SHOWN = """
() => {
  const shown = window.Htx.annotationStore.selected;
  const highlights = [...document.querySelectorAll('.lsf-htx-richtext .htx-highlight')];
  return {
    regions: Object.fromEntries(shown.regionStore.regions.map(one => [one.cleanId, one.labels])),
    relations: shown.relationStore.relations.map(one => [
      one.node1.cleanId, one.node2.cleanId, one.direction, [...one.selectedValues]]),
    words: highlights.filter(one => one.getClientRects().length).map(one => one.textContent),
  };
}
"""


_numbers = itertools.count(1)


@pytest.fixture
def desk(studio: Credentials, tmp_path: Path) -> Desk:
    """A workspace with one article that two people have labelled, whose ontology has not changed yet."""
    name = f"seen-{next(_numbers)}"
    emails = {who: f"{who}-{name}@migrated.example" for who in ("amina", "boris")}
    tokens = {who: add_annotator(studio, email, "a long enough password") for who, email in emails.items()}
    return small_desk(tmp_path / name, studio, tokens, articles=1)


def test_after_the_move_every_region_is_seen_where_it_was(desk: Desk, annotator: Callable[..., Screen]) -> None:
    plan = next_version(desk.root)
    migrate.apply(desk.workspace, plan, migrate.dry_run(desk.workspace, plan, **desk.address), **desk.address)
    screen = opened(desk, annotator())
    labels = {"ada": ["PERSON"], "front": ["MILITIA"], "talks": ["OCCURRENCE"], "port": ["PLACE"]}
    assert screen.page.evaluate(_SHOWN) == {
        "regions": labels,
        "relations": [
            ["ada", "front", "right", ["belongs_to", "reported"]],
            ["ada", "talks", "left", ["has_participant"]],
            ["talks", "port", "right", ["located_in"]],
        ],
        "words": [WORDS[word][0] for word in labels],
    }
    start = TEXT.index("talks")
    screen.select(Span(start, start + len("talks")))  # where it shows, it can be clicked
    expect(screen.page.get_by_text("nominal", exact=True)).to_be_visible()


def test_half_way_old_work_can_be_saved_and_loses_nothing(
    desk: Desk, annotator: Callable[..., Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The label config offers both versions' names then; one that did not would have the editor drop some of them."""
    plan = next_version(desk.root)
    found = migrate.dry_run(desk.workspace, plan, **desk.address)

    def breaks(client: Client, path: str, body: Any) -> Any:
        raise StudioUnreachable(f"PATCH {path}", next="again")

    with monkeypatch.context() as patched, pytest.raises(StudioUnreachable):
        patched.setattr(Client, "patch", breaks)
        migrate.apply(desk.workspace, plan, found, **desk.address)
    screen = opened(desk, annotator())
    start = TEXT.index("head")
    screen.label("1", Span(start, start + len("head")))
    with screen.page.expect_response(lambda reply: reply.request.method == "PATCH" and reply.status == 200):
        screen.page.get_by_test_id("bottombar-update-button").click()
    saved = {len(one["result"]): one["result"] for one in annotations(desk).values()}
    assert names_used([saved[len(WORK) + 1]]) == names_used([WORK]) + Counter({"entities/PERSON": 1})
    begun = migrate.recorded(desk.workspace, plan)
    assert begun is not None
    done = migrate.apply(desk.workspace, plan, begun, **desk.address)
    assert done.written == {"annotations": 2}
    results = [one["result"] for one in annotations(desk).values()]
    assert names_used(results) == names_used([MOVED, MOVED]) + Counter({"entities/PERSON": 1})


def opened(desk: Desk, screen: Screen) -> Screen:
    (task,) = desk.tasks().values()
    with desk.client() as client:
        screen.open(desk.project(client).id, task)
    return screen
