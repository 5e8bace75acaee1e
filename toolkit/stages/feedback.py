"""From the findings of a check to the annotators who can mend them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from toolkit.errors import UsageError
from toolkit.findings import Finding, Severity
from toolkit.stages.check import Checked
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.collect import Collected
    from toolkit.studio.feedback import Shown

MOST = 3  # reasons for one annotator in one article: the column shows three lines, and others have theirs there too
_TASK = re.compile(r"/projects/(\d+)/data\?task=\d+$")
_FOLLOWS = "rejected-dependency"  # goes with the item that it depends on


def push_findings(
    workspace: Workspace,
    checked: Checked,
    *,
    url: str = "",
    token: str = "",
    bar: Bar = no_bar,
    say: Say = no_word,
) -> list[Shown]:
    """Show a check's errors and warnings in the Label Studio projects that the snapshot came from.

    Raises UsageError where the snapshot is an export that was taken from a file.
    """
    from toolkit.studio import feedback, projects, snapshots

    manifest = snapshots.load(checked.snapshot).manifest
    if manifest.export:
        raise UsageError(
            "the last pull took an export from a file, so its findings belong to no project on a server",
            next="goldkit pull, then goldkit check --push",
        )
    found = reasons(checked.collected)
    ids = {record.title: record.id for record in manifest.projects}
    shown: list[Shown] = []
    with connected(workspace, url, token, say) as client:
        for one in workspace.project.studio.projects:
            project = projects.require_project(client, workspace.project.name, one)
            with bar(f"showing findings in {one.title}", None) as advance:
                shown.append(feedback.show(client, project, found.get(ids.get(one.title, 0), {}), advance))
    return shown


def reasons(collected: Collected) -> Mapping[int, Mapping[str, str]]:
    """What is to be mended, by the id of the project and by article: a line for each annotator, by pseudonym.

    What only follows from something else that is named is left out.
    """
    from toolkit.studio.feedback import BULLET

    quotes = _Quotes(collected)
    named: defaultdict[tuple[int, str], defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    worst_first = sorted(collected.findings, key=lambda finding: (finding.severity is not Severity.ERROR, finding))
    for finding in worst_first:
        task = _TASK.search(finding.place.url)
        if finding.severity is not Severity.NOTE and finding.rule != _FOLLOWS and task:
            people = named[int(task[1]), finding.place.article_id]
            people[finding.place.annotator or "nobody"].extend(quotes.told(finding))
    by_project: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for (project, article_id), people in named.items():
        by_project[project][article_id] = "\n".join(
            f"{BULLET} {annotator}: {_listed(told)}" for annotator, told in sorted(people.items())
        )
    return by_project


def _listed(told: Iterable[str]) -> str:
    different = list(dict.fromkeys(told))
    more = len(different) - MOST
    return "; ".join([*different[:MOST], *([f"and {more} more"] if more > 0 else [])])


class _Quotes:
    """The words that findings are about: people know them, and not the ids of regions."""

    def __init__(self, collected: Collected) -> None:
        self._words: dict[tuple[str, str, str], str] = {}
        self._ends: defaultdict[tuple[str, str, str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in collected.rejected:
            element = row.element if isinstance(row.element, dict) else {}
            value = element.get("value")
            if element.get("type") == "labels" and isinstance(value, dict):
                self._words[row.article_id, row.annotator, row.region] = str(value.get("text") or "")
            elif element.get("type") == "relation":
                ends = str(element.get("from_id")), str(element.get("to_id"))
                self._ends[row.article_id, row.annotator, row.rule, row.message].append(ends)
        for record in collected.annotations:
            for item in record.spans():
                self._words[record.article_id, record.annotator, item.id] = item.text

    def told(self, finding: Finding) -> list[str]:
        """What a finding says, each time with the words that it is about."""
        place = finding.place
        if place.region:
            return [self._about(finding, place.region)]
        ends = self._ends.get((place.article_id, place.annotator, finding.rule, finding.message))
        return [self._about(finding, *pair) for pair in ends] if ends else [finding.message]

    def _about(self, finding: Finding, *regions: str) -> str:
        from toolkit.annotations.reading import short

        found = [self._words.get((finding.place.article_id, finding.place.annotator, region)) for region in regions]
        where = " → ".join(f"“{short(words)}”" for words in found if words)
        return f"{where}: {finding.message}" if where and where not in finding.message else finding.message
