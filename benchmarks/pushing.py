"""goldkit's push against a bare POST of the same bytes, and again where there is nothing to send."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import httpx

from toolkit.articles.model import Article, text_digest
from toolkit.stages import setup
from toolkit.studio import push
from toolkit.studio.projects import RemoteProject
from toolkit.workspace import Workspace

from . import material
from .child import TIMEOUT
from .studio import Studio
from .table import Row, Say

GOAL = 0.9
KNOWN = 50_000  # articles
KNOWN_SECONDS = 5.0  # that pushing them again may take
IN_A_ROUND = 3
_OURS, _RAW = "goldkit push", "raw POST"
_FIELDS = ("text", "article_id", "text_sha256", "title", "outlet", "published", "language", "url", "story_id")


def measure(studio: Studio, articles: Sequence[Article], rounds: int, say: Say) -> Iterator[Row]:
    """Fill fresh projects in turns, A B B A; the raw bodies are made before the clock starts.

    A push takes a second or two, which a busy machine blurs: hence several in a round, and the medians of all.
    """
    bodies = [_body(articles[begin : begin + push.BATCH]) for begin in range(0, len(articles), push.BATCH)]
    seconds: dict[str, list[float]] = defaultdict(list)
    server: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds * IN_A_ROUND):
        for name in (_OURS, _RAW) if number % 2 == 0 else (_RAW, _OURS):
            project = studio.project(f"{name} {number}")
            processor, begun = studio.processor_seconds(), time.perf_counter()
            if name == _OURS:
                _push(studio, project, articles, batches=len(bodies))
            else:
                _post(studio, project, bodies)
            seconds[name].append(time.perf_counter() - begun)
            server[name].append(studio.processor_seconds() - processor)
            say(f"  {name}: {seconds[name][-1]:.1f} s; server's processor {server[name][-1]:.1f} s")
    yield Row(f"push, against a {_RAW}", median(seconds[_OURS]), median(seconds[_RAW]), at_least=GOAL)
    yield Row("– server's processor time", median(server[_OURS]), median(server[_RAW]))


def known(studio: Studio, folder: Path, articles: int, rounds: int, say: Say) -> Row:
    """The whole command `goldkit push` where all articles have a task; the project is filled by its first run."""
    setup.init(folder, "known")
    texts = (f"Dispatch {number}. Police detained {number} dockers, the ministry said." for number in range(articles))
    material.store(
        Workspace(folder),
        [
            Article(article_id=f"known-{number:06}", text=text, text_sha256=text_digest(text))
            for number, text in enumerate(texts)
        ],
    )
    seconds = [_command(studio, folder, articles) for _ in range(1 + rounds * IN_A_ROUND)]
    say(f"  {articles} articles: {seconds[0]:.1f} s, then {', '.join(f'{again:.1f}' for again in seconds[1:])} s")
    return Row(f"push again, {articles:,} known", median(seconds[1:]), KNOWN_SECONDS, at_most=1)


def _command(studio: Studio, folder: Path, articles: int) -> float:
    command = [sys.executable, "-m", "toolkit", "push", "--url", studio.client.url, "--format", "json"]
    environment = os.environ | {"LABEL_STUDIO_API_KEY": studio.client.address.token}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True, timeout=TIMEOUT)
    taken = time.perf_counter() - begun
    (pushed,) = json.loads(done.stdout)
    if pushed["new"] + pushed["known"] != articles:
        raise SystemExit(f"{pushed['new']} new and {pushed['known']} known articles of {articles}")
    return taken


def _body(articles: Sequence[Article]) -> bytes:
    tasks = [{"data": {name: getattr(article, name) for name in _FIELDS}} for article in articles]
    return json.dumps(tasks, ensure_ascii=False).encode()


def _push(studio: Studio, project: RemoteProject, articles: Sequence[Article], *, batches: int) -> None:
    pushed = push.push(studio.client, project, articles)
    if (pushed.new, pushed.batches) != (len(articles), batches):
        raise SystemExit(f"push made {pushed.new} tasks in {pushed.batches} batches; {batches} were due")


def _post(studio: Studio, project: RemoteProject, bodies: Sequence[bytes]) -> None:
    with httpx.Client(base_url=studio.client.url, trust_env=False, timeout=push.IMPORT_TIMEOUT) as client:
        access = client.post("/api/token/refresh/", json={"refresh": studio.client.address.token}).json()["access"]
        headers = {"Authorization": f"Bearer {access}", "Content-Type": "application/json"}
        for body in bodies:
            path = f"/api/projects/{project.id}/import?return_task_ids=true"
            client.post(path, content=body, headers=headers).raise_for_status()
