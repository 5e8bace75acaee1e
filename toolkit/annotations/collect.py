"""From the tasks of Label Studio projects to one annotation per article and annotator, with everything counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Protocol

from toolkit.annotations.codec import Codec, Text
from toolkit.annotations.grammar import finite, well_formed
from toolkit.annotations.ledger import Ledger, Rejected
from toolkit.annotations.merge import merge
from toolkit.annotations.model import Annotation, Claim, Mention, Origin, Relation, SpanItem
from toolkit.annotations.reading import short
from toolkit.articles.model import text_digest
from toolkit.files import to_json
from toolkit.findings import Finding, Place
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer


class Received(NamedTuple):
    """A task as Label Studio gave it (any JSON value), the project it is in, and what that project asks for."""

    task: Any
    project: str = ""
    layers: tuple[Layer, ...] = LAYERS


@dataclass(slots=True)
class Counts:
    """What came in and where it went.

    ``annotations_in`` = valid + skipped + rejected, and ``items_in`` = valid + rejected + context: always.
    An annotation here is one of Label Studio's: there may be fewer records, since they are merged. Drafts and
    predictions are nobody's finished work: they are counted, not taken.
    """

    tasks: int = 0
    tasks_rejected: int = 0
    drafts: int = 0
    predictions: int = 0
    annotations_in: int = 0
    annotations_valid: int = 0
    annotations_skipped: int = 0
    annotations_rejected: int = 0
    items_in: int = 0
    items_valid: int = 0
    items_rejected: int = 0
    items_context: int = 0

    @property
    def add_up(self) -> bool:
        """Whether nothing was lost."""
        annotations = self.annotations_valid + self.annotations_skipped + self.annotations_rejected
        items = self.items_valid + self.items_rejected + self.items_context
        return annotations == self.annotations_in and items == self.items_in

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    def add(self, other: Counts) -> None:
        """Count what was counted elsewhere as well."""
        for name, count in other.as_dict().items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(frozen=True, slots=True)
class Collected:
    """The records, the rejected rows and the findings, each in an order that does not depend on the input's."""

    annotations: tuple[Annotation, ...]
    rejected: tuple[Rejected, ...]
    findings: tuple[Finding, ...]
    counts: Counts


def collect(
    tasks: Iterable[Received],
    articles: Mapping[str, Frozen],
    ontology: Ontology,
    annotator_of: Callable[[Any], str],
    task_url: Callable[[dict[str, Any]], str],
    *,
    raw: Mapping[str, Text] | None = None,
) -> Collected:
    """Read tasks into annotations, one per article and annotator.

    Of several annotations by one annotator of one article in one project the latest counts. Those in different
    projects are merged. A skipped annotation becomes a record without items; what was marked before it was skipped
    is rejected as *skipped-work*.

    Args:
        tasks: read once, one by one; only the annotations in them stay in memory.
        articles: the frozen articles by id.
        ontology: what may be labelled.
        annotator_of: the pseudonym for what stands in ``completed_by``; empty where it is nobody.
        task_url: the page or file of a task, for people to go to.
        raw: for articles whose tasks show raw text: that text, and the way from it to the frozen one.
    """
    collecting = Collecting(articles, raw or {}, Codec(ontology))
    groups: dict[tuple[str, str], dict[str, list[Work]]] = defaultdict(lambda: defaultdict(list))
    for received in tasks:
        for work in collecting.works(received, annotator_of, task_url):
            groups[work.place.article_id, work.place.annotator][received.project].append(work)
    annotations = tuple(collecting.one_record(by_project.values()) for _, by_project in sorted(groups.items()))
    rejected, findings = collecting.drained()
    rejected.sort(key=lambda row: (row.article_id, row.annotator, row.source, to_json(row.as_dict())))
    return Collected(annotations, tuple(rejected), tuple(sorted(findings)), collecting.counts)


@dataclass(frozen=True, slots=True)
class Work:
    """One annotation of Label Studio's, not decoded yet."""

    annotation: dict[str, Any]
    layers: tuple[Layer, ...]
    place: Place

    @property
    def elements(self) -> list[Any]:
        """What is in its result."""
        result = self.annotation.get("result")
        return [] if result is None else result if isinstance(result, list) else [result]

    @property
    def updated_at(self) -> str:
        """When it was changed last, as Label Studio wrote it."""
        time = self.annotation.get("updated_at")
        return str(time) if isinstance(time, str | int) else ""

    @property
    def age(self) -> tuple[str, int, str, str]:
        """What tells the latest of several: time, then id, then content, then place."""
        id = self.annotation.get("id")
        return self.updated_at, id if isinstance(id, int) else 0, to_json(self.annotation), self.place.url


_SHOWN = ("id", "updated_at", "lead_time", "was_cancelled", "ground_truth")  # not who made it
_ITEMS = ("mentions", "cues", "claims", "relations")


class Frozen(Protocol):
    """What is asked of an article."""

    @property
    def article_id(self) -> str:
        """Its id."""

    @property
    def text(self) -> str:
        """The frozen text."""

    @property
    def text_sha256(self) -> str:
        """The text's digest."""


@dataclass(slots=True)
class Collecting:
    """Takes tasks apart, and puts records together; what is rejected and found on the way waits to be drained."""

    articles: Mapping[str, Frozen]
    raw: Mapping[str, Text]
    codec: Codec
    counts: Counts = field(default_factory=Counts)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def works(
        self, received: Received, annotator_of: Callable[[Any], str], task_url: Callable[[dict[str, Any]], str]
    ) -> Iterator[Work]:
        """The annotations of a task that are somebody's work on a frozen article; the others are rejected."""
        self.counts.tasks += 1
        task = well_formed(received.task)
        if not isinstance(task, dict):
            message = f"a task in {received.project or 'the input'} is not an object"
            self._ledger(Place()).warn("malformed-task", message)
            self.rejected.append(Rejected("malformed-task", message, kind="task", element=task))
            self.counts.tasks_rejected += 1
            return
        self.counts.drafts += len(_listed(task, "drafts"))
        self.counts.predictions += len(_listed(task, "predictions"))
        data, url = _dict(task.get("data")), task_url(task)
        article_id = data.get("article_id")
        if not isinstance(article_id, str):
            article_id = ""
        elif article_id not in self.articles:
            article_id = short(article_id)
        for annotation in _listed(task, "annotations"):
            annotator = annotator_of(_dict(annotation).get("completed_by"))
            work = Work(_dict(annotation), received.layers, Place(article_id=article_id, annotator=annotator, url=url))
            self.counts.annotations_in += 1
            self.counts.items_in += sum(len(self.codec.grammar.items(element)) for element in work.elements)
            if problem := self._problem(annotation, data, annotator):
                self._reject(work, *problem)
            else:
                yield work

    def _problem(self, annotation: Any, data: dict[str, Any], annotator: str) -> tuple[str, str] | None:
        if not isinstance(annotation, dict):
            return "malformed-task", "an annotation is not an object"
        article_id = data.get("article_id")
        article = self.articles.get(article_id) if isinstance(article_id, str) else None
        if article is None:
            return "unknown-article", f"no article is called {short(str(article_id))!r}"
        raw = self.raw.get(article.article_id)
        shown, digest = (raw.shown, text_digest(raw.shown)) if raw else (article.text, article.text_sha256)
        told = [data.get("text", shown) == shown, data.get("text_sha256", digest) == digest]
        if not all(told) or not {"text", "text_sha256"} & data.keys():
            return "text-changed", "the task does not show the text that was frozen"
        if not annotator:
            return "unknown-annotator", "nobody is named as the one who made this"
        return None

    def one_record(self, by_project: Iterable[list[Work]]) -> Annotation:
        """Decode and merge what one annotator did on one article, given by project; what is valid is counted."""
        parts: list[Annotation] = []
        for works in by_project:
            if len(works) > 1:
                works.sort(key=lambda work: work.age)
            for old in works[:-1]:
                message = f"annotation {works[-1].annotation.get('id')} in the same project is later"
                self._reject(old, "duplicate-annotation", message)
            parts.append(self._decoded(works[-1]))
        merged = merge(parts, self.codec.grammar)
        record = merged.annotation
        place = Place(article_id=record.article_id, annotator=record.annotator, url=record.source)
        for rule, link in merged.dropped:
            element = {"type": "relation", "from_id": link.head, "to_id": link.tail, "labels": [link.type]}
            self._ledger(place).reject(rule, "found when the projects' annotations were merged", element)
        own = (span for span in record.spans() if span.origin is not Origin.CONTEXT)
        self.counts.items_valid += count_items(own, record.relations)
        return record

    def _decoded(self, work: Work) -> Annotation:
        article = self.articles[work.place.article_id]
        record = Annotation(
            article_id=article.article_id,
            text_sha256=article.text_sha256,
            annotator=work.place.annotator,
            ontology_version=self.codec.grammar.ontology.version,
            skipped=work.annotation.get("was_cancelled") is True,
            ground_truth=work.layers if work.annotation.get("ground_truth") is True else (),
            lead_time=finite(work.annotation.get("lead_time")),
            updated_at=work.updated_at,
            source=work.place.url,
            layers=work.layers,
        )
        if record.skipped:
            self.counts.annotations_skipped += 1
            if work.elements:
                self._ledger(work.place).reject_all("skipped-work", "marked, and then passed over", work.elements)
            return record
        self.counts.annotations_valid += 1
        text = self.raw.get(article.article_id, Text(article.text, article.text))
        decoded = self.codec.decode(work.elements, text, work.place)
        self.rejected += decoded.rejected
        self.findings += decoded.findings
        spans = (*decoded.mentions, *decoded.cues, *decoded.claims)
        self.counts.items_context += count_items(span for span in spans if span.origin is Origin.CONTEXT)
        items = {name: getattr(decoded, name) for name in _ITEMS}
        return record.model_copy(update={**items, "rejected": len(decoded.rejected)})

    def _reject(self, work: Work, rule: str, message: str) -> None:
        shown = {key: work.annotation[key] for key in _SHOWN if key in work.annotation}
        self._ledger(work.place).reject_annotation(rule, message, shown, work.elements)

    def _ledger(self, place: Place) -> Ledger:
        return Ledger(place, self.codec.grammar, self.rejected, self.findings)

    def drained(self) -> tuple[list[Rejected], list[Finding]]:
        """What was rejected and found since the last time; the rows are counted now."""
        rows, findings = self.rejected, self.findings
        self.rejected, self.findings = [], []
        self.counts.items_rejected += sum(row.kind == "item" for row in rows)
        self.counts.annotations_rejected += sum(row.kind == "annotation" for row in rows)
        return rows, findings


def count_items(spans: Iterable[SpanItem], relations: Iterable[Relation] = ()) -> int:
    """How many items these are, counted as in a result: labels, answers, relations and links of claims."""
    count = sum(1 for _ in relations)
    for span in spans:
        count += len(span.attributes) + (len(span.labels) if isinstance(span, Mention) else 1)
        if isinstance(span, Claim):
            count += len(span.claimants) + len(span.cues) + len(span.values)
    return count


def _listed(task: dict[str, Any], key: str) -> list[Any]:
    value = task.get(key)
    return [] if value is None else value if isinstance(value, list) else [value]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
