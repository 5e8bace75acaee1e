"""Whatever a source says: nothing but what fits comes out, and what does not is accounted for, item by item."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suggest.test_protocol import TEXT, article
from toolkit.findings import Finding
from toolkit.ontology.model import Ontology
from toolkit.suggest.answers import BadAnswerError, read_answer
from toolkit.suggest.model import Suggestions

ONTOLOGY = Ontology.model_validate(
    {
        "name": "small",
        "version": "1.0.0",
        "entities": [{"name": "PERSON", "colour": "#4f66ff"}, {"name": "PLACE", "colour": "#9b1ccd"}],
        "relations": [
            {"name": "knows", "head": ["PERSON"], "tail": ["PERSON"], "symmetric": True},
            {"name": "in", "head": ["PERSON"], "tail": ["PLACE"]},
        ],
    }
)

JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
IDS = st.sampled_from(["m1", "m2", "m3", "m4"])


def mostly(likely: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(likely, likely, likely, likely, JUNK)


WORDS = st.sampled_from(["Bram Osk", "Ilka Tornay", "Dunmere", "🌊", "no such words", ""])
PLACES = st.integers(-2, len(TEXT) + 2)
MENTIONS = st.fixed_dictionaries(
    {"label": mostly(st.sampled_from(["PERSON", "PLACE", "BOAT"]))},
    optional={
        "id": mostly(IDS),
        "start": mostly(PLACES),
        "end": mostly(PLACES),
        "text": mostly(WORDS),
        "occurrence": st.integers(0, 3),
        "score": mostly(st.floats(0, 1)),
        "attributes": mostly(st.dictionaries(st.text(max_size=3), mostly(st.text(max_size=3)), max_size=2)),
    },
)
RELATIONS = st.fixed_dictionaries(
    {"type": mostly(st.sampled_from(["knows", "in", "eats"])), "head": mostly(IDS), "tail": mostly(IDS)}
)


@given(mentions=st.lists(mostly(MENTIONS), max_size=6), relations=st.lists(mostly(RELATIONS), max_size=6))
def test_what_comes_out_fits_and_the_rest_is_told(mentions: list[Any], relations: list[Any]) -> None:
    part = {"article_id": "a-1", "mentions": mentions, "relations": relations}
    answer = json.dumps({"version": "1", "articles": [part]}).encode()
    try:
        suggestions, *findings = read_answer(answer, [article()], ONTOLOGY, "oracle").said
    except BadAnswerError:  # half of a surrogate pair is no JSON
        assert re.search(rb"\\ud[89a-f]", answer)
        return
    assert isinstance(suggestions, Suggestions)
    ids = [one.id for one in suggestions.mentions]
    assert len(ids) == len(set(ids))
    for one in suggestions.mentions:
        assert 0 <= one.start < one.end <= len(TEXT)
        assert TEXT[one.start : one.end] == one.text
        assert set(one.labels) <= {"PERSON", "PLACE"}
        assert one.score is None or 0 <= one.score <= 1
    for relation in suggestions.relations:
        assert relation.type in {"knows", "in"}
        assert relation.head != relation.tail
        assert {relation.head, relation.tail} <= set(ids)
    assert suggestions.refused + len(ids) + len(suggestions.relations) == len(mentions) + len(relations)
    told = [one.message for one in findings if isinstance(one, Finding) and one.rule != "suggestion-found"]
    named = sum(len(re.findall(r"(?:mentions|relations)\[\d+\]", message)) for message in told)
    unnamed = sum(int(more) for message in told for more in re.findall(r"; and (\d+) more$", message))
    assert named + unnamed == suggestions.refused


@given(st.one_of(st.binary(), JUNK.map(lambda one: json.dumps(one).encode())))
def test_noise_is_no_answer(noise: bytes) -> None:
    with pytest.raises(BadAnswerError):
        read_answer(noise, [article()], ONTOLOGY, "oracle")
