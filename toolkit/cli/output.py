"""One output contract for every command: data on stdout, talk on stderr, text or JSON."""

from __future__ import annotations

import contextlib
import enum
import heapq
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from toolkit.findings import Finding


class Format(enum.StrEnum):
    """How a command prints its result."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="Print the result as text or as JSON.")]
UrlOption = Annotated[
    str,
    typer.Option("--url", help="Label Studio's address. Else LABEL_STUDIO_URL, project.yaml, the embedded one."),
]
TokenOption = Annotated[
    str,
    typer.Option(
        "--token",
        help="Access token, or - for standard input (better: LABEL_STUDIO_API_KEY, or a 0600 file .goldkit/token).",
    ),
]


_CONTROLS = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and newline


def harmless(text: str) -> str:
    r"""A text for a terminal: control characters, which would be obeyed there, are spelled out (``\u001b``).

    They come from outside: titles, outlets, file names, answers of servers. JSON stays the same JSON.
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(message: str) -> None:
    """Talk to the person, not to the pipe: stderr."""
    typer.echo(harmless(message), err=True)


def emit(data: Any, *, format: Format, text: str) -> None:
    """Print a result: as JSON, or as the text made for people."""
    if format is Format.JSON:
        typer.echo(harmless(json.dumps(data, ensure_ascii=False, indent=2)))
    elif text:
        typer.echo(harmless(text) if sys.stdout.isatty() else text)  # a file gets what there is, to the byte


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under headed columns; numbers stand right. The same in a terminal and in a pipe: nothing is cut."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [bool(cells) and all(_is_number(row[index]) for row in cells) for index in range(len(columns))]
    lines = [list(columns), ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace(",", "").isdigit()


def as_text(findings: Iterable[Finding], *, most: int = 50) -> str:
    """Findings for people: what, where, and what to do, worst first; after ``most`` only the count.

    Of notes that say to do the same, only the first is shown. No more of them stay in memory than are shown.
    """
    order, count = {"error": 0, "warning": 1}, 0
    notes: dict[tuple[str, str], tuple[Finding, int]] = {}

    def worse() -> Iterator[Finding]:
        nonlocal count
        for finding in findings:
            if finding.severity.value != "note":
                count += 1
                yield finding
                continue
            first, more = notes.get((finding.rule, finding.next), (finding, -1))
            notes[finding.rule, finding.next] = (min(first, finding), more + 1)

    worst = heapq.nsmallest(most, worse(), key=lambda finding: (order[finding.severity.value], finding))
    listed = [*((finding, 0) for finding in worst), *sorted(notes.values())]
    lines = [
        f"{first.severity.value} {first.rule}: {first.message}\n  at {first.place}"
        + (f", and {more} more like it" if more else "")
        + f"\n  next: {first.next}"
        for first, more in listed[:most]
    ]
    if (left := count + len(notes) - most) > 0:
        lines.append(f"… and {left} more: --format json prints all of them")
    return "\n".join(lines)


@contextlib.contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, none where stderr is no terminal; call it with how many more are done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done: shown.advance(task, done)
