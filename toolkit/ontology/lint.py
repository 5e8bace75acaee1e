"""What an ontology should say, beyond not contradicting itself: the rules of ``schema check``.

Each rule is here because something breaks where it is broken; the comment at its constants says what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from toolkit.findings import Rule, Severity
from toolkit.ontology import colours
from toolkit.ontology import guidelines as prose
from toolkit.ontology.across import (
    LINKS,
    located_claim_links,
    located_keyless,
    located_link_attributes,
    located_link_hotkeys,
)
from toolkit.ontology.consistency import (
    EXAMPLE_MARKS,
    Loc,
    Problem,
    located_attributes,
    located_hotkeys,
    located_questions,
    located_relations,
    located_spans,
)
from toolkit.ontology.labelconfig import CLAIMS, EDITOR_KEYS, ENTITIES, RELATIONS, TEXT
from toolkit.ontology.model import Defined, Ontology

_Located = tuple[Defined, Loc]


def _error(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.ERROR, next)


def _warning(id: str, purpose: str, next: str) -> Rule:
    return Rule(id, purpose, Severity.WARNING, next)


# Of a file as a whole, or of what is made from it; found where files are read, not here.
STRUCTURE = _error("structure", "The file can be read and has the form of an ontology.", "correct the file")
GENERATED_STALE = _error(
    "generated-stale", "The files made from the ontology are what it compiles to.", "goldkit schema compile"
)
LABEL_CONFIG_REFUSED = _error(
    "label-config-refused",
    "Label Studio's own check accepts the label config that the ontology compiles to.",
    "correct what it names; where the ontology looks right, please report it as a bug of goldkit",
)

DEFINITION_MISSING = _error(
    "definition-missing",
    "Every label, relation, link, question and answer has a definition.",
    "write a definition: annotators see it beside the label, and readers of the dataset in its schema",
)
EXAMPLE_MISSING = _warning(
    "example-missing", "Every label, relation and link has an example.", "add an example; annotators see it"
)
EXAMPLE_CONFLICT = _warning(
    "example-conflict",
    "Marked words bear the same label in all examples of one text.",
    "label the words alike, or use another text",
)
HOTKEY_MISSING = _warning(
    "hotkey-missing",
    "Every answer about a pair of claims has a key.",
    "give it one: pairs are answered with keys alone, and Label Studio would choose one itself, not always the same",
)
HOTKEY_UNREACHABLE = _error(
    "hotkey-unreachable",
    "A key that is pressed reaches its label, and hides nothing of Label Studio's.",
    "give it another key, or none",
)
NAME_RESERVED = _error(
    "name-reserved",
    "No question has the name of another control on the screen.",
    "rename the question: Label Studio wants every name once",
)
NAME_COLUMN = _error(
    "name-column",
    "No question has the name of a column that the dataset has anyway.",
    "rename the question: its answers become a column",
)
NAME_CASE = _error(
    "name-case",
    "Names of one kind differ in more than capitals.",
    "give one of them another name: file names and SQL columns do not tell capitals from small letters",
)
NAME_VOID = _warning(
    "name-void",
    "No name is read as nothing by the tools that read datasets.",
    "choose another name, such as OTHER or unknown",
)

RULES = (
    STRUCTURE,
    DEFINITION_MISSING,
    EXAMPLE_MISSING,
    EXAMPLE_CONFLICT,
    *colours.RULES,
    HOTKEY_MISSING,
    HOTKEY_UNREACHABLE,
    NAME_RESERVED,
    NAME_COLUMN,
    NAME_CASE,
    NAME_VOID,
    *prose.RULES,
    GENERATED_STALE,
    LABEL_CONFIG_REFUSED,
)

# Browsers open and close tabs and windows with these before a page hears of them.
BROWSER_KEYS = frozenset({"ctrl+n", "ctrl+t", "ctrl+w"})

CONTROLS = frozenset({TEXT, ENTITIES, CLAIMS, RELATIONS})

# The columns beside which answers stand. DuckDB, and with it the Hub's viewer, folds case: it renames `Label` beside
# `label`, and a query for the one gets the other.
_SPAN_COLUMNS = frozenset({"id", "start", "end", "text", "origin", "score", "item", "asked", "soft_answers"})
MENTION_COLUMNS = _SPAN_COLUMNS | {"label", "labels", "soft_labels", "resolution", "support", "voters"}
CUE_COLUMNS = _SPAN_COLUMNS | {"share"}
CLAIM_COLUMNS = (
    _SPAN_COLUMNS
    | {"article_id", "context", "outlet", "claimants", "claimant_kind", "cues", "values", "share"}
    | {"resolution", "annotators", "support", "voters", "adjudicator", "ontology_version"}
)
CLAIM_LINK_COLUMNS = frozenset(
    {"story_id", "head", "tail", "type", "followed", "resolution", "support", "voters", "annotators", "adjudicator"}
)

# pandas reads these words of a CSV file as missing values.
_MISSING = frozenset({"NA", "NULL", "NaN", "None", "nan", "null"})
# BIO tags say O for "no entity", and taggers drop what they predict as O.
_OUTSIDE = "O"


def lint(ontology: Ontology, guidelines: str = "") -> Iterator[Problem]:
    """Every rule that the ontology breaks by what it says, in the order of the rules.

    Args:
        ontology: one that may contradict itself (``consistency.inconsistencies`` tells that).
        guidelines: the annotators' guidelines (Markdown), compared with it. The Loc of a problem in them is
            ``(guidelines.GUIDELINES, line, column)``.
    """
    yield from _definitions(ontology)
    yield from _missing_examples(ontology)
    yield from _marks(ontology)
    yield from _conflicts(ontology)
    yield from colours.indistinct(ontology)
    yield from _keyless(ontology)
    yield from _hotkeys(ontology)
    yield from _taken_names(ontology)
    yield from _same_but_for_case(ontology)
    yield from _void_names(ontology)
    yield from prose.disagreements(ontology, guidelines)


def _types(ontology: Ontology) -> Iterator[_Located]:
    """Labels, relations and links between claims."""
    yield from located_spans(ontology)
    yield from located_relations(ontology)
    yield from located_claim_links(ontology)


def _options(ontology: Ontology) -> Iterator[_Located]:
    for question, loc in located_questions(ontology):
        for number, option in enumerate(question.options):
            yield option, (*loc, "options", number)


def _definitions(ontology: Ontology) -> Iterator[Problem]:
    for defined, loc in chain[_Located](_types(ontology), located_questions(ontology), _options(ontology)):
        if not defined.definition.strip():
            yield Problem(DEFINITION_MISSING, (*loc, "definition"), f"{defined.name} has no definition")


def _missing_examples(ontology: Ontology) -> Iterator[Problem]:
    for defined, loc in _types(ontology):
        if not defined.examples:
            yield Problem(EXAMPLE_MISSING, (*loc, "examples"), f"{defined.name} has no example")


def _marks(ontology: Ontology) -> Iterator[Problem]:
    for span, loc in located_spans(ontology):
        for number, example in enumerate(span.examples):
            if not example.marked:
                yield Problem(EXAMPLE_MARKS, (*loc, "examples", number), f"an example of {span.name} marks no words")
    for relation, loc in located_relations(ontology):
        for number, example in enumerate(relation.examples):
            if (count := len(example.marked)) != 2:
                message = f"an example of {relation.name} marks {count}, not two: the head, then the tail"
                yield Problem(EXAMPLE_MARKS, (*loc, "examples", number), message)


def _conflicts(ontology: Ontology) -> Iterator[Problem]:
    labels: dict[tuple[str, str], str] = {}
    for span, loc in located_spans(ontology):
        for number, example in enumerate(span.examples):
            for words in example.marked:
                label = labels.setdefault((example.text, words), span.name)
                if label != span.name:
                    message = f"{words!r} is {span.name} here and {label} in another example of the same text"
                    yield Problem(EXAMPLE_CONFLICT, (*loc, "examples", number), message)
    for relation, loc in located_relations(ontology):
        for number, example in enumerate(relation.examples):
            ends = zip(("head", "tail"), (relation.head, relation.tail), example.marked, strict=False)
            for end, types, words in ends:
                known = labels.get((example.text, words))
                if known and known not in types:
                    message = f"{words!r} is a {end} of {relation.name} here and {known} in an example of the same text"
                    yield Problem(EXAMPLE_CONFLICT, (*loc, "examples", number), message)


def _keyless(ontology: Ontology) -> Iterator[Problem]:
    for name, loc in located_keyless(ontology):
        yield Problem(HOTKEY_MISSING, loc, f"{name} has no key")


def _hotkeys(ontology: Ontology) -> Iterator[Problem]:
    for name, key, loc in chain(located_hotkeys(ontology), located_link_hotkeys(ontology)):
        if key in EDITOR_KEYS:
            yield Problem(HOTKEY_UNREACHABLE, loc, f"{name} has the key {key}, which is Label Studio's own")
        elif key in BROWSER_KEYS:
            yield Problem(HOTKEY_UNREACHABLE, loc, f"{name} has the key {key}, which browsers keep for themselves")


def _taken_names(ontology: Ontology) -> Iterator[Problem]:
    for attribute, loc in chain(located_attributes(ontology), located_link_attributes(ontology)):
        if attribute.name in CONTROLS and loc[0] != LINKS:  # controls on their screen have names that no question has
            message = f"the question {attribute.name} has the name of the screen's own {attribute.name}"
            yield Problem(NAME_RESERVED, (*loc, "name"), message)
        elif attribute.name.lower() in _columns(loc):
            message = f"the answers to {attribute.name} would stand beside the column {attribute.name.lower()}"
            yield Problem(NAME_COLUMN, (*loc, "name"), message)


def _columns(loc: Loc) -> frozenset[str]:
    match loc[:2]:
        case ("claims", "content"):
            return CLAIM_COLUMNS
        case ("claims", "cue"):
            return CUE_COLUMNS
        case ("links", "claims"):
            return CLAIM_LINK_COLUMNS
        case _:
            return MENTION_COLUMNS


def _same_but_for_case(ontology: Ontology) -> Iterator[Problem]:
    kinds: Mapping[str, Iterable[_Located]] = {
        "label": located_spans(ontology),
        "relation": located_relations(ontology),
        "link": located_claim_links(ontology),
        "question": chain(located_attributes(ontology), located_link_attributes(ontology)),
    }
    for kind, parts in kinds.items():
        names: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for defined, loc in parts:
            others = names[defined.name.lower()]
            if others and defined.name not in others:
                message = f"the {kind} {defined.name} differs from {next(iter(others))} in capitals alone"
                yield Problem(NAME_CASE, (*loc, "name"), message)
            others[defined.name] = None


def _void_names(ontology: Ontology) -> Iterator[Problem]:
    for span, loc in located_spans(ontology):
        if span.name == _OUTSIDE:
            message = f"the label {_OUTSIDE} is what BIO tags call words without a label"
            yield Problem(NAME_VOID, (*loc, "name"), message)
    for defined, loc in chain(_types(ontology), _options(ontology)):
        if defined.name in _MISSING:
            yield Problem(NAME_VOID, (*loc, "name"), f"{defined.name} is read as a missing value from CSV files")
