"""What the order of articles is made by, and the record of it: ``assignment.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from toolkit.errors import BadInputError, UsageError
from toolkit.gold.order import Aspects, Order, Place, Turn, by_coverage, by_score
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.gold.assignment import Assignment, Piece
    from toolkit.suggest.model import Suggestions

MANIFEST = "assignment.json"


@dataclass(frozen=True)
class Ordering:
    """An order, and what it is made by: what is known of the articles, their scores, and the files that say so."""

    order: Order
    described: Mapping[str, Aspects] = field(default_factory=dict)
    scores: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def places(self, pieces: Collection[Piece], plan: Assignment) -> dict[str, Place]:
        """The places of one project's articles; none in the plain order."""
        from toolkit.gold.order import places

        return {} if self.order is Order.PLAIN else places(pieces, plan, self._turns(pieces, plan))

    def _turns(self, pieces: Collection[Piece], plan: Assignment) -> Iterable[Turn]:
        ids = [piece.article_id for piece in pieces]
        if self.order is Order.COVERAGE:
            met = [piece.article_id for piece in pieces if piece.labelled or piece.article_id in plan.calibration]
            return by_coverage({id: self.described.get(id, {}) for id in ids}, met)
        return by_score(self.scores, ids, f"no {self.order} known")


def last_order(workspace: Workspace) -> Order:
    """The order that was used last; plain where there was none. Raises BadInputError where the record is no record."""
    from toolkit.files import read_json

    path = workspace.exports / MANIFEST
    if not path.is_file():
        return Order.PLAIN
    try:
        return Order(read_json(path)["order"])
    except (KeyError, TypeError, ValueError):
        raise BadInputError(
            f"{path} does not say in which order articles were given out",
            next="goldkit assign --order plain (or another order; it writes the file anew)",
        ) from None


def ordering(workspace: Workspace, order: Order) -> Ordering:
    """Read what an order is made by. Raises UsageError where it is not there."""
    match order:
        case Order.PLAIN:
            return Ordering(order)
        case Order.COVERAGE:
            return Ordering(order, described=_described(workspace), files=(workspace.articles, workspace.stories))
        case Order.DISAGREEMENT:
            return _by_disagreement(workspace)
        case Order.UNCERTAINTY:
            return _by_uncertainty(workspace)


def record(workspace: Workspace, ordering: Ordering, placed: Mapping[str, Mapping[str, Place]]) -> None:
    """Write by what the articles of each project (by title) are ordered, and each article's place and why."""
    from toolkit.annotations.store import sha256
    from toolkit.files import write_json

    def name(path: Path) -> str:
        return path.relative_to(workspace.root).as_posix() if path.is_relative_to(workspace.root) else path.name

    listed = {
        title: [
            {"rank": place.rank, "article_id": id, "why": place.why}
            for id, place in sorted(places.items(), key=lambda one: (one[1].rank, one[0]))
        ]
        for title, places in placed.items()
    }
    read = {name(path): sha256(path) for path in ordering.files if path.is_file()}
    write_json(workspace.exports / MANIFEST, {"order": ordering.order, "made_from": read, "projects": listed})


def _described(workspace: Workspace) -> dict[str, Aspects]:
    """Story, outlet, month and language of every article; one without a story is a story of its own."""
    from toolkit.articles.sampling.corpus import month_of
    from toolkit.stages.ingest import articles

    return {
        id: {
            "story": one.story_id or id,
            "outlet": one.outlet,
            "month": month_of(one.published),
            "language": one.language,
        }
        for id, one in articles(workspace).items()
    }


def _by_disagreement(workspace: Workspace) -> Ordering:
    from toolkit.annotations.store import load_annotations
    from toolkit.gold.contested import disagreement, labels_of
    from toolkit.gold.store import load_gold

    if not workspace.gold.is_file() or not workspace.open.is_file():
        raise UsageError(
            "the votes are not settled yet, so nothing is known to be contested",
            next="goldkit resolve (or another --order)",
        )
    golds = [*load_gold(workspace.gold), *load_gold(workspace.open)]
    given: dict[str, Counter[str]] = {}
    for work in load_annotations(workspace.annotations) if workspace.annotations.is_file() else ():
        given.setdefault(work.article_id, Counter()).update(labels_of(work))
    suggested: dict[str, Counter[str]] = {}
    for one in _suggestions(workspace):
        suggested.setdefault(one.article_id, Counter()).update(labels_of(one))
    described = _described(workspace)
    scores = disagreement(golds, described, suggested | given)
    if not scores:
        raise UsageError(
            "no article was labelled by two annotators yet, so nobody can be found to disagree",
            next="goldkit assign --calibration 5 (everybody labels these), then pull, check and resolve",
        )
    files = (
        workspace.articles,
        workspace.stories,
        workspace.annotations,
        workspace.gold,
        workspace.open,
        *_suggested(workspace),
    )
    return Ordering(Order.DISAGREEMENT, described, scores, files)


def _by_uncertainty(workspace: Workspace) -> Ordering:
    unsure: dict[str, list[float]] = {}
    for one in _suggestions(workspace):
        unsure.setdefault(one.article_id, []).extend(1 - item.score for item in one.spans() if item.score is not None)
    if not unsure:
        raise UsageError(
            "there are no suggestions, so nothing says what is uncertain",
            next="name a source under suggestions: in configs/project.yaml, then goldkit suggest (or another --order)",
        )
    means = {id: fmean(those) for id, those in unsure.items() if those}
    if not means:
        raise UsageError(
            "no suggestion has a score, so nothing says what is uncertain",
            next="goldkit assign --order disagreement (or coverage), or a source that gives scores",
        )
    scores = {id: (mean, f"uncertainty {mean:.2f}, scores: {len(unsure[id])}") for id, mean in means.items()}
    return Ordering(Order.UNCERTAINTY, scores=scores, files=_suggested(workspace))


def _suggested(workspace: Workspace) -> tuple[Path, ...]:
    """The files of those who suggest by now."""
    return tuple(workspace.suggestions / f"{source.name}.jsonl" for source in workspace.project.suggestions.sources)


def _suggestions(workspace: Workspace) -> Iterator[Suggestions]:
    from toolkit.files import read_jsonl
    from toolkit.settings import parse_settings
    from toolkit.suggest.model import Suggestions

    for path in _suggested(workspace):
        for number, data in read_jsonl(path) if path.is_file() else ():
            yield parse_settings(Suggestions, data, Path(f"{path}:{number}"))
