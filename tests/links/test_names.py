"""Names that are spelled in many ways, by table."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.links.joining import clash, names_evidence
from toolkit.links.names import NEAR, PART, SAME, SPELLING, UNCLEAR, given_likeness, likeness, name, word

ONE_WORD = [
    "Namroush Nimroush Namrous Nemrush النمروش Намруш",
    "Meshri Mashri Mishri المشري Мешри",
    "Salahaddin Saladin Salahuddin",
    "Vessing Fising فيسنغ Фессинг",
    "Karl Karel كارل Карл",
    "Pelvara Belfara بلفارا Пелвара",
    "Marren Maran Marran",
    "Ilva Elfa إيلفا",
    "Brannoch Branokh",
    "Józef Jozef",
    "Sourrane Surani السوراني",
]


@pytest.mark.parametrize("spellings", ONE_WORD)
def test_spellings_of_one_word_meet(spellings: str) -> None:
    for left, right in combinations(spellings.split(), 2):
        one, other = name(left, True), name(right, True)
        assert likeness(one.words[0], other.words[0]) >= SPELLING, (left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Tomas", "Viktor"),
        ("Jan", "Petra"),
        ("Sarrund", "Pelvara"),
        ("Iran", "Iraq"),
        ("Hallek", "Holm"),
        ("Dane", "Dray"),
        ("Gambia", "Zambia"),
        ("6", "7"),
        ("Li", "Lu"),
    ],
)
def test_other_words_do_not(left: str, right: str) -> None:
    assert likeness(name(left).words[0], name(right).words[0]) == 0


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Karl", "Karl", SAME),
        ("K", "Karl", PART),
        ("Salah", "Salahaddin", PART),
        ("Mo", "Maurice", UNCLEAR),
        ("Jan", "Jon", UNCLEAR),
        ("Karl", "Karel", SPELLING),
        ("Marvin", "Mervin", SPELLING),
        ("Martin", "Marvin", NEAR),
        ("J", "Karl", 0),
        ("Tomas", "Viktor", 0),
        ("Petr", "Petra", 0),
        ("Jan", "Jana", 0),
    ],
)
def test_given_names(left: str, right: str, expected: float) -> None:
    one, other = word(left.lower()), word(right.lower())
    assert given_likeness(one, other) == given_likeness(other, one) == expected


@pytest.mark.parametrize(
    ("text", "expected", "shown"),
    [
        ("Energy Minister Dagny Holm", ["dagny", "holm"], "Dagny Holm"),
        ("Minister of Defence Ilva Marren", ["ilva", "marren"], "Ilva Marren"),
        ("Mirela Stoan, head of the agency", ["mirela", "stoan"], "Mirela Stoan"),
        ("Vessing's", ["vessing"], "Vessing"),
        ("the Mayor", ["mayor"], "Mayor"),
        ("Hadi al-Surani", ["hadi", "surani"], "Hadi al-Surani"),
        ("Al Garren", ["al", "garren"], "Al Garren"),
        ("al-Surani", ["surani"], "al-Surani"),
        ("Salah al-Din Morrane", ["salahdin", "morrane"], "Salah al-Din Morrane"),
        ("Mahmoud Abdel Wahid", ["mahmoud", "abdwahid"], "Mahmoud Abdel Wahid"),
        ("Jim O’Brack", ["jim", "obrack"], "Jim O’Brack"),
        ("J. Hallek", ["j", "hallek"], "J. Hallek"),
        ("هَادِي السُّوراني", ["hdy", "swrny"], "هَادِي السُّوراني"),
    ],
)
def test_a_persons_name_is_read(text: str, expected: list[str], shown: str) -> None:
    read = name(text, True)
    assert ([one.letters for one in read.words], read.shown) == (expected, shown)


@pytest.mark.parametrize(
    ("left", "right", "weight"),
    [
        ("Tide Brigades", "the Brigades of the Tide", 1.0),
        ("dam of Uresa", "Oressa Dam", 0.9),
        ("Third Engineer Battalion", "3rd Engineer Battalion", 1.0),
        ("خليج ميران", "Gulf of Meren", 0.9),
        ("Porto Lanna, Pelvara", "Porto Lanna", 0.9),
        ("Belfaran Ministry of Interior", "Interior Ministry of Pelvara", 0.9),
        ("GNA", "Government of National Accord", 0.85),
        ("Fort Aldane", "Fort Aldane naval base", 0.85),
        ("Port Authority", "Lassendry Port Authority", 0.85),
        ("Lassendry", "a depot in Lassendry", 0),
        ("Pelvara", "Belfara", 0.9),
        ("Pelvaran", "Belfara", 0.9),
        ("Mali", "Malawi", 0.6),
        ("Niger", "Nigeria", 0.6),
        ("Oran", "Iran", 0.6),
        ("Syria", "Styria", 0.6),
        ("Mali", "Mali", 1.0),
        ("Interior Ministry", "Defence Ministry", 0),
        ("GNU", "Government of National Accord", 0),
    ],
)
def test_names_of_things(left: str, right: str, weight: float) -> None:
    there, back = names_evidence(name(left), name(right), False), names_evidence(name(right), name(left), False)
    assert (there.weight, back.weight, there.part) == (weight, weight, -back.part)


@pytest.mark.parametrize(
    ("left", "right", "weight"),
    [
        ("Karl Vessing", "Karel Fising", 0.9),
        ("Karl Vessing", "Mr Karl Vessing", 1.0),
        ("K. Vessing", "Karl Vessing", 0.95),
        ("Vessing", "Karl Vessing", 0.85),
        ("Karl", "Karl Vessing", 0.8),
        ("Khaled al-Mehri", "Khaled al-Meshri", 0.8),
        ("Bunwa Akhtarfal", "Benoît Achterval", 0.6),
        ("Maria Garren Lopa", "Garren Lopa", 0.85),
        ("Maria Garren Lopa", "Maria Lopa", 1.0),
        ("Tomas Hallek", "Viktor Hallek", 0),
        ("Petr Novak", "Petra Novak", 0),
        ("Novak", "Novaka", 0),
    ],
)
def test_names_of_people(left: str, right: str, weight: float) -> None:
    one, other = name(left, True), name(right, True)
    assert names_evidence(one, other, True).weight == names_evidence(other, one, True).weight == weight


@pytest.mark.parametrize(
    ("left", "right", "of_person", "together", "expected"),
    [
        ("Tomas Hallek", "Viktor Hallek", True, False, True),
        ("Hallek", "Viktor Hallek", True, False, False),
        ("Karl Vessing", "Karl Dray", True, False, True),
        ("Karl Vessing", "Karel Fising", True, True, False),
        ("Jon Vessing", "Jahan Vessing", True, True, False),
        ("Karl Vessing", "Karel Vessing", True, True, True),
        ("Karl Vessing", "Karel Vessing", True, False, False),
        ("Pier 6", "Pier 7", False, False, True),
        ("Pier Six", "Pier 6", False, False, False),
        ("Third Battalion", "2nd Battalion", False, False, True),
        ("Pier", "Pier 7", False, False, False),
        ("North Meren", "Meren", False, False, True),
    ],
)
def test_what_keeps_names_apart(left: str, right: str, of_person: bool, together: bool, expected: bool) -> None:
    one, other = name(left, of_person), name(right, of_person)
    assert clash(one, other, of_person, together) is clash(other, one, of_person, together) is expected


@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_any_text_is_read_and_compared_both_ways_alike(left: str, right: str, of_person: bool) -> None:
    one, other = name(left, of_person), name(right, of_person)
    there, back = names_evidence(one, other, of_person), names_evidence(other, one, of_person)
    assert there.weight == back.weight
    assert names_evidence(one, one, of_person).weight in (SAME, 0)
    assert clash(one, other, of_person) == clash(other, one, of_person)
