"""Words from data stay words in Markdown."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from toolkit.dataset.documentation.markdown import code, fenced, link, plain, table

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARM = (
    "<img src=x onerror=alert(1)> | [x](javascript:1) `b` ![i](x) http://evil.example www.evil.example "
    "a@b.example &lt; \\ |"
)
words = st.text(st.sampled_from("ab <>|[]()`*_~#!&;:/\\-+=.1@$\n\t\u202e\u2028\x00") | st.characters(), max_size=40)


def text_of(html: str) -> str:
    for name, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        html = html.replace(name, character)
    return html


@given(words)
def test_plain_words_are_one_paragraph_without_markup(word: str) -> None:
    html = MARKDOWN.render("a " + plain(word))
    assert re.fullmatch(r"<p>[^<>]*</p>\n", html)


@given(words)
def test_plain_words_begin_nothing(word: str) -> None:
    html = MARKDOWN.render(plain(word))
    assert html == "" or re.fullmatch(r"<p>[^<>]*</p>\n", html)


@given(words, words)
def test_a_table_keeps_its_shape(left: str, right: str) -> None:
    html = MARKDOWN.render(table(("one", "two"), [(plain(left), code(right)), ("x", "y")]))
    assert html.count("<tr>") == 3
    assert html.count("<td>") == 4
    assert set(re.findall(r"</?(\w+)", html)) <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


def test_harm_is_shown_as_it_was_written() -> None:
    html = MARKDOWN.render(plain(HARM))
    assert text_of(html) == f"<p>{HARM}</p>\n"
    assert not re.search(r"(?i)https?:/|www\.|\w@\w", plain(HARM))  # nothing that becomes a link by itself


def test_a_text_cannot_turn_the_direction_or_leave_its_line() -> None:
    assert plain("a\u202eb\u2028c\nd\x00e") == "a b c d e"


def test_columns_of_numbers_stand_to_the_right() -> None:
    assert table(("a", "b"), [("x", 1)], numbers=(1,)) == "| a | b |\n| --- | ---: |\n| x | 1 |"
    assert table(("a",), []) == ""


def test_code_in_a_block_cannot_end_it() -> None:
    assert fenced("a\n```\nb", "python") == "````python\na\n```\nb\n````"


def test_only_addresses_on_the_web_are_links() -> None:
    assert link("https://harbour.example/a") == "<https://harbour.example/a>"
    assert link("javascript:alert(1)") == "javascript:alert(1)"
    assert MARKDOWN.render(link("https://x> <script>")).count("<") == 2  # the paragraph's own
