"""One article as an adjudicator is shown it. It travels with its task, so that what was touched can be told exactly."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count, product
from string import ascii_uppercase
from typing import Any, TypeVar

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Record
from toolkit.files import to_json
from toolkit.gold.model import Gold, Provenance, Vote
from toolkit.ontology.model import ASSERTED

P = TypeVar("P", bound=Provenance)


class Arrow(Record):
    """A relation, or a link of a claim, as one annotator proposes it, and the difference that it belongs to."""

    difference: int
    head: str
    tail: str
    name: str
    modality: str = ASSERTED
    by: str


class Case(Record):
    """An article with differences, ready to be shown.

    ``open`` is the article as it stands, its annotators under the names that are shown; ``voters`` leads these names
    back, by what only the workspace's key can make of a pseudonym. ``spans`` and ``arrows`` name what is open in
    ``result``, by the number of the difference; a span that only a link needs belongs to none.
    """

    round: int
    open: Gold
    result: tuple[dict[str, Any], ...]
    spans: dict[str, int | None]
    arrows: tuple[Arrow, ...]
    voters: dict[str, str]
    state: str  # the digest of the article before it was put under other names
    work_sha256: str

    @property
    def article_id(self) -> str:
        """The article's id."""
        return self.open.article_id

    @property
    def items(self) -> int:
        """How many items are shown: settled ones, forms of spans that are open, and relations that are proposed."""
        open = self.open
        settled = len(open.mentions) + len(open.cues) + len(open.claims) + len(open.relations)
        return settled + len(self.spans) + len(self.relations)

    @property
    def relations(self) -> dict[tuple[Any, ...], list[Arrow]]:
        """The relations that are proposed; those that several draw between forms of the same spans are one."""
        forms: dict[tuple[Any, ...], list[Arrow]] = defaultdict(list)
        for arrow in self.arrows:
            if self.open.differences[arrow.difference].kind == "relation":
                things = self.thing(arrow.head), self.thing(arrow.tail)
                forms[(arrow.difference, *things, arrow.name)].append(arrow)
        return forms

    def thing(self, id: str) -> str | int:
        """What stands for all forms of one span."""
        number = self.spans.get(id)
        return id if number is None else number

    @property
    def urgency(self) -> float:
        """How much of the article is open: the differences in proportion to all that is there."""
        return len(self.open.differences) / (len(self.open.provenance) + len(self.open.differences))


def worst_first(cases: Iterable[Case]) -> list[Case]:
    """Cases in the order in which they are to be reviewed."""
    return sorted(cases, key=lambda case: (-case.urgency, -len(case.open.differences), case.article_id))


def state(gold: Gold) -> str:
    """A digest of an article as it stands; what models suggest does not count."""
    differences = [one.model_copy(update={"suggested": {}}) for one in gold.differences]
    shown = gold.model_copy(update={"differences": tuple(differences), "work_sha256": ""})
    return hashlib.sha256(to_json(shown.model_dump(mode="json")).encode()).hexdigest()[:16]


_WORK = {"annotator", "layers", "ground_truth", "mentions", "cues", "claims", "relations"}


def work_digest(works: Iterable[Annotation]) -> str:
    """A digest of annotations of one article, in whatever order: of what they say, not of when they were saved."""
    rows = sorted(to_json(work.model_dump(mode="json", include=_WORK)) for work in works)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def strange_names(gold: Gold, grammar: Grammar) -> set[str]:
    """Names in an article that the ontology does not have: it was reviewed with another one."""
    said = [vote.value for difference in gold.differences for vote in difference.votes if vote.value is not None]
    labels = {label for mention in gold.mentions for label in mention.labels}
    labels |= {label for value in said for label in value.get("labels", ())}
    spans = (*gold.mentions, *gold.cues, *gold.claims)
    questions = {name for answers in (span.attributes for span in spans) for name in answers}
    questions |= {name for value in said for name in value.get("attributes", ())}
    types = {relation.type for relation in gold.relations} | {value["type"] for value in said if "type" in value}
    kinds = {"claims"} if (gold.claims or gold.cues) and not grammar.content else set()
    return (
        labels - grammar.questions.keys()
        | questions - grammar.attributes.keys()
        | types - grammar.relations.keys()
        | kinds
    )


def voters(gold: Gold) -> list[str]:
    """Everybody whose vote on the article is kept, sorted."""
    return sorted({*gold.annotators, *(vote.annotator for vote in _votes(gold))})


def blind(annotators: Iterable[str], seal: Callable[[str], str]) -> dict[str, str]:
    """A letter for each annotator, in the order of what ``seal`` makes of them, so that letters tell nothing."""
    return dict(zip(sorted(annotators, key=seal), _letters(), strict=False))


def renamed(gold: Gold, names: Mapping[str, str]) -> Gold:
    """An article with its annotators under other names."""

    def of(who: str) -> str:
        return names.get(who, who)

    def votes(those: Iterable[Vote]) -> tuple[Vote, ...]:
        other = (vote.model_copy(update={"annotator": of(vote.annotator)}) for vote in those)
        return tuple(sorted(other, key=lambda vote: vote.annotator))

    def why(one: P) -> P:
        return one.model_copy(update={"votes": votes(one.votes)})

    return gold.model_copy(
        update={
            "annotators": tuple(sorted(map(of, gold.annotators))),
            "provenance": {name: why(one) for name, one in gold.provenance.items()},
            "differences": tuple(
                one.model_copy(update={"votes": votes(one.votes), "rejected": tuple(sorted(map(of, one.rejected)))})
                for one in gold.differences
            ),
            "voted_down": tuple(map(why, gold.voted_down)),
        }
    )


def _votes(gold: Gold) -> Iterator[Vote]:
    for why in (*gold.provenance.values(), *gold.voted_down):
        yield from why.votes
    for difference in gold.differences:
        yield from difference.votes


def _letters() -> Iterator[str]:
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))
