"""The ontology compiled to a Label Studio labelling configuration (XML), and names read back from one.

The control names below are the contract with whoever reads or writes Label Studio results: two ``Labels`` controls,
one ``Relations``, and for every attribute one per-region ``Choices`` (or ``TextArea``) that bears the attribute's name.
"""

from __future__ import annotations

import re
import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files

from toolkit.errors import BadInputError, UsageError
from toolkit.ontology.model import Attribute, Ontology, RelationType, SpanType
from toolkit.project import LAYERS, Layer

TEXT = "text"
ENTITIES = "entities"
CLAIMS = "claims"
RELATIONS = "relations"

TASK_FIELDS = ("text", "title", "outlet", "published")
"""The keys that every task's data must have; all but ``text`` may be empty."""

WORK_FIELDS = ("assigned_to", "calibration", "needs_fixing", "labelling_rank")
"""What goldkit writes into a task's data for the annotators' views; it says nothing about the article."""

EDITOR_KEYS = frozenset({"u", "alt+h", "alt+l", "alt+m", "alt+r", "ctrl+b", "ctrl+d", "ctrl+z"})
"""Keys of Label Studio's editor (1.23) that a label could ask for; a label that took one would hide what it does."""

_INDENT = "  "
_NOTE = re.compile(r"<!--\s*Generated from ontology (\w+) (\d+\.\d+\.\d+);")

_Asked = tuple[Attribute, str, list[str]]
"""A question, and the control and the labels of the spans that it is asked about."""


def compile_label_config(ontology: Ontology, layers: Collection[Layer] = LAYERS) -> str:
    """The labelling configuration of one project's screen.

    Args:
        ontology: what can be labelled.
        layers: what the annotators of this project label. Where relations or claims are labelled without entities,
            the entity labels stay as context: the ends of a link are theirs.

    Returns:
        XML, the same for the same ontology and layers whatever the order the layers are named in.

    Raises:
        UsageError: no layer, or an unknown one.
        BadInputError: the ontology has nothing for a layer, or takes a name or a key that the screen needs.
    """
    _check(ontology, layers)
    root = ET.Element("View", className="gk")
    ET.SubElement(root, "Style").text = _style()
    if links := relation_names(ontology, layers):
        control = ET.SubElement(root, "Relations", name=RELATIONS, toName=TEXT)
        for name in links:
            ET.SubElement(control, "Relation", value=name)
    page = ET.SubElement(root, "View", className="gk-page")
    page.append(_article(ontology, layers))
    if questions := list(_questions(ontology, layers)):
        page.append(_form(questions))
    ET.indent(root, _INDENT)
    note = f"Generated from ontology {ontology.name} {ontology.version}; do not edit: change the ontology."
    return f"<!-- {note} -->\n{ET.tostring(root, encoding='unicode')}\n"


def relation_names(ontology: Ontology, layers: Collection[Layer] = LAYERS) -> tuple[str, ...]:
    """What a link can be labelled with on this screen: relation types, claim links, modalities.

    Label Studio offers all of them for every pair and shows the first seven. So those come first that somebody has to
    choose; last are the types that the ends of a link always tell (``Ontology.joining``).
    """
    types: dict[str, RelationType] = {}
    if "relations" in layers:
        types |= ontology.relation_types
    if "claims" in layers:
        types |= ontology.claim_links
    chosen = [name for name, relation in types.items() if not ontology.told_by_ends(relation)]
    modalities = ontology.modalities if "relations" in layers else ()
    return tuple(dict.fromkeys((*chosen, *modalities, *types)))


def generated_from(xml: str) -> tuple[str, str] | None:
    """Name and version of the ontology that a labelling configuration was compiled from; None where it was not."""
    note = _NOTE.search(xml)
    return (note[1], note[2]) if note else None


def names_in(xml: str) -> dict[str, set[str]]:
    """The names that each control of a labelling configuration offers; an empty set for a text field.

    Raises:
        BadInputError: it is not XML, or it declares entities (they can be made to explode).
    """
    import defusedxml.ElementTree  # only where a foreign config is read
    from defusedxml.common import DefusedXmlException

    try:
        root = defusedxml.ElementTree.fromstring(xml)
    except (ET.ParseError, DefusedXmlException) as error:
        raise BadInputError(
            f"the label config cannot be read: {error}",
            next="open the project's Settings, Labeling Interface in Label Studio, and paste configs/label_config.xml",
        ) from None
    names: dict[str, set[str]] = {}
    for control in root.iter():
        if "toName" in control.attrib or control.tag == "Relations":
            offered = names.setdefault(control.get("name", RELATIONS), set())
            offered |= {
                str(child.get("alias") or child.get("value", "")) for child in control.iter() if child is not control
            }
    return {control: offered - {""} for control, offered in names.items()}


def _check(ontology: Ontology, layers: Collection[Layer]) -> None:
    known = ", ".join(LAYERS)
    if unknown := sorted(set(layers) - set(LAYERS)):
        raise UsageError(f"no layer is called {', '.join(unknown)}", next=f"choose from {known}")
    if not layers:
        raise UsageError("a screen needs at least one layer", next=f"choose from {known}")
    missing = [layer for layer, there in (("relations", ontology.relations), ("claims", ontology.claims)) if not there]
    if lacking := [layer for layer in missing if layer in layers]:
        raise BadInputError(
            f"the ontology {ontology.name} {ontology.version} has no {' and no '.join(lacking)}",
            next=f"add {' and '.join(lacking)} to the ontology, or take the layer out of configs/project.yaml",
        )

    taken = [f"{name} has the hotkey {key}" for name, key in ontology.hotkeys if key in EDITOR_KEYS]
    named = {name for span in ontology.spans for name in ontology.attributes_of(span)}
    taken += [f"an attribute is called {name}" for name in sorted(named & {TEXT, ENTITIES, CLAIMS, RELATIONS})]
    if taken:
        raise BadInputError(
            f"the ontology {ontology.name} takes what Label Studio's screen needs: {'; '.join(taken)}",
            next="choose another hotkey or name in the ontology",
        )


def _style() -> str:
    css = files("toolkit.ontology").joinpath("screen.css").read_text(encoding="utf-8")
    return "\n" + textwrap.indent(css, _INDENT * 2) + _INDENT


def _article(ontology: Ontology, layers: Collection[Layer]) -> ET.Element:
    """The article under its headline and the labels, which stay in sight while it scrolls."""
    article = ET.Element("View", className="gk-article")
    for field in TASK_FIELDS[1:]:
        article.append(_line(f"gk-{field}", f"${field}"))
    groups = [_labels(ENTITIES, ontology.mention_types.values(), context="entities" not in layers)]
    if "claims" in layers and ontology.claims:
        groups.append(_labels(CLAIMS, (ontology.claims.content, ontology.claims.cue)))
    ET.SubElement(article, "View", className="gk-labels").extend(groups if "entities" in layers else reversed(groups))
    text = ET.SubElement(article, "View", className="gk-text")
    ET.SubElement(text, "Text", name=TEXT, value=f"${TEXT}", saveTextResult="yes")
    return article


def _labels(name: str, types: Iterable[SpanType], *, context: bool = False) -> ET.Element:
    group = ET.Element("View", className=f"gk-group gk-{name}" + (" gk-context" if context else ""))
    group.append(_line("gk-name", "context" if context else name))
    control = ET.SubElement(group, "Labels", name=name, toName=TEXT)
    for span in types:
        label = ET.SubElement(control, "Label", value=span.name, background=span.colour, hint=span.definition)
        if span.hotkey:
            label.set("hotkey", span.hotkey)
    return group


def _form(questions: Iterable[_Asked]) -> ET.Element:
    """The column beside the text where the questions about the selected span appear; it is there even when empty."""
    form = ET.Element("View", className="gk-form")
    form.append(_line("gk-idle", "Select a span to see its questions.", visibleWhen="no-region-selected"))
    form.extend(_question(*asked) for asked in questions)
    return form


def _questions(ontology: Ontology, layers: Collection[Layer]) -> Iterator[_Asked]:
    """Every attribute asked on this screen, once."""
    asked: dict[str, _Asked] = {}
    for span in ontology.spans.values():
        control = ENTITIES if span.name in ontology.mention_types else CLAIMS
        if control in layers:
            for attribute in ontology.attributes_of(span.name).values():
                asked.setdefault(attribute.name, (attribute, control, []))[2].append(span.name)
    yield from asked.values()


def _question(attribute: Attribute, control: str, labels: list[str]) -> ET.Element:
    when = {"visibleWhen": "region-selected", "whenTagName": control, "whenLabelValue": ",".join(labels)}
    view = ET.Element("View", {"className": "gk-question"} | when)
    question = attribute.question or attribute.name
    view.append(_line("gk-asks", question))
    if attribute.default is not None:
        view.append(_line("gk-default", f"else {attribute.default}"))
    # The conditions stand on the control too: Label Studio reads them there when it checks `required` and when it
    # decides whether an answer belongs to the region at all.
    shared = {"name": attribute.name, "toName": TEXT, "perRegion": "true", **when}
    if attribute.required:
        shared |= {"required": "true", "requiredMessage": f"{', '.join(labels)}: please answer “{question}”"}
    if not attribute.options:
        ET.SubElement(view, "TextArea", shared, rows="1", maxSubmissions="1", editable="true")
        return view
    choices = ET.SubElement(view, "Choices", shared, choice="single", layout="inline")
    for option in attribute.options:
        choice = ET.SubElement(choices, "Choice", value=option.name, hint=option.definition)
        if option.hotkey:
            choice.set("hotkey", option.hotkey)
    return view


def _line(name: str, text: str, **attributes: str) -> ET.Element:
    line = ET.Element("View", {"className": name} | attributes)
    ET.SubElement(line, "Header", value=text, size="5", style="margin: 0")
    return line
