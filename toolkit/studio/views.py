"""The Data Manager's views (tabs), and the fields of tasks that they are made by.

A view shows the tasks whose field contains some words. A list of task ids will not do: the server takes such a filter,
but the page in the browser does not know it and stays empty, for everybody. The fields are written by an action of the
Data Manager, for any number of tasks at once; nothing else of a task changes by it, not even its time of change. A
field can be emptied, and not removed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.ontology.labelconfig import WORK_FIELDS
from toolkit.studio import tasks
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject

# The pseudonyms of those who are to label the task; "yes", where everybody labels it; what the checks found in it; its
# place in the order that it is met in.
ASSIGNED, CALIBRATION, NEEDS_FIXING, RANK = FIELDS = WORK_FIELDS
_OURS = tuple(f"data.{name}" for name in FIELDS)

DEFAULT = "Default"  # what Label Studio calls the view that it makes where there is none
AT_ONCE = 5000  # tasks whose texts the server holds in memory to write their field
SCREENS = ("explore", "labeling")  # the list of tasks, and the narrow one beside a text that is being labelled


@dataclass(frozen=True, slots=True)
class View:
    """A tab: the tasks whose field ``by`` contains ``words``, in the order of a column (falling: ``-data.title``).

    ``columns`` are shown in the list of tasks, ``beside`` in the narrow list beside a text that is being labelled, by
    their names in the Data Manager; ``widths`` are in pixels. A view shows the field of ours that it is ordered by.
    """

    title: str
    by: str
    words: str
    order: str
    columns: tuple[str, ...]
    beside: tuple[str, ...]
    widths: Mapping[str, int] = field(default_factory=dict)

    @property
    def filters(self) -> dict[str, Any]:
        """The view's condition, as the Data Manager has it."""
        return {"conjunction": "and", "items": [contains(self.by, self.words)]}

    @property
    def ordering(self) -> list[str]:
        """The view's order, as the Data Manager has it."""
        return [f"-{_key(self.order[1:])}" if self.order.startswith("-") else _key(self.order)]


def contains(field: str, words: str) -> tasks.Filter:
    """The condition that a field of a task's data contains some words."""
    return tasks.where(f"data.{field}", "contains", "Unknown", words)


def mark(
    client: Client,
    project: int,
    field: str,
    values: Mapping[int, str],
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Write a field of the data of tasks (by id): one request for all that get the same value. Repeating does no harm.

    ``progress`` is called with the number of tasks written since the last call.
    """
    same: defaultdict[str, list[int]] = defaultdict(list)
    for task, value in sorted(values.items()):
        same[value].append(task)
    for value, ids in sorted(same.items()):
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]  # never none: no selection is all tasks
            body = {
                "selectedItems": {"all": False, "included": some},
                "value_name": field,
                "value_type": "String",
                "value": value,
            }
            path = f"/api/dm/actions/?id=add_data_field&project={project}"
            client.post(path, body, timeout=IMPORT_TIMEOUT, repeatable=True)
            progress(len(some))


def add_columns(client: Client, project: int) -> None:
    """See to it that our fields are columns, hidden in the views that are there: to be called before all else here.

    The browser drops from a view what it says of columns that are not there. Label Studio counts the tasks that have a
    field, not quite rightly, and forgets the column where it counts none.
    """
    there = _columns(client, project).keys()
    absent = [name for name in FIELDS if f"data.{name}" not in there]
    pages = tasks.pages(client, project, tasks.PLAIN, tasks.IdRange(0, 2**53), size=1)
    first = next(pages, None) if absent else None
    for task in first.tasks if first else ():
        for name in absent:
            mark(client, project, name, {task["id"]: str(task["data"].get(name, ""))})
        for view in client.get("/api/dm/views/", {"project": project}):
            _hide(client, view, absent)


def arrange(client: Client, project: RemoteProject, views: Sequence[View]) -> dict[str, str]:
    """Make these views, and put back what somebody changed of which tasks they show; returns their pages by title.

    The columns and widths that people chose stay, and so do the views that they made. Where there is no view at all,
    one of all tasks is made too, for people not to end up in somebody else's.
    """
    columns = _columns(client, project.id)
    listed = client.get("/api/dm/views/", {"project": project.id})
    if not listed:
        _make(client, project.id, {"title": DEFAULT, "hiddenColumns": _default_hidden(columns)})
    live = {view["data"].get("title"): view for view in reversed(listed)}
    pages: dict[str, str] = {}
    for wanted in views:
        found = live.get(wanted.title) or _make(client, project.id, _data(wanted, columns))
        if not _shows(found["data"], wanted):
            data = _unhidden(found["data"], wanted) | {"filters": wanted.filters, "ordering": wanted.ordering}
            client.patch(f"/api/dm/views/{found['id']}/", {"data": data})
        pages[wanted.title] = f"{project.url}/data?tab={found['id']}"
    return pages


def _columns(client: Client, project: int) -> dict[str, dict[str, Any]]:
    """The Data Manager's columns by name."""
    listed = client.get("/api/dm/columns/", {"project": project})["columns"]
    return {
        (f"{column['parent']}." if column.get("parent") else "") + column["id"]: column
        for column in listed
        if "children" not in column
    }


def _make(client: Client, project: int, data: dict[str, Any]) -> Any:
    return client.post("/api/dm/views/", {"project": project, "data": data})


def _data(view: View, columns: Iterable[str]) -> dict[str, Any]:
    names = dict.fromkeys([*columns, *_OURS])
    shown = dict(zip(SCREENS, (view.columns, view.beside), strict=True))
    return {
        "title": view.title,
        "type": "list",
        "target": "tasks",
        "filters": view.filters,
        "ordering": view.ordering,
        "hiddenColumns": {screen: [_key(name) for name in names if name not in shown[screen]] for screen in SCREENS},
        "columnsWidth": {_key(name): width for name, width in view.widths.items()},
    }


def _default_hidden(columns: Mapping[str, Any]) -> dict[str, list[str]]:
    """What Label Studio itself hides in a new view, and our fields."""
    return {
        screen: [_key(name) for name, it in columns.items() if name in _OURS or not it["visibility_defaults"][screen]]
        for screen in SCREENS
    }


def _hide(client: Client, view: dict[str, Any], fields: Iterable[str]) -> None:
    """Hide fields that are new in a view; what it is ordered by it is to show."""
    data = view["data"]
    keys = [_key(f"data.{name}") for name in fields]
    own = {column.removeprefix("-") for column in data.get("ordering") or ()}
    hidden = data.get("hiddenColumns") or {}
    more = {screen: [*hidden.get(screen, []), *(key for key in keys if key not in own)] for screen in SCREENS}
    client.patch(f"/api/dm/views/{view['id']}/", {"data": {**data, "hiddenColumns": more}})


def _unhidden(data: dict[str, Any], wanted: View) -> dict[str, Any]:
    """A view on the server with the column that it is ordered by; what else people hid stays hidden."""
    own, hidden = _key(wanted.order.removeprefix("-")), data.get("hiddenColumns") or {}
    return {**data, "hiddenColumns": {screen: [key for key in keys if key != own] for screen, keys in hidden.items()}}


def _shows(data: dict[str, Any], wanted: View) -> bool:
    """Whether a view on the server shows what it should; the browser adds keys of its own."""
    filters = data.get("filters") or {}
    items = [{key: item.get(key) for key in ("filter", "operator", "value")} for item in filters.get("items", [])]
    due = [{key: item[key] for key in ("filter", "operator", "value")} for item in wanted.filters["items"]]
    return items == due and data.get("ordering") == wanted.ordering


def _key(name: str) -> str:
    return f"tasks:{name}"
