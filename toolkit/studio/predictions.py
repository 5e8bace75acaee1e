"""Suggestions into tasks that are there already, and that nobody has begun."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from toolkit.studio import tasks
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject

AT_ONCE = 200  # predictions; the server looks at the whole project after each request

Results = Mapping[str, Sequence[Mapping[str, Any]]]
"""Label Studio results by article."""


def update(
    client: Client,
    project: RemoteProject,
    results: Results,
    version: str,
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> list[str]:
    """Have the tasks of these articles show these results, as predictions of a version, the one that people now see.

    A task that has an annotation, a skipped one too, or a draft stays as it is, and none gets a version twice. Where
    people saw another version before, that of a task whose result is empty is seen no more. Returns the articles whose
    tasks show something else than before. Raises StudioError; run again, nothing is sent twice.
    """
    unbegun = list(_unbegun(client, project, results, version))
    waiting = [one for one in unbegun if results[one.article_id] and not one.has_version]
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        body = [{"task": one.id, "result": list(results[one.article_id]), "model_version": version} for one in some]
        client.post(f"/api/projects/{project.id}/import/predictions", body, timeout=IMPORT_TIMEOUT)
        progress(len(some))
    changed = waiting
    if project.model_version != version and any(results[one.article_id] for one in unbegun):
        with client.sdk() as sdk:
            sdk.projects.update(project.id, model_version=version)
        changed = unbegun
    return sorted({one.article_id for one in changed})


class _Unbegun(NamedTuple):
    """A task on which nobody has begun."""

    id: int
    article_id: str
    has_version: bool


def _unbegun(client: Client, project: RemoteProject, wanted: Container[str], version: str) -> Iterator[_Unbegun]:
    for page in tasks.all_pages(client, project.id, f"{tasks.LABELLED},data"):
        for task in page.tasks:
            article_id = task["data"].get("article_id")
            if article_id in wanted and not (task["annotations"] or task["draft_exists"]):
                versions = {one.get("model_version") for one in task["predictions"]}
                yield _Unbegun(task["id"], article_id, version in versions)
