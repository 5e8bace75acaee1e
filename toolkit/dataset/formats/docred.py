"""DocRED's JSON: documents as sentences of tokens, their entities as vertices, and labelled pairs of vertices.

It follows the files of https://github.com/thunlp/DocRED (``title``, ``sents``, ``vertexSet``, ``labels``). A vertex
there is an entity with all its mentions. Nobody said here which mentions are one entity, so a vertex is one mention.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from toolkit.dataset.formats.alignment import Aligned, align, token_sentences
from toolkit.dataset.formats.document import Document, key, span
from toolkit.dataset.formats.part import Part
from toolkit.dataset.formats.reasons import END_LEFT_OUT, ENTITIES_NOT_GOLD, NO_CLAIMS, WITHOUT_TOKENS
from toolkit.dataset.write import Row
from toolkit.files import to_json, write_json, write_text
from toolkit.ontology.model import ASSERTED, Ontology


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>.json``, and ``rel_info.json`` with what the relations' names mean."""
    for part in parts:
        lines = [to_json(one) for document in part.documents() if (one := _article(document, part))]
        write_text(folder / f"{part.split}.json", "[\n" + ",\n".join(lines) + "\n]\n")
    meaning = {name: relation.definition or name for name, relation in ontology.relation_types.items()}
    write_json(folder / "rel_info.json", meaning)


def _article(document: Document, part: Part) -> dict[str, Any] | None:
    if document.entities is None:
        part.leave_out_document(document, ENTITIES_NOT_GOLD)
        return None
    part.wrote("documents")
    part.leave_out("claims", NO_CLAIMS, len(document.claims))
    text, tokens = document.text, document.tokens
    runs = token_sentences(text, tokens, map(span, document.mentions))
    starts = [run.start for run in runs]
    vertices: dict[tuple[str, str], int] = {}
    entities: list[list[Row]] = []
    for mention in document.mentions:
        if (place := align(tokens, span(mention))) is None:
            part.leave_out("mentions", WITHOUT_TOKENS)
            continue
        part.wrote("mentions", changed=place.change)
        vertices[key(mention)] = len(entities)
        entities.append([_mention(mention, place, starts)])
    written: dict[str, Any] = {
        "title": document.article_id,
        "sents": [[tokens[number].of(text) for number in run] for run in runs],
        "vertexSet": entities,
    }
    if "relations" in document.layers:  # without, DocRED leaves `labels` out as well
        written["labels"] = [
            {
                "h": vertices[key(relation["head"])],
                "t": vertices[key(relation["tail"])],
                "r": relation["type"],
                "evidence": _touched(document, relation, starts),
            }
            for relation in document.relations
            if _is_held(relation, vertices, part)
        ]
    return written


def _mention(mention: Row, place: Aligned, starts: list[int]) -> Row:
    sentence = bisect_right(starts, place.first) - 1
    return {
        "name": mention["text"],
        "type": mention["label"],
        "sent_id": sentence,
        "pos": [place.first - starts[sentence], place.last - starts[sentence]],
        "id": mention["id"],
    }


def _touched(document: Document, relation: Row, starts: list[int]) -> list[int]:
    """The numbers of the sentences that show the relation."""
    place = align(document.tokens, span(relation["evidence"]))
    if place is None:
        return []
    return list(range(bisect_right(starts, place.first) - 1, bisect_right(starts, place.last - 1)))


def _is_held(relation: Row, vertices: dict[tuple[str, str], int], part: Part) -> bool:
    """A label of DocRED says that a relation holds: one that is negated or only said to be must not become one."""
    if relation["modality"] != ASSERTED:
        part.leave_out("relations", f"it is {relation['modality']}; DocRED's labels say that a relation holds")
    elif not all(key(relation[end]) in vertices for end in ("head", "tail")):
        part.leave_out("relations", END_LEFT_OUT)
    else:
        part.wrote("relations")
        return True
    return False
