"""The page as a file: whole in itself, without anybody's name, always the same."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from toolkit.files import write_jsonl
from toolkit.report.charts import bars
from toolkit.stages.report import report
from toolkit.workspace import Workspace

from .project import PAGE, PEOPLE, make, rows

_LOADS = {"src", "srcset", "data", "poster", "background", "action", "xlink:href", "ping", "formaction"}
_VOID = {"meta", "br", "link", "img", "input", "hr"}


class _Reader(HTMLParser):
    """Whatever a browser would fetch, run or follow, and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name in _LOADS or (name == "href" and tag != "a"):
                self.fetched.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name.startswith("on"):
                self.handlers.append(name)
            elif name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make(tmp_path)


def test_it_needs_nothing_from_anywhere(workspace: Workspace) -> None:
    page = report(workspace).page.read_text(encoding="utf-8")
    found = read(page)
    assert found.open == []
    assert "script" not in found.elements
    assert (found.fetched, found.handlers) == ([], [])
    assert {link for link in found.links if not link.startswith("#")} == {
        work["source"] for work in rows(workspace.annotations) if work["article_id"] in ("harbour", "mina")
    }
    assert {link[1:] for link in found.links if link.startswith("#")} <= {*found.ids}
    assert len({*found.ids}) == len(found.ids)
    style = page[page.index("<style>") : page.index("</style>")]
    assert not re.search(r"url\(|@import|@font-face|https?:", style)
    assert "default-src 'none'" in page


def test_it_can_be_read_aloud(workspace: Workspace) -> None:
    page = report(workspace).page.read_text(encoding="utf-8")
    found = read(page)
    assert '<html lang="en">' in page
    assert found.headings[0] == 1
    assert all(deeper - before <= 1 for before, deeper in zip(found.headings, found.headings[1:], strict=False))
    charts = re.findall(r"<svg[^>]*>", page)
    assert len(charts) > 10
    assert all(re.search(r'role="img" aria-label="[^"]+: [^"]+"', chart) for chart in charts)
    assert page.count("<caption>") == page.count("<table>") > 2
    assert '<th scope="row">' in page
    assert '<th scope="col"' in page


def test_the_same_files_give_the_same_bytes(workspace: Workspace) -> None:
    first = report(workspace)
    bytes_ = [path.read_bytes() for path in (first.page, first.twin)]
    write_jsonl(workspace.annotations, reversed(rows(workspace.annotations)))
    again = report(workspace)
    assert [path.read_bytes() for path in (again.page, again.twin)] == bytes_


def test_nobody_is_named(workspace: Workspace) -> None:
    made = report(workspace)
    written = [path.read_text(encoding="utf-8") for path in workspace.reports.iterdir()]
    assert len(written) == 3
    for text in written:
        assert "annotators.example" not in text
        assert not any(person.split("@")[0] in text for person in PEOPLE)
    assert "Not for sharing" not in made.page.read_text(encoding="utf-8")


def test_with_names_it_is_another_file_that_says_so(workspace: Workspace) -> None:
    shared = report(workspace).page.read_bytes()
    made = report(workspace, names=True)
    page = made.page.read_text(encoding="utf-8")
    assert made.page.name == "report-names.html"
    assert stat.S_IMODE(made.page.stat().st_mode) == 0o600
    assert "Not for sharing" in page
    assert all(person in page for person in PEOPLE)
    assert "ann-" not in page
    assert (workspace.reports / "report.html").read_bytes() == shared
    assert "annotators.example" not in made.twin.read_text(encoding="utf-8")


def test_who_is_not_in_the_snapshot_keeps_the_pseudonym(tmp_path: Path) -> None:
    workspace = make(tmp_path, people=PEOPLE)
    listed = rows(workspace.annotations)
    write_jsonl(
        workspace.annotations,
        [one | {"annotator": "ann-somebody"} if one["article_id"] == "quiet" else one for one in listed],
    )
    assert "ann-somebody" in report(workspace, names=True).page.read_text(encoding="utf-8")


@pytest.mark.parametrize("source", ["javascript:alert(1)", "export.json, task 3", "data:text/html,hi"])
def test_only_pages_are_linked(tmp_path: Path, source: str) -> None:
    workspace = make(tmp_path)
    write_jsonl(workspace.annotations, [row | {"source": source} for row in rows(workspace.annotations)])
    found = read(report(workspace).page.read_text(encoding="utf-8"))
    assert {link for link in found.links if not link.startswith("#")} == set()


def test_a_chart_escapes_what_it_is_given() -> None:
    hostile = '</text><script>alert(1)</script>"\' onload="x $a^2$ &amp;'
    chart = str(bars(hostile, [(hostile, 3), ("<img src=x onerror=y>", 1)]))
    found = read(chart)
    assert found.open == []
    assert {*found.elements} <= {"svg", "g", "path", "text", "rect", "line"}
    assert (found.fetched, found.handlers) == ([], [])


def test_without_its_packages_the_error_names_the_extra(workspace: Workspace) -> None:
    code = (
        "import sys; sys.modules['vl_convert'] = None\n"
        "from pathlib import Path\n"
        "from toolkit.errors import GoldkitError\n"
        "from toolkit.stages.report import report\n"
        "from toolkit.workspace import Workspace\n"
        "try: report(Workspace(Path(sys.argv[1])))\n"
        "except GoldkitError as error: print(error.message, '|', error.next)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(workspace.root)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "the report needs vl_convert, which is not installed | pip install 'goldkit[report]'\n"
    assert not workspace.reports.exists()


def test_worst_says_how_many_more_there_are(workspace: Workspace) -> None:
    made = report(workspace, worst=1)
    shown = made.report.disagreements
    assert [one.article_id for one in shown.articles] == ["harbour"]
    assert (shown.more_open, shown.more_settled) == (1, 0)
    page = re.sub(r"\s+", " ", made.page.read_text(encoding="utf-8"))
    assert "1 more are open and 0 more are settled with differences" in page
    assert "Harbour opens" in page
    assert "الميناء</bdi>" not in page
    assert PAGE in page
