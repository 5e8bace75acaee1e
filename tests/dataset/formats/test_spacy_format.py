from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from odd_world import Export
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from toolkit.dataset.formats.alignment import align
from toolkit.dataset.formats.document import documents, key, span
from toolkit.dataset.opened import Opened
from toolkit.files import to_json


def read(folder: Path, split: str) -> list[Doc]:
    return list(DocBin().from_disk(folder / f"{split}.spacy").get_docs(Vocab()))


def shown(spans: Any) -> list[tuple[str, str, str]]:
    return [(span.id_, span.label_, span.text) for span in spans]


def test_a_doc_an_article(export_small: Export) -> None:
    made = export_small("spacy")
    harbour, arabic, *rest = read(made.folder, "train")
    assert [token.text for token in harbour][:4] == ["Ali", "👩🏽‍🚀", "of", "Libya"]
    assert [(one.label_, one.text) for one in harbour.ents] == [
        ("PERSON", "Ali"),
        ("ORGANIZATION", "Libya's coast guard"),
        ("PERSON", "Omar"),
        ("GPE", "Tripoli"),
        ("PERSON", "Ali"),
        ("QUANTITY", "30\u00a0migrants"),
        ("LOCATION", "Greater Tripoli Area"),
    ]
    assert ("m2", "GPE", "Libya") in shown(harbour.spans["sc"])
    assert shown(harbour.spans["claims"]) == [
        ("c1", "CLAIM", "“30\u00a0migrants” were rescued"),
        ("c2", "CLAIM", "Nobody was hurt"),
    ]
    assert shown(harbour.spans["cues"]) == [("q1", "CUE", "According to")]
    met = next(one for one in harbour.user_data["relations"] if one["type"] == "met_with")
    assert (met["head"]["text"], met["tail"]["text"], met["modality"]) == ("Ali", "Ali", "asserted")
    assert harbour.text[met["tail"]["start"] : met["tail"]["end"]] == "Ali"
    assert (harbour.user_data["article_id"], harbour.user_data["outlet"]) == ("a1", "Meridian | Wire")
    assert arabic.text == "قال مُحَمَّد 🇱🇾 إن ليبيا بخير."
    assert [doc.has_annotation("ENT_IOB") for doc in (harbour, arabic, *rest)] == [True, True, False, False, False]
    (part,) = made.parts
    assert part.written == Counter(documents=5, mentions=11, relations=2, claims=2)
    assert part.left_out == {}
    assert part.changed == {("mentions", "an edge lies inside a token: it covers the whole of it"): 1}


def test_texts_spans_and_rows_come_back(odd: Opened, export_odd: Export) -> None:
    made = export_odd("spacy")
    exact = 0
    for part in made.parts:
        docs = read(made.folder, part.split)
        for doc, document in zip(docs, documents(odd, part.split), strict=True):
            assert doc.text == document.text
            mentions = {(one.id_, one.label_): one for one in doc.spans["sc"]}
            for row in document.marked:
                place = align(document.tokens, span(row))
                if place is None:
                    assert key(row) not in mentions
                    continue
                found = mentions.pop(key(row))
                edges = document.tokens[place.first].start, document.tokens[place.last - 1].end
                assert (found.start_char, found.end_char) == edges
                if place.exact:
                    assert found.text == row["text"]
                    exact += 1
            assert mentions == {}
            assert [one.id_ for one in doc.spans["cues"]] == [
                row["id"] for row in document.cues if align(document.tokens, span(row))
            ]
            for config in ("relations", "claims"):
                rows = [{**one, "article_id": document.article_id} for one in doc.user_data[config] or ()]
                assert to_json(rows) == to_json(getattr(document, config))
            assert to_json(doc.user_data["entities"]) == to_json(document.marked if document.entities else None)
    assert exact > 20


def test_the_entities_are_the_tags_of_the_dataset(odd: Opened, export_odd: Export) -> None:
    made = export_odd("spacy")
    for split in odd.splits:
        docs = {doc.user_data["article_id"]: doc for doc in read(made.folder, split)}
        for row in odd.named("entities", split):
            doc = docs[row["article_id"]]
            tags = {token.idx: f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O" for token in doc}
            assert [tags[start] for start in row["token_starts"]] == row["ner_tags"]


def test_no_entity_begins_or_ends_with_white_space(export_odd: Export) -> None:
    made = export_odd("spacy")
    ents = [ent for part in made.parts for doc in read(made.folder, part.split) for ent in doc.ents]
    assert len(ents) > 50
    assert not any(token.is_space for ent in ents for token in (ent[0], ent[-1]))
