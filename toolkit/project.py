"""``configs/project.yaml``: what a project decides. Never a secret: those are in the environment or ``.goldkit/``."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PureWindowsPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from toolkit.settings import SafeName, SemVer, Settings, form

Layer = Literal["entities", "relations", "claims"]
LAYERS: tuple[Layer, ...] = ("entities", "relations", "claims")

PSEUDONYM = r"ann-[a-z2-7]{8}"


def _inside(path: str) -> str:
    there = PureWindowsPath(path)  # knows both slashes, and drives
    if there.anchor or ".." in there.parts or "\0" in path:
        raise ValueError("not a path in the workspace: leave .. out, and what stands before the workspace's folder")
    return path


OwnPath = Annotated[str, AfterValidator(_inside)]
"""A path relative to the workspace, and in it: who gives a workspace to others has no say on the rest of their disk."""


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


Share = Annotated[float, Field(gt=0, le=1)]
SplitName = Annotated[
    str, form(r"^[a-z][a-z0-9_]{0,29}$", "lower-case letters, digits and _, a letter first, 30 at most")
]
IsoDate = Annotated[
    str,
    BeforeValidator(lambda day: day.isoformat() if type(day) is date else day),  # YAML reads an unquoted one so
    form(r"^(\d{4}-\d{2}-\d{2})?$", "a date such as 2026-11-22"),
]


class GroupingSettings(Settings):
    """When two articles are near-copies, and when a story is proposed.

    ``duplicate``, ``near_duplicate`` and ``review`` are Jaccard similarities of the sets of 5-word shingles,
    ``containment`` the share of the shorter one's that stands in the longer. A story is proposed of articles that are
    at most ``story_days`` apart and ``story_similarity`` alike.
    """

    duplicate: Share = 0.9
    near_duplicate: Share = 0.7
    review: Share = 0.5
    containment: Share = 0.8
    story_days: Annotated[int, Field(ge=0)] = 3
    story_similarity: Share = 0.25

    @model_validator(mode="after")
    def _in_order(self) -> GroupingSettings:
        if not self.review <= self.near_duplicate <= self.duplicate:
            raise ValueError("review, near_duplicate and duplicate have to rise in this order")
        return self


class LinkingSettings(Settings):
    """The layer across articles: how many people settle each story and each pair of claims, how many pairs at most.

    ``pairs`` is of one story; those that look most alike are asked about.
    """

    overlap: Annotated[int, Field(ge=1)] = 1
    pairs: Annotated[int, Field(ge=1)] = 60


class _SourceSettings(Settings):
    """What all sources of suggestions have: a name, and the layers that they are asked for."""

    name: SafeName
    layers: tuple[Layer, ...] = Field(default=LAYERS, min_length=1)
    least_score: Annotated[float, Field(ge=0, le=1)] = 0  # what is less sure is not shown


class CarryOverSettings(_SourceSettings):
    """Suggestions from the gold that is there already."""

    kind: Literal["carry-over"]


class SpacySettings(_SourceSettings):
    """A spaCy pipeline, by package or path; ``labels`` is a YAML file from its labels to the ontology's."""

    kind: Literal["spacy"]
    pipeline: Annotated[str, Field(min_length=1)]
    labels: OwnPath


class CommandSettings(_SourceSettings):
    """A program that reads articles and writes records, as docs/suggesting.md has it; never run by a shell.

    ``seconds`` is what one batch may take.
    """

    kind: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1)
    batch: Annotated[int, Field(ge=1)] = 8
    seconds: Annotated[float, Field(gt=0)] = 120
    retries: Annotated[int, Field(ge=0)] = 1


class HttpSettings(_SourceSettings):
    """An HTTP endpoint with the same JSON; ``token_variable`` names the environment variable with its token."""

    kind: Literal["http"]
    url: Annotated[str, form(r"^https?://\S+$", "an http or https address")]
    token_variable: str = ""
    batch: Annotated[int, Field(ge=1)] = 8
    seconds: Annotated[float, Field(gt=0)] = 120
    retries: Annotated[int, Field(ge=0)] = 2


SourceSettings = Annotated[
    CarryOverSettings | SpacySettings | CommandSettings | HttpSettings, Field(discriminator="kind")
]


class SuggestionSettings(Settings):
    """Who suggests, whose suggestions are shown (the first source's, unless ``shown`` names one), and to whom none are.

    ``control`` is the share of articles that are always labelled without, drawn by ``control_seed``.
    """

    sources: tuple[SourceSettings, ...] = ()
    shown: str = ""
    control: Annotated[float, Field(ge=0, le=1)] = 0.2
    control_seed: int = 0

    @model_validator(mode="after")
    def _names_are_known(self) -> SuggestionSettings:
        names = [source.name for source in self.sources]
        if len(set(names)) != len(names):
            raise ValueError("two sources have the same name")
        if self.shown and self.shown not in names:
            raise ValueError(f"shown names {self.shown}, which is no source here")
        return self


class DatasetSettings(Settings):
    """What the dataset's card says about itself, in the Hub's words, and how it is cut.

    ``splits`` are the asked shares of articles; which article comes into which is drawn by ``split_seed``. Stories of
    which every article was published on ``test_from`` or later are the test. ``text`` is left out of a stand-off
    release: offsets, addresses and digests remain.
    """

    version: SemVer = "0.1.0"
    date: IsoDate = ""  # of the release: only a person can say it, the clock is not asked
    title: str = ""
    licence: str = "other"
    annotations_creators: tuple[str, ...] = ()  # expert-generated, crowdsourced, ...: only a person knows
    language_creators: tuple[str, ...] = ()  # found, expert-generated, ...: likewise
    creators: tuple[str, ...] = ()  # people or organisations who publish it
    url: str = ""
    text: Literal["included", "stand-off"] = "included"
    splits: dict[SplitName, Share] = Field(default={"train": 0.8, "validation": 0.1, "test": 0.1}, min_length=1)
    split_seed: int = 0
    test_from: IsoDate = ""

    @field_validator("splits")
    @classmethod
    def _shares_are_a_whole(cls, splits: dict[str, float]) -> dict[str, float]:
        if abs(sum(splits.values()) - 1) > 1e-9:
            raise ValueError(f"the shares add up to {sum(splits.values()):g}, not to 1")
        return splits

    @field_validator("date", "test_from")
    @classmethod
    def _dates_exist(cls, day: str) -> str:
        if day:
            date.fromisoformat(day)
        return day

    @model_validator(mode="after")
    def _dated_test_is_a_split(self) -> DatasetSettings:
        if self.test_from and "test" not in self.splits:
            raise ValueError("test_from needs a share for test under splits")
        return self


class GoldSettings(Settings):
    """Which votes are gold without a person: what ``rule`` does not settle awaits adjudication.

    ``confidence`` is how sure a model (``dawid-skene``, ``mace``) must be.
    """

    rule: Literal["unanimous", "majority", "dawid-skene", "mace"] = "majority"
    confidence: Annotated[float, Field(gt=0.5, le=1)] = 0.95


class HubSettings(Settings):
    """Where a release is published: ``owner/name``. Never a token."""

    repository: Annotated[str, form(r"^([\w.-]+/[\w.-]+)?$", "owner/name")] = ""
    private: bool = True


class Project(Settings):
    """``configs/project.yaml``: the project's name and where its parts are, paths relative to the workspace."""

    name: SafeName
    ontology: str = "configs/ontology.yaml"  # may lie elsewhere: several workspaces can share one
    guidelines: OwnPath = "configs/guidelines.md"
    guidelines_version: str = ""  # as those who write them count it
    cleaning: OwnPath = "configs/cleaning.yaml"
    articles: OwnPath = ""
    studio: StudioSettings
    grouping: GroupingSettings = GroupingSettings()
    linking: LinkingSettings = LinkingSettings()
    suggestions: SuggestionSettings = SuggestionSettings()
    gold: GoldSettings = GoldSettings()
    dataset: DatasetSettings = DatasetSettings()
    hub: HubSettings = HubSettings()
