"""Links between claims keep the rules that others keep, on a screen of their own."""

from __future__ import annotations

from typing import Any

import pytest

from toolkit.findings import Rule
from toolkit.ontology import consistency, lint
from toolkit.ontology import guidelines as prose
from toolkit.ontology.model import Ontology


@pytest.mark.parametrize("key", ["u", "ctrl+t"])
@pytest.mark.parametrize("field", ["hotkey", "backward_hotkey"])
def test_keys_that_never_reach_a_link(key: str, field: str, small: dict[str, Any]) -> None:
    small["links"]["claims"][2][field] = key
    found = [one for one in lint.lint(Ontology.model_validate(small)) if one.rule is lint.HOTKEY_UNREACHABLE]
    assert [one.loc for one in found] == [("links", "claims", 2, field)]


LINT_OF_LINKS: dict[str, tuple[Rule, tuple[str | int, ...], Any, tuple[str | int, ...]]] = {
    "a link without a definition": (lint.DEFINITION_MISSING, (2, "definition"), "", (2, "definition")),
    "a question without one": (
        lint.DEFINITION_MISSING,
        (1, "attributes", 0, "definition"),
        " ",
        (1, "attributes", 0, "definition"),
    ),
    "an answer without one": (
        lint.DEFINITION_MISSING,
        (1, "attributes", 0, "options", 1, "definition"),
        "",
        (1, "attributes", 0, "options", 1, "definition"),
    ),
    "two links but for capitals": (lint.NAME_CASE, (2, "name"), "Denies", (2, "name")),
    "a question like one about spans": (
        lint.NAME_CASE,
        (1, "attributes", 0, "name"),
        "Level",
        (1, "attributes", 0, "name"),
    ),
    "a link that is nothing": (lint.NAME_VOID, (3, "name"), "None", (3, "name")),
    "an answer that is nothing": (
        lint.NAME_VOID,
        (1, "attributes", 0, "options", 0, "name"),
        "NA",
        (1, "attributes", 0, "options", 0, "name"),
    ),
    "a key less": (lint.HOTKEY_MISSING, (2, "backward_hotkey"), None, (2, "backward_hotkey")),
}


@pytest.mark.parametrize("name", LINT_OF_LINKS)
def test_links_keep_the_rules_of_names_definitions_and_keys(name: str, small: dict[str, Any]) -> None:
    rule, path, value, loc = LINT_OF_LINKS[name]

    def found() -> list[tuple[str | int, ...]]:
        return [one.loc for one in lint.lint(Ontology.model_validate(small)) if one.rule is rule]

    assert ("links", "claims", *loc) not in found()
    part: Any = small["links"]["claims"]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert ("links", "claims", *loc) in found()


def test_an_example_of_a_link_marks_no_words(small: dict[str, Any]) -> None:
    def lacking() -> list[tuple[str | int, ...]]:
        return [one.loc for one in lint.lint(Ontology.model_validate(small)) if one.rule is lint.EXAMPLE_MISSING]

    assert ("links", "claims", 2, "examples") in lacking()
    small["links"]["claims"][2]["examples"] = [{"text": "It rains. / It rained."}]
    assert ("links", "claims", 2, "examples") not in lacking()
    found = lint.lint(Ontology.model_validate(small))
    assert not [one for one in found if one.rule is consistency.EXAMPLE_MARKS and one.loc[0] == "links"]


def test_guidelines_may_speak_of_links(small: dict[str, Any]) -> None:
    ontology = Ontology.model_validate(small)
    assert list(prose.disagreements(ontology, "`denies`, with `ground`: `number` or `place`")) == []
    assert [one.message.split()[4] for one in prose.disagreements(ontology, "`confirms`")] == ["confirms,"]
