"""A stand-off release and the articles make the dataset that would have been built with the texts."""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from georgian import labelled, set_text, texts, words
from hypothesis import given, settings
from hypothesis import strategies as st
from sampled import sample_workspace
from small_world import HARBOUR, World
from sweep import examples

from toolkit import samples
from toolkit.annotations.store import load_annotations
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.raw import RawArticle
from toolkit.articles.read import read
from toolkit.articles.rules import Rules
from toolkit.dataset.build import build
from toolkit.dataset.check import check_loads
from toolkit.dataset.copies import Copies, Wanted
from toolkit.dataset.differing import difference
from toolkit.dataset.hydrate import Hydrated, hydrate, open_standoff, wanted
from toolkit.dataset.opened import open_dataset
from toolkit.dataset.standoff import CLEANING, cleaning_yaml
from toolkit.dataset.tokens import tokenize
from toolkit.dataset.write import Row
from toolkit.errors import BadInputError, GoldkitError, UsageError
from toolkit.findings import Finding, Place, Severity
from toolkit.stages.hydrate import beside_standoff
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology as ontology_of

CLEANED = Rules.model_validate(
    {
        "rules": [
            {"name": "ad", "why": "no text", "where": "anywhere", "line": r"\[ad_\d\]"},
            {"name": "head", "why": "it is the title", "where": "head", "repeats": "title"},
        ]
    }
)


def tables(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.parquet")}


def stand_off(world: World, folder: Path) -> Path:
    dataset = {"splits": {"train": 0.6, "test": 0.4}, "text": "stand-off"}
    world.project = type(world.project).model_validate(world.project.model_dump() | {"dataset": dataset})
    world.articles["a1"] = world.articles["a1"].model_copy(update={"url": "https://wire.example/1"})
    return world.build(folder, beside={CLEANING: cleaning_yaml(CLEANED)}).folder


def full(world: World, folder: Path) -> Path:
    dataset = {"splits": {"train": 0.6, "test": 0.4}}
    world.project = type(world.project).model_validate(world.project.model_dump() | {"dataset": dataset})
    return world.build(folder).folder


@pytest.fixture
def release(world: World, tmp_path: Path) -> Path:
    return stand_off(world, tmp_path / "release")


def copy(article_id: str, text: str, line: int = 0, **fields: str) -> RawArticle:
    return RawArticle(article_id, text, Place(file="mine.jsonl", line=line), fields)


def copies_of(world: World) -> list[RawArticle | Finding]:
    return [copy(article.article_id, article.text) for article in world.articles.values()]


def hydrated(release: Path, mine: Sequence[RawArticle | Finding], out: Path, **more: Any) -> Hydrated:
    opened, rules = open_standoff(release)
    with Copies(wanted(opened), rules) as copies:
        for one in mine:
            copies.take(one)
        return hydrate(opened, copies, out, **more)


def test_the_tables_are_those_of_the_full_build_byte_for_byte(world: World, release: Path, tmp_path: Path) -> None:
    done = hydrated(release, copies_of(world), tmp_path / "d")
    assert tables(done.folder) == tables(full(world, tmp_path / "full"))
    assert {path.split("/")[1].split("-")[0] for path in tables(done.folder)} == {"train", "test"}
    assert (done.written, done.articles, done.wanted, done.findings) == (True, 5, 5, ())
    assert (done.read, done.used, done.others, done.left_out) == (5, 5, 0, {})
    assert (
        done.rows
        == check_loads(done.folder)
        == {
            "annotations": 6,
            "claims": 2,
            "documents": 5,
            "entities": 2,
            "relations": 2,
        }
    )
    tokens = sum(len(row["tokens"]) for row in open_dataset(done.folder).rows("entities"))
    assert done.offsets == spans_in(done.folder) + tokens


def spans_in(folder: Path) -> int:
    opened = open_dataset(folder)
    return sum(str(row).count("'start': ") for config in opened.features for row in opened.rows(config))


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Article], Path, Path]:
    """The sample articles, and their dataset with and without texts."""
    folder = tmp_path_factory.mktemp("sampled")
    workspace = sample_workspace(folder / "w")
    beside, found = beside_standoff(workspace)
    assert found == ()
    project, known = workspace.project, articles(workspace)
    built = [
        build(
            folder / text,
            project=project.model_copy(update={"dataset": project.dataset.model_copy(update={"text": text})}),
            ontology=ontology_of(workspace),
            articles=known,
            annotations=load_annotations(workspace.annotations),
            beside=more,
        ).folder
        for text, more in (("included", {}), ("stand-off", beside))
    ]
    return known, built[0], built[1]


@pytest.mark.parametrize("cleaned", [False, True])
def test_so_they_are_of_the_sample_articles_raw_or_clean(
    sampled: tuple[dict[str, Article], Path, Path], cleaned: bool, tmp_path: Path
) -> None:
    known, full, standoff = sampled
    file = samples.ARTICLES
    if cleaned:
        file = tmp_path / "mine.jsonl"
        lines = [
            {"text": article.text, "title": article.title, "id": f"x{number}"}
            for number, article in enumerate(known.values())
        ]
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = hydrated(standoff, list(read([file])), tmp_path / "d")
    assert tables(done.folder) == tables(full)
    assert (done.articles, done.wanted, done.used) == (14, 14, 14)
    assert {path.split("/")[1].split("-")[0] for path in tables(done.folder)} == {"train", "test"}


@given(st.lists(st.tuples(words, texts, st.booleans()), min_size=1, max_size=3, unique_by=lambda one: one[1]))
@settings(max_examples=examples(9))
def test_so_they_are_of_any_articles_however_the_copies_came(written: list[tuple[str, str, bool]]) -> None:
    made = [labelled(f"a{number}", title, text) for number, (title, text, _) in enumerate(written)]
    world = World(articles={article.article_id: article for article, _ in made}, votes=[vote for _, vote in made])
    mine = [
        copy(
            "x",
            "\ufeff\r\n" + article.text.replace("\n", "\r\n[ad_1]\r\n") + "\n\n" if raw else article.text,
            title=article.title,
        )
        for (article, _), (_, _, raw) in zip(made, written, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        whole = set_text(world, "included").build(Path(folder) / "full").folder
        bare = set_text(world, "stand-off").build(Path(folder) / "off", beside={CLEANING: cleaning_yaml(CLEANED)})
        done = hydrated(bare.folder, mine, Path(folder) / "d")
        assert tables(done.folder) == tables(whole)


def test_a_raw_copy_is_cleaned_by_the_rules_of_the_release(world: World, release: Path, tmp_path: Path) -> None:
    mine = copies_of(world)
    raw = "\ufeffThe Coast\r\n\r\n" + HARBOUR.replace("\n", "\r\n[ad_1]\r\n") + "\r\n\r\n"
    mine[0] = copy("another-id", raw, title="The Coast")
    done = hydrated(release, mine, tmp_path / "d")
    assert done.written
    titles = {row["article_id"]: row["title"] for row in open_dataset(done.folder).rows("documents")}
    assert titles == {"a1": "The Coast", "a2": "", "a3": "", "a4": "", "a5": ""}


def test_the_order_of_the_copies_does_not_matter(world: World, release: Path, tmp_path: Path) -> None:
    mine = copies_of(world)
    mine += [copy("a5", world.articles["a5"].text, title=title) for title in ("Zoo", "Alas", "")]
    mine += [copy("nobody", "Some other article."), copy("nobody", "And one more.")]
    first = hydrated(release, mine, tmp_path / "d")
    random.Random(3).shuffle(mine)
    second = hydrated(release, mine, tmp_path / "e")
    assert tables(first.folder) == tables(second.folder)
    assert (first.folder / "README.md").read_bytes() == (second.folder / "README.md").read_bytes()
    assert (first.read, first.used, first.others) == (second.read, second.used, second.others) == (10, 8, 2)
    titles = [row["title"] for row in open_dataset(first.folder).rows("documents") if row["article_id"] == "a5"]
    assert titles == ["Alas"]


def test_without_a_copy_nothing_is_written_and_each_is_named(world: World, release: Path, tmp_path: Path) -> None:
    done = hydrated(release, copies_of(world)[1:-1], tmp_path / "d")
    assert (done.written, done.articles, done.wanted, done.offsets) == (False, 3, 5, 0)
    assert [(it.rule, it.place.article_id, it.place.url, it.severity) for it in done.findings] == [
        ("hydrate-copy-missing", "a1", "https://wire.example/1", Severity.ERROR),
        ("hydrate-copy-missing", "a5", "", Severity.ERROR),
    ]
    assert done.as_dict()["folder"] == ""
    assert not (tmp_path / "d").exists()


def test_partial_writes_what_was_proved_and_counts_the_rest(world: World, release: Path, tmp_path: Path) -> None:
    done = hydrated(release, copies_of(world)[1:], tmp_path / "d", partial=True)
    assert (done.written, done.articles, done.wanted) == (True, 4, 5)
    assert done.rows == check_loads(done.folder) == {"annotations": 5, "documents": 4, "entities": 1}
    assert done.left_out == {"annotations": 1, "claims": 2, "documents": 1, "entities": 1, "relations": 2}
    assert [it.severity for it in done.findings] == [Severity.NOTE]
    whole = open_dataset(full(world, tmp_path / "full"))
    ours = open_dataset(done.folder)
    for config in ours.features:
        assert list(ours.rows(config)) == [row for row in whole.rows(config) if row["article_id"] != "a1"]
    assert "the texts of 4 of 5 articles" in (done.folder / "README.md").read_text(encoding="utf-8")


def test_partial_of_nothing_writes_nothing(release: Path, tmp_path: Path) -> None:
    done = hydrated(release, [copy("x", "Something else.")], tmp_path / "d", partial=True)
    assert (done.written, done.articles, len(done.findings)) == (False, 0, 5)
    assert {it.severity for it in done.findings} == {Severity.ERROR}


def test_another_text_is_told_with_the_place(world: World, release: Path, tmp_path: Path) -> None:
    mine = copies_of(world)
    mine[0] = copy("mine", HARBOUR.replace("Omar", "Omar Ali") + "\n[ad_1]", 7, url="https://wire.example/1")
    mine[4] = copy("a5", "Nobody saw that.", 9)
    done = hydrated(release, mine, tmp_path / "d")
    first, second = done.findings
    digest = text_digest(HARBOUR)[:16]
    assert (first.rule, first.place.article_id, first.place.file) == ("hydrate-text-differs", "a1", "mine.jsonl:7")
    assert f"the released one {digest}…" in first.message
    assert "they part no later than in “Ali in Tripoli. According to Ali, “30" in first.message
    assert first.message.endswith("it is 4 characters too long; cleaning changed: ad 1, blank-edge 1")
    assert second.place.article_id == "a5"
    assert "where they differ is not known, since the article has no gold; cleaning changed: nothing" in second.message
    assert not (tmp_path / "d").exists()


def test_a_copy_that_can_be_no_article_is_told_as_when_it_is_added(world: World, release: Path, tmp_path: Path) -> None:
    mine = [*copies_of(world)[:4], copy("a5", "[ad_1]\n"), copy("x9", "\x00 no article")]
    done = hydrated(release, mine, tmp_path / "d")
    assert [(it.rule, it.place.article_id) for it in done.findings] == [("article-all-boilerplate", "a5")]
    assert (done.read, done.used, done.others) == (6, 4, 1)


def test_what_cannot_be_read_is_a_note_where_nothing_is_missing(world: World, release: Path, tmp_path: Path) -> None:
    bad = Finding("file-type", Place(file="notes.pdf"), "articles are not read from .pdf", "convert it")
    done = hydrated(release, [*copies_of(world), bad], tmp_path / "d")
    assert [(it.rule, it.severity) for it in done.findings] == [("file-type", Severity.NOTE)]
    done = hydrated(release, [*copies_of(world)[1:], bad], tmp_path / "e")
    assert [(it.rule, it.severity) for it in done.findings] == [
        ("file-type", Severity.ERROR),
        ("hydrate-copy-missing", Severity.ERROR),
    ]


def test_two_articles_of_one_text_need_one_copy(world: World, tmp_path: Path) -> None:
    world.articles["a6"] = world.articles["a5"].model_copy(update={"article_id": "a6"})
    folder = stand_off(world, tmp_path / "release")
    done = hydrated(folder, copies_of(world)[:5], tmp_path / "d")
    assert (done.written, done.articles, done.rows["documents"]) == (True, 6, 6)


def tampered(folder: Path, config: str, change: Callable[[Row], Any]) -> None:
    """Write the release's first file of a config anew, with its first row changed."""
    import pyarrow as pa
    from pyarrow import parquet

    path = min((folder / config).glob("*.parquet"))
    table = parquet.read_table(path)
    rows = table.to_pylist()
    change(rows[0])
    parquet.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


@pytest.mark.parametrize(
    ("config", "change", "said"),
    [
        ("claims", lambda row: row.update(end=5000), "claims: a1: 71:5000 is not within its text"),
        ("claims", lambda row: row["cues"][0].update(start=-1), "is not within its text"),
        ("relations", lambda row: row["evidence"].update(end=row["evidence"]["start"]), "is not within its text"),
        ("annotations", lambda row: row["mentions"][0].update(end=9000), "is not within its text"),
        ("entities", lambda row: row["token_ends"].__setitem__(0, 2), "its tokens are not those of its text"),
        ("entities", lambda row: row.update(text_sha256="0" * 64), "documents has no such article, or one with"),
        ("relations", lambda row: row.update(article_id="b9"), "b9: documents has no such article"),
    ],
)
def test_a_release_that_contradicts_a_text_is_refused(
    world: World, release: Path, tmp_path: Path, config: str, change: Callable[[Row], Any], said: str
) -> None:
    tampered(release, config, change)
    with pytest.raises(BadInputError) as caught:
        hydrated(release, copies_of(world), tmp_path / "d")
    assert said in caught.value.message
    assert "download the release again" in caught.value.next
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_ctrl_c_leaves_nothing(world: World, release: Path, tmp_path: Path) -> None:
    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hydrated(release, copies_of(world), tmp_path / "d", advance=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_a_folder_that_holds_something_is_left_alone(world: World, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "news"
    out.mkdir()
    hydrated(release, copies_of(world), out)
    with pytest.raises(UsageError, match="is there already"):
        hydrated(release, copies_of(world), out)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is there already"):
        hydrated(release, copies_of(world), tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_what_is_no_stand_off_release_is_refused(world: World, release: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="has its texts"):
        open_standoff(full(world, tmp_path / "full"))
    with pytest.raises(BadInputError, match="no dataset of goldkit's"):
        open_standoff(tmp_path)
    for file in (CLEANING, "README.md"):
        kept = (release / file).read_bytes()
        (release / file).unlink()
        with pytest.raises(BadInputError, match=f"{file} is missing"):
            open_standoff(release)
        (release / file).write_bytes(kept)
    text = (release / "ontology.yaml").read_text(encoding="utf-8")
    (release / "ontology.yaml").write_text(text.replace("name: GPE", "name: PLACE"), encoding="utf-8")
    with pytest.raises(GoldkitError):
        open_standoff(release)


def test_the_card_loads_the_full_features_and_says_what_it_is(world: World, release: Path, tmp_path: Path) -> None:
    import datasets

    folder = hydrated(release, copies_of(world), tmp_path / "d").folder
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert sorted(loaded) == ["test", "train"]
    texts = {row["text"] for split in loaded.values() for row in split}
    assert texts == {HARBOUR, world.articles["a2"].text}
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "> **Hydrated.** This folder has the texts of 5 of 5 articles" in card
    assert (folder / "ontology.yaml").read_bytes() == (release / "ontology.yaml").read_bytes()
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["README.md", "ontology.yaml"]


LONGEST_WORD = 9
lines = st.lists(st.text("ab .,\n", min_size=1, max_size=LONGEST_WORD), min_size=1, max_size=6).map(" ".join)


@given(lines.filter(str.strip), lines.filter(str.strip))
def test_the_place_that_is_told_is_not_behind_the_first_difference(released: str, own: str) -> None:
    with Copies([Wanted("x", text_digest(released), "train")], Rules()) as copies:
        copies.take(copy("x", own))
        other = copies.differing("x")
    if other is None:  # the same text
        return
    told = re.search(r"no later than in .* at character (\d+)", difference(other, "0" * 64, tokenize(released)))
    if told:
        text = other.article.text
        same = next(at for at in range(len(text) + 1) if text[at : at + 1] != released[at : at + 1])
        assert same <= int(told[1]) + LONGEST_WORD
        assert tokenize(text[: int(told[1])]) == tokenize(released[: int(told[1])])


def test_the_words_for_a_difference() -> None:
    def told(own: str, released: str) -> str:
        frozen = {"article_id": "a", "text": own, "text_sha256": text_digest(own)}
        stored = StoredArticle.model_validate({"article": frozen, "raw": own})
        return difference(stored, text_digest(released), tokenize(released)).split("; ", 1)[1]

    assert told("one two", "one two three") == (
        "it ends at character 7, and the released one goes on; it is 6 characters too short; cleaning changed: nothing"
    )
    assert told("one two", "one twa").startswith("every token is as long and stands where it should")
    assert told("one two six", "one two").startswith(
        "they part no later than in “six” at character 8 of the copy; it is 4 characters too long"
    )
    assert told("one  two", "one two").startswith("they part no later than in “two” at character 4 of the copy")
