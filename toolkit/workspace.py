"""Where things live, and the settings that people write.

A workspace is a folder with ``configs/project.yaml`` and ``exports/``; it is found from the current folder upwards.
What must not be shared (credentials, the pseudonym key, the embedded server's files) lies in ``.goldkit/``, which
keeps itself out of git.

Settings are read in one order everywhere: flag, then environment, then ``configs/project.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from toolkit.errors import BadInputError, WorkspaceError
from toolkit.files import explained, load_yaml, write_text

M = TypeVar("M", bound=BaseModel)
Layer = Literal["entities", "relations", "claims"]
LAYERS: tuple[Layer, ...] = ("entities", "relations", "claims")

_FORMS: dict[str, str] = {}


def form(pattern: str, words: str) -> Any:
    """A field whose text must match a pattern; ``words`` say what that is to people who know no patterns."""
    _FORMS[pattern] = words
    return Field(pattern=pattern)


SAFE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"
SafeName = Annotated[str, form(SAFE_NAME, "letters, digits and . _ -, a letter or digit first, 40 at most")]
PSEUDONYM = r"ann-[a-z2-7]{8}"
SemVer = Annotated[
    str, form(r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", "three numbers with points between, such as 1.0.0")
]


class Settings(BaseModel):
    """Base of what people write: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StudioProject(Settings):
    """One Label Studio project: its title there, the layers its screen shows, annotations wanted per article.

    ``annotators`` are those whom ``goldkit assign`` gives articles to, by pseudonym: the file is published, addresses
    are not.
    """

    title: Annotated[str, Field(min_length=3, max_length=50)]
    layers: tuple[Layer, ...] = LAYERS
    overlap: Annotated[int, Field(ge=1)] = 1
    annotators: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _layers_make_sense(self) -> StudioProject:
        if not self.layers:
            raise ValueError("name at least one layer: entities, relations, claims")
        if len(set(self.layers)) != len(self.layers):
            raise ValueError("a layer is named twice")
        return self

    @field_validator("annotators")
    @classmethod
    def _annotators_are_pseudonyms(cls, annotators: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(PSEUDONYM, one) for one in annotators):
            raise ValueError("name people by their pseudonyms (ann-…), which goldkit status --names tells")
        if len(set(annotators)) != len(annotators):
            raise ValueError("somebody is named twice")
        return annotators


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
    """What the dataset's card says about itself, in the Hub's words."""

    version: SemVer = "0.1.0"
    title: str = ""
    licence: str = "other"
    annotations_creators: tuple[str, ...] = ()  # expert-generated, crowdsourced, ...: only a person knows
    language_creators: tuple[str, ...] = ("found",)


class GoldSettings(Settings):
    """Which votes are gold without a person: what ``rule`` does not settle awaits adjudication.

    ``confidence`` is how sure a model (``dawid-skene``, ``mace``) must be.
    """

    rule: Literal["unanimous", "majority", "dawid-skene", "mace"] = "majority"
    confidence: Annotated[float, Field(gt=0.5, le=1)] = 0.95


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
    gold: GoldSettings = GoldSettings()
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
    def review_snapshots(self) -> Path:
        """The same of the review project."""
        return self.exports / "review-snapshots"

    @property
    def studio_home(self) -> Path:
        """The embedded Label Studio's folder."""
        return self.private / "studio"

    @property
    def gold(self) -> Path:
        """The gold items, with how each came about."""
        return self.exports / "gold.jsonl"

    @property
    def reports(self) -> Path:
        """What people and other programs read about the project."""
        return self.exports / "reports"

    @property
    def open(self) -> Path:
        """The articles that the votes did not settle, as far as they did."""
        return self.exports / "open.jsonl"

    @property
    def reviews(self) -> Path:
        """The articles as adjudicators left them."""
        return self.exports / "reviews.jsonl"

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


def parse_settings(model: type[M], data: Any, path: Path | str, *, context: str | None = None) -> M:
    """Check ``data`` read from ``path`` against a model; every problem is named by its place in the file.

    ``context`` is pydantic's validation context. Raises BadInputError.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc']) or '(top)'}: {in_words(problem, model)}"
            for problem in error.errors()
        )
        raise BadInputError(f"{path}: not valid\n{problems}", next=f"correct {path} and run again") from None


def in_words(problem: Any, model: type[BaseModel] | None = None) -> str:
    """What is wrong, of one of pydantic's errors about a ``model``."""
    kind, given, loc = problem["type"], problem["input"], problem["loc"]
    match kind:
        case "extra_forbidden":
            close = get_close_matches(str(loc[-1]), _keys(model, loc[:-1]), 1)
            return f"unknown key; is it {close[0]}?" if close else "unknown key"
        case "string_pattern_mismatch":
            pattern = problem["ctx"]["pattern"]
            return f"{given!r} is not {_FORMS[pattern]}" if pattern in _FORMS else str(problem["msg"])
        case "string_type" if given is None:
            return "empty; what begins with # has to be in quotes, or YAML takes it for a comment"
        case "string_type" if loc[-1:] in (("version",), ("since",)):
            return f"{given!r} is not three numbers with points between, such as 1.0.0"
        case "string_type" if isinstance(given, bool | int | float | date):
            return "not read as text; put it in quotes"
        case "string_type":
            return "not a text"
        case "tuple_type":
            return "empty; list something or leave it out" if given is None else "not a list"
        case "model_type" | "model_attributes_type":
            return "empty" if given is None else "not keys with values (key: value)"
    return str(problem["msg"]).removeprefix("Value error, ")


def _keys(model: type[BaseModel] | None, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that can stand at a place in what a model describes, as far as the place tells which model it is."""
    for part in loc:
        if model is not None and isinstance(part, str):
            field = model.model_fields.get(part)
            model = next(_models(field.annotation), None) if field else None
    return list(model.model_fields) if model else []


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
