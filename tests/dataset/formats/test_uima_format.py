from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cassis import Cas, TypeSystem, load_cas_from_xmi, load_typesystem
from odd_world import Export
from small_world import World, choice, make_article, make_ontology, mention, span_type, vote

from toolkit.dataset.formats.catalogue import export
from toolkit.dataset.formats.document import documents, key, span
from toolkit.dataset.formats.names import Target
from toolkit.dataset.formats.uima import SEGMENTATION, feature_names
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.dataset.sentences import sentences
from toolkit.ontology.model import Attribute
from toolkit.spans import to_utf16


def types(folder: Path) -> TypeSystem:
    return load_typesystem(folder / "TypeSystem.xml")


def read(path: Path, system: TypeSystem) -> Cas:
    return load_cas_from_xmi(path, typesystem=system)


def words(found: Any) -> list[str]:
    return [one.get_covered_text() for one in found]


def test_a_cas_an_article(export_small: Export) -> None:
    made = export_small("uima")
    cas = read(made.folder / "train" / "a1.xmi", types(made.folder))
    assert cas.sofa_string.startswith("Ali 👩🏽‍🚀 of Libya's coast guard")
    claim, other = cas.select("goldkit.Claim")
    assert claim.get_covered_text() == "“30\u00a0migrants” were rescued"
    assert (claim.attribution, claim.certainty, claim.claimant_kind) == ("indirect", None, "mention")
    assert (words(claim.claimants.elements), words(claim.cues.elements)) == (["Ali"], ["According to"])
    (quantity,) = claim["values"].elements
    assert (quantity.get_covered_text(), quantity.number, quantity.precision) == ("30\u00a0migrants", "30", "exact")
    assert (other.claimants.elements, other.claimant_kind) == ([], "outlet")
    located, met = cas.select("goldkit.Relation")
    assert (met.label, met.modality, words([met.head, met.tail])) == ("met_with", "asserted", ["Ali", "Ali"])
    assert (met.head.begin, met.tail.begin) == (0, 66)
    assert (located.label, located.modality, words([located.head, located.tail])) == (
        "located_in",
        "negated",
        ["Omar", "Tripoli"],
    )
    assert located.get_covered_text() == "Ali 👩🏽‍🚀 of Libya's coast guard met Omar in Tripoli."
    (article,) = cas.select("goldkit.Article")
    assert (article.outlet, article.voters, article.translated) == ("Meridian | Wire", 1, False)
    assert article.layers.elements == ["entities", "relations", "claims"]
    unseen = read(made.folder / "train" / "a5.xmi", types(made.folder))
    assert [one.status for one in unseen.select("goldkit.Article")] == ["unlabelled"]
    (part,) = made.parts
    assert part.written == Counter(documents=5, mentions=11, relations=2, claims=2)


def test_offsets_in_the_file_count_utf16(export_small: Export) -> None:
    made = export_small("uima")
    libya = 'begin="15" end="20" id="m2" label="GPE"'  # the astronaut before it has three wide code points
    assert libya in (made.folder / "train" / "a1.xmi").read_text(encoding="utf-8")


def test_everything_comes_back_with_its_words(odd: Opened, export_odd: Export) -> None:
    made = export_odd("uima")
    system = types(made.folder)
    wide = 0
    for part in made.parts:
        for document in documents(odd, part.split):
            path = made.folder / part.split / f"{document.article_id}.xmi"
            cas = read(path, system)
            text = document.text
            assert cas.sofa_string == text
            found = {(one.id, one.label): one for one in cas.select("goldkit.Mention")}
            assert found.keys() == {key(row) for row in document.mentions}
            for row in document.mentions:
                mention = found[key(row)]
                assert (mention.begin, mention.end, mention.get_covered_text()) == (*span(row), row["text"])
                assert (mention.level, mention.number) == (row.get("level"), row.get("number"))
                assert (mention.origin, mention.support) == (row.get("origin"), row.get("support"))
                wide += to_utf16(text, span(row)) != span(row)
            claims = {one.id: one for one in cas.select("goldkit.Claim")}
            assert len(claims) == len(document.claims)
            for row in document.claims:
                claim = claims[row["id"]]
                assert (claim.get_covered_text(), claim.check_worthy) == (row["text"], row["check_worthy"])
                assert words(claim.cues.elements) == [cue["text"] for cue in row["cues"]]
                for role in ("claimants", "values"):
                    linked = [(one.id, one.label) for one in claim[role].elements]
                    assert linked == [key(one) for one in row[role]]
            relations = Counter(
                (one.label, one.modality, one.head.id, one.tail.id, one.get_covered_text())
                for one in cas.select("goldkit.Relation")
            )
            assert relations == Counter(
                (one["type"], one["modality"], one["head"]["id"], one["tail"]["id"], one["evidence"]["text"])
                for one in document.relations
            )
            tokens = [(one.begin, one.end) for one in cas.select(f"{SEGMENTATION}.Token")]
            assert tokens == document.tokens
            found_sentences = [(one.begin, one.end) for one in cas.select(f"{SEGMENTATION}.Sentence")]
            assert found_sentences == sentences(text)
    assert wide > 20


def test_what_xml_cannot_write_is_left_out_and_counted(tmp_path: Path) -> None:
    articles = {"a1": make_article("a1", "Ali \uffff left."), "a2": make_article("a2", "Omar stayed.")}
    votes = [
        vote(articles["a1"], "annotator-7f", mentions=(mention(articles["a1"].text, "m1", "Ali", "PERSON"),)),
        vote(articles["a2"], "annotator-7f", mentions=(mention(articles["a2"].text, "m1", "Omar", "PERSON"),)),
    ]
    built = World(articles=articles, votes=votes).build(tmp_path / "1.0.0")
    made = export(open_dataset(built.folder), Target.UIMA, tmp_path / "uima")
    reason = "it holds a character that XML has no way to write"
    assert [path.name for path in (made.folder / "train").iterdir()] == ["a2.xmi"]
    assert made.parts[0].left_out == {("documents", reason): 1, ("mentions", reason): 1}


def test_questions_that_bear_a_name_of_uima_get_another(tmp_path: Path) -> None:
    ontology = make_ontology(
        entities=[
            span_type("PERSON", attributes=[choice("begin", "early", "late"), choice("type", "real", "fictional")])
        ],
        values=[],
        mention_attributes=[],
        relations=[],
        claims=None,
    )
    article = make_article("a1", "Omar stayed.")
    omar = mention(article.text, "m1", "Omar", "PERSON", attributes={"begin": "late", "type": "fictional"})
    world = World(ontology=ontology, articles={"a1": article}, votes=[vote(article, "annotator-7f", mentions=(omar,))])
    made = export(open_dataset(world.build(tmp_path / "1.0.0").folder), Target.UIMA, tmp_path / "uima")
    (found,) = read(made.folder / "train" / "a1.xmi", types(made.folder)).select("goldkit.Mention")
    assert (found.begin, found.begin_, found.type_) == (0, "late", "fictional")


@pytest.mark.parametrize(
    ("asked", "features"),
    [
        (("level", "iso"), {"level": "level", "iso": "iso"}),
        (("begin", "level"), {"level": "level", "begin": "begin_"}),
        (("begin", "begin_", "begin__"), {"begin_": "begin_", "begin__": "begin__", "begin": "begin___"}),
    ],
)
def test_no_two_questions_share_a_feature(asked: tuple[str, ...], features: dict[str, str]) -> None:
    assert feature_names(Attribute(name=name, definition=name) for name in asked) == features
