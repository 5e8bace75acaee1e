"""The annotators' pages: everything that the ontology says of a layer, as words, and nothing of another layer."""

from __future__ import annotations

import re
from html import unescape
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


def test_every_name_has_its_key_and_definition_on_the_page_of_its_layer(
    ours: dict[str, str], ontology: Ontology
) -> None:
    assert ontology.claims
    assert ontology.links
    parts = {
        "entities.md": ontology.mention_types.values(),
        "relations.md": ontology.relations,
        "claims.md": (ontology.claims.content, ontology.claims.cue, *ontology.claim_links.values()),
        "links.md": ontology.links.claims,
    }
    for name, page in ours.items():
        for defined in parts[name]:
            key = getattr(defined, "hotkey", None)
            heading = f"<h2><code>{defined.name}</code>" + (f", key <code>{key}</code>" if key else "") + "</h2>"
            assert heading in html(page)
            assert defined.definition in words(page)
            assert all(" ".join(example.text.split()) in words(page) for example in defined.examples)
        assert html(page).count("<h2><code>") == len(list(parts[name]))


def test_every_question_stands_once_with_its_answers(ours: dict[str, str], ontology: Ontology) -> None:
    assert ontology.claims
    assert ontology.links
    assert ontology.modality
    parts: dict[str, list[Attribute]] = {
        "entities.md": [
            *(one for span in ontology.mention_types.values() for one in span.attributes),
            *ontology.mention_attributes,
        ],
        "relations.md": [ontology.modality],
        "claims.md": list(ontology.claims.content.attributes),
        "links.md": [one for link in ontology.links.claims for one in link.attributes],
    }
    for name, page in ours.items():
        shown = html(page)
        assert shown.count("<p><strong>") == len(parts[name])
        for question in parts[name]:
            assert f"<strong>{question.question}</strong> (<code>{question.name}</code>)" in shown
            for option in question.options:
                assert f"<td><code>{option.name}</code></td>" in shown
                assert option.definition in words(page)
        assert shown.count("<tbody>") == sum(bool(question.options) for question in parts[name])


def test_marked_words_are_bold(ours: dict[str, str]) -> None:
    assert "<li><b>Defence Minister</b> Ilka Tornay landed before dawn.</li>" in html(ours["entities.md"])
    assert "“<b>We will never sign</b>,” the commander" in html(ours["claims.md"])


def test_a_link_with_a_direction_says_which_key_is_which(ours: dict[str, str]) -> None:
    text = words(ours["links.md"])
    assert "Key 3: the later claim supports the earlier one. Key shift+3: the opposite." in text
    assert "the later claim contradicts" not in text


def test_what_is_confused_is_a_list_of_questions(decided: Ontology) -> None:
    made = pages(decided)
    assert made["entities.md"].endswith(
        "## What is often confused\n\n"
        "### PERSON, PLACE or EVENT?\n\nIs it alive?\n\n"
        "- yes: `PERSON`\n- no: Does it last?\n  - yes: `PLACE`\n  - no: `EVENT`\n\n"
        "### small or large?\n\nIs it small?\n\n- yes: `small`\n- no: `large`\n"
    )
    trees = {name: re.findall("^### (.*)$", page, re.MULTILINE) for name, page in made.items()}
    assert trees == {
        "entities.md": ["PERSON, PLACE or EVENT?", "small or large?"],
        "relations.md": ["knows or inside?", "negated or doubted?"],
        "claims.md": ["CLAIM or CUE?"],
        "links.md": ["backs or apart?", "strong or weak?"],
    }


def test_every_tree_of_ours_is_on_a_page(ours: dict[str, str], ontology: Ontology) -> None:
    shown = [heading for page in ours.values() for heading in re.findall("^### ", page, re.MULTILINE)]
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
    assert words(made["links.md"]).count(text) == 2 + 1  # PERSON is a type that is linked
    for page in made.values():
        assert not re.search("<(script|em|a|img|del|hr|blockquote|ol|h1><h1)", html(page))


def test_an_example_whose_words_are_not_there_marks_nothing(small: dict[str, Any]) -> None:
    """The page of an ontology that is being written is compared with it too."""
    small["entities"][0]["examples"] = [{"text": "Ana spoke.", "marked": ["Teo"]}]
    assert "- Ana spoke.\n" in pages(Ontology.model_validate(small, context=LENIENT))["entities.md"]


def test_twice_the_same(ontology: Ontology, ours: dict[str, str]) -> None:
    assert pages(Ontology.model_validate(ontology.model_dump())) == ours
