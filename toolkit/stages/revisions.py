"""A file as it was at a git ref. Nothing is fetched or changed, and no ref is taken for an option of git."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import BadInputError

_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Set where git runs us, in a hook; the repository is the one that the folder lies in."""

_OTHERWISE = "or compare with a file, a snapshot or a release"


@dataclass(frozen=True, slots=True)
class Revision:
    """A file at a ref: ``name`` is what git calls it, ``REF:path``."""

    name: str
    text: str


def read_at(folder: Path, source: str, own: Path | None = None) -> Revision:
    """The text of ``REF:path``, or of the file ``own`` at ``REF``, in the repository that ``folder`` lies in.

    Raises BadInputError where there is no git, no repository, no such ref or, at the ref, no such file.
    """
    ref, _, path = source.partition(":")
    if not ref or ref.startswith("-") or not ref.isprintable() or not source.isprintable():
        raise BadInputError(f"{source!r} is no git ref", next=f"name a branch, a tag or a commit, {_OTHERWISE}")
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top.returncode != 0:
        raise BadInputError(
            f"{source!r} is no file, snapshot or release here, and {folder} is in no git repository ({_said(top)})",
            next="give the path to a file, or the name of a snapshot or a release",
        )
    found = _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if found.returncode != 0:
        shallow = _text(_git(folder, "rev-parse", "--is-shallow-repository")) == "true"
        cut = "; this clone is shallow, so it has few of them" if shallow else ""
        raise BadInputError(
            f"{source!r} is no file, snapshot or release here, and git knows no ref {ref}{cut}",
            next=_fetching(folder, ref, shallow),
        )
    path = path or _inside(own, Path(_text(top)), ref)
    blob = _git(folder, "cat-file", "blob", f"{_text(found)}:{path}")
    if blob.returncode != 0:
        raise BadInputError(
            f"there is no file {path} at {ref}", next=f"name the file as it was called there: {ref}:PATH"
        )
    try:
        return Revision(f"{ref}:{path}", blob.stdout.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInputError(f"{ref}:{path}: not UTF-8 at byte {error.start}", next="compare with another") from None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise BadInputError(
            "a git ref was given, and git is not installed here", next=f"install git, {_OTHERWISE}"
        ) from None


def _text(done: subprocess.CompletedProcess[bytes]) -> str:
    return os.fsdecode(done.stdout).strip("\n")


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "git says nothing"


def _inside(own: Path | None, top: Path, ref: str) -> str:
    """The path of the workspace's file, from the top of the repository."""
    if own is None:
        raise BadInputError(
            f"{ref} names no file, and there is no workspace here", next=f"goldkit schema diff {ref}:PATH"
        )
    try:
        return own.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise BadInputError(
            f"{own} is not in the git repository {top}", next=f"name the file: {ref}:PATH, {_OTHERWISE}"
        ) from None


def _fetching(folder: Path, ref: str, shallow: bool) -> str:
    """The command that brings a ref here, as far as the ref tells."""
    remotes = _text(_git(folder, "remote")).split()
    if re.search(r"[~^@]", ref):
        return "git fetch --unshallow (the history is cut off here)" if shallow else f"git log (no {ref} is in it)"
    if not remotes:
        return "git branch; git tag (list the refs that there are)"
    remote, _, branch = ref.partition("/")
    fetch = "git fetch --depth=1" if shallow else "git fetch"
    if branch and remote in remotes:
        return f"{fetch} {remote} {shlex.quote(f'+refs/heads/{branch}:refs/remotes/{remote}/{branch}')}"
    if re.fullmatch(r"[0-9a-f]{40}", ref):
        return f"{fetch} {remotes[0]} {ref}"
    return f"{fetch} {remotes[0]} tag {shlex.quote(ref)} (a branch is called {remotes[0]}/{ref})"
