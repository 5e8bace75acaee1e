"""What both screens share: their look, and how a label config is put together."""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ET
from importlib.resources import files

from toolkit.ontology.model import Ontology

SHOWN = "goldkit-links"
"""The version of the predictions that fill both screens."""

_INDENT = "  "


def page(kind: str) -> tuple[ET.Element, ET.Element]:
    """An empty screen, and the part that the screen's own elements go into; ``kind`` is a class of its CSS."""
    root = ET.Element("View", className="gk")
    css = [files("toolkit.ontology").joinpath("screen.css"), files(__package__).joinpath("links.css")]
    rules = "\n".join(file.read_text(encoding="utf-8") for file in css)
    ET.SubElement(root, "Style").text = "\n" + textwrap.indent(rules, _INDENT * 2) + _INDENT
    return root, ET.SubElement(root, "View", className=f"gk-page {kind}")


def line(name: str, text: str, **attributes: str) -> ET.Element:
    """A line of text, or of task data (``$field``), with a class."""
    view = ET.Element("View", {"className": name} | attributes)
    ET.SubElement(view, "Header", value=text, size="5", style="margin: 0")
    return view


def written(root: ET.Element, ontology: Ontology) -> str:
    """The label config as XML."""
    ET.indent(root, _INDENT)
    note = f"Generated from ontology {ontology.name} {ontology.version}; do not edit: change the ontology."
    return f"<!-- {note} -->\n{ET.tostring(root, encoding='unicode')}\n"
