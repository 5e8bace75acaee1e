"""What publishing a release would change on the Hub; nothing is sent to find it out, and no file is downloaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.dataset.releases import RECORD, listed
from toolkit.errors import HubConflict
from toolkit.hub.client import Head, Hub, HubFile
from toolkit.hub.release import LocalFile, LocalRelease, recorded

NEW_VERSION = "raise version under dataset in configs/project.yaml, then goldkit build, goldkit release, and this again"

Kind = Literal["added", "changed", "deleted", "same"]
Step = Literal["commit and tag", "tag", "nothing"]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a file: ``size`` in bytes as it will be, of a deleted one as it was."""

    path: str
    kind: Kind
    size: int


Changes = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    ``private`` is as the repository is, or as it would be made where it does not exist (``head`` empty); ``asked`` is
    what was asked for. ``commit`` has the release's files already, where one has. ``foreign`` are files on the Hub that
    no release put there, and that this one deletes.
    """

    release: LocalRelease
    repository: str
    page: str
    private: bool
    asked: bool
    head: str
    commit: str
    step: Step
    changes: Changes
    foreign: tuple[str, ...]

    @property
    def exists(self) -> bool:
        """Whether the repository is there."""
        return bool(self.head)

    @property
    def questions(self) -> tuple[str, ...]:
        """What only a person can say yes to."""
        if self.step == "nothing":
            return ()
        public = () if self.private else (f"anybody can read {self.repository}",)
        lost = (f"files that no release put there are deleted: {listed(self.foreign)}",) if self.foreign else ()
        return public + lost

    def paths(self, *kinds: Kind) -> tuple[str, ...]:
        """The files of these kinds."""
        return tuple(change.path for change in self.changes if change.kind in kinds)

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return {
            "repository": self.repository,
            "page": self.page,
            "exists": self.exists,
            "private": self.private,
            "version": self.release.version,
            "tag": self.release.tag,
            "head": self.head,
            "step": self.step,
            "files": [{"path": one.path, "change": one.kind, "bytes": one.size} for one in self.changes],
            "foreign": list(self.foreign),
        }


def make_plan(hub: Hub, release: LocalRelease, *, private: bool) -> Plan:
    """Compare a release with the Hub.

    Raises HubConflict where the tag names other files, or where a later version is out and this one would replace it.
    """
    head = hub.head()
    step, commit, changes = _decided(hub, release, head)
    return Plan(
        release=release,
        repository=hub.repository,
        page=hub.page,
        private=head.private if head else private,
        asked=private,
        head=head.commit if head else "",
        commit=commit,
        step=step,
        changes=changes,
        foreign=_foreign(hub, release, head, changes) if head else (),
    )


def _decided(hub: Hub, release: LocalRelease, head: Head | None) -> tuple[Step, str, Changes]:
    """What is to be done, the commit that has the release where there is one, and what becomes of each file."""
    if head is None:
        return "commit and tag", "", compare(release.files, {})
    changes = compare(release.files, hub.files(head.commit))
    tags = hub.tags()
    if tagged := tags.get(release.tag, ""):
        if tagged != head.commit:
            changes = compare(release.files, hub.files(tagged))
        _refuse_other_files(hub, release, tagged, changes)
        return "nothing", tagged, changes
    if all(change.kind == "same" for change in changes):
        return "tag", head.commit, changes
    _refuse_to_go_back(hub, release, tags)
    return "commit and tag", "", changes


def compare(files: Mapping[str, LocalFile], there: Mapping[str, HubFile]) -> Changes:
    """What becomes of each file when those here replace those there, by path."""
    changes = [Change(path, "deleted", there[path].size) for path in there.keys() - files.keys()]
    for path, file in files.items():
        kind: Kind = "added" if path not in there else "same" if there[path].holds(file) else "changed"
        changes.append(Change(path, kind, file.size))
    return tuple(sorted(changes, key=lambda change: change.path))


def _foreign(hub: Hub, release: LocalRelease, head: Head, changes: Changes) -> tuple[str, ...]:
    deleted = [change.path for change in changes if change.kind == "deleted"]
    if not deleted:
        return ()
    if RECORD in {change.path for change in changes if change.kind in ("changed", "same")}:
        with release.scratch() as folder:
            known = recorded(hub.read(head.commit, RECORD, folder))
        return tuple(path for path in deleted if path not in known)
    return tuple(deleted)


def _refuse_other_files(hub: Hub, release: LocalRelease, tagged: str, changes: Changes) -> None:
    if other := [change.path for change in changes if change.kind != "same"]:
        raise HubConflict(
            f"{release.tag} of {hub.repository} is published already, with other files: "
            f"it is {hub.last_commit(tagged)}, and differs in {listed(other)}",
            next=f"a published version stays as it is; {NEW_VERSION}",
        )


def _refuse_to_go_back(hub: Hub, release: LocalRelease, tags: Mapping[str, str]) -> None:
    later = [tag for tag in tags if _number(tag) > _number(release.tag)]
    if later:
        latest = max(later, key=_number)
        raise HubConflict(
            f"{latest} of {hub.repository} is published already ({hub.last_commit(tags[latest])}), and {release.tag} "
            "would take its place",
            next=NEW_VERSION,
        )


def _number(tag: str) -> tuple[int, ...]:
    found = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)", tag)
    return tuple(map(int, found.groups())) if found else ()
