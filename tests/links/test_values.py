"""Numbers and dates of two claims: how they compare, and what is said where people contradict them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.articles.model import Article, text_digest
from toolkit.links.model import ClaimLink, ClaimPair, ClaimValue, LinkedClaim
from toolkit.links.valuechecks import AGREE, DIFFER, POLARITY, value_problems
from toolkit.links.values import Verdict, compare
from toolkit.ontology.load import load_ontology
from toolkit.stages import setup


def article(id: str = "a", *, language: str = "en", published: str = "2031-03-14") -> Article:
    return Article(article_id=id, text="x", text_sha256=text_digest("x"), language=language, published=published)


def articles() -> dict[str, Article]:
    return {"a": article(), "b": article("b")}


def claim(text: str, *values: ClaimValue, id: str = "a") -> LinkedClaim:
    return LinkedClaim(article_id=id, start=0, end=max(len(text), 1), text=text, values=values)


def quantity(text: str, **answers: str) -> ClaimValue:
    return ClaimValue(label="QUANTITY", text=text, attributes=answers)


def moment(text: str, iso: str = "") -> ClaimValue:
    return ClaimValue(label="DATETIME", text=text, attributes={"iso": iso} if iso else {})


def told(left: str | LinkedClaim, right: str | LinkedClaim, **of: str) -> list[str]:
    one, other = (claim(side) if isinstance(side, str) else side for side in (left, right))
    return [str(found.verdict) for found in compare(one, other, article(**of), article("b", **of))]


@pytest.mark.parametrize(
    ("left", "right", "verdicts"),
    [
        ("30 dockers", "thirty people", ["equal"]),
        ("30 dockers", "about thirty people", ["compatible"]),
        ("about 30 dockers", "about thirty people", ["equal"]),
        ("30 dockers", "27 dockers", ["different"]),
        ("at least 16 bodies", "17 dead", ["compatible"]),
        ("at least 16 bodies", "14 dead", ["different"]),
        ("up to 40 men", "at least 40 men", ["compatible"]),
        ("between 350 and 400 soldiers", "400 soldiers", ["compatible"]),
        ("60 cm", "0.6 metres", ["equal"]),
        ("45 days", "six weeks", ["different"]),
        ("dozens of people", "40 people", ["compatible"]),
        ("30 dockers", "30 lorries", []),
        ("fewer than 10 dead", "10 dead", ["different"]),
        ("fewer than 10 dead", "9 dead", ["compatible"]),
        ("fewer than 10 dead", "fewer than ten victims", ["equal"]),
        ("fewer than 10 dead", "at most 10 dead", ["compatible"]),
        ("fewer than 10 dead", "at least 10 dead", ["different"]),
        ("fewer than 10 dead", "no casualties", ["compatible"]),
        ("at most 10 dead", "10 dead", ["compatible"]),
        ("no more than 10 dead", "12 dead", ["different"]),
        ("more than 30 dead", "30 dead", ["different"]),
        ("less than 0.6 m", "60 cm", ["different"]),
        ("12 % of voters", "12 per cent", ["equal"]),
        ("12 percent", "twelve per cent", ["equal"]),
        ("no casualties", "3 dead", ["different"]),
        ("no casualties", "nobody was hurt", ["equal"]),
        ("nobody was hurt", "3 lorries", []),
        ("two buses and 30 people", "thirty people in 2 buses", ["equal", "equal"]),
        ("23 people hurt, about 40 missing", "35 missing", ["different"]),
        ("on Friday", "on 14 March", ["equal"]),
        ("on Friday", "in March 2031", ["compatible"]),
        ("on Friday", "yesterday", ["different"]),
        ("nothing", "30 dockers", []),
    ],
)
def test_verdicts(left: str, right: str, verdicts: list[str]) -> None:
    assert told(left, right) == told(right, left) == verdicts


def test_what_annotators_answered_counts_before_the_text() -> None:
    marked = claim("30 dockers", quantity("30 dockers", number="27", unit="dockers"))
    assert told(marked, "27 dockers") == ["equal"]
    unanswered = claim("Some three dozen", quantity("three dozen"), moment("Sunday morning"))
    assert told(unanswered, claim("x", quantity("36", number="36"), moment("9 March"))) == ["equal", "equal"]


def test_a_marked_number_that_is_left_out_itself_is_left_out_where_it_is_answered_too() -> None:
    answered = quantity("fewer than 10 men", number="10", unit="men", precision="at_most")
    at_most = quantity("up to 10 men", number="10", unit="men", precision="at_most")
    assert told(claim("x", answered), "10 men") == told(claim("x", quantity("fewer than 10 men")), "10 men")
    assert told(claim("x", answered), "10 men") == ["different"]
    assert told(claim("x", at_most), "10 men") == ["compatible"]


def test_a_comparison_speaks_the_articles_words() -> None:
    left = claim("30 dockers", quantity("30\u00a0dockers", number="30", unit="dockers"))
    right = claim("x", quantity("about thirty people", number="30", unit="people", precision="approx"))
    (found,) = compare(left, right, article(), article("b"))
    assert str(found) == "30 dockers · about thirty people: compatible"
    assert (found.kind, found.verdict, found.nearness) == ("quantity", Verdict.COMPATIBLE, 1.0)


@pytest.mark.parametrize(
    ("iso", "other", "verdict"),
    [
        ("2031-05-03", "2031-05-03T12:00", "equal"),
        ("2031-05-03", "2031-05", "compatible"),
        ("2031-05-01/2031-05-07", "2031-05-07/2031-05-09", "compatible"),
        ("2031-05", "2031-06-01", "different"),
    ],
)
def test_dates_as_annotators_answered_them(iso: str, other: str, verdict: str) -> None:
    assert told(claim("then", moment("then", iso)), claim("then", moment("then", other))) == [verdict]


unhurried = settings(deadline=None)  # the first example may load a library
texts = st.text(st.sampled_from("0123456789.,/-–%$ ٣٠²½abmeotМ\u00a0\n'’"), max_size=40) | st.text(max_size=40)


@unhurried
@given(left=texts, right=texts)
def test_a_comparison_is_the_same_from_both_sides(left: str, right: str) -> None:
    one, other = claim(left or "x"), claim(right or "x", id="b")
    there, back = compare(one, other, article(), article("b")), compare(other, one, article("b"), article())
    assert sorted((f.left, f.right, f.verdict) for f in there) == sorted((f.right, f.left, f.verdict) for f in back)


@unhurried
@given(text=texts)
def test_a_claim_agrees_with_itself(text: str) -> None:
    assert {found.verdict for found in compare(claim(text or "x"), claim(text or "x"), article(), article())} <= {
        Verdict.EQUAL
    }


@pytest.mark.parametrize(
    ("left", "right", "type", "cause", "rule"),
    [
        ("30 dockers", "27 dockers", "equivalent", "", DIFFER.id),
        ("on Friday", "yesterday", "equivalent", "", DIFFER.id),
        ("30 dockers", "thirty people", "equivalent", "", None),
        ("30 dockers", "about thirty people", "contradicts", "numeric", AGREE.id),
        ("30 dockers on Friday", "thirty people yesterday", "contradicts", "numeric", AGREE.id),
        ("30 dockers", "27 dockers", "contradicts", "numeric", None),
        ("30 dockers", "thirty people", "contradicts", "negation", None),
        ("no number", "thirty people", "contradicts", "numeric", None),
        ("30 dockers", "27 dockers", "updates", "", None),
        ("30 dockers", "27 dockers", "no-such-type", "", None),
    ],
)
def test_what_people_said_is_held_against_the_values(
    left: str, right: str, type: str, cause: str, rule: str | None
) -> None:
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    one, other = claim(left), claim(right, id="b")
    pair = ClaimPair(story_id="s", left=one, right=other, score=1)
    link = ClaimLink(type=type, head=one.key, tail=other.key, attributes={"cause": cause} if cause else {})
    found = list(value_problems(pair, link, ontology, {"a": article(), "b": article("b")}))
    assert [finding.rule for finding in found] == ([rule] if rule else [])
    for finding in found:
        assert finding.place.article_id == "a"
        assert finding.severity == "warning"
        assert all(words in finding.message for words in (f"“{left}”", f"“{right}”", " · "))
        assert one.key not in finding.message


@pytest.mark.parametrize(
    ("left", "right", "answers", "type", "is_found"),
    [
        ("The gate was opened", "the gate had been opened", ("", "negative"), "equivalent", True),
        ("The gate was opened", "The gate was not opened", ("positive", "negative"), "equivalent", True),
        ("The gate was opened", "The gate was opened", ("", "positive"), "equivalent", False),
        ("The gate stayed shut", "The gate was not opened", ("positive", "negative"), "equivalent", False),
        ("The gate was opened", "The gate was opened", ("positive", "negative"), "contradicts", False),
        ("It is so", "It is not", ("positive", "negative"), "equivalent", False),
    ],
)
def test_what_is_claimed_and_denied_in_the_same_words_is_not_the_same(
    left: str, right: str, answers: tuple[str, str], type: str, is_found: bool
) -> None:
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    one, other = (
        claim(text, id=id).model_copy(update={"attributes": {"polarity": answer} if answer else {}})
        for text, id, answer in zip((left, right), "ab", answers, strict=True)
    )
    pair = ClaimPair(story_id="s", left=one, right=other, score=1)
    found = list(value_problems(pair, ClaimLink(type=type, head=one.key, tail=other.key), ontology, articles()))
    assert [finding.rule for finding in found] == [POLARITY.id] * is_found
    assert all("are answered positive · negative" in finding.message for finding in found)
    bare = ontology.model_copy(update={"claims": None})
    assert list(value_problems(pair, ClaimLink(type=type, head=one.key, tail=other.key), bare, articles())) == []
