"""What can be wrong with an answer across articles."""

from __future__ import annotations

from typing import NamedTuple

from toolkit.findings import Rule, Severity

_AGAIN = "open the task, put it right and press Update"

TASK_CHANGED = Rule(
    "link-task-changed",
    "A task across articles holds what goldkit put into it.",
    Severity.ERROR,
    "delete the task and push it again: its answers cannot be read any more",
)
RESULT_FORM = Rule(
    "link-result-form",
    "An answer across articles has the form that Label Studio gives it on goldkit's screen.",
    Severity.ERROR,
    _AGAIN,
)
REGION_DRAWN = Rule(
    "link-region-drawn",
    "On the sheet of a story nobody draws regions: what is no mention there is labelled in its article.",
    Severity.WARNING,
    "delete the region; a mention that is missing is added in its article",
)
HEADING_DELETED = Rule(
    "link-heading-deleted",
    "The headings of a sheet stay: a mention that belongs to none is labelled ?.",
    Severity.WARNING,
    "nothing, where the entity's mentions do belong together; else label them one by one",
)
LABEL_UNCLEAR = Rule(
    "link-label-unclear",
    "A mention or a heading is given to one entity of its story's register.",
    Severity.ERROR,
    _AGAIN,
)
MERGED_IN_A_CIRCLE = Rule(
    "link-merged-in-a-circle",
    "Of two entities that are one, one heading is labelled as the other.",
    Severity.WARNING,
    "nothing, where they are one; else give each heading its own label again",
)
ANSWERS_DIFFER = Rule(
    "link-answers-differ",
    "An entity has one name and one Wikidata id.",
    Severity.WARNING,
    "answer on the heading alone",
)
NO_WIKIDATA_ID = Rule(
    "link-no-wikidata-id",
    "A Wikidata id is Q and digits, or NIL.",
    Severity.WARNING,
    "give the item's id, such as Q42, or NIL where there is none",
)
NO_LINK = Rule(
    "link-missing",
    "Each pair of claims has one answer, with all that is asked about it.",
    Severity.ERROR,
    _AGAIN,
)


class Problem(NamedTuple):
    """A rule that an answer breaks, in words; ``region`` is the region's id, where it is about one."""

    rule: Rule
    message: str
    region: str = ""
