from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import BadInputError
from toolkit.ontology.model import Attribute, Claims, Ontology, Option, RelationType, SpanType
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_checks import check_from, check_names, load_plan
from toolkit.ontology.plan_file import PlanFile, Ref


def attribute(name: str, *options: str) -> Attribute:
    return Attribute(name=name, definition=name, options=tuple(Option(name=one, definition=one) for one in options))


def span(name: str, *attributes: Attribute) -> SpanType:
    return SpanType(name=name, definition=name, colour="#336699", attributes=attributes)


def relation(name: str, head: str, tail: str) -> RelationType:
    return RelationType(name=name, definition=name, head=(head,), tail=(tail,))


NEW = Ontology(
    name="new",
    version="2.0.0",
    entities=(span("PERSON"), span("PLACE"), span("MILITIA")),
    values=(span("QUANTITY", attribute("unit"), attribute("precision", "exact", "about")), span("DISTANCE")),
    relations=(relation("located_in", "PERSON", "PLACE"), relation("part_of", "PLACE", "PLACE")),
    modality=attribute("modality", "asserted", "denied"),
    claims=Claims(
        content=span("CLAIM", attribute("attribution", "direct")),
        cue=span("CUE"),
        claimant=relation("claimed_by", "CLAIM", "PERSON"),
        cued_by=relation("cued_by", "CLAIM", "CUE"),
    ),
)
CONFIG = """<View>
  <Relations name="relations" toName="text">
    <Relation value="located_in"/><Relation value="part_of"/><Relation value="negated"/>
  </Relations>
  <Labels name="entities" toName="text">
    <Label value="PERSON"/><Label value="CITY"/><Label value="RIVER"/>
    <Label value="ARMED_GROUP"/><Label value="QUANTITY"/>
  </Labels>
  <Labels name="claims" toName="text"><Label value="CLAIM"/><Label value="CUE"/></Labels>
  <Text name="text" value="$text"/>
  <TextArea name="unit" toName="text" perRegion="true"/>
  <Choices name="degree" toName="text" perRegion="true"><Choice value="high"/></Choices>
  <Choices name="precision" toName="text" perRegion="true"><Choice value="exact"/><Choice value="approx"/></Choices>
</View>"""
GOOD = """\
from: 1.0.0
to: 2.0.0
steps:
  - rename: {label: ARMED_GROUP, to: MILITIA}
  - merge: {labels: [CITY, RIVER], into: PLACE}
  - rename: {option: approx, of: precision, to: about}
  - rename: {option: negated, of: modality, to: denied}
  - split: {label: QUANTITY, by: unit, into: {km: DISTANCE}, otherwise: QUANTITY}
  - retype: {relation: part_of, head: [CITY], tail: [RIVER], to: located_in}
  - retype: {relation: part_of, head: [RIVER], tail: [CITY], to: located_in, reverse: true}
"""


def plan(folder: Path, *steps: str, head: str = "from: 1.0.0\nto: 2.0.0\nsteps:\n") -> Path:
    path = folder / "plan.yaml"
    path.write_text(head + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    return path


def loaded(folder: Path, *steps: str) -> Plan:
    return load_plan(plan(folder, *steps), NEW)


def test_a_good_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(GOOD, encoding="utf-8")
    good = load_plan(tmp_path / "plan.yaml", NEW)
    check_names(tmp_path / "plan.yaml", good, good.names_in_config(CONFIG), {})
    assert good.whole[Ref("label", "RIVER")].new == (Ref("label", "PLACE"),)
    assert good.whole[Ref("modality", "negated")].new == (Ref("modality", "denied"),)
    assert good.modalities == {"asserted", "denied", "negated"}
    assert [number for number, _ in good.retypes["part_of"]] == [6, 7]
    assert good.splits["QUANTITY"][0] == 5


def test_the_digest_is_of_what_the_plan_says(tmp_path: Path) -> None:
    one = loaded(tmp_path, "rename: {label: ARMED_GROUP, to: MILITIA}").digest
    path = plan(tmp_path, "rename:  # a remark\n      to: MILITIA\n      label: ARMED_GROUP")
    assert load_plan(path, NEW).digest == one
    assert loaded(tmp_path, "rename: {label: RIVER, to: PLACE}").digest != one


REFUSED = {
    "another version": (
        ["rename: {label: CITY, to: PLACE}"],
        {2: "the plan leads to 3.0.0, and the ontology is 2.0.0"},
    ),
    "to where it begins": (["rename: {label: CITY, to: PLACE}"], {1: "2.0.0 is not above 2.0.0"}),
    "backwards": (["rename: {label: CITY, to: PLACE}"], {1: "2.0.0 is not above 9.9.9"}),
    "unknown key": (["rename: {lable: CITY, to: PLACE}"], {4: "lable: unknown key; is it label?"}),
    "two kinds of step": (
        ["rename: {label: CITY, to: PLACE}\n    retire: {label: RIVER}"],
        {4: "exactly one of these"},
    ),
    "two things at once": (["rename: {label: CITY, relation: part_of, to: PLACE}"], {4: "exactly one of these"}),
    "an option of nothing": (["rename: {option: approx, to: about}"], {4: "an option has an attribute"}),
    "an option that YAML takes for a truth": (["retire: {option: no, of: precision}"], {4: "put it in quotes"}),
    "a merge of one": (["merge: {labels: [CITY], into: PLACE}"], {4: "labels needs at least 2 names"}),
    "a merge into nothing": (["merge: {labels: [CITY, RIVER]}"], {4: "into is missing"}),
    "a split without a rest": (
        ["split: {label: QUANTITY, by: unit, into: {km: DISTANCE}}"],
        {4: "otherwise is missing"},
    ),
    "no step": ([], {3: "steps is empty"}),
    "a label that stays, retired": (
        ["retire: {label: MILITIA}"],
        {4: "the ontology 2.0.0 keeps label MILITIA, and this retire would leave nothing of it"},
    ),
    "a label that stays, renamed": (["rename: {label: PERSON, to: PLACE}"], {4: "keeps label PERSON"}),
    "a label that stays, merged": (["merge: {labels: [CITY, PERSON], into: PLACE}"], {4: "keeps label PERSON"}),
    "a label that stays, split": (
        ["split: {label: QUANTITY, by: unit, into: {km: DISTANCE}, otherwise: DISTANCE}"],
        {4: "keeps label QUANTITY"},
    ),
    "an option that stays under a new question": (
        ["rename: {attribute: degree, to: precision}", "retire: {option: exact, of: degree}"],
        {5: "keeps option precision=exact"},
    ),
    "no target": (["rename: {label: CITY, to: TOWN}"], {4: "the ontology 2.0.0 has no label TOWN"}),
    "a target of another kind": (["rename: {label: CITY, to: part_of}"], {4: "has no label part_of"}),
    "a modality is no type": (["rename: {relation: part_of, to: denied}"], {4: "has no relation denied"}),
    "a type is no modality": (
        ["rename: {option: negated, of: modality, to: part_of}"],
        {4: "has no modality part_of"},
    ),
    "an option of another attribute": (
        ["rename: {option: approx, of: precision, to: direct}"],
        {4: "has no option precision=direct"},
    ),
    "twice": (
        ["rename: {label: CITY, to: PLACE}", "merge: {labels: [RIVER, CITY], into: PLACE}"],
        {5: "label CITY is moved in line 4 already"},
    ),
    "twice in one merge": (["merge: {labels: [CITY, CITY], into: PLACE}"], {4: "is moved in line 4 already"}),
    "retyped twice for the same ends": (
        [
            "retype: {relation: part_of, head: [CITY, RIVER], tail: [CITY], to: located_in}",
            "retype: {relation: part_of, head: [RIVER], tail: [CITY], to: located_in}",
        ],
        {5: "relation part_of is moved in line 4 already"},
    ),
    "to itself": (["rename: {label: PLACE, to: PLACE}"], {4: "label PLACE is renamed to itself"}),
    "a circle": (
        ["rename: {label: PERSON, to: PLACE}", "rename: {label: PLACE, to: PERSON}"],
        {4: "label PLACE is moved on in line 5: a circle", 5: "label PERSON is moved on in line 4: a circle"},
    ),
    "a chain": (
        ["rename: {label: CITY, to: PLACE}", "rename: {label: PLACE, to: MILITIA}"],
        {4: "label PLACE is moved on in line 5: a chain"},
    ),
    "a split that is split on": (
        [
            "split: {label: CITY, by: unit, into: {km: PLACE}, otherwise: CITY}",
            "retire: {label: PLACE}",
        ],
        {4: "label PLACE is moved on in line 5: a chain"},
    ),
    "an option's circle under a new question": (
        [
            "rename: {attribute: degree, to: precision}",
            "rename: {option: exact, of: degree, to: about}",
            "rename: {option: about, of: degree, to: exact}",
        ],
        {5: "a circle", 6: "a circle"},
    ),
    "ends that others become": (
        [
            "merge: {labels: [CITY, PLACE], into: PLACE}",
            "retype: {relation: part_of, head: [PLACE], tail: [PLACE], to: located_in}",
        ],
        {4: "line 5 asks for label PLACE, and would find others when it is run again"},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_line(name: str, tmp_path: Path) -> None:
    steps, expected = REFUSED[name]
    heads = {
        "another version": "from: 1.0.0\nto: 3.0.0\nsteps:\n",
        "to where it begins": "from: 2.0.0\nto: 2.0.0\nsteps:\n",
        "backwards": "from: 9.9.9\nto: 2.0.0\nsteps:\n",
    }
    path = plan(tmp_path, *steps, head=heads.get(name, "from: 1.0.0\nto: 2.0.0\nsteps:\n"))
    with pytest.raises(BadInputError) as raised:
        load_plan(path, NEW)
    lines = raised.value.message.splitlines()[1:]
    for line, message in expected.items():
        assert any(said.startswith(f"  {path}:{line}:") and message in said for said in lines), raised.value.message


ACROSS = {
    "a link": "rename: {relation: denies, to: contradicts}",
    "a link that ends": "retire: {relation: denies}",
    "links that become one": "merge: {relations: [denies, corrects], into: contradicts}",
    "a question about links": "rename: {attribute: ground, to: cause}",
    "an answer to it": "rename: {option: number, of: cause, to: numeric}",
    "an answer that ends": "retire: {option: number, of: cause}",
}


def across() -> Ontology:
    """The new ontology with links, one of which is called like a relation of old, and one like a relation that is."""
    both = {"definition": "A link.", "symmetric": True}
    cause = attribute("cause", "numeric", "time").model_dump() | {"required": True}
    links = [
        {"name": "contradicts", "meaning": "conflict", "attributes": [cause], **both},
        {"name": "supports", **both},
        {"name": "part_of", **both},
        {"name": "unrelated", "meaning": "none", **both},
    ]
    retired = [
        {"name": "denies", "of": "links", "since": "2.0.0", "replaced_by": "contradicts"},
        {"name": "supports", "since": "2.0.0", "replaced_by": "located_in"},
    ]
    data = NEW.model_dump() | {"links": {"entities": ["PERSON"], "claims": links}, "retired": retired}
    return Ontology.model_validate(data)


@pytest.mark.parametrize("name", ACROSS)
def test_what_is_said_across_articles_is_no_business_of_a_plan(name: str, tmp_path: Path) -> None:
    path = plan(tmp_path, "rename: {label: ARMED_GROUP, to: MILITIA}", ACROSS[name])
    with pytest.raises(BadInputError) as raised:
        load_plan(path, across())
    lines = raised.value.message.splitlines()[1:]
    assert lines
    assert all(line.startswith(f"  {path}:5:5: ") for line in lines)
    assert all("is said across articles, and a plan moves what is labelled in one" in line for line in lines)


def test_a_relation_that_is_called_like_a_link_is_moved(tmp_path: Path) -> None:
    steps = (
        "rename: {relation: supports, to: located_in}",
        "retype: {relation: part_of, head: [CITY], tail: [CITY], to: part_of, reverse: true}",
    )
    assert len(load_plan(plan(tmp_path, *steps), across()).leads) == 2
    assert len(load_plan(plan(tmp_path, "retire: {relation: supports}"), across()).leads) == 1


STRANGERS = {
    "unknown label": ("rename: {label: TOWN, to: PLACE}", "there is no label TOWN"),
    "unknown option": ("retire: {option: rough, of: precision}", "there is no option precision=rough"),
    "unknown question": (
        "split: {label: QUANTITY, by: colour, into: {red: DISTANCE}, otherwise: QUANTITY}",
        "there is no attribute colour",
    ),
    "unknown end": (
        "retype: {relation: part_of, head: [TOWN], tail: [CITY], to: located_in}",
        "there is no label TOWN",
    ),
    "another control": ("rename: {label: CITY, to: CUE}", "label CITY belongs to entities, and label CUE to claims"),
    "another type of answer": (
        "rename: {attribute: degree, to: unit}",
        "attribute degree belongs to choices, and attribute unit to textarea",
    ),
    "a name that is taken": ("rename: {label: CITY, to: PERSON}", "label PERSON is there already"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_refused_for_the_names_that_are_there(name: str, tmp_path: Path) -> None:
    step, message = STRANGERS[name]
    path = plan(tmp_path, "rename: {label: ARMED_GROUP, to: MILITIA}", step)
    read = load_plan(path, NEW)
    with pytest.raises(BadInputError) as raised:
        check_names(path, read, read.names_in_config(CONFIG), {})
    assert raised.value.message.splitlines()[1].startswith(f"  {path}:5:5: {message}")
    if not name.startswith("a"):  # a name in use need not be in the config
        used = {Ref("label", "TOWN"): "entities", Ref("attribute", "colour"): "choices"}
        used[Ref("option", "rough", "precision")] = ""
        check_names(path, read, read.names_in_config(CONFIG), used)


def test_a_step_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    """The list of steps is then too short as well, which helps nobody."""
    with pytest.raises(BadInputError) as raised:
        loaded(tmp_path, "rename: {lable: CITY, to: PLACE}")
    assert len(raised.value.message.splitlines()) == 2


@pytest.mark.parametrize("step", ["merge: {labels: [PLACE, CITY], into: PLACE}", GOOD.splitlines()[-3].strip("- ")])
def test_a_name_that_stays_may_be_a_target_of_its_step(step: str, tmp_path: Path) -> None:
    assert len(loaded(tmp_path, step).file.steps) == 1


def test_the_version_that_is_there(tmp_path: Path) -> None:
    read = loaded(tmp_path, "rename: {label: CITY, to: PLACE}")
    check_from(tmp_path / "plan.yaml", read, "1.0.0", "the config")
    check_from(tmp_path / "plan.yaml", read, "2.0.0", "the config")  # brought up to date before the annotations
    with pytest.raises(BadInputError, match=r"plan\.yaml:1:1: the plan begins at 1\.0\.0, and the config is 1\.5\.0"):
        check_from(tmp_path / "plan.yaml", read, "1.5.0", "the config")


def test_not_a_plan_at_all(tmp_path: Path) -> None:
    for content in ("", "steps: 5", "[]", "from: 1.0.0\nto: 2.0.0\nsteps: []", "from: 1\nto: 2.0.0\nsteps: [{}]"):
        (tmp_path / "plan.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(BadInputError, match=r"plan\.yaml"):
            load_plan(tmp_path / "plan.yaml", NEW)


def test_the_plan_in_the_docs_can_be_copied(repository: Path) -> None:
    page = (repository / "docs" / "migrating.md").read_text(encoding="utf-8")
    written = page.partition("```yaml\n")[2].partition("```")[0]
    verbs = Counter(step.verb for step in PlanFile.model_validate(yaml.safe_load(written)).steps)
    assert verbs == {"rename": 4, "merge": 3, "split": 1, "retire": 1, "retype": 1}


LABELS = ["A", "B", "C", "D", "E"]


@given(st.dictionaries(st.sampled_from(LABELS), st.sampled_from(LABELS), min_size=1))
def test_renames_are_taken_only_where_their_order_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, renames: dict[str, str]
) -> None:
    steps = [f"rename: {{label: {old}, to: {new}}}" for old, new in renames.items()]
    path = plan(tmp_path_factory.mktemp("plan"), *steps)
    letters = Ontology(name="letters", version="2.0.0", entities=tuple(map(span, dict.fromkeys(renames.values()))))
    if renames.keys() & set(renames.values()):
        with pytest.raises(BadInputError, match=r"a circle|a chain|to itself"):
            load_plan(path, letters)
    else:
        assert len(load_plan(path, letters).leads) == len(renames)
