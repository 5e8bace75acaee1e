"""What is sought: names are whole words, patterns are what is written, and none can stop a draw for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.articles.sampling import seek
from toolkit.articles.sampling.seek import Search, Sought, load_search
from toolkit.errors import BadInputError


def search(*names: str) -> Search:
    return Search(Path("seek.yaml"), {"it": Sought(names=names, articles=1)})


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Olvane", "In Olvane, it rained.", True),
        ("Olvane", "OLVANE: RAIN", True),
        ("Olvane", "The Olvaners left.", False),
        ("Petra Lindqvar", "Petra\nLindqvar spoke.", True),
        ("Petra Lindqvar", "Petra Maria Lindqvar spoke.", False),
        ("E.ON", "EXON is another", False),
        ("Zo\u00eb", "Zoe\u0308".replace("e\u0308", "\u00eb"), True),
        ("Zoe\u0308", "Zo\u00eb", True),  # texts are in NFC, names need not be
        ("النمروش", "قال النمروش اليوم", True),
        ("大坝", "昨天大坝决口", True),
        ("Olvane", "昨天Olvane下雨", True),
        ("re: dams?", "The dam broke.", True),
        ("re: dams?", "The Dam broke.", False),
        (r"re:(?i)dams?\b", "DAM", True),
    ],
)
def test_names_and_patterns_find_what_they_mean(name: str, text: str, found: bool) -> None:
    assert search("nowhere at all", name).mentions("a", text) == (frozenset({"it"}) if found else frozenset())


@pytest.mark.parametrize(("asked", "number", "least"), [({"articles": 7}, 3, 7), ({"share": 0.1}, 30, 3)])
def test_a_number_or_a_share_is_asked_for(asked: dict[str, float], number: int, least: int) -> None:
    assert Sought(names=("x",), **asked).of(number) == least
    assert Sought(names=("x",), share=0.1).of(31) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("floods: {names: [Olvane]}", "floods: give either articles (a number) or share"),
        ("floods: {names: [Olvane], articles: 1, share: 0.5}", "give either"),
        ("floods: {names: [], articles: 1}", "floods.names"),
        ("floods: {names: ['re: (a'], articles: 1}", "'re: (a' is no pattern: missing )"),
        (f"floods: {{names: ['re: {'(' * 5000}'], articles: 1}}", "repeats or nests without end"),
        ("floods: {names: ['re: a*'], articles: 1}", "'re: a*' matches an empty text"),
        ("floods: {names: [' '], articles: 1}", "matches an empty text"),
        ("floods: {names: [Olvane], share: 2}", "floods.share"),
        ("floods: {name: [Olvane], articles: 1}", "floods.name: unknown key"),
        ("floods: [Olvane]", "floods: not keys with values"),
        ("floods: {names: [Olvane", ":1:"),
        ("'': {names: [Olvane], articles: 1}", "one line of 1 to 40 characters"),
        ('"a\\nb": {names: [Olvane], articles: 1}', "one line of 1 to 40 characters"),
        (f"{'a' * 41}: {{names: [Olvane], articles: 1}}", "one line of 1 to 40 characters"),
        ("- Olvane", "seek.yaml: not valid"),
        ("", "seek.yaml: not valid"),
    ],
)
def test_what_cannot_be_sought_is_an_error_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "seek.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError) as error:
        load_search(path)
    assert words in error.value.message
    assert str(path) in error.value.message


@pytest.mark.parametrize("name", ["كتيبة الفجر", "🚀", "harbour strikes", "ö"])
def test_what_is_sought_is_called_as_people_call_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "seek.yaml"
    path.write_text(f"{name}: {{names: [{name}], articles: 1}}", encoding="utf-8")
    search = load_search(path)
    assert list(search.sought) == [name]
    assert search.mentions("sada-1", f"Pelvara: {name}, again") == {name}


def test_a_pattern_that_backtracks_for_ever_is_named_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seek, "PATIENCE", 0.2)
    with pytest.raises(
        BadInputError, match=r"'re: \(a\|aa\)\+\$' does not come to an end on the article slow"
    ) as error:
        search("re: (a|aa)+$").mentions("slow", f"{'a' * 5000}!")
    assert "nested repetition" in error.value.next


def test_a_pattern_that_calls_itself_without_end_is_no_pattern() -> None:
    with pytest.raises(ValueError, match="repeats or nests without end"):
        search("re: (?R)")


def test_what_the_page_shows_can_be_sought(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "sampling.md").read_text(encoding="utf-8")
    (shown,) = [block for block in page.split("```") if block.startswith("yaml\nfloods:")]
    path = tmp_path / "seek.yaml"
    path.write_text(shown.removeprefix("yaml\n"), encoding="utf-8")
    found = load_search(path)
    assert {name: one.of(200) for name, one in found.sought.items()} == {"floods": 20, "strikes": 20}
    assert found.mentions("a", "The DAM of Petra Lindqvar") == {"floods"}
