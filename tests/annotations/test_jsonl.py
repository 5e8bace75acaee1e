"""Annotations as JSON lines: ours, and those of other tools; what comes in is valid or rejected, and counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit.annotations.codec import decode
from toolkit.annotations.collect import Collected, Received, collect
from toolkit.annotations.exports import raw_articles, raw_texts
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.jsonl import article_ids, is_jsonl, read_jsonl_export
from toolkit.annotations.mapping import ExportMapping, group_unmapped
from toolkit.annotations.model import Annotation, Origin, Relation
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import StoredArticle
from toolkit.articles.raw import id_from
from toolkit.articles.rules import Rules
from toolkit.errors import BadInputError
from toolkit.findings import Finding
from toolkit.ontology.model import Ontology

from .worlds import SMALL, json_values, worlds

ANA = "Ana 🚢 left Rome, “all 3 sank”, said Bo."
NONE = ExportMapping()
Write = Callable[..., Path]


def span(quote: str, label: str, text: str = ANA, **more: Any) -> dict[str, Any]:
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "text": quote, "label": label, **more}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write values, one a line; a text is a line as it is."""

    def write(*lines: Any, name: str = "amina.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


def read(path: Path, mapping: ExportMapping = NONE, known: dict[str, str] | None = None) -> list[Received]:
    return read_jsonl_export(path, mapping, Grammar(SMALL), known)


def checked(
    path: Path, mapping: ExportMapping = NONE, ontology: Ontology = SMALL
) -> tuple[Collected, dict[str, StoredArticle]]:
    received = read_jsonl_export(path, mapping, Grammar(ontology))
    frozen = [one for one in freeze_all(raw_articles(received, path), Rules()) if not isinstance(one, Finding)]
    stored = {one.article.article_id: one for one in frozen}
    articles = {article_id: one.article for article_id, one in stored.items()}
    collected = collect(
        received,
        articles,
        ontology,
        lambda who: str(who["email"]),
        lambda task: f"{task['file']}:{task['line']}",
        raw=raw_texts(frozen),
    )
    assert collected.counts.add_up
    return collected, stored


def only(path: Path, mapping: ExportMapping = NONE) -> Annotation:
    collected, _ = checked(path, mapping)
    assert (collected.rejected, collected.findings) == ((), ())
    (annotation,) = collected.annotations
    return annotation


def mentions(annotation: Annotation) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(item.text, item.start, item.labels) for item in annotation.mentions]


FOUND = [("Ana", 0, ("PERSON",)), ("Rome", 11, ("GPE",))]


class TestSpans:
    @pytest.mark.parametrize("key", ["mentions", "entities", "spans", "labels", "label"])
    @pytest.mark.parametrize("label", ["type", "label", "labels"])
    def test_whatever_they_are_called(self, write: Write, key: str, label: str) -> None:
        spans = [{"start": 0, "end": 3, label: "PERSON"}, {"start": 11, "end": 15, label: ["GPE"]}]
        record = only(write({"text": ANA, key: spans}))
        assert mentions(record) == FOUND
        assert (record.annotator, record.layers, record.source) == ("amina", ("entities",), "export.jsonl:1")
        assert record.article_id == id_from(ANA)

    def test_triples(self, write: Write) -> None:
        assert mentions(only(write({"text": ANA, "labels": [[0, 3, "PERSON"], [11, 15, "GPE"]]}))) == FOUND

    def test_with_a_byte_order_mark_windows_newlines_and_empty_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "amina.jsonl"
        lines = json.dumps({"text": ANA, "spans": [[0, 3, "PERSON"], [11, 15, "GPE"]]}, ensure_ascii=False)
        path.write_bytes(f"\ufeff{lines}\r\n\r\n".encode())
        assert mentions(only(path)) == FOUND

    def test_of_doccano_with_relations(self, write: Write) -> None:
        spans = [
            {"id": 40, "label": "PERSON", "start_offset": 0, "end_offset": 3},
            {"id": 41, "label": "GPE", "start_offset": 11, "end_offset": 15},
        ]
        relations = [{"id": 7, "from_id": 40, "to_id": 41, "type": "located_in"}]
        record = only(write({"id": 9, "text": ANA, "entities": spans, "relations": relations, "Comments": []}))
        assert (record.article_id, record.layers) == ("9", ("entities", "relations"))
        assert record.relations == (Relation(type="located_in", head="40", tail="41"),)

    def test_of_prodigy_whose_heads_are_tokens(self, write: Write) -> None:
        ana = {"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PERSON"}
        rome = {"start": 11, "end": 15, "token_start": 3, "token_end": 3, "label": "GPE"}
        relation = {"head": 0, "child": 3, "head_span": ana, "child_span": rome, "label": "located_in"}
        line = {
            "text": ANA,
            "spans": [rome, ana],
            "relations": [relation],
            "tokens": [{"text": "Ana", "start": 0, "end": 3, "id": 0}],
            "answer": "accept",
            "_annotator_id": "kim",
            "meta": {"source": "wire"},
        }
        path = write(line, {**line, "answer": "reject", "_annotator_id": "lee"})
        collected, stored = checked(path)
        kim, lee = collected.annotations
        assert (kim.annotator, mentions(kim), len(kim.relations)) == ("kim", FOUND, 1)
        assert (lee.annotator, lee.skipped, lee.mentions) == ("lee", True, ())
        assert [row.rule for row in collected.rejected] == ["skipped-work"] * 3
        assert stored[kim.article_id].article.metadata == {"meta": {"source": "wire"}}

    def test_relations_by_the_place_in_the_list(self, write: Write) -> None:
        spans = [span("Rome", "GPE"), span("Ana", "PERSON"), span("Bo", "PERSON")]
        relations = [
            {"type": "located_in", "head": 1, "tail": 0, "modality": "negated"},
            {"type": "knows", "head": 1, "tail": 2},
        ]
        record = only(write({"text": ANA, "mentions": spans, "relations": relations}))
        named = {item.id: item.text for item in record.mentions}
        assert [(it.type, named[it.head], named[it.tail], it.modality) for it in record.relations] == [
            ("located_in", "Ana", "Rome", "negated"),
            ("knows", "Ana", "Bo", "asserted"),
        ]

    def test_two_on_one_span_nested_and_with_two_labels(self, write: Write) -> None:
        spans = [
            span("Ana", "PERSON"),
            span("Ana", "GPE"),
            span("left Rome", "EVENT", id="e"),
            span("Rome", "GPE", id="r"),
            span("Rome", "PERSON", id="r", level="named"),
        ]
        record = only(write({"text": ANA, "mentions": spans}))
        assert sorted(mentions(record)) == [
            ("Ana", 0, ("GPE",)),
            ("Ana", 0, ("PERSON",)),
            ("Rome", 11, ("GPE", "PERSON")),
            ("left Rome", 6, ("EVENT",)),
        ]

    def test_answers_and_what_else_is_said(self, write: Write) -> None:
        spans = [
            span("Ana", "PERSON", level="named", chain="c1", contiguous=True, score=0.5),
            span("3", "QUANTITY", attributes={"number": 3}, annotator="kim", origin="suggestion-accepted"),
        ]
        ana, three = only(write({"text": ANA, "mentions": spans})).mentions
        assert (ana.attributes, ana.meta, ana.score) == (
            {"level": "named"},
            {"chain": "c1", "contiguous": True},
            0.5,
        )
        assert (three.attributes, three.meta, three.origin) == ({"number": "3"}, {}, Origin.ACCEPTED)

    def test_in_their_names(self, write: Write) -> None:
        line = {
            "doc": "d1",
            "body": ANA,
            "found": [span("Ana", "PER", kind="Name"), span("Rome", "LOC")],
            "spans": [span("left", "EVENT")],
            "relations": [{"label": "in", "head": 0, "tail": 1}],
        }
        mapping = ExportMapping(
            text="body",
            article_id="doc",
            labels={"PER": "PERSON", "LOC": "GPE"},
            relations={"in": "located_in"},
            attributes={"kind": "level"},
            choices={"Name": "named"},
            controls={"found": "entities", "spans": "ignore"},
        )
        collected, _ = checked(write(line), mapping)
        (record,) = collected.annotations
        assert record.article_id == "d1"
        assert (mentions(record), record.mentions[0].attributes) == (FOUND, {"level": "named"})
        assert [row.rule for row in collected.rejected] == ["ignored-control"]
        assert record.relations == (Relation(type="located_in", head="found-0", tail="found-1"),)

    def test_classes_of_the_text_are_no_spans(self, write: Write) -> None:
        line = {"text": ANA, "entities": [], "label": ["politics"], "labels": "x"}
        collected, stored = checked(write(line))
        assert collected.counts.items_in == 0
        assert stored[id_from(ANA)].article.metadata == {"label": ["politics"], "labels": "x"}

    def test_the_example_in_the_docs(self, write: Write, repository: Path) -> None:
        page = (repository / "docs" / "exports.md").read_text(encoding="utf-8")
        (example,) = re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)
        mapping = ExportMapping(
            labels={"Person": "PERSON", "Place": "GPE"},
            relations={"lives-in": "located_in"},
        )
        record = only(write(example), mapping)
        assert [item.text for item in record.mentions] == ["Ana Quill", "Port Sarrel"]
        assert record.relations == (Relation(type="located_in", head="mentions-0", tail="mentions-1"),)


class TestClaims:
    def test_in_full(self, write: Write) -> None:
        bo, said = span("Bo", "PERSON", id="b"), span("said", "", id="s")
        three = span("3", "QUANTITY", id="q", number="3")
        claim = span("all 3 sank", "", attribution="direct", claimants=[bo], cues=[said], values=[three], id="c")
        del said["label"], claim["label"]
        record = only(write({"text": ANA, "entities": [bo], "claims": [claim]}))
        assert record.layers == ("entities", "claims")
        (one,) = record.claims
        assert (one.text, one.claimants, one.cues, one.values) == ("all 3 sank", ("b",), ("s",), ("q",))
        assert one.attributes == {"attribution": "direct"}
        assert [(cue.id, cue.text) for cue in record.cues] == [("s", "said")]
        assert [(item.text, item.origin) for item in record.mentions] == [
            ("3", Origin.CONTEXT),  # not in the list of entities
            ("Bo", Origin.MANUAL),
        ]
        assert record.mentions[0].attributes == {"number": "3"}

    def test_null_says_nothing_and_an_empty_list_that_there_are_none(self, write: Write) -> None:
        path = write(
            {"text": "One.", "entities": None, "relations": None, "claims": None},
            {"text": "Two.", "entities": [], "relations": None, "claims": []},
        )
        collected, stored = checked(path)
        (two,) = collected.annotations
        assert (two.article_id, two.layers) == (id_from("Two."), ("entities", "claims"))
        assert len(stored) == 2


class TestArticles:
    def test_what_else_a_line_says_describes_the_article(self, write: Write) -> None:
        line = {
            "doc_id": "d",
            "text": ANA,
            "spans": [],
            "title": "Ships",
            "outlet": "Wire",
            "url": "https://wire.example/1",
            "published": "2031-03-14",
            "language": "en",
            "topic": 4,
            "annotator": "kim",
            "metadata": {"desk": ["night"]},
        }
        article = checked(write(line))[1]["d"].article
        assert (article.title, article.outlet, article.published) == ("Ships", "Wire", "2031-03-14")
        assert article.metadata == {"topic": 4, "desk": ["night"]}

    def test_ids_with_slashes_are_changed_and_kept(self, write: Write) -> None:
        collected, stored = checked(write({"doc_id": "1/1ecb/1", "text": ANA, "mentions": []}))
        assert [one.article_id for one in collected.annotations] == ["1-1ecb-1"]
        assert stored["1-1ecb-1"].article.metadata == {"original_id": "1/1ecb/1"}

    def test_two_names_are_never_one_id(self) -> None:
        assert article_ids(["a/b", "c"]) == {"a/b": "a-b", "c": "c"}
        ids = article_ids(["a/b", "a-b", "a:b", "///", "ЯЯ", ""])
        assert ids["a-b"] == "a-b"
        assert len(set(ids.values())) == len(ids)

    @given(st.sets(st.text(max_size=4) | st.text("ab-/._", max_size=4) | st.text("a/", min_size=126, max_size=130)))
    def test_by_any_names_they_are_distinct_and_fit(self, names: set[str]) -> None:
        ids = article_ids(names)
        assert len(set(ids.values())) == len(names)
        # By the pattern of an article's id, and the same whatever the order.
        assert all(len(id) <= 128 and id[0].isalnum() and set(id) <= SAFE for id in ids.values())
        assert article_ids(sorted(names, reverse=True)) == ids

    def test_a_folder_is_a_file_for_each_annotator(self, write: Write, tmp_path: Path) -> None:
        line = {"doc_id": "d", "text": ANA}
        write({**line, "spans": [span("Ana", "PERSON")]}, name="corpus/amina.jsonl")
        write({**line, "spans": []}, {**line, "text": "Other.", "doc_id": "o", "spans": []}, name="corpus/boris.jsonl")
        collected, _ = checked(tmp_path / "corpus")
        assert [(it.article_id, it.annotator, it.source, len(it.mentions)) for it in collected.annotations] == [
            ("d", "amina", "export-1.jsonl:1", 1),
            ("d", "boris", "export-2.jsonl:1", 0),
            ("o", "boris", "export-2.jsonl:2", 0),
        ]

    def test_the_same_text_is_the_article_that_is_known(self, write: Write) -> None:
        (received,) = read(write({"doc_id": "d", "text": ANA, "spans": []}), known={ANA: "ships"})
        assert received.task["data"]["article_id"] == "ships"
        with pytest.raises(BadInputError, match=r"amina\.jsonl:1: its id is d, and so is that of another text"):
            read(write({"doc_id": "d", "text": ANA, "spans": []}), known={"Other.": "d"})

    def test_one_article_twice_by_one_annotator_counts_once(self, write: Write) -> None:
        line = {"doc_id": "d", "text": ANA}
        path = write({**line, "spans": [span("Ana", "PERSON")]}, {**line, "spans": [span("Rome", "GPE")]})
        collected, _ = checked(path)
        (record,) = collected.annotations
        assert mentions(record) == FOUND[1:]
        assert [(row.rule, row.kind, row.source) for row in collected.rejected] == [
            ("duplicate-annotation", "item", "export.jsonl:1"),
            ("duplicate-annotation", "annotation", "export.jsonl:1"),
        ]


SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class TestOffsets:
    @pytest.mark.parametrize(
        ("given", "rule"),
        [
            ({"start": "0", "end": 3}, "offset-not-integer"),
            ({"start": 0.0, "end": 3}, "offset-not-integer"),
            ({"start": True, "end": 3}, "offset-not-integer"),
            ({"start": 3, "end": 0}, "offset-inverted"),
            ({"start": 3, "end": 3}, "offset-empty"),
            ({"start": 0, "end": 99}, "offset-out-of-range"),
            ({"start": -3, "end": 3}, "offset-out-of-range"),
            ({"start": 0}, "malformed-result"),
            ({"start": 0, "end": 3, "text": "Bob"}, "text-mismatch"),
            ({"start": 0, "end": 3, "label": None}, "malformed-result"),
            ({"start": 0, "end": 3, "label": "SHIP"}, "unknown-label"),
        ],
    )
    def test_what_is_wrong_is_rejected_with_its_line(self, write: Write, given: dict[str, Any], rule: str) -> None:
        good = {"text": "Other.", "spans": [[0, 5, "PERSON"]]}
        bad = {"label": "PERSON", **given}
        collected, _ = checked(write(good, {"text": ANA, "spans": [bad, span("Rome", "GPE")]}))
        assert [(row.rule, row.source) for row in collected.rejected] == [(rule, "export.jsonl:2")]
        assert (collected.counts.items_in, collected.counts.items_valid) == (3, 2)

    @pytest.mark.parametrize("item", [None, 3, "Ana", [], [0, 3], [0, 3, "PERSON", "Ana"], {}])
    def test_what_is_no_span(self, write: Write, item: Any) -> None:
        collected, _ = checked(write({"text": ANA, "mentions": [item]}))
        assert [row.rule for row in collected.rejected] == ["malformed-result"]

    def test_utf16_and_windows_newlines_are_repaired_where_the_words_prove_it(self, write: Write) -> None:
        text = "Ana\nleft Rome."
        path = write(
            {"text": ANA, "spans": [{"start": 12, "end": 16, "text": "Rome", "label": "GPE"}]},
            {"text": text, "spans": [{"start": 10, "end": 14, "text": "Rome", "label": "GPE"}]},
        )
        collected, _ = checked(path)
        assert sorted(mentions(one) for one in collected.annotations) == [[("Rome", 9, ("GPE",))], FOUND[1:]]
        assert sorted(finding.rule for finding in collected.findings) == ["offset-newline", "offset-utf16"]

    def test_offsets_in_text_that_freezing_changes(self, write: Write) -> None:
        text = "Rene\u0301\r\nleft Rome."
        record = only(write({"text": text, "spans": [span("Rome", "GPE", text), span("Rene\u0301", "PERSON", text)]}))
        assert mentions(record) == [("René", 0, ("PERSON",)), ("Rome", 10, ("GPE",))]

    def test_an_unknown_label_is_told_once_with_the_line_to_write(self, write: Write) -> None:
        path = write({"text": ANA, "spans": [span("Ana", "Who"), span("Bo", "Who")]})
        (finding,) = group_unmapped(checked(path)[0], Path("mapping.yaml")).findings
        assert finding.message == "'Who' is not known here; it was used 2 times"
        assert finding.next.endswith("under labels: “Who: NAME OF OURS”")

    def test_relations_to_nothing(self, write: Write) -> None:
        relations: list[Any] = [
            {"type": "knows", "head": 0, "tail": 7},
            {"type": "knows", "head": 0},
            {"type": "knows", "head": 0, "tail": "x"},
            {"head": 0, "tail": 0},
            "knows",
        ]
        collected, _ = checked(write({"text": ANA, "spans": [span("Ana", "PERSON")], "relations": relations}))
        assert sorted(row.rule for row in collected.rejected) == [
            "dangling-relation",
            "dangling-relation",
            "malformed-result",
            "malformed-result",
            "self-relation",
        ]


class TestRefused:
    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("{", "amina.jsonl:2:2: not JSON: Expecting property name"),
            ('{"text": "a', "amina.jsonl:2:"),
            ("9" * 5000, "amina.jsonl:2: not data"),
            ('{"a":' * 5000, "amina.jsonl:2: "),
            ("7", "amina.jsonl:2: no JSON object"),
            ("[1]", "amina.jsonl:2: a JSON list"),
            ({"spans": []}, "amina.jsonl:2: no text in 'text' (there are: no texts)"),
            ({"body": "x", "spans": []}, "amina.jsonl:2: no text in 'text' (there are: body)"),
            ({"text": "", "spans": []}, "amina.jsonl:2: no text in 'text'"),
            ({"text": ["a"], "spans": []}, "amina.jsonl:2: no text in 'text'"),
            ({"doc_id": "d", "text": "x", "spans": []}, "amina.jsonl:2: its id is d, and so is that of another text"),
            ({"text": "x", "text_sha256": "00", "spans": []}, "amina.jsonl:2: the text is not the one"),
            ({"id": 1, "data": {"text": "a"}, "annotations": []}, "amina.jsonl:2: a task of Label Studio"),
        ],
    )
    def test_with_file_and_line(self, write: Write, line: Any, why: str) -> None:
        path = write({"doc_id": "d", "text": ANA, "spans": []}, line)
        with pytest.raises(BadInputError) as caught:
            read(path)
        assert why in caught.value.message
        assert str(path) in caught.value.message
        assert caught.value.next

    def test_not_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "amina.jsonl"
        path.write_bytes(b'{"text": "caf\xe9", "spans": []}\n')
        with pytest.raises(BadInputError, match=r"amina\.jsonl:1: not UTF-8 at byte 13"):
            read(path)

    @pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
    def test_an_empty_file(self, write: Write, content: str) -> None:
        with pytest.raises(BadInputError, match=r"amina\.jsonl: nothing in it"):
            read(write(content))

    @pytest.mark.parametrize("indent", [None, 1])
    def test_an_export_of_label_studio_with_this_suffix(self, write: Write, indent: int | None) -> None:
        export = json.dumps([{"id": 1, "data": {"text": "a"}, "annotations": []}], indent=indent)
        with pytest.raises(BadInputError, match=r"amina\.jsonl:1: a JSON list, as in an export of Label Studio"):
            read(write(export))

    def test_articles_without_annotations(self, write: Write) -> None:
        with pytest.raises(BadInputError, match=r"no annotations in it \(keys: labels, text, words\)") as caught:
            read(write({"text": ANA, "words": [], "labels": ["politics"]}))
        assert "goldkit articles add" in caught.value.next

    def test_an_id_that_the_mapping_names_and_a_line_lacks(self, write: Write) -> None:
        with pytest.raises(BadInputError, match=r"amina\.jsonl:1: no id in 'doc'"):
            read(write({"text": ANA, "spans": []}), ExportMapping(article_id="doc"))

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(BadInputError, match="no such file"):
            read(tmp_path / "nowhere.jsonl")

    def test_other_files_beside(self, write: Write, tmp_path: Path) -> None:
        write({"text": ANA, "spans": []}, name="corpus/amina.jsonl")
        write("{}", name="corpus/export.json")
        assert is_jsonl(tmp_path / "corpus")
        assert len(read(tmp_path / "corpus")) == 1
        write("Ana B-PER", name="corpus/boris.conll")
        with pytest.raises(BadInputError, match=r"both JSON lines and something else \(boris\.conll\)"):
            read(tmp_path / "corpus")


def as_line(annotation: Annotation, text: str) -> str:
    return json.dumps({"text": text, **annotation.model_dump(mode="json", exclude={"layers", "annotator"})})


@given(worlds())
@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_our_own_record_comes_back_as_it_was(tmp_path: Path, world: tuple[Ontology, str, Annotation]) -> None:
    ontology, text, annotation = world
    path = tmp_path / "ann.jsonl"
    path.write_text(as_line(annotation, text) + "\n", encoding="utf-8")
    ((task, _, layers),) = read_jsonl_export(path, NONE, Grammar(ontology))
    assert layers == ("entities", "relations", "claims")
    (one,) = task["annotations"]
    decoded = decode(one["result"], text, ontology)
    assert decoded.rejected == ()
    for name in ("mentions", "cues", "claims", "relations"):
        assert getattr(decoded, name) == getattr(annotation, name)


@given(
    st.fixed_dictionaries(
        {"text": st.just(ANA)},
        optional=dict.fromkeys(["spans", "entities", "labels", "relations", "claims", "cues", "id"], json_values)
        | {
            name: st.lists(
                json_values
                | st.fixed_dictionaries(
                    {},
                    optional={
                        **dict.fromkeys(["start", "end", "head", "tail"], st.integers(-1, 40) | json_values),
                        **dict.fromkeys(["id", "level", "meta", "attributes", "claimants", "cues"], json_values),
                        "label": st.sampled_from(["PERSON", "knows", "nope"]) | json_values,
                    },
                ),
                max_size=3,
            )
            for name in ("mentions", "relations", "claims")
        },
    )
)
@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_line_holds_the_counts_add_up(tmp_path: Path, line: dict[str, Any]) -> None:
    path = tmp_path / "any.jsonl"
    other = {"text": "Other.", "spans": [[0, 5, "PERSON"]]}
    path.write_text(f"{json.dumps(other)}\n{json.dumps(line)}\n", encoding="utf-8")
    collected, _ = checked(path)
    given = sum(len(line[key]) for key in ("mentions", "relations", "claims") if isinstance(line.get(key), list))
    assert collected.counts.items_in >= 1 + given  # each of them is an item at least
    assert collected.counts.add_up


def test_one_text_under_two_ids_is_one_article_in_whatever_order(tmp_path: Path) -> None:
    texts = {"b": "One text.", "a": "One text.", "c": "Another."}
    lines = [{"id": id, "text": text, "outlet": id, "mentions": []} for id, text in texts.items()]
    found = []
    for name, order in (("x", lines), ("y", lines[::-1])):
        (tmp_path / name).mkdir()
        file = tmp_path / name / "corpus.jsonl"
        file.write_text("\n".join(map(json.dumps, order)), encoding="utf-8")
        received = read_jsonl_export(file, NONE, Grammar(SMALL))
        found.append([(one.task["data"]["article_id"], one.task["data"]["outlet"]) for one in received])
    assert found[0] == found[1] == [("a", "a"), ("a", "b"), ("c", "c")]
