from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.articles.clean import clean
from toolkit.articles.rules import BUILT_IN, Rule, Rules, load_rules
from toolkit.errors import BadInputError

STORY = "The ferry ran again on Monday.\n\nThe crews cheered."


def with_line(line: str, where: str) -> str:
    first, second = STORY.split("\n\n")
    return {
        "head": f"{line}\n\n{STORY}",
        "anywhere": f"{first}\n{line}\n\n{second}",
        "tail": f"{STORY}\n\n{line}\n",
    }[where]


def shipped() -> list[Any]:
    configs = Path(__file__).parents[2] / "configs" / "cleaning.yaml"
    return [pytest.param(rule, id=rule.name) for rule in load_rules(configs).rules if rule.repeats is None]


@pytest.mark.parametrize("rule", shipped())
def test_a_shipped_rule_removes_its_examples(rule: Rule, rules: Rules) -> None:
    assert rule.matches
    for line in rule.matches:
        cleaned = clean(with_line(line, rule.where), rules)
        assert cleaned.text == STORY, line
        assert rule.name in {edit.rule for edit in cleaned.edits}


@pytest.mark.parametrize("rule", shipped())
def test_a_shipped_rule_spares_its_counterexamples(rule: Rule) -> None:
    assert rule.spares
    for line in rule.spares:
        raw = with_line(line, rule.where).rstrip("\n")
        assert clean(raw, Rules(rules=(rule,))).text == raw


@pytest.mark.parametrize("rule", shipped())
def test_no_shipped_rule_reaches_into_a_story(rule: Rule, rules: Rules) -> None:
    for line in rule.matches:
        sentence = f"{STORY}\n\nThe crews found “{line}” on the door.\n\n{STORY}"
        assert clean(sentence, rules).text == sentence
        if rule.where != "anywhere":
            inside = f"{STORY}\n\n{line}\n\n{STORY}"
            assert clean(inside, rules).text == inside


def test_every_shipped_rule_says_why_in_one_sentence(rules: Rules) -> None:
    for rule in rules.rules:
        assert rule.why.endswith("."), rule.name
        assert rule.why.count(". ") == 0, rule.name
        assert rule.name not in BUILT_IN


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"line": "(a"}, "rules.0.line: not a regular expression: missing ), unterminated subpattern"),
        ({"line": ".*"}, "matches an empty line"),
        ({"line": "(?P<text>a)"}, "a group cannot be called 'text'"),
        ({"line": "a", "repeats": "title"}, "either `line` (a pattern) or `repeats: title`"),
        ({}, "either `line` (a pattern) or `repeats: title`"),
        ({"repeats": "title", "where": "anywhere"}, "for head or tail"),
        ({"repeats": "title", "matches": ["a"]}, "takes no examples"),
        ({"line": "a+", "matches": ["ab"]}, "should match its own example 'ab'"),
        ({"line": "a+", "spares": ["aa"]}, "should spare its own example 'aa'"),
        ({"line": "a", "name": "nfc"}, "take another name"),
        ({"line": "a", "name": "Two Words"}, "rules.0.name"),
        ({"line": "a", "where": "middle"}, "rules.0.where"),
        ({"line": "a", "colour": "red"}, "rules.0.colour: unknown key"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(tmp_path: Path, rule: dict[str, Any], problem: str) -> None:
    file = tmp_path / "cleaning.yaml"
    file.write_text(yaml.safe_dump({"rules": [{"name": "mine", "why": "It is.", "where": "head"} | rule]}))
    with pytest.raises(BadInputError) as caught:
        load_rules(file)
    assert problem in caught.value.message
    assert str(file) in caught.value.message


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    rule = {"name": "mine", "why": "It is.", "where": "head", "line": "a"}
    file = tmp_path / "cleaning.yaml"
    file.write_text(yaml.safe_dump({"rules": [rule, dict(rule)]}, sort_keys=False))
    with pytest.raises(BadInputError, match="two rules are called 'mine'"):
        load_rules(file)
