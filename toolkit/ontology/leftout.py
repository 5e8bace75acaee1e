"""What a labelling configuration can have and an ontology cannot: the rules, and what falls under them.

Whatever is named here was not carried over, or not as it was; the mapping file says how old exports are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from toolkit.findings import Rule, Severity
from toolkit.ontology.handwritten import SPAN_LABELS, Control, HandWritten, Remark, on_answers
from toolkit.ontology.xmltree import Element


def _lost(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.WARNING, next)


def _changed(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.NOTE, next)


_ELSEWHERE = "keep it in a Label Studio project of its own; the mapping file says ignore"

NOT_TEXT = _lost("import-not-text", "What is labelled is text.", _ELSEWHERE)
OTHER_TEXT = _lost(
    "import-other-text",
    "An article has one text.",
    "put the texts together in one, or make a project for each; the mapping file says ignore",
)
MARKUP = _lost(
    "import-markup",
    "Offsets count the characters of a plain text.",
    "label in <Text> from now on; what was labelled in markup is not read, and the mapping file says ignore",
)
TEXT_SOURCE = _lost(
    "import-text-source",
    "The text is one field of the task's data.",
    "name the field that holds the text in the mapping file: “text: KEY”",
)
DYNAMIC = _lost(
    "import-dynamic",
    "What can be labelled is the same in every task.",
    "write what the tasks offer into the ontology, if it is worth keeping",
)
ARTICLE_QUESTION = _lost("import-article-question", "A question is about a span, not about the article.", _ELSEWHERE)
OTHER_CONTROL = _lost("import-other-control", "A question is answered with one choice or with text.", _ELSEWHERE)
MANY_ANSWERS = _lost(
    "import-many-answers",
    "A question has one answer.",
    "ask it as several questions, or make one choice of each combination that occurs",
)
NESTED_CHOICES = _lost(
    "import-nested-choices", "The answers to a question are one list.", "write them as one list, if there are few"
)
CONDITION = _lost(
    "import-condition",
    "A label is always there, and a question is asked about one type or about all entities.",
    "look whether it makes sense always, and of every entity type; else ask about one of them",
)
LABEL_MERGED = _lost(
    "import-label-merged",
    "A label is one type, whichever control offers it.",
    "if they mean two things, rename one of them in Label Studio, with what was labelled, and import again",
)
RELATION_ENDS = _changed(
    "import-relation-ends",
    "A relation says which types it joins.",
    "narrow head and tail of each relation in the ontology, and mark the symmetric ones",
)
NAME_CHANGED = _changed(
    "import-name-changed",
    "A name has letters, digits and _ alone, and is like no other.",
    "see the mapping file; what you rename in the ontology, rename there too",
)
HOTKEY_DROPPED = _changed(
    "import-hotkey",
    "A key is a letter or a digit, alone or with shift, ctrl or alt, and free.",
    "choose another key in the ontology",
)
COLOUR_CHOSEN = _changed("import-colour", "A colour is one that CSS knows.", "see whether you like the one chosen")
SETTING_DROPPED = _changed(
    "import-setting", "The screen is goldkit's own.", "tell the annotators in the guidelines, if it mattered"
)

RULES = (
    NOT_TEXT,
    OTHER_TEXT,
    MARKUP,
    TEXT_SOURCE,
    DYNAMIC,
    ARTICLE_QUESTION,
    OTHER_CONTROL,
    MANY_ANSWERS,
    NESTED_CHOICES,
    CONDITION,
    LABEL_MERGED,
    RELATION_ENDS,
    NAME_CHANGED,
    HOTKEY_DROPPED,
    COLOUR_CHOSEN,
    SETTING_DROPPED,
)

_SETTINGS = (
    "allowEmpty",
    "category",
    "granularity",
    "html",
    "maxUsages",
    "placeholder",
    "readOnly",
    "selected",
    "skipDuplicates",
)
_SHORT = 8


def left_out(control: Control, screen: HandWritten) -> Remark | None:
    """Why results of this control cannot be taken; None where they can."""
    element, tag = control.element, control.element.tag

    def loss(rule: Rule, why: str) -> Remark:
        return Remark(rule, element, f"{control.name} ({tag}) {why}{_offered(control)}")

    if control.labels_spans and control.kind not in SPAN_LABELS:
        return loss(NOT_TEXT, "does not label text")
    if not any(name in screen.texts for name in control.to):
        return loss(NOT_TEXT, f"is about {', '.join(control.to) or 'nothing'}, which is no text")
    if screen.text not in control.to:
        return loss(OTHER_TEXT, f"is about {', '.join(control.to)}, and the article's text is {screen.text}")
    if control.labels_spans:
        markup = screen.texts[screen.text].tag
        return loss(MARKUP, f"labels {markup}, which counts in its markup") if markup.lower() != "text" else None
    if control.kind not in ("choices", "textarea"):
        return loss(OTHER_CONTROL, "is neither Choices nor TextArea")
    if not control.per_region:
        return loss(ARTICLE_QUESTION, "asks about the whole article")
    if control.kind == "textarea":
        return None
    if control.dynamic or not control.answers:
        return loss(DYNAMIC, "has no choices of its own")
    if element.get("choice") == "multiple":
        return loss(MANY_ANSWERS, "takes several choices")
    if element.says("allownested") or any(offer.nested for offer in control.offers):
        return loss(NESTED_CHOICES, "has choices within choices")
    return None


def changed(screen: HandWritten, taken: Iterable[Control]) -> Iterator[Remark]:
    """What is lost of the text, and of the controls that are taken."""
    text = screen.texts[screen.text]
    if not data_key(text):
        source = text.get("value") or text.get("valuelist")
        what = "only the address of the text" if text.get("valuetype") == "url" else "not one field of the data"
        yield Remark(TEXT_SOURCE, text, f"{text.tag} {screen.text} shows {source!r}, which is {what}")
    elements = [text]
    for control in taken:
        elements += [control.element, *(offer.element for offer in control.offers)]
        if control.labels_spans and control.dynamic:
            message = f"{control.name} ({control.element.tag}) takes its labels from {control.element.get('value')} too"
            yield Remark(DYNAMIC, control.element, message)
        if control.labels_spans and on_answers(control.element):
            message = f"{control.name} ({control.element.tag}) is shown after some answers only, and here always"
            yield Remark(CONDITION, control.element, message)
    for setting in _SETTINGS:
        if places := [element for element in elements if setting.lower() in element.attributes]:
            times = f", {len(places)} times" if len(places) > 1 else ""
            yield Remark(SETTING_DROPPED, places[0], f"{setting} of {places[0].tag} is not carried over{times}")


def data_key(text: Element) -> str:
    """The field of the task's data that holds the text; empty where it is not one field."""
    key = text.get("value").removeprefix("$")
    single = text.get("value").startswith("$") and re.fullmatch(r"[^.\[\]{}$]+", key)
    return key if single and text.get("valuetype") != "url" else ""


def _offered(control: Control) -> str:
    names = [offer.name for offer in control.offers]
    more = f" and {len(names) - _SHORT} more" if len(names) > _SHORT else ""
    return f": {', '.join(names[:_SHORT])}{more}" if names else ""
