"""Pushes at the same time, from separate folders, so that no lock keeps them apart: each article has one task after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sweep import SWEEP

from toolkit.project import StudioProject
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.ledger import opened
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials

from .fakes import WORKSPACE, articles

PUSHER = Path(__file__).parent / "pusher.py"


def at_once(studio: Credentials, title: str, count: int, folders: list[Path]) -> Iterator[dict[str, Any]]:
    """Run a push in each folder; all know what there is before one sends anything."""
    with ExitStack() as stack:
        pushers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, str(PUSHER), studio.url, title, str(count), str(folder)],
                    env=os.environ | {"TOKEN": studio.token},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for folder in folders
        ]
        for pusher in pushers:
            stack.callback(pusher.kill)  # where the test fails before they end
        for _ in ("the project", "the articles"):
            for pusher in pushers:
                assert pusher.stdout is not None
                assert pusher.stdout.readline() == "ready\n"
            for pusher in pushers:
                assert pusher.stdin is not None
                pusher.stdin.write("go\n")
                pusher.stdin.flush()
        for pusher in pushers:
            said, _ = pusher.communicate(timeout=180)
            assert pusher.returncode == 0
            yield json.loads(said)


@pytest.mark.parametrize("pushers", [2, 4] if SWEEP else [2])
def test_pushes_at_once(
    client: Client, wanted: StudioProject, studio: Credentials, tmp_path: Path, pushers: int
) -> None:
    folders = [tmp_path / str(number) for number in range(pushers)]
    said = list(at_once(studio, wanted.title, 300, folders))
    project = require_project(client, WORKSPACE, wanted)
    assert {one["project"] for one in said} == {project.id}
    assert all(one["findings"] == [] for one in said)

    there = [
        task["data"]["article_id"] for page in tasks.all_pages(client, project.id, "id,data") for task in page.tasks
    ]
    assert Counter(there) == Counter(article.article_id for article in articles(300))
    made, removed = sum(one["new"] for one in said), sum(one["removed"] for one in said)
    assert made > 300, "nobody knew of the others, so some articles were sent more than once"
    assert removed >= made - 300, "each deletion is told; one that two make at once, by both"
    for folder in folders:
        with opened(client, project, folder) as ledger:
            assert ledger.digests == {article.article_id: article.text_sha256 for article in articles(300)}
            assert ledger.doubled == {}
