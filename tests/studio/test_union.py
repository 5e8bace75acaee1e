from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import yaml

from toolkit.ontology.labelconfig import compile_label_config, names_in
from toolkit.ontology.model import Ontology
from toolkit.studio.union import union

from .migrations import changed


def configs(repository: Path) -> tuple[str, str]:
    """The shipped ontology's label config, and that of its next version."""
    old = yaml.safe_load((repository / "configs" / "ontology.yaml").read_text(encoding="utf-8"))
    new = changed(yaml.safe_load((repository / "configs" / "ontology.yaml").read_text(encoding="utf-8")))
    first, second = (compile_label_config(Ontology.model_validate(one)) for one in (old, new))
    return first, second


def controls(config: str) -> dict[str, ET.Element]:
    return {one.get("name", ""): one for one in ET.fromstring(config).iter() if "toName" in one.attrib}


def test_it_offers_the_names_of_both(repository: Path) -> None:
    old, new = configs(repository)
    both, before, after = names_in(union(old, new)), names_in(old), names_in(new)
    assert both == {name: before.get(name, set()) | after.get(name, set()) for name in before.keys() | after.keys()}


def test_it_is_the_same_done_twice_and_with_itself(repository: Path) -> None:
    old, new = configs(repository)
    once = union(old, new)
    assert names_in(union(once, new)) == names_in(once)
    assert controls(union(new, new)).keys() == controls(new).keys()


def test_a_question_is_asked_about_the_labels_of_both(repository: Path) -> None:
    """Where it were not, the editor would drop the answers when it saves."""
    old, new = configs(repository)
    level = controls(union(old, new))["level"]
    assert {"ARMED_GROUP", "MILITIA", "NORP", "PLACE", "FACILITY"} <= set(level.attrib["whenLabelValue"].split(","))
    views = {child: parent for parent in ET.fromstring(union(old, new)).iter() for child in parent}
    for child, parent in views.items():
        if child.get("perRegion"):
            assert parent.get("whenLabelValue") == child.get("whenLabelValue"), child.get("name")


def test_no_key_twice_and_no_new_question_must_be_answered(repository: Path) -> None:
    old, new = configs(repository)
    both = controls(union(old, new))
    keys = [one.get("hotkey") for control in both.values() for one in control if one.get("hotkey")]
    assert len(keys) == len(set(keys)) > 20
    required = {name for name, control in both.items() if control.get("required")}
    assert required == {"attribution", "kind", "check_worthy"}  # of both; certainty, now confidence, of one


def test_a_control_in_another_form_is_the_new_one() -> None:
    old = '<View><TextArea name="unit" toName="text"/></View>'
    new = '<View><Choices name="unit" toName="text"><Choice value="km"/></Choices></View>'
    assert names_in(union(old, new)) == {"unit": {"km"}}
