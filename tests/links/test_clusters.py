from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scorch.conll import parse_file
from scorch.scores import b_cubed, ceaf_e, muc

from toolkit.errors import BadInputError
from toolkit.links.clusters import conll, read_clusters
from toolkit.links.filescores import COLUMNS, score_files
from toolkit.links.scores import MEASURES, Partition, scores

CONLL = """\
#begin document (harbour); part 000
harbour 0 0 The (0|(1)
harbour 0 1 navy 0)
harbour 0 2 counts -

harbour 0 0 its (0)
harbour 0 1 dead (2
harbour 0 2 men (2|(3
harbour 0 3 of 2)
harbour 0 4 war 3)|2)
#end document
#begin document (harbour); part 001
harbour 1 0 They (0)|(1
harbour 1 1 left 1)
#end document
"""


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def document(id: str, clusters: Mapping[tuple[int, int], str], **belongs: str) -> dict[str, object]:
    mentions = [{"start": start, "end": end, "cluster": name} for (start, end), name in clusters.items()]
    return {"article_id": id, "mentions": mentions, **belongs}


def test_documents_as_json_lines(tmp_path: Path) -> None:
    """Corpora call the same things by different names, and have more than is read here."""
    path = write(
        tmp_path / "key.jsonl",
        {
            "doc_id": "1/1ecb/7",
            "topic": "1",
            "subtopic": "1ecb",
            "text": "…",
            "mentions": [{"start": 0, "end": 4, "chain": 12}],
        },
        "",
        {"article_id": "b", "story_id": "s", "mentions": [{"start": 2, "end": 3, "entity": "e1", "type": "GPE"}]},
        {"article_id": "c", "mentions": []},
    )
    first, second, third = read_clusters(path)
    assert (first.id, first.clusters, first.belongs) == (
        "1-1ecb-7",
        {"1-1ecb-7:0-4": "12"},
        {"topic": "1", "subtopic": "1/1ecb"},
    )
    assert (second.clusters, second.belongs) == ({"b:2-3": "e1"}, {"story_id": "s"})
    assert (third.clusters, third.belongs) == ({}, {})


def test_stories_as_json_lines(tmp_path: Path) -> None:
    """As the layer's own files are: registers, votes and gold."""
    entities = [{"id": "e1", "name": "navy", "mentions": ["a:0-4", "b:2-3"]}, {"id": "e2", "mentions": ["b:7-9"]}]
    path = write(tmp_path / "gold.jsonl", {"story_id": "s", "entities": entities, "mentions": [{}]})
    assert {one.id: one.clusters for one in read_clusters(path)} == {
        "a": {"a:0-4": "e1"},
        "b": {"b:2-3": "e1", "b:7-9": "e2"},
    }
    assert {one.belongs["story_id"] for one in read_clusters(path)} == {"s"}


def test_conll_2012(tmp_path: Path) -> None:
    """Mentions within mentions, of one cluster too, or across others; parts are documents of their own."""
    first, second = read_clusters(write(tmp_path / "key.conll", CONLL))
    assert first.id == "harbour"
    assert first.clusters == {
        "harbour:0-2": "0",
        "harbour:0-1": "1",
        "harbour:3-4": "0",
        "harbour:5-7": "2",
        "harbour:4-8": "2",
        "harbour:5-8": "3",
    }
    assert second.clusters == {"harbour; part 001:0-1": "0", "harbour; part 001:0-2": "1"}


MENTION = {"start": 0, "end": 4, "cluster": "c"}


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        (["<xml/>"], "", "neither JSON lines nor CoNLL-2012"),
        ([""], "", "neither JSON lines nor CoNLL-2012"),
        (['{"doc_id": '], "1", "not a JSON value"),
        ([{"mentions": []}], "1", "article_id: Field required"),
        ([{"doc_id": "a"}], "1", "mentions: Field required"),
        ([{"doc_id": "a", "mentions": [{"start": 0, "end": 4}]}], "1", "mentions.0.cluster: Field required"),
        ([{"doc_id": "a", "mentions": [MENTION | {"cluster": ""}]}], "1", "mentions.0.cluster"),
        ([{"doc_id": "a", "mentions": [MENTION | {"start": -1}]}], "1", "mentions.0.start"),
        ([{"doc_id": "a", "mentions": [MENTION | {"start": "0"}]}], "1", "mentions.0.start"),
        ([{"doc_id": "a", "mentions": [MENTION | {"start": 4}]}], "1", "ends before it begins"),
        ([{"doc_id": "a", "mentions": [MENTION, MENTION]}], "1", "the mention a:0-4 stands here twice"),
        ([{"doc_id": "a", "mentions": []}, {"doc_id": "a", "mentions": []}], "2", "a stands here for the second time"),
        (
            [{"story_id": "s", "entities": [{"id": "e1", "mentions": ["a:0-4"]}, {"id": "e2", "mentions": ["a:0-4"]}]}],
            "1",
            "twice, in the clusters e1 and e2",
        ),
        ([{"story_id": "s", "entities": [{"id": "e1", "mentions": ["a"]}]}], "1", "entities.0.mentions.0"),
        (["#begin document (a); part 000", "a 0 0 x (1)|(2)", "#end document"], "2", "the mention a:0-1 stands"),
        (["#begin document (a); part 000", "a 0 0 x 1)", "#end document"], "2", "'1)' ends a mention that never began"),
        (["#begin document (a); part 000", "a 0 0 x (1", "#end document"], "3", "(1 of line 2 never ends"),
        (["#begin document (a); part 000", "a 0 0 x 1|(2)", "#end document"], "2", "'1' in '1|(2)' neither begins"),
        (["#begin document (a); part 000", "a 0 0 x ((1)", "#end document"], "2", "neither begins nor ends"),
        (["#begin document (a); part 000", "a 0 0 x -", ""], "4", "a does not end"),
        (["#begin document (a); part 000", "#begin document (b); part 000"], "2", "a does not end before this"),
        (["#comment", "a 0 0 x -"], "2", "a token of no document"),
        (["#end document"], "1", "the end of no document"),
        (["#begin document (a)", "#end document", "#begin document (a); part 0", "#end document"], "4", "second time"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, rows: list[object], line: str, says: str) -> None:
    path = write(tmp_path / "key", *rows)
    with pytest.raises(BadInputError) as raised:
        read_clusters(path)
    assert raised.value.message.startswith(f"{path}:{line}" if line else f"{path}: ")
    assert says in raised.value.message
    assert raised.value.next


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        read_clusters(tmp_path / "key.jsonl")


@st.composite
def groupings(draw: st.DrawFn) -> dict[str, Partition]:
    stories = draw(st.sets(st.sampled_from(["harbour", "a strike", "(bridge)"]), min_size=1))
    mentions = st.dictionaries(st.sampled_from([f"a b:{n}-{n + 1}" for n in range(8)]), st.sampled_from("xyz"))
    return {story: draw(mentions) for story in sorted(stories)}


@settings(deadline=None)
@given(groupings(), groupings())
def test_others_read_what_we_write(
    tmp_path_factory: pytest.TempPathFactory, key: dict[str, Partition], response: dict[str, Partition]
) -> None:
    """We score our files as we score the groupings, and scorch does as well."""
    response = {story: response.get(story, {}) for story in key}  # scorch pairs documents by their order
    folder = tmp_path_factory.getbasetemp()
    texts = conll(key, response), conll(response, key)
    paths = [folder / "key.conll", folder / "response.conll"]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, "utf-8")
    expected = scores((key[story], response[story]) for story in key)
    assert score_files(*paths).scores.as_dict() == expected.as_dict()
    read = [list(parse_file(text.splitlines())) for text in texts]
    for ours, theirs in zip(*read, strict=True):
        assert ours[0] == theirs[0]
    for (_, keys), (_, responses), story in zip(*read, sorted(key), strict=True):
        if keys and responses and key[story].keys() & response[story].keys():
            found = scores([(key[story], response[story])])
            for name, measure in (("MUC", muc), ("B³", b_cubed), ("CEAFe", ceaf_e)):
                sides = [[set(mentions) for mentions in side.values()] for side in (keys, responses)]
                assert (found[name].f1 or 0.0) == pytest.approx(measure(*sides)[2])


@settings(deadline=None)
@given(groupings())
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, key: dict[str, Partition]) -> None:
    path = tmp_path_factory.getbasetemp() / "again.conll"
    path.write_text(conll(key, {}), "utf-8")
    read = {one.id: one.clusters for one in read_clusters(path)}
    assert read.keys() == key.keys()
    for story, clusters in read.items():
        places = {f"{story}:{number}-{number + 1}": mention for number, mention in enumerate(sorted(key[story]))}
        again = {places[place]: cluster for place, cluster in clusters.items()}
        assert scores([(key[story], again)])["B³"].f1 == (1.0 if again else None)
        assert again.keys() == key[story].keys()


def test_scores_of_files(tmp_path: Path) -> None:
    key = write(
        tmp_path / "key.jsonl",
        document("a", {(0, 4): "navy", (7, 9): "navy"}, story_id="s1"),
        document("b", {(0, 4): "navy", (5, 6): "union"}, story_id="s1"),
        document("c", {(0, 4): "navy", (5, 6): "navy"}, story_id="s2"),
        document("d", {(0, 4): "mayor"}, story_id="s2"),
    )
    response = write(
        tmp_path / "response.jsonl",
        document("a", {(0, 4): "1", (7, 9): "1"}),
        document("b", {(0, 4): "2", (5, 6): "2"}),
        document("c", {(0, 4): "1", (5, 6): "1"}),
        document("e", {(0, 4): "9"}, story_id="s3"),
    )
    found = score_files(key, response)
    assert (found.by, found.stories, found.both) == ("story_id", 3, 6)
    assert (found.key.documents, found.key.mentions, found.key.entities) == (4, 7, 4)
    assert (found.response.documents, found.response.mentions, found.response.entities) == (4, 7, 4)
    assert (found.only_key, found.only_response) == (("d",), ("e",))
    # MUC: of s1's 2 links 1 is found, of s2's 1; of the 3 in the response, 2 are right.
    assert found.scores["MUC"].recall == pytest.approx(2 / 3)
    assert found.scores["MUC"].precision == pytest.approx(2 / 3)
    # B³: three mentions of the navy have 2, 2 and 1 thirds of it; the union's one is there; all of s2's but the mayor.
    assert found.scores["B³"].recall == pytest.approx((5 / 3 + 1 + 2) / 7)
    interval = found.intervals["with singletons"]["MUC"]
    assert interval.low is not None
    assert interval.value == pytest.approx(found.scores["MUC"].f1)
    assert (
        json.loads(json.dumps(found.as_dict()))["scores"]["with singletons"]["MUC"]["recall"]
        == found.scores["MUC"].recall
    )
    rows = found.rows()
    assert [row[1] for row in rows] == [*MEASURES, *MEASURES]
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert {row[2:4] for row in rows if row[1] == "CoNLL"} == {("-", "-")}
    assert rows[0][:5] == ("with singletons", "MUC", "0.667", "0.667", "0.667")


def test_a_file_scores_one_against_itself(tmp_path: Path) -> None:
    key = write(tmp_path / "key.conll", CONLL)
    found = score_files(key, key)
    assert {score.f1 for score in found.scores.by_singletons["with singletons"].values()} == {1.0}
    assert (found.stories, found.only_key, found.only_response) == (2, (), ())


def test_clusters_end_where_stories_do(tmp_path: Path) -> None:
    """One name in two stories is two clusters, unless nothing tells of stories; ``document`` cuts within them, too."""
    rows = [document(id, {(0, 4): "e1", (5, 6): "e1"}, topic=id) for id in "ab"]
    key = write(tmp_path / "key.jsonl", *rows)
    assert score_files(key, key).key.entities == 2
    bare = write(tmp_path / "bare.jsonl", *({k: v for k, v in row.items() if k != "topic"} for row in rows))
    assert (score_files(bare, bare).by, score_files(bare, bare).key.entities) == (None, 1)
    assert (score_files(bare, bare, by="document").key.entities, score_files(key, bare).response.entities) == (2, 2)


def test_a_corpus_against_the_files_of_the_layer(tmp_path: Path) -> None:
    """Two stories of one topic name their entities alike. Of ``c`` the register has nothing."""
    key = write(
        tmp_path / "corpus.jsonl",
        *({"doc_id": f"1/{id}", "topic": 1, "mentions": [{"start": 0, "end": 4, "chain": f"c{id}"}]} for id in "abc"),
    )
    register = write(
        tmp_path / "registers.jsonl",
        *({"story_id": id, "entities": [{"id": "e1", "mentions": [f"1-{id}:0-4"]}]} for id in "ab"),
    )
    found = score_files(key, register)
    assert (found.by, found.stories, found.both, found.only_key) == ("topic", 1, 2, ("1-c",))
    assert (found.response.entities, found.scores["B³"].precision, found.scores["B³"].recall) == (2, 1.0, 2 / 3)


@pytest.mark.parametrize(
    ("key", "response", "by", "says"),
    [
        ([document("a", {})], [document("b", {})], None, "no document in common"),
        ([document("a", {}, story_id="s")], [document("a", {}, story_id="t")], None, "is of the story_id t here"),
        ([document("a", {}, story_id="s"), document("b", {})], [document("a", {})], None, "b has no story_id"),
        ([document("a", {}, story_id="s")], [document("a", {})], "topic", "a has no topic"),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, key: list[object], response: list[object], by: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        score_files(write(tmp_path / "key.jsonl", *key), write(tmp_path / "response.jsonl", *response), by=by)


def test_ecb_plus_is_read_whole(shared_data: Path) -> None:
    """Its chains do not leave their topic. Two of them are in two subtopics."""
    path = shared_data / "ecbplus" / "ecbplus-topics-1-8.jsonl"
    if not path.exists():
        pytest.skip(f"ECB+ is not here ({path})")
    documents = read_clusters(path)
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(documents) == len(rows) == 146
    assert sum(len(one.clusters) for one in documents) == sum(len(row["mentions"]) for row in rows) == 1513
    found = score_files(path, path)
    assert (found.by, found.stories, found.scores["CoNLL"].f1) == ("topic", 6, 1.0)
    assert found.key.entities == len({mention["chain"] for row in rows for mention in row["mentions"]}) == 612
    assert score_files(path, path, by="subtopic").key.entities == 614
