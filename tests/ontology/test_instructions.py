from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.ontology.instructions import instructions_html
from toolkit.ontology.model import Ontology


@pytest.fixture(scope="module")
def html(repository: Path, ontology: Ontology) -> str:
    return instructions_html((repository / "configs" / "guidelines.md").read_text(encoding="utf-8"), ontology)


def test_everything_that_can_be_labelled_is_explained(html: str, ontology: Ontology) -> None:
    for span in ontology.spans.values():
        assert f"<td><code>{span.name}</code></td><td><code>{span.hotkey}</code></td>" in html
    for relation in ontology.all_relations:
        assert f"<td><code>{relation.name}</code>" in html
    for span_type in ontology.spans:
        for attribute in ontology.attributes_of(span_type).values():
            assert attribute.question in html
            assert all(f"<td><code>{option}</code></td>" in html for option in attribute.choices)


def test_the_guidelines_speak_of_nothing_else(repository: Path, ontology: Ontology) -> None:
    """Every word in capitals with an underscore, and every word in code marks, is a name of the ontology or a key."""
    import re

    text = (repository / "configs" / "guidelines.md").read_text(encoding="utf-8")
    relations = {relation.name for relation in ontology.all_relations}
    spoken = set(re.findall(r"`([^`]+)`", text)) - {"u"}
    assert spoken <= relations | set(ontology.modalities), spoken
    assert set(re.findall(r"\b[A-Z]+_[A-Z]+\b", text)) <= set(ontology.spans)


def test_examples_show_their_words_in_bold(html: str) -> None:
    assert "<b>Defence Minister</b>² <b>Ilka Tornay</b>¹ landed before dawn." in html
    assert "Ana Quill</b> and her brother <b>Teo Quill</b>" in html


def test_guidelines_become_html(ontology: Ontology) -> None:
    html = instructions_html("# One\n\n| a | b |\n| --- | --- |\n| c | d |\n", ontology)
    assert html.startswith('<div class="gk-guide">\n<h1>One</h1>\n<table>')
    assert html.endswith("</div>\n")


def test_html_in_the_sources_is_shown_and_not_obeyed(small: dict[str, Any]) -> None:
    small["entities"][0] |= {
        "definition": "<img src=x>",
        "examples": [{"text": "<b>Ana</b> & Teo", "marked": ["Ana", "Ana</b> & Teo"]}],
    }
    html = instructions_html("<script>alert(1)</script>", Ontology.model_validate(small))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;b&gt;<b>Ana</b>&lt;/b&gt; &amp; Teo" in html


def test_an_ontology_of_entities_alone(small: dict[str, Any]) -> None:
    small |= {"relations": [], "claims": None, "links": None, "modality": None}
    html = instructions_html("", Ontology.model_validate(small))
    assert "All relations" not in html


def test_the_screen_for_articles_says_nothing_of_links_across_them(html: str, ontology: Ontology) -> None:
    links = set(ontology.claim_link_types) - set(ontology.relation_types)
    assert links >= {"equivalent", "contradicts", "updates", "unrelated"}
    for name in links:
        assert f"<code>{name}</code>" not in html
        assert ontology.claim_link_types[name].definition not in html
    assert ontology.claim_link_types["contradicts"].attributes[0].question not in html


def test_what_is_confused_stands_below_the_tables(html: str, ontology: Ontology) -> None:
    tables, _, trees = html.partition("<h2>What is often confused</h2>\n")
    assert "<h2>All questions</h2>" in tables
    assert trees.count("</p><ul>") == sum(tree.of != "links" for tree in ontology.decisions) > 3
    assert (
        "<p><strong>PERSON or ROLE_TITLE?</strong> Is somebody meant by these words, and not the office as such?</p>"
        "<ul><li>yes: Does the name of that person stand beside them, as in “President Ana Quill”?"
        "<ul><li>yes: <code>ROLE_TITLE</code></li><li>no: <code>PERSON</code></li></ul></li>"
        "<li>no: <code>ROLE_TITLE</code></li></ul>\n"
    ) in trees


def test_a_question_of_a_tree_is_shown_and_not_obeyed(small: dict[str, Any]) -> None:
    ask = {"question": "<img src=x>", "if_yes": "PERSON", "if_no": "EVENT"}
    small["decisions"] = [
        {"between": ["PERSON", "EVENT"], "ask": {"question": "<b>", "if_yes": "PERSON", "if_no": ask}},
        {"between": ["repeats", "denies"], "of": "links", "ask": ask | {"if_yes": "denies", "if_no": "repeats"}},
    ]
    html = instructions_html("", Ontology.model_validate(small))
    assert "&lt;b&gt;</p><ul><li>yes: <code>PERSON</code></li><li>no: &lt;img src=x&gt;<ul>" in html
    assert "denies" not in html


def test_without_trees_there_is_no_heading_for_them(small: dict[str, Any]) -> None:
    assert "confused" not in instructions_html("", Ontology.model_validate(small))
