"""Findings in the forms that CI reads: GitHub's workflow commands, SARIF, JUnit XML.

Each form follows what its readers take, which is less than what its standard allows:

- GitHub's commands: the escapes of ``@actions/core``, since the runner undoes exactly these.
- SARIF 2.1.0: code scanning refuses a whole log for one result without a physical location, so what is in no file of
  the checkout is shown at the first file that was checked. It tells alerts apart by ``primaryLocationLineHash``, which
  its upload action computes from the source; our fingerprint has a name of its own, so the two never contradict.
- JUnit: Jenkins and GitLab read the first failure of a test case, so a case has one, with all its findings.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from xml.etree import ElementTree

import typer

from toolkit import __version__
from toolkit.cli.output import Format, as_text, emit
from toolkit.findings import Finding, Place, Rule, Severity


class ReportFormat(enum.StrEnum):
    """How a command prints its findings: for people, for programs, or for a CI service."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"


ReportOption = Annotated[
    ReportFormat,
    typer.Option("--format", help="Print text, JSON, or a report for CI: github (annotations), sarif, junit."),
]


def emit_report(
    findings: Sequence[Finding],
    rules: Iterable[Rule],
    *,
    format: ReportFormat,
    data: Any,
    text: str,
    files: Sequence[str] = (),
) -> None:
    """Print findings to stdout.

    Args:
        findings: What was found, in any order; the report's order does not depend on it.
        rules: Every rule that was checked, broken or not.
        format: The form to print.
        data: The result as JSON values, for ``json``.
        text: What else there is to say to people, for ``text``.
        files: The files that were checked, with findings or without.

    Raises:
        ValueError: A finding's rule is not among the rules; its report would explain nothing.
    """
    known = {rule.id: rule for rule in rules}
    if unknown := {finding.rule for finding in findings} - known.keys():
        raise ValueError(f"findings of rules that are not registered: {', '.join(sorted(unknown))}")
    ordered = sorted(findings, key=lambda finding: (list(Severity).index(finding.severity), finding))
    match format:
        case ReportFormat.TEXT:
            text = "\n".join(part for part in (as_text(findings), text) if part)
            emit(data, format=Format.TEXT, text=text)
        case ReportFormat.JSON:
            emit(data, format=Format.JSON, text=text)
        case ReportFormat.GITHUB:
            _print(_github(ordered, files))
        case ReportFormat.SARIF:
            _print(json.dumps(_sarif(ordered, list(known.values()), files), ensure_ascii=False, indent=2))
        case ReportFormat.JUNIT:
            _print(_junit(ordered, list(known.values()), files))


def _print(report: str) -> None:
    """To stdout, which takes no half of a surrogate pair: YAML and file names can hold one."""
    typer.echo(re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", report))


def _github(findings: Sequence[Finding], files: Sequence[str]) -> str:
    """One workflow command a finding, worst first since GitHub shows only ten of a kind, and a line that sums up."""
    counts = Counter(finding.severity for finding in findings)
    summary = ", ".join(_counted(counts[severity], severity.value) for severity in Severity)
    commands = [_command(finding, _shown(finding.place, files)) for finding in findings]
    return "\n".join([*commands, f"{summary}; {_counted(len(set(files)), 'file')} checked"])


def _command(finding: Finding, shown: Place) -> str:
    name = "notice" if finding.severity is Severity.NOTE else finding.severity.value
    properties = {"file": _from_root(shown.file), "line": shown.line, "col": shown.column, "title": finding.rule}
    escaped = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{name} {escaped}::{_data(_explained(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(findings: Sequence[Finding], rules: Sequence[Rule], files: Sequence[str]) -> dict[str, Any]:
    index = {rule.id: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in findings:
        shown = _shown(finding.place, files)
        identity = _identity(finding, shown)
        seen[identity] += 1
        results.append(
            {
                "ruleId": finding.rule,
                "ruleIndex": index[finding.rule],
                "level": finding.severity.value,
                "message": {"text": _explained(finding, shown)},
                "locations": [_location(finding.place, shown)],
                "partialFingerprints": {"goldkit/v1": f"{identity}:{seen[identity]}"},
            }
        )
    driver = {"name": "goldkit", "semanticVersion": __version__, "rules": [_descriptor(rule) for rule in rules]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.purpose},
        "fullDescription": {"text": rule.purpose},  # code scanning requires both
        "help": {"text": rule.next},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _location(place: Place, shown: Place) -> dict[str, Any]:
    """Where a result is shown; an article, an annotator and a region are named beside the file."""
    location: dict[str, Any] = {}
    if shown.file:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(shown.file)}}
    if shown.line:
        region = {"startLine": shown.line} | ({"startColumn": shown.column} if shown.column else {})
        location["physicalLocation"]["region"] = region
    parts = {"article": place.article_id, "annotator": place.annotator, "region": place.region, "url": place.url}
    named = [{"name": value, "kind": kind} for kind, value in parts.items() if value]
    if named or not location:
        location["logicalLocations"] = named or [{"name": "goldkit", "kind": "project"}]
    return location


def _identity(finding: Finding, shown: Place) -> str:
    """What stays the same when lines move: all of a finding but its line, its column and its advice."""
    place = finding.place
    parts = (finding.rule, _from_root(shown.file), place.article_id, place.annotator, place.region, finding.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _uri(file: str) -> str:
    path = _from_root(file)
    quoted = quote(path, safe="/", errors="surrogateescape")  # a name that is no UTF-8 keeps its bytes
    return f"file://{quoted}" if path.startswith("/") else quoted


def _junit(findings: Sequence[Finding], rules: Sequence[Rule], files: Sequence[str]) -> str:
    """A test suite a file, a test case a rule; without any file, one suite for the whole."""
    found: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        found[_from_root(_shown(finding.place, files).file), finding.rule].append(finding)
    checked = sorted({*map(_from_root, files), *(file for file, _ in found)}) or [""]
    report = ElementTree.Element("testsuites", name="goldkit")
    for file in checked:
        suite = ElementTree.SubElement(report, "testsuite", name=_xml(file) or "(no file)")
        for rule in rules:
            case = ElementTree.SubElement(suite, "testcase", classname=suite.attrib["name"], name=rule.id)
            _fill(case, found[file, rule.id])
        _count(suite)
    _count(report)
    ElementTree.indent(report)
    return ElementTree.tostring(report, encoding="unicode", xml_declaration=False)


def _fill(case: ElementTree.Element, findings: Sequence[Finding]) -> None:
    failures = [finding for finding in findings if finding.severity is not Severity.NOTE]
    notes = [finding for finding in findings if finding.severity is Severity.NOTE]
    if failures:
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        message = _xml(failures[0].message + more)
        failure = ElementTree.SubElement(case, "failure", type=failures[0].severity.value, message=message)
        failure.text = _xml("\n\n".join(map(_explained, failures)))
    if notes:
        ElementTree.SubElement(case, "system-out").text = _xml("\n\n".join(map(_explained, notes)))


def _count(element: ElementTree.Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", "0")


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 has no way to write."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\N{REPLACEMENT CHARACTER}", text)


def _explained(finding: Finding, shown: Place | None = None) -> str:
    """The message, the place and the next step; of the place only what is not shown beside it."""
    place = finding.place
    if shown and shown.file == place.file:
        place = replace(place, file="", line=0, column=0)
    return "\n".join([finding.message, *([f"at {place}"] if place != Place() else []), f"next: {finding.next}"])


def _shown(place: Place, files: Sequence[str]) -> Place:
    """Where a service can show it: an article, or a line of an older version, is in no file of the checkout."""
    if place.file and Path(place.file).exists():
        return place
    return Place(file=next(iter(files), ""))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _from_root(file: str) -> str:
    """A path as the repository has it: from the checkout on a GitHub runner, elsewhere from the current folder."""
    if not file:
        return ""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    path = Path(file).resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
