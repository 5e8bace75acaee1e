"""What a source is asked, and what is left of an answer that need not be true."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from toolkit.articles.model import Article, text_digest
from toolkit.findings import Finding
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.suggest import reading
from toolkit.suggest.answers import BadAnswerError, read_answer
from toolkit.suggest.model import Suggestions
from toolkit.suggest.protocol import answer_schema, request

TEXT = "🌊 Ilka Tornay met Bram Osk in Dunmere. Bram Osk said that 40 boats left."


def article(id: str = "a-1", text: str = TEXT) -> Article:
    return Article(article_id=id, text=text, text_sha256=text_digest(text), title="Boats", language="en")


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


def answered(ontology: Ontology, *parts: Any, articles: Iterable[Article] = (), version: Any = "1") -> list[Any]:
    answer = json.dumps({"version": version, "articles": parts}).encode()
    return list(read_answer(answer, list(articles) or [article()], ontology, "oracle").said)


def only(ontology: Ontology, **part: Any) -> tuple[Suggestions, list[tuple[str, str]]]:
    """What is left of an answer about the one article, and the rules that it broke with what is said of them."""
    suggestions, *findings = answered(ontology, {"article_id": "a-1"} | part)
    assert all(isinstance(one, Finding) and one.place.article_id == "a-1" for one in findings)
    return suggestions, [(one.rule, one.message) for one in findings]


def span(start: int | None, end: int | None, text: str | None, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "text": text} | more


def person(start: int | None, end: int | None, text: str | None, **more: Any) -> dict[str, Any]:
    return span(start, end, text) | {"label": "PERSON"} | more


TORNAY = person(2, 13, "Ilka Tornay", id="m1", score=0.75, attributes={"level": "named"})
OSK = person(18, 26, "Bram Osk", id="m2")


def test_everything_that_is_right_is_kept(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology,
        mentions=[TORNAY, OSK, {"start": 58, "end": 66, "label": "QUANTITY", "id": "v"}],
        cues=[span(48, 52, "said", id="q")],
        claims=[
            span(58, 71, "40 boats left", claimants=["m2"], cues=["q"], values=["v"], attributes={"kind": "quantity"})
        ],
        relations=[{"type": "personal", "head": "m1", "tail": "m2"}],
        mood="good",
    )
    assert findings == []
    assert suggestions.version == "oracle-1"
    assert suggestions.text_sha256 == text_digest(TEXT)
    assert [(one.text, one.labels, one.score) for one in suggestions.mentions] == [
        ("Ilka Tornay", ("PERSON",), 0.75),
        ("Bram Osk", ("PERSON",), None),
        ("40 boats", ("QUANTITY",), None),
    ]
    assert suggestions.mentions[0].attributes == {"level": "named"}
    (claim,) = suggestions.claims
    assert (claim.text, claim.claimants, claim.cues, claim.values) == ("40 boats left", ("m2",), ("q",), ("v",))
    assert [(one.type, one.head, one.tail, one.modality) for one in suggestions.relations] == [
        ("personal", "m1", "m2", "asserted")
    ]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (person(3, 14, "Ilka Tornay"), (2, 13)),  # UTF-16 offsets
        (person(None, None, "Dunmere"), (30, 37)),
        (person(30, 9999, "Dunmere"), (30, 37)),
        (person(-8, -1, "Dunmere"), (30, 37)),
        (person(None, None, "Bram Osk", occurrence=2), (39, 47)),
        (person(18, 26, "Bram Osk", occurrence=2), (18, 26)),  # the offsets fit
        (person(30, 37, None), (30, 37)),
    ],
)
def test_a_place_is_known_by_offsets_or_by_text(
    ontology: Ontology, given: dict[str, Any], place: tuple[int, int]
) -> None:
    suggestions, findings = only(ontology, mentions=[given])
    assert [(one.start, one.end, one.text) for one in suggestions.mentions] == [(*place, TEXT[slice(*place)])]
    moved = given["start"] is not None and (given["start"], given["end"]) != place
    assert [rule for rule, _ in findings] == ["suggestion-found"] * moved


@pytest.mark.parametrize(
    ("words", "occurrence", "start"),
    [
        ("US", None, 16),  # not in USA
        ("US", 1, 16),
        ("Osk", None, 34),
        ("ska", None, 25),  # nowhere else than within a word
        ("北京", 2, 43),  # no spaces between words
        ("and", None, 8),
    ],
)
def test_words_are_sought_as_whole_words_first(
    ontology: Ontology, words: str, occurrence: int | None, start: int
) -> None:
    text = "The USA and the US met, Oskar saw Osk.北京大学在北京"
    part = {"article_id": "a-1", "mentions": [person(None, None, words, occurrence=occurrence)]}
    (suggestions,) = answered(ontology, part, articles=[article(text=text)])
    assert [one.start for one in suggestions.mentions] == [start]


def test_a_number_of_any_length_is_told_in_short(ontology: Ontology) -> None:
    _, findings = only(ontology, mentions=[person(0, 10**4000, None), person(-(10**4000), 3, "Otto")])
    ((rule, message),) = findings
    assert rule == "suggestion-misplaced"
    assert len(message) < 300


@pytest.mark.parametrize(
    "given",
    [
        person(0, 5, "Bram Osk"),  # twice in the text
        person(None, None, "Bram Osk"),
        person(None, None, "Bram Osk", occurrence=3),
        person(None, None, "Dunmere", occurrence=2),
        person(2, 13, "Ilka Tornai"),
        person(None, None, ""),
        person(None, None, None),
        person(5, 5, None),
        person(9, 2, None),
        person(70, 80, None),
        person(10**30, 10**31, None),
    ],
)
def test_no_place_no_suggestion(ontology: Ontology, given: dict[str, Any]) -> None:
    suggestions, findings = only(ontology, mentions=[given, OSK])
    assert [one.id for one in suggestions.mentions] == ["m2"]
    ((rule, message),) = findings
    assert rule == "suggestion-misplaced"
    assert message.startswith("oracle: mentions[0]")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Dunmere", "mentions[0]"),
        (None, "mentions[0]"),
        ({"start": 2, "end": 13}, "label"),
        (person(2, 13, None, label=["PERSON"]), "label"),
        (person(2, 13, None) | {"start": "2"}, "start"),
        (person(2, 13, None) | {"start": 2.0}, "start"),
        (person(2, 13, None) | {"end": True}, "end"),
        (person(2, 13, None, score=1.5), "score"),
        (person(2, 13, None, score="0.5"), "score"),
        (person(2, 13, None, id=7), "id"),
        (person(2, 13, None, id="two words"), "id"),
        (person(2, 13, None, id="x" * 65), "id"),
        (person(2, 13, None, attributes={"level": 1}), "attributes.level"),
        (person(2, 13, None, attributes=["named"]), "attributes"),
        (person(None, None, "Bram Osk", occurrence=0), "occurrence"),
    ],
)
def test_types_are_exact(ontology: Ontology, given: Any, words: str) -> None:
    suggestions, findings = only(ontology, mentions=[given, OSK])
    assert [one.id for one in suggestions.mentions] == ["m2"]
    ((rule, message),) = findings
    assert rule == "suggestion-malformed"
    assert words in message


def test_a_score_that_is_no_number_is_refused(ontology: Ontology) -> None:
    answer = b'{"version": "1", "articles": [{"article_id": "a-1", "mentions": [%s]}]}'
    big = answer % b'{"start": 2, "end": 13, "label": "PERSON", "score": 1e999}'
    _, finding = read_answer(big, [article()], ontology, "oracle").said
    assert isinstance(finding, Finding)
    assert finding.rule == "suggestion-malformed"
    for number in (b"NaN", b"Infinity", b"-Infinity"):
        with pytest.raises(BadAnswerError, match="no JSON"):
            read_answer(answer % (b'{"score": %s}' % number), [article()], ontology, "oracle")


def test_a_question_without_an_answer_is_no_answer(ontology: Ontology) -> None:
    suggestions, findings = only(ontology, mentions=[person(2, 13, None, attributes={"level": None})])
    assert suggestions.mentions[0].attributes == {}
    assert findings == []


def test_names_are_those_of_the_ontology(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology,
        mentions=[TORNAY, OSK, person(30, 37, "Dunmere", label="CITY")],
        relations=[
            {"type": "met", "head": "m1", "tail": "m2"},
            {"type": "personal", "head": "m1", "tail": "m2", "modality": "dreamt"},
        ],
    )
    assert (len(suggestions.mentions), suggestions.relations) == (2, ())
    assert findings == [
        (
            "suggestion-unknown-name",
            "oracle: mentions[2] 'Dunmere': there is no label 'CITY'; relations[0]: there is no relation 'met'; "
            "relations[1]: there is no modality 'dreamt'",
        )
    ]
    assert suggestions.refused == 3


def test_claims_are_refused_where_the_ontology_has_none(ontology: Ontology) -> None:
    without = ontology.model_copy(update={"claims": None})
    without.__dict__.pop("all_spans", None)
    suggestions, findings = only(without, claims=[span(58, 71, None)] * 3, cues=[span(48, 52, None)])
    assert suggestions.items == 0
    ((rule, message),) = findings
    assert rule == "suggestion-unknown-name"
    assert "claims: 3 items" in message
    assert suggestions.refused == 4


def test_an_id_stands_for_one_item(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology,
        mentions=[TORNAY, OSK | {"id": "m1"}, person(30, 37, "Dunmere", id="m3")],
        cues=[span(48, 52, "said", id="m3")],
        relations=[{"type": "personal", "head": "m1", "tail": "m3"}],
    )
    assert suggestions.items == 0
    assert [rule for rule, _ in findings] == ["suggestion-duplicate-id", "suggestion-dangling"]
    assert findings[0][1].endswith("; and 1 more")  # four, and three are named
    assert suggestions.refused == 5


def test_items_without_an_id_get_one_of_their_own(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology, mentions=[TORNAY | {"id": None}, OSK | {"id": "mentions-0"}], cues=[span(48, 52, "said")]
    )
    assert findings == []
    assert [one.id for one in suggestions.spans()] == ["mentions-0-", "mentions-0", "cues-0"]


def test_what_is_said_twice_is_kept_once(ontology: Ontology) -> None:
    relation = {"type": "personal", "head": "m1", "tail": "m2"}
    suggestions, findings = only(
        ontology,
        mentions=[TORNAY, OSK, OSK | {"id": "m3"}, OSK | {"id": "m4", "label": "NORP"}],
        relations=[relation, {"type": "personal", "head": "m2", "tail": "m1"}],
    )
    assert [one.id for one in suggestions.mentions] == ["m1", "m2", "m4"]
    assert len(suggestions.relations) == 1
    said = "oracle: mentions[2] 'Bram Osk': said before; relations[1]: said before"
    assert findings == [("suggestion-repeated", said)]
    assert suggestions.refused == 2


def test_relations_need_two_mentions(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology,
        mentions=[TORNAY],
        cues=[span(48, 52, "said", id="q")],
        relations=[{"type": "personal", "head": "m1", "tail": end} for end in ("m1", "m9", "q")],
    )
    assert suggestions.relations == ()
    assert [rule for rule, _ in findings] == ["suggestion-self-relation", "suggestion-dangling"]
    assert suggestions.refused == 3


def test_a_claim_loses_the_links_that_lead_nowhere(ontology: Ontology) -> None:
    suggestions, findings = only(
        ontology, mentions=[OSK], claims=[span(58, 71, None, claimants=["m2", "m9"], cues=["m2"])]
    )
    assert [(one.claimants, one.cues) for one in suggestions.claims] == [(("m2",), ())]
    assert [rule for rule, _ in findings] == ["suggestion-dangling"]
    assert suggestions.refused == 0  # the claim itself is there


def test_too_much_is_cut_off(ontology: Ontology, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ITEMS", 2)
    suggestions, findings = only(ontology, mentions=[TORNAY, OSK, person(30, 37, "Dunmere"), person(9, 2, None)])
    assert [one.id for one in suggestions.mentions] == ["m1", "m2"]
    ((rule, message),) = findings
    assert rule == "suggestion-too-many"
    assert "4 items" in message


def test_every_article_is_accounted_for(ontology: Ontology) -> None:
    said = answered(
        ontology,
        {"article_id": "a-2", "mentions": [TORNAY]},
        {"article_id": "a-9"},
        {"article_id": "a-8", "mentions": [TORNAY]},
        {"article_id": "a-2"},
        {"article_id": "a-2"},
        {"id": "a-3"},
        "a-3",
        {"article_id": "a-3", "mentions": "none"},
        articles=[article(id) for id in ("a-1", "a-2", "a-3")],
    )
    (suggestions,) = (one for one in said if isinstance(one, Suggestions))
    assert (suggestions.article_id, suggestions.items) == ("a-2", 1)
    findings = [(one.rule, one.place.article_id) for one in said if isinstance(one, Finding)]
    assert findings == [
        ("suggestion-not-answered", "a-1"),
        ("suggestion-not-answered", "a-3"),
        ("suggestion-answered-twice", "a-2"),
        ("suggestion-not-asked", ""),
        ("suggestion-malformed", ""),
    ]
    assert [one.message for one in said if isinstance(one, Finding)][3:] == [
        "oracle answered what it was not asked about (2): ['a-9', 'a-8']",
        "oracle: 3 answers about an article are malformed; articles[5]: article_id: Field required",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"Certainly! Here is the JSON", "no JSON"),
        (b'{"version": "1", "articles": [{"article_id"', "no JSON"),
        (b'{"version": "1", "articles": []} {}', "no JSON"),
        (b'{"version": "\xff", "articles": []}', "no JSON"),
        (b'{"version": "\\ud800", "articles": []}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"version": "1", "articles": [' + b"9" * 10_000 + b"]}", "no JSON"),
        (b"[]", "not as it should be"),
        (b'{"articles": []}', "version"),
        (b'{"version": "", "articles": []}', "version"),
        (b'{"version": 1, "articles": []}', "version"),
        (b'{"version": "one\\ntwo", "articles": []}', "version"),
        (b'{"version": "1", "articles": {}}', "articles"),
    ],
)
def test_an_answer_that_cannot_be_read(ontology: Ontology, answer: bytes, words: str) -> None:
    with pytest.raises(BadAnswerError, match=words):
        read_answer(answer, [article()], ontology, "oracle")


def test_findings_are_short_whatever_is_said(ontology: Ontology) -> None:
    long = "x" * 100_000
    _, findings = only(
        ontology,
        mentions=[
            person(1, 2, long),
            person(2, 13, None, label=long),
            person(2, 13, None, attributes={long: 1}),
            person(2, 13, None, id=long),
        ],
        relations=[{"type": long, "head": long, "tail": long}],
    )
    assert [rule for rule, _ in findings] == [
        "suggestion-misplaced",
        "suggestion-unknown-name",
        "suggestion-malformed",
    ]
    assert max(len(message) for _, message in findings) < 600


def test_findings_are_few_whatever_is_said(ontology: Ontology) -> None:
    suggestions, findings = only(ontology, mentions=[person(9, 2, None, label=f"L{number}") for number in range(1000)])
    assert findings == [
        (
            "suggestion-unknown-name",
            "oracle: mentions[0]: there is no label 'L0'; mentions[1]: there is no label 'L1'; "
            "mentions[2]: there is no label 'L2'; and 997 more",
        )
    ]
    assert suggestions.refused == 1000


def test_the_request_says_all_that_is_needed(ontology: Ontology) -> None:
    asked = json.loads(json.dumps(request(ontology, [article()], ["claims", "entities"])))
    assert asked["layers"] == ["entities", "claims"]
    assert asked["articles"] == [
        {"article_id": "a-1", "text": TEXT, "title": "Boats", "outlet": "", "published": "", "language": "en"}
    ]
    assert Ontology.model_validate(asked["ontology"]) == ontology
    assert asked["schema"] == answer_schema(ontology, ["entities", "claims"])


def objects(schema: Any) -> Iterable[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for one in schema.values():
            yield from objects(one)


def test_the_schema_is_in_the_part_that_servers_enforce(ontology: Ontology) -> None:
    schema = answer_schema(ontology)
    Draft202012Validator.check_schema(schema)
    every = list(objects(schema))
    assert len(every) == 8
    for one in every:
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert not {"$ref", "allOf", "anyOf", "oneOf", "if", "pattern", "minItems"} & set(json.dumps(schema).split('"'))
    items = schema["properties"]["articles"]["items"]["properties"]
    assert items["mentions"]["items"]["properties"]["label"]["enum"] == list(ontology.mention_types)
    assert items["relations"]["items"]["properties"]["type"]["enum"] == list(ontology.relation_types)


def test_the_schema_has_the_layers_that_are_asked_for(ontology: Ontology) -> None:
    def sections(*layers: Any) -> list[str]:
        return list(answer_schema(ontology, layers)["properties"]["articles"]["items"]["properties"])[1:]

    assert sections("entities") == ["mentions"]
    assert sections("relations") == ["mentions", "relations"]
    assert sections("claims") == ["mentions", "cues", "claims"]
    assert sections("entities", "relations", "claims") == ["mentions", "cues", "claims", "relations"]


def test_what_fits_the_schema_can_be_read(ontology: Ontology) -> None:
    """An answer with every key, null where nothing is said, as structured output gives it."""
    unknown = {"start": None, "end": None, "occurrence": None, "score": None}

    def questions(name: str) -> dict[str, None]:
        part = answer_schema(ontology)["properties"]["articles"]["items"]["properties"][name]["items"]
        return (
            dict.fromkeys(part["properties"]["attributes"]["properties"]) if "attributes" in part["properties"] else {}
        )

    def full(name: str, **said: Any) -> dict[str, Any]:
        asked = questions(name)
        return unknown | ({"attributes": asked} if asked else {}) | said

    part = {
        "article_id": "a-1",
        "mentions": [
            full("mentions", id="m1", text="Ilka Tornay", label="PERSON"),
            full("mentions", id="m2", text="Bram Osk", label="PERSON", occurrence=2),
        ],
        "cues": [full("cues", id="q1", text="said")],
        "claims": [full("claims", id="c1", text="40 boats left", claimants=["m2"], cues=["q1"], values=[])],
        "relations": [{"type": "personal", "head": "m1", "tail": "m2", "modality": None}],
    }
    Draft202012Validator(answer_schema(ontology)).validate({"version": "1", "articles": [part]})
    suggestions, findings = only(ontology, **part)
    assert findings == []
    assert suggestions.items == 5
