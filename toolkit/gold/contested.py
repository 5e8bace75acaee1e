"""Where annotators disagree: how much of what they marked was contested, by story, outlet and label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean
from typing import NamedTuple, Protocol

from toolkit.annotations.model import Claim, Cue, Mention, Relation
from toolkit.gold.model import Difference, Gold, VotedDown, relation_key
from toolkit.gold.order import Aspects

ASPECTS = ("story", "outlet")
PRIOR = 10  # items: as much does the share of all articles count in that of one story, outlet or label


class Item(NamedTuple):
    """Something that annotators marked: what they called it, and whether they did not all say the same."""

    labels: frozenset[str]
    contested: bool


class Marked(Protocol):
    """The items of an article, whoever says so: annotations, gold, suggestions."""

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The typed spans."""

    @property
    def cues(self) -> tuple[Cue, ...]:
        """The words that mark claims."""

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is claimed."""

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The links between mentions."""


def labels_of(marked: Marked) -> Iterator[str]:
    """The label of every item, as often as it was given; a mention's labels are several."""
    for labels in _called_in(marked).values():
        yield from sorted(labels)


def compared(gold: Gold) -> Iterator[Item]:
    """What was marked in an article by those who labelled it; nothing where it was one alone.

    Contested is what is open, what was voted down, and what not all voted for, whatever became of it then.
    """
    if gold.voters < 2:
        return
    called = _called_in(gold)
    for id, why in gold.provenance.items():
        if why.voters > 1:
            yield Item(called[id], why.support < why.voters)
    others: tuple[Difference | VotedDown, ...] = (*gold.differences, *gold.voted_down)
    for one in others:
        yield Item(frozenset(_called(one)), True)


def disagreement(
    golds: Iterable[Gold], described: Mapping[str, Aspects], labels: Mapping[str, Mapping[str, int]]
) -> dict[str, tuple[float, str]]:
    """The share of items that may be contested in each article, and what that is made of; {} where nothing is known.

    The estimate: of each story, outlet and label the share of its items that were contested, drawn towards the share
    of all by counting ``PRIOR`` items more that are contested as often as all are (additive smoothing towards the
    mean). An article's is the mean of its story's, its outlet's and, where it is known what stands in it, its labels'.

    Args:
        golds: articles as far as they are settled.
        described: the articles to estimate, and those of ``golds``.
        labels: how often each label was given in an article so far, where it was.
    """
    marked: Counter[tuple[str, str]] = Counter()
    contested: Counter[tuple[str, str]] = Counter()
    for gold in golds:
        own = [(name, described.get(gold.article_id, {}).get(name, "")) for name in ASPECTS]
        for item in compared(gold):
            values = [("", ""), *(value for value in own if value[1]), *(("label", label) for label in item.labels)]
            marked.update(values)
            contested.update(values if item.contested else ())
    if not marked:
        return {}
    overall = contested["", ""] / marked["", ""]

    def share(*value: str) -> float:
        name, what = value
        return (contested[name, what] + PRIOR * overall) / (marked[name, what] + PRIOR)

    found: dict[str, tuple[float, str]] = {}
    for id, aspects in described.items():
        parts = {f"{name} {aspects[name]}": share(name, aspects[name]) for name in ASPECTS if aspects.get(name)}
        if given := labels.get(id):
            parts["labels"] = fmean([share("label", label) for label in given], weights=given.values())
        told = ", ".join(f"{name} {part:.2f}" for name, part in parts.items())
        score = fmean(parts.values()) if parts else overall
        found[id] = score, f"disagreement {score:.2f} ({told or 'as all'})"
    return found


def _called_in(marked: Marked) -> dict[str, frozenset[str]]:
    """What each item is called, by the name that it has in ``Gold.provenance``."""
    called = {mention.id: frozenset(mention.labels) for mention in marked.mentions}
    called |= {cue.id: frozenset({"cue"}) for cue in marked.cues}
    called |= {claim.id: frozenset({"claim"}) for claim in marked.claims}
    return called | {relation_key(relation): frozenset({relation.type}) for relation in marked.relations}


def _called(thing: Difference | VotedDown) -> Iterator[str]:
    """What those who marked it called it."""
    if thing.kind in ("cue", "claim"):
        yield thing.kind
        return
    for vote in thing.votes:
        if vote.value:
            yield from [vote.value["type"]] if thing.kind == "relation" else vote.value["labels"]
