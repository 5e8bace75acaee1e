"""The rules of reviews. What an adjudicator makes is checked like anybody's work too: see ``annotations.checks``."""

from __future__ import annotations

from toolkit.findings import Rule, Severity

_CORRECT = "correct it in the review project, then goldkit review pull"

STILL_OPEN = Rule(
    "review-still-open",
    "What is changed or added in a review is decided too.",
    Severity.WARNING,
    "take its mark ? off in the review project, or delete it there; then goldkit review pull",
)
END_OPEN = Rule("review-end-open", "What a review accepts ends in spans that it accepts.", Severity.ERROR, _CORRECT)
LINK_OPEN = Rule(
    "review-link-open", "A claim that a review accepts has no link that is still open.", Severity.ERROR, _CORRECT
)
UNREADABLE = Rule(
    "review-unreadable",
    "A task of the review project holds what it was pushed with.",
    Severity.ERROR,
    "goldkit review push, and delete this task in Label Studio",
)
FROM_SCRATCH = Rule(
    "review-from-scratch",
    "A review starts from what its task shows; one of which nothing is there does not count.",
    Severity.ERROR,
    "delete this annotation in Label Studio, and review the task as Label All Tasks opens it",
)
TWICE = Rule(
    "reviewed-twice",
    "An article is reviewed by one person in a round; the latest review counts.",
    Severity.WARNING,
    "delete the other annotations of this task in Label Studio, then goldkit review pull",
)
ROUND_CHANGED = Rule(
    "review-round-changed",
    "A review does not change when its next round is pushed; the change does not count.",
    Severity.WARNING,
    "make the change in the task of the latest round, then goldkit review pull",
)
OUTDATED = Rule(
    "review-outdated",
    "An article that waits for its review is shown as it stands now.",
    Severity.WARNING,
    "delete this task in Label Studio's Data Manager, then goldkit review push",
)
NOT_PULLED = Rule(
    "review-not-pulled", "What is reviewed is pulled before the next push.", Severity.WARNING, "goldkit review pull"
)
STRANGE_NAMES = Rule(
    "review-unknown-names",
    "A review uses names that the ontology has.",
    Severity.ERROR,
    "bring the names back into the ontology, or delete the article's line in reviews.jsonl to have it reviewed anew",
)
KEPT = Rule(
    "review-kept",
    "A review whose task is no longer in the review project stands.",
    Severity.NOTE,
    "nothing to do; delete its line in reviews.jsonl to have the article reviewed anew",
)
WORK_CHANGED = Rule(
    "reviewed-work-changed",
    "Annotations do not change after their review; the review stands.",
    Severity.WARNING,
    "to have the article reviewed anew: delete its line in reviews.jsonl and its tasks in the review project, then "
    "goldkit review push",
)
