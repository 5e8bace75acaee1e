"""What the card says of suggestions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from papers import FACTS, describe
from report.project import make
from report.suggested import VERSION, suggest

from toolkit.dataset.about import About, Suggested, SuggestedBy
from toolkit.dataset.documentation.quality import gold
from toolkit.stages.facts import facts
from toolkit.suggest.shown import FILE, Shown, write_shown

ENTITIES = SuggestedBy("rules | 1", "entities", 1200, 30, 4, 5, 0.97, 0.9, 1.0, 12)
CLAIMS = SuggestedBy("rules | 1", "claims", 0, 0, 0, 7, None, None, None, 0)


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> About:
    return describe(tmp_path_factory.mktemp("card") / "d")


def said(about: About) -> str:
    return "\n\n".join(gold(about)).replace("\u00a0", " ")


def test_what_became_of_them_by_source_and_layer(about: About) -> None:
    told = replace(FACTS, suggestions=Suggested(40, 10, (ENTITIES, CLAIMS)))
    text = said(replace(about, facts=told))
    assert "shown suggestions in 40 articles; 10 more were drawn beforehand and labelled without" in text
    assert "| rules \\| 1 | entities | 1,200 | 30 | 4 | 5 | 97.0 % | 90.0 % to 100.0 % |" in text
    assert "| rules \\| 1 | claims | 0 | 0 | 0 | 7 | - | - |" in text
    assert "1 accepted as they were, 0 changed. An accepted suggestion is not independent" in text
    assert "Suggestions that were deleted are not counted." not in text


def test_without_what_was_shown_deleted_ones_are_not_known(about: About) -> None:
    text = said(about)
    assert "Suggestions that were deleted are not counted." in text
    assert "share accepted" not in text


def test_they_are_counted_from_what_was_shown(tmp_path: Path) -> None:
    workspace = make(tmp_path)
    assert facts(workspace).suggestions is None
    write_shown(workspace.suggestions / FILE, [Shown(article_id="unseen", arm="suggested", version=VERSION)])
    assert facts(workspace).suggestions is None  # nobody has labelled it
    suggest(workspace)
    found = facts(workspace).suggestions
    assert found is not None
    assert (found.articles, found.control) == (1, 1)
    entities, *others = found.sources
    assert (entities.source, entities.layer) == (VERSION, "entities")
    assert (entities.accepted, entities.changed, entities.deleted, entities.added) == (7, 2, 3, 5)
    assert entities.rate == pytest.approx(7 / 12)
    assert (entities.low, entities.high, entities.stories) == (None, None, 1)
    assert [one.layer for one in others] == ["relations", "claims"]
