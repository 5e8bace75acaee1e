from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from odd_world import Export

from toolkit.dataset.formats.alignment import align
from toolkit.dataset.formats.document import Document, documents, span
from toolkit.dataset.opened import Opened


class Fact(NamedTuple):
    """One labelled pair: the words of its first mentions, with their types."""

    head: str
    head_type: str
    relation: str
    tail: str
    tail_type: str


def facts(path: Path) -> dict[str, list[Fact]]:
    """Read a file of DocRED by the description of its format, with every check that it allows."""
    found: dict[str, list[Fact]] = {}
    relations = json.loads((path.parent / "rel_info.json").read_text(encoding="utf-8"))
    for article in json.loads(path.read_text(encoding="utf-8")):
        assert article["title"] not in found
        for vertex in article["vertexSet"]:
            for one in vertex:
                first, last = one["pos"]
                assert 0 <= first < last <= len(article["sents"][one["sent_id"]])
        own = found[article["title"]] = []
        for label in article.get("labels", ()):
            assert label["r"] in relations
            assert label["evidence"] == sorted({*label["evidence"]})
            assert set(label["evidence"]) <= set(range(len(article["sents"])))
            head, tail = (article["vertexSet"][label[end]][0] for end in "ht")
            own.append(Fact(words(article, head), head["type"], label["r"], words(article, tail), tail["type"]))
    return found


def words(article: dict[str, list[list[str]]], mention: dict[str, int]) -> str:
    first, last = mention["pos"]  # type: ignore[misc]
    return " ".join(article["sents"][mention["sent_id"]][first:last])


def test_sentences_vertices_and_labels(export_small: Export) -> None:
    made = export_small("docred")
    assert facts(made.folder / "train.json") == {
        "a1": [Fact("Ali", "PERSON", "met_with", "Ali", "PERSON")],
        "a2": [],
    }
    harbour, arabic = json.loads((made.folder / "train.json").read_text(encoding="utf-8"))
    assert harbour["sents"][2] == ["Nobody", "was", "hurt", "."]
    assert harbour["vertexSet"][1] == [
        {"id": "m3", "name": "Libya's coast guard", "pos": [3, 8], "sent_id": 0, "type": "ORGANIZATION"}
    ]
    assert harbour["labels"] == [{"h": 0, "t": 6, "r": "met_with", "evidence": [0, 1]}]
    assert arabic["labels"] == []
    (part,) = made.parts
    assert part.written == Counter(documents=2, mentions=11, relations=1)
    assert part.left_out == {
        ("documents", "its entities are not gold: with none it would read as if there were none"): 3,
        ("relations", "it is negated; DocRED's labels say that a relation holds"): 1,
        ("claims", "DocRED holds no claims"): 2,
    }
    names = json.loads((made.folder / "rel_info.json").read_text(encoding="utf-8"))
    assert names == {"has_quantity": "has_quantity", "located_in": "located_in", "met_with": "met_with"}


def as_words(document: Document, row: dict[str, int]) -> str | None:
    place = align(document.tokens, span(row))
    return place and " ".join(token.of(document.text) for token in document.tokens[place.first : place.last])


def test_what_holds_in_the_dataset_holds_there(odd: Opened, export_odd: Export) -> None:
    made = export_odd("docred")
    held = 0
    for part in made.parts:
        found = facts(made.folder / f"{part.split}.json")
        gold = [document for document in documents(odd, part.split) if document.entities]
        assert list(found) == [document.article_id for document in gold]
        for document in gold:
            expected = [
                Fact(head, one["head"]["label"], one["type"], tail, one["tail"]["label"])
                for one in document.relations
                if one["modality"] == "asserted"
                and (head := as_words(document, one["head"]))
                and (tail := as_words(document, one["tail"]))
            ]
            assert found[document.article_id] == expected
            held += len(expected)
        articles = json.loads((made.folder / f"{part.split}.json").read_text(encoding="utf-8"))
        for article, document in zip(articles, gold, strict=True):
            tokens = [token.of(document.text) for token in document.tokens]
            assert [token for sentence in article["sents"] for token in sentence] == tokens
            mentions = [one for one in document.mentions if align(document.tokens, span(one))]
            assert [(v[0]["id"], v[0]["type"], v[0]["name"], words(article, v[0])) for v in article["vertexSet"]] == [
                (one["id"], one["label"], one["text"], as_words(document, one)) for one in mentions
            ]
    assert held == sum(part.written["relations"] for part in made.parts) > 10
