"""The annotators' pages: everything that the ontology says of a layer, as words, and nothing of another layer."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import pytest
from markdown_it import MarkdownIt

from toolkit.ontology.model import LENIENT, Attribute, Ontology
from toolkit.ontology.pages import pages

HOSTILE = "<script>alert(1)</script> *a* _b_ `c` [d](http://e) | ![f](g) # &lt; \\ ~~h~~ x_y"


def html(page: str) -> str:
    """A page as readers see it, where HTML in Markdown is obeyed."""
    return str(MarkdownIt("commonmark").enable("table").enable("strikethrough").render(page))


def words(page: str) -> str:
    """The words of a page as it is read."""
    return " ".join(unescape(re.sub(r"</?[a-z][^>]*>", "", html(page))).split())


@pytest.fixture(scope="module")
def ours(ontology: Ontology) -> dict[str, str]:
    return pages(ontology)


def test_each_layer_has_its_page(ours: dict[str, str]) -> None:
    assert list(ours) == ["entities.md", "relations.md", "claims.md", "links.md"]


def rows(page: str) -> dict[str, str]:
    """The rows of a page's tables by the name in them, as they are read."""
    found = re.findall(r"<tr>(.*?)</tr>", html(page), re.DOTALL)
    return {
        name[1]: plain(row)
        for row in found
        if (name := re.search(r"<td><code>([A-Za-z]\w+)</code>( \(.*?\))?</td>", row))
    }


def plain(row: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:b|code)>|[¹²]", "", row))).split())


def test_every_name_has_its_key_meaning_and_examples_in_a_row(ours: dict[str, str], ontology: Ontology) -> None:
    assert ontology.claims
    assert ontology.links
    parts = {
        "entities.md": ontology.mention_types.values(),
        "relations.md": ontology.relations,
        "claims.md": (ontology.claims.content, ontology.claims.cue, *ontology.claim_links.values()),
        "links.md": ontology.links.claims,
    }
    for name, page in ours.items():
        table = rows(page)
        assert list(table) == [defined.name for defined in parts[name]]
        for defined in parts[name]:
            row, key = table[defined.name], getattr(defined, "hotkey", None)
            assert not key or row.startswith(f"{key} {defined.name} {defined.definition}")
            assert defined.definition in row
            assert all(" ".join(example.text.split()) in row for example in defined.examples)


def test_an_example_of_a_relation_says_where_it_begins(ours: dict[str, str], ontology: Ontology) -> None:
    """Two marked words side by side would else be one."""
    assert "<b>Defence Minister</b>² <b>Ilka Tornay</b>¹ landed" in html(ours["relations.md"])
    assert "Marsh <b>said</b>² <b>the bridge had cost 12 million crowns</b>¹." in html(ours["claims.md"])
    directed = [one for one in ontology.relations if not one.symmetric]
    for page, relations in (("relations.md", directed), ("claims.md", ontology.claim_links.values())):
        examples = [line.rpartition(" | ")[2] for line in ours[page].splitlines() if "→" in line]
        assert [line.count("¹") for line in examples] == [len(one.examples) for one in relations]
        assert [line.count("²") for line in examples] == [len(one.examples) for one in relations]


def test_a_head_within_which_the_tail_stands_is_shown_with_it(small: dict[str, Any]) -> None:
    small["relations"][1]["examples"] = [{"text": "Ana of Ostria fled.", "marked": ["Ana of Ostria", "Ostria"]}]
    assert "<b>Ana of Ostria</b>¹ fled. (² Ostria)" in pages(Ontology.model_validate(small))["relations.md"]


def test_where_neither_end_is_first_the_ends_are_named_once(ours: dict[str, str]) -> None:
    page = ours["relations.md"]
    assert "| `personal` | `PERSON` |" in page
    assert "| ¹`PERSON` → ²`ROLE_TITLE` |" in page
    assert "both of one type" in rows(page)["part_of"]
    assert "begin at either" in page
    assert "begin at either" not in ours["claims.md"]


def test_a_relation_that_its_ends_tell_needs_no_label(ours: dict[str, str], ontology: Ontology) -> None:
    told = {one.name for one in ontology.all_relations if ontology.told_by_ends(one)}
    assert {"holds_role", "cued_by"} <= told < {one.name for one in ontology.all_relations}
    pages_of = {**rows(ours["relations.md"]), **rows(ours["claims.md"])}
    assert {name for name, row in pages_of.items() if f"{name} (no label needed)" in row} == told


def test_every_question_stands_once_with_its_answers(ours: dict[str, str], ontology: Ontology) -> None:
    assert ontology.claims
    assert ontology.links
    assert ontology.modality
    parts: dict[str, list[Attribute]] = {
        "entities.md": [
            *ontology.mention_attributes,
            *(one for span in ontology.mention_types.values() for one in span.attributes),
        ],
        "relations.md": [ontology.modality],
        "claims.md": list(ontology.claims.content.attributes),
        "links.md": [one for link in ontology.links.claims for one in link.attributes],
    }
    for name, page in ours.items():
        _, _, asked = html(page).partition("<h2>Asked about")
        assert asked.count("<p><strong>") == len(parts[name])
        for question in parts[name]:
            assert f"<strong>{question.question}</strong> (<code>{question.name}</code>)" in asked
            for option in question.options:
                key = f" (<code>{option.hotkey}</code>)" if option.hotkey else ""
                assert f"<li><code>{option.name}</code>{key}: {escape(option.definition, quote=False)}</li>" in asked
        assert asked.count("<li>") == sum(len(question.options) for question in parts[name])


def test_a_column_in_which_nothing_would_stand_is_left_out(small: dict[str, Any]) -> None:
    for span in small["entities"]:
        span["hotkey"] = None
    small["values"][0]["hotkey"] = None
    assert "| Label | Meaning |\n" in pages(Ontology.model_validate(small))["entities.md"]


def test_marked_words_are_bold(ours: dict[str, str]) -> None:
    assert "<b>Defence Minister</b> Ilka Tornay landed before dawn." in html(ours["entities.md"])
    assert "“<b>We will never sign</b>,” the commander" in html(ours["claims.md"])


def test_a_link_with_a_direction_says_which_key_is_which(ours: dict[str, str]) -> None:
    text = words(ours["links.md"])
    assert "Key 3: the later claim supports the earlier one. Key shift+3: the opposite." in text
    assert "the later claim contradicts" not in text


def test_what_is_confused_is_a_list_of_questions(decided: Ontology) -> None:
    made = pages(decided)
    assert (
        "## What is often confused\n\n"
        "**PERSON, PLACE or EVENT?** Is it alive?\n\n"
        "- yes: `PERSON`\n- no: Does it last?\n  - yes: `PLACE`\n  - no: `EVENT`\n\n"
        "**`size`: small or large?** Is it small?\n\n- yes: `small`\n- no: `large`\n\n## Asked"
    ) in made["entities.md"]
    assert {name: trees(page) for name, page in made.items()} == {
        "entities.md": ["PERSON, PLACE or EVENT?", "`size`: small or large?"],
        "relations.md": ["knows or inside?", "`modality`: negated or doubted?"],
        "claims.md": ["CLAIM or CUE?"],
        "links.md": ["backs or apart?", "`force`: strong or weak?"],
    }


def trees(page: str) -> list[str]:
    _, _, confused = page.partition("## What is often confused")
    return re.findall(r"^\*\*(.*?)\*\*", confused.partition("\n## ")[0], re.MULTILINE)


def test_every_tree_of_ours_is_on_a_page(ours: dict[str, str], ontology: Ontology) -> None:
    shown = [heading for page in ours.values() for heading in trees(page)]
    assert len(shown) == len(ontology.decisions) > 4


def test_layers_that_are_not_there_have_no_page(small: dict[str, Any]) -> None:
    small |= {"relations": [], "claims": None, "links": None, "values": [], "mention_attributes": []}
    (page,) = pages(Ontology.model_validate(small)).values()
    assert "confused" not in page
    assert "Asked about" not in page


@pytest.mark.parametrize("text", [HOSTILE, "1. one", "- dash", "+ plus", "= rule", "12) twelve", "# head", "> quote"])
def test_markup_in_an_ontology_is_shown_and_not_obeyed(text: str, small: dict[str, Any]) -> None:
    asked = {"question": text, "definition": text, "options": [{"name": "one", "definition": text}]}
    small["entities"][0] |= {"definition": text, "examples": [{"text": text, "marked": [text[:3]]}]}
    small["mention_attributes"][0] |= {**asked, "default": "one"}
    small["links"]["claims"][0] |= {"definition": text, "examples": [{"text": text}]}
    tree = {"between": ["PERSON", "EVENT"], "ask": {"question": text, "if_yes": "PERSON", "if_no": "EVENT"}}
    small["decisions"] = [tree]
    made = pages(Ontology.model_validate(small))
    assert words(made["entities.md"]).count(text) == 6
    assert words(made["links.md"]).count(text) == 2
    for page in made.values():
        assert not re.search("<(script|em|a|img|del|hr|blockquote|ol|h1><h1)", html(page))


def test_an_example_whose_words_are_not_there_marks_nothing(small: dict[str, Any]) -> None:
    """The page of an ontology that is being written is compared with it too."""
    small["entities"][0]["examples"] = [{"text": "Ana spoke.", "marked": ["Teo"]}]
    assert "| Ana spoke. |\n" in pages(Ontology.model_validate(small, context=LENIENT))["entities.md"]


def test_twice_the_same(ontology: Ontology, ours: dict[str, str]) -> None:
    assert pages(Ontology.model_validate(ontology.model_dump())) == ours
