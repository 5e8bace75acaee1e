"""A label config that offers the names of two: what is shown while annotations move from the one to the other.

Label Studio's editor keeps a label that its config lacks, and drops the answers about such a region, the labels of its
relations and all that answers a control that is not there. So at no moment may an annotation have a name that the
config lacks, nor a question leave out a label that it was asked about.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from toolkit.ontology.labelconfig import RELATIONS

_WHEN = ("visibleWhen", "whenTagName", "whenLabelValue")


def union(old: str, new: str) -> str:
    """The new label config, with the old one's names added: names, not their keys, of which there are too few.

    A question that only one of the two asks need not be answered: who saves old work has no answer to a new one. A
    control that the two have in different forms is left as the new one has it.
    """
    import defusedxml.ElementTree  # the old one may have been edited by hand

    before = dict(_controls(defusedxml.ElementTree.fromstring(old)))
    root: ET.Element = defusedxml.ElementTree.fromstring(new)
    after = dict(_controls(root))
    around = {child: parent for parent in root.iter() for child in parent}
    for name, control in after.items():
        if name not in before:
            control.attrib.pop("required", None)
        elif control.tag == before[name].tag:
            _offer(control, before[name])
            for element in (control, around[control]):
                _ask_about(element, before[name])
    if strangers := [control for name, control in before.items() if name not in after]:
        ET.SubElement(root, "View", className="gk-form").extend(map(_question, strangers))
    ET.indent(root, "  ")
    return f"<!-- Two versions in one, while annotations move. -->\n{ET.tostring(root, encoding='unicode')}\n"


def _controls(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    for element in root.iter():
        if "toName" in element.attrib or element.tag == "Relations":
            yield element.get("name", RELATIONS), element


def _offer(control: ET.Element, old: ET.Element) -> None:
    """Add what the old control offers."""
    offered = {_name(child) for child in control}
    control.extend(_without_keys(child) for child in old if _name(child) not in offered)


def _ask_about(element: ET.Element, old: ET.Element) -> None:
    """Add the labels that the old question was asked about to those of the new one, or of the view around it."""
    if "whenLabelValue" in element.attrib and "whenLabelValue" in old.attrib:
        labels = f"{element.attrib['whenLabelValue']},{old.attrib['whenLabelValue']}".split(",")
        element.set("whenLabelValue", ",".join(dict.fromkeys(labels)))


def _question(control: ET.Element) -> ET.Element:
    """An old control in a view of its own, which hides it where it is not asked: the control alone does not."""
    when = {key: control.attrib[key] for key in _WHEN if key in control.attrib}
    view = ET.Element("View", {"className": "gk-question"} | when)
    view.append(_without_keys(control))
    view[0].attrib.pop("required", None)
    return view


def _name(child: ET.Element) -> str:
    return str(child.get("alias") or child.get("value", ""))


def _without_keys(element: ET.Element) -> ET.Element:
    element = copy.deepcopy(element)
    for one in element.iter():
        one.attrib.pop("hotkey", None)
    return element
