"""spaCy's DocBin: one ``Doc`` an article, tokenised as the dataset is, for `spacy train` and for reading.

``doc.ents``       the mentions of ``ner_tags``, flat; unset (not empty) where no entities are gold
``doc.spans``      ``sc``: every mention, nested ones too; ``claims``, ``cues``; a span's id is the item's
``doc.user_data``  the article's own fields, and ``entities``, ``relations`` and ``claims`` as the dataset has them

spaCy's spans are made of tokens. What ends inside a token covers the whole of it; ``doc.user_data`` keeps the offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.dataset.formats.alignment import Aligned, align
from toolkit.dataset.formats.document import Document, span
from toolkit.dataset.formats.jsonl import record
from toolkit.dataset.formats.part import Kind, Part
from toolkit.dataset.formats.reasons import ONLY_AN_END, WITHOUT_TOKENS
from toolkit.dataset.tokens import spans_of
from toolkit.dataset.write import Row
from toolkit.files import replacing
from toolkit.ontology.model import Ontology
from toolkit.spans import Span

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.tokens import Span as Tokens
    from spacy.vocab import Vocab

MENTIONS, CLAIMS, CUES = "sc", "claims", "cues"
_IN_DOC = ("text", "tokens", "token_starts", "token_ends", "ner_tags")


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>.spacy``."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    for part in parts:
        packed = DocBin(attrs=("ENT_IOB", "ENT_TYPE"), store_user_data=True)
        for document in part.documents():
            packed.add(_doc(document, ontology, vocab, part))
        with replacing(folder / f"{part.split}.spacy") as path:
            path.write_bytes(packed.to_bytes())


def _doc(document: Document, ontology: Ontology, vocab: Vocab, part: Part) -> Doc:
    from spacy.tokens import Doc

    words, spaces, numbers = words_and_spaces(document.text, document.tokens)
    doc = Doc(vocab, words=words, spaces=spaces)
    placed = _Placed(doc, document, numbers)
    if document.entities is not None:
        shown = spans_of(document.tokens, document.entities["ner_tags"])
        doc.set_ents([tokens for one in shown if (tokens := placed.at(one.span, one.label))], default="outside")
    doc.spans[MENTIONS] = placed.counted([(mention, mention["label"]) for mention in document.marked], part, "mentions")
    part.leave_out("mentions", ONLY_AN_END, len(document.ends))
    if ontology.claims:
        labelled = [(claim, ontology.claims.content.name) for claim in document.claims]
        doc.spans[CLAIMS] = placed.counted(labelled, part, "claims")
        cues = (placed.at(span(cue), ontology.claims.cue.name, cue["id"]) for cue in document.cues)
        doc.spans[CUES] = [tokens for tokens in cues if tokens]
    doc.user_data.update({name: value for name, value in record(document).items() if name not in _IN_DOC})
    part.wrote("documents")
    part.wrote("relations", len(document.relations))
    return doc


class _Placed:
    """Spans of a document as runs of its spaCy tokens; ``numbers`` are those of goldkit's tokens among spaCy's."""

    def __init__(self, doc: Doc, document: Document, numbers: Sequence[int]) -> None:
        self.doc, self.document, self.numbers = doc, document, numbers

    def at(self, span: Span, label: str, id: str = "") -> Tokens | None:
        """The tokens that a span touches; None where there are none."""
        place = align(self.document.tokens, span)
        return None if place is None else self._run(place, label, id)

    def counted(self, labelled: Iterable[tuple[Row, str]], part: Part, kind: Kind) -> list[Tokens]:
        """A group of spans, each thing of this kind counted."""
        group = []
        for row, label in labelled:
            if place := align(self.document.tokens, span(row)):
                part.wrote(kind, changed=place.change)
                group.append(self._run(place, label, row["id"]))
            else:
                part.leave_out(kind, WITHOUT_TOKENS)
        return group

    def _run(self, place: Aligned, label: str, id: str) -> Tokens:
        from spacy.tokens import Span as Tokens

        return Tokens(self.doc, self.numbers[place.first], self.numbers[place.last - 1] + 1, label=label, span_id=id)


def words_and_spaces(text: str, tokens: Sequence[Span]) -> tuple[list[str], list[bool], list[int]]:
    """A text in spaCy's way: words, whether a space follows each, and which of them each of ``tokens`` is.

    A word is followed by one space at most, so further white space is a word of its own.
    """
    words: list[str] = []
    spaces: list[bool] = []
    numbers: list[int] = []
    at = 0
    for token in (*tokens, Span(len(text), len(text))):
        between = text[at : token.start]
        if words and between.startswith(" "):
            spaces[-1], between = True, between[1:]
        numbers.append(len(words) + bool(between))
        new = [word for word in (between, token.of(text)) if word]
        words += new
        spaces += [False] * len(new)
        at = token.end
    return words, spaces, numbers[:-1]
