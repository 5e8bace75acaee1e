"""The adjudicator's screen: the annotators' one, with marks on what is open and the differences in words beside it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable

from toolkit.gold.review.marks import OPEN, by, proposers
from toolkit.ontology.instructions import instructions_html
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES, compile_label_config, names_in
from toolkit.ontology.model import Ontology
from toolkit.project import Layer

DIFFERENCES = "differences"
"""The key of the task's data that holds the differences in words."""

_KEYS = ("0", "-", "=", ";")  # for the mark of each control; ontologies have no signs for keys
_OPEN_COLOUR = "#e5484d"
_BY_COLOUR = "#8d8d8d"

# The mark is what matters on this screen; who proposes what stands in the list of regions.
_STYLE = """
    .gk-page { grid-template-columns: minmax(0, 46rem) clamp(15rem, 32%, 22rem); }
    .gk-by { display: none; }
    .gk-differences { border-top: 1px solid var(--color-neutral-border); margin-top: 8px; padding-top: 8px; }
    .gk .gk-differences h4 { font-weight: 400; white-space: pre-line; unicode-bidi: plaintext; }
    .gk-differences { color: var(--color-neutral-content); }
"""


def review_config(ontology: Ontology, layers: Collection[Layer], names: Iterable[str]) -> str:
    """The label config of a review project.

    A region may have several labels here: the mark is one of them, so that one key takes it off. No answer is required,
    for what is open need not be answered; whether what is accepted is complete is checked when it is pulled.

    Args:
        ontology: what can be labelled.
        layers: what the workspace's annotators label.
        names: what annotators are called.
    """
    root = ET.fromstring(compile_label_config(ontology, layers))  # noqa: S314 - our own
    who = [by(name) for name in names]
    keys = mark_keys(ontology)
    for style in root.iter("Style"):
        style.text = (style.text or "").rstrip() + _STYLE + "  "
    for control in root.iter("Relations"):
        control.insert(0, ET.Element("Relation", value=OPEN))
        control.extend(ET.Element("Relation", value=name) for name in who)
    for control in root.iter("Labels"):
        key = keys[control.get("name") == CLAIMS]
        control.set("choice", "multiple")
        control.insert(0, ET.Element("Label", value=OPEN, hotkey=key, background=_OPEN_COLOUR, hint="still open"))
        hidden = ET.SubElement(control, "View", className="gk-by")
        hidden.extend(ET.Element("Label", value=name, background=_BY_COLOUR) for name in who)
    for control in root.iter():
        control.attrib.pop("required", None)
        control.attrib.pop("requiredMessage", None)
    _add_differences(root)
    ET.indent(root, "  ")
    note = f"Generated from ontology {ontology.name} {ontology.version} for reviews; do not edit: change the ontology."
    return f"<!-- {note} -->\n{ET.tostring(root, encoding='unicode')}\n"


def names_on(label_config: str) -> list[str]:
    """What annotators are called on a review project's screen. Raises BadInputError where it cannot be read."""
    return sorted(proposers(names_in(label_config).get(ENTITIES, ())))


def review_instructions(guidelines: str, ontology: Ontology) -> str:
    """What adjudicators read in Label Studio, as HTML: how to decide, then what annotators read."""
    mention, claim = mark_keys(ontology)
    guide = _GUIDE.format(mention=mention, claim=claim) + guidelines
    return instructions_html(guide, ontology)


def mark_keys(ontology: Ontology) -> tuple[str, str]:
    """The keys that put the mark on and take it off: of mentions, and of claims and cues."""
    taken = {key for _, key in ontology.hotkeys}
    first, second, *_ = (key for key in _KEYS if key not in taken)
    return first, second


_GUIDE = """\
## Deciding what is open

What annotators do not agree on is red, and bears the mark `?`; the list beside the text says in words what each of them
says. Everything else is settled. You can change, add and delete anything all the same.

- **Accept**: select it, give the answers that are missing, and take its mark off: press `{mention}`, for a
  claim or a cue `{claim}`. Of several forms of one
  span accept one; the others go by themselves.
- **Reject**: select it and press Backspace.
- **Relations**: open *Relations*, press the labels' button of the relation, and untick `?` to accept what is left
  there; delete the relation to reject it.
- **Not sure?** Leave the mark. What keeps it stays open, and comes again in the next round.

Submit when you are through. What breaks a rule is not lost: it stays open, and you will be told.

## What annotators read

"""


def _add_differences(root: ET.Element) -> None:
    """Put the differences under the questions, in the column that stays in sight."""
    views = {view.get("className"): view for view in root.iter("View")}
    form = views.get("gk-form")
    if form is None:  # an ontology without questions
        form = ET.SubElement(views["gk-page"], "View", className="gk-form")
    panel = ET.SubElement(form, "View", className="gk-differences")
    ET.SubElement(panel, "Header", value=f"${DIFFERENCES}", size="5", style="margin: 0")
