"""A labelling configuration that a person wrote, sorted into what it shows, what it offers and what it asks.

What a tag or a condition means is what Label Studio's editor makes of it, which is not always what was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from toolkit.findings import Finding, Rule
from toolkit.ontology.xmltree import Element

TEXTS = frozenset({"text", "hypertext", "paragraphs"})
SPAN_LABELS = frozenset({"labels", "hypertextlabels", "paragraphlabels"})
NEED_A_TARGET = frozenset({*SPAN_LABELS, "choices", "textarea"})
"""The controls that Label Studio refuses without ``toName``."""

_OFFERED = {"choices": "choice", "taxonomy": "choice", "relations": "relation"}
SILENT = frozenset({"filter", "relations", "magicwand"})
"""What is bound to a control or an object and makes no results of its own."""

VISIBLE_WHEN = frozenset({"region-selected", "no-region-selected", "choice-selected", "choice-unselected"})

_OBJECTS = TEXTS | {"audio", "audioplus", "chat", "image", "list", "pdf", "table", "timeseries", "video"}
_CONTROLS = NEED_A_TARGET | {"datetime", "number", "pairwise", "ranker", "rating", "taxonomy"}

K = TypeVar("K")
V = TypeVar("V")

Labelled = tuple[str, str]
"""A control, and a label that it offers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A label, a choice or a relation type. ``name`` stands in annotations, ``shown`` on the screen."""

    name: str
    shown: str
    element: Element

    @property
    def definition(self) -> str:
        """What the screen says about it: its hint, or what it shows in place of its name."""
        return self.element.get("hint") or (self.shown if self.shown != self.name else "")

    @property
    def nested(self) -> bool:
        """Whether it is a choice within a choice."""
        return self.element.parent is not None and self.element.parent.kind == self.element.kind

    @property
    def hotkey(self) -> str:
        """Its key, as the editor reads it."""
        return self.element.get("hotkey").replace(" ", "").lower()


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """Something that makes results; ``to`` names the objects that it is about."""

    name: str
    element: Element
    to: tuple[str, ...]
    offers: tuple[Offer, ...]

    @property
    def kind(self) -> str:
        """Its tag in lower case."""
        return self.element.kind

    @property
    def labels_spans(self) -> bool:
        """Whether it labels what it is about, not asks about it."""
        return self.kind.endswith("labels")

    @property
    def offered(self) -> str:
        """The tag of what it offers, in lower case; empty where it offers nothing."""
        return _offered(self.kind)

    @property
    def per_region(self) -> bool:
        """Whether it asks about a span, not about the whole article."""
        return self.element.says("perregion")

    @property
    def dynamic(self) -> bool:
        """Whether each task brings what it offers."""
        return self.element.get("value").startswith("$") or bool(self.element.get("apiurl"))

    @property
    def labelled(self) -> list[Labelled]:
        """Its labels, with its name."""
        return [(self.name, offer.name) for offer in self.answers]

    @property
    def answers(self) -> list[Offer]:
        """What it offers, each name once, the empty one left out."""
        return list(_firsts((offer.name, offer) for offer in self.offers if offer.name.strip()).values())

    @property
    def headline(self) -> str:
        """The header in it or last before it, where that is fixed text: what it asks."""
        siblings = self.element.parent.children if self.element.parent else [self.element]
        for element in (*self.element.children, *reversed(siblings[: siblings.index(self.element)])):
            parts = list(element.walk())
            if any("name" in part.attributes for part in parts):
                break
            if headers := [part.get("value") or part.text for part in parts if part.kind == "header"]:
                return "" if "$" in headers[-1] else headers[-1]
        return ""


class Remark(NamedTuple):
    """A rule that part of the XML falls under, and how."""

    rule: Rule
    element: Element
    message: str

    def at(self, file: str) -> Finding:
        """The remark as a finding about a file."""
        return self.rule.at(self.element.at(file), self.message)


class HandWritten:
    """A labelling configuration, by what its parts do. Of elements that share a name, the first counts."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.elements = list(_tags(root))

    @cached_property
    def named(self) -> dict[str, Element]:
        """Every element with a name."""
        return _firsts((element.get("name"), element) for element in self.elements if element.get("name"))

    @cached_property
    def objects(self) -> dict[str, Element]:
        """What is shown to be labelled, by name."""
        return {name: element for name, element in self.named.items() if element.kind in _OBJECTS}

    @cached_property
    def texts(self) -> dict[str, Element]:
        """The texts to be labelled, by name, in their order."""
        return {name: element for name, element in self.objects.items() if element.kind in TEXTS}

    @cached_property
    def text(self) -> str:
        """The text that has the most labels, the first of them; empty where there is none."""
        bound = Counter(dict.fromkeys(self.texts, 0))
        for control in self.span_labels:
            bound.update({name: 1 + len(control.offers) for name in control.to if name in self.texts})
        return bound.most_common(1)[0][0] if bound else ""

    @cached_property
    def controls(self) -> list[Control]:
        """Every control but ``Relations``, in their order."""
        found = [e for e in self.elements if "toname" in e.attributes or e.kind in _CONTROLS]
        return [Control(e.get("name"), e, self._targets(e), tuple(_offers(e))) for e in found if e.kind not in SILENT]

    @cached_property
    def span_labels(self) -> list[Control]:
        """The controls that label spans of a text."""
        return [c for c in self.controls if c.kind in SPAN_LABELS and any(name in self.texts for name in c.to)]

    @cached_property
    def questions(self) -> list[Control]:
        """The controls that ask about spans."""
        return [control for control in self.controls if control.per_region and not control.labels_spans]

    @cached_property
    def labelled(self) -> dict[Labelled, Offer]:
        """Every label of a text, with its control."""
        pairs = [(control.name, offer) for control in self.span_labels for offer in control.answers]
        return _firsts(((name, offer.name), offer) for name, offer in pairs)

    @cached_property
    def offers(self) -> list[tuple[Element, Offer]]:
        """Everything that is offered, with the control."""
        return [(element, offer) for element in self.elements for offer in _offers(element)]

    @cached_property
    def relations(self) -> dict[str, Offer]:
        """The types of relations."""
        offers = [offer for control, offer in self.offers if control.kind == "relations"]
        return _firsts((offer.name, offer) for offer in offers if offer.name.strip())

    def about(self, control: Control) -> set[Labelled]:
        """The labels that a question is asked about, by its own condition and those around it."""
        elements = (control.element, *control.element.around())
        return set(self.labelled).intersection(*map(self.asked_about, elements))

    def asked_about(self, element: Element) -> set[Labelled]:
        """The labels that a condition on this element alone lets through: all, where there is none."""
        pairs = set(self.labelled)
        heard = element.get("visiblewhen") == "region-selected"
        if (tag := element.get("whentagname")) and heard:
            pairs = {pair for pair in pairs if pair[0] == tag}
        if (values := element.get("whenlabelvalue")) and (heard or element.says("perregion")):
            wanted = alternatives(values, {name for _, name in self.labelled})
            pairs = {pair for pair in pairs if pair[1] in wanted}
        return pairs

    def _targets(self, control: Element) -> tuple[str, ...]:
        if "toname" in control.attributes:
            return tuple(control.get("toname").split(","))  # spaces count
        return tuple(self.objects) if len(self.objects) == 1 else ()  # as the editor guesses


def alternatives(values: str, known: set[str]) -> list[str]:
    """The names in a condition: it is split at its commas, unless it is a name as it stands. Spaces count."""
    return [values] if values in known else values.split(",")


def on_answers(element: Element) -> bool:
    """Whether the element, or one around it, is shown after some answers only."""
    elements = (element, *element.around())
    return any(one.get("whenchoicevalue") or one.get("visiblewhen").startswith("choice-") for one in elements)


def _tags(root: Element) -> Iterator[Element]:
    """Every element that is a tag of Label Studio; what a ``HyperText`` holds is the text itself."""
    waiting = [root]
    while waiting:
        yield (element := waiting.pop())
        if element.kind != "hypertext":
            waiting += reversed(element.children)


def _offered(kind: str) -> str:
    return "label" if kind.endswith("labels") else _OFFERED.get(kind, "")


def _offers(control: Element) -> Iterator[Offer]:
    tag = _offered(control.kind)
    for element in control.walk() if tag else ():  # most tags offer nothing, however much is in them
        if element.kind == tag:
            shown = element.get("value")
            alias = "" if tag == "relation" else element.get("alias")
            yield Offer(alias or shown, shown, element)


def _firsts(pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    firsts: dict[K, V] = {}
    for key, value in pairs:
        firsts.setdefault(key, value)
    return firsts
