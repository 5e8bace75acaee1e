"""All that a dataset's papers (card, datasheet, Croissant) are made from, in one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from toolkit.dataset import vocabulary
from toolkit.dataset.opened import Opened
from toolkit.dataset.prose import Prose
from toolkit.dataset.summary import Summary
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology.model import Ontology
from toolkit.project import Project

DATE_MISSING = Rule(
    "card-date-missing",
    "A dataset says when it was published.",
    Severity.NOTE,
    "date under dataset in configs/project.yaml, before you release it; citation and croissant.json go without it",
)
CREATORS_MISSING = Rule(
    "card-creators-missing",
    "A dataset says whose it is.",
    Severity.NOTE,
    "creators under dataset in configs/project.yaml; citation and croissant.json go without them",
)
URL_MISSING = Rule(
    "card-url-missing",
    "A dataset says where its home is.",
    Severity.NOTE,
    "url under dataset, or repository under hub, in configs/project.yaml; citation and croissant.json go without it",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of agreement: ``value`` and its interval (None: undefined), about ``items`` in ``stories``."""

    layer: str
    measure: str
    value: float | None
    low: float | None
    high: float | None
    items: int
    stories: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What agreement was measured on, and what came out."""

    articles: int  # that two annotators or more worked on
    stories: int
    annotators: int
    accepted: int  # items that are accepted suggestions
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ComparedLinks:
    """The same of what is linked across articles."""

    stories: int  # that two annotators or more worked on
    annotators: int
    mentions: int  # that two put somewhere, counted for every two
    unsure: int  # that one of two left open
    pairs: int  # of claims
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SuggestedBy:
    """What became of what one source suggested in one layer, in items of annotators.

    ``rate`` is the share of accepted ones with its interval (None: undefined, or too few ``stories`` for one).
    """

    source: str
    layer: str
    accepted: int
    changed: int
    deleted: int
    added: int  # by annotators, beside what was suggested
    rate: float | None
    low: float | None
    high: float | None
    stories: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """What suggestions did; ``control`` articles were drawn to be labelled without, and are labelled."""

    articles: int
    control: int
    sources: tuple[SuggestedBy, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables do not say. All of it is optional: a card leaves out what it is not told.

    ``linking`` is the agreement across articles, ``suggestions`` what they did. ``near_copies`` are the pairs of
    articles that were found alike, counted by what they are; ``components`` the groups of articles that no split tears
    apart, ``largest`` the articles in the largest. ``drawn`` of the ``corpus`` were to be labelled (None: all of it),
    in an ``order`` (``plain``: none).
    """

    agreement: Compared | None = None
    linking: ComparedLinks | None = None
    suggestions: Suggested | None = None
    guidelines_sha256: str = ""
    near_copies: Mapping[str, int] = field(default_factory=dict)
    components: int = 0
    largest: int = 0
    corpus: int = 0
    drawn: int | None = None
    order: str = "plain"


@dataclass(frozen=True)
class About:
    """A dataset and what is known of it; ``opened`` are its Parquet files, which are written before its papers."""

    project: Project
    ontology: Ontology
    opened: Opened
    prose: Prose = field(default_factory=Prose)
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def summary(self) -> Summary:
        """What its files hold."""
        return Summary(self.opened)

    @property
    def guidelines(self) -> str:
        """What the annotators' guidelines are known by: their version and their digest, as far as they are told."""
        version, digest = self.project.guidelines_version, self.facts.guidelines_sha256
        return ", ".join([f"version {version}"] * bool(version) + [f"sha256 {digest}"] * bool(digest))

    @property
    def title(self) -> str:
        """What it is called."""
        return self.project.dataset.title or self.project.name

    @property
    def url(self) -> str:
        """Its home: the one that the project names, else its page on the Hub, else empty."""
        repository = self.project.hub.repository
        return self.project.dataset.url or (f"https://huggingface.co/datasets/{repository}" if repository else "")

    @cached_property
    def languages(self) -> dict[str, int]:
        """Articles by language, as far as it is known and the Hub knows it."""
        found = self.summary.counts("documents", "language")
        return {language: count for language, count in found.items() if language in vocabulary.languages()}

    def findings(self) -> Iterator[Finding]:
        """What its papers go without: sections, words that the Hub does not know, date, creators, address."""
        yield from self.prose.findings()
        settings, place = self.project.dataset, Place(file="configs/project.yaml")
        yield from vocabulary.check(settings, dict(self.summary.columns("documents", "language", "article_id")))
        if not settings.date:
            yield DATE_MISSING.at(place, "the dataset has no date")
        if not settings.creators:
            yield CREATORS_MISSING.at(place, "the dataset has no creators")
        if not self.url:
            yield URL_MISSING.at(place, "the dataset has no address")
