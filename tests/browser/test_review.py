"""Adjudication by hand: everything that three annotators see differently, decided with mouse and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gold.disputes import (
    ADA,
    ARTICLE,
    BRIDGE,
    COST,
    FIVE,
    HURT,
    MEETING,
    ONTOLOGY,
    OSTRIA,
    RAIN,
    SAID,
    TAXES,
    TEO,
    TEXT,
    TOLD,
    VELDA,
    works,
)
from playwright.sync_api import Locator, expect
from studio.quarrel import make_quarrel

from toolkit.gold.model import Resolution
from toolkit.gold.review.marks import OPEN
from toolkit.gold.store import load_gold
from toolkit.spans import Span
from toolkit.stages import review
from toolkit.studio.reviewconfig import mark_keys
from toolkit.studio.server import Credentials

from .screen import Screen, spelt

_ROW = """
([head, tail]) => window.Htx.annotationStore.selected.relationStore.relations.findIndex(
  one => one.node1.cleanId === head && one.node2.cleanId === tail)
"""
_MARKS = """
mark => window.Htx.annotationStore.selected.serializeAnnotation()
  .filter(one => (one.labels || one.value.labels || []).includes(mark)).length
"""
MENTION, CLAIM = mark_keys(ONTOLOGY)
KEYS = dict(ONTOLOGY.hotkeys)


def at(quote: str) -> Span:
    return Span(TEXT.index(quote), TEXT.index(quote) + len(quote))


class Bench(Screen):
    """An adjudicator's screen. Every decision leaves fewer marks on it."""

    def decide(self, quote: str, *keys: str, label: str = "") -> None:
        """Select a region and press keys; with a label in the list, where several are on the same words."""
        with self._fewer_marks():
            if label:
                rows = self.page.locator(".lsf-outliner-item").filter(has_text=quote).filter(has_text=label)
                rows.first.click()
            else:
                self.select(at(quote))
            for key in keys:
                self.page.keyboard.press(spelt(key))
        self.page.keyboard.press("u")

    def untick(self, head: str, tail: str, *labels: str) -> None:
        """Take labels off a relation."""
        row = self._row(head, tail)
        with self._fewer_marks():
            row.hover()
            row.get_by_label("Show Relation Labels").click()
            meta = row.locator(".lsf-relation-meta")
            meta.get_by_role("combobox").or_(meta.locator("button")).first.click()
            for label in labels:
                self.page.get_by_role("option", name=label, exact=True).click()
        self.page.keyboard.press("Escape")

    def delete_relation(self, head: str, tail: str) -> None:
        row = self._row(head, tail)
        with self._fewer_marks():
            row.hover()
            row.get_by_label("Delete Relation").click()

    def _row(self, head: str, tail: str) -> Locator:
        self._panel("Relations")
        return self.page.locator(".lsf-relations__item").nth(int(self.page.evaluate(_ROW, [head, tail])))

    @contextmanager
    def _fewer_marks(self) -> Iterator[None]:
        before = int(self.page.evaluate(_MARKS, OPEN))
        yield
        self.page.wait_for_function(f"([mark, before]) => ({_MARKS})(mark) < before", arg=[OPEN, before], timeout=3_000)


@pytest.fixture
def bench(annotator: Callable[..., Screen]) -> Bench:
    screen = annotator(height=1100)
    return Bench(screen.page, screen.url)


def test_everything_is_decided_by_hand(tmp_path: Path, studio: Credentials, bench: Bench) -> None:
    quarrel = make_quarrel(tmp_path, studio)
    quarrel.label(works())
    assert review.push(quarrel.workspace, **quarrel.there).new == 1
    (task,) = quarrel.cases()["quarrel"]
    bench.open(quarrel.review_project().id, task["id"])
    assert bench.text == ARTICLE.text
    panel = bench.page.locator(".gk-differences")
    expect(panel).to_contain_text("it cost $5")
    expect(panel).to_contain_text("B")
    # Mentions: there or not, which label, from where to where, which answer; and one that nobody has.
    bench.decide("Dunmere", MENTION)
    bench.decide("minister", MENTION, label="ROLE_TITLE")
    bench.decide("Harrow Front", MENTION)
    bench.decide("the Harrow Front", "Backspace")
    bench.decide("she", KEYS["level=nominal"], MENTION)
    bench.label(KEYS["PERSON"], at("reporters"))
    # Claims: there or not, a required answer, who makes them, by which words, with which values.
    bench.decide("the bridge fell", "Backspace")
    bench.decide("rain will come", KEYS["check_worthy=maybe"], CLAIM)
    bench.decide("nobody was hurt", CLAIM)
    bench.decide("taxes rose", CLAIM)
    bench.decide("it cost $5", CLAIM)
    bench.untick(HURT, TEO, OPEN)
    bench.delete_relation(HURT, OSTRIA)
    bench.untick(TAXES, TOLD, OPEN)
    bench.delete_relation(COST, FIVE)
    # Relations: there or not, which type, which way, how it is meant, and one that ends in what was chosen.
    bench.untick(ADA, VELDA, OPEN)
    bench.untick(TEO, VELDA, OPEN, "supports")
    bench.untick(OSTRIA, VELDA, OPEN)
    bench.untick(*MEETING, OPEN, "negated")
    bench.untick("ARMED_GROUP_Harrow_Front", VELDA, OPEN)
    bench.submit()

    pulled = review.pull(quarrel.workspace, **quarrel.there)
    assert pulled.findings == ()
    counts = pulled.counts
    assert [(one.kind, one.reason) for one in quarrel.reviews["quarrel"].differences] == []
    assert (counts.differences, counts.differences_decided, counts.differences_left) == (14, 14, 0)
    assert counts.items_left == 0
    assert (pulled.gold, pulled.awaiting) == (1, 0)
    gold = quarrel.gold["quarrel"]
    assert {(mention.text, mention.labels) for mention in gold.mentions} == {
        ("Ada Bly", ("PERSON",)),
        ("Velda", ("GPE",)),
        ("Teo Quill", ("PERSON",)),
        ("Ostria", ("GPE",)),
        ("$5", ("QUANTITY",)),
        ("Dunmere", ("GPE",)),
        ("minister", ("ROLE_TITLE",)),
        ("Harrow Front", ("ARMED_GROUP",)),
        ("she", ("PERSON",)),
        ("reporters", ("PERSON",)),
    }
    assert next(mention for mention in gold.mentions if mention.text == "she").attributes == {"level": "nominal"}
    claims = {claim.id: claim for claim in gold.claims}
    assert {claim.text for claim in gold.claims} == {
        "the dam is safe",
        "rain will come",
        "nobody was hurt",
        "taxes rose",
        "it cost $5",
    }
    assert BRIDGE not in claims
    assert claims[RAIN].attributes["check_worthy"] == "maybe"
    assert (claims[RAIN].claimants, claims[RAIN].cues) == ((ADA,), (SAID,))
    assert claims[HURT].claimants == (TEO,)
    assert claims[TAXES].cues == (TOLD,)
    assert claims[COST].values == ()
    assert {(link.type, link.head, link.tail, link.modality) for link in gold.relations} == {
        ("origin", TEO, OSTRIA, "asserted"),
        ("located_in", ADA, VELDA, "asserted"),
        ("opposes", TEO, VELDA, "asserted"),
        ("supports", OSTRIA, VELDA, "asserted"),
        ("met_with", *MEETING, "asserted"),
        ("opposes", "ARMED_GROUP_Harrow_Front", VELDA, "asserted"),
    }
    # What nobody touched is as the votes left it; what was decided says who decided it, and what everybody said.
    untouched = {ADA, TEO, VELDA, OSTRIA, FIVE, SAID, TOLD, "CLAIM_the_dam_is_safe", f"{TEO} origin {OSTRIA} asserted"}
    assert {name for name, why in gold.provenance.items() if why.resolution is Resolution.UNANIMOUS} == untouched
    decided = [why for name, why in gold.provenance.items() if name not in untouched]
    assert len({why.adjudicator for why in decided}) == 1
    assert all(why.adjudicator.startswith("ann-") and len(why.votes) == 3 for why in decided)


def test_a_review_that_nobody_touches_changes_nothing(tmp_path: Path, studio: Credentials, bench: Bench) -> None:
    quarrel = make_quarrel(tmp_path, studio)
    quarrel.label(works())
    review.push(quarrel.workspace, **quarrel.there)
    before = load_gold(quarrel.workspace.open)
    (task,) = quarrel.cases()["quarrel"]
    bench.open(quarrel.review_project().id, task["id"])
    bench.submit()
    pulled = review.pull(quarrel.workspace, **quarrel.there)
    assert (pulled.findings, pulled.counts.differences_left) == ((), 14)
    (after,) = load_gold(quarrel.workspace.open)
    assert (after.model_copy(update={"work_sha256": ""}),) == before
