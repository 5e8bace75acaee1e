"""The rules of hand-written label configs: each has a folder with a config that breaks it and one that keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.errors import BadInputError
from toolkit.findings import Finding, Rule, Severity, calls_for_action
from toolkit.ontology import leftout, plainxml
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.lint import DEFINITION_MISSING, EXAMPLE_MISSING
from toolkit.ontology.model import Ontology
from toolkit.ontology.plainxml import check_config
from toolkit.stages.imports import import_config
from toolkit.studio.labelinterface import refusal

FOLDERS = Path(__file__).parent / "plain"
RULES = {rule.id: rule for rule in plainxml.RULES}

# What Label Studio refuses when it is saved. Of the other errors it says nothing: tests/browser shows what they do.
REFUSED = {
    "xml-unreadable",
    "xml-name-missing",
    "xml-name-twice",
    "xml-toname-unknown",
    "xml-control-empty",
    "xml-value-empty",
}


def broken(rule: Rule, case: str, root: Path) -> list[Finding]:
    """What of one rule is found in a config of its folder: by the import, where it is about that."""
    config = FOLDERS / rule.id / f"{case}.xml"
    if rule in leftout.RULES:
        found: Any = import_config(config, root / "ontology.yaml", root / "mapping.yaml").findings
    else:
        found = check_config(config.read_text(encoding="utf-8"), config.name)
    return [finding for finding in found if finding.rule == rule.id]


def test_every_rule_has_a_folder_and_every_folder_a_rule() -> None:
    assert {folder.name for folder in FOLDERS.iterdir()} == RULES.keys()
    assert len(RULES) == len(plainxml.RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_finds_what_it_is_for(rule: Rule, tmp_path: Path) -> None:
    expected = yaml.safe_load((FOLDERS / rule.id / "expected.yaml").read_text(encoding="utf-8"))
    found = broken(rule, "before", tmp_path)
    assert [{"rule": one.rule, "line": one.place.line, "message": one.message} for one in found] == expected
    assert expected
    assert all(one.place.column and one.next for one in found)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_leaves_alone_what_keeps_it(rule: Rule, tmp_path: Path) -> None:
    assert not broken(rule, "after", tmp_path)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_tells_what_it_wants_and_what_to_do(rule: Rule) -> None:
    assert rule.purpose.endswith(".")
    assert rule.next
    assert not rule.next.endswith(".")


@pytest.mark.parametrize("rule", RULES)
def test_label_studio_accepts_what_keeps_the_rules(rule: str) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    LabelInterface((FOLDERS / rule / "after.xml").read_text(encoding="utf-8")).validate()


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_label_studio_refuses_what_breaks_them(rule: str) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    assert RULES[rule].severity is Severity.ERROR
    with pytest.raises(Exception, match=r".") as raised:  # the SDK's own, of several kinds
        LabelInterface((FOLDERS / rule / "before.xml").read_text(encoding="utf-8")).validate()
    assert "label_studio_sdk" in type(raised.value).__module__


def test_label_studio_refuses_a_declared_encoding() -> None:
    text = (FOLDERS / "xml-encoding" / "before.xml").read_text(encoding="utf-8")
    assert "encoding declaration" in refusal(text)
    assert RULES["xml-encoding"].severity is Severity.ERROR


def test_a_control_cannot_be_its_own_target() -> None:
    text = (FOLDERS / "xml-toname-unknown" / "after.xml").read_text(encoding="utf-8")
    found = check_config(text.replace('toName="text"', 'toName="label"'), "a.xml")
    assert [one.message for one in found if one.rule == "xml-toname-unknown"] == ["toName of label names label itself"]


def test_what_the_import_would_lose_is_nothing_wrong_with_the_xml() -> None:
    text = (FOLDERS / "import-many-answers" / "before.xml").read_text(encoding="utf-8")
    lost = [one for one in check_config(text, "a.xml") if one.rule == leftout.MANY_ANSWERS.id]
    assert [one.severity for one in lost] == [Severity.NOTE] * 2


def test_what_xml_has_no_place_for_is_told_once() -> None:
    labels = "".join(f'<Label value="TYPE_{number}"/>' for number in range(30))
    xml = f'<View><Labels name="l" toName="t">{labels}</Labels><Text name="t" value="$t"/></View>'
    found = check_config(xml, "many.xml")
    assert [(one.rule, one.severity) for one in found] == [
        (DEFINITION_MISSING.id, Severity.NOTE),
        (EXAMPLE_MISSING.id, Severity.NOTE),
    ]
    assert found[0].message == "TYPE_0 has no definition, and 29 more like it"


def test_a_hint_is_a_definition() -> None:
    xml = '<View><Labels name="l" toName="t"><Label value="A" hint="One."/></Labels><Text name="t" value="$t"/></View>'
    assert [one.rule for one in check_config(xml, "a.xml")] == [EXAMPLE_MISSING.id]


def test_the_rules_of_an_ontology_speak_of_their_names_and_lines() -> None:
    xml = """<View>
      <Labels name="l" toName="t">
        <Label value="Имя" background="#336699" hint="One."/>
        <Label value="Место" background="#336699" hint="Two."/>
        <Label value="NULL" hint="Three."/>
      </Labels>
      <Text name="t" value="$t"/>
    </View>"""
    found = {one.rule: one for one in check_config(xml, "a.xml")}
    alike = found["colours-alike"]
    assert (alike.message, alike.place.line) == ("spans of Место look like those of Имя", 4)
    assert found["name-void"].place.line == 5


def test_colours_that_label_studio_chooses_are_not_judged() -> None:
    labels = "".join(f'<Label value="TYPE_{number}" hint="One."/>' for number in range(100))
    xml = f'<View><Labels name="l" toName="t">{labels}</Labels><Text name="t" value="$t"/></View>'
    assert {one.rule for one in check_config(xml, "many.xml")} == {EXAMPLE_MISSING.id}


def test_what_goldkit_compiles_is_in_order(ontology: Ontology) -> None:
    assert not calls_for_action(check_config(compile_label_config(ontology), "label_config.xml"))


def test_markup_is_not_looked_into() -> None:
    xml = """<View><HyperText name="page" value="$page"><div name="page"><label/></div></HyperText>
    <HyperText><h1 name="page">Read first</h1></HyperText>
    <Labels name="l" toName="page"><Label value="A"/></Labels></View>"""
    rules = {one.rule for one in check_config(xml, "a.xml")}
    assert "xml-name-twice" not in rules
    assert "xml-value-empty" not in rules


@pytest.mark.parametrize("xml", ["<View/>", "<Text/>", "<View><Labels/></View>", "<a><b toName=''/></a>"])
def test_a_config_with_hardly_anything(xml: str) -> None:
    assert "xml-no-text" in {one.rule for one in check_config(xml, "a.xml")}


def test_an_unreadable_one_is_a_finding_here_and_an_error_for_the_import(tmp_path: Path) -> None:
    config = FOLDERS / "xml-unreadable" / "before.xml"
    with pytest.raises(BadInputError, match=r"before\.xml:2:"):
        import_config(config, tmp_path / "o.yaml", tmp_path / "m.yaml")
