"""What can be wrong in the XML of a labelling configuration itself.

An error is what Label Studio refuses, or what keeps people from labelling; a warning is what they did not mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from toolkit.findings import Rule, Severity
from toolkit.ontology.handwritten import (
    NEED_A_TARGET,
    SILENT,
    TEXTS,
    VISIBLE_WHEN,
    HandWritten,
    Offer,
    Remark,
    alternatives,
    on_answers,
)
from toolkit.ontology.labelconfig import EDITOR_KEYS
from toolkit.ontology.lint import BROWSER_KEYS
from toolkit.ontology.palette import is_shown
from toolkit.ontology.xmltree import Element


def _error(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.ERROR, next)


def _warning(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.WARNING, next)


UNREADABLE = _error("xml-unreadable", "The file is XML, without a document type or entities.", "correct the XML")
ENCODING = _error(
    "xml-encoding",
    "A config does not declare an encoding: Label Studio keeps it as text, and refuses one that does.",
    "delete the first line, or encoding=… in it",
)
NO_TEXT = _error("xml-no-text", "A config shows a text.", "add <Text name=… value=…/>")
NO_LABELS = _warning("xml-no-labels", "A config has labels for its text.", "add <Labels> for the text")
NAME_MISSING = _error(
    "xml-name-missing", "A text has a name and a value, a control a name and a target.", "add what it names"
)
NAME_TWICE = _error("xml-name-twice", "A name belongs to one tag.", "give one of them another name")
TARGET_UNKNOWN = _error("xml-toname-unknown", "toName names another tag of the config.", "correct toName; spaces count")
CONTROL_EMPTY = _error("xml-control-empty", "A control has something to choose.", "add Label or Choice tags to it")
LABEL_TWICE = _warning("xml-label-twice", "A control offers a name once.", "take one of them out")
VALUE_EMPTY = _error("xml-value-empty", "A label, a choice and a relation have a value.", "add value=…")
HOTKEY_TWICE = _warning("xml-hotkey-twice", "A key does one thing.", "give one of them another key, or none")
HOTKEY_TAKEN = _warning(
    "xml-hotkey-taken", "A key is not Label Studio's or the browser's own.", "give it another key, or none"
)
COLOUR_UNKNOWN = _error(
    "xml-colour", "A colour is one that the editor can show.", "write it as #rrggbb; until then the screen stays empty"
)
WHEN_UNKNOWN = _error(
    "xml-when-unknown",
    "A condition names a control and what that control offers.",
    "correct the name; a label is compared by its alias where it has one, and spaces count",
)
WHEN_IGNORED = _warning(
    "xml-when-ignored",
    "A condition says when it holds: visibleWhen.",
    'add visibleWhen="region-selected" (or choice-selected, …); without it the condition does nothing',
)
ASKED_EVERYWHERE = _warning(
    "xml-question-everywhere",
    "Where several controls label spans, a question about spans says which it means.",
    'add visibleWhen="region-selected" whenTagName=…, or whenLabelValue=…',
)
REQUIRED_UNSEEN = _error(
    "xml-required-unseen",
    "A required question is on the screen for every span that needs its answer.",
    "repeat the View's whenLabelValue on the question itself, or take required away",
)

RULES = (
    UNREADABLE,
    ENCODING,
    NO_TEXT,
    NO_LABELS,
    NAME_MISSING,
    NAME_TWICE,
    TARGET_UNKNOWN,
    CONTROL_EMPTY,
    LABEL_TWICE,
    VALUE_EMPTY,
    HOTKEY_TWICE,
    HOTKEY_TAKEN,
    COLOUR_UNKNOWN,
    WHEN_UNKNOWN,
    WHEN_IGNORED,
    ASKED_EVERYWHERE,
    REQUIRED_UNSEEN,
)


def flaws(screen: HandWritten) -> Iterator[Remark]:
    """Everything that is wrong in the XML itself, in the order of the rules."""
    for check in _CHECKS:
        yield from check(screen)


def _text(screen: HandWritten) -> Iterator[Remark]:
    if not screen.texts:
        yield Remark(NO_TEXT, screen.root, "there is no Text, HyperText or Paragraphs with a name")
    elif not any(control.answers or control.dynamic for control in screen.span_labels):
        yield Remark(NO_LABELS, screen.texts[screen.text], f"there are no labels for {screen.text}")


def _missing_names(screen: HandWritten) -> Iterator[Remark]:
    for element in screen.elements:
        if element.kind in NEED_A_TARGET or "toname" in element.attributes:
            needed = ["name", "toName"]
        elif element.kind in TEXTS:
            needed = ["name"] if "valuelist" in element.attributes else ["name", "value"]
        else:
            continue
        if element.kind not in SILENT and (missing := [one for one in needed if one.lower() not in element.attributes]):
            yield Remark(NAME_MISSING, element, f"{element.tag} has no {' and no '.join(missing)}")


def _names_twice(screen: HandWritten) -> Iterator[Remark]:
    for element in screen.elements:
        name = element.get("name")
        if name and (first := screen.named[name]) is not element:
            yield Remark(NAME_TWICE, element, f"{name} is the name of the {first.tag} in line {first.line} too")


def _targets(screen: HandWritten) -> Iterator[Remark]:
    for element in screen.elements:
        for name in element.get("toname").split(",") if element.get("toname") else ():
            if name not in screen.named:
                yield Remark(TARGET_UNKNOWN, element, f"toName names {name!r}, which is not there")
            elif name == element.get("name"):
                yield Remark(TARGET_UNKNOWN, element, f"toName of {name} names {name} itself")


def _empty_controls(screen: HandWritten) -> Iterator[Remark]:
    for control in screen.controls:
        if control.kind in NEED_A_TARGET - {"textarea"} and not control.offers and not control.dynamic:
            yield Remark(CONTROL_EMPTY, control.element, f"{control.name} ({control.element.tag}) offers nothing")


def _labels_twice(screen: HandWritten) -> Iterator[Remark]:
    seen: dict[tuple[Element | None, str], Offer] = {}
    for control, offer in screen.offers:
        within = offer.element.parent if offer.element.kind == "choice" else control
        first = seen.setdefault((within, offer.name), offer)
        if first is not offer and offer.name.strip():
            yield Remark(LABEL_TWICE, offer.element, f"{offer.name} stands in line {first.element.line} too")


def _empty_values(screen: HandWritten) -> Iterator[Remark]:
    for _, offer in screen.offers:
        if not offer.shown.strip():
            yield Remark(VALUE_EMPTY, offer.element, f"a {offer.element.tag} has no value")


def _hotkeys(screen: HandWritten) -> Iterator[Remark]:
    seen: dict[str, Offer] = {}
    for _, offer in screen.offers:
        for key in filter(None, offer.hotkey.split(",")):
            if key in EDITOR_KEYS | BROWSER_KEYS:
                whose = "Label Studio" if key in EDITOR_KEYS else "the browser"
                yield Remark(HOTKEY_TAKEN, offer.element, f"{offer.name} has the key {key}, which {whose} has")
            elif (first := seen.setdefault(key, offer)) is not offer:
                yield Remark(HOTKEY_TWICE, offer.element, f"{offer.name} has the key {key}, and so does {first.name}")


def _colours(screen: HandWritten) -> Iterator[Remark]:
    for _, offer in screen.offers:
        if (css := offer.element.get("background")) and not is_shown(css):
            yield Remark(COLOUR_UNKNOWN, offer.element, f"{offer.name} has the colour {css!r}")


def _unknown_conditions(screen: HandWritten) -> Iterator[Remark]:
    for element in screen.elements:
        tag = element.get("whentagname")
        if tag and tag not in screen.named:
            yield Remark(WHEN_UNKNOWN, element, f"whenTagName names {tag!r}, which is not there")
            continue
        for attribute, kind in (("whenLabelValue", "label"), ("whenChoiceValue", "choice")):
            controls = [c for c in screen.controls if c.offered == kind and (not tag or c.name == tag)]
            if (values := element.get(attribute.lower())) and not any(c.dynamic for c in controls):
                yield from _unknown(element, attribute, values, [offer for c in controls for offer in c.offers])


def _unknown(element: Element, attribute: str, values: str, offers: list[Offer]) -> Iterator[Remark]:
    known = {offer.name for offer in offers}
    aliases = {offer.shown: offer.name for offer in offers}
    if attribute == "whenChoiceValue":  # compares both
        known |= set(aliases)
    for value in alternatives(values, known):
        if value not in known:
            alias = f"; its alias {aliases[value]} is" if value in aliases else ""
            yield Remark(WHEN_UNKNOWN, element, f"{attribute} names {value!r}, which is not there{alias}")


def _ignored_conditions(screen: HandWritten) -> Iterator[Remark]:
    for element in screen.elements:
        shown = element.get("visiblewhen")
        if shown and shown not in VISIBLE_WHEN:
            message = f"visibleWhen is {shown!r}, and can be {', '.join(sorted(VISIBLE_WHEN))}"
            yield Remark(WHEN_IGNORED, element, message)
        elif not shown:
            alone = ["whenTagName"] if element.says("perregion") else ["whenTagName", "whenLabelValue"]
            if idle := [one for one in alone if element.get(one.lower())]:
                yield Remark(WHEN_IGNORED, element, f"{' and '.join(idle)} without visibleWhen")


def _asked_everywhere(screen: HandWritten) -> Iterator[Remark]:
    labelling = [control.name for control in screen.span_labels]
    for control in screen.questions:
        if len(labelling) > 1 and screen.about(control) == set(screen.labelled):
            message = f"{control.name} is asked about every span, whether of {' or of '.join(labelling)}"
            yield Remark(ASKED_EVERYWHERE, control.element, message)


def _unseen(screen: HandWritten) -> Iterator[Remark]:
    for control in screen.questions:
        if not control.element.says("required"):
            continue
        hidden = screen.asked_about(control.element) - screen.about(control)
        labels = ", ".join(sorted({label for _, label in hidden}))
        if on_answers(control.element):
            message = f"{control.name} is required for every span, and shown after some answers only"
            yield Remark(REQUIRED_UNSEEN, control.element, message)
        elif hidden:
            message = f"{control.name} is required for {labels} too, where the View around it hides it"
            yield Remark(REQUIRED_UNSEEN, control.element, message)


_CHECKS: tuple[Callable[[HandWritten], Iterator[Remark]], ...] = (
    _text,
    _missing_names,
    _names_twice,
    _targets,
    _empty_controls,
    _labels_twice,
    _empty_values,
    _hotkeys,
    _colours,
    _unknown_conditions,
    _ignored_conditions,
    _asked_everywhere,
    _unseen,
)
