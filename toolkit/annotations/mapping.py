"""What the names in somebody else's Label Studio export mean here: a small YAML file, and its use.

::

    text: body                       # the data key that holds the text (default: text, or the one that is quoted)
    article_id: doc                  # the data key that names the article
    labels: {Person: PERSON, Place: GPE}
    relations: {lives-in: located_in}
    attributes: {mention_kind: level}
    choices: {Nominal: nominal}
    controls: {notes: ignore, label: entities}

Names that are the same there and here need no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import Field

from toolkit.annotations.checks import RULES
from toolkit.annotations.collect import Collected
from toolkit.annotations.grammar import IGNORED, UNTYPED, Grammar
from toolkit.annotations.ledger import Rejected
from toolkit.annotations.reading import short
from toolkit.errors import BadInputError
from toolkit.files import load_yaml
from toolkit.findings import Place
from toolkit.ontology.labelconfig import CLAIMS, ENTITIES, TEXT
from toolkit.settings import Settings, parse_settings

_IGNORE = "ignore"


class ExportMapping(Settings):
    """The mapping file: their names to ours."""

    text: str = ""
    article_id: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    relations: dict[str, str] = Field(default_factory=dict)
    attributes: dict[str, str] = Field(default_factory=dict)
    choices: dict[str, str] = Field(default_factory=dict)
    controls: dict[str, str] = Field(default_factory=dict)


def load_mapping(path: Path, grammar: Grammar) -> ExportMapping:
    """Read a mapping file. Raises BadInputError where it is not valid, or leads to a name that is not ours."""
    mapping = parse_settings(ExportMapping, load_yaml(path) or {}, path)
    ours: dict[str, set[str]] = {
        "labels": {label for labels in grammar.labels.values() for label in labels},
        "relations": {*grammar.relations, *grammar.modalities},
        "attributes": {*grammar.attributes},
        "choices": {choice for attribute in grammar.attributes.values() for choice in attribute.choices},
        "controls": {*grammar.labels, *grammar.attributes, _IGNORE},
    }
    problems = [
        f"  {section}: {theirs}: {name} is not one of {', '.join(sorted(known))}"
        for section, known in ours.items()
        for theirs, name in getattr(mapping, section).items()
        if name not in known
    ]
    if problems:
        raise BadInputError("\n".join((f"{path}: not valid", *problems)), next=f"correct {path} and run again")
    return mapping


def translate(element: Any, mapping: ExportMapping, grammar: Grammar, *, own: bool = False) -> Any:
    """One element of a result in our names; what has none stays as it is, for the checks to find.

    Only of what was drawn on a screen of ours (``own``) do the ends of an arrow without a label tell which it is.
    """
    if not isinstance(element, dict):
        return element
    if element.get("type") == "relation":
        element = {**element, "labels": _renamed(element.get("labels"), mapping.relations)}
        if not own and grammar.items(element) == [UNTYPED] and isinstance(element["labels"], list | None):
            element["labels"] = [*(element["labels"] or ()), UNTYPED]
        return element
    theirs = element.get("from_name")
    theirs = theirs if isinstance(theirs, str) else ""
    control = mapping.controls.get(theirs) or mapping.attributes.get(theirs)
    if control == _IGNORE:
        return {**element, "from_name": IGNORED}
    value = dict(element["value"]) if isinstance(element.get("value"), dict) else element.get("value")
    if isinstance(value, dict):
        for key, names in (("labels", mapping.labels), ("choices", mapping.choices)):
            if key in value:
                value[key] = _renamed(value[key], names)
    if element.get("type") == "labels":
        control = control or _control_of(value, grammar)
    return {**element, "value": value, "from_name": control or element.get("from_name"), "to_name": TEXT}


def _renamed(names: Any, ours: dict[str, str]) -> Any:
    if not isinstance(names, list):
        return names
    return [ours.get(name, name) if isinstance(name, str) else name for name in names]


def _control_of(value: Any, grammar: Grammar) -> str:
    """Which of our controls has such labels; their name for it says nothing."""
    labels = value.get("labels") if isinstance(value, dict) else None
    names = {label for label in labels if isinstance(label, str)} if isinstance(labels, list) else set()
    if not names & grammar.labels[ENTITIES] and names & grammar.labels.get(CLAIMS, frozenset()):
        return CLAIMS
    return ENTITIES


_SECTIONS = {
    "unknown-label": "labels",
    "unknown-relation": "relations",
    "unknown-choice": "choices",
    "unknown-control": "controls",
}


def group_unmapped(collected: Collected, path: Path) -> Collected:
    """Put one finding for each unknown name, with the line to write, in the place of one for each time it was used."""
    used = Counter((row.rule, name) for row in collected.rejected if row.rule in _SECTIONS for name in _unknown(row))
    grouped = [
        replace(
            RULES[rule].at(Place(file=str(path)), f"{name!r} is not known here; it was used {count} times"),
            next=f"add to the mapping file, under {_SECTIONS[rule]}: “{name}: NAME OF OURS”",
        )
        for (rule, name), count in used.items()
    ]
    others = [finding for finding in collected.findings if finding.rule not in _SECTIONS]
    return replace(collected, findings=tuple(sorted([*others, *grouped])))


def _unknown(row: Rejected) -> Iterator[str]:
    if row.rule in ("unknown-label", "unknown-relation"):
        yield short(row.label)
    elif row.rule == "unknown-control":
        yield short(str(row.element.get("from_name")))
    else:
        choices = row.element["value"]["choices"]
        yield from (short(str(choice)) for choice in ([choices] if isinstance(choices, str) else choices))
