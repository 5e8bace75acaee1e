"""A stand-off release and people's own copies of its articles: the dataset with its texts, or what stands in the way.

Nothing is taken on trust. A text has the sha256 of the release, every span lies within it, and the tokens are those
that goldkit finds in it; only then is a row written. Titles are the copies' own: they are no part of the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from yaml import YAMLError

from toolkit.articles.model import Article
from toolkit.articles.rules import Rules
from toolkit.dataset.check import check_features
from toolkit.dataset.copies import Copies, Wanted
from toolkit.dataset.differing import difference
from toolkit.dataset.features import features
from toolkit.dataset.header import list_files
from toolkit.dataset.opened import Opened, open_dataset, open_files
from toolkit.dataset.standoff import CLEANING, articles_of, spans, tokens, with_text
from toolkit.dataset.tokens import tokenize
from toolkit.dataset.write import Block, Row, write_parquet
from toolkit.errors import BadInputError, GoldkitError, UsageError
from toolkit.files import load_yaml, read_text, replacing_folder, write_text
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology.load import BESIDE
from toolkit.settings import parse_settings

COPY_MISSING = Rule(
    "hydrate-copy-missing",
    "There is a copy of every article of the release.",
    Severity.ERROR,
    "get the article from its address, or go on without it: --partial",
)
TEXT_DIFFERS = Rule(
    "hydrate-text-differs",
    "A copy has the text that was labelled.",
    Severity.ERROR,
    "get the text as it was published then, name its columns (--field text=…, --field title=…), or go on without it: "
    "--partial",
)

_OF_THE_FILES = ("configs", "dataset_info")  # what the header says of the files
_DOWNLOAD = "download the release again, whole; if it stays so, tell those who published it"


@dataclass(frozen=True, slots=True)
class Hydrated:
    """What came of it.

    ``articles`` were proved of the ``wanted`` ones, with so many ``offsets`` (of spans and tokens). ``rows`` and
    ``left_out`` are by config. Without ``written`` there is no folder: an article has no copy, and findings say which.
    Copies: so many ``read``, ``used``, and ``others``, which are of no article of the release.
    """

    folder: Path
    written: bool
    wanted: int
    articles: int
    offsets: int
    rows: dict[str, int]
    left_out: dict[str, int]
    read: int
    used: int
    others: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {
            "folder": str(self.folder) if self.written else "",
            "findings": [finding.as_dict() for finding in self.findings],
        }


def open_standoff(folder: Path) -> tuple[Opened, Rules]:
    """A stand-off release, and the rules by which its articles were cleaned.

    Raises BadInputError where it is none, not all of it, or of another version of goldkit.
    """
    opened = open_dataset(folder)
    if opened.has_text:
        raise BadInputError(f"{folder} has its texts", next=f'datasets.load_dataset("{folder}")')
    for file in ("README.md", CLEANING):
        if not (folder / file).is_file():
            raise BadInputError(f"{folder}: {file} is missing", next=_DOWNLOAD)
    expected = features(opened.ontology, text=False)
    if "documents" not in opened.features or any(opened.features[it] != expected.get(it) for it in opened.features):
        raise BadInputError(
            f"{folder}: its columns are not those that this goldkit writes",
            next="install the version that wrote it, and run again",
        )
    return opened, parse_settings(Rules, load_yaml(folder / CLEANING), folder / CLEANING)


def wanted(release: Opened) -> Iterator[Wanted]:
    """The articles of a release."""
    for split in release.splits:
        for row in release.rows("documents", split):
            yield Wanted(row["article_id"], row["text_sha256"], split, row["url"] or "")


def hydrate(
    release: Opened,
    copies: Copies,
    folder: Path,
    *,
    partial: bool = False,
    advance: Callable[[int], None] = lambda rows: None,
) -> Hydrated:
    """Write the dataset with its texts into ``folder``, which must not be there or be empty.

    The Parquet files are those that the release would have been built with, byte for byte, as far as the copies know
    the titles. Where an article has no copy nothing is written; with ``partial``, what belongs to the others is.

    Raises UsageError where ``folder`` holds something, BadInputError where the release contradicts a text.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already, and is not replaced", next="--out OTHER-FOLDER, or move it away")
    missing = copies.missing()
    found = len(copies.wanted) - len(missing)
    writing = not missing or bool(partial and found)
    findings = (*copies.unreadable, *_missing(release, copies, missing))
    if writing:  # then nothing of this stands in the way
        findings = tuple(replace(finding, severity=Severity.NOTE) for finding in findings)
    work = _Work(release, copies, advance)
    if writing:
        with replacing_folder(folder) as part:
            work.write(part, f"{found} of {len(copies.wanted)} articles")
    return Hydrated(
        folder=folder,
        written=writing,
        wanted=len(copies.wanted),
        articles=found,
        offsets=work.offsets,
        rows=dict(sorted(work.rows.items())),
        left_out=dict(sorted(work.left_out.items())),
        read=copies.read,
        used=copies.used,
        others=copies.others,
        findings=tuple(sorted(findings)),
    )


def _missing(release: Opened, copies: Copies, missing: list[Wanted]) -> Iterator[Finding]:
    """Why each of these articles has no copy."""
    differing: dict[str, Wanted] = {}
    for one in missing:
        place = Place(article_id=one.article_id, url=one.url)
        if copies.differing(one.article_id) is not None:
            differing[one.article_id] = one
        elif one.article_id in copies.unfit:
            yield copies.unfit[one.article_id]
        else:
            yield COPY_MISSING.at(place, "none of the copies has its text, its id or its address")
    known = (row for row in release.rows("entities") if row["article_id"] in differing)
    released = {row["article_id"]: tokens(row) for row in known} if differing else {}
    for one in differing.values():
        if copy := copies.differing(one.article_id):
            place = Place(file=copy.source, article_id=one.article_id, url=one.url)
            yield TEXT_DIFFERS.at(place, difference(copy, one.text_sha256, released.get(one.article_id)))


class _Work:
    """One hydration: rows with their texts, each proved, and counted."""

    def __init__(self, release: Opened, copies: Copies, advance: Callable[[int], None]) -> None:
        self.release, self.copies, self.advance = release, copies, advance
        self.offsets = 0
        self.rows: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def write(self, part: Path, articles: str) -> None:
        """Write the whole folder."""
        columns = features(self.release.ontology)
        splits = {one.article_id: one.split for one in self.copies.wanted.values()}
        for config in sorted(self.release.features):
            write_parquet(part, config, columns[config], self._blocks(config), splits)
        beside, written = self.release.folder, open_files(part, self.release.ontology)
        write_text(part / "README.md", _card(read_text(beside / "README.md"), written, articles))
        write_text(part / BESIDE, read_text(beside / BESIDE))
        if wrong := check_features(part, self.release.ontology):
            raise GoldkitError(
                f"the card and the files differ: {wrong[0].message}",
                next="nothing was written; please report this as a bug of goldkit",
            )

    def _blocks(self, config: str) -> Iterator[Block]:
        for ids, block in groupby(self.release.rows(config), key=articles_of):
            rows = list(block)
            if not ids:
                raise self._contradicted(config, str(rows[0].get("story_id")), "it is about no article")
            articles = {id: self._article(config, id, rows) for id in ids}
            found = {id: article for id, article in articles.items() if article is not None}
            if len(found) < len(articles):
                self.left_out[config] += len(rows)
            else:
                for row in rows:
                    self._prove(config, row, found)
                self.rows[config] += len(rows)
                yield ids[0], [with_text(config, row, found.__getitem__) for row in rows]
            self.advance(len(rows))

    def _article(self, config: str, article_id: str, rows: list[Row]) -> Article | None:
        known = self.copies.wanted.get(article_id)
        if known is None or any(row.get("text_sha256", known.text_sha256) != known.text_sha256 for row in rows):
            raise self._contradicted(config, article_id, "documents has no such article, or one with another text")
        return self.copies.article(known.text_sha256)

    def _prove(self, config: str, row: Row, articles: Mapping[str, Article]) -> None:
        for article_id, span in spans(row):
            if not span.fits(articles[article_id].text):
                raise self._contradicted(config, article_id, f"{span.start}:{span.end} is not within its text")
            self.offsets += 1
        if config == "entities":
            if (released := tokens(row)) != tokenize(articles[row["article_id"]].text):
                raise self._contradicted(config, row["article_id"], "its tokens are not those of its text")
            self.offsets += len(released)

    def _contradicted(self, config: str, article_id: str, what: str) -> BadInputError:
        return BadInputError(f"{self.release.folder / config}: {article_id}: {what}", next=_DOWNLOAD)


def _card(released: str, written: Opened, articles: str) -> str:
    """The release's card for the folder with texts: the header says what is in the files now, a note why."""
    from huggingface_hub import DatasetCard, DatasetCardData

    try:
        card = DatasetCard(released)
    except (YAMLError, ValueError, RecursionError):
        raise BadInputError("the release's README.md: its YAML header cannot be read", next=_DOWNLOAD) from None
    data = DatasetCardData(**{key: value for key, value in vars(card.data).items() if key not in _OF_THE_FILES})
    list_files(data, written)
    note = (
        f"> **Hydrated.** This folder has the texts of {articles}, put back with `goldkit hydrate` from somebody's own "
        "copies. Load it from here. All below was written of the release, which has no texts; they are their "
        "publishers', and this folder is not for passing on."
    )
    return f"---\n{data.to_yaml()}\n---\n\n{note}\n\n{card.text.strip()}\n"
