"""Where things live and how they are written.

A workspace is a folder with ``configs/project.yaml`` and ``exports/``; it is found from the current folder upwards.
What must not be shared (credentials, the pseudonym key, the embedded server's files) lies in ``.goldkit/``, which
keeps itself out of git.

Settings are read in one order everywhere: flag, then environment, then ``configs/project.yaml``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from toolkit.errors import BadInputError, WorkspaceError

M = TypeVar("M", bound=BaseModel)
Layer = Literal["entities", "relations", "claims"]
LAYERS: tuple[Layer, ...] = ("entities", "relations", "claims")

SAFE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
SafeName = Annotated[str, Field(pattern=SAFE_NAME)]
SemVer = Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")]


class Settings(BaseModel):
    """Base of what people write: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StudioProject(Settings):
    """One Label Studio project: its title there, the layers its screen shows, annotations wanted per article."""

    title: Annotated[str, Field(min_length=3, max_length=50)]
    layers: tuple[Layer, ...] = LAYERS
    overlap: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _layers_make_sense(self) -> StudioProject:
        if not self.layers:
            raise ValueError("name at least one layer: entities, relations, claims")
        if len(set(self.layers)) != len(self.layers):
            raise ValueError("a layer is named twice")
        return self


class StudioSettings(Settings):
    """The Label Studio to use (``url`` empty: the embedded one) and the projects in it. Never a token."""

    url: str = ""
    projects: tuple[StudioProject, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _titles_are_unique(self) -> StudioSettings:
        titles = [project.title for project in self.projects]
        if len(set(titles)) != len(titles):
            raise ValueError("two Label Studio projects have the same title")
        return self


class DatasetSettings(Settings):
    """What the dataset's card says about itself."""

    version: SemVer = "0.1.0"
    title: str = ""
    licence: str = "other"


class HubSettings(Settings):
    """Where a release is published: ``owner/name``. Never a token."""

    repository: str = ""


class Project(Settings):
    """``configs/project.yaml``: the project's name and where its parts are, paths relative to the workspace."""

    name: SafeName
    ontology: str = "configs/ontology.yaml"
    guidelines: str = "configs/guidelines.md"
    cleaning: str = "configs/cleaning.yaml"
    articles: str = ""
    studio: StudioSettings
    dataset: DatasetSettings = DatasetSettings()
    hub: HubSettings = HubSettings()


class Workspace:
    """A folder with ``configs/`` and ``exports/``; every path that goldkit reads or writes comes from here."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """The workspace that ``start`` (the current folder) lies in.

        Raises WorkspaceError where no folder upwards has ``configs/project.yaml``.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "configs" / "project.yaml").is_file():
                return cls(folder)
        raise WorkspaceError(
            f"no workspace here: neither {start} nor a folder above it has configs/project.yaml",
            next="goldkit init (makes one here), or cd into your workspace",
        )

    @cached_property
    def project(self) -> Project:
        """The project file, checked."""
        path = self.root / "configs" / "project.yaml"
        return parse_settings(Project, load_yaml(path), path)

    @property
    def exports(self) -> Path:
        """``exports/<project>``, where every stage writes."""
        return self.root / "exports" / self.project.name

    @property
    def articles(self) -> Path:
        """The store of frozen articles."""
        return self.root / self.project.articles if self.project.articles else self.exports / "articles.jsonl"

    @property
    def snapshots(self) -> Path:
        """One folder a pull, never edited."""
        return self.exports / "snapshots"

    @property
    def studio_home(self) -> Path:
        """The embedded Label Studio's folder."""
        return self.private / "studio"

    @property
    def gold(self) -> Path:
        """The gold items, with how each came about."""
        return self.exports / "gold.jsonl"

    @property
    def annotations(self) -> Path:
        """The annotations that passed the checks."""
        return self.exports / "annotations.jsonl"

    @property
    def rejected(self) -> Path:
        """What did not pass, with the rule it broke."""
        return self.exports / "rejected.jsonl"

    @property
    def findings(self) -> Path:
        """The problems found by the last pull or check."""
        return self.exports / "findings.json"

    def dataset(self, version: str) -> Path:
        """The dataset's folder for one version."""
        return self.exports / "dataset" / version

    @property
    def ontology(self) -> Path:
        """The label schema."""
        return self.root / self.project.ontology

    @property
    def guidelines(self) -> Path:
        """What annotators are told."""
        return self.root / self.project.guidelines

    @property
    def cleaning(self) -> Path:
        """The cleaning rules."""
        return self.root / self.project.cleaning

    @property
    def private(self) -> Path:
        """``.goldkit``: secrets and the embedded server; made on first use, readable by its owner only."""
        folder = self.root / ".goldkit"
        if not folder.is_dir():
            with explained(folder, "make"):
                folder.mkdir(mode=0o700)
                write_text(folder / ".gitignore", "*\n")
        return folder


def read_text(path: Path) -> str:
    """Read a file that a person wrote, UTF-8. Raises BadInputError where it is absent or in another encoding."""
    try:
        with explained(path, "read"):
            return path.read_bytes().decode("utf-8-sig")
    except WorkspaceError as error:
        raise BadInputError(error.message, next=f"write {path}, or correct the path to it") from None
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path}: not UTF-8 at byte {error.start}", next=f"save {path} as UTF-8 and run again"
        ) from None


def load_yaml(path: Path) -> Any:
    """Read a YAML file that a person wrote. Duplicate keys are errors: the second would silently win.

    Raises BadInputError with the file, line and column.
    """
    try:
        return yaml.load(read_text(path), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise BadInputError(f"{where}: {error.problem}", next=f"correct {where} and run again") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise BadInputError(f"{path}: not YAML ({error})", next=f"correct {path} and run again") from None


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses duplicate keys, and aliases (they can be made to explode)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read here", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def parse_settings(model: type[M], data: Any, path: Path) -> M:
    """Check ``data`` read from ``path`` against a model; every problem is named by its place in the file.

    Raises BadInputError.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc']) or '(top)'}: {_plain(problem)}"
            for problem in error.errors()
        )
        raise BadInputError(f"{path}: not valid\n{problems}", next=f"correct {path} and run again") from None


def _plain(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "unknown key"
    return str(problem["msg"]).removeprefix("Value error, ")


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
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary path to write; on success it becomes ``path`` in one step, on failure nothing changes."""
    with explained(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
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
    """The same for a whole folder: the old one stays until the new one is complete."""
    with explained(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
        old = part.with_suffix(".old")
        try:
            yield part
            part.chmod(0o755)
            if path.exists():
                path.replace(old)
            part.replace(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


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
    except RecursionError:
        raise BadInputError(f"{path}: nested too deeply to be data", next=f"check {path} and run again") from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """Read one JSON value a line, with its line number. Raises BadInputError with the line."""
    with explained(path, "read"), path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
                raise BadInputError(
                    f"{path}:{number}: not a JSON value ({error})", next=f"correct line {number} of {path}"
                ) from None
