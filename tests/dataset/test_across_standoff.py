"""What is linked across articles, released without its texts, and back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from georgian import GEORGIAN, labelled, texts, words
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import World, make_ontology
from stories_world import LINKS, make_links, make_world
from sweep import examples

from toolkit.articles.raw import RawArticle
from toolkit.articles.rules import Rules
from toolkit.dataset.copies import Copies
from toolkit.dataset.features import ACROSS
from toolkit.dataset.hydrate import Hydrated, hydrate, open_standoff, wanted
from toolkit.dataset.opened import open_dataset
from toolkit.dataset.standoff import CLEANING, cleaning_yaml, with_text, without_text
from toolkit.dataset.write import Row
from toolkit.errors import BadInputError
from toolkit.findings import Place
from toolkit.gold.model import Resolution
from toolkit.links.model import ClaimLink, Entity, LinkedClaim, LinkedMention, StoryLinks

BESIDE = {CLEANING: cleaning_yaml(Rules())}


def tables(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.parquet")}


def hydrated(release: Path, world: World, out: Path, without: str = "", **more: Any) -> Hydrated:
    opened, rules = open_standoff(release)
    with Copies(wanted(opened), rules) as copies:
        for article in world.articles.values():
            if article.article_id != without:
                copies.take(RawArticle("mine", article.text, Place(file="mine.jsonl"), {"title": article.title}))
        return hydrate(opened, copies, out, **more)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "d"
    return make_world(text="stand-off").build(folder, links=make_links(), beside=BESIDE).folder


def test_no_text_is_in_the_release_and_what_annotators_said_stays(release: Path) -> None:
    opened = open_dataset(release)
    for config in ACROSS:
        assert "text" not in opened.features[config]
        assert "'text'" not in str(list(opened.rows(config)))
    assert {row["name"] for row in opened.rows("entity_links")} == {"Omar Hadad", "Pelvara"}
    assert next(row["head"] for row in opened.rows("claim_links")) == {
        "article_id": "b1",
        "outlet": "Meridian",
        "start": 16,
        "end": 48,
    }


def test_the_texts_come_back_byte_for_byte(release: Path, tmp_path: Path) -> None:
    done = hydrated(release, make_world(), tmp_path / "d")
    assert tables(done.folder) == tables(make_world().build(tmp_path / "full", links=make_links()).folder)
    assert {config: done.rows[config] for config in ACROSS} == {"entity_links": 7, "claim_links": 5, "stories": 2}
    assert done.left_out == {}


def test_with_text_puts_back_what_without_text_took(tmp_path: Path) -> None:
    world = make_world()
    opened = open_dataset(world.build(tmp_path / "d", links=make_links()).folder)
    for config in ACROSS:
        for row in opened.rows(config):
            assert with_text(config, without_text(config, row), world.articles.__getitem__) == row


def test_what_a_missing_copy_is_part_of_is_left_out_and_counted(release: Path, tmp_path: Path) -> None:
    done = hydrated(release, make_world(), tmp_path / "d", without="b2", partial=True)
    assert {config: done.rows[config] for config in ACROSS} == {"entity_links": 5, "claim_links": 3, "stories": 1}
    assert {config: done.left_out[config] for config in ACROSS} == {"entity_links": 2, "claim_links": 2, "stories": 1}
    whole = open_dataset(make_world().build(tmp_path / "full", links=make_links()).folder)
    ours = open_dataset(done.folder)
    for config in ACROSS:
        rows = [row for row in whole.rows(config) if "'b2'" not in str(row)]
        assert list(ours.rows(config)) == rows
        assert len(rows) < whole.count(config)


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
        ("entity_links", lambda row: row.update(end=900), "entity_links: b1: 0:900 is not within its text"),
        ("claim_links", lambda row: row["tail"].update(end=56), "claim_links: b2: 10:56 is not within its text"),
        ("claim_links", lambda row: row["head"].update(article_id="x9"), "x9: documents has no such article"),
        ("stories", lambda row: row.update(articles=["x9"]), "x9: documents has no such article"),
        ("stories", lambda row: row.update(articles=[]), "it is about no article"),
    ],
)
def test_a_release_that_contradicts_a_text_is_refused(
    config: str, change: Callable[[Row], Any], said: str, tmp_path: Path
) -> None:
    folder = make_world(text="stand-off").build(tmp_path / "off", links=make_links(), beside=BESIDE).folder
    tampered(folder, config, change)
    with pytest.raises(BadInputError) as caught:
        hydrated(folder, make_world(), tmp_path / "d")
    assert said in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["off"]


def linked(world: World, type: str, settled: bool) -> StoryLinks:
    """All of the articles' people are one, and the claim of each has to do with the next one's."""
    mentions, claims = [], []
    for vote in world.votes:
        of = {"article_id": vote.article_id}
        for one in vote.mentions[:2]:
            mentions.append(LinkedMention(**of, start=one.start, end=one.end, text=one.text, labels=one.labels))
        for claim in vote.claims:
            claims.append(LinkedClaim(**of, start=claim.start, end=claim.end, text=claim.text))
    entity = Entity(id="e1", name="Somebody", type="PERSON", mentions=tuple(sorted(one.key for one in mentions)))
    return StoryLinks(
        story_id="s1",
        mentions=tuple(mentions),
        entities=(entity,) if settled else (),
        entities_resolution=Resolution.SINGLE if settled else None,
        claims=tuple(claims),
        links=tuple(ClaimLink(type=type, head=one.key, tail=other.key) for one, other in pairwise(claims)),
    )


@given(
    st.lists(st.tuples(words, texts), min_size=2, max_size=3, unique_by=lambda one: one[1]),
    st.sampled_from([one["name"] for one in LINKS["claims"]]),
    st.booleans(),
)
@settings(max_examples=examples(8))
def test_no_letter_of_any_article_is_released_and_all_come_back(
    written: list[tuple[str, str]], type: str, settled: bool
) -> None:
    made = [labelled(f"a{number}", title, text) for number, (title, text) in enumerate(written)]
    articles = {one.article_id: one.model_copy(update={"story_id": "s1"}) for one, _ in made}
    world = World(ontology=make_ontology(links=LINKS), articles=articles, votes=[vote for _, vote in made])
    links = [linked(world, type, settled)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = world.build(folder / "full", links=links)
        dataset = world.project.dataset.model_copy(update={"text": "stand-off"})
        world.project = world.project.model_copy(update={"dataset": dataset})
        bare = world.build(folder / "off", links=links, beside=BESIDE)
        assert bare.rows["claim_links"] == len(made) - 1
        opened = open_dataset(bare.folder)
        for config in opened.features:
            assert not set(json.dumps(list(opened.named(config)), ensure_ascii=False)) & set(GEORGIAN)
        assert tables(hydrated(bare.folder, world, folder / "d").folder) == tables(whole.folder)
