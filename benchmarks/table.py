"""What was measured, as a table for people and as JSON."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Say = Callable[[str], None]
_HEAD = ("what", "ours", "yardstick", "ratio", "goal", "met?")


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; no ``yardstick`` where there is nothing to compare with.

    The ratio is how many times as much the yardstick takes; with ``at_most``, how many times as much we take.
    """

    what: str
    ours: float
    yardstick: float | None = None
    unit: str = "s"
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Of the two, as the goal has it."""
        if self.yardstick is None:
            return None
        return self.yardstick / self.ours if self.at_most is None else self.ours / self.yardstick

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.ratio is None or (self.at_least, self.at_most) == (None, None):
            return None
        return self.ratio <= self.at_most if self.at_most is not None else self.ratio >= (self.at_least or 0)

    def cells(self) -> tuple[str, ...]:
        """The row for people."""
        goal = f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}" if self.at_most else ""
        met = {True: "yes", False: "no", None: ""}[self.met]
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return self.what, self._amount(self.ours), self._amount(self.yardstick), ratio, goal, met

    def _amount(self, amount: float | None) -> str:
        return "" if amount is None else f"{amount:.{0 if amount >= 100 else 2 if amount < 1 else 1}f} {self.unit}"

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        names = ("what", "ours", "yardstick", "unit", "at_least", "at_most", "ratio", "met")
        return {name: getattr(self, name) for name in names}


def render(rows: Sequence[Row]) -> str:
    """A Markdown table whose columns stand in line."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    lines.insert(
        1, tuple("-" * (width - 1) + (":" if column in (1, 2, 3) else "-") for column, width in enumerate(widths))
    )
    return "\n".join(f"| {' | '.join(map(_padded, range(len(_HEAD)), line, widths))} |" for line in lines)


def _padded(column: int, cell: str, width: int) -> str:
    return cell.rjust(width) if column in (1, 2, 3) else cell.ljust(width)


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    packages = ("label-studio", "label-studio-sdk", "httpx", "typer", "datasets", "pydantic")
    return {
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("goldkit", *packages)},
    }
