"""What the checks found, shown to annotators: a view of the tasks that need fixing, with the reasons in a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject
from toolkit.studio.views import NEEDS_FIXING, View, add_columns, arrange, contains, mark

BULLET = "•"  # begins every reason; a field that was emptied has none
_COLUMN = f"data.{NEEDS_FIXING}"
_VIEW = View(
    title="needs fixing",
    by=NEEDS_FIXING,
    words=BULLET,
    order=_COLUMN,
    columns=("id", "data.title", _COLUMN),
    beside=(_COLUMN,),
    widths={_COLUMN: 1000},
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One project's view: its page, how many tasks it holds now, and how many left it."""

    title: str
    url: str
    tasks: int
    fixed: int

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)


def show(
    client: Client,
    project: RemoteProject,
    reasons: Mapping[str, str],
    progress: Callable[[int], None] = lambda done: None,
    by: str = "article_id",
) -> Shown:
    """Show these reasons (by what tasks have under ``by``, each beginning with BULLET) and no others."""
    held = contains(NEEDS_FIXING, BULLET)
    before = {
        task["id"]: task["data"][NEEDS_FIXING]
        for page in tasks.all_pages(client, project.id, tasks.PLAIN, held)
        for task in page.tasks
    }
    now = {task["id"]: reasons[task["data"][by]] for task in tasks.having(client, project.id, by, sorted(reasons))}
    fixed = before.keys() - now.keys()
    changed = {task: reason for task, reason in now.items() if before.get(task) != reason}
    add_columns(client, project.id)
    mark(client, project.id, NEEDS_FIXING, changed | dict.fromkeys(fixed, ""), progress=progress)
    page = arrange(client, project, [_VIEW])[_VIEW.title]
    return Shown(project.title, page, len(now), len(fixed))
