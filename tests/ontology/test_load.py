from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.errors import BadInputError
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology

Written = dict[str, Any]


def write(path: Path, written: Written) -> Path:
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return path


def test_the_small_one_is_read(tmp_path: Path, small: Written) -> None:
    ontology = load_ontology(write(tmp_path / "ontology.yaml", small))
    assert list(ontology.spans) == ["PERSON", "EVENT", "NUMBER", "CLAIM", "CUE"]
    assert ontology.modalities == ("negated",)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.yaml"):
        load_ontology(tmp_path / "none.yaml")


def test_a_slip_in_the_yaml_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "ontology.yaml"
    path.write_text("name: small\nentities: [\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=re.escape(f"{path}:3:")):
        load_ontology(path)


def tree(yes: object, no: object) -> Written:
    return {"between": ["PERSON", "EVENT"], "ask": {"question": "Is it alive?", "if_yes": yes, "if_no": no}}


BREAKS: dict[str, tuple[Callable[[Written], Any], str]] = {
    "unknown key": (lambda w: w["entities"][0].update(color="#000000"), "entities.0.color: unknown key; is it colour?"),
    "no colour": (lambda w: w["entities"][0].pop("colour"), "entities.0.colour: Field required"),
    "one hotkey twice": (lambda w: w["entities"][1].update(hotkey="1"), "the hotkey '1' is used 2 times"),
    "an option's hotkey is a label's": (
        lambda w: w["mention_attributes"][0]["options"][0].update(hotkey="1"),
        "the hotkey '1' is used 2 times",
    ),
    "an end that is no type": (
        lambda w: w["relations"][0].update(tail=["PLACE"]),
        "relation knows names PLACE, which is no type here",
    ),
    "one name for two types": (lambda w: w["values"][0].update(name="PERSON"), "the name 'PERSON' is used 2 times"),
    "one name for a type and a relation": (
        lambda w: w["relations"][0].update(name="EVENT"),
        "the name 'EVENT' is used 2 times",
    ),
    "a tree that decides nothing": (
        lambda w: w.update(decisions=[tree("PERSON", "EVENT") | {"between": ["PERSON"]}]),
        "decisions.0.between: has 1 in its list and needs 2 at least",
    ),
    "a question that leads nowhere": (
        lambda w: w.update(decisions=[tree("PERSON", {"question": "Does it last?", "if_yes": "EVENT"})]),
        "decisions.0.ask.if_no.decision.if_no: Field required",
    ),
    "an answer that YAML takes for a truth": (
        lambda w: w.update(decisions=[tree("PERSON", False)]),
        "decisions.0.ask.if_no.name: not read as text; put it in quotes",
    ),
    "a path that ends elsewhere": (
        lambda w: w.update(decisions=[tree("PERSON", {"question": "And now?", "if_yes": "EVENT", "if_no": "CUE"})]),
        "a path ends in CUE, and this decides between PERSON, EVENT",
    ),
    "a tree about links where there are none": (
        lambda w: w.update(links=None, decisions=[tree("PERSON", "EVENT") | {"of": "links"}]),
        "there are no links between claims here, so there is nothing to decide",
    ),
    "one relation twice": (
        lambda w: w["relations"].append(deepcopy(w["relations"][0])),
        "the name 'knows' is used 2 times",
    ),
    "a claim link that is a relation too": (
        lambda w: w["relations"][0].update(name="said_by"),
        "the name 'said_by' is used 2 times",
    ),
    "one option twice": (
        lambda w: w["mention_attributes"][0]["options"].append(deepcopy(w["mention_attributes"][0]["options"][0])),
        "the option 'named' of level is used 2 times",
    ),
    "a default that is no option": (
        lambda w: w["mention_attributes"][0].update(default="other"),
        "the default 'other' of level is not one of its options",
    ),
    "a retired name in use": (
        lambda w: w.update(retired=[{"name": "EVENT", "since": "0.9.0"}]),
        "EVENT is retired and still in use",
    ),
    "marked words that are not there": (
        lambda w: w["entities"][0].update(examples=[{"text": "Nobody spoke.", "marked": ["Tornay"]}]),
        "'Tornay' is marked in an example of PERSON and is not in its text",
    ),
    "a claim's value that is no relation": (
        lambda w: w["claims"].update(value="weighs"),
        "claims.value names weighs, which is no relation here",
    ),
    "a claim's value that starts elsewhere": (
        lambda w: w["relations"][1].update(head=["EVENT"]),
        "claims.value names counts, so CLAIM must be one of its heads",
    ),
    "a claimant's link from a mention": (
        lambda w: w["claims"]["claimant"].update(head=["EVENT"]),
        "said_by is a link of the claim, so its head must be CLAIM alone",
    ),
    "a cue's link to a mention": (
        lambda w: w["claims"]["cued_by"].update(tail=["PERSON"]),
        "its tail must be CUE alone",
    ),
    "a claimant that is no mention": (
        lambda w: w["claims"]["claimant"].update(tail=["CUE"]),
        "said_by links a claim to mentions, and CUE is none",
    ),
    "a relation that ends in a claim": (
        lambda w: w["relations"][0].update(tail=["CLAIM"]),
        "relation knows links mentions, and CLAIM is none",
    ),
    "a linked type that is none": (
        lambda w: w["links"].update(entities=["PERSON", "NUMBER"]),
        "links.entities names NUMBER, which is no entity type here",
    ),
    "a linked type twice": (
        lambda w: w["links"].update(entities=["PERSON", "EVENT", "PERSON"]),
        "links.entities names PERSON already",
    ),
    "links between claims without claims": (
        lambda w: w.pop("claims"),
        "links.claims links claims, and the ontology has none",
    ),
    "a link between claims twice": (
        lambda w: w["links"]["claims"][1].update(name="repeats"),
        "the name 'repeats' is used 2 times",
    ),
    "a question about links that is one about spans": (
        lambda w: w["links"]["claims"][1]["attributes"][0].update(name="level"),
        "the name 'level' is used 2 times",
    ),
    "a question that has the name of the part": (
        lambda w: w["mention_attributes"][0].update(name="links"),
        "the name 'links' is used 2 times",
    ),
    "one key for two links": (
        lambda w: w["links"]["claims"][1].update(hotkey="1"),
        "the hotkey '1' is used 2 times",
    ),
    "one key for both directions": (
        lambda w: w["links"]["claims"][2].update(backward_hotkey="3"),
        "the hotkey '3' is used 2 times",
    ),
    "one key for a link and a cause": (
        lambda w: w["links"]["claims"][1]["attributes"][0]["options"][0].update(hotkey="3"),
        "the hotkey '3' is used 2 times",
    ),
    "what is the same has a direction": (
        lambda w: w["links"]["claims"][0].update(symmetric=False),
        "repeats means same, which holds both ways, so it must be symmetric",
    ),
    "a contradiction has a direction": (
        lambda w: w["links"]["claims"][1].update(symmetric=False),
        "denies means conflict, which holds both ways, so it must be symmetric",
    ),
    "no link has a direction": (
        lambda w: w["links"]["claims"][3].update(symmetric=False),
        "apart means none, which holds both ways, so it must be symmetric",
    ),
    "what is later has no direction": (
        lambda w: w["links"]["claims"][2].update(symmetric=True, backward_hotkey=None),
        "follows means later, which has a direction, so it cannot be symmetric",
    ),
    "a way back that is the way forth": (
        lambda w: w["links"]["claims"][0].update(backward_hotkey="shift+1"),
        "repeats is symmetric, so there is nothing for a backward_hotkey",
    ),
    "two ways to say the same": (
        lambda w: w["links"]["claims"].append({"name": "echoes", "meaning": "same", "symmetric": True}),
        "echoes means same, and so does repeats",
    ),
    "two ways to say no": (
        lambda w: w["links"]["claims"].append({"name": "unrelated", "meaning": "none", "symmetric": True}),
        "unrelated means none, and so does apart",
    ),
    "no way to say no": (
        lambda w: w["links"]["claims"].pop(),
        "no link means none, so nobody could say that two claims are unrelated",
    ),
    "a question about links that is answered with a text": (
        lambda w: w["links"]["claims"][1]["attributes"][0].update(options=[]),
        "ground has no options, and pairs of claims are answered with keys",
    ),
    "a default that is no ground": (
        lambda w: w["links"]["claims"][1]["attributes"][0].update(default="other", required=False),
        "the default 'other' of ground is not one of its options",
    ),
    "marked words that are not in a link's example": (
        lambda w: w["links"]["claims"][0].update(examples=[{"text": "It rained.", "marked": ["snowed"]}]),
        "'snowed' is marked in an example of repeats and is not in its text",
    ),
    "a retired link in use": (
        lambda w: w.update(retired=[{"name": "denies", "of": "links", "since": "0.9.0"}]),
        "denies is retired and still in use",
    ),
    "a retired ground in use": (
        lambda w: w.update(retired=[{"name": "place", "of": "ground", "since": "0.9.0"}]),
        "place is retired and still in use",
    ),
    "a link replaced by one that is not there": (
        lambda w: w.update(retired=[{"name": "echoes", "of": "links", "since": "0.9.0", "replaced_by": "knows"}]),
        "echoes is replaced by knows, which is not there",
    ),
    "an answer that nobody can give": (
        lambda w: w["claims"].update(no_claimant=["nobody"]),
        "claims.no_claimant names 'nobody', which is no answer to attribution",
    ),
}


@pytest.mark.parametrize("breaking", BREAKS)
def test_what_is_wrong_is_said(breaking: str, tmp_path: Path, small: Written) -> None:
    spoil, message = BREAKS[breaking]
    spoil(small)
    path = write(tmp_path / "ontology.yaml", small)
    with pytest.raises(BadInputError) as raised:
        load_ontology(path)
    assert message in raised.value.message
    assert str(path) in raised.value.message
    assert str(path) in raised.value.next


def test_every_problem_is_said_at_once(tmp_path: Path, small: Written) -> None:
    small["entities"][1]["hotkey"] = "1"
    small["relations"][0]["tail"] = ["PLACE"]
    with pytest.raises(BadInputError, match=r"hotkey '1' is used 2 times.*PLACE"):
        load_ontology(write(tmp_path / "ontology.yaml", small))


def test_a_link_that_claims_and_mentions_share(small: Written) -> None:
    ontology = Ontology.model_validate(small)
    assert list(ontology.claim_links) == ["said_by", "cued_by", "counts"]
    assert ontology.claim_links["counts"] is ontology.relation_types["counts"]
    assert [relation.name for relation in ontology.all_relations] == ["knows", "counts", "said_by", "cued_by"]


def test_an_ontology_without_claims(small: Written) -> None:
    del small["claims"], small["links"]
    small["relations"][1]["head"] = ["EVENT"]
    ontology = Ontology.model_validate(small)
    assert ontology.claim_links == {}
    assert list(ontology.spans) == ["PERSON", "EVENT", "NUMBER"]


def test_names_and_keys_of_links_are_those_of_a_screen_of_their_own(small: Written) -> None:
    """A link between claims may be called like a relation between mentions, and have the key of a label."""
    small["links"]["claims"][0]["name"] = "knows"
    small["retired"] = [
        {"name": "denies", "since": "0.9.0"},  # a relation of old
        {"name": "echoes", "of": "links", "since": "0.9.0", "replaced_by": "knows"},
    ]
    ontology = Ontology.model_validate(small)
    assert list(ontology.claim_link_types) == ["knows", "denies", "follows", "apart"]
    assert ("PERSON", "1") in ontology.hotkeys
    assert not {"knows", "ground=number"} & {name for name, _ in ontology.hotkeys}


def test_what_is_linked_needs_no_claims(small: Written) -> None:
    del small["claims"]
    small["relations"][1]["head"] = ["EVENT"]
    small["links"]["claims"] = []
    assert Ontology.model_validate(small).linked_types == {"PERSON"}


def test_the_default_ontology(ontology: Ontology) -> None:
    assert (ontology.name, ontology.version) == ("news_events", "2.0.0")
    assert len(ontology.entities) == 10
    assert [value.name for value in ontology.values] == ["QUANTITY", "DATETIME"]
    assert len(ontology.relations) == 15
    assert ontology.modalities == ("attributed", "negated", "hypothetical")
    assert "".join(span.hotkey or "-" for span in ontology.spans.values()) == "12345qwertdfas"


def test_every_type_of_the_default_ontology_has_two_examples(ontology: Ontology) -> None:
    for defined in (*ontology.spans.values(), *ontology.all_relations):
        assert len(defined.examples) >= 2, defined.name
        assert all(example.marked for example in defined.examples), defined.name
    for relation in ontology.all_relations:
        assert all(len(example.marked) == 2 for example in relation.examples), relation.name


def test_every_option_of_the_default_ontology_has_a_key_of_its_own(ontology: Ontology) -> None:
    """Label Studio gives a key to every option without one, and not always the same."""
    attributes = [attribute for span in ontology.spans for attribute in ontology.attributes_of(span).values()]
    assert all(option.hotkey for attribute in attributes for option in attribute.options)


@pytest.mark.parametrize(
    ("iso", "is_date"),
    [
        *((iso, True) for iso in ("2031", "2031-05", "2031-05-03", "2031-05-03T12:00", "2031-05-03/2031-05-05")),
        *((iso, False) for iso in ("", "yesterday", "3 May 2031", "31-05-03", "2031-5-3")),
    ],
)
def test_what_the_default_ontology_takes_for_a_date(ontology: Ontology, iso: str, is_date: bool) -> None:
    pattern = ontology.attributes_of("DATETIME")["iso"].pattern
    assert pattern is not None
    assert bool(re.fullmatch(pattern, iso)) is is_date
