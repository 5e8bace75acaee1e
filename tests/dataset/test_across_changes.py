"""What changed in what is linked across articles: every kind of change, its count, and the number that rises for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import World, make_ontology
from stories_world import CLAIMS, LINKS, PEOPLE, PLACES, link, make_links, make_world, mention
from sweep import examples

from toolkit.dataset.changelog import entry, needed, told
from toolkit.dataset.changes import Changes, compare
from toolkit.dataset.features import ACROSS
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.gold.model import Resolution
from toolkit.links.model import ClaimLink, Entity, StoryLinks
from toolkit.ontology.versions import Bump

Since = Callable[..., Changes]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_dataset(make_world().build(tmp_path_factory.mktemp("before") / "d", links=make_links()).folder)


@pytest.fixture
def since(before: Opened, tmp_path: Path) -> Since:
    """What a build with the visit changed so would change."""

    def changes(world: World | None = None, **of_the_visit: Any) -> Changes:
        visit, storm = make_links()
        links = [visit.model_copy(update=of_the_visit), storm]
        return compare(before, open_dataset((world or make_world()).build(tmp_path / "new", links=links).folder))

    return changes


def sentences(changes: Changes) -> list[str]:
    return [one.sentence for one in told(changes)]


def test_the_same_links_have_not_changed(since: Since) -> None:
    assert since().as_dict() == {}


def test_another_type_of_link_is_a_change_whichever_way_it_leads(since: Since) -> None:
    visit = make_links()[0]
    turned = link("updates", "b2", "b4")  # what was: b4 supports b2
    changes = since(links=tuple(turned if one.type == "supports" else one for one in visit.links))
    assert changes.as_dict()["tables"] == {
        "claim_links": {
            "changed": 1,
            "columns": {"head": 1, "tail": 1, "type": 1},
            "classes": {"type": {"supports → updates": 1}},
        },
        "stories": {"changed": 1, "columns": {"links": 1}},
    }
    assert "1 link between claims changed: `head` 1, `tail` 1, `type` 1 (`supports → updates` 1)." in sentences(changes)
    assert needed(changes) is Bump.MINOR


def test_another_cause_is_a_change(since: Since) -> None:
    visit = make_links()[0]
    changes = since(links=(link("contradicts", "b1", "b2", cause="negation"), *visit.links[1:]))
    assert changes.as_dict()["tables"] == {
        "claim_links": {"changed": 1, "columns": {"cause": 1}, "classes": {"cause": {"numeric → negation": 1}}}
    }


def test_links_that_come_and_go(since: Since) -> None:
    visit = make_links()[0]
    changes = since(links=(*visit.links[:2], link("unrelated", "b2", "b3")))
    assert changes.as_dict()["tables"]["claim_links"] == {"added": 1, "removed": 3}
    assert "1 link between claims new; 3 links between claims gone." in sentences(changes)


def test_a_mention_in_another_entity_is_a_change(since: Since) -> None:
    omar, pelvara = make_links()[0].entities
    hadad = mention("b4", PEOPLE["b4"], "PERSON").key
    kept = omar.model_copy(update={"mentions": tuple(key for key in omar.mentions if key != hadad)})
    other = Entity(id="e3", name="Rima Hadad", type="PERSON", mentions=(hadad,))
    changes = since(entities=(kept, pelvara, other))
    assert changes.as_dict()["tables"] == {
        "entity_links": {"changed": 1, "columns": {"entity_id": 1, "name": 1, "wikidata": 1}},
        "stories": {"changed": 1, "columns": {"entities": 1}},
    }
    assert "1 linked mention changed: `entity_id` 1, `name` 1, `wikidata` 1." in sentences(changes)
    assert "1 story changed: `entities` 1." in sentences(changes)


def test_a_story_that_is_open_again_loses_its_mentions(since: Since) -> None:
    changes = since(entities_resolution=None, entities=())
    assert changes.as_dict()["tables"]["entity_links"] == {"removed": 7}
    assert changes.columns.parts_removed == ("entity_links/train",)
    assert needed(changes) is Bump.MAJOR  # what people load is no longer there


def test_the_layer_is_new_to_who_had_none(before: Opened, tmp_path: Path) -> None:
    world = make_world()
    world.ontology = make_ontology()
    changes = compare(open_dataset(world.build(tmp_path / "old").folder), before)
    assert changes.columns.parts_added == ("claim_links/train", "entity_links/train", "stories/test", "stories/train")
    assert {kind: changes.tables[kind].as_dict() for kind in ACROSS} == {
        "entity_links": {"added": 7},
        "claim_links": {"added": 5},
        "stories": {"added": 2},
    }
    assert {"7 linked mentions new.", "5 links between claims new.", "2 stories new."} <= set(sentences(changes))
    assert needed(changes) is Bump.MINOR


def test_the_first_release_tells_of_them(before: Opened) -> None:
    assert (
        "- 7 articles, 9 mentions, 0 relations, 6 claims, 7 linked mentions, 5 links between claims, 2 stories, "
        in (entry("1.0.0", "2031-06-04", "", compare(None, before)))
    )


@st.composite
def visits(draw: st.DrawFn) -> StoryLinks:
    """The visit, with people in any entities and claims linked in any way."""
    visit = make_links()[0]
    entities = []
    for type, quotes, label in (("PERSON", PEOPLE, "PERSON"), ("GPE", PLACES, "GPE")):
        placed: Mapping[str, int] = draw(st.fixed_dictionaries({id: st.integers(1, 3) for id in quotes}))
        for number in sorted(set(placed.values())):
            keys = sorted(mention(id, quotes[id], label).key for id, at in placed.items() if at == number)
            name = f"{type} {number}"
            entities.append(Entity(id=name, name=name, type=type, mentions=tuple(keys)))
    ids = [id for id in CLAIMS if id.startswith("b")]
    links: list[ClaimLink] = []
    for one, other in [(a, b) for a in ids for b in ids if a < b]:
        type = draw(st.sampled_from(["", *(kind["name"] for kind in LINKS["claims"])]))
        turned = type in ("supports", "updates") and draw(st.booleans())
        if type:
            head, tail = (other, one) if turned else (one, other)
            links.append(link(type, head, tail, **({"cause": "numeric"} if type == "contradicts" else {})))
    settled = draw(st.booleans())
    return visit.model_copy(
        update={
            "entities": tuple(entities) if settled else (),
            "entities_resolution": Resolution.SINGLE if settled else None,
            "links": tuple(links),
            "followed": (),
        }
    )


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits(), visits())
def test_what_came_and_went_adds_up_and_reads_the_same_backwards(
    tmp_path_factory: pytest.TempPathFactory, one: StoryLinks, other: StoryLinks
) -> None:
    folder = tmp_path_factory.mktemp("visits")
    built = [make_world().build(folder / name, links=[it]) for it, name in ((one, "one"), (other, "other"))]
    left, right = (open_dataset(it.folder) for it in built)
    there, back = compare(left, right), compare(right, left)
    for kind in ACROSS:
        assert built[0].rows[kind] + there.tables[kind].added - there.tables[kind].removed == built[1].rows[kind]
        assert (there.tables[kind].added, there.tables[kind].removed) == (
            back.tables[kind].removed,
            back.tables[kind].added,
        )
        assert there.tables[kind].columns == back.tables[kind].columns
    pairs = [{one.key for one in it.links} for it in (one, other)]
    table = there.tables["claim_links"]
    assert (table.added, table.removed) == (len(pairs[1] - pairs[0]), len(pairs[0] - pairs[1]))
    before, now = ({it.key: it for it in visit.links} for visit in (one, other))
    assert table.changed == sum(before[key] != now[key] for key in before.keys() & now.keys())
