"""What a snapshot's manifest says."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from toolkit.project import Layer


class Record(BaseModel):
    """Base of the manifest's parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(Record):
    """A file's digest and its size in bytes."""

    sha256: str
    bytes: int


class ProjectRecord(Record):
    """One project: what it is, and how much of it is here.

    ``annotations`` counts submitted work, ``skipped`` cancelled annotations, ``drafts`` tasks with unfinished work
    (which Label Studio shows to nobody but its author, so it is not here).
    """

    id: int
    title: str
    url: str
    layers: tuple[Layer, ...]
    label_config_sha256: str
    tasks: int
    annotations: int
    skipped: int
    drafts: int
    created_at: str = ""  # of the project on the server; its id may be given again
    newest: str = ""  # when the server's newest change was made, as the pull began


class Manifest(Record):
    """``manifest.json``."""

    format: int = 1
    created: str
    server_url: str = ""
    server_version: str = ""
    projects: tuple[ProjectRecord, ...] = ()
    export: str = ""  # instead of projects: the name of an export that was taken from a file,
    mapping: str = ""  # and of the mapping that came with it
    derived_from: str = ""  # the snapshot that such an export was made from,
    plan: str = ""  # and the digest of the migration's plan
    base: str = ""  # the snapshot that this one goes on from; empty where everything was fetched
    full: str = ""  # when everything was fetched last,
    since_full: int = 0  # and how many snapshots went on from that
    include: str = ""  # what was asked for of each task
    files: dict[str, FileRecord] = Field(default_factory=dict)
