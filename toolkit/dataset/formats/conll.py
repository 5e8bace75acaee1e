"""CoNLL, as of the shared task of 2003: a token a line, BIO tags in the last column, an empty line after a sentence.

The columns are the token, its offsets in the text, and the tag. They show one layer of mentions that do not overlap,
chosen as ``ner_tags`` are (``tokens.bio``). `toolkit/annotations/conll.py` reads it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from toolkit.dataset.formats.alignment import Aligned, align, token_sentences
from toolkit.dataset.formats.document import Document, span
from toolkit.dataset.formats.part import Part
from toolkit.dataset.formats.reasons import ENTITIES_NOT_GOLD, NESTED, ONLY_AN_END, TAGS_ONLY, WITHOUT_TOKENS
from toolkit.dataset.tokens import Labelled, spans_of
from toolkit.dataset.write import Row
from toolkit.files import write_text
from toolkit.ontology.model import Ontology
from toolkit.spans import Span


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>.conll``."""
    for part in parts:
        blocks = [block for document in part.documents() for block in _blocks(document, part)]
        write_text(folder / f"{part.split}.conll", "\n\n".join(blocks) + "\n" if blocks else "")


def _blocks(document: Document, part: Part) -> Iterator[str]:
    """The line that names the article, then its sentences."""
    if document.entities is None:
        part.leave_out_document(document, ENTITIES_NOT_GOLD)
        return
    tags = document.entities["ner_tags"]
    shown = spans_of(document.tokens, tags)
    _count(document, shown, part)
    yield f"-DOCSTART-\t{document.article_id}\t_\tO"
    lines = [
        f"{token.of(document.text)}\t{token.start}\t{token.end}\t{tag}"
        for token, tag in zip(document.tokens, tags, strict=True)
    ]
    for sentence in token_sentences(document.text, document.tokens, (one.span for one in shown)):
        yield "\n".join(lines[sentence.start : sentence.stop])


def _count(document: Document, shown: Iterable[Labelled], part: Part) -> None:
    part.wrote("documents")
    part.leave_out("relations", TAGS_ONLY, len(document.relations))
    part.leave_out("claims", TAGS_ONLY, len(document.claims))
    part.leave_out("mentions", ONLY_AN_END, len(document.ends))
    left = Counter(shown)
    aligned = [(align(document.tokens, span(mention)), mention) for mention in document.marked]
    for place, mention in sorted(aligned, key=lambda one: not (one[0] and one[0].exact)):
        if place is None:
            part.leave_out("mentions", WITHOUT_TOKENS)
        elif left[as_shown := _as_shown(document, place, mention)]:
            left[as_shown] -= 1
            part.wrote("mentions", changed=place.change)
        else:
            part.leave_out("mentions", NESTED)


def _as_shown(document: Document, place: Aligned, mention: Row) -> Labelled:
    whole = Span(document.tokens[place.first].start, document.tokens[place.last - 1].end)
    return Labelled(whole, mention["label"])
