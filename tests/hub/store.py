"""What a small Hub keeps: contents by their sha256, and repositories whose commits each have their whole tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
Entry = dict[str, Any]  # {sha256, size, lfs}
Tree = dict[str, Entry]  # by path


@dataclass
class Repository:
    """One dataset repository."""

    private: bool
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    main: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    def add(self, title: str, tree: Tree) -> str:
        """A commit on top of the newest. Its time is the count of those before it, in minutes."""
        date = f"2026-01-01T{len(self.commits) // 60:02}:{len(self.commits) % 60:02}:00.000Z"
        made = {"parent": self.main, "title": title, "tree": tree, "date": date}
        self.main = hashlib.sha1(json.dumps(made, sort_keys=True).encode()).hexdigest()
        self.commits[self.main] = made
        return self.main

    def commit(self, revision: str) -> str | None:
        """The commit that a branch, a tag or an id names."""
        revision = unquote(revision)
        found = self.main if revision == "main" else self.tags.get(revision, revision)
        return found if found in self.commits else None

    def tree(self, revision: str) -> Tree:
        return self.commits[self.commit(revision) or ""]["tree"]

    def history(self, commit: str) -> Iterator[tuple[str, dict[str, Any]]]:
        while commit:
            yield commit, self.commits[commit]
            commit = self.commits[commit]["parent"]


class Store:
    """Repositories by ``owner/name``, in a folder: another Store on it goes on where this one stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blobs = folder / "blobs"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._state = folder / "repositories.json"
        saved = json.loads(self._state.read_text(encoding="utf-8")) if self._state.exists() else {}
        self.repositories = {name: Repository(**values) for name, values in saved.items()}

    def save(self) -> None:
        part = self._state.with_suffix(".part")
        data = {name: asdict(repository) for name, repository in self.repositories.items()}
        part.write_text(json.dumps(data), encoding="utf-8")
        part.replace(self._state)

    def make(self, name: str, *, private: bool) -> Repository:
        """A new repository, with the one file that is the Hub's own."""
        made = self.repositories[name] = Repository(private)
        made.add("initial commit", {".gitattributes": self.keep(ATTRIBUTES, lfs=False)})
        self.save()
        return made

    def blob(self, sha256: str) -> Path:
        return self._blobs / sha256

    def keep(self, content: bytes, *, lfs: bool) -> Entry:
        sha256 = hashlib.sha256(content).hexdigest()
        self.blob(sha256).write_bytes(content)
        return {"sha256": sha256, "size": len(content), "lfs": lfs}

    def content(self, entry: Entry) -> bytes:
        return self.blob(entry["sha256"]).read_bytes()

    def oid(self, entry: Entry) -> str:
        """Git's name of a file's content; of a large file's, that of the pointer that git has in its place."""
        content = POINTER.format(**entry).encode() if entry["lfs"] else self.content(entry)
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
