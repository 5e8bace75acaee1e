"""A file of clusters scored against another: what `goldkit link score` prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import BadInputError
from toolkit.links.clusters import Document, Grouping, read_clusters

if TYPE_CHECKING:
    from toolkit.gold.agreement.bootstrap import Estimate
    from toolkit.links.scores import Partition, Score, Scores

COLUMNS = ("singletons", "measure", "recall", "precision", "F1", "95 % interval of F1")
"""Of ``FileScores.rows``."""

_STORIES: tuple[Grouping, ...] = ("story_id", "topic", "subtopic")


@dataclass(frozen=True, slots=True)
class Counted:
    """How much a file holds."""

    documents: int
    mentions: int
    entities: int


@dataclass(frozen=True)
class FileScores:
    """How a response scores against a key, and on what.

    Documents of one file only are scored as well, all their mentions being missing, or spurious.
    """

    by: Grouping | None  # None: clusters reach through the whole file
    stories: int
    key: Counted
    response: Counted
    both: int  # mentions
    only_key: tuple[str, ...]  # documents
    only_response: tuple[str, ...]
    scores: Scores
    intervals: Mapping[str, Mapping[str, Estimate]]  # of F1, by the names in ``scores``

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "by": self.by,
            "stories": self.stories,
            "key": asdict(self.key),
            "response": asdict(self.response),
            "mentions_in_both": self.both,
            "documents_only_in_key": list(self.only_key),
            "documents_only_in_response": list(self.only_response),
            "scores": self.scores.as_dict(),
            "intervals": {
                variant: {name: asdict(found) for name, found in by_name.items()}
                for variant, by_name in self.intervals.items()
            },
        }

    def rows(self) -> list[tuple[str, ...]]:
        """What a table shows of it, one row a measure: ``COLUMNS``."""
        return [
            (variant, name, *_figures(name, score), _interval(self.intervals[variant][name]))
            for variant, by_name in self.scores.by_singletons.items()
            for name, score in by_name.items()
        ]


def _figures(name: str, score: Score) -> tuple[str, ...]:
    """Recall, precision and F1; a mean of F1s has no other two."""
    return ("-", "-", _figure(score.f1)) if name == "CoNLL" else tuple(map(_figure, astuple(score)))


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _interval(found: Estimate) -> str:
    return "-" if found.low is None or found.high is None else f"{found.low:.3f} to {found.high:.3f}"


def score_files(key: Path, response: Path, *, by: Grouping | None = None) -> FileScores:
    """Score a file against another.

    Args:
        key: what is held to be right.
        response: what is scored. Documents without a story or topic are of the one that the key puts them in.
        by: what clusters do not reach beyond; if it is not given, the first that all documents have of ``story_id``,
            ``topic`` and ``subtopic``, or the whole file where none has any.

    Raises BadInputError as ``read_clusters``, and where the files have no document in common, or tell different stories
    of one, or not every document has a ``by``.
    """
    import numpy as np

    from toolkit.gold.agreement.bootstrap import estimates
    from toolkit.links.scores import MEASURES, SINGLETONS, Scores, f1, statistics, total

    sides = read_clusters(key), read_clusters(response)
    ids = [{document.id for document in documents} for documents in sides]
    if not ids[0] & ids[1]:
        raise BadInputError(
            f"{response} has no document in common with {key}", next="give both the same documents, with the same ids"
        )
    by, story_of = _stories(sides, (key, response), by)
    keys, responses = (_by_story(documents, story_of) for documents in sides)
    stories = sorted(keys.keys() | responses.keys())
    rows = [statistics(keys.get(story, {}), responses.get(story, {})) for story in stories]
    found = iter(estimates(np.array(rows), stories, f1))
    return FileScores(
        by=by,
        stories=len(stories),
        key=_count(sides[0], keys),
        response=_count(sides[1], responses),
        both=sum(len(keys.get(story, {}).keys() & partition.keys()) for story, partition in responses.items()),
        only_key=tuple(sorted(ids[0] - ids[1])),
        only_response=tuple(sorted(ids[1] - ids[0])),
        scores=Scores.of(total(rows)),
        intervals={variant: {name: next(found) for name in MEASURES} for variant in SINGLETONS},
    )


def _stories(
    sides: Iterable[Iterable[Document]], paths: Iterable[Path], by: Grouping | None
) -> tuple[Grouping | None, dict[str, str]]:
    """By what both files are grouped, and the story of each document."""
    belongs: dict[str, dict[Grouping, str]] = {}
    for documents, path in zip(sides, paths, strict=True):
        for document in documents:
            known = belongs.setdefault(document.id, {"document": document.id})
            for name, story in document.belongs.items():
                if known.setdefault(name, story) != story:
                    raise BadInputError(
                        f"{path}: {document.id} is of the {name} {story} here, and of {known[name]} in the key",
                        next=f"give it the same {name} in both",
                    )
    for one in (by,) if by else _STORIES:
        if all(one in names for names in belongs.values()):
            return one, {id: names[one] for id, names in belongs.items()}
    if by or any(len(names) > 1 for names in belongs.values()):
        wanted = by or next(one for one in _STORIES if any(one in names for names in belongs.values()))
        lacking = min(id for id, names in belongs.items() if wanted not in names)
        raise BadInputError(f"{lacking} has no {wanted}", next=f"give every document a {wanted}, in the key at least")
    return None, dict.fromkeys(belongs, "")


def _by_story(documents: Iterable[Document], story_of: Mapping[str, str]) -> dict[str, dict[str, str]]:
    stories: dict[str, dict[str, str]] = defaultdict(dict)
    for document in documents:
        own = document.belongs.get("story_id", "")  # clusters of two stories may have one name, within one topic too
        named = {mention: f"{own} {cluster}" for mention, cluster in document.clusters.items()}
        stories[story_of[document.id]].update(named)
    return dict(stories)


def _count(documents: tuple[Document, ...], stories: Mapping[str, Partition]) -> Counted:
    mentions = sum(len(partition) for partition in stories.values())
    return Counted(len(documents), mentions, sum(len(set(partition.values())) for partition in stories.values()))
