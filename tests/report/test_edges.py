"""Projects that have hardly begun, are small in some way, or are large."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from toolkit.annotations.model import Annotation
from toolkit.errors import GoldkitError
from toolkit.report.figures import MOST_IN_A_MAP
from toolkit.stages.report import report

from .project import QUIET, article, articles, make, mention, work, works

PEOPLE = ("ann-amina", "ann-boris", "ann-chen")


def said(root: Path, annotations: Sequence[Annotation], **more: object) -> str:
    """The page's words, without its style and its markup."""
    made = report(make(root, annotations=annotations, **more))  # type: ignore[arg-type]
    page = made.page.read_text(encoding="utf-8")
    page = page[page.index("<body>") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_nothing_pulled_yet(tmp_path: Path) -> None:
    workspace = make(tmp_path, annotations=[])
    workspace.annotations.unlink()
    with pytest.raises(GoldkitError) as raised:
        report(workspace)
    assert raised.value.next.startswith("goldkit pull")
    assert not (workspace.reports / "report.html").exists()


def test_nobody_has_labelled_anything(tmp_path: Path) -> None:
    words = said(tmp_path, [])
    assert "5 articles: 0 gold, 0 open, 0 awaiting, 0 skipped by all who saw them, 5 not begun." in words
    for sentence in ("Nobody has labelled anything yet.", "Nothing is labelled yet.", "There is no gold yet."):
        assert sentence in words


def test_everything_was_skipped(tmp_path: Path) -> None:
    words = said(tmp_path, [work(one, "ann-amina", skipped=True) for one in articles().values()])
    assert "5 skipped by all who saw them, 0 not begun" in words
    assert "There is no gold yet." in words


def test_one_annotator(tmp_path: Path) -> None:
    own = [one for one in works(PEOPLE, articles()) if one.annotator == "ann-boris"]
    words = said(tmp_path, own)
    assert "No article was labelled by two annotators" in words
    assert "No item was put to two annotators" in words
    assert "There is none: nobody labelled the same article." in words
    assert "3 gold, 0 open" in words


def test_no_overlap(tmp_path: Path) -> None:
    several = {one.article_id: one for one in works(PEOPLE, articles())}
    assert len({one.annotator for one in several.values()}) > 1
    words = said(tmp_path, list(several.values()))
    assert "No article was labelled by two annotators" in words
    assert "Nobody can be compared with anybody yet." in words


def test_full_agreement(tmp_path: Path) -> None:
    texts = articles()
    same = [work(texts["quiet"], who, mentions=(mention(QUIET, "m1", "Lassendry", "GPE"),)) for who in PEOPLE]
    words = said(tmp_path, same)
    assert "There is none: all who labelled the same article agree." in words
    assert "they gave them the same label" in words


def test_no_claims_and_no_relations(tmp_path: Path) -> None:
    texts = articles()
    no_claims = [
        one.model_copy(update={"layers": ("entities",), "claims": (), "cues": (), "relations": ()})
        for one in works(PEOPLE, texts)
    ]
    words = said(tmp_path, no_claims, ontology={"claims": None, "relations": [], "links": None, "decisions": []})
    assert "Entities: overall" in words
    assert not re.search(r"Claims|Relations", words)
    assert "mention: boundaries" in words


def test_layers_of_different_people(tmp_path: Path) -> None:
    """Who was asked for claims only has no mentions to differ in."""
    texts = articles()
    first, second, *_ = works(PEOPLE, texts)
    entities = first.model_copy(update={"layers": ("entities", "relations"), "claims": (), "cues": ()})
    claims = second.model_copy(
        update={
            "layers": ("claims",),
            "mentions": (),
            "relations": (),
            "claims": tuple(one.model_copy(update={"claimants": ()}) for one in second.claims),
        }
    )
    words = said(tmp_path, [entities, claims])
    assert "1 gold, 0 open" in words
    assert "There is none" in words


def test_fifty_annotators(tmp_path: Path) -> None:
    """The heat map is cut with a word about it; everybody stands in the table."""
    people = [f"ann-{number:08}" for number in range(50)]
    texts = {f"a{n}": article(f"a{n}", f"{QUIET} {n}.", outlet=f"Outlet {n}") for n in range(2)}
    quotes = ("Ilka Tornay", "Tornay")
    voices = [
        work(
            one, who, layers=("entities",), mentions=(mention(one.text, "m1", quotes[number % len(quotes)], "PERSON"),)
        )
        for one in texts.values()
        for number, who in enumerate(people)
    ]
    made = report(make(tmp_path, texts, voices))
    page = made.page.read_text(encoding="utf-8")
    assert f"{50 - MOST_IN_A_MAP} annotators are left out" in page
    table = page[page.index("<caption>Annotators</caption>") :]
    assert all(who in table[: table.index("</table>")] for who in people)
    pairs = made.report.agreement.pairs
    assert len(pairs) == 50 * 49 / 2


def test_work_without_a_date_or_a_time(tmp_path: Path) -> None:
    undated = [
        one.model_copy(update={"updated_at": "yesterday", "lead_time": None}) for one in works(PEOPLE, articles())
    ]
    words = said(tmp_path, undated)
    assert "7 annotations have no date." in words
    assert "minutes (the median" not in words


@pytest.mark.parametrize(
    ("last", "unit", "periods"),
    [("2031-04-22", "day", 40), ("2031-04-23", "week", 7), ("2032-03-14", "month", 13), ("2099-01-01", "month", 2)],
)
def test_a_long_project_is_told_in_longer_periods(tmp_path: Path, last: str, unit: str, periods: int) -> None:
    texts = articles()
    moments = ("2031-03-14T09:00:00Z", f"{last}T09:00:00Z")
    voices = [
        work(texts[id], "ann-amina", updated_at=moment, mentions=())
        for id, moment in zip(("quiet", "unseen"), moments, strict=True)
    ]
    progress = report(make(tmp_path, annotations=voices)).report.progress
    assert (progress.unit, len(progress.periods)) == (unit, periods)
    assert sum(one.done for one in progress.periods) == 2


def test_awaiting_articles_are_named(tmp_path: Path) -> None:
    texts = articles()
    words = said(tmp_path, [work(texts["quiet"], "ann-amina", rejected=2)])
    assert "1 awaiting" in words
    assert re.search(r"Awaiting: all of somebody.s work on them was rejected, .*: quiet\.", words.replace("&#39;", "'"))
