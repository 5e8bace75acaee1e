"""UIMA: one CAS an article, as XMI, and the type system that is made from the ontology.

``goldkit.Mention``, ``goldkit.Cue`` and ``goldkit.Claim`` lie on their words, ``goldkit.Relation`` on its evidence,
``goldkit.Article`` on the whole text; their features are called as the dataset's columns and the ontology's questions
are. Sentences and tokens are of DKPro Core's types. XMI counts UTF-16 code units, and dkpro-cassis converts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.dataset.features import claim_attributes, cue_attributes, mention_attributes
from toolkit.dataset.formats.document import Document, key
from toolkit.dataset.formats.part import Part
from toolkit.dataset.formats.reasons import NOT_XML
from toolkit.dataset.sentences import sentences
from toolkit.dataset.write import Row
from toolkit.files import write_text
from toolkit.ontology.model import Attribute, Ontology

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem  # type: ignore[import-untyped, unused-ignore]

SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"
MENTION, CUE, CLAIM, RELATION, ARTICLE = (
    f"goldkit.{name}" for name in ("Mention", "Cue", "Claim", "Relation", "Article")
)
STRING, INTEGER, BOOLEAN = "uima.cas.String", "uima.cas.Integer", "uima.cas.Boolean"
STRINGS, LINKS = "uima.cas.StringArray", "uima.cas.FSArray"

DESCRIBED = {
    **dict.fromkeys(("article_id", "story_id", "dup_group", "title", "outlet", "url", "published"), STRING),
    "language": STRING,
    "translated": BOOLEAN,
    "licence": STRING,
    "text_sha256": STRING,
    "status": STRING,
    "voters": INTEGER,
    "resolution": STRING,
    "layers": STRINGS,
}
DECIDED = {"resolution": STRING, "support": INTEGER, "voters": INTEGER}

# Names that UIMA has on every annotation, and those that cassis gives to its objects.
_RESERVED = frozenset({"begin", "end", "sofa", "self", "type", "xmiID", "value", "get", "set", "get_covered_text"})
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(folder: Path, ontology: Ontology, parts: Iterable[Part]) -> None:
    """Write ``<split>/<article_id>.xmi`` and ``TypeSystem.xml``."""
    types = _Types(ontology)
    for part in parts:
        for document in part.documents():
            if any(_UNWRITABLE.search(text) for text in _texts(document)):
                part.leave_out_document(document, NOT_XML)
            else:
                write_text(folder / part.split / f"{document.article_id}.xmi", types.cas(document).to_xmi())
                part.wrote_all(document)
    write_text(folder / "TypeSystem.xml", types.system.to_xml())


def feature_names(attributes: Iterable[Attribute]) -> dict[str, str]:
    """The feature that holds the answers to each question: its name, with ``_`` behind it where UIMA has that name."""
    asked = [attribute.name for attribute in attributes]
    names = {name: name for name in asked if name not in _RESERVED}
    for name in asked:
        if name in _RESERVED:
            free = f"{name}_"
            while free in (*names, *asked):
                free += "_"
            names[name] = free
    return names


class _Types:
    """The type system of an ontology, and CASes made with it."""

    def __init__(self, ontology: Ontology) -> None:
        from cassis import TypeSystem

        self.system: TypeSystem = TypeSystem()
        self.questions = {
            MENTION: feature_names(mention_attributes(ontology)),
            CUE: feature_names(cue_attributes(ontology)),
            CLAIM: feature_names(claim_attributes(ontology)),
        }
        self.columns = {
            MENTION: {"id": STRING, "label": STRING, "origin": STRING} | DECIDED,
            CUE: {"id": STRING},
            CLAIM: {"id": STRING, "claimant_kind": STRING, "origin": STRING} | DECIDED,
            RELATION: {"label": STRING, "modality": STRING} | DECIDED,
            ARTICLE: DESCRIBED,
        }
        for name in (f"{SEGMENTATION}.Sentence", f"{SEGMENTATION}.Token", *self.columns):
            self.system.create_type(name)
        for name, columns in self.columns.items():
            for column, kind in columns.items():
                self.system.create_feature(name, column, kind)
            for feature in self.questions.get(name, {}).values():
                self.system.create_feature(name, feature, STRING)
        for end in ("head", "tail"):
            self.system.create_feature(RELATION, end, MENTION)
        for role, linked in (("claimants", MENTION), ("cues", CUE), ("values", MENTION)):
            self.system.create_feature(CLAIM, role, LINKS, elementType=linked)

    def cas(self, document: Document) -> Cas:
        """The CAS of one article."""
        from cassis import Cas

        cas = Cas(typesystem=self.system)
        cas.sofa_string, cas.sofa_mime = document.text, "text/plain"
        whole = {"start": 0, "end": len(document.text)}
        cas.add(self._annotation(ARTICLE, document.described | whole))
        for name, spans in (("Sentence", sentences(document.text)), ("Token", document.tokens)):
            made = self.system.get_type(f"{SEGMENTATION}.{name}")
            cas.add_all([made(begin=span.start, end=span.end) for span in spans])
        mentions = {key(row): self._annotation(MENTION, row) for row in document.mentions}
        cues = {row["id"]: self._annotation(CUE, row) for row in document.cues}
        cas.add_all([*mentions.values(), *cues.values()])
        for row in document.claims:
            claim = self._annotation(CLAIM, row)
            claim.claimants = self._links(mentions[key(end)] for end in row["claimants"])
            claim.cues = self._links(cues[cue["id"]] for cue in row["cues"])
            claim["values"] = self._links(mentions[key(end)] for end in row["values"])
            cas.add(claim)
        for row in document.relations:
            shown = {"start": row["evidence"]["start"], "end": row["evidence"]["end"], "label": row["type"]}
            relation = self._annotation(RELATION, row | shown)
            relation.head, relation.tail = mentions[key(row["head"])], mentions[key(row["tail"])]
            cas.add(relation)
        return cas

    def _annotation(self, name: str, row: Row) -> Any:
        features = {column: self._value(kind, row.get(column)) for column, kind in self.columns[name].items()}
        features |= {feature: row.get(question) for question, feature in self.questions.get(name, {}).items()}
        return self.system.get_type(name)(begin=row["start"], end=row["end"], **features)

    def _value(self, kind: str, value: Any) -> Any:
        return self.system.get_type(STRINGS)(elements=list(value or ())) if kind == STRINGS else value

    def _links(self, ends: Iterable[Any]) -> Any:
        return self.system.get_type(LINKS)(elements=list(ends))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Document):
        yield from _texts((value.described, value.entities, value.relations, value.claims))
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
