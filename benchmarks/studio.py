"""A Label Studio for one run, the projects in it, and the processor time it takes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from toolkit.annotations.codec import Codec
from toolkit.articles.model import Article
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.model import Ontology
from toolkit.project import StudioProject
from toolkit.studio import server
from toolkit.studio.address import Address
from toolkit.studio.client import IMPORT_TIMEOUT, Client
from toolkit.studio.projects import RemoteProject, ensure_project

from . import material

WORKERS = 2
ANNOTATED = "annotated"  # the project with the annotated tasks
_IMPORT = 250  # annotated tasks in one import, some 4 MB


@dataclass(frozen=True, slots=True)
class Studio:
    """The server that everything is measured against."""

    client: Client
    home: Path
    ontology: Ontology

    def processor_seconds(self) -> float:
        """User and system time of the server and its workers since they began."""
        pid = server.status(self.home).pid
        group = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in group)

    def project(self, title: str) -> RemoteProject:
        """A project with the screen of the ontology; a new title makes a new one."""
        config = compile_label_config(self.ontology)
        return ensure_project(self.client, "bench", StudioProject(title=title), label_config=config, instruction="")

    def fill(self, project: RemoteProject, articles: Sequence[Article]) -> int:
        """Make an annotated task of every article; returns the number of bytes sent."""
        codec, sent = Codec(self.ontology), 0
        for begin in range(0, len(articles), _IMPORT):
            body = json.dumps([_annotated(one, codec) for one in articles[begin : begin + _IMPORT]]).encode()
            self.client.post(f"/api/projects/{project.id}/import", body, timeout=IMPORT_TIMEOUT)
            sent += len(body)
        return sent


@contextlib.contextmanager
def embedded(home: Path, ontology: Ontology) -> Iterator[Studio]:
    """Start a server in an empty home, on a free port, and stop it whatever happens."""
    try:
        known = server.start(home, workers=WORKERS)
        with Client(Address(known.url, known.token)) as client:
            yield Studio(client, home, ontology)
    finally:
        server.stop(home)


def _annotated(article: Article, codec: Codec) -> dict[str, Any]:
    work = material.annotation(article, codec.grammar.ontology)
    data = article.model_dump(include={"text", "article_id", "text_sha256", "title", "outlet", "published"})
    return {"data": data, "annotations": [{"result": codec.encode(work), "lead_time": work.lead_time}]}
