from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from toolkit.dataset.formats.document import documents
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.errors import BadInputError


def test_an_article_comes_with_all_that_is_said_of_it(small: Opened) -> None:
    harbour, arabic, *rest = documents(small, "train")
    assert [document.article_id for document in (harbour, arabic, *rest)] == ["a1", "a2", "a3", "a4", "a5"]
    assert [(row["id"], row["label"], row["text"]) for row in harbour.mentions] == [
        ("m1", "PERSON", "Ali"),
        ("m3", "ORGANIZATION", "Libya's coast guard"),
        ("m2", "GPE", "Libya"),
        ("m4", "PERSON", "Omar"),
        ("m5", "GPE", "Tripoli"),
        ("m5", "LOCATION", "Tripoli"),
        ("m8", "PERSON", "Ali"),
        ("m6", "QUANTITY", "30\u00a0migrants"),
        ("m7", "LOCATION", "Greater Tripoli Are"),
    ]
    assert sorted((one["type"], one["modality"]) for one in harbour.relations) == [
        ("located_in", "negated"),
        ("met_with", "asserted"),
    ]
    assert [one["text"] for one in harbour.claims] == ["“30\u00a0migrants” were rescued", "Nobody was hurt"]
    assert [cue["text"] for cue in harbour.cues] == ["According to"]
    assert harbour.layers == ("entities", "relations", "claims")
    assert (harbour.ends, arabic.relations) == ((), ())
    assert [(one.entities, one.layers, one.mentions) for one in rest] == [(None, (), ())] * 3


def test_nothing_of_the_dataset_is_missing_and_nothing_twice(odd: Opened) -> None:
    for split in odd.splits:
        found = list(documents(odd, split))
        assert [document.described for document in found] == list(odd.named("documents", split))
        assert [document.entities for document in found if document.entities] == list(odd.named("entities", split))
        for config in ("relations", "claims"):
            assert [row for one in found for row in getattr(one, config)] == list(odd.named(config, split))
    assert sum(odd.count("relations", split) for split in odd.splits) > 40


def test_ends_whose_entities_are_not_gold_are_mentions_too(odd: Opened) -> None:
    apart = [one for split in odd.splits for one in documents(odd, split) if one.layers and one.entities is None]
    with_relations = [one for one in apart if one.relations]
    assert with_relations
    for document in with_relations:
        ends = {(row["id"], row["label"]) for one in document.relations for row in (one["head"], one["tail"])}
        assert ends <= {(row["id"], row["label"]) for row in document.ends}
        assert document.mentions == document.ends


def test_the_tokens_are_those_of_the_dataset_or_made_anew(small: Opened) -> None:
    arabic, unseen = [document for document in documents(small, "train") if document.article_id in ("a2", "a5")]
    assert [token.of(arabic.text) for token in arabic.tokens][:3] == ["قال", "مُحَمَّد", "🇱🇾"]
    assert [token.of(unseen.text) for token in unseen.tokens] == ["Nobody", "saw", "this", "."]


def test_a_row_without_its_document_is_named(small: Opened, tmp_path: Path) -> None:
    torn = shutil.copytree(small.folder, tmp_path / "torn")
    path = torn / "documents" / "train-00000-of-00001.parquet"
    table = parquet.read_table(path)
    parquet.write_table(table.slice(1), path)
    with pytest.raises(BadInputError, match="the entities of a1 fit no document of train") as raised:
        list(documents(open_dataset(torn), "train"))
    assert raised.value.next.startswith("goldkit build")


def test_a_folder_that_is_no_dataset_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"ontology\.yaml is not in it"):
        open_dataset(tmp_path)


def test_mentions_stand_in_the_order_of_the_text_whatever_the_order_of_the_rows(small: Opened) -> None:
    document = next(iter(documents(small, "train")))
    assert document.entities is not None
    shuffled = {**document.entities, "entities": document.entities["entities"][::-1]}
    turned = replace(document, entities=shuffled, relations=document.relations[::-1], claims=document.claims[::-1])
    assert turned.mentions == document.mentions
