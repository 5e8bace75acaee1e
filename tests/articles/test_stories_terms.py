"""Names are the same however they are transliterated."""

from __future__ import annotations

import pytest

from toolkit.articles.stories.terms import name_key, terms


@pytest.mark.parametrize(
    "spellings",
    [
        ("Namroush", "Nimroush", "Nemrush", "Namrous", "النمروش"),
        ("Pelvara", "Belfara", "بلفارا"),
        ("Vessing", "Fising", "فيسنغ"),
        ("Castrel", "Kastril"),
        ("Achterval", "Akhtarfal"),
        ("Qaddafi", "Kadhafi", "القذافي"),
        ("Zelensky", "Selensky", "Зеленский"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1
    assert name_key(spellings[0]) != ""


@pytest.mark.parametrize(("one", "other"), [("Hallek", "Haftar"), ("Tripoli", "Tunis"), ("Vessing", "Castrel")])
def test_other_names_have_others(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["Akar", "Ulm", "", "—", "習"])
def test_too_little_is_no_name(name: str) -> None:
    assert name_key(name) == ""


def test_names_are_capitalised_inside_a_sentence_and_nowhere_in_lower_case() -> None:
    found = terms(
        {
            "a": "Police met Teo Lindqvar in Lassendry. Striking dockers left at 14:30.",
            "b": "The police arrived in 2031. A Union spoke; the union struck.",
        }
    )
    assert dict(found["a"].names) == {"lndkfr": 1, "lsndr": 1, "14": 1, "30": 1}
    assert dict(found["a"].spelt) == {"lndkfr": "Lindqvar", "lsndr": "Lassendry", "14": "14", "30": "30"}
    assert dict(found["b"].names) == {"2031": 1}
    assert found["b"].words["union"] == 2


def test_numbers_of_other_scripts_are_the_same_numbers() -> None:
    found = terms({"ar": "انتهى الاتفاق بعد ٤٥ يوماً", "zh": "45天", "en": "It lasted 45 days."})
    assert [one.names.get("45") for one in found.values()] == [1, None, 1]  # in 45天 it is part of a word
