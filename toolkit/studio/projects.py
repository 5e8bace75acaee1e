"""The Label Studio projects of a workspace: found again by a line in their description, made, kept up to date.

Titles can be edited and ids are given again after a deletion, so neither says which project is ours; the line does.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from toolkit.errors import StudioConflict
from toolkit.project import StudioProject
from toolkit.studio import labels
from toolkit.studio.client import Client

QUARREL = 10.0  # seconds that makers of one project have to agree on one; each needs about one
# A project's settings. Left out are who made it, the password of its data's host, and its numbers but that of tasks:
# the server counts all that are asked for anew, which takes seconds where there are many annotations.
_SETTINGS = {
    "include": "id,title,description,created_at,label_config,expert_instruction,show_instruction,show_skip_button,"
    "enable_empty_annotation,maximum_annotations,sampling,skip_queue,show_overlap_first,overlap_cohort_percentage,"
    "show_collab_predictions,reveal_preannotations_interactively,model_version,is_published,is_draft,task_number"
}


@dataclass(frozen=True, slots=True)
class RemoteProject:
    """A project on the server, and what configs/project.yaml wants of it."""

    id: int
    wanted: StudioProject
    url: str  # its page, for people
    label_config: str
    created_at: str
    tasks: int
    model_version: str
    made: bool = field(default=False, compare=False)  # just now
    config_change: str = field(default="", compare=False)  # what was just changed in its label config, for people
    set_aside: str = field(default="", compare=False)  # the address of an empty twin that is not ours any more

    @property
    def title(self) -> str:
        """The title in configs/project.yaml."""
        return self.wanted.title


def read(client: Client, id: int) -> tuple[bytes, dict[str, Any]]:
    """A project's settings, and the bytes that they came as."""
    return client.get_bytes(f"/api/projects/{id}/", _SETTINGS)


def work(client: Client, id: int) -> tuple[int, int]:
    """How many submitted and skipped annotations a project has, counted anew."""
    numbers = ("total_annotations_number", "skipped_annotations_number")
    live = client.get(f"/api/projects/{id}/", {"include": ",".join((_SETTINGS["include"], *numbers))})
    submitted, skipped = (int(live[number] or 0) for number in numbers)
    return submitted, skipped


def find_project(client: Client, workspace: str, wanted: StudioProject) -> RemoteProject | None:
    """The project that goldkit made for this workspace (by its name) and title; None where there is none.

    Raises StudioConflict where two projects bear the same line.
    """
    line = _line(workspace, wanted)
    ours = _bearing(client, line)
    if len(ours) > 1:
        ours = _after_the_quarrel(client, line, ours)
    if len(ours) > 1:
        raise StudioConflict(
            f"two projects say that they are “{line}”: " + " and ".join(_named(client, project) for project in ours),
            next="delete that line from the description (Settings > General) of the one that is not to be used",
        )
    return _remote(client, wanted, read(client, ours[0]["id"])[1]) if ours else None


def require_project(client: Client, workspace: str, wanted: StudioProject) -> RemoteProject:
    """The same. Raises StudioConflict where there is none: never made, or deleted on the server."""
    project = find_project(client, workspace, wanted)
    if project is None:
        raise StudioConflict(
            f"{client.url} has no project “{_line(workspace, wanted)}”: not made yet, or deleted there",
            next="goldkit push (makes it)",
        )
    return project


def ensure_project(
    client: Client,
    workspace: str,
    wanted: StudioProject,
    *,
    label_config: str,
    instruction: str,
    overwrite_config: bool = False,
) -> RemoteProject:
    """Find the project or make it, and bring its instruction (HTML) and overlap up to date.

    Its label config is updated too where names are added or arranged otherwise. Names that would go are taken away
    only with ``overwrite_config``, for somebody may have added them by hand, and never while they are in use. What an
    annotator submits later from a screen that was open all the while is not seen here (``goldkit schema drift`` is
    for that).

    Raises StudioConflict where names would go, or a project of that title is not ours.
    """
    settings: dict[str, Any] = {
        "expert_instruction": instruction,
        "show_instruction": True,
        "maximum_annotations": wanted.overlap,
        "sampling": "Sequential sampling",
    }
    twin = ""
    try:
        found = find_project(client, workspace, wanted)
    except StudioConflict:
        twin = _set_aside(client, _line(workspace, wanted))
        if not twin:
            raise
        found = find_project(client, workspace, wanted)
    if found is None:
        found = _make(client, workspace, wanted, settings | {"label_config": label_config})
        if found.made:
            return found
    live = read(client, found.id)[1]
    gone: set[str] = set()
    config_change = ""
    if not labels.same_config(live["label_config"], label_config):
        gone, new = labels.lost(live["label_config"], label_config), labels.lost(label_config, live["label_config"])
        _refuse_loss(client, found, gone, overwrite_config)
        settings["label_config"] = label_config
        sides = [f"{side}: {', '.join(labels.shown(names))}" for side, names in (("new", new), ("gone", gone)) if names]
        config_change = "; ".join(sides) or "the same names, arranged otherwise"
    changes = {key: value for key, value in settings.items() if live.get(key) != value}
    if changes:
        _update(client, found, live, changes, gone)
    return replace(
        _remote(client, wanted, live | changes), config_change=config_change, set_aside=twin or found.set_aside
    )


def _make(client: Client, workspace: str, wanted: StudioProject, settings: dict[str, Any]) -> RemoteProject:
    """Make the project, or find the one that somebody else made at the same time.

    Label Studio has no lock for this. So whoever made one looks again, and all keep the one with the lowest id: it was
    there before the others, so that all see it, and however long one of them takes nobody gives it up.
    """
    line = _line(workspace, wanted)
    _refuse_namesake(client, wanted, line)
    description = f"Made and filled by goldkit, which knows it by the next line.\n{line}"
    id = client.post("/api/projects/", {"title": wanted.title, "description": description} | settings)["id"]
    lowest = _bearing(client, line)[0]["id"]
    made = _remote(client, wanted, read(client, id)[1])
    if made.id == lowest or made.tasks:
        return replace(made, made=True)
    # Not deleted: two deletions at once take from a worker of Label Studio 1.23 all that follows from a save.
    _disown(client, made.id)
    return replace(_remote(client, wanted, read(client, lowest)[1]), set_aside=made.url)


def _after_the_quarrel(client: Client, line: str, ours: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are left when all makers had time to look."""
    until = time.monotonic() + QUARREL
    while len(ours) > 1 and time.monotonic() < until:
        time.sleep(QUARREL / 10)
        ours = _bearing(client, line)
    return list(ours)


def _set_aside(client: Client, line: str) -> str:
    """Take the line from an empty project where another bears it too: its maker was killed before it could yield.

    Returns its address, empty where there was none. Nothing is deleted.
    """
    ours = _bearing(client, line)
    filled = [project for project in ours if read(client, project["id"])[1].get("task_number")]
    if len(ours) != 2 or len(filled) == 2:
        return ""
    (twin,) = (project for project in ours if project is not (filled or ours)[0])
    _disown(client, twin["id"])
    return f"{client.url}/projects/{twin['id']}"


def _disown(client: Client, id: int) -> None:
    with client.sdk() as sdk:
        sdk.projects.update(id, title="not used", description="Made by goldkit at the same time as another; not used.")


def _update(
    client: Client, project: RemoteProject, live: dict[str, Any], changes: dict[str, Any], gone: Collection[str]
) -> None:
    """Change the project's settings; all back where a name that goes is used before it is gone."""
    if gone:
        # Label Studio refuses some changes by its own counts, and they keep what is no longer there.
        client.post(f"/api/projects/{project.id}/summary/reset/", {}, accepted=(200,), repeatable=True)
    with client.sdk() as sdk:
        sdk.projects.update(project.id, **changes)
        if not gone:
            return
        try:
            _refuse_in_use(client, project, gone, "; they came while it was being replaced, so the old one is back")
        except BaseException:  # Ctrl-C too: nobody would look again
            sdk.projects.update(project.id, **{key: live.get(key) for key in changes})
            raise


def _line(workspace: str, wanted: StudioProject) -> str:
    return f"goldkit: {workspace} / {wanted.title}"


def _bears(project: dict[str, Any], line: str) -> bool:
    return line in (project.get("description") or "").splitlines()


def _bearing(client: Client, line: str) -> list[dict[str, Any]]:
    """The projects that say they are ours, by ascending ids."""
    return sorted((project for project in _listed(client) if _bears(project, line)), key=lambda project: project["id"])


def _listed(client: Client) -> list[dict[str, Any]]:
    projects: list[dict[str, Any]] = []
    page = 1
    while True:
        answer = client.get("/api/projects/", {"include": "id,title,description", "page": page, "page_size": 100})
        projects.extend(answer["results"])
        if not answer["next"]:
            return projects
        page += 1


def _named(client: Client, project: dict[str, Any]) -> str:
    return f"“{project['title']}” ({client.url}/projects/{project['id']})"


def _remote(client: Client, wanted: StudioProject, live: dict[str, Any]) -> RemoteProject:
    return RemoteProject(
        id=cast(int, live["id"]),
        wanted=wanted,
        url=f"{client.url}/projects/{live['id']}",
        label_config=live["label_config"],
        created_at=live["created_at"],
        tasks=live.get("task_number") or 0,
        model_version=live.get("model_version") or "",
    )


def _refuse_namesake(client: Client, wanted: StudioProject, line: str) -> None:
    for project in _listed(client):
        if project["title"] == wanted.title and not _bears(project, line):
            raise StudioConflict(
                f"{_named(client, project)} has the title that configs/project.yaml wants, but goldkit did not make it",
                next="choose another title in configs/project.yaml (studio: projects:), or rename that project",
            )


def _refuse_loss(client: Client, project: RemoteProject, gone: Collection[str], overwrite: bool) -> None:
    """Raise StudioConflict unless these names may go from the project's label config."""
    if gone:
        _refuse_in_use(client, project, gone)
    if gone and not overwrite:
        raise StudioConflict(
            f"the label config of “{project.title}” ({project.url}/settings/labeling) has names that this workspace's "
            f"has not, or has in another form: {', '.join(labels.shown(gone))}; they are not used, but somebody may "
            "have added them by hand",
            next="goldkit push --overwrite-config (takes them away), or bring them into the ontology",
        )


def _refuse_in_use(client: Client, project: RemoteProject, gone: Collection[str], then: str = "") -> None:
    """Raise StudioConflict where annotations or drafts use one of these names."""
    used = labels.usage(client, project.id)
    counts = {name: used[name].total() for name in gone if name in used}
    if counts:
        raise StudioConflict(
            f"“{project.title}” ({project.url}) has annotations or drafts with labels that the new config does not "
            f"have: {', '.join(f'{name} ({counts[name]}×)' for name in labels.shown(counts))}{then}",
            next="goldkit schema migrate --plan FILE, or keep these names in the ontology",
        )
