"""Numbers and dates of a text: what is read, in which language, and what is left out."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.links import periods
from toolkit.links.quantities import Quantity, quantities
from toolkit.links.quantities import answered as number_answered
from toolkit.links.units import comparable, unit

FRIDAY = date(2031, 3, 14)
LANGUAGES = ("", "en", "de", "fr", "ar", "ru", "zz")


@pytest.mark.parametrize(
    ("text", "low", "high", "counted"),
    [
        ("Police detained 30 dockers on", 30, 30, "dockers"),
        ("thirty dockers", 30, 30, "dockers"),
        ("twenty-seven dockers", 27, 27, "dockers"),
        ("about thirty people", 27, 33, "people"),
        ("about five deputies", 4, 6, "deputies"),
        ("about 3 metres", 2.7, 3.3, "metres"),
        ("1,800 strikers", 1800, 1800, "strikers"),
        ("2 000 men", 2000, 2000, "men"),
        ("2\u00a0000 men", 2000, 2000, "men"),
        ("1.2 million people", 1.2e6, 1.2e6, "people"),
        ("three point two million crowns", 3.2e6, 3.2e6, "crowns"),
        ("half a million crowns", 5e5, 5e5, "crowns"),
        ("'30 dockers'", 30, 30, "dockers"),
        ("a hundred and twenty soldiers", 120, 120, "soldiers"),
        ("two dozen boats", 24, 24, "boats"),
        ("$60m", 6e7, 6e7, "$"),
        ("60cm of rain", 60, 60, "cm"),
        ("90 km/h", 90, 90, "km/h"),
        ("US$5 million", 5e6, 5e6, "US$"),
        ("5 per cent", 5, 5, "percent"),
        ("0.5% of voters", 0.5, 0.5, "%"),
        ("60 million crowns a year", 6e7, 6e7, "crowns a year"),
        ("17 of the dockers", 17, 17, "dockers"),
        ("400 Sarrundi soldiers to", 400, 400, "Sarrundi soldiers"),
        ("dozens of people", 24, 99, "people"),
        ("several hundred people", 200, 999, "people"),
        ("between forty and fifty men", 40, 50, "men"),
        ("between 350 and 400 soldiers", 350, 400, "soldiers"),
        ("14 to 17 dead", 14, 17, "dead"),
        ("40–50 men", 40, 50, "men"),
        ("at least 16 bodies had", 16, math.inf, "bodies"),
        ("more than 2,000 supporters", 2000, math.inf, "supporters"),
        ("40 or more boats", 40, math.inf, "boats"),
        ("up to 40 men", 0, 40, "men"),
        ("fewer than ten men", 0, 10, "men"),
        ("no more than 30 people", 0, 30, "people"),
        ("no fewer than 30 people", 30, math.inf, "people"),
        ("12 % of voters", 12, 12, "%"),
        ("12 %", 12, 12, "%"),
        ("12 Per Cent", 12, 12, "percent"),
        ("no casualties", 0, 0, "casualties"),
        ("There were no deaths or arrests", 0, 0, "deaths"),
        ("Nobody was hurt", 0, 0, "people"),
        ("no one has been killed", 0, 0, "people"),
        ("٣٠ رجل", 30, 30, "رجل"),
    ],
)
def test_one_number_is_read(text: str, low: float, high: float, counted: str) -> None:
    (found,) = quantities(text, "en")
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), counted)


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1,800 tonnes", "en", 1800),
        ("1.800 tonnes", "en", 1.8),
        ("1.800 Tonnen", "de", 1800),
        ("1,800 Tonnen", "de", 1.8),
        ("1.234.567 Euro", "de", 1_234_567),
        ("1,234,567.5 km", "en", 1_234_567.5),
        ("1.234.567,5 km", "de", 1_234_567.5),
        ("dreißig Arbeiter", "de", 30),
        ("2 000 soldats", "fr", 2000),
        ("١٬٨٠٠ جندي", "ar", 1800),
        ("١٫٥ كم", "ar", 1.5),
        ("12 معتقلاً", "ar", 12),
        ("30 людей", "ru", 30),
    ],
)
def test_separators_and_words_are_the_languages_own(text: str, language: str, number: float) -> None:
    (found,) = quantities(text, language)
    assert found.low == found.high == pytest.approx(number)


@pytest.mark.parametrize("text", ["نحو 12 معتقلاً", "около 12 человек"])
def test_words_that_loosen_a_number_are_known_in_other_languages(text: str) -> None:
    (found,) = quantities(text, "ar")
    assert (found.low, found.high, found.precision) == (10.8, 13.2, "approx")


@pytest.mark.parametrize(
    "text",
    [
        *("", "²", "½", "no one came", "one of the men", "the third man", "the 3rd man", "a 30-year-old"),
        *("at 18:30", "at 3.30 pm", "in 2029", "Pier 6", "Route 66 closed", "Gate Three had broken", "a T-72 tank"),
        *("no longer", "no officer came", "no women's ward", "no boats", "nobody knows", "no civilian casualties"),
    ],
)
def test_what_is_no_count_is_left_out(text: str) -> None:
    assert quantities(text, "en") == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("some 1,200 men", "about 1,200 men"),
        ("up to forty men", "at most 40 men"),
        ("at least 16", "at least 16"),
        ("fewer than ten men", "fewer than 10 men"),
        ("over 16", "more than 16"),
        ("dozens of boats", "24 to 99 boats"),
        ("1.5 km", "1.5 km"),
    ],
)
def test_a_number_that_is_read_is_shown_in_digits(text: str, shown: str) -> None:
    assert [str(found) for found in quantities(text, "en")] == [shown]


def test_two_ends_of_a_change_are_two_numbers() -> None:
    assert [found.low for found in quantities("lowered the death toll from 14 to 11", "en")] == [14, 11]
    assert [found.low for found in quantities("rose from 14 to 17", "en")] == [14, 17]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("on Friday", "2031-03-14", "2031-03-14"),
        ("last Friday", "2031-03-07", "2031-03-07"),
        ("Monday evening", "2031-03-10", "2031-03-10"),
        ("next Sunday", "2031-03-16", "2031-03-16"),
        ("yesterday", "2031-03-13", "2031-03-13"),
        ("two days ago", "2031-03-12", "2031-03-12"),
        ("a week ago", "2031-03-07", "2031-03-07"),
        ("last week", "2031-03-03", "2031-03-09"),
        ("last month", "2031-02-01", "2031-02-28"),
        ("in three years, not three years ago", "2028-01-01", "2028-12-31"),
        ("last October", "2030-10-01", "2030-10-31"),
        ("next May", "2031-05-01", "2031-05-31"),
        ("May 2031", "2031-05-01", "2031-05-31"),
        ("the 3rd of May", "2031-05-03", "2031-05-03"),
        ("12-15 May", "2031-05-12", "2031-05-15"),
        ("between 3 and 5 May 2030", "2030-05-03", "2030-05-05"),
        ("May 3rd, 2030", "2030-05-03", "2030-05-03"),
        ("21 Dec.", "2030-12-21", "2030-12-21"),
        ("29 February 2032", "2032-02-29", "2032-02-29"),
        ("since 2029", "2029-01-01", "2029-12-31"),
        ("2031-05", "2031-05-01", "2031-05-31"),
    ],
)
def test_a_date_is_counted_from_the_articles_day(text: str, first: str, last: str) -> None:
    (found,), rest = periods.read(text, FRIDAY, "en")
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert len(rest) == len(text)
    assert found.text not in rest


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("الأحد 6 أبريل 2031", "ar", "2031-04-06"),
        ("٣ مايو", "ar", "2031-05-03"),
        ("الجمعة", "ar", "2031-03-14"),
        ("3 мая", "ru", "2031-05-03"),
        ("3. Mai", "de", "2031-05-03"),
        ("gestern", "de", "2031-03-13"),
        ("3 de mayo de 2031", "es", "2031-05-03"),
    ],
)
def test_a_date_in_another_language(text: str, language: str, day: str) -> None:
    found = periods.of_expression(text, FRIDAY, language)
    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (day, day)


@pytest.mark.parametrize("text", ["31 June", "they may march", "30 Arbeiter", "soon", "March to May", "2031-13-01"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert periods.of_expression(text, FRIDAY, "en") is None
    assert periods.of_expression(text, FRIDAY, "de") is None


def test_without_the_articles_day_only_dates_with_a_year_are_read() -> None:
    assert periods.read("on Friday, 3 May or yesterday", None, "en")[0] == ()
    assert [str(found) for found in periods.read("on 3 May 2031", None, "en")[0]] == ["3 May 2031"]


@pytest.mark.parametrize(
    ("answers", "low", "high", "precision"),
    [
        ({"number": "30"}, 30, 30, "exact"),
        ({"number": "40/50", "precision": "range"}, 40, 50, "range"),
        ({"number": "50/40"}, 40, 50, "range"),
        ({"number": "40", "precision": "approx", "unit": "people"}, 36, 44, "approx"),
        ({"number": "16", "precision": "at_least"}, 16, math.inf, "at_least"),
        ({"number": "-5", "precision": "at_most"}, -5, -5, "at_most"),
    ],
)
def test_what_annotators_answered_is_taken(answers: dict[str, str], low: float, high: float, precision: str) -> None:
    assert number_answered(answers) == Quantity(low, high, answers.get("unit", ""), precision)


@pytest.mark.parametrize("number", ["", "many", "1/2/3", "nan", "inf", "1e999"])
def test_an_answer_that_is_no_number_is_none(number: str) -> None:
    assert number_answered({"number": number}) is None


@pytest.mark.parametrize(
    ("left", "right", "is_alike"),
    [
        ("dockers", "people", True),
        ("Sarrundi soldiers", "fighters", True),
        ("dead", "victims", True),
        ("", "dockers", True),
        ("جندي", "soldiers", True),
        ("buses", "bus", True),
        ("km", "metres", True),
        ("crowns a year", "crowns per year", True),
        ("%", "per cent", True),
        ("%", "Prozent", True),
        ("pour cent", "percent", True),
        ("injuries", "wounded", True),
        ("buses", "people", False),
        ("km", "hours", False),
        ("", "km", False),
        ("crowns", "crowns a year", False),
        ("dollars", "euros", False),
        ("containers", "dockers", False),
    ],
)
def test_units_are_compared_loosely(left: str, right: str, is_alike: bool) -> None:
    assert comparable(unit(left), unit(right)) is comparable(unit(right), unit(left)) is is_alike


unhurried = settings(deadline=None)  # the first example may load a library
texts = st.text(st.sampled_from("0123456789.,/-–%$ ٣٠²½abmeotМ\u00a0\n'’"), max_size=40) | st.text(max_size=40)


@unhurried
@given(text=texts, language=st.sampled_from(LANGUAGES))
def test_nonsense_is_read_without_an_error(text: str, language: str) -> None:
    for found in quantities(text, language, lone_one=True):
        assert found.low <= found.high
        assert str(found)
    read, rest = periods.read(text, FRIDAY, language)
    assert len(rest) == len(text)
    assert all(period.first <= period.last for period in read)
    periods.of_expression(text, None, language)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["1'", "1,", "1.", "1 000 ", "12 men ", "1 to ", "one hundred ", "3 May ", "a-", "1 a  "]
)
def test_much_nonsense_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    quantities(text, "en")
    periods.read(text, FRIDAY, "en")
    unit(text)
