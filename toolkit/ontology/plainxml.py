"""The check of a labelling configuration that has no ontology beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology import leftout, xmlrules
from toolkit.ontology.colours import COLOURS_ALIKE_COLOUR_BLIND
from toolkit.ontology.colours import RULES as COLOUR_RULES
from toolkit.ontology.consistency import Loc
from toolkit.ontology.handwritten import HandWritten
from toolkit.ontology.imported import Carried, carry_over
from toolkit.ontology.lint import DEFINITION_MISSING, EXAMPLE_MISSING, lint
from toolkit.ontology.xmltree import Element, NotXMLError, parse

_DECLARED = re.compile(r"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)""")

RULES: tuple[Rule, ...] = (*xmlrules.RULES, *leftout.RULES)

_HARDLY_A_PLACE = (DEFINITION_MISSING, EXAMPLE_MISSING)
"""What XML has hardly a place for: asks for nothing."""

_ONCE = (*_HARDLY_A_PLACE, COLOURS_ALIKE_COLOUR_BLIND)
"""What nearly every label breaks where people do not know of it: told once, with the number."""


def check_config(text: str, file: str) -> list[Finding]:
    """Check a labelling configuration that somebody wrote by hand.

    Args:
        text: the XML.
        file: its name, for the places.

    Returns:
        First what is wrong with the XML. Then what ``schema import`` would lose: notes, for nothing is wrong with it
        as XML. Then what the rules of an ontology find in it.
    """
    try:
        screen = HandWritten(parse(text, file))
    except NotXMLError as error:
        return [xmlrules.UNREADABLE.at(error.place, error.why)]
    findings = [remark.at(file) for remark in xmlrules.flaws(screen)]
    if declared := _DECLARED.match(text):
        findings.insert(0, xmlrules.ENCODING.at(Place(file, 1, 1), f"the encoding {declared[1]} is declared"))
    if screen.labelled:
        carried = carry_over(screen, "plain", file)
        losses = [loss for loss in carried.losses if loss.rule.severity is Severity.WARNING]
        findings += [replace(loss.at(file), severity=Severity.NOTE) for loss in losses]
        findings += _of_an_ontology(carried, file)
    return findings


def _of_an_ontology(carried: Carried, file: str) -> Iterator[Finding]:
    once: dict[Rule, list[Finding]] = {}
    for problem in lint(carried.ontology):
        element = _element(problem.loc, carried.places)
        if problem.rule in COLOUR_RULES and not element.get("background"):
            continue  # Label Studio chooses another
        finding = problem.rule.at(element.at(file), carried.names.in_theirs(problem.message))
        if problem.rule in _ONCE:
            once.setdefault(problem.rule, []).append(finding)
        else:
            yield finding
    for rule, alike in once.items():
        more = f", and {len(alike) - 1} more like it" if len(alike) > 1 else ""
        severity = Severity.NOTE if rule in _HARDLY_A_PLACE else rule.severity
        yield replace(alike[0], message=alike[0].message + more, severity=severity)


def _element(loc: Loc, places: dict[Loc, Element]) -> Element:
    """The part of the XML that a place in the ontology comes from."""
    return next(places[loc[:length]] for length in range(len(loc), 0, -1) if loc[:length] in places)
