"""Where annotators disagreed, counted by story, outlet and label, and what that says of other articles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit.gold.contested import PRIOR, compared, disagreement, labels_of
from toolkit.gold.model import Gold
from toolkit.stages.gold import resolve


@pytest.fixture(scope="module")
def golds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Gold]:
    """The sample articles as far as they are settled."""
    resolved = resolve(sample_workspace(Path(tmp_path_factory.mktemp("sample"))))
    return {one.article_id: one for one in (*resolved.gold, *resolved.open)}


def test_what_one_alone_labelled_is_not_compared(golds: dict[str, Gold]) -> None:
    assert not [*compared(golds["dam-02-sada"])]


def test_what_was_outvoted_voted_down_or_is_open_is_contested(golds: dict[str, Gold]) -> None:
    one = golds["harbour-02-courier"]
    items = [*compared(one)]
    outvoted = [why for why in one.provenance.values() if why.support < why.voters]
    assert outvoted
    assert one.differences
    assert one.voted_down
    assert sum(item.contested for item in items) == len(outvoted) + len(one.differences) + len(one.voted_down)
    assert len(items) == len(one.provenance) + len(one.differences) + len(one.voted_down)
    assert all(item.labels for item in items)
    assert {"PERSON", "claim", "cue", "located_in"} <= {label for item in items for label in item.labels}


def test_labels_are_counted_as_often_as_they_were_given(golds: dict[str, Gold]) -> None:
    one = golds["dam-02-sada"]
    labels = Counter(labels_of(one))
    assert labels["claim"] == len(one.claims) > 0
    assert labels.total() == sum(len(mention.labels) for mention in one.mentions) + len(
        (*one.cues, *one.claims, *one.relations)
    )


def test_an_article_of_a_contested_story_is_likely_contested(golds: dict[str, Gold]) -> None:
    described = {
        "harbour-02-courier": {"story": "harbour", "outlet": "Courier"},
        "memorandum-03-sada": {"story": "memorandum", "outlet": "Sada"},
        "new-harbour": {"story": "harbour", "outlet": "Fast News"},
        "new-memorandum": {"story": "memorandum", "outlet": "Fast News"},
        "unknown": {"story": "", "outlet": ""},
    }
    both = [golds["harbour-02-courier"], golds["memorandum-03-sada"]]
    items = [[*compared(one)] for one in both]
    shares = [sum(item.contested for item in own) / len(own) for own in items]
    assert shares[0] > shares[1]  # else this test says nothing
    scores = disagreement(both, described, {})
    everything = [item for own in items for item in own]
    overall = sum(item.contested for item in everything) / len(everything)
    assert scores["unknown"] == (overall, f"disagreement {overall:.2f} (as all)")
    harbour = (sum(item.contested for item in items[0]) + PRIOR * overall) / (len(items[0]) + PRIOR)
    assert scores["new-harbour"][0] == pytest.approx((harbour + overall) / 2)
    assert scores["new-harbour"][0] > overall > scores["new-memorandum"][0]
    assert disagreement(both[::-1], described, {}) == scores


def test_contested_labels_raise_an_article_that_has_them(golds: dict[str, Gold]) -> None:
    rates: Counter[str] = Counter()
    items = [item for one in golds.values() for item in compared(one)]
    rates.update(label for item in items if item.contested for label in item.labels)
    assert rates["claim"]
    agreed = next(label for item in items for label in sorted(item.labels) if not rates[label])
    described = {id: {"story": "", "outlet": ""} for id in ("contested", "agreed", "blank")}
    scores = disagreement(golds.values(), described, {"contested": {"claim": 3}, "agreed": {agreed: 3}})
    assert scores["contested"][0] > scores["blank"][0] > scores["agreed"][0]


def test_nothing_is_said_where_nobody_can_disagree(golds: dict[str, Gold]) -> None:
    alone = [one for one in golds.values() if one.voters == 1]
    assert alone
    assert disagreement(alone, {"a": {"story": "harbour"}}, {}) == {}
