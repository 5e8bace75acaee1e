from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.dataset.prose import SECTIONS, is_placeholder, parse_prose, read_prose, template
from toolkit.errors import BadInputError
from toolkit.findings import Severity


def rules(text: str) -> list[tuple[str, int, str]]:
    """What is found, without the sections that are simply not there."""
    found = [(one.rule, one.place.line, one.message) for one in parse_prose(text).findings()]
    return [one for one in found if not one[2].endswith("is not there")]


def test_sections_come_in_the_card_s_order_with_what_is_below_them() -> None:
    prose = parse_prose("# My card\n\n## Uses\n\nFor *this*.\n\n### Not only\n\nThat.\n\n## Motivation\nWhy.\n")
    assert dict(prose.sections) == {"Motivation": "Why.", "Uses": "For *this*.\n\n### Not only\n\nThat."}
    assert list(prose.sections) == ["Motivation", "Uses"]
    assert prose.get("Biases") == ""
    assert rules("## Uses\nFor this.") == []


def test_a_section_that_stands_twice_is_joined() -> None:
    assert parse_prose("## Uses\nOne.\n## Biases\nB.\n## Uses\nTwo.").get("Uses") == "One.\n\nTwo."


def test_only_known_sections_can_be_asked_for() -> None:
    with pytest.raises(KeyError):
        parse_prose("").get("Funding")


def test_comments_are_hints_and_leave_the_lines_where_they_were() -> None:
    text = "<!-- all\nof it -->\n\n## Uses\n\nFor this <!-- not\nthat --> only.\n\n## Biasses\nSome.\n"
    assert parse_prose(text).get("Uses") == "For this \n only."
    assert rules(text) == [("card-section-unknown", 9, "no section is called 'Biasses'; did you mean Biases?")]


def test_headings_in_code_are_none_and_underlined_ones_are() -> None:
    prose = parse_prose("Uses\n----\n\n```\n## Biases\n```\n")
    assert prose.get("Uses") == "```\n## Biases\n```"
    assert prose.get("Biases") == ""


def test_every_section_that_is_missing_or_empty_is_found() -> None:
    missing = list(parse_prose("", "card.md").findings())
    assert [one.message for one in missing] == [f"## {name} is not there" for name in SECTIONS]
    assert {(one.rule, one.severity, str(one.place)) for one in missing} == {
        ("card-section-missing", Severity.NOTE, "card.md")
    }
    assert rules("## Uses\n\n<!-- say it -->\n\n## Biases\nB.") == [("card-section-missing", 1, "## Uses is empty")]


def test_text_that_would_not_be_published_is_found() -> None:
    assert rules("\nHello.\n\n## Uses\nU.\n\n# Other\nO.\n\n## uses\nu.") == [
        ("card-section-unknown", 2, "text stands before the first heading"),
        ("card-section-unknown", 7, "no section is called 'Other'"),
        ("card-section-unknown", 10, "no section is called 'uses'; did you mean Uses?"),
    ]


@pytest.mark.parametrize(
    "text",
    ["TODO", "todo.", "TBD", "N/A", "n/a", "…", "-", "[More Information Needed]", "Ours. TODO: theirs", "Lorem ipsum"],
)
def test_a_placeholder_is_found_and_not_published(text: str) -> None:
    prose = parse_prose(f"## Uses\n\n{text}\n")
    assert "Uses" not in prose.sections
    assert rules(f"## Uses\n\n{text}\n") == [("card-section-placeholder", 1, f"## Uses holds a place: {text}")]


@pytest.mark.parametrize(
    "text", ["None.", "A método para todo.", "The NATO accord.", "No TODOs were left.", "Much is to be done."]
)
def test_what_is_said_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


def test_a_template_has_every_heading_and_publishes_nothing() -> None:
    prose = parse_prose(template())
    assert [one.heading for one in prose.found] == list(SECTIONS)
    assert prose.sections == {}
    assert {one.message for one in prose.findings()} == {f"## {name} is empty" for name in SECTIONS}
    filled = parse_prose(template().replace(" -->\n", " -->\nSaid.\n"))
    assert filled.sections == dict.fromkeys(SECTIONS, "Said.")


def test_the_demo_s_prose_is_whole(repository: Path) -> None:
    assert list(read_prose(repository / "configs" / "card.md").findings()) == []


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    assert read_prose(path).found == ()
    path.write_bytes("\ufeff## Uses\r\nFor café.\r\n".encode())
    assert read_prose(path).get("Uses") == "For café."
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="not UTF-8"):
        read_prose(path)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("## Uses\n\n```\ncode\n\n## Biases\n\nMany.\n", "configs/card.md:3: the block of code"),
        ("## Uses\n\n~~~~ python\ncode\n~~~\n", "configs/card.md:3: the block of code"),
        ("## Uses\n\nFor trials.\n\n<!-- never closed\n\n## Biases\n", "configs/card.md:5: the comment"),
        ("## Uses\n\n```\n", "configs/card.md:3: the block of code"),
    ],
)
def test_what_has_no_end_is_refused(text: str, place: str) -> None:
    with pytest.raises(BadInputError, match=re.escape(place)) as error:
        parse_prose(text)
    assert "where it ends" in error.value.next


def test_what_has_an_end_is_not() -> None:
    text = "## Uses\n\n```python\n## no heading\n```\n\n- a list\n\n  ~~~\n  code\n  ~~~\n\n## Biases\n\nMany.\n"
    assert [*parse_prose(text).sections] == ["Uses", "Biases"]


@given(
    st.lists(st.sampled_from([*SECTIONS, "Other", "a", "TODO", "<!--", "-->", "```", "# T", "---", ""]), max_size=12)
)
def test_nothing_is_lost_without_a_word(parts: list[str]) -> None:
    """Every line is published, a comment, or in a section that a finding is about."""
    text = "\n".join(f"## {part}" if part in SECTIONS else part for part in parts)
    try:
        prose = parse_prose(text)
    except BadInputError:  # something that begins has no end
        assert "```" in text or "~~~" in text or "<!--" in text
        return
    told = {one.place.line for one in prose.findings()}
    for section in prose.found:
        published = section.text and section.text in prose.sections.get(section.heading, "")
        if not published and section.text:
            same = [one.line for one in prose.found if one.heading == section.heading]
            assert told & set(same)
