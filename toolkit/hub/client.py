"""One dataset repository on the Hub: what is in it, and the few things that are done to it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import HubNotFound
from toolkit.hub.address import Address
from toolkit.hub.release import LocalFile
from toolkit.hub.transport import TIMEOUT, connect, explained, one_line

if TYPE_CHECKING:
    from huggingface_hub import HfApi

BRANCH = "main"
OWN = ".gitattributes"  # the Hub's own file: which others are kept as large files


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of a repository, and who may see it."""

    commit: str
    private: bool


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on the Hub: ``size`` in bytes; ``sha256`` of a large file (else empty), ``blob`` git's name of another."""

    size: int
    sha256: str
    blob: str

    def holds(self, file: LocalFile) -> bool:
        """Whether its content is that file's."""
        return self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: ``date`` as the Hub tells it, ISO 8601."""

    id: str
    title: str
    date: str

    def __str__(self) -> str:
        return f"{self.id[:8]} “{self.title}” of {self.date}"


class Hub:
    """A dataset repository on a Hub, ``owner/name``. Everything raises HubError, in its kinds."""

    def __init__(self, address: Address, repository: str, *, timeout: float = TIMEOUT) -> None:
        self.address = address
        self.repository = repository
        self._timeout = timeout

    @cached_property
    def _api(self) -> HfApi:
        return connect(self.address)

    @contextmanager
    def _asking(self) -> Iterator[HfApi]:
        with explained(self.address, timeout=self._timeout):
            yield self._api

    @property
    def page(self) -> str:
        """Its page for people."""
        return self.address.page(self.repository)

    def redacted(self, text: str) -> str:
        """What somebody else says, on one line, without the token."""
        return one_line(text, self.address)

    def head(self) -> Head | None:
        """The newest commit; None where there is no such repository, or none for this token."""
        try:
            with self._asking() as api:
                info = api.dataset_info(self.repository, revision=BRANCH)
                return Head(commit=info.sha or "", private=bool(info.private))
        except HubNotFound:
            return None

    def create(self, *, private: bool) -> Head:
        """Make the repository. Raises HubConflict where it exists, though this token may not see it."""
        with self._asking() as api:
            api.create_repo(self.repository, repo_type="dataset", private=private)
            info = api.dataset_info(self.repository, revision=BRANCH)
            return Head(commit=info.sha or "", private=bool(info.private))

    def files(self, revision: str) -> dict[str, HubFile]:
        """The files of a commit by path, but for the Hub's own."""
        from huggingface_hub.hf_api import RepoFile

        with self._asking() as api:
            return {
                entry.path: HubFile(entry.size, entry.lfs.sha256 if entry.lfs else "", entry.blob_id)
                for entry in api.list_repo_tree(self.repository, recursive=True, revision=revision, repo_type="dataset")
                if isinstance(entry, RepoFile) and entry.path != OWN
            }

    def tags(self) -> dict[str, str]:
        """The commit of each tag."""
        with self._asking() as api:
            refs = api.list_repo_refs(self.repository, repo_type="dataset")
            return {tag.name: tag.target_commit for tag in refs.tags}

    def last_commit(self, revision: str) -> Commit:
        """The commit that a revision is."""
        with self._asking() as api:
            found = api.list_repo_commits(self.repository, repo_type="dataset", revision=revision)[0]
            return Commit(found.commit_id, found.title, found.created_at.isoformat(timespec="seconds"))

    def read(self, revision: str, path: str, into: Path) -> bytes:
        """A small file of a commit; ``into`` is a folder for the client to keep it in."""
        with self._asking() as api:
            kept = api.hf_hub_download(
                self.repository, path, repo_type="dataset", revision=revision, cache_dir=into / "hub"
            )
            return Path(kept).read_bytes()

    def download(self, revision: str, into: Path) -> Path:
        """Every file of a revision, as the Hub gives it today; the folder that they are in."""
        with self._asking() as api:
            return Path(
                api.snapshot_download(
                    self.repository, repo_type="dataset", revision=revision, cache_dir=into / "hub", max_workers=4
                )
            )

    def commit(self, parent: str, title: str, *, send: Mapping[str, Path], delete: Iterable[str]) -> tuple[str, str]:
        """Change files in one commit on top of ``parent``; its id, and what the Hub remarks on the card.

        Raises HubConflict where ``parent`` is not the newest commit any more; nothing is changed then.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        with self._asking() as api, warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            made = api.create_commit(
                self.repository,
                [
                    *(CommitOperationDelete(path_in_repo=path, is_folder=False) for path in sorted(delete)),
                    *(CommitOperationAdd(path_in_repo=path, path_or_fileobj=send[path]) for path in sorted(send)),
                ],
                commit_message=title,
                parent_commit=parent,
                revision=BRANCH,
                repo_type="dataset",
            )
            return made.oid, "\n".join(str(remark.message) for remark in remarks)

    def tag(self, name: str, commit: str) -> None:
        """Name a commit. Raises HubConflict where the name is taken."""
        with self._asking() as api:
            api.create_tag(self.repository, tag=name, revision=commit, repo_type="dataset")
