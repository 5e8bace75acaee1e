"""What reaches an annotator of what a source says: nothing that breaks a rule, and nothing that hangs in the air."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article, text_digest
from toolkit.ontology.load import load_ontology
from toolkit.project import LAYERS
from toolkit.suggest.checks import OTHER_TEXT, REFUSED, check, chosen, on
from toolkit.suggest.control import is_control
from toolkit.suggest.model import Suggestions

CODEC = Codec(load_ontology(Path(__file__).parents[2] / "configs" / "ontology.yaml"))
TEXT = "Ilva Marren met Hadi Sourrane in Castrel 🚢. Marren said the talks went well."
ARTICLE = Article(article_id="a", text=TEXT, text_sha256=text_digest(TEXT))
ANSWERS = {"attribution": "indirect", "certainty": "certain", "kind": "event", "check_worthy": "no"}


def mention(id: str, words: str, label: str = "PERSON", **more: Any) -> Mention:
    start = TEXT.index(words)
    return Mention(id=id, start=start, end=start + len(words), text=words, labels=(label,), **more)


def given_(*mentions: Mention, **more: Any) -> Suggestions:
    return Suggestions(article_id="a", text_sha256=ARTICLE.text_sha256, version="v 1", mentions=mentions, **more)


MARREN, SOURRANE = mention("m1", "Ilva Marren", score=0.9), mention("m2", "Hadi Sourrane", score=0.4)
START = TEXT.index("the talks")
CLAIM = Claim(
    id="c1", start=START, end=len(TEXT) - 1, text=TEXT[START:-1], attributes=ANSWERS, claimants=("m1",), cues=("q1",)
)
CUE = Cue(id="q1", start=TEXT.index("said"), end=TEXT.index("said") + 4, text="said")


def test_what_keeps_the_rules_is_kept_and_is_a_suggestion() -> None:
    whole = given_(
        MARREN, SOURRANE, cues=(CUE,), claims=(CLAIM,), relations=(Relation(type="met_with", head="m1", tail="m2"),)
    )
    found = check(whole, ARTICLE, CODEC, LAYERS, 0)
    kept = found.suggestions
    assert (found.refused, found.findings) == (0, ())
    assert kept.items == whole.items
    assert {one.origin for one in kept.spans()} == {Origin.ACCEPTED}
    assert {one.id for one in kept.spans()}.isdisjoint({"m1", "m2", "c1", "q1"})
    ids = {one.text: one.id for one in kept.spans()}
    assert kept.relations[0].head in ids.values()
    assert kept.claims[0].claimants == (ids["Ilva Marren"],)
    assert kept.claims[0].cues == (ids["said"],)
    assert [one.score for one in kept.mentions] == [0.9, 0.4]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (mention("m3", "Castrel", "CITY"), "unknown-label"),
        (mention("m3", "Castrel").model_copy(update={"end": 900}), "offset-out-of-range"),
        (mention("m3", "Castrel").model_copy(update={"text": "Kastril"}), "text-mismatch"),
        (mention("m1", "Castrel", "GPE"), "duplicate-region-id"),
    ],
)
def test_what_breaks_a_rule_is_left_out_with_the_reason(bad: Mention, reason: str) -> None:
    found = check(given_(MARREN, bad), ARTICLE, CODEC, LAYERS, 0)
    assert "Castrel" not in {one.text for one in found.suggestions.mentions}
    (finding,) = found.findings
    assert finding.rule == REFUSED.id
    assert reason in finding.message


@pytest.mark.parametrize("answers", [{"level": "loud"}, {"mood": "gay"}])
def test_an_answer_that_is_none_is_left_out_and_the_mention_stays(answers: dict[str, str]) -> None:
    found = check(given_(mention("m3", "Castrel", "GPE", attributes=answers)), ARTICLE, CODEC, LAYERS, 0)
    (kept,) = found.suggestions.mentions
    assert (kept.attributes, found.refused) == ({}, 1)
    assert [finding.rule for finding in found.findings] == [REFUSED.id]


def test_what_hangs_on_a_refused_item_goes_with_it() -> None:
    wrong = mention("m2", "Hadi Sourrane", "HERO")
    relation = Relation(type="met_with", head="m1", tail="m2")
    found = check(given_(MARREN, wrong, relations=(relation,)), ARTICLE, CODEC, LAYERS, 0)
    assert [one.text for one in found.suggestions.mentions] == ["Ilva Marren"]
    assert found.suggestions.relations == ()
    assert found.refused == 2


def test_suggestions_about_another_text_are_left_out_whole() -> None:
    other = given_(MARREN).model_copy(update={"text_sha256": "0" * 64})
    found = check(other, ARTICLE, CODEC, LAYERS, 0)
    assert found.suggestions.items == 0
    assert [finding.rule for finding in found.findings] == [OTHER_TEXT.id]


def test_what_is_not_sure_enough_or_of_another_layer_is_not_shown() -> None:
    whole = given_(MARREN, SOURRANE, cues=(CUE,), claims=(CLAIM,))
    sure = check(whole, ARTICLE, CODEC, ("entities",), 0.5)
    assert [one.text for one in sure.suggestions.mentions] == ["Ilva Marren"]
    assert (sure.suggestions.claims, sure.suggestions.cues, sure.refused) == ((), (), 0)


def test_claims_of_another_project_hang_on_the_mentions_that_stand_there() -> None:
    context = [MARREN.model_copy(update={"id": "ctx"})]
    whole = given_(
        MARREN, SOURRANE, cues=(CUE,), claims=(CLAIM,), relations=(Relation(type="met_with", head="m1", tail="m2"),)
    )
    fitting = on(context, whole)
    assert (fitting.mentions, fitting.relations) == ((), ())  # nobody called Hadi Sourrane stands there
    assert fitting.claims[0].claimants == ("ctx",)
    assert fitting.cues == (CUE,)


def test_ids_depend_on_the_version_and_not_on_the_order() -> None:
    one = check(given_(MARREN, SOURRANE), ARTICLE, CODEC, LAYERS, 0).suggestions
    other = check(given_(SOURRANE, MARREN), ARTICLE, CODEC, LAYERS, 0).suggestions
    newer = check(given_(MARREN).model_copy(update={"version": "v 2"}), ARTICLE, CODEC, LAYERS, 0).suggestions
    assert one == other
    assert {it.id for it in newer.mentions}.isdisjoint(it.id for it in one.mentions)


@given(st.floats(0, 1), st.integers(0, 5))
def test_the_control_is_a_share_that_new_articles_do_not_change(share: float, seed: int) -> None:
    drawn = [is_control(f"a{number}", seed, share) for number in range(400)]
    assert abs(sum(drawn) / 400 - share) < 0.1
    assert not any(is_control(f"a{number}", seed, 0.0) for number in range(20))
    assert all(is_control(f"a{number}", seed, 1.0) for number in range(20))


def test_a_larger_control_holds_the_smaller_one() -> None:
    small, large = ({n for n in range(300) if is_control(str(n), 7, share)} for share in (0.1, 0.3))
    assert small < large
    assert Counter(is_control(str(n), 8, 0.3) == (n in large) for n in range(300))[False] > 50


def test_choosing_nothing_is_nothing() -> None:
    assert chosen(given_(MARREN, SOURRANE), (), 0).items == 0
