"""Changes as findings: harmless where the version says that they are there, errors where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.findings import Finding, Place, Severity
from toolkit.ontology.change_rules import VERSION_TOO_SMALL, VERSION_WENT_BACK, next_step
from toolkit.ontology.changes import Change
from toolkit.ontology.versions import Bump, is_enough, numbers, raised


def needed(changes: Iterable[Change]) -> Bump:
    """The bump that covers all changes."""
    return max((change.rule.bump for change in changes), default=Bump.NONE)


def told(change: Change, old: str, new: str, place: Place) -> Finding:
    """One change between two versions: as bad as its rule is, and an error where the version rose too little."""
    breaks = f" (breaks {', '.join(change.breaks)})" if change.breaks else ""
    rule = change.rule
    found = Finding(rule.id, place, change.message + breaks, next_step(change), rule.severity)
    if found.severity is Severity.ERROR or is_enough(old, new, change.rule.bump):
        return found  # an error that no version mends says itself what does
    next = f"raise the version to {raised(old, change.rule.bump)} at least, or take the change back"
    return Finding(found.rule, place, found.message, next, Severity.ERROR)


def version_problems(changes: Iterable[Change], old: str, new: str, place: Place) -> Iterator[Finding]:
    """Whether the version rose, and far enough: at most one finding, which names the changes that ask for more."""
    if numbers(new) < numbers(old):
        yield VERSION_WENT_BACK.at(place, f"the version went back from {old} to {new}")
        return
    asking = [change for change in changes if not is_enough(old, new, change.rule.bump)]
    if asking:
        names: dict[str, list[str]] = {}
        for change in asking:
            names.setdefault(change.rule.id, []).append(change.name)
        why = "; ".join(f"{rule} ({', '.join(dict.fromkeys(named))})" for rule, named in names.items())
        message = f"{new} is too small a step from {old}: it needs {raised(old, needed(asking))}, for {why}"
        yield VERSION_TOO_SMALL.at(place, message)
