"""Hand-written label configs become ontologies, and old exports are read with the names that they have there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.codec import decode
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.mapping import ExportMapping, load_mapping, translate
from toolkit.errors import BadInputError, GoldkitError, UsageError
from toolkit.files import write_json
from toolkit.findings import calls_for_action
from toolkit.ontology.colours import alike, bare_pages, shades
from toolkit.ontology.handwritten import HandWritten, Labelled
from toolkit.ontology.imported import Carried, carry_over
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.layout import ontology_yaml
from toolkit.ontology.lint import lint
from toolkit.ontology.load import load_ontology, parse_ontology
from toolkit.ontology.model import Ontology
from toolkit.ontology.palette import as_hex, new_colours
from toolkit.ontology.plainxml import check_config
from toolkit.ontology.safenames import LONGEST, safe_name, safe_names
from toolkit.ontology.xmltree import parse
from toolkit.project import Layer
from toolkit.stages.check import take_file
from toolkit.stages.imports import Imported, import_config
from toolkit.workspace import Workspace

EXAMPLE = """\
<View>
  <Relations>
    <Relation value="lives in"/>
    <Relation value="knows"/>
  </Relations>
  <Labels name="ner" toName="body">
    <Label value="Person Name" background="red" hotkey="P" hint="A human being: not a role."/>
    <Label value="Организация" alias="ORG." background="rgba(0, 0, 255, 0.4)"/>
    <Label value="Place" background="#0a0"/>
    <Label value="DATE/TIME" hotkey="u"/>
    <Label value="no"/>
    <Label value="🚢"/>
  </Labels>
  <View>
    <Header value="A lasting job, or the post of the day?"/>
    <Choices name="text" toName="body" perRegion="true" required="true" whenLabelValue="ORG.">
      <Choice value="Yes!" hotkey="y"/>
      <Choice value="Yes?" alias="maybe" hint="Cannot be told."/>
      <Choice value="1"/>
    </Choices>
  </View>
  <TextArea name="wiki page" toName="body" perRegion="true" maxSubmissions="1"/>
  <Choices name="topic" toName="body" choice="multiple"><Choice value="war"/><Choice value="trade"/></Choices>
  <Text name="body" value="$body"/>
</View>
"""


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    (tmp_path / "news desk.xml").write_text(EXAMPLE, encoding="utf-8")
    return import_config(tmp_path / "news desk.xml", tmp_path / "ontology.yaml", tmp_path / "mapping.yaml")


def carried(*parts: str) -> Carried:
    return carry_over(HandWritten(parse(f"<View>{''.join(parts)}</View>", "a.xml")), "small", "a.xml")


TEXT = '<Text name="t" value="$text"/>'
LABELS = '<Labels name="l" toName="t"><Label value="A"/><Label value="B"/><Label value="C"/></Labels>'


def choices(name: str, **more: str) -> str:
    given = {"name": name, "toName": "t", "perRegion": "true"} | more
    attributes = " ".join(f'{key}="{value}"' for key, value in given.items())
    return f'<Choices {attributes}><Choice value="x"/><Choice value="y"/></Choices>'


class TestTheOntology:
    def test_it_reads_like_one_that_a_person_wrote(self, imported: Imported) -> None:
        text = imported.ontology.read_text(encoding="utf-8")
        assert text.startswith("# Imported from ")
        assert "- head and tail: " in text.partition("\nname:")[0]
        assert text.partition("\nname:")[2].startswith(
            ' news_desk\nversion: 0.1.0\ndefinition: ""\n\nentities:\n  - name: Person_Name\n'
            '    definition: "A human being: not a role."\n    colour: "#ff0000"\n    hotkey: p\n\n'
        )
        assert "- {name: maybe, definition: Cannot be told.}\n" in text
        assert '    head: [Person_Name, ORG, Place, DATE_TIME, "no", ship]\n' in text
        assert "\n\n\n" not in text

    def test_what_is_in_it(self, imported: Imported) -> None:
        ontology = load_ontology(imported.ontology)
        assert [span.name for span in ontology.entities] == ["Person_Name", "ORG", "Place", "DATE_TIME", "no", "ship"]
        assert [span.colour for span in ontology.entities[:3]] == ["#ff0000", "#0000ff", "#00aa00"]
        assert ontology.spans["ORG"].definition == "Организация"
        assert [relation.name for relation in ontology.relations] == ["lives_in", "knows"]
        assert all(end == tuple(ontology.spans) for one in ontology.relations for end in (one.head, one.tail))
        (question,) = ontology.spans["ORG"].attributes
        assert (question.name, question.required) == ("text_attribute", True)
        assert question.question == "A lasting job, or the post of the day?"
        assert question.choices == ("Yes", "maybe", "choice_1")
        assert [asked.name for asked in ontology.mention_attributes] == ["wiki_page"]
        assert ontology.hotkeys == [("Person_Name", "p"), ("text_attribute=Yes", "y")]

    def test_the_mapping(self, imported: Imported) -> None:
        text = imported.mapping.read_text(encoding="utf-8")
        assert yaml.safe_load(text) == {
            "text": "body",
            "labels": {"Person Name": "Person_Name", "ORG.": "ORG", "DATE/TIME": "DATE_TIME", "🚢": "ship"},
            "relations": {"lives in": "lives_in"},
            "attributes": {"text": "text_attribute", "wiki page": "wiki_page"},
            "choices": {"Yes!": "Yes", "1": "choice_1"},
            "controls": {"ner": "entities", "topic": "ignore"},
        }
        assert "  topic: ignore  # A question is about a span, not about the article.\n" in text

    def test_nothing_is_dropped_silently(self, imported: Imported) -> None:
        assert [(one.rule, one.place.line) for one in imported.findings] == [
            ("import-name-changed", 3),
            ("import-relation-ends", 3),
            ("xml-hotkey-taken", 10),
            ("import-hotkey", 10),
            ("import-article-question", 23),
        ]
        assert imported.as_dict()["counts"] == {"labels": 6, "relations": 2, "attributes": 2, "renamed": 9}
        assert "6 labels, 2 relations, 2 questions" in imported.summary
        assert calls_for_action(imported.findings)

    def test_the_shipped_ontology_laid_out_is_the_same_ontology(self, ontology: Ontology) -> None:
        written = ontology_yaml(ontology, ["Comment."])
        assert parse_ontology(written, "laid-out.yaml") == ontology
        assert "\nlinks:\n  entities: [PERSON, ORGANIZATION" in written
        assert '      meaning: conflict\n      symmetric: true\n      hotkey: "2"\n      examples:\n' in written

    def test_a_question_about_some_labels_is_asked_about_all_and_is_not_required(self) -> None:
        made = carried(LABELS, TEXT, choices("q", required="true", whenLabelValue="A,B"))
        (question,) = made.ontology.mention_attributes
        assert not question.required
        assert "import-condition" in {loss.rule.id for loss in made.losses}

    @pytest.mark.parametrize(
        "question",
        [
            choices("q", required="true", whenLabelValue="B"),
            f'<View visibleWhen="region-selected" whenLabelValue="B">{choices("q")}</View>',
            f'<View visibleWhen="region-selected" whenLabelValue="A,B">{choices("q", whenLabelValue="B,C")}</View>',
            f'<View whenLabelValue="A">{choices("q", whenLabelValue="B")}</View>',
        ],
        ids=["on the question", "around it", "both together", "one that the editor does not hear"],
    )
    def test_a_question_about_one_label(self, question: str) -> None:
        made = carried(LABELS, TEXT, question)
        assert [span.name for span in made.ontology.entities if span.attributes] == ["B"]
        assert made.losses == ()

    def test_a_condition_that_the_editor_does_not_hear_is_none(self) -> None:
        other = '<Labels name="m" toName="t"><Label value="D"/></Labels>'
        for more, asked in (({}, ""), ({"visibleWhen": "region-selected"}, "D")):
            made = carried(LABELS, other, TEXT, choices("q", whenTagName="m", **more))
            assert "".join(span.name for span in made.ontology.entities if span.attributes) == asked

    def test_a_label_of_two_controls_is_one_type_and_is_required_of_none_that_was_not_asked(self) -> None:
        other = '<Labels name="m" toName="t"><Label value="A" hint="Another."/><Label value="D"/></Labels>'
        question = choices("q", required="true", visibleWhen="region-selected", whenTagName="m", whenLabelValue="A")
        made = carried(LABELS, other, TEXT, question)
        assert [span.name for span in made.ontology.entities] == ["A", "B", "C", "D"]
        assert made.names.controls == {"l": "entities", "m": "entities"}
        (asked,) = made.ontology.spans["A"].attributes
        assert not asked.required
        assert sorted(loss.rule.id for loss in made.losses) == ["import-condition", "import-label-merged"]

    def test_the_text_with_the_most_labels_is_the_articles(self) -> None:
        title = (
            '<Text name="h" value="$title"/><Labels name="k" toName="h"><Label value="A"/><Label value="E"/></Labels>'
        )
        made = carried(title, LABELS, TEXT.replace("$text", "$body"))
        assert made.names.text == "body"
        assert made.names.controls == {"k": "ignore", "l": "entities"}
        assert [span.name for span in made.ontology.entities] == ["A", "E", "B", "C"]

    def test_a_control_without_a_target_means_the_only_text(self) -> None:
        assert [span.name for span in carried(LABELS.replace(' toName="t"', ""), TEXT).ontology.entities] == [*"ABC"]

    def test_a_key_is_given_once(self) -> None:
        keyed = '<Labels name="l" toName="t"><Label value="A" hotkey="x"/><Label value="B" hotkey="X"/></Labels>'
        made = carried(keyed, TEXT)
        assert made.ontology.hotkeys == [("A", "x")]
        assert [loss.message for loss in made.losses] == ["B has the key x, which is the key of A"]

    def test_what_goldkit_compiled_without_its_comment(self, ontology: Ontology, tmp_path: Path) -> None:
        config = tmp_path / "copy.xml"
        config.write_text(compile_label_config(ontology).partition("\n")[2], encoding="utf-8")
        made = import_config(config, tmp_path / "o.yaml", tmp_path / "m.yaml")
        again = load_ontology(made.ontology)
        assert list(again.spans) == list(ontology.spans)
        assert {one.name for one in again.all_attributes} == {one.name for one in ontology.all_attributes}
        assert again.spans["CLAIM"].attributes[0].question == "Whose words are they?"
        assert yaml.safe_load(made.mapping.read_text(encoding="utf-8"))["controls"] == {"claims": "entities"}


class TestTheFiles:
    def test_an_ontology_that_is_there_is_not_overwritten(self, imported: Imported, tmp_path: Path) -> None:
        before = imported.ontology.read_bytes()
        with pytest.raises(UsageError, match=r"ontology\.yaml is there already") as raised:
            import_config(tmp_path / "news desk.xml", imported.ontology, tmp_path / "other.yaml")
        assert "--ontology" in raised.value.next
        assert imported.ontology.read_bytes() == before
        assert not (tmp_path / "other.yaml").exists()

    def test_what_is_no_config_is_said_before_what_is_there(self, imported: Imported, tmp_path: Path) -> None:
        with pytest.raises(BadInputError, match=r"none\.xml"):
            import_config(tmp_path / "none.xml", imported.ontology, imported.mapping)
        with pytest.raises(BadInputError, match="not XML"):
            import_config(imported.ontology, imported.ontology, imported.mapping)

    def test_nor_is_a_mapping(self, imported: Imported, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"mapping\.yaml is there already") as raised:
            import_config(tmp_path / "news desk.xml", tmp_path / "other.yaml", imported.mapping)
        assert "--mapping" in raised.value.next
        assert not (tmp_path / "other.yaml").exists()

    def test_two_names_for_two_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.xml").write_text(EXAMPLE, encoding="utf-8")
        with pytest.raises(UsageError, match="cannot be both"):
            import_config(tmp_path / "a.xml", tmp_path / "one.yaml", tmp_path / "." / "one.yaml")

    def test_both_or_none(self, tmp_path: Path) -> None:
        (tmp_path / "a.xml").write_text(EXAMPLE, encoding="utf-8")
        (tmp_path / "file").touch()
        with pytest.raises(GoldkitError, match="cannot write"):
            import_config(tmp_path / "a.xml", tmp_path / "o.yaml", tmp_path / "file" / "m.yaml")
        assert {path.name for path in tmp_path.iterdir()} == {"a.xml", "file"}

    def test_the_source_of_a_generated_config_is_its_ontology(self, repository: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="generated from the ontology news_events") as raised:
            import_config(repository / "configs" / "label_config.xml", tmp_path / "o.yaml", tmp_path / "m.yaml")
        assert "configs/ontology.yaml" in raised.value.next
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize(
        "xml",
        [
            "<View/>",
            '<View><Image name="i" value="$i"/><Labels name="l" toName="i"><Label value="A"/></Labels></View>',
            '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="A"/></Choices></View>',
            '<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value=" "/></Labels></View>',
        ],
        ids=["nothing", "an image", "no labels", "a label without a name"],
    )
    def test_where_there_is_nothing_to_import(self, xml: str, tmp_path: Path) -> None:
        (tmp_path / "a.xml").write_text(xml, encoding="utf-8")
        with pytest.raises(BadInputError, match=r"a\.xml: it has no labels"):
            import_config(tmp_path / "a.xml", tmp_path / "o.yaml", tmp_path / "m.yaml")
        assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]

    def test_a_config_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(BadInputError, match=r"none\.xml"):
            import_config(tmp_path / "none.xml", tmp_path / "o.yaml", tmp_path / "m.yaml")


QUOTE = "Ana Quill of the Harbour Party sailed to Port Sarrel on 3 May."


def region(id: str, words: str, label: str) -> dict[str, Any]:
    start = QUOTE.index(words)
    where = {"start": start, "end": start + len(words)}
    value = {**where, "text": words, "labels": [label]}
    return {"id": id, "from_name": "ner", "to_name": "body", "type": "labels", "value": value}


def answer(id: str, control: str, kind: str, **value: Any) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": "body", "type": kind, "value": value}


LABELLED_BEFORE = [
    region("a", "Ana Quill", "Person Name"),
    region("b", "Harbour Party", "ORG."),
    region("c", "Port Sarrel", "Place"),
    region("d", "3 May", "DATE/TIME"),
    region("e", "sailed", "🚢"),
    answer("b", "text", "choices", choices=["Yes!"]),
    answer("a", "wiki page", "textarea", text=["Ana_Quill"]),
    answer("", "topic", "choices", choices=["war", "trade"]),
    {"type": "relation", "from_id": "a", "to_id": "c", "direction": "right", "labels": ["lives in"]},
    {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["knows"]},
]


class TestOldExports:
    def test_a_result_with_the_old_names_keeps_every_rule_of_the_ontology(self, imported: Imported) -> None:
        ontology = load_ontology(imported.ontology)
        grammar = Grammar(ontology)
        mapping = load_mapping(imported.mapping, grammar)
        decoded = decode([translate(one, mapping, grammar) for one in LABELLED_BEFORE], QUOTE, ontology)
        assert [row.rule for row in decoded.rejected] == ["ignored-control"]
        assert [(one.text, *one.labels) for one in decoded.mentions] == [
            ("Ana Quill", "Person_Name"),
            ("Harbour Party", "ORG"),
            ("sailed", "ship"),
            ("Port Sarrel", "Place"),
            ("3 May", "DATE_TIME"),
        ]
        assert decoded.mentions[0].attributes == {"wiki_page": "Ana_Quill"}
        assert decoded.mentions[1].attributes == {"text_attribute": "Yes"}
        assert [one.type for one in decoded.relations] == ["knows", "lives_in"]

    def test_the_screen_that_the_ontology_compiles_to(self, imported: Imported) -> None:
        from label_studio_sdk.label_interface import LabelInterface

        ontology = load_ontology(imported.ontology)
        interface = LabelInterface(compile_label_config(ontology, ["entities", "relations"]))
        interface.validate()
        assert set(interface.get_control("entities").labels) == set(ontology.spans)

    def test_an_export_is_taken_with_the_mapping(self, imported: Imported, tmp_path: Path) -> None:
        root = tmp_path / "workspace"
        (root / "configs").mkdir(parents=True)
        imported.ontology.rename(root / "configs" / "ontology.yaml")
        project = {"name": "old", "studio": {"projects": [{"title": "old", "layers": ["entities", "relations"]}]}}
        write_json(root / "configs" / "project.yaml", project)
        task = {
            "id": 1,
            "data": {"id": "quill", "title": "not the text", "body": QUOTE},
            "annotations": [{"id": 7, "completed_by": {"id": 3, "email": "bo@example.org"}, "result": LABELLED_BEFORE}],
        }
        write_json(tmp_path / "export.json", [task])
        checked = take_file(Workspace(root), tmp_path / "export.json", imported.mapping)
        counts = checked.collected.counts
        assert (counts.annotations_valid, counts.items_in, counts.items_rejected) == (1, 10, 1)
        assert {finding.rule for finding in checked.findings} == {"ignored-control"}


WORDS = st.sampled_from(
    ["PER", "per", "Person Name", "Person_Name", "Имя", "a,b", "text", "label", "1", "-1", "yes", " ", "", "entities"]
)
OFFERED = {"alias": WORDS, "hotkey": st.sampled_from("aAu1"), "background": st.sampled_from(["red", "no", "#12"])}
CONTROL_NAMES = ["label", "ner", "entities", "text", "sure", "a b", "start", "PER"]
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "visibleWhen": st.sampled_from(["region-selected", "region-selected", "choice-selected"]),
        "whenTagName": st.sampled_from(["label", "ner"]),
        "whenLabelValue": st.sampled_from(["PER", "Имя", "PER,Имя,1", "a,b", "yes,no"]),
    },
)
MOSTLY_MAIN = st.sampled_from(["main", "main", "main", "main,other", "other", "none"])
MOSTLY_TRUE = st.sampled_from(["true", "true", "false"])


@st.composite
def configs(draw: st.DrawFn) -> str:
    """Label configs with labels and questions as people mix them, sensible or not; no two tags share a name."""
    names = draw(st.permutations(CONTROL_NAMES))
    view = ET.Element("View")
    ET.SubElement(view, "Text", name="main", value=draw(st.sampled_from(["$text", "$body", "$a.b"])))
    ET.SubElement(view, draw(st.sampled_from(["Text", "Image"])), name="other", value="$other")
    for name in names[: draw(st.integers(1, len(names)))]:
        within = ET.SubElement(view, "View", draw(CONDITIONS)) if draw(st.booleans()) else view
        tag = "Labels" if name in ("ner", "label") else draw(st.sampled_from(["Choices", "TextArea", "Rating"]))
        control = ET.SubElement(within, tag, name=name, toName=draw(MOSTLY_MAIN))
        if tag != "Labels":
            control.attrib |= {"perRegion": draw(MOSTLY_TRUE), "required": draw(MOSTLY_TRUE)} | draw(CONDITIONS)
        for word in draw(st.lists(WORDS, min_size=1, max_size=4)):
            offer = ET.SubElement(control, "Label" if tag == "Labels" else "Choice", value=word)
            offer.attrib |= draw(st.fixed_dictionaries({}, optional=OFFERED))
    relations = ET.SubElement(view, "Relations")
    for word in draw(st.lists(WORDS, max_size=3)):
        ET.SubElement(relations, "Relation", value=word)
    return ET.tostring(view, encoding="unicode")


@given(configs())
def test_work_done_with_whatever_config_is_taken(xml: str) -> None:
    """An annotation with every label, every answer that the editor asks for and every relation, in the old names."""
    check_config(xml, "a.xml")
    screen = HandWritten(parse(xml, "a.xml"))
    if not screen.labelled:
        return
    made = carry_over(screen, "some", "a.xml")
    ontology = parse_ontology(ontology_yaml(made.ontology, ["Comment."]), "o.yaml")
    layers: list[Layer] = ["entities", "relations"] if ontology.relations else ["entities"]
    compile_label_config(ontology, layers)
    mapping = ExportMapping(**{key: value for key, value in asdict(made.names).items() if key != "why"})
    grammar = Grammar(ontology)
    labelling = [pair for control in screen.span_labels if screen.text in control.to for pair in control.labelled]
    result = list(work(screen, labelling))
    decoded = decode([translate(one, mapping, grammar) for one in result], "x " * len(result), ontology)
    assert {row.rule for row in decoded.rejected} <= {"ignored-control"}
    assert len(decoded.mentions) == len(labelling)


def work(screen: HandWritten, labelling: list[Labelled]) -> Iterator[dict[str, Any]]:
    """A region of each label with its answers, and the relations."""
    for number, (control, label) in enumerate(labelling):
        where = {"start": 2 * number, "end": 2 * number + 1}
        region = {"id": f"r{number}", "to_name": screen.text}
        value = {**where, "text": "x", "labels": [label]}
        yield {**region, "from_name": control, "type": "labels", "value": value}
        for question in screen.questions:
            if (control, label) in screen.about(question):
                given = {"choices": [one.name for one in question.answers[:1]]}
                value = where | (given if question.kind == "choices" else {"text": ["z"]})
                yield {**region, "from_name": question.name, "type": question.kind, "value": value}
    for relation in screen.relations if len(labelling) > 1 else ():
        yield {"type": "relation", "from_id": "r0", "to_id": "r1", "direction": "right", "labels": [relation]}


VALID = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,63}\Z")
NAMES = st.one_of(st.text(max_size=80), st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,5}\Z"), st.sampled_from("aAbB"))
WANTED = st.lists(st.tuples(st.sampled_from(("label", "relation")), NAMES))


class TestNames:
    @given(WANTED)
    def test_every_name_is_valid_and_like_no_other(self, wanted: list[tuple[str, str]]) -> None:
        ours = safe_names(wanted, {"relation": {"text"}})
        assert ours.keys() == set(wanted)
        assert len({name.lower() for name in ours.values()}) == len(ours)
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name) for name in ours.values())
        assert "text" not in {name.lower() for (kind, _), name in ours.items() if kind == "relation"}

    @given(WANTED)
    def test_the_same_names_give_the_same_names(self, wanted: list[tuple[str, str]]) -> None:
        assert safe_names(wanted) == safe_names([*wanted, *wanted])

    @given(st.lists(VALID, unique_by=str.lower), st.lists(NAMES))
    def test_a_valid_name_stays_as_it_is(self, valid: list[str], others: list[str]) -> None:
        """Whatever comes before it, but for a valid name that differs in capitals alone."""
        small = {name.lower() for name in valid}
        ours = safe_names(("label", name) for name in [*(one for one in others if one.lower() not in small), *valid])
        assert [ours["label", name] for name in valid] == valid

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("Person Name", "Person_Name"),
            ("org.", "org"),
            ("DATE/TIME", "DATE_TIME"),
            ("Имя", "Imya"),
            ("人名", "RenMing"),
            ("Größe", "Grosse"),
            ("don't know", "dont_know"),
            ("🚢", "ship"),
            ("3D", "label_3D"),
            ("-1", "minus_1"),
            ("+2: clearly", "plus_2_clearly"),
            ("COVID-19", "COVID_19"),
            ("+", "plus_sign"),
            ("", "label"),
            ("\u200b", "zero_width_space"),
            ("x" * 100, "x" * LONGEST),
            ("ﬁle①", "file1"),
        ],
    )
    def test_names_stay_readable(self, theirs: str, ours: str) -> None:
        assert safe_name(theirs, "label") == ours

    def test_names_that_would_be_one(self) -> None:
        wanted = [("label", name) for name in ("a b", "a/b", "a_b", "x" * 100, "x" * 101, "A_B")]
        assert list(safe_names(wanted).values()) == ["a_b", "A_B_2", "a_b_3", "a_b_4", "x" * 64, "x" * 62 + "_2"]

    def test_a_relation_that_is_called_like_a_label(self) -> None:
        ours = safe_names([("label", "Owner"), ("relation", "owner"), ("attribute", "Label")], {"attribute": {"label"}})
        assert list(ours.values()) == ["Owner", "owner_relation", "Label_attribute"]

    @given(st.lists(NAMES.filter(str.strip), min_size=1, max_size=8, unique=True))
    def test_the_files_are_read_whatever_the_names(self, names: list[str]) -> None:
        view = ET.Element("View")
        ET.SubElement(view, "Text", name="t", value="$text")
        control = ET.SubElement(view, "Labels", name="l", toName="t")
        for name in names:
            ET.SubElement(control, "Label", value=name)
        try:
            root = parse(ET.tostring(view, encoding="unicode"), "a.xml")
        except GoldkitError:  # a character that XML cannot have
            return
        made = carry_over(HandWritten(root), "some", "a.xml")
        assert parse_ontology(ontology_yaml(made.ontology, ["Comment."]), "o.yaml") == made.ontology
        ExportMapping(labels=made.names.labels, controls=made.names.controls)


class TestColours:
    @pytest.mark.parametrize(
        ("css", "expected"),
        [
            ("red", "#ff0000"),
            (" DarkOrange ", "#ff8c00"),
            ("#abc", "#aabbcc"),
            ("#ABCDEF80", "#abcdef"),
            ("rgb(1, 2, 3)", "#010203"),
            ("rgba(255, 0, 0, 0.3)", "#ff0000"),
            ("hsl(120 50% 50%)", "#40bf40"),
            ("transparent", None),
            ("currentColor", None),
            ("ff0000", None),
            ("", None),
        ],
    )
    def test_what_css_says(self, css: str, expected: str | None) -> None:
        assert as_hex(css) == expected

    def test_new_ones_can_be_told_from_those_there_and_from_the_page(self) -> None:
        taken = ["#ff0000", "#0000ff"]
        new = new_colours(8, taken)
        assert new == new_colours(8, taken)
        everything = [*taken, *new]
        for number, colour in enumerate(everything):
            assert not alike(shades(colour), bare_pages()), colour
            assert not any(alike(shades(colour), shades(other)) for other in everything[:number]), colour

    def test_there_are_enough_for_anybody(self) -> None:
        assert len(new_colours(400, [])) == 400
        assert len(set(new_colours(150, []))) == 150


def templates() -> Iterator[Traversable]:
    """The config of every template that Label Studio ships."""
    folders = [files("label_studio").joinpath("annotation_templates")]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda one: one.name):
            if entry.is_dir():
                folders.append(entry)
            elif entry.name in ("config.xml", "config.yml"):
                yield entry


def template_id(entry: Traversable) -> str:
    with as_file(entry) as path:
        return f"{path.parent.name}/{path.name}"


BROKEN_BY_THE_IMPORT = {"hotkey-unreachable", "name-reserved", "name-column", "name-case"}
"""Rules of an ontology that have nothing to do with what a label config says."""


@pytest.mark.parametrize("template", list(templates()), ids=template_id)
def test_every_template_of_label_studio(template: Traversable, tmp_path: Path) -> None:
    """Every label of theirs is in the ontology, or in a finding; or the config labels no text and says so."""
    text = template.read_text(encoding="utf-8")
    xml = yaml.safe_load(text)["config"] if template.name.endswith(".yml") else text
    config = tmp_path / "template.xml"
    config.write_text(xml, encoding="utf-8")
    if not HandWritten(parse(xml, "template.xml")).labelled:
        with pytest.raises(BadInputError, match="no labels for spans of a text"):
            import_config(config, tmp_path / "o.yaml", tmp_path / "m.yaml")
        return
    made = import_config(config, tmp_path / "o.yaml", tmp_path / "m.yaml")
    ontology = load_ontology(made.ontology)
    mapping = load_mapping(made.mapping, Grammar(ontology))
    assert all(problem.rule.id not in BROKEN_BY_THE_IMPORT for problem in lint(ontology))
    layers: list[Layer] = ["entities", "relations"] if ontology.relations else ["entities"]
    compile_label_config(ontology, layers)
    told = " ".join(finding.message for finding in made.findings)
    for label in ET.fromstring(xml).iter("Label"):
        name = label.get("alias") or label.get("value", "")
        assert mapping.labels.get(name, name) in ontology.spans or name in told
