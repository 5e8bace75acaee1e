"""A snapshot's folder, put together from files that are there already and others that are made for it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from toolkit.files import explained, write_json
from toolkit.ontology.load import BESIDE
from toolkit.studio import projects, snapshots, tasks
from toolkit.studio.client import Client
from toolkit.studio.index import INDEX, Index, lines
from toolkit.studio.projects import RemoteProject
from toolkit.studio.snapshots import FileRecord, ProjectRecord


class Pages(NamedTuple):
    """A project's pages: those that came now, and those of the snapshot before."""

    tasks: Index
    fresh: Path
    before: Path | None


@dataclass
class Assembly:
    """What a snapshot will hold, by the names of its files."""

    contents: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, tuple[Path, FileRecord]] = field(default_factory=dict)

    @classmethod
    def begin(cls, client: Client, ontology: Path) -> Assembly:
        """With what belongs to no project: the users, and the ontology as it is."""
        users = {str(id): email for id, email in client.users().items()}
        text = json.dumps(users, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
        with explained(ontology, "read"):
            return cls({snapshots.USERS: text.encode(), BESIDE: ontology.read_bytes()})

    def add_project(self, client: Client, project: RemoteProject, pages: Pages, newest: str) -> ProjectRecord:
        """Take up a project: its settings as they are now, and its pages where they lie.

        The pages' digests were taken when they came, and are not taken again.
        """
        body, live = projects.read(client, project.id)
        config = live["label_config"].encode()
        folder = f"project-{project.id}"
        self.contents[f"{folder}/project.json"] = body
        self.contents[f"{folder}/label_config.xml"] = config
        self.contents[f"{folder}/{INDEX}"] = lines(pages.tasks)
        for page in pages.tasks.pages():
            name = f"{folder}/{page.page}"
            source = pages.fresh / name
            if pages.before and not source.exists():
                source = pages.before / name
            self.pages[name] = (source, FileRecord(sha256=page.sha256, bytes=page.bytes))
        annotations, skipped = pages.tasks.work
        return ProjectRecord(
            id=project.id,
            title=project.title,
            url=project.url,
            layers=project.wanted.layers,
            label_config_sha256=hashlib.sha256(config).hexdigest(),
            tasks=len(pages.tasks),
            annotations=annotations,
            skipped=skipped,
            drafts=tasks.count(client, project.id, tasks.where("draft_exists", "equal", "Boolean", True)),
            created_at=project.created_at,
            newest=newest,
        )

    @property
    def files(self) -> Mapping[str, FileRecord]:
        """Digest and size of every file."""
        made = {
            name: FileRecord(sha256=hashlib.sha256(body).hexdigest(), bytes=len(body))
            for name, body in self.contents.items()
        }
        return dict(sorted((made | {name: record for name, (_, record) in self.pages.items()}).items()))

    def write(self, part: Path, manifest: snapshots.Manifest) -> None:
        """Put everything into a folder."""
        for name, body in self.contents.items():
            path = _in(part, name)
            with explained(path, "write"):
                path.write_bytes(body)
                path.chmod(0o600 if name == snapshots.USERS else 0o644)
        for name, (source, _) in self.pages.items():
            _link(source, _in(part, name))
        write_json(part / snapshots.MANIFEST, manifest.model_dump(mode="json"))
        snapshots.protect(part)


def _in(part: Path, name: str) -> Path:
    path = part / name
    with explained(path, "write"):
        path.parent.mkdir(exist_ok=True)
    return path


def _link(source: Path, path: Path) -> None:
    """Give a file a second name; where the disk has no such names, copy it."""
    with explained(path, "write"):
        try:
            os.link(source, path)
        except OSError:
            shutil.copyfile(source, path)
