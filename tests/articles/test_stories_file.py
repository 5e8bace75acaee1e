"""configs/stories.yaml: what a person writes there stays, and counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.articles.model import Article, text_digest
from toolkit.articles.stories.edit import untouched, with_proposals
from toolkit.articles.stories.entries import Stories, load_stories, parse_stories
from toolkit.articles.stories.propose import Decided, Proposal
from toolkit.errors import BadInputError

PATH = Path("configs/stories.yaml")


def article(id: str, **fields: str) -> Article:
    text = f"The text of {id}."
    return Article(article_id=id, text=text, text_sha256=text_digest(text), **fields)


KNOWN = {id: article(id) for id in ("a", "b", "c", "d", "e", "007", "null")} | {
    "titled": article("titled", title="Ferry: 41 saved # and more\nhere", outlet="Post", published="2031-05-09T10:00")
}
NEW = Stories(PATH)


def proposal(*articles: str, joins: str = "") -> Proposal:
    return Proposal(articles, joins, names=("Quill", "Dunmere"), similarity=0.4, days=1)


def test_a_first_proposal_can_be_read_and_decided() -> None:
    written = with_proposals(NEW, [proposal("a", "titled"), proposal("c", joins="ferry")], KNOWN)
    assert written.text.split("\n", 5)[5] == (
        "  - id: story-a\n"
        "    confirmed: open\n"
        "    articles:\n"
        "      - a  # The text of a.\n"
        "      - titled  # 2031-05-09 · Post · Ferry: 41 saved # and more here\n"
        '    because: "similarity 0.40; within a day; Quill, Dunmere"\n'
        "  - id: story-c\n"
        "    confirmed: open\n"
        "    joins: ferry\n"
        "    articles:\n"
        "      - c  # The text of c.\n"
        '    because: "similarity 0.40; within a day; Quill, Dunmere"\n'
    )
    assert [entry.articles for entry in written.entries] == [("a", "titled"), ("c",)]
    assert written.lines == (6, 12)
    assert written.confirmed == {}


def test_ids_that_yaml_would_take_for_something_else_are_in_quotes() -> None:
    written = with_proposals(NEW, [proposal("007", "null")], KNOWN)
    assert '- "007"' in written.text
    assert '- "null"' in written.text
    assert parse_stories(written.text, PATH).entries[0].articles == ("007", "null")


def test_nothing_new_changes_nothing() -> None:
    written = with_proposals(NEW, [proposal("a", "b")], KNOWN)
    again = with_proposals(written, [proposal("a", "b")], KNOWN)
    assert again.text == written.text
    assert with_proposals(NEW, [], KNOWN).text == ""


@pytest.mark.parametrize(("word", "stories"), [("yes", {"a": "story-a", "b": "story-a"}), ("true", None), ("no", {})])
def test_a_decision_counts_and_stays(word: str, stories: dict[str, str] | None) -> None:
    written = with_proposals(NEW, [proposal("a", "b")], KNOWN).text.replace("open", word)
    decided = parse_stories(written, PATH)
    assert decided.confirmed == ({"a": "story-a", "b": "story-a"} if stories is None else stories)
    assert with_proposals(decided, [], KNOWN).text == written
    added = with_proposals(decided, [proposal("c", "d")], KNOWN).text
    assert added.startswith(written)
    assert added.endswith(with_proposals(NEW, [proposal("c", "d")], KNOWN).text.split("stories:\n")[1])


def test_comments_and_edited_lists_stay_where_they_are() -> None:
    first = with_proposals(NEW, [proposal("a", "b"), proposal("c", "d")], KNOWN).text
    edited = first.replace("  # The text of b.\n", "\n      - e  # the divers are in it, too\n")
    now = parse_stories(edited, PATH)
    assert untouched(now, KNOWN) == {"story-c"}
    assert now.decided({}, untouched(now, KNOWN)) == Decided(stories=dict.fromkeys("abe", "story-a"))
    assert with_proposals(now, [proposal("c", "d")], KNOWN).text == edited
    assert with_proposals(now, [], KNOWN).text == edited[: edited.index("  - id: story-c")]
    assert with_proposals(now, [proposal("c")], KNOWN).text == edited.replace("      - d  # The text of d.\n", "")


def test_a_proposal_never_takes_the_id_of_a_story() -> None:
    written = parse_stories("stories:\n  - {id: story-a, confirmed: yes, articles: [b]}\n", PATH)
    assert [entry.id for entry in with_proposals(written, [proposal("a", "c")], KNOWN).entries] == [
        "story-a",
        "story-a+",
    ]


def test_the_persons_own_way_of_writing_is_kept() -> None:
    text = "# mine\nstories:\n- id: ferry\n  articles: [a, b]   # both\n  confirmed: yes\n\n# the end"
    written = with_proposals(parse_stories(text, PATH), [proposal("c", "d")], KNOWN)
    assert written.text.startswith(f"{text}\n- id: story-c\n  confirmed: open\n")
    assert written.confirmed == {"a": "ferry", "b": "ferry"}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "stories:\n", "stories: []\n", "# x\nstories:   # none\n"])
def test_proposals_go_into_any_empty_file(text: str) -> None:
    written = with_proposals(parse_stories(text, PATH), [proposal("a", "b")], KNOWN)
    assert [entry.id for entry in written.entries] == ["story-a"]
    assert all(comment in written.text for comment in ("# nothing yet", "# x", "# none") if comment in text)


@pytest.mark.parametrize(
    "text", ["stories: [{id: x, confirmed: yes, articles: [a]}]\n", "---\nstories:\n  - {id: x, articles: [a]}\n...\n"]
)
def test_a_file_that_cannot_be_added_to_is_left_alone(text: str) -> None:
    with pytest.raises(BadInputError, match="cannot be added") as error:
        with_proposals(parse_stories(text, PATH), [proposal("b", "c")], KNOWN)
    assert "  - id: …" in error.value.next


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("  - {id: x, confirmed: maybe, articles: [a]}", ["stories.0.confirmed", "'open', 'yes' or 'no'"]),
        ("  - {id: x, articles: []}", ["stories.0.articles"]),
        ("  - {id: x, articels: [a]}", ["stories.0.articels: unknown key; is it articles?"]),
        ("  - {id: x, articles: [007]}", ["stories.0.articles.0: not read as text; put it in quotes"]),
        ("  - {id: x, articles: [a]}\n  - {id: x, articles: [b]}", [":3:", "the id x stands in line 2 as well"]),
        (
            "  - {id: x, confirmed: yes, articles: [a, b]}\n\n  - {id: y, confirmed: yes, articles: [c, b]}",
            [":4: b is in y, and in line 2 in x, both confirmed"],
        ),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_place(entries: str, words: list[str]) -> None:
    with pytest.raises(BadInputError) as error:
        parse_stories(f"stories:\n{entries}\n", PATH)
    assert all(word in error.value.message for word in words), error.value.message


def test_one_story_may_be_confirmed_in_two_places() -> None:
    entries = "  - {id: x, confirmed: yes, articles: [a]}\n  - {id: y, joins: x, confirmed: yes, articles: [a, b]}"
    assert parse_stories(f"stories:\n{entries}\n", PATH).confirmed == {"a": "x", "b": "x"}


def test_what_was_refused_is_remembered() -> None:
    entries = "  - {id: x, confirmed: no, articles: [a, b]}\n  - {id: y, joins: ferry, confirmed: no, articles: [c, d]}"
    assert parse_stories(f"stories:\n{entries}\n", PATH).decided({"e": "ferry"}) == Decided(
        stories={"e": "ferry"}, apart=(frozenset({"a", "b"}),), refused=(("c", "ferry"), ("d", "ferry"))
    )


def test_findings_name_the_line() -> None:
    entries = (
        "  - {id: x, articles: [a, gone]}\n"
        "  - {id: y, joins: nowhere, confirmed: yes, articles: [b]}\n"
        "  - {id: z, confirmed: yes, articles: [e]}"
    )
    stories = parse_stories(f"stories:\n{entries}\n", PATH)
    known = {**KNOWN, "e": article("e", story_id="ferry")}
    found = [(one.rule, one.severity.value, one.place.line, one.place.article_id) for one in stories.findings(known)]
    assert found == [
        ("story-unconfirmed", "note", 2, ""),
        ("story-unknown-article", "warning", 2, "gone"),
        ("story-unknown", "warning", 3, ""),
        ("story-given-otherwise", "warning", 4, "e"),
    ]
    fine = parse_stories("stories:\n  - {id: x, joins: ferry, confirmed: yes, articles: [a]}\n", PATH)
    assert list(fine.findings(known)) == []


IDS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True)
WORDS = st.sampled_from(["open", "yes  # seen", "no", "open  # in doubt"])


@settings(deadline=None)
@given(IDS, IDS, st.lists(WORDS, min_size=5, max_size=5))
def test_whatever_is_decided_stays_and_the_rest_is_what_is_proposed(
    before: list[str], after: list[str], words: list[str]
) -> None:
    first = with_proposals(NEW, [proposal(id) for id in sorted(before)], KNOWN)
    head, *blocks = first.text.split("  - id: ")
    said = dict(zip(sorted(before), words, strict=False))
    edited = [
        block.replace("confirmed: open", f"confirmed: {word}") for block, word in zip(blocks, words, strict=False)
    ]
    now = parse_stories("  - id: ".join([head, *edited]), PATH)
    claimed = {id for id in before if said[id] != "open"}
    proposals = [proposal(id) for id in sorted(after) if id not in claimed]
    again = with_proposals(now, proposals, KNOWN)
    for block, id in zip(edited, sorted(before), strict=False):
        assert (block in again.text) == (id in claimed or id in after)
    assert {entry.id for entry in again.entries} == {f"story-{id}" for id in claimed | set(after)}
    assert with_proposals(again, proposals, KNOWN) == again


def test_no_file_is_no_stories(tmp_path: Path) -> None:
    assert load_stories(tmp_path / "stories.yaml") == Stories(tmp_path / "stories.yaml")
