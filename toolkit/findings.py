"""A problem in data, as a value: which rule, how bad, where, and what to do next."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


class Severity(enum.StrEnum):
    """How bad it is: an ``error`` rejects the item, a ``warning`` keeps it, a ``note`` asks for nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a problem is. Only what applies is set; ``line`` and ``column`` count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0
    article_id: str = ""
    annotator: str = ""
    region: str = ""
    url: str = ""
    story: str = ""

    def __str__(self) -> str:
        where = self.file
        if self.line:
            where += f":{self.line}" + (f":{self.column}" if self.column else "")
        named = [
            f"{name} {value}"
            for name, value in (
                ("story", self.story),
                ("article", self.article_id),
                ("annotator", self.annotator),
                ("region", self.region),
            )
            if value
        ]
        return ", ".join(part for part in (where, *named, self.url) if part) or "(no place)"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem found in data or in a schema."""

    rule: str
    place: Place
    message: str
    next: str
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain JSON values, empty place fields left out."""
        data = asdict(self)
        data["severity"] = self.severity.value
        data["place"] = {key: value for key, value in data["place"].items() if value}
        return data


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: a stable id, what it promises in one sentence, how bad it is when broken, and what to do about it."""

    id: str
    purpose: str
    severity: Severity
    next: str

    def at(self, place: Place, message: str) -> Finding:
        """This rule, broken at a place."""
        return Finding(rule=self.id, place=place, message=message, next=self.next, severity=self.severity)


def calls_for_action(findings: Iterable[Finding]) -> bool:
    """Whether anything in here is worse than a note (exit code 3)."""
    return any(finding.severity is not Severity.NOTE for finding in findings)
