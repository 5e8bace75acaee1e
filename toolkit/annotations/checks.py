"""The rules that annotations are checked against, each with a stable id.

A rule of severity *error* rejects an item, a *warning* keeps it, a *note* asks for nothing. The ids are a promise:
they stand in ``rejected.jsonl`` and ``findings.json`` and are not renamed.
"""

from __future__ import annotations

from toolkit.findings import Rule, Severity

_CORRECT = "correct it in Label Studio, then goldkit pull"
_LOOK = "look at it in Label Studio; correct it there if it is not meant, then goldkit pull"
_NAMES = "label it anew with the names of configs/ontology.yaml; for an export, say what it means in the mapping file"


def _error(id: str, purpose: str, next: str = _CORRECT) -> Rule:
    return Rule(id, purpose, Severity.ERROR, next)


def _warning(id: str, purpose: str, next: str = _LOOK) -> Rule:
    return Rule(id, purpose, Severity.WARNING, next)


def _note(id: str, purpose: str) -> Rule:
    return Rule(id, purpose, Severity.NOTE, "nothing to do")


_OFFSETS = (
    _error("offset-not-integer", "The start and the end of a region are whole numbers."),
    _error("offset-inverted", "A region starts before it ends."),
    _error("offset-empty", "A region covers at least one character."),
    _error("offset-out-of-range", "A region lies inside its article."),
    _error(
        "offset-inside-edit", "A region lies in text that the cleaning kept.", "goldkit articles show ARTICLE --diff"
    ),
    _error("text-mismatch", "A region quotes the words that stand at its offsets."),
    _warning(
        "offset-utf16", "Offsets count code points; these counted UTF-16 units and were repaired.", "nothing to do"
    ),
    _warning(
        "offset-newline",
        "A newline counts one character; these offsets counted two and were repaired.",
        "nothing to do",
    ),
    _warning("span-edge-whitespace", "A span neither starts nor ends with white space."),
)

_FORM = (
    _error("malformed-result", "A result element has what its type needs."),
    _error("unknown-result-type", "A result element is a region, an answer about a region, or a relation.", _NAMES),
    _error("unknown-control", "A result element belongs to a control of the ontology's label config.", _NAMES),
    _error("duplicate-region-id", "A region's id stands for one region."),
    _note("ignored-control", "The mapping file says to ignore this control."),
    _note("skipped-work", "What an annotator marked before passing over the task is not taken."),
)

_LABELS = (
    _error("unknown-label", "A region's labels are types of the ontology.", _NAMES),
    _error("duplicate-label", "A region has a label once."),
    _error("label-conflict", "A region of the claims is a claim or a cue, not both."),
)

_ATTRIBUTES = (
    _error("orphan-attribute", "An answer belongs to a region that is there."),
    _error("attribute-not-for-label", "An answer is to a question that the ontology asks about the region's label."),
    _error("unknown-choice", "An answer is one of the options.", _NAMES),
    _error("choice-answered-twice", "A question has one answer."),
    _error("claim-attribute-missing", "A claim has an answer to every required question."),
    _error("mention-attribute-missing", "A mention or a cue has an answer to every required question."),
    _warning("attribute-pattern", "A text answer has the form that the ontology asks for."),
)

_RELATIONS = (
    _error("dangling-relation", "A relation joins regions that are there."),
    _error("self-relation", "A relation joins two different regions."),
    _error("duplicate-relation", "A relation between two regions is given once."),
    _error("unknown-relation", "A relation's labels are relation types of the ontology.", _NAMES),
    _error("relation-without-label", "A relation has a type, or ends that only one relation can join."),
    _error("relation-end-type", "A relation joins the types that the ontology allows."),
    _error("relation-direction", "A relation that is not symmetric points one way."),
    _warning("link-modality", "A claim's link has no modality; it was left off."),
    _error(
        "rejected-dependency", "An item depends on regions that were accepted.", "correct the region it names first"
    ),
)

_CLAIMS = (
    _warning("claim-without-claimant", "A claim has a claimant, or an attribution that needs none."),
    _warning("cue-unlinked", "A cue is linked to its claim."),
)

_TASKS = (
    _error("malformed-task", "A task and its annotations have the form that Label Studio writes.", "export again"),
    _error("unknown-article", "A task is about an article of this project.", "goldkit articles list"),
    _error(
        "text-changed",
        "A task shows the frozen text of its article.",
        "goldkit push in a project of its own; delete this task",
    ),
    _error("unknown-annotator", "An annotation says who made it.", "assign it to somebody in Label Studio"),
    _error(
        "duplicate-annotation",
        "An annotator's work on an article in one project is one annotation; the latest counts.",
        "delete the older one in Label Studio, or in the file; articles of one text are one article",
    ),
)

RULES: dict[str, Rule] = {
    rule.id: rule for rule in (*_OFFSETS, *_FORM, *_LABELS, *_ATTRIBUTES, *_RELATIONS, *_CLAIMS, *_TASKS)
}
"""Every rule by its id, in the order in which they are explained."""
