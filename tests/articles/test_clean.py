from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.articles.clean import clean
from toolkit.articles.edits import OffsetMap, apply
from toolkit.articles.model import Edit
from toolkit.articles.rules import Rule, Rules
from toolkit.spans import Span

NO_RULES = Rules()
CHARACTERS = st.one_of(
    st.sampled_from("ab .\n\n\r\t\u00a0\u200b\u200d\u2028\ufeff"),
    st.sampled_from("e\u0301\u0323\u0308a\u030aA\u212b\u00c5\u0344\u0958\u09c7\u09be\u09d7"),  # marks, singletons
    st.sampled_from("\u1100\u1161\u11a8\uac00\uac01\u1112\u1175\u11c2"),  # Hangul, in pieces and whole
    st.sampled_from("\u0627\u0653\u0654\u0655\u0651\u064e\u0622\u0649\u06d5"),  # Arabic
    st.sampled_from("👩👧🏽\u200d\ufe0f🇱🇾\U0001d15e\U00011131\U00011127"),
    st.characters(exclude_categories=["Cs"]),
)
LINES = st.sampled_from(
    [
        "[ad_1]",
        "Home / news / Ferry strike enters its third day",
        "Ferry strike  enters its third DAY",
        "date 2031-05-09 Fast News",
        "Read also: Who pays?",
        "Source: Meridian Wire",
        "The post Ferry strike enters its third day appeared first on The Lamp.",
        "Source link",
        "Leave a Reply",
        "",
        " \t",
    ]
)
RAW = st.one_of(
    st.text(CHARACTERS, max_size=60),
    st.lists(st.one_of(LINES, st.text(CHARACTERS, max_size=12)), max_size=12).flatmap(
        lambda lines: st.lists(
            st.sampled_from(["\n", "\r\n", "\r", "\n\n"]), min_size=len(lines), max_size=len(lines)
        ).map(lambda ends: "".join(line + end for line, end in zip(lines, ends, strict=True)))
    ),
)


@given(raw=RAW)
@example(raw="[ad_1]\n\u0301b")
@example(raw="\ufeff\u0301")
@example(raw="a\r\r\n\rb")
@example(raw="\u1100\n[ad_1]\n\u1161")
@settings(max_examples=examples(500))
def test_the_laws_of_cleaning(rules: Rules, raw: str) -> None:
    cleaned = clean(raw, rules)
    assert apply(raw, cleaned.edits) == cleaned.text
    assert unicodedata.is_normalized("NFC", cleaned.text)
    assert "\r" not in cleaned.text
    assert not cleaned.text.startswith("\n")
    assert not cleaned.text.endswith("\n")
    edges = [0, *(edge for edit in cleaned.edits for edge in (edit.start, edit.end)), len(raw)]
    assert edges == sorted(edges)
    assert all(edit.start < edit.end and raw[edit.start : edit.end] != edit.new for edit in cleaned.edits)


@given(raw=RAW)
@settings(max_examples=examples(300))
def test_without_rules_nothing_but_newlines_and_form_changes(raw: str) -> None:
    expected = unicodedata.normalize("NFC", raw.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    while expected and not expected[0].strip():
        del expected[0]
    while expected and not expected[-1].strip():
        del expected[-1]
    assert clean(raw, NO_RULES).text == "\n".join(expected)


@given(raw=RAW)
@settings(max_examples=examples(200))
def test_what_is_clean_stays_as_it_is(rules: Rules, raw: str) -> None:
    once = clean(raw, rules)
    twice = clean(once.text, rules, once.caught.get("title", ""))
    if not once.text.startswith("\ufeff"):  # a byte order mark that a removed line had hidden
        assert twice.text == once.text


@given(raw=RAW, data=st.data())
@settings(max_examples=examples(500))
def test_spans_are_led_to_the_raw_text_and_back(rules: Rules, raw: str, data: st.DataObject) -> None:
    cleaned = clean(raw, rules)
    edges = OffsetMap(raw, cleaned.edits)
    if not cleaned.text:
        assert edges.to_raw(Span(0, 1)) is None
        return
    start = data.draw(st.integers(0, len(cleaned.text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(cleaned.text))))
    led = edges.to_raw(span)
    if led is None:
        assert any(len(edit.new) > 1 for edit in cleaned.edits)
        return
    assert edges.to_frozen(led) == span
    inside = [
        Edit(rule=edit.rule, start=edit.start - led.start, end=edit.end - led.start, new=edit.new)
        for edit in cleaned.edits
        if led.contains(Span(edit.start, edit.end))
    ]
    assert apply(led.of(raw), inside) == span.of(cleaned.text)
    if not inside:
        assert led.of(raw) == span.of(cleaned.text)


@given(raw=RAW, data=st.data())
@settings(max_examples=examples(300))
def test_raw_spans_outside_the_edits_have_a_frozen_one(rules: Rules, raw: str, data: st.DataObject) -> None:
    cleaned = clean(raw, rules)
    edges = OffsetMap(raw, cleaned.edits)
    kept = [at for at in range(len(raw)) if not any(edit.start <= at < edit.end for edit in cleaned.edits)]
    if not kept:
        return
    at = data.draw(st.sampled_from(kept))
    led = edges.to_frozen(Span(at, at + 1))
    assert led is not None
    assert led.of(cleaned.text) == raw[at]
    assert edges.to_raw(led) == Span(at, at + 1)


def test_spans_at_the_edges_of_edits() -> None:
    raw = "[ad]\nCafe\u0301 x\r\n[ad]\ny"
    rules = Rules(rules=(Rule(name="ad", why="An advertisement.", where="anywhere", line=r"\[ad\]"),))
    cleaned = clean(raw, rules)
    assert cleaned.text == "Café x\ny"
    edges = OffsetMap(raw, cleaned.edits)
    assert edges.to_raw(Span(0, 4)) == Span(5, 10)  # without the advertisement before it
    assert edges.to_raw(Span(3, 4)) == Span(8, 10)
    assert edges.to_raw(Span(7, 8)) == Span(19, 20)
    assert edges.to_frozen(Span(8, 9)) is None  # half of é
    assert edges.to_frozen(Span(0, 5)) is None  # nothing of it is left
    assert edges.to_frozen(Span(0, 7)) == Span(0, 2)
    assert edges.to_frozen(Span(0, len(raw))) == Span(0, 8)
    assert edges.to_raw(Span(0, 9)) is None
    assert edges.to_raw(Span(4, 4)) is None
    assert edges.to_raw(Span(-1, 4)) is None


@pytest.mark.parametrize("edits", [[(2, 1)], [(0, 9)], [(0, 2), (1, 3)], [(2, 3), (0, 1)], [(1, 1)]])
def test_edits_that_do_not_fit_are_refused(edits: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apply("abcd", [Edit(rule="x", start=start, end=end) for start, end in edits])


def test_the_headline_goes_when_a_breadcrumb_or_the_source_names_it(rules: Rules) -> None:
    headline = "Ferry strike enters its third day"
    story = "The crews met on Monday."
    cleaned = clean(f"Home / news / {headline}\n\n{headline.upper()}\n\n{story}", rules)
    assert (cleaned.text, cleaned.caught) == (story, {"title": headline})
    assert clean(f"{headline}\n\n{story}", rules).text == f"{headline}\n\n{story}"
    assert clean(f"{headline}\n\n{story}", rules, title=f" {headline} ").text == story
    post = f"The post {headline} appeared first on The Lamp."
    cleaned = clean(f"{headline}\n\n{story}\n{post}", rules)
    assert (cleaned.text, cleaned.caught) == (story, {"title": headline, "outlet": "The Lamp"})


def test_a_repeated_headline_inside_the_story_stays(rules: Rules) -> None:
    raw = "The crews met.\nThird day\nThey parted."
    assert clean(raw, rules, title="Third day").text == raw


def test_the_first_line_of_the_story_ends_the_head(rules: Rules) -> None:
    raw = "date 2031-05-09\nThe crews met.\ndate 2031-05-10\nSource: Lamp\nThey parted.\n"
    assert clean(raw, rules).text == "The crews met.\ndate 2031-05-10\nSource: Lamp\nThey parted."


def test_long_lines_are_not_tried() -> None:
    rule = Rule(name="a", why="It is.", where="anywhere", line="a+")
    assert clean("aaaa\nb", Rules(longest_line=3, rules=(rule,))).text == "aaaa\nb"
    assert clean("aaa\nb", Rules(longest_line=3, rules=(rule,))).text == "b"


def test_spaces_and_signs_stay_as_they_are() -> None:
    raw = "\tA\u00a0b\u200bc\u200dd\u2028e\u2029f\u0085g  \nh\t"
    assert clean(raw, NO_RULES).text == raw


@pytest.mark.parametrize(
    "raw",
    [
        "a " * 500_000,
        "a" + "\n" * 999_998 + "b",
        "[ad_1]\n" * 140_000 + "b",
        "Home" + " / a b" * 100_000,
        "e\u0301" * 300_000,
    ],
    ids=["one line", "newlines", "ads", "breadcrumb", "decomposed"],
)
def test_a_megabyte_takes_seconds_at_most(rules: Rules, raw: str) -> None:
    began = time.process_time()  # what a busy machine gives to others is not counted
    clean(raw, rules)
    assert time.process_time() - began < 20  # about 2
