from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from odd_world import Export
from small_world import World, at, make_article, make_ontology, mention, span_type, vote

from toolkit.annotations.codec import Codec
from toolkit.annotations.decode import Decoded
from toolkit.annotations.exports import read_export
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.mapping import ExportMapping
from toolkit.annotations.model import Claim, Cue, SpanItem
from toolkit.dataset.formats.bratconf import visual_conf
from toolkit.dataset.formats.catalogue import export
from toolkit.dataset.formats.document import Document, documents, key, span
from toolkit.dataset.formats.names import Target
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.dataset.write import Row
from toolkit.spans import Span

HARBOUR = """\
T1	PERSON 0 3	Ali
A1	level T1 named
T2	ORGANIZATION 12 31	Libya's coast guard
A2	level T2 nominal
T3	GPE 12 17	Libya
A3	level T3 named
T4	PERSON 36 40	Omar
A4	level T4 named
T5	GPE 44 51	Tripoli
A5	level T5 named
T6	LOCATION 44 51	Tripoli
A6	level T6 named
T7	CUE 53 65	According to
T8	PERSON 66 69	Ali
A7	level T8 named
T9	CLAIM 71 97	“30\u00a0migrants” were rescued
A8	attribution T9 indirect
A9	check_worthy T9 yes
A10	polarity T9 positive
T10	QUANTITY 72 83	30\u00a0migrants
#1	number T10	30
A11	precision T10 exact
T11	LOCATION 106 125	Greater Tripoli Are
A12	level T11 named
T12	CLAIM 128 143	Nobody was hurt
A13	attribution T12 narrator
A14	check_worthy T12 no
A15	polarity T12 negative
R1	met_with Arg1:T1 Arg2:T8
R2	located_in Arg1:T4 Arg2:T5
#2	modality R2	negated
R3	claimed_by Arg1:T9 Arg2:T8
R4	cued_by Arg1:T9 Arg2:T7
R5	has_quantity Arg1:T9 Arg2:T10
"""

CONF = """\
[entities]
PERSON
ORGANIZATION
GPE
LOCATION
QUANTITY
CLAIM
CUE

[relations]
located_in	Arg1:PERSON|ORGANIZATION, Arg2:GPE|LOCATION
met_with	Arg1:PERSON, Arg2:PERSON, <REL-TYPE>:symmetric
has_quantity	Arg1:CLAIM, Arg2:QUANTITY
claimed_by	Arg1:CLAIM, Arg2:PERSON|ORGANIZATION
cued_by	Arg1:CLAIM, Arg2:CUE

[events]

[attributes]
level	Arg:PERSON|ORGANIZATION|GPE|LOCATION, Value:named|nominal
precision	Arg:QUANTITY, Value:exact|approx
attribution	Arg:CLAIM, Value:indirect|narrator|anonymous
check_worthy	Arg:CLAIM, Value:no|yes
polarity	Arg:CLAIM, Value:positive|negative
certainty	Arg:CLAIM, Value:certain|possible
"""


def test_a_text_and_its_annotations(export_small: Export) -> None:
    made = export_small("brat")
    assert (made.folder / "train" / "a1.ann").read_text(encoding="utf-8") == HARBOUR
    assert (made.folder / "train" / "a2.txt").read_text(encoding="utf-8") == "قال مُحَمَّد 🇱🇾 إن ليبيا بخير."
    assert sorted(path.name for path in (made.folder / "train").iterdir()) == ["a1.ann", "a1.txt", "a2.ann", "a2.txt"]
    (part,) = made.parts
    assert part.written == Counter(documents=2, mentions=11, relations=2, claims=2)
    reason = "nothing of it is gold: with no annotations it would read as if there were none"
    assert part.left_out == {("documents", reason): 3}


def test_the_configuration_is_the_ontology(export_small: Export) -> None:
    folder = export_small("brat").folder
    assert (folder / "annotation.conf").read_text(encoding="utf-8") == CONF
    assert "GPE\tfgColor:white, bgColor:#123456\n" in (folder / "visual.conf").read_text(encoding="utf-8")


def test_letters_can_be_read_on_any_colour() -> None:
    ontology = make_ontology(
        entities=[{**span_type("PERSON"), "colour": "#ffee00"}, span_type("ORGANIZATION"), span_type("GPE")],
        relations=[],
        claims=None,
    )
    drawn = visual_conf(ontology).split("[drawing]\n")[1].splitlines()
    assert drawn[:2] == [
        "PERSON\tfgColor:black, bgColor:#ffee00",
        "ORGANIZATION\tfgColor:white, bgColor:#123456",
    ]


@pytest.mark.parametrize(
    ("quote", "line", "changed"),
    [
        ("Harrow\nFront", "T1\tPERSON 4 10;11 16\tHarrow Front", 0),
        ("Harrow\nFront \n\n\tand", "T1\tPERSON 4 10;11 17;20 23\tHarrow Front  and", 0),
        ("\nFront", "T1\tPERSON 11 16\tFront", 1),
        (" \n\n\tand", "T1\tPERSON 20 23\tand", 1),
    ],
)
def test_line_breaks_part_a_mention(quote: str, line: str, changed: int, tmp_path: Path) -> None:
    article = make_article("a1", "The Harrow\nFront \n\n\tand others.")
    work = vote(article, "annotator-7f", mentions=(mention(article.text, "m1", quote, "PERSON"),))
    built = World(articles={"a1": article}, votes=[work]).build(tmp_path / "1.0.0")
    made = export(open_dataset(built.folder), Target.BRAT, tmp_path / "brat")
    assert (made.folder / "train" / "a1.ann").read_text(encoding="utf-8").splitlines()[0] == line
    reason = "it begins or ends with a line break or a tab: that is cut off"
    assert made.parts[0].changed == ({("mentions", reason): changed} if changed else {})


def test_a_mention_of_white_space_alone_is_left_out(tmp_path: Path) -> None:
    article = make_article("a1", "The Harrow\n Front.")
    work = vote(article, "annotator-7f", mentions=(mention(article.text, "m1", "\n ", "PERSON"),))
    built = World(articles={"a1": article}, votes=[work]).build(tmp_path / "1.0.0")
    made = export(open_dataset(built.folder), Target.BRAT, tmp_path / "brat")
    assert (made.folder / "train" / "a1.ann").read_text(encoding="utf-8") == ""
    assert made.parts[0].left_out == {("mentions", "it holds nothing but white space"): 1}


def test_a_link_to_what_is_left_out_is_counted(tmp_path: Path) -> None:
    article = make_article("a1", "Ali left,\nthey say.")
    claim = Claim(
        id="c1",
        **at(article.text, "Ali left"),
        attributes={"attribution": "anonymous", "check_worthy": "no"},
        cues=("q1",),
    )
    work = vote(article, "annotator-7f", claims=(claim,), cues=(Cue(id="q1", **at(article.text, "\n")),))
    built = World(articles={"a1": article}, votes=[work]).build(tmp_path / "1.0.0")
    made = export(open_dataset(built.folder), Target.BRAT, tmp_path / "brat")
    assert "cued_by" not in (made.folder / "train" / "a1.ann").read_text(encoding="utf-8")
    reason = "a claimant, a cue or a value of it is left out, and the link with it"
    assert made.parts[0].changed == {("claims", reason): 1}


def pulled(folder: Path, opened: Opened) -> dict[str, Decoded]:
    """What goldkit takes from brat's files, by article: the way of `goldkit pull --from-file`."""
    grammar, codec = Grammar(opened.ontology), Codec(opened.ontology)
    tasks = [one.task for one in read_export(folder, ExportMapping(), grammar)]
    return {
        task["data"]["article_id"]: codec.decode(task["annotations"][0]["result"], task["data"]["text"])
        for task in tasks
    }


def cut(document: Document, row: Row) -> Span | None:
    """A span as brat can write it: without the lines at its edges that hold nothing but white space."""
    lines = re.finditer("[^\t\n\u2028]+", span(row).of(document.text))
    edges = [edge for line in lines if line[0].strip() for edge in line.span()]
    return Span(row["start"] + edges[0], row["start"] + edges[-1]) if edges else None


Item = tuple[Span, str, tuple[tuple[str, str], ...]]


def items(document: Document, opened: Opened) -> tuple[Counter[Item], Counter[tuple[Any, ...]]]:
    """What should come back of a document: spans with the answers that are choices, and links between spans."""
    claims = opened.ontology.claims
    assert claims is not None
    rows = [(one, one["label"]) for one in document.mentions]
    rows += [(one, "CLAIM") for one in document.claims] + [(one, "CUE") for one in document.cues]
    where = {(row["id"], label): place for row, label in rows if (place := cut(document, row))}
    spans: Counter[Item] = Counter()
    for row, label in rows:
        asked = opened.ontology.attributes_of(label)
        answers = ((name, row[name]) for name in asked if asked[name].options and row.get(name))
        if place := cut(document, row):
            spans[place, label, tuple(sorted(answers))] += 1
    links: Counter[tuple[Any, ...]] = Counter()
    ends = [(one["type"], key(one["head"]), key(one["tail"])) for one in document.relations]
    for claim in document.claims:
        head = (claim["id"], "CLAIM")
        ends += [("claimed_by", head, key(one)) for one in claim["claimants"]]
        ends += [("cued_by", head, (one["id"], "CUE")) for one in claim["cues"]]
        ends += [("has_quantity", head, key(one)) for one in claim["values"]]
    for name, first, second in ends:
        if first in where and second in where:
            links[name, where[first], first[1], where[second], second[1]] += 1
    return spans, links


def came_back(decoded: Decoded) -> tuple[Counter[Item], Counter[tuple[Any, ...]]]:
    """The same of what was read."""
    labelled: list[tuple[SpanItem, str]] = [(one, label) for one in decoded.mentions for label in one.labels]
    labelled += [(one, "CLAIM") for one in decoded.claims] + [(one, "CUE") for one in decoded.cues]
    spans = Counter((one.span, label, tuple(sorted(one.attributes.items()))) for one, label in labelled)
    named = {one.id: (one.span, label) for one, label in labelled}
    links = [(one.type, one.head, one.tail) for one in decoded.relations]
    for claim in decoded.claims:
        links += [("claimed_by", claim.id, end) for end in claim.claimants]
        links += [("cued_by", claim.id, end) for end in claim.cues]
        links += [("has_quantity", claim.id, end) for end in claim.values]
    return spans, Counter((name, *named[head], *named[tail]) for name, head, tail in links)


def test_goldkit_reads_it_again(odd: Opened, export_odd: Export) -> None:
    made = export_odd("brat")
    negated = total = 0
    decoded = pulled(made.folder, odd)
    for part in made.parts:
        gold = [document for document in documents(odd, part.split) if document.layers]
        assert part.written["documents"] == len(gold)
        for document in gold:
            text = (made.folder / part.split / f"{document.article_id}.txt").read_bytes().decode()
            assert text == document.text
            assert came_back(decoded[document.article_id]) == items(document, odd)
            # Of what brat says, goldkit's reader leaves the modality of relations.
            assert {one.rule for one in decoded[document.article_id].rejected} <= {"unknown-result-type"}
            negated += len(decoded[document.article_id].rejected)
            total += len(decoded[document.article_id].relations)
        assert part.written["relations"] == sum(len(decoded[one.article_id].relations) for one in gold)
    notes = [path.read_text(encoding="utf-8").count("\tmodality R") for path in made.folder.rglob("*.ann")]
    assert 0 < negated == sum(notes) < total


def test_typed_answers_are_notes_on_one_line(odd: Opened, export_odd: Export) -> None:
    made = export_odd("brat")
    notes = [
        line
        for path in made.folder.rglob("*.ann")
        for line in path.read_text(encoding="utf-8").split("\n")
        if re.match(r"#\d+\tnumber ", line)
    ]
    quantities = sum(
        row["label"] == "QUANTITY" and row.get("number") is not None and cut(document, row) is not None
        for split in odd.splits
        for document in documents(odd, split)
        for row in document.mentions
    )
    assert len(notes) == quantities > 10
    assert all(re.fullmatch(r"#\d+\tnumber T\d+\t3 000 \+", line) for line in notes)
