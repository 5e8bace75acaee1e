"""Where things live: a workspace and its paths.

A workspace is a folder with ``configs/project.yaml`` and ``exports/``; it is found from the current folder upwards.
What must not be shared (credentials, the pseudonym key, the embedded server's files) lies in ``.goldkit/``, which
keeps itself out of git.

Settings are read in one order everywhere: flag, then environment, then ``configs/project.yaml``.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from toolkit.errors import WorkspaceError
from toolkit.files import explained, load_yaml, write_text
from toolkit.project import Project
from toolkit.settings import parse_settings


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
    def groups(self) -> Path:
        """Near-copies among the articles, with the scores of each pair, and the stories."""
        return self.exports / "groups.json"

    @property
    def stories(self) -> Path:
        """The stories that were proposed, for a person to confirm."""
        return self.root / "configs" / "stories.yaml"

    @property
    def prose(self) -> Path:
        """What only a person can say about the dataset, for its card."""
        return self.root / "configs" / "card.md"

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
    def suggestions(self) -> Path:
        """What sources suggest, a file each, and who was shown what."""
        return self.exports / "suggestions"

    @property
    def sample(self) -> Path:
        """The articles that were chosen to be labelled; where there is no such file, all are."""
        return self.root / "configs" / "sample.yaml"

    @property
    def links(self) -> Path:
        """What is known across articles: candidates, votes, and the gold of each story."""
        return self.exports / "links"

    @property
    def links_gold(self) -> Path:
        """Each story as far as it is settled across its articles."""
        return self.links / "gold.jsonl"

    @property
    def link_snapshots(self) -> Path:
        """One folder a pull of the projects that stories are linked in, never edited."""
        return self.exports / "link-snapshots"

    @property
    def link_review_snapshots(self) -> Path:
        """The same of the projects in which that is reviewed."""
        return self.exports / "link-review-snapshots"

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
        if not (folder / ".gitignore").is_file():
            with explained(folder, "make"):
                folder.mkdir(mode=0o700, exist_ok=True)
                write_text(folder / ".gitignore", "*\n")
        return folder
