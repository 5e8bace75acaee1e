"""Whether the guidelines and the ontology speak of the same names.

Guidelines are prose, so only what is written like a name is taken for one:

- a word in code marks, as in `` `holds_role` ``, but for the names of keys;
- a word in capitals in brackets after quoted words, as in ``"Ostrian" (NORP)``: these words bear that label;
- a word in capitals with an underscore, as in ``ROLE_TITLE``, wherever it stands;
- a retired label in capitals, wherever it stands.

Fenced code and HTML comments are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from toolkit.findings import Rule, Severity
from toolkit.ontology.consistency import Loc, Problem, located_names, located_questions

if TYPE_CHECKING:
    from toolkit.ontology.model import Ontology

GUIDELINES = "guidelines"
"""The first part of a Loc in the guidelines; line and column follow."""

GUIDELINES_UNKNOWN_NAME = Rule(
    "guidelines-unknown-name",
    "The guidelines speak of names that the ontology has.",
    Severity.WARNING,
    "correct the name in the guidelines, or take the code marks or capitals away",
)
GUIDELINES_CONFLICT = Rule(
    "guidelines-conflict",
    "Words bear the same label in the guidelines and in the ontology's examples.",
    Severity.WARNING,
    "give the words one label in both places",
)

RULES = (GUIDELINES_UNKNOWN_NAME, GUIDELINES_CONFLICT)

_KEYS = re.compile(
    "alt|backspace|cmd|command|control|ctrl|del|delete|down|end|enter|esc|escape|home|left|option|return|right|shift"
    "|space|tab|up",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)|<!--.*?-->", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(?<!`)`([A-Za-z][A-Za-z0-9_]+)`(?!`)")
_COMPOUND = re.compile(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")
_QUOTED = re.compile(r'["“„«]((?:[^"“”„«»\n]|\n(?!\s*\n))+)["”“»]\s{1,2}\(([A-Z][A-Z0-9_]+)\)')


def disagreements(ontology: Ontology, guidelines: str) -> Iterator[Problem]:
    """Every disagreement, in the order of the text; a name that is not there once, where it stands first.

    Args:
        ontology: what there is.
        guidelines: Markdown.
    """
    text = _LEFT_OUT.sub(lambda part: re.sub(r"[^\n]", " ", part[0]), guidelines)
    known = _names(ontology)
    spoken: dict[str, int] = {}
    for offset, name in sorted(_spoken(ontology, text)):
        spoken.setdefault(name, offset)
    for name, offset in spoken.items():
        if name not in known:
            message = f"the guidelines speak of {name}, which {_absence(ontology, name, known)}"
            yield Problem(GUIDELINES_UNKNOWN_NAME, _loc(text, offset), message)

    labels: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for span in ontology.all_spans:
        for example in span.examples:
            for words in example.marked:
                labels[words][span.name] = None
    for match in _QUOTED.finditer(text):
        words, label = " ".join(match[1].split()), match[2]
        if label in ontology.spans and words in labels and label not in labels[words]:
            message = f"{words!r} is {label} in the guidelines and {' and '.join(labels[words])} in the examples"
            yield Problem(GUIDELINES_CONFLICT, _loc(text, match.start(1)), message)


def _names(ontology: Ontology) -> set[str]:
    questions = [question for question, _ in located_questions(ontology)]
    answers = {option.name for question in questions for option in question.options} | {*ontology.claim_link_types}
    return {name for name, _ in located_names(ontology)} | {question.name for question in questions} | answers


def _spoken(ontology: Ontology, text: str) -> Iterator[tuple[int, str]]:
    """Every place where a name is spoken of."""
    for match in _CODE.finditer(text):
        if not _KEYS.fullmatch(match[1]):
            yield match.start(1), match[1]
    for match in _COMPOUND.finditer(text):
        yield match.start(1), match[1]
    for match in _QUOTED.finditer(text):
        yield match.start(2), match[2]
    for old in ontology.retired:
        if old.of is None and old.name.isupper():
            for match in re.finditer(rf"\b{old.name}\b", text):
                yield match.start(), old.name


def _absence(ontology: Ontology, name: str, known: set[str]) -> str:
    for old in ontology.retired:
        if old.name == name:
            return f"was retired in {old.since}" + (f": it is {old.replaced_by} now" if old.replaced_by else "")
    close = get_close_matches(name, sorted(known), n=1)
    return "the ontology does not have" + (f"; is it {close[0]}?" if close else "")


def _loc(text: str, offset: int) -> Loc:
    return GUIDELINES, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
