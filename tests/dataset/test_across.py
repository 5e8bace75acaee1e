"""What is linked across the articles of a story, as rows that `datasets` loads."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from small_world import World, choice, make_article, make_ontology
from stories_world import ARTICLES, CLAIMS, LINKS, PEOPLE, claim, link, make_links, make_votes, make_world, mention

from toolkit.annotations.model import Origin
from toolkit.dataset.across import LEFT_OUT, Across
from toolkit.dataset.build import CONFIG_EMPTY, Built
from toolkit.dataset.check import check_features, check_loads
from toolkit.dataset.features import ACROSS, features
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.dataset.write import Row, quoted
from toolkit.engine import Processes
from toolkit.errors import BadInputError, GoldkitError
from toolkit.findings import Severity
from toolkit.gold.model import Gold
from toolkit.gold.resolve import resolve
from toolkit.links.model import Entity, StoryLinks

ROWS = {"claim_links": 5, "entity_links": 7, "stories": 2}


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The dataset of both stories; do not change its folder."""
    return make_world().build(tmp_path_factory.mktemp("linked") / "1.0.0", links=make_links())


@pytest.fixture(scope="module")
def opened(linked: Built) -> Opened:
    return open_dataset(linked.folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def left_out(built: Built) -> list[tuple[str, str]]:
    assert all(finding.severity is Severity.WARNING for finding in built.findings if finding.rule == LEFT_OUT.id)
    return [(finding.place.file, finding.message) for finding in built.findings if finding.rule == LEFT_OUT.id]


def empty(built: Built) -> list[str]:
    return [finding.message.split()[0] for finding in built.findings if finding.rule == CONFIG_EMPTY]


def test_who_is_who(opened: Opened) -> None:
    rows = list(opened.named("entity_links"))
    assert [(row["entity_id"], row["name"], row["type"], row["article_id"], row["text"]) for row in rows] == [
        ("visit/e1", "Omar Hadad", "PERSON", "b1", "Omar Hadad"),
        ("visit/e2", "Pelvara", "GPE", "b1", "Pelvara"),
        ("visit/e1", "Omar Hadad", "PERSON", "b2", "O. Hadad"),
        ("visit/e2", "Pelvara", "GPE", "b2", "Pelvara"),
        ("visit/e1", "Omar Hadad", "PERSON", "b3", "عمر حداد"),
        ("visit/e2", "Pelvara", "GPE", "b4", "Pelvara"),
        ("visit/e1", "Omar Hadad", "PERSON", "b4", "Hadad"),
    ]
    assert all(ARTICLES[row["article_id"]][3][row["start"] : row["end"]] == row["text"] for row in rows)
    assert {(row["name"], row["wikidata"]) for row in rows} == {("Omar Hadad", "Q900000001"), ("Pelvara", "NIL")}
    assert rows[4] == {
        "story_id": "visit",
        "entity_id": "visit/e1",
        "name": "Omar Hadad",
        "type": "PERSON",
        "wikidata": "Q900000001",
        "article_id": "b3",
        "start": 0,
        "end": 8,
        "text": "عمر حداد",
        "labels": ["PERSON"],
        "resolution": "majority",
        "support": 1,
        "voters": 2,
        "annotators": ["annotator-7f", "annotator-9c"],
        "adjudicator": None,
    }


def test_its_mentions_are_those_of_entities(opened: Opened) -> None:
    marked = {
        (row["article_id"], item["start"], item["end"], item["label"])
        for row in opened.named("entities")
        for item in row["entities"]
    }
    for row in opened.named("entity_links"):
        assert {(row["article_id"], row["start"], row["end"], label) for label in row["labels"]} <= marked


def test_where_nobody_said_which_item_it_is_there_is_none(tmp_path: Path) -> None:
    visit, _ = make_links()
    entities = tuple(entity.model_copy(update={"wikidata": ""}) for entity in visit.entities)
    built = make_world().build(tmp_path / "d", links=[visit.model_copy(update={"entities": entities})])
    assert {row["wikidata"] for row in open_dataset(built.folder).rows("entity_links")} == {None}


def test_how_claims_bear_on_each_other(opened: Opened) -> None:
    rows = list(opened.named("claim_links"))
    ends = [tuple(row[end]["article_id"] for end in ("head", "tail")) for row in rows]
    assert [(*both, row["type"], row["cause"], row["followed"]) for both, row in zip(ends, rows, strict=True)] == [
        ("b1", "b2", "contradicts", "numeric", False),
        ("b1", "b3", "equivalent", None, False),
        ("b1", "b4", "equivalent", None, False),
        ("b4", "b2", "supports", None, False),
        ("b3", "b4", "equivalent", None, True),
    ]
    assert rows[0] == {
        "story_id": "visit",
        "head": {"article_id": "b1", "outlet": "Meridian", "start": 16, "end": 48, "text": CLAIMS["b1"]},
        "tail": {"article_id": "b2", "outlet": "Sada", "start": 10, "end": 54, "text": CLAIMS["b2"]},
        "type": "contradicts",
        "cause": "numeric",
        "followed": False,
        "resolution": "adjudicated",
        "support": 1,
        "voters": 2,
        "annotators": ["annotator-7f", "annotator-9c"],
        "adjudicator": "annotator-c4",
    }
    claims = {(row["article_id"], row["start"], row["end"]) for row in opened.rows("claims")}
    for row in rows:
        assert {(end["article_id"], end["start"], end["end"]) for end in (row["head"], row["tail"])} <= claims
    assert [(row["voters"], row["annotators"]) for row in rows if row["followed"]] == [(0, [])]


def test_stories(opened: Opened) -> None:
    assert {row["story_id"]: row for row in opened.named("stories")} == {
        "storm": {
            "story_id": "storm",
            "articles": ["c1", "c2"],
            "outlets": ["Meridian"],
            "languages": ["en"],
            "first": "2031-06-01",
            "last": "2031-06-02",
            "entities_status": "unlabelled",
            "entities": 0,
            "mentions": 0,
            "claims_status": "awaiting-adjudication",
            "claims": 2,
            "pairs": 1,
            "links": [],
            "contradictions": 0,
        },
        "visit": {
            "story_id": "visit",
            "articles": ["b2", "b1", "b4", "b3"],  # of the last one nobody knows when it was published
            "outlets": ["Lumen", "Meridian", "Sada"],
            "languages": ["ar", "en"],
            "first": "2031-05-01",
            "last": "2031-05-03T08:00:00Z",
            "entities_status": "gold",
            "entities": 2,
            "mentions": 7,
            "claims_status": "gold",
            "claims": 4,
            "pairs": 4,
            "links": [
                {"type": "equivalent", "count": 3},
                {"type": "contradicts", "count": 1},
                {"type": "supports", "count": 1},
            ],
            "contradictions": 1,
        },
    }


def test_open_questions_about_mentions_make_a_story_wait(tmp_path: Path) -> None:
    _, storm = make_links()
    open_ = storm.differences[0].model_copy(update={"about": (storm.mentions[0].key,)})
    built = make_world().build(tmp_path / "d", links=[storm.model_copy(update={"differences": (open_,)})])
    stories = {row["story_id"]: row for row in open_dataset(built.folder).named("stories")}
    assert [stories["storm"][column] for column in ("entities_status", "claims_status")] == [
        "awaiting-adjudication",
        "unlabelled",
    ]
    assert [stories["visit"][column] for column in ("entities_status", "claims_status")] == ["unlabelled"] * 2


def test_they_lie_in_the_split_of_their_articles(linked: Built, opened: Opened) -> None:
    splits = {row["article_id"]: split for split in opened.splits for row in opened.rows("documents", split)}
    assert set(splits.values()) == {"train", "test"}
    for split in opened.splits:
        assert {splits[row["article_id"]] for row in opened.rows("entity_links", split)} <= {split}
        for row in opened.rows("claim_links", split):
            assert {splits[row[end]["article_id"]] for end in ("head", "tail")} == {split}
        for row in opened.rows("stories", split):
            assert {splits[id] for id in row["articles"]} == {split}
    assert left_out(linked) == []


def test_they_load_in_a_new_process(linked: Built, tmp_path: Path) -> None:
    assert check_features(linked.folder, make_world().ontology) == []
    assert check_loads(linked.folder) == {config: rows for config, rows in linked.rows.items() if rows}
    code = (
        "import json, sys, datasets\n"
        "def rows(config):\n"
        "    loaded = datasets.load_dataset(sys.argv[1], config)\n"
        "    return [(row, split.features) for split in loaded.values() for row in split]\n"
        "types = sorted(f['type'].int2str(row['type']) for row, f in rows('claim_links'))\n"
        "stories = sorted(row['story_id'] for row, _ in rows('stories'))\n"
        "print(json.dumps([len(rows('entity_links')), types, stories]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(linked.folder)],
        env=os.environ | {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    types = ["contradicts", "equivalent", "equivalent", "equivalent", "supports"]
    assert json.loads(done.stdout) == [7, types, ["storm", "visit"]]


def test_the_same_inputs_give_the_same_bytes_in_any_order(linked: Built, tmp_path: Path) -> None:
    world = make_world()
    random.Random(7).shuffle(world.votes)
    world.articles = dict(reversed(world.articles.items()))
    shuffled = [
        story.model_copy(
            update={
                name: tuple(reversed(getattr(story, name)))
                for name in ("mentions", "entities", "claims", "links", "differences")
            }
            | {"provenance": dict(reversed(story.provenance.items()))}
        )
        for story in reversed(make_links())
    ]
    assert contents(world.build(tmp_path / "d", links=shuffled).folder) == contents(linked.folder)


def test_whoever_makes_the_other_rows(linked: Built, tmp_path: Path) -> None:
    built = make_world().build(tmp_path / "d", links=make_links(), engine=Processes(1))
    assert contents(built.folder) == contents(linked.folder)


def test_where_nobody_linked_anything_the_stories_are_there_all_the_same(tmp_path: Path) -> None:
    built = make_world().build(tmp_path / "d")
    assert {config: built.rows[config] for config in ACROSS} == {"entity_links": 0, "claim_links": 0, "stories": 2}
    assert empty(built) == ["claim_links", "entity_links", "relations"]
    assert check_loads(built.folder) == {config: rows for config, rows in built.rows.items() if rows}
    statuses = [(row["entities_status"], row["claims_status"]) for row in open_dataset(built.folder).named("stories")]
    assert statuses == [("unlabelled", "unlabelled")] * 2


def test_without_stories_there_is_a_note(tmp_path: Path) -> None:
    world = World(ontology=make_ontology(links=LINKS))
    assert empty(world.build(tmp_path / "d")) == ["claim_links", "entity_links", "stories"]


@pytest.mark.parametrize(
    ("links", "configs"),
    [
        (None, set()),
        ({"entities": ["PERSON"]}, {"entity_links", "stories"}),
        ({"claims": LINKS["claims"]}, {"claim_links", "stories"}),
    ],
)
def test_the_ontology_says_which_configs_there_are(
    links: dict[str, Any] | None, configs: set[str], tmp_path: Path
) -> None:
    world = make_world()
    world.ontology = make_ontology(links=links)
    built = world.build(tmp_path / "d")
    assert set(ACROSS) & built.rows.keys() == configs
    assert check_features(built.folder, world.ontology) == []
    columns = features(world.ontology)
    assert ("entities" in columns.get("stories", {})) == ("entity_links" in configs)
    assert ("links" in columns.get("stories", {})) == ("claim_links" in configs)


def test_class_names_are_the_ontology_s_in_its_order() -> None:
    columns = features(make_world().ontology)
    assert columns["entity_links"]["type"].names == LINKS["entities"]
    assert columns["entity_links"]["labels"].feature == columns["entities"]["entities"].feature["label"]
    types = [one["name"] for one in LINKS["claims"]]
    assert columns["claim_links"]["type"].names == columns["stories"]["links"].feature["type"].names == types
    assert columns["claim_links"]["cause"].names == ["numeric", "negation"]


def test_a_question_must_not_take_a_column_s_name() -> None:
    asked = LINKS["claims"][1] | {"attributes": [choice("followed", "yes", "no")]}
    with pytest.raises(BadInputError, match="attribute followed"):
        features(make_ontology(links={"claims": [asked, LINKS["claims"][4]]}))


def test_what_a_split_keeps_out_is_counted(tmp_path: Path) -> None:
    world = make_world()
    released = {"b1": "train", "b2": "train", "c1": "test"}
    ties = [("b1", "b2", "b3"), ("b4", "b1"), ("b4", "c1"), ("c1", "c2")]  # b4 belongs to both
    built = world.build(tmp_path / "d", links=make_links(), released=released, together=ties)
    assert {config: built.rows[config] for config in ACROSS} == {"entity_links": 5, "claim_links": 2, "stories": 2}
    mention_of_b4, pair = mention("b4", "Pelvara", "GPE").key, link("equivalent", "b1", "b4").key
    assert left_out(built) == [
        ("claim_links", f"claim_links: 3 left out, since an article of it is in no split; the first is {pair}"),
        (
            "entity_links",
            f"entity_links: 2 left out, since an article of it is in no split; the first is {mention_of_b4}",
        ),
    ]
    (visit,) = [row for row in open_dataset(built.folder).named("stories") if row["story_id"] == "visit"]
    assert (visit["articles"], visit["mentions"], visit["contradictions"]) == (["b2", "b1", "b3"], 5, 1)


def test_what_two_splits_tear_apart_is_counted(tmp_path: Path) -> None:
    released = {"b1": "train", "b2": "test", "b3": "test", "b4": "train", "c1": "train", "c2": "train"}
    built = make_world().build(tmp_path / "d", links=make_links(), released=released, together=[])
    assert {config: built.rows[config] for config in ACROSS} == {"entity_links": 7, "claim_links": 1, "stories": 1}
    torn = "since its articles are in two splits; the first is"
    assert left_out(built) == [
        ("claim_links", f"claim_links: 4 left out, {torn} {link('contradicts', 'b1', 'b2').key}"),
        ("stories", f"stories: 1 left out, {torn} visit"),
    ]
    opened = open_dataset(built.folder)
    assert [row["text"] for row in opened.rows("entity_links", "test")] == ["O. Hadad", "Pelvara", PEOPLE["b3"]]


def _without_claims(gold: Gold) -> Gold:
    return gold.model_copy(update={"claims": ()})


def _other_labels(gold: Gold) -> Gold:
    other = tuple(one.model_copy(update={"labels": ("LOCATION",)}) for one in gold.mentions)
    return gold.model_copy(update={"mentions": other})


def _context(gold: Gold) -> Gold:
    other = tuple(one.model_copy(update={"origin": Origin.CONTEXT}) for one in gold.mentions)
    return gold.model_copy(update={"mentions": other})


@pytest.mark.parametrize(
    ("change", "rows", "said"),
    [
        (_without_claims, {"entity_links": 7, "claim_links": 2}, ["claim_links: 3 left out"]),
        (_other_labels, {"entity_links": 5, "claim_links": 5}, ["entity_links: 2 left out"]),
        (_context, {"entity_links": 5, "claim_links": 5}, ["entity_links: 2 left out"]),
        (
            lambda gold: None,
            {"entity_links": 5, "claim_links": 2},
            ["claim_links: 3 left out", "entity_links: 2 left out"],
        ),
    ],
)
def test_what_is_not_gold_any_more_is_counted(
    change: Callable[[Gold], Gold | None], rows: dict[str, int], said: list[str], tmp_path: Path
) -> None:
    world = make_world()
    resolved = resolve(world.votes, world.ontology)
    changed = (change(gold) if gold.article_id == "b1" else gold for gold in resolved.gold)
    kept = tuple(gold for gold in changed if gold is not None)
    built = world.build(tmp_path / "d", links=make_links(), resolved=type(resolved)(gold=kept))
    assert {config: built.rows[config] for config in rows} == rows
    assert [message.split(", since ")[0] for _, message in left_out(built)] == said
    assert all("what it links is not gold, or no longer" in message for _, message in left_out(built))


def test_a_quote_that_is_not_at_its_offsets_is_not_written() -> None:
    world = make_world()
    gold = resolve(world.votes, world.ontology).gold
    across = Across(world.ontology, world.articles, gold, make_links(), dict.fromkeys(world.articles, "train"))
    columns = features(world.ontology)
    for config, parts in (("entity_links", ("",)), ("claim_links", ("head", "tail"))):
        for article_id, (row,) in across.blocks(config):
            assert list(quoted([(article_id, [row])], world.articles, columns[config])) == [(article_id, [row])]
            for part in parts:
                wrong: Row = deepcopy(row)
                (wrong[part] if part else wrong)["end"] -= 1
                with pytest.raises(GoldkitError, match="does not stand at its offsets"):
                    list(quoted([(article_id, [wrong])], world.articles, columns[config]))


def visit_with(**changes: Any) -> list[StoryLinks]:
    visit, storm = make_links()
    return [visit.model_copy(update=changes), storm]


def entity(id: str, type: str, *mentions: str) -> Entity:
    return Entity(id=id, name=id, type=type, mentions=mentions)


OMAR, HADAD = mention("b1", PEOPLE["b1"], "PERSON"), mention("b2", PEOPLE["b2"], "PERSON")
BOTH = (claim("b1"), claim("b2"))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([*make_links(), make_links()[0]], "visit: it is there 2 times"),
        (visit_with(claims=(claim("c1"),), links=()), "c1:16-25: the article is of storm"),
        (visit_with(mentions=(OMAR.model_copy(update={"article_id": "x9"}),), entities=()), "x9:0-10: no such article"),
        (visit_with(mentions=(OMAR.model_copy(update={"text": "Omar"}),), entities=()), "b1:0-10 is not 'Omar'"),
        (
            visit_with(mentions=(OMAR.model_copy(update={"labels": ("SHIP",)}),), entities=()),
            "SHIP is no entity or value",
        ),
        (visit_with(entities=(entity("e1", "LOCATION", OMAR.key),)), "e1: LOCATION is no type that is linked"),
        (visit_with(entities=(entity("e1", "PERSON", "b1:1-2"),)), "e1: there is no mention b1:1-2"),
        (
            visit_with(entities=(entity("e1", "PERSON", OMAR.key), entity("e2", "PERSON", OMAR.key))),
            "e2: b1:0-10 is of another entity too",
        ),
        (
            visit_with(entities=(entity("e1", "PERSON", OMAR.key), entity("e1", "PERSON", HADAD.key))),
            "e1: two entities have this id",
        ),
        (visit_with(links=(link("echoes", "b1", "b2"),)), "echoes is no type of claim links"),
        (visit_with(claims=BOTH[:1], links=(link("supports", "b1", "b2"),)), "there is no claim b2:10-54"),
        (visit_with(links=(link("equivalent", "b2", "b1"),)), "its head is not the claim whose key sorts first"),
        (visit_with(links=(link("supports", "b1", "b1"),)), "both claims are of one article"),
        (visit_with(links=(link("supports", "b1", "b2"), link("updates", "b2", "b1"))), "linked twice"),
        (visit_with(links=(link("contradicts", "b1", "b2", cause="weather"),)), "'weather' is no answer to cause"),
        (visit_with(links=(link("supports", "b1", "b2", cause="numeric"),)), "cause is not asked here"),
    ],
)
def test_what_does_not_fit_is_refused(links: list[StoryLinks], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        make_world().build(tmp_path / "d", links=links)
    assert said in caught.value.message
    assert "goldkit resolve" in caught.value.next
    assert list(tmp_path.iterdir()) == []


def test_an_ontology_without_links_takes_none(tmp_path: Path) -> None:
    world = make_world()
    world.ontology = make_ontology()
    with pytest.raises(BadInputError, match="visit: the ontology has no links"):
        world.build(tmp_path / "d", links=make_links())
    assert world.build(tmp_path / "d").rows["claims"] == 6


def test_a_story_of_one_article_has_no_row(tmp_path: Path) -> None:
    world = make_world()
    world.articles["d2"] = make_article("d2", "The harbour was loud.", story_id="harbour")
    world.votes = make_votes({id: article for id, article in world.articles.items() if id != "d2"})
    built = world.build(tmp_path / "d")
    assert sorted(row["story_id"] for row in open_dataset(built.folder).rows("stories")) == ["storm", "visit"]
