"""configs/sample.yaml: what a person writes there stays, and what is chosen is added behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.sampling.file import HEAD, Sample, load_sample, parse_sample, with_chosen
from toolkit.errors import BadInputError

PATH = Path("configs/sample.yaml")
NEW = Sample(PATH)


def test_no_file_is_no_sample(tmp_path: Path) -> None:
    assert load_sample(tmp_path / "sample.yaml") is None


def test_a_first_sample_says_why_and_can_be_read() -> None:
    written = with_chosen(NEW, "goldkit articles sample 2", [("a", "Post · by share"), ("007", "Post\n\u202e# x")])
    assert written.text == (
        f"{HEAD}chosen:\n"
        "  # goldkit articles sample 2\n"
        "  - a  # Post · by share\n"
        '  - "007"  # Post # x\n'
    )  # fmt: skip
    assert written.chosen == ("a", "007")
    assert written.lines() == {"a": 7, "007": 8}
    assert written.among(["007", "b"]) == {"007"}


def test_nothing_to_add_changes_nothing() -> None:
    assert with_chosen(NEW, "goldkit articles sample 2", []).text == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "# ours\nchosen:\n- a   # the first\n- b # editor's wish\n\n# what we refused\nnever: [c]\n",
            "# ours\nchosen:\n- a   # the first\n- b # editor's wish\n# why\n- d  # so\n"
            "\n# what we refused\nnever: [c]\n",
        ),
        ("never:\n  - c\nchosen:\n    - a", "never:\n  - c\nchosen:\n    - a\n    # why\n    - d  # so\n"),
        ("chosen: []  # none\nnever: [c]", "chosen:  # none\n  # why\n  - d  # so\nnever: [c]"),
        ("chosen: ~\nnever: ~\n", "chosen:\n  # why\n  - d  # so\nnever: ~\n"),
        ("chosen:\nnever: [c]\n", "chosen:\n  # why\n  - d  # so\nnever: [c]\n"),
        ("never: [c]", "never: [c]\nchosen:\n  # why\n  - d  # so\n"),
        ("# none yet\n", "# none yet\nchosen:\n  # why\n  - d  # so\n"),
    ],
)
def test_the_persons_own_way_of_writing_is_kept(before: str, after: str) -> None:
    sample = parse_sample(before, PATH)
    now = with_chosen(sample, "why", [("d", "so")])
    assert now.text == after
    assert (now.chosen, now.never) == ((*sample.chosen, "d"), sample.never)


@pytest.mark.parametrize("text", ["chosen: [a, b]\n", "{chosen: [a]}", "never: [c]\n..."])
def test_a_file_that_cannot_be_added_to_is_left_alone(text: str) -> None:
    sample = parse_sample(text, PATH)
    with pytest.raises(BadInputError, match="cannot be added") as error:
        with_chosen(sample, "why", [("d", "so")])
    assert "  - id" in error.value.next


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chosen: [a\n", ":2:1:"),
        ("chosen: [007]\n", "chosen.0: not read as text; put it in quotes"),
        ("chosen: a\n", "chosen: not a list"),
        ("choosen: [a]\n", "choosen: unknown key; is it chosen?"),
        ("chosen:\n  - a\n  - b\n  - a\n", ":4: a stands in line 2 as well"),
        ("chosen:\n  - a\nnever:\n  - a\n", ":4: a stands in line 2 as well"),
        ("- a\n", "not valid"),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadInputError) as error:
        parse_sample(text, PATH)
    assert words in error.value.message


IDS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z")


@given(st.lists(IDS, min_size=2, max_size=8, unique=True), st.integers(1, 7))
def test_whatever_ids_are_called_they_are_read_back(ids: list[str], first: int) -> None:
    once = with_chosen(NEW, "goldkit articles sample", [(id, "") for id in ids[:first]])
    twice = with_chosen(once, "goldkit articles sample", [(id, "why") for id in ids[first:]])
    assert twice.text.startswith(once.text)
    assert parse_sample(twice.text, PATH).chosen == tuple(ids)


def test_what_the_page_shows_is_such_a_file(repository: Path) -> None:
    page = (repository / "docs" / "sampling.md").read_text(encoding="utf-8")
    (shown,) = [block for block in page.split("```") if block.startswith("yaml\nchosen:")]
    sample = parse_sample(shown.removeprefix("yaml\n"), PATH)
    assert sample.chosen == ("dam-04-courier", "harbour-02-courier", "memorandum-01-meridian")
    assert sample.never == ("dam-01-meridian",)
    assert with_chosen(sample, "goldkit articles sample 300", [("d", "so")]).chosen == (*sample.chosen, "d")
