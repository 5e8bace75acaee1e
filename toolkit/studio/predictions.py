"""Suggestions into tasks that are there already, and that nobody has begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

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
    """Give these results to the tasks of their articles, as predictions of a version that people are shown from now on.

    A task that has an annotation, a skipped one too, a draft, or predictions of that version stays as it is. Returns
    the articles whose tasks got some. Raises StudioError; run again, nothing is sent twice.
    """
    waiting = list(_waiting(client, project, results, version))
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        body = [{"task": id, "result": list(results[article]), "model_version": version} for id, article in some]
        client.post(f"/api/projects/{project.id}/import/predictions", body, timeout=IMPORT_TIMEOUT)
        progress(len(some))
    if waiting and project.model_version != version:
        with client.sdk() as sdk:
            sdk.projects.update(project.id, model_version=version)
    return [article for _, article in waiting]


def _waiting(client: Client, project: RemoteProject, results: Results, version: str) -> Iterator[tuple[int, str]]:
    include = f"{tasks.LABELLED},data"
    for page in tasks.all_pages(client, project.id, include):
        for task in page.tasks:
            article = task["data"].get("article_id")
            begun = task["annotations"] or task["draft_exists"]
            known = any(one.get("model_version") == version for one in task["predictions"])
            if article in results and not begun and not known:
                yield task["id"], article
