"""What changed between two datasets: every kind of change, its count, and the number that has to rise for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import World, at, choice, link, make_article, make_ontology, span_type, vote
from sweep import examples

from toolkit.annotations.model import Mention, Relation
from toolkit.dataset.build import Built
from toolkit.dataset.changelog import changelog, entry, needed, told
from toolkit.dataset.changes import KINDS, Changes, compare
from toolkit.dataset.columns import NO_COLUMNS, compare_columns
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.ontology.versions import Bump

Since = Callable[..., Changes]


@pytest.fixture
def since(built: Built, world: World, tmp_path: Path) -> Since:
    """What the world, as a test has changed it, would change in the dataset of the world as it was."""

    def changes(*files: str, **more: Any) -> Changes:
        new = world.build(tmp_path / "new", **more)
        return compare(open_dataset(built.folder), open_dataset(new.folder), files)

    return changes


def with_vote(world: World, **changes: Any) -> None:
    """Change the one vote on the article about the harbour."""
    world.votes[0] = world.votes[0].model_copy(update=changes)


def relabelled(world: World, id: str, *labels: str) -> tuple[Mention, ...]:
    return tuple(it.model_copy(update={"labels": labels}) if it.id == id else it for it in world.votes[0].mentions)


def settled(world: World, **dataset: Any) -> None:
    """Change settings of the dataset."""
    changed = world.project.dataset.model_copy(update=dataset)
    world.project = world.project.model_copy(update={"dataset": changed})


def test_the_same_world_has_not_changed(since: Since) -> None:
    changes = since()
    assert not changes
    assert (changes.as_dict(), told(changes), needed(changes)) == ({}, (), Bump.NONE)


def test_a_version_is_no_change_of_the_tables(since: Since, world: World) -> None:
    settled(world, version="3.0.0", title="Another title")
    assert not since()


def test_other_files_are_a_patch(since: Since) -> None:
    changes = since("README.md", "DATASHEET.md")
    assert changes.as_dict() == {"files": ["DATASHEET.md", "README.md"]}
    assert [one.sentence for one in told(changes)] == ["Written anew: `DATASHEET.md`, `README.md`."]
    assert needed(changes) is Bump.PATCH


def test_a_new_article_is_more_data(since: Since, world: World) -> None:
    world.articles["a6"] = make_article("a6", "Nobody knew this.")
    changes = since()
    assert changes.as_dict() == {"tables": {"documents": {"added": 1}}}
    assert needed(changes) is Bump.MINOR


def test_an_article_that_is_gone_breaks(since: Since, world: World) -> None:
    del world.articles["a5"]
    changes = since()
    assert changes.as_dict() == {"tables": {"documents": {"removed": 1}}}
    assert [str(one.bump) + ": " + one.sentence for one in told(changes)] == ["major: 1 article gone."]


def test_another_text_breaks(since: Since, world: World) -> None:
    world.articles["a5"] = make_article("a5", "Somebody saw this.")
    changes = since()
    assert changes.as_dict() == {
        "tables": {"documents": {"changed": 1, "columns": {"text": 1, "text_sha256": 1}}},
    }
    assert changes.texts == 1
    assert told(changes)[0].sentence == "1 article with another text: offsets of before do not fit it."
    assert needed(changes) is Bump.MAJOR


def test_an_article_in_another_split_breaks(world: World, tmp_path: Path) -> None:
    settled(world, splits={"train": 0.5, "test": 0.5})
    splits = {"a1": "train", "a2": "test", "a3": "train", "a4": "train", "a5": "train"}
    old, new = (
        open_dataset(world.build(tmp_path / name, released=it).folder)
        for name, it in (("old", splits), ("new", splits | {"a4": "test", "a5": "test"}))
    )
    changes = compare(old, new)
    assert changes.as_dict() == {
        "tables": {"documents": {"columns": {"split": 2}, "classes": {"split": {"train → test": 2}}}},
    }
    assert [one.sentence for one in told(changes)] == ["2 articles moved to another split: `train → test`."]
    assert needed(changes) is Bump.MAJOR


def test_a_corrected_label_is_a_correction(since: Since, world: World) -> None:
    with_vote(world, mentions=relabelled(world, "m4", "ORGANIZATION"))
    changes = since()
    assert changes.as_dict()["tables"] == {
        "annotations": {"changed": 1, "columns": {"mentions": 1}},
        "entities": {
            "changed": 1,
            "columns": {"label": 1},
            "classes": {"label": {"PERSON → ORGANIZATION": 1}},
        },
        "relations": {"changed": 1, "columns": {"head": 1}},
        "tokens": {"changed": 1, "columns": {"ner_tags": 1}},
    }
    assert "1 mention changed: `label` 1 (`PERSON → ORGANIZATION` 1)." in [one.sentence for one in told(changes)]
    assert needed(changes) is Bump.MINOR


def test_one_of_two_labels_of_a_span_gone_is_one_item_gone(since: Since, world: World) -> None:
    with_vote(world, mentions=relabelled(world, "m5", "LOCATION"))
    assert since().tables["entities"].as_dict() == {"removed": 1}


def test_other_boundaries_are_another_item(since: Since, world: World) -> None:
    mentions = tuple(
        it.model_copy(update=at(world.articles["a1"].text, "Greater Tripoli Area")) if it.id == "m7" else it
        for it in world.votes[0].mentions
    )
    with_vote(world, mentions=mentions)
    assert since().tables["entities"].as_dict() == {"added": 1, "removed": 1}


def test_a_relation_is_known_by_its_ends(since: Since, world: World) -> None:
    one, other = world.votes[0].relations
    with_vote(world, relations=(one.model_copy(update={"modality": "asserted"}),))
    assert since().tables["relations"].as_dict() == {
        "removed": 1,
        "changed": 1,
        "columns": {"modality": 1},
        "classes": {"modality": {"negated → asserted": 1}},
    }
    assert other.type == "met_with"


def test_an_answer_about_a_claim(since: Since, world: World) -> None:
    first, second = world.votes[0].claims
    answers = {**second.attributes, "polarity": "positive", "certainty": "possible"}
    with_vote(world, claims=(first, second.model_copy(update={"attributes": answers})))
    assert since().tables["claims"].as_dict() == {
        "changed": 1,
        "columns": {"certainty": 1, "polarity": 1},
        "classes": {"certainty": {"none → possible": 1}, "polarity": {"negative → positive": 1}},
    }


def test_votes_and_annotators_come_and_go(since: Since, world: World) -> None:
    world.votes = [it for it in world.votes if it.annotator != "annotator-9c"]
    world.votes.append(vote(world.articles["a5"], "annotator-new"))
    changes = since()
    assert changes.tables["annotations"].as_dict()["added"] == 1
    assert changes.tables["annotations"].as_dict()["removed"] == 3
    assert changes.annotators == (1, 1)
    sentences = [one.sentence for one in told(changes)]
    assert {"1 annotator new.", "1 annotator gone."} <= set(sentences)
    assert needed(changes) is Bump.MINOR


def test_texts_left_out_break_and_texts_put_in_do_not(built: Built, world: World, tmp_path: Path) -> None:
    settled(world, text="stand-off")
    bare = open_dataset(world.build(tmp_path / "new").folder)
    dropped, added = compare(open_dataset(built.folder), bare), compare(bare, open_dataset(built.folder))
    assert (dropped.text, added.text) == ("dropped", "added")
    assert not any(changes.tables[kind] for changes in (dropped, added) for kind in KINDS)
    assert dropped.columns.removed == added.columns.added
    assert {"documents.text", "documents.title", "entities.tokens", "claims.cues.text"} <= set(dropped.columns.removed)
    assert (needed(dropped), needed(added)) == (Bump.MAJOR, Bump.MINOR)


def test_two_stand_off_datasets_are_compared_by_offsets(world: World, tmp_path: Path) -> None:
    settled(world, text="stand-off")
    old = open_dataset(world.build(tmp_path / "old").folder)
    with_vote(world, mentions=relabelled(world, "m1", "ORGANIZATION"), relations=())
    world.articles["a5"] = make_article("a5", "Somebody saw this.")
    changes = compare(old, open_dataset(world.build(tmp_path / "new").folder))
    assert changes.tables["entities"].classes == {"label": {"PERSON → ORGANIZATION": 1}}
    assert changes.texts == 1


def test_a_config_that_is_gone_breaks(since: Since, world: World) -> None:
    with_vote(world, claims=())
    changes = since()
    assert changes.columns.parts_removed == ("claims/train",)
    assert told(changes)[0].sentence == "No longer there, and no longer loaded: `claims/train`."
    assert changes.tables["claims"].as_dict() == {"removed": 2}
    assert needed(changes) is Bump.MAJOR


class TestOntology:
    def test_a_new_entity_moves_the_numbers_of_the_values(self, since: Since, world: World) -> None:
        entities = [*make_ontology().model_dump()["entities"], span_type("EVENT")]
        world.ontology = make_ontology(entities=entities)
        changes = since()
        assert changes.columns.changed[:2] == ("annotations.mentions.labels", "annotations.mentions.soft_labels.label")
        assert "entities.ner_tags" in changes.columns.changed
        assert {change.rule.id for change in changes.ontology} == {"label-added", "class-numbers-shifted"}
        assert not any(changes.tables.values())
        assert needed(changes) is Bump.MAJOR

    def test_a_new_answer_stands_behind_the_others(self, since: Since, world: World) -> None:
        world.ontology = make_ontology(
            mention_attributes=[choice("level", "named", "nominal", "other", default="named")]
        )
        changes = since()
        assert changes.columns.grown == ("annotations.mentions.level", "entities.entities.level")
        assert (changes.columns.changed, changes.columns.added) == ((), ())
        assert needed(changes) is Bump.MINOR

    def test_a_new_question_is_a_column_and_changes_no_item(self, since: Since, world: World) -> None:
        more = [choice("level", "named", "nominal", default="named"), choice("known", "yes", "no")]
        world.ontology = make_ontology(mention_attributes=more)
        changes = since()
        assert changes.columns.added == ("annotations.mentions.known", "entities.entities.known")
        assert not any(changes.tables.values())
        assert needed(changes) is Bump.MINOR

    def test_a_column_that_is_gone_breaks(self, since: Since, world: World) -> None:
        with_vote(
            world,
            mentions=tuple(it.model_copy(update={"attributes": {}}) for it in world.votes[0].mentions),
        )
        world.ontology = make_ontology(mention_attributes=[])
        changes = since()
        assert changes.columns.removed == ("annotations.mentions.level", "entities.entities.level")
        assert "Ontology: `the attribute level is removed`." in [one.sentence for one in told(changes)]
        assert needed(changes) is Bump.MAJOR

    def test_a_choice_that_becomes_a_text_is_another_type(self, since: Since, world: World) -> None:
        world.ontology = make_ontology(mention_attributes=[{"name": "level", "definition": "named or nominal"}])
        assert since().columns.changed == ("annotations.mentions.level", "entities.entities.level")

    def test_a_class_that_becomes_a_list_of_classes_is_another_type(self, tmp_path: Path) -> None:
        from datasets import ClassLabel, Features, List

        status = ClassLabel(names=["gold", "skipped"])
        one, several = (
            Opened(tmp_path, make_ontology(), {"documents": Features({"status": column})}, ())
            for column in (status, List(status))
        )
        assert compare_columns(one, several).changed == ("documents.status",)
        assert compare_columns(several, several) == NO_COLUMNS

    def test_a_meaning_that_changes_breaks_though_no_column_does(self, since: Since, world: World) -> None:
        located = link("located_in", ["PERSON", "ORGANIZATION"], ["GPE", "LOCATION"])
        values = link("has_quantity", ["CLAIM"], ["QUANTITY"])
        relations = [located, link("met_with", ["PERSON"], ["PERSON"]), values]
        level, known = choice("level", "named", "nominal", default="named"), choice("known", "yes", "no")
        world.ontology = make_ontology(relations=relations, mention_attributes=[level, known])
        changes = since()
        assert [change.rule.id for change in changes.ontology] == [
            "attribute-added",
            "unlabelled-relation-ambiguous",
            "relation-became-directed",
        ]
        assert [one.sentence for one in told(changes)] == [
            "Ontology: `met_with leads from head to tail now`.",
            "New columns: `annotations.mentions.known`, `entities.entities.known`.",
            "Ontology: `the attribute known is new`.",
            "Ontology: `an arrow without a label no longer means met_with between PERSON and PERSON`.",
        ]
        assert needed(changes) is Bump.MAJOR

    def test_a_colour_is_a_patch(self, since: Since, world: World) -> None:
        first, *others = make_ontology().model_dump()["entities"]
        world.ontology = make_ontology(entities=[{**first, "colour": "#654321"}, *others])
        assert needed(since()) is Bump.PATCH


def test_breaking_changes_stand_first_in_the_changelog(since: Since, world: World) -> None:
    del world.articles["a5"]
    world.articles["a6"] = make_article("a6", "Nobody knew this.")
    with_vote(world, mentions=relabelled(world, "m4", "ORGANIZATION"))
    assert entry("2.0.0", "2026-12-01", "1.0.0", since()) == (
        "## 2.0.0 (2026-12-01)\n"
        "\n"
        "Since 1.0.0:\n"
        "\n"
        "- **Breaking.** 1 article gone.\n"
        "- 1 article new.\n"
        "- 1 tokenised article changed: `ner_tags` 1.\n"
        "- 1 mention changed: `label` 1 (`PERSON → ORGANIZATION` 1).\n"
        "- 1 relation changed: `head` 1.\n"
        "- 1 vote changed: `mentions` 1.\n"
    )


def test_the_first_entry_says_what_is_in_it(built: Built) -> None:
    changes = compare(None, open_dataset(built.folder))
    assert entry("1.0.0", "2026-11-22", "", changes) == (
        "## 1.0.0 (2026-11-22)\n"
        "\n"
        "The first release.\n"
        "\n"
        "- 5 articles, 11 mentions, 2 relations, 2 claims, 6 votes, of 2 annotators.\n"
    )


def test_the_newest_entry_stands_on_top() -> None:
    first = changelog("## 1.0.0\n\n- a\n")
    assert first == "# Changes\n\n## 1.0.0\n\n- a\n"
    assert changelog("## 1.1.0\n\n- b\n", first) == "# Changes\n\n## 1.1.0\n\n- b\n\n## 1.0.0\n\n- a\n"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """The small world with some of its items, and labels that people may confuse."""
    world = World()
    harbour = world.votes[0]
    kept = draw(st.sets(st.sampled_from(["m2", "m3", "m5", "m7"])))
    free = tuple(
        mention.model_copy(update={"labels": draw(st.sampled_from([("GPE",), ("LOCATION",), ("GPE", "LOCATION")]))})
        for mention in harbour.mentions
        if mention.id in kept
    )
    needed_ = tuple(mention for mention in harbour.mentions if mention.id in ("m1", "m4", "m6", "m8"))
    relations = draw(st.sets(st.sampled_from([("m1", "m4"), ("m4", "m8"), ("m1", "m8")])))
    with_vote(
        world,
        mentions=(*needed_, *free),
        relations=tuple(Relation(type="met_with", head=head, tail=tail) for head, tail in sorted(relations)),
        claims=draw(st.sampled_from([harbour.claims, harbour.claims[:1]])),
    )
    for article_id in draw(st.sets(st.sampled_from(["a4", "a5"]))):
        world.votes = [it for it in world.votes if it.article_id != article_id]
        del world.articles[article_id]
    return world


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds(), worlds())
def test_what_came_and_went_adds_up_and_reads_the_same_backwards(
    tmp_path_factory: pytest.TempPathFactory, one: World, other: World
) -> None:
    folder = tmp_path_factory.mktemp("worlds")
    left, right = (open_dataset(it.build(folder / name).folder) for it, name in ((one, "one"), (other, "other")))
    there, back = compare(left, right), compare(right, left)
    counts = [{kind: table.added for kind, table in compare(None, it).tables.items()} for it in (left, right)]
    for kind in KINDS:
        assert counts[0][kind] + there.tables[kind].added - there.tables[kind].removed == counts[1][kind]
        assert (there.tables[kind].added, there.tables[kind].removed) == (
            back.tables[kind].removed,
            back.tables[kind].added,
        )
        assert there.tables[kind].changed == back.tables[kind].changed
        assert there.tables[kind].columns == back.tables[kind].columns
    assert not compare(left, left)
    assert bool(there) == bool(back)
