"""The Label Studio projects of a workspace: found again by a line in their description, made, kept up to date.

Titles can be edited and ids are given again after a deletion, so neither says which project is ours; the line does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, cast

from toolkit.errors import StudioConflict
from toolkit.studio import labels
from toolkit.studio.client import Client
from toolkit.workspace import StudioProject


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

    @property
    def title(self) -> str:
        """The title in configs/project.yaml."""
        return self.wanted.title


def find_project(client: Client, workspace: str, wanted: StudioProject) -> RemoteProject | None:
    """The project that goldkit made for this workspace (by its name) and title; None where there is none.

    Raises StudioConflict where two projects bear the same line.
    """
    line = _line(workspace, wanted)
    ours = [project for project in _listed(client) if line in (project.get("description") or "").splitlines()]
    if len(ours) > 1:
        raise StudioConflict(
            f"two projects say that they are “{line}”: " + " and ".join(_named(client, project) for project in ours),
            next="delete that line from the description (Settings > General) of the one that is not to be used",
        )
    return _remote(client, wanted, client.get(f"/api/projects/{ours[0]['id']}/")) if ours else None


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

    Its label config is changed only with ``overwrite_config``, and then only if no label in use would vanish.

    Raises StudioConflict where the label configs differ, or a project of that title is not ours.
    """
    found = find_project(client, workspace, wanted)
    settings: dict[str, Any] = {
        "expert_instruction": instruction,
        "show_instruction": True,
        "maximum_annotations": wanted.overlap,
        "sampling": "Sequential sampling",
    }
    if found is None:
        _refuse_namesake(client, wanted)
        description = f"Made and filled by goldkit, which knows it by the next line.\n{_line(workspace, wanted)}"
        with client.sdk() as sdk:
            made = sdk.projects.create(
                title=wanted.title, description=description, label_config=label_config, **settings
            )
        return replace(_remote(client, wanted, client.get(f"/api/projects/{made.id}/")), made=True)
    if not labels.same_config(found.label_config, label_config):
        _refuse_config(client, found, label_config, overwrite_config)
        settings["label_config"] = label_config
    live = client.get(f"/api/projects/{found.id}/")
    changes = {key: value for key, value in settings.items() if live.get(key) != value}
    if changes:
        with client.sdk() as sdk:
            sdk.projects.update(found.id, **changes)
    return _remote(client, wanted, live | changes)


def _line(workspace: str, wanted: StudioProject) -> str:
    return f"goldkit: {workspace} / {wanted.title}"


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


def _refuse_namesake(client: Client, wanted: StudioProject) -> None:
    for project in _listed(client):
        if project["title"] == wanted.title:
            raise StudioConflict(
                f"{_named(client, project)} has the title that configs/project.yaml wants, but goldkit did not make it",
                next="choose another title in configs/project.yaml (studio: projects:), or rename that project",
            )


def _refuse_config(client: Client, project: RemoteProject, ours: str, overwrite: bool) -> None:
    """Raise StudioConflict unless the project's label config may be replaced by ours."""
    there, here = labels.names(project.label_config), labels.names(ours)
    if not overwrite:
        sides = (("only there", there - here), ("only here", here - there))
        differences = [f"{side}: {', '.join(sorted(names))}" for side, names in sides if names]
        raise StudioConflict(
            f"the label config of “{project.title}” ({project.url}/settings/labeling) is not this workspace's: "
            + ("; ".join(differences) or "the same names, arranged otherwise"),
            next="goldkit push --overwrite-config, or bring the change into the ontology",
        )
    used = labels.usage(client, project.id) if there - here else Counter[str]()
    vanishing = {name: used[name] for name in sorted(there - here) if used[name]}
    if vanishing:
        raise StudioConflict(
            f"“{project.title}” has annotations with labels that the new config does not have: "
            + ", ".join(f"{name} ({number}×)" for name, number in vanishing.items()),
            next="keep these names in the ontology, or pull, migrate the annotations and use a new project title",
        )
