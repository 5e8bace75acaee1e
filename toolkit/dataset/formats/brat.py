"""brat standoff: a text and its annotations in a file each, and the configuration that brat shows them with.

https://brat.nlplab.org/standoff.html. A mention, a claim and a cue are text-bound annotations (T), relations and the
links of a claim binary relations (R), answers that were chosen attributes (A), answers that were typed notes (#), and
so is the modality of a relation: brat shows attributes on spans only. Offsets are code points, as ours are; a span over
a line break is written in pieces. `toolkit/annotations/standoff.py` reads it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path

from toolkit.dataset.features import claim_attributes, cue_attributes, mention_attributes
from toolkit.dataset.formats.bratconf import annotation_conf, visual_conf
from toolkit.dataset.formats.document import Document, in_text, key, span
from toolkit.dataset.formats.part import Kind, Part
from toolkit.dataset.formats.reasons import BLANK, EDGE_IS_BREAK, END_LEFT_OUT, LINK_LEFT_OUT, NOTHING_GOLD
from toolkit.dataset.write import Row
from toolkit.files import write_text
from toolkit.ontology.model import ASSERTED, Attribute, Ontology
from toolkit.spans import Span

_PIECE = re.compile(r"[^\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>/<article_id>.txt`` and ``.ann``, ``annotation.conf`` and ``visual.conf``."""
    for part in parts:
        for document in part.documents():
            if not document.layers:
                part.leave_out_document(document, NOTHING_GOLD)
                continue
            lines = _Standoff(document, ontology, part).lines()
            stem = folder / part.split / document.article_id
            write_text(stem.with_name(f"{stem.name}.txt"), document.text)
            write_text(stem.with_name(f"{stem.name}.ann"), "".join(f"{line}\n" for line in lines))
    write_text(folder / "annotation.conf", annotation_conf(ontology))
    write_text(folder / "visual.conf", visual_conf(ontology))


class _Standoff:
    """The lines of one document. Ids are numbers of their kind, in the order in which they are written."""

    def __init__(self, document: Document, ontology: Ontology, part: Part) -> None:
        self.document, self.ontology, self.part = document, ontology, part
        self.ids: dict[tuple[str, str], str] = {}  # of text-bound annotations, by item and label
        self._numbers = {letter: count(1) for letter in "TRA#"}

    def lines(self) -> Iterator[str]:
        """Spans with their answers in the order of the text, then relations and links."""
        document, claims = self.document, self.ontology.claims
        self.part.wrote("documents")
        spans: list[tuple[Row, str, tuple[Attribute, ...], Kind | None]] = [
            (mention, mention["label"], mention_attributes(self.ontology), "mentions") for mention in document.mentions
        ]
        if claims:
            spans += [
                (claim, claims.content.name, claim_attributes(self.ontology), "claims") for claim in document.claims
            ]
            spans += [(cue, claims.cue.name, cue_attributes(self.ontology), None) for cue in document.cues]
        for row, label, questions, kind in sorted(spans, key=lambda one: (in_text(one[0]), one[1])):
            yield from self._span(row, label, questions, kind)
        for relation in document.relations:
            yield from self._relation(relation)
        for claim in document.claims if claims else ():
            yield from self._links(claim)

    def _span(self, row: Row, label: str, questions: Iterable[Attribute], kind: Kind | None) -> Iterator[str]:
        found = _PIECE.finditer(self.document.text, *span(row))
        pieces = [Span(*piece.span()) for piece in found if not piece[0].isspace()]
        if not pieces:
            if kind:
                self.part.leave_out(kind, BLANK)
            return
        if kind:
            whole = (pieces[0].start, pieces[-1].end) == span(row)
            self.part.wrote(kind, changed="" if whole else EDGE_IS_BREAK)
        id = self.ids[row["id"], label] = self._id("T")
        offsets = ";".join(f"{piece.start} {piece.end}" for piece in pieces)
        yield f"{id}\t{label} {offsets}\t{' '.join(piece.of(self.document.text) for piece in pieces)}"
        for question in questions:
            if (answer := row.get(question.name)) is not None:
                yield self._answer(id, question, answer)

    def _answer(self, id: str, question: Attribute, answer: str) -> str:
        if question.options:
            return f"{self._id('A')}\t{question.name} {id} {answer}"
        return self._note(id, question.name, answer)

    def _note(self, id: str, name: str, words: str) -> str:
        return f"{self._id('#')}\t{name} {id}\t{' '.join(words.split())}"

    def _relation(self, relation: Row) -> Iterator[str]:
        head, tail = self.ids.get(key(relation["head"])), self.ids.get(key(relation["tail"]))
        if head is None or tail is None:
            self.part.leave_out("relations", END_LEFT_OUT)
            return
        self.part.wrote("relations")
        yield self._link(id := self._id("R"), relation["type"], head, tail)
        if relation["modality"] != ASSERTED:
            yield self._note(id, self._modality, relation["modality"])

    def _links(self, claim: Row) -> Iterator[str]:
        claims = self.ontology.claims
        if claims is None or (head := self.ids.get((claim["id"], claims.content.name))) is None:
            return
        linked: Mapping[str, list[tuple[str, str]]] = {
            claims.claimant.name: [key(mention) for mention in claim["claimants"]],
            claims.cued_by.name: [(cue["id"], claims.cue.name) for cue in claim["cues"]],
            claims.value or "": [key(mention) for mention in claim["values"]],
        }
        for name, ends in linked.items():
            for end in ends:
                if end in self.ids:
                    yield self._link(self._id("R"), name, head, self.ids[end])
        if any(end not in self.ids for ends in linked.values() for end in ends):
            self.part.changed["claims", LINK_LEFT_OUT] += 1

    def _link(self, id: str, name: str, head: str, tail: str) -> str:
        return f"{id}\t{name} Arg1:{head} Arg2:{tail}"

    def _id(self, letter: str) -> str:
        return f"{letter}{next(self._numbers[letter])}"

    @property
    def _modality(self) -> str:
        return self.ontology.modality.name if self.ontology.modality else "modality"
