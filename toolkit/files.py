"""How files are read and written: whole or not at all, with an error that names the place.

Every problem with a file that a person wrote is a BadInputError; every problem of the disk is a WorkspaceError.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from toolkit import parts
from toolkit.errors import BadInputError, WorkspaceError


def read_text(path: Path) -> str:
    """Read a file that a person wrote, UTF-8. Raises BadInputError where it is absent or in another encoding."""
    try:
        with explained(path, "read"):
            return path.read_bytes().decode("utf-8-sig")
    except WorkspaceError as error:
        raise BadInputError(error.message, next=f"write {path}, or correct the path to it") from None
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path}:{_line(error)}: not UTF-8 at byte {error.start}", next=f"save {path} as UTF-8 and run again"
        ) from None


def _line(error: UnicodeDecodeError) -> int:
    return error.object.count(b"\n", 0, error.start) + 1


def read_secret(path: Path) -> str:
    """A secret that is kept in a file, without the white space around it; empty where there is no file.

    Raises WorkspaceError where others can read it.
    """
    with explained(path, "read"):
        if not path.exists():
            return ""
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WorkspaceError(f"{path} can be read by others", next=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8", errors="replace").strip()


def load_yaml(path: Path) -> Any:
    """Read a YAML file that a person wrote. Duplicate keys are errors: the second would silently win.

    Raises BadInputError with the file, line and column.
    """
    return parse_yaml(read_text(path), path)


def parse_yaml(text: str, path: Path | str) -> Any:
    """The same for a text; ``path`` is what it is called in errors."""
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise BadInputError(f"{where}: {error.problem}", next=f"correct {where} and run again") from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:  # the last two: dates, numbers, odd keys
        raise BadInputError(f"{path}: not YAML ({error})", next=f"correct {path} and run again") from None


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses duplicate keys, and aliases (they can be made to explode)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read here", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep)
            if isinstance(value, int):
                str(value)  # a number of thousands of digits could be told to nobody
        except (LookupError, AttributeError, ValueError):  # as for !!bool maybe, !!timestamp today, 2031-02-30
            kind = node.tag.rpartition(":")[2]
            raise yaml.MarkedYAMLError(problem=f"not to be read as {kind}", problem_mark=node.start_mark) from None
        return value

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        value = super().construct_scalar(node)
        if half := next((one for one in str(value) if "\ud800" <= one <= "\udfff"), ""):
            problem = f"{half!r} is half a character, which no file can hold; write the character itself"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


@contextlib.contextmanager
def explained(path: Path, verb: str) -> Iterator[None]:
    """Turn an OSError about ``path`` (disk full, read-only, no permission) into a WorkspaceError."""
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"cannot {verb} {path}: {error.strerror or error}",
            next="free space or correct the permissions, then run the same command again; old files are whole",
        ) from error


@contextlib.contextmanager
def _room_for(path: Path) -> Iterator[None]:
    """Make the folders that something is to lie in; where it does not come to that, they go again."""
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            with contextlib.suppress(OSError):  # not empty: something else is there by now
                folder.rmdir()
        raise


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary path to write; on success it becomes ``path`` in one step, on failure nothing changes."""
    with explained(path, "write"), _room_for(path):
        part = parts.new_file(path)
        try:
            yield part
            part.chmod(0o600 if private else 0o644)
            with part.open("rb+") as written:
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """The same for a whole folder: the old one stays until the new one is complete, and stays where that fails."""
    with explained(path, "write"), _room_for(path):
        part = parts.new_folder(path)
        old = part.with_suffix(parts.OLD)
        try:
            yield part
            part.chmod(0o755)
            if path.exists():
                path.replace(old)
            part.replace(path)
        finally:
            if old.exists() and not path.exists():  # stopped between the two
                old.replace(path)
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """A folder beside ``path`` for what may not stay; gone afterwards."""
    with explained(path, "write"), _room_for(path):
        part = parts.new_folder(path)
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)


def tidy(folder: Path) -> None:
    """Take away what killed runs left in a folder, and put back what they had only set aside.

    Whatever writes there does it too. This is for those who look there first.
    """
    with explained(folder, "tidy up"):
        parts.sweep(folder)


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a whole file in one step, UTF-8, newlines as they are."""
    with replacing(path, private=private) as part:
        part.write_bytes(text.encode("utf-8"))


def to_json(value: Any) -> str:
    """JSON on one line, keys sorted, text readable: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_json(path: Path, value: Any, *, private: bool = False) -> None:
    """Write one JSON value for people to read: indented, keys sorted."""
    write_text(path, json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n", private=private)


def write_jsonl(path: Path, values: Iterable[Any]) -> int:
    """Write one JSON value a line in one step; returns how many."""
    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for value in values:
            file.write(to_json(value) + "\n")
            count += 1
    return count


def read_json(path: Path) -> Any:
    """Read one JSON file. Raises BadInputError with the line."""
    try:
        with explained(path, "read"):
            return json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise BadInputError(f"{path}:{error.lineno}: {error.msg}", next=f"check {path} and run again") from None
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: {error.reason} at byte {error.start}", next=f"save {path} as UTF-8") from None
    except (RecursionError, ValueError) as error:  # nested without end, or a number without end
        raise BadInputError(f"{path}: not data ({error})", next=f"check {path} and run again") from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """Read one JSON value a line, with its line number. Raises BadInputError with the line."""
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadInputError(
                    f"{path}:{number}: not a JSON value ({error})", next=f"correct line {number} of {path}"
                ) from None


def unread(path: Path, folder: Path) -> str:
    """Why ``path``, which was met in ``folder``, is not to be read; empty where it may be.

    Whoever gives a folder means what is in it, and not what else on the machine a link in it leads to.
    """
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        return "a link that leads out of the folder"
    if path.exists() and not (path.is_file() or path.is_dir()):
        return "no file but a pipe, a socket or a device"
    return ""


def shown(path: Path) -> str:
    """The path from the current folder, as CI wants it; as it was given where the two have only the root in common."""
    here, resolved = Path.cwd(), path.resolve()
    return Path(os.path.relpath(resolved, here)).as_posix() if here.parts[:2] == resolved.parts[:2] else path.as_posix()
