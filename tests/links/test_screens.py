"""The screens across articles: what goes into a task comes out of its result, and whatever is done to it is told."""

from __future__ import annotations

import copy
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.articles.model import Article, text_digest
from toolkit.errors import BadInputError
from toolkit.links.model import NIL, ClaimLink, ClaimPair, Entity, LinkedClaim, LinkedMention, Register
from toolkit.links.screens import problems
from toolkit.links.screens.claims import BACKWARD, LINK, claim_config, claim_task, read_link
from toolkit.links.screens.entities import entity_config, entity_task, read_entities
from toolkit.links.screens.instructions import claim_instructions, entity_instructions
from toolkit.links.screens.sheet import NAME, NO_ITEM, REGISTER, SHEET, WIKIDATA
from toolkit.ontology.labelconfig import names_in
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology

REPOSITORY = Path(__file__).parent.parent.parent
ONTOLOGY = load_ontology(REPOSITORY / "configs" / "ontology.yaml")
BARE = ONTOLOGY.model_copy(update={"links": None})
HARM = "<script>\"Karl\" & 'Jo' 🚢🇵🇹 كارل فيسنغ</script>"


def article(id: str, text: str, **about: Any) -> Article:
    return Article(article_id=id, text=text, text_sha256=text_digest(text), **about)


ARTICLES = {
    "a": article(
        "a", f"Karl Vessing spoke.\nVessing said {HARM} left.", outlet="Meridian <Wire>", published="2031-03-14"
    ),
    "b": article("b", "Karel Fising met Ansel Dray 🚢 of Pelvara.", outlet="Sada", published="2031-04-03"),
    "c": article("c", "قال كارل فيسنغ إن الميناء مفتوح", language="ar", translated=True),
}


def mention(article_id: str, words: str, label: str = "PERSON") -> LinkedMention:
    start = ARTICLES[article_id].text.index(words)
    return LinkedMention(article_id=article_id, start=start, end=start + len(words), text=words, labels=(label,))


KARL, VESSING, HARMFUL = mention("a", "Karl Vessing"), mention("a", "Vessing said"), mention("a", HARM)
KAREL, ANSEL, PELVARA = mention("b", "Karel Fising"), mention("b", "Ansel Dray"), mention("b", "Pelvara", "GPE")
ARABIC = mention("c", "كارل فيسنغ")
MENTIONS = tuple(sorted((KARL, VESSING, HARMFUL, KAREL, ANSEL, PELVARA, ARABIC), key=lambda one: one.key))


def entity(id: str, name: str, *mentions: LinkedMention, type: str = "PERSON", wikidata: str = "") -> Entity:
    keys = tuple(sorted(one.key for one in mentions))
    return Entity(id=id, name=name, type=type, wikidata=wikidata, mentions=keys)


REGISTER_OF_STORY = Register(
    story_id="harbour",
    mentions=MENTIONS,
    entities=(
        entity("e1", "Karl Vessing", KARL, VESSING, wikidata="Q42"),
        entity("e2", "Karel Fising", KAREL, ARABIC),
        entity("e3", HARM, HARMFUL, wikidata=NIL),
        entity("e4", "Ansel Dray", ANSEL),
        entity("e5", "Pelvara", PELVARA, type="GPE"),
    ),
)


class Sheet:
    """A task whose regions somebody works on."""

    def __init__(self, register: Register = REGISTER_OF_STORY, **shown: Any) -> None:
        task = entity_task(register, ARTICLES, **shown)
        self.data = task["data"]
        self.result: list[dict[str, Any]] = copy.deepcopy(task["predictions"][0]["result"])

    def of(self, what: LinkedMention | str) -> str:
        """The id of a mention's region, or of an entity's heading."""
        table = self.data["regions"]
        if isinstance(what, LinkedMention):
            return str(next(id for id, one in table["mentions"].items() if one["key"] == what.key))
        return str(next(id for id, one in table["headings"].items() if one == what))

    def elements(self, what: LinkedMention | str, control: str) -> list[dict[str, Any]]:
        return [one for one in self.result if one["id"] == self.of(what) and one["from_name"] == control]

    def give(self, what: LinkedMention | str, *labels: str) -> Sheet:
        self.elements(what, REGISTER)[0]["value"]["labels"] = list(labels)
        return self

    def delete(self, what: LinkedMention | str) -> Sheet:
        self.result = [one for one in self.result if one["id"] != self.of(what)]
        return self

    def answer(self, what: LinkedMention | str, control: str, *answers: str) -> Sheet:
        self.result = [one for one in self.result if one not in self.elements(what, control)]
        if answers:
            kind = ("choices", "choices") if control == NO_ITEM else ("textarea", "text")
            element = {"id": self.of(what), "from_name": control, "to_name": SHEET, "type": kind[0]}
            self.result.append(element | {"value": {"start": 0, "end": 1, kind[1]: list(answers)}})
        return self

    def read(self) -> tuple[dict[str, Entity], tuple[str, ...], list[str]]:
        entities, unsure, found = read_entities(self.data, self.result)
        placed = [key for one in entities for key in one.mentions] + list(unsure)
        assert sorted(placed) == sorted(one["key"] for one in self.data["regions"]["mentions"].values())
        return {one.id: one for one in entities}, unsure, [one.rule.id for one in found]


NAMES = st.text(min_size=1, max_size=12).filter(lambda name: name.strip())


@st.composite
def registers(draw: st.DrawFn) -> tuple[Register, dict[str, Article]]:
    """A story with any texts, any names, and mentions shared out to entities at random."""
    texts = draw(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=3))
    articles = {f"x{number}": article(f"x{number}", text) for number, text in enumerate(texts)}
    mentions: dict[str, LinkedMention] = {}
    for id, one in articles.items():
        for _ in range(draw(st.integers(0, 6))):
            start = draw(st.integers(0, len(one.text) - 1))
            end = draw(st.integers(start + 1, len(one.text)))
            labels = (draw(st.sampled_from(("PERSON", "GPE"))),)
            made = LinkedMention(article_id=id, start=start, end=end, text=one.text[start:end], labels=labels)
            mentions[made.key] = made
    parts: dict[int, list[str]] = {}
    for key in sorted(mentions):
        parts.setdefault(draw(st.integers(0, 4)), []).append(key)
    items = st.one_of(st.just(""), st.just(NIL), st.integers(1, 10**6).map(lambda n: f"Q{n}"))
    entities = tuple(
        Entity(id=f"e{n}", name=draw(NAMES), type="PERSON", wikidata=draw(items), mentions=tuple(keys))
        for n, keys in sorted(parts.items())
    )
    ordered = tuple(mentions[key] for key in sorted(mentions))
    return Register(story_id="s", mentions=ordered, entities=entities), articles


@given(registers(), st.randoms(use_true_random=False), st.data())
def test_what_is_shown_is_what_is_read(
    made: tuple[Register, dict[str, Article]], order: random.Random, data: st.DataObject
) -> None:
    register, articles = made
    open = {key: "A: x\nB: y" for one in register.entities for key in one.mentions[: data.draw(st.integers(0, 1))]}
    task = entity_task(register, articles, open=open)
    result, text = task["predictions"][0]["result"], task["data"][SHEET]
    for element in result:
        if element["type"] == "labels":
            assert element["value"]["text"] == text[element["value"]["start"] : element["value"]["end"]] != ""
    spans = sorted((one["value"]["start"], one["value"]["end"]) for one in result if one["type"] == "labels")
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert len(spans) == len(register.mentions) + len(register.entities)
    order.shuffle(result)
    assert read_entities(task["data"], result) == (register.entities, (), [])


def test_the_sheet_keeps_names_that_mean_harm() -> None:
    sheet = Sheet()
    assert HARM in sheet.data[SHEET]
    assert {one["alias"] for one in sheet.data[REGISTER]} == {"e1", "e2", "e3", "e4", "e5"}
    assert any(HARM in one["value"] for one in sheet.data[REGISTER])
    assert sheet.read() == ({one.id: one for one in REGISTER_OF_STORY.entities}, (), [])


def test_a_mention_is_moved() -> None:
    entities, unsure, found = Sheet().give(ARABIC, "e1").read()
    assert entities["e1"].mentions == tuple(sorted((KARL.key, VESSING.key, ARABIC.key)))
    assert entities["e2"].mentions == (KAREL.key,)
    assert (unsure, found) == ((), [])


def test_a_heading_takes_all_with_it() -> None:
    """Also what was moved there; the names and ids that were filled in do not quarrel."""
    sheet = Sheet().give("e2", "e1").give(ANSEL, "e2").give("e1", "e3")
    entities, _, found = sheet.read()
    assert set(entities["e3"].mentions) == {one.key for one in (KARL, VESSING, KAREL, ARABIC, ANSEL, HARMFUL)}
    assert (entities["e3"].name, entities["e3"].wikidata) == (HARM, NIL)
    assert set(entities) == {"e3", "e5"}
    assert found == []


def test_what_is_merged_brings_the_id_that_is_missing() -> None:
    entities, _, found = Sheet().give("e1", "e2").read()
    assert (entities["e2"].name, entities["e2"].wikidata, found) == ("Karel Fising", "Q42", [])


def test_a_circle_is_one_and_told() -> None:
    sheet = Sheet().give("e2", "e4").give("e4", "e1").give("e1", "e2")
    entities, unsure, found = sheet.read()
    assert set(entities) == {"e1", "e3", "e5"}
    assert len(entities["e1"].mentions) == 5
    assert (unsure, found) == ((), ["link-merged-in-a-circle"])


def test_new_ones() -> None:
    sheet = Sheet().give(ARABIC, "new 3").give(HARMFUL, "new 1").give("e4", "new 1")
    entities, _, found = sheet.answer(HARMFUL, NAME, " Somebody  else ").answer(HARMFUL, NO_ITEM, NIL).read()
    assert entities["new1"] == entity("new1", "Somebody else", HARMFUL, ANSEL, wikidata=NIL)
    assert entities["new2"] == entity("new2", ARABIC.text, ARABIC)
    assert set(entities) == {"e1", "e2", "e5", "new1", "new2"}
    assert found == []


def test_a_new_one_keeps_the_name_of_the_heading_that_went_there() -> None:
    entities, _, _ = Sheet().give("e1", "new 1").give(ANSEL, "new 1").read()
    assert (entities["new1"].name, entities["new1"].wikidata) == ("Karl Vessing", "Q42")


def test_an_id_that_is_taken_is_not_given_again() -> None:
    shown = (entity("new1", "Karl", KARL, VESSING), entity("e9", "the rest", KAREL, ANSEL, HARMFUL, ARABIC))
    entities, unsure, _ = Sheet(shown=shown).give(ANSEL, "new 1").read()
    assert entities["new2"].mentions == (ANSEL.key,)
    assert entities["new1"].mentions == shown[0].mentions
    assert unsure == (PELVARA.key,)  # in none of those shown


def test_unsure() -> None:
    sheet = Sheet().give(ANSEL, "?").delete(PELVARA).give(VESSING).give("e3", "?")
    entities, unsure, found = sheet.read()
    assert set(unsure) == {one.key for one in (ANSEL, PELVARA, VESSING, HARMFUL)}
    assert set(entities) == {"e1", "e2"}
    assert found == []


def test_names_and_ids() -> None:
    sheet = Sheet().answer("e2", NAME, "Karl Fising").answer("e2", WIKIDATA, "https://www.wikidata.org/wiki/q7")
    sheet.answer("e1", WIKIDATA).answer("e3", NO_ITEM).answer("e3", WIKIDATA, "Q8").answer(PELVARA, WIKIDATA, "nil")
    sheet.answer("e4", NAME)
    entities, _, found = sheet.read()
    assert (entities["e2"].name, entities["e2"].wikidata) == ("Karl Fising", "Q7")
    assert [entities[id].wikidata for id in ("e1", "e3", "e5")] == ["", "Q8", NIL]
    assert entities["e4"].name == "Ansel Dray"  # an entity has a name
    assert found == []


def test_nil_instead_of_the_id_that_was_filled_in() -> None:
    entities, _, found = Sheet().answer("e1", NO_ITEM, NIL).read()
    assert (entities["e1"].wikidata, found) == (NIL, [])


def test_two_answers_are_told_and_the_headings_counts() -> None:
    sheet = Sheet().answer("e1", NAME, "Karl J. Vessing").answer(KARL, NAME, "Carl Vessing")
    sheet.answer("e1", WIKIDATA, "Q1").answer(VESSING, WIKIDATA, "Q2")
    entities, _, found = sheet.read()
    assert (entities["e1"].name, entities["e1"].wikidata) == ("Karl J. Vessing", "Q1")
    assert found == ["link-answers-differ"] * 2


@pytest.mark.parametrize("answer", ["Q0", "42", "Karl Vessing", "https://example.org/wiki/Q42", "Q42 Q43"])
def test_an_id_that_is_none(answer: str) -> None:
    entities, _, found = Sheet().answer("e4", WIKIDATA, answer).read()
    assert (entities["e4"].wikidata, found) == ("", ["link-no-wikidata-id"])


def test_a_region_drawn_by_hand() -> None:
    sheet = Sheet()
    value = {"start": 3, "end": 9, "text": "drawn <b>", "labels": ["e1"]}
    sheet.result.append({"id": "Xy12", "from_name": REGISTER, "to_name": SHEET, "type": "labels", "value": value})
    sheet.result.append(
        {"id": "Xy12", "from_name": NAME, "to_name": SHEET, "type": "textarea", "value": {"text": ["N"]}}
    )
    entities, unsure, found = read_entities(sheet.data, sheet.result)
    assert (entities, unsure) == (REGISTER_OF_STORY.entities, ())
    assert [(one.rule, one.region) for one in found] == [(problems.REGION_DRAWN, "Xy12")]
    assert "drawn <b>" in found[0].message


@pytest.mark.parametrize("labels", [("e1", "e2"), ("e99",), ("",), ("e1", "new 9")])
def test_a_label_that_is_none_or_two(labels: tuple[str, ...]) -> None:
    entities, unsure, found = Sheet().give(ANSEL, *labels).read()
    assert (unsure, found) == ((ANSEL.key,), ["link-label-unclear"])
    entities, unsure, found = Sheet().give("e2", *labels).read()
    assert (entities["e2"].mentions, unsure, found) == (
        REGISTER_OF_STORY.entities[1].mentions,
        (),
        ["link-label-unclear"],
    )


def test_an_annotation_that_was_begun_anew() -> None:
    """Label Studio leaves out what was filled in then: nobody has placed anything, and that is told once."""
    _, unsure, found = read_entities(Sheet().data, [])
    assert len(unsure) == len(MENTIONS)
    assert [one.rule for one in found] == [problems.HEADING_DELETED]


def test_a_heading_that_is_deleted() -> None:
    entities, unsure, found = Sheet().delete("e2").read()
    assert (entities["e2"], unsure, found) == (REGISTER_OF_STORY.entities[1], (), ["link-heading-deleted"])


ODD: list[Any] = [None, 3, "x", [], {}, {"value": None}, {"id": 7}, {"from_name": []}, {"labels": 3}, [["e1"]], True]


@given(st.data())
def test_no_sabotage_raises(data: st.DataObject) -> None:
    """Any parts of a result replaced, and one that is nothing at all: told, and no mention is lost."""
    sheet = Sheet()
    for _ in range(data.draw(st.integers(1, 4))):
        element = data.draw(st.sampled_from(sheet.result))
        value = element.get("value")
        holder = value if isinstance(value, dict) and value and data.draw(st.booleans()) else element
        holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(st.sampled_from(ODD))
    entities, unsure, found = read_entities(sheet.data, [*sheet.result, data.draw(st.sampled_from(ODD))])
    placed = [key for one in entities for key in one.mentions] + list(unsure)
    assert sorted(placed) == [one.key for one in MENTIONS]
    assert problems.RESULT_FORM in {one.rule for one in found}


@pytest.mark.parametrize("regions", [None, 3, [], {"mentions": {}}, {"mentions": 3, "headings": {}, "entities": []}])
def test_data_that_somebody_changed(regions: Any) -> None:
    sheet = Sheet()
    changed: list[Any] = [{**sheet.data, "regions": regions}, {}, None]
    for data in changed:
        entities, unsure, found = read_entities(data, sheet.result)
        assert (entities, unsure, [one.rule for one in found]) == ((), (), [problems.TASK_CHANGED])


@pytest.mark.parametrize("result", [None, 3, "labels", {}])
def test_a_result_that_is_none(result: Any) -> None:
    _, unsure, found = read_entities(Sheet().data, result)
    assert len(unsure) == len(MENTIONS)
    assert problems.RESULT_FORM in {one.rule for one in found}


def test_what_is_open_stands_on_top() -> None:
    sheet = Sheet(open={ANSEL.key: "A: <Dray>\nB: somebody else"}, note="Decide.", round=2)
    top = sheet.data[SHEET].partition("\n\n")[0]
    assert sheet.result[0]["id"] == sheet.of(ANSEL)
    assert "A: <Dray>" in top
    assert (sheet.data["note"], sheet.data["round"]) == ("Decide.", 2)
    assert sheet.read()[0]["e4"].mentions == (ANSEL.key,)


def test_the_same_register_in_any_order_is_the_same_task() -> None:
    shuffled = REGISTER_OF_STORY.model_copy(update={"mentions": MENTIONS[::-1]})
    assert entity_task(shuffled, ARTICLES) == entity_task(REGISTER_OF_STORY, dict(reversed(ARTICLES.items())))


# Claims


def claim(article_id: str, words: str, *names: str) -> LinkedClaim:
    start = ARTICLES[article_id].text.index(words)
    return LinkedClaim(article_id=article_id, start=start, end=start + len(words), text=words, claimant_names=names)


PAIR = ClaimPair(
    story_id="harbour",
    left=claim("b", "met Ansel Dray 🚢", HARM),
    right=claim("a", HARM),
    score=0.5,
    why=(f"both: {HARM}",),
)
LINKS = [
    ClaimLink(type="equivalent", head=PAIR.right.key, tail=PAIR.left.key),
    ClaimLink(type="contradicts", head=PAIR.right.key, tail=PAIR.left.key, attributes={"cause": "numeric"}),
    ClaimLink(type="supports", head=PAIR.right.key, tail=PAIR.left.key),
    ClaimLink(type="supports", head=PAIR.left.key, tail=PAIR.right.key),
    ClaimLink(type="updates", head=PAIR.left.key, tail=PAIR.right.key),
    ClaimLink(type="unrelated", head=PAIR.right.key, tail=PAIR.left.key),
]


def choice(name: str, *answers: str) -> dict[str, Any]:
    return {"id": "x", "from_name": name, "type": "choices", "value": {"choices": list(answers)}}


DATA = claim_task(PAIR, ARTICLES, ONTOLOGY)["data"]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_that_is_shown_is_read(link: ClaimLink) -> None:
    task = claim_task(PAIR, ARTICLES, ONTOLOGY, shown=link)
    assert read_link(task["data"], task["predictions"][0]["result"], ONTOLOGY) == (link, [])


def test_the_later_claim_is_the_head() -> None:
    forward, _ = read_link(DATA, [choice(LINK, "supports")], ONTOLOGY)
    backward, _ = read_link(DATA, [choice(LINK, "supports" + BACKWARD)], ONTOLOGY)
    assert (forward, backward) == (LINKS[2], LINKS[3])


def test_an_answer_about_another_link_does_not_count() -> None:
    assert read_link(DATA, [choice("cause", "numeric"), choice(LINK, "equivalent")], ONTOLOGY) == (LINKS[0], [])


@pytest.mark.parametrize(
    "result",
    [
        [],
        [choice(LINK)],
        [choice(LINK, "equivalent", "unrelated")],
        [choice(LINK, "equivalent"), choice(LINK, "unrelated")],
        [choice(LINK, "denies")],
        [choice(LINK, "equivalent" + BACKWARD)],
        [choice(LINK, "contradicts")],
        [choice(LINK, "contradicts"), choice("cause", "numeric", "time")],
        [choice(LINK, "contradicts"), choice("cause", "money")],
        *([odd] for odd in ODD),
        None,
        "x",
        3,
    ],
)
def test_no_link_is_told(result: Any) -> None:
    link, found = read_link(DATA, result, ONTOLOGY)
    assert link is None
    assert found[-1].rule == problems.NO_LINK


def test_a_task_that_does_not_say_which_claims() -> None:
    changed: list[Any] = [{}, None, {"left": 3, "right": "x"}]
    for data in changed:
        link, found = read_link(data, [choice(LINK, "equivalent")], ONTOLOGY)
        assert (link, [one.rule for one in found]) == (None, [problems.TASK_CHANGED])


def test_texts_stay_texts() -> None:
    html = DATA["pair"]
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 3  # the claim, a claimant and the reason
    assert html.count("<mark>") == 2
    assert "Karl Vessing spoke" not in html  # another paragraph
    assert "Meridian &lt;Wire&gt;" in html


def test_a_long_paragraph_is_cut_at_words() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    long = {"a": article("a", words), "b": article("b", "Nobody came.")}
    start = words.index("word150")
    left = LinkedClaim(article_id="a", start=start, end=start + 7, text="word150")
    right = LinkedClaim(article_id="b", start=0, end=11, text="Nobody came")
    html = claim_task(ClaimPair(story_id="s", left=left, right=right, score=0), long, ONTOLOGY)["data"]["pair"]
    passage = html.partition('<p dir="auto">')[2].partition("</p>")[0]
    assert passage.startswith("… word")
    assert passage.endswith(" …")
    assert set(passage.replace("<mark>", "").replace("</mark>", "").split()) - {"…"} <= set(words.split())


# Configs and instructions


def test_the_configs_hold_what_results_name() -> None:
    entities, claims = names_in(entity_config(ONTOLOGY)), names_in(claim_config(ONTOLOGY))
    assert set(entities) == {REGISTER, NAME, WIKIDATA, NO_ITEM, "find"}
    assert {"?", "new 1", "new 8"} <= entities[REGISTER]
    assert set(claims) == {LINK, "cause"}
    types = ONTOLOGY.links.claims if ONTOLOGY.links else ()
    both = {one.name + BACKWARD for one in types if not one.symmetric}
    assert claims[LINK] == {one.name for one in types} | both


@pytest.mark.parametrize("config", [entity_config, claim_config])
def test_an_ontology_without_links(config: Any) -> None:
    with pytest.raises(BadInputError, match="links no"):
        config(BARE)


def test_configs_pass_the_sdks_own_check() -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    for config in (entity_config(ONTOLOGY), claim_config(ONTOLOGY)):
        LabelInterface(config).validate()  # type: ignore[no-untyped-call]


def hostile() -> Ontology:
    assert ONTOLOGY.links is not None
    types = tuple(one.model_copy(update={"definition": HARM}) for one in ONTOLOGY.links.claims)
    return ONTOLOGY.model_copy(update={"links": ONTOLOGY.links.model_copy(update={"claims": types})})


def test_instructions_say_every_answer_and_run_nothing() -> None:
    html = claim_instructions(hostile())
    assert "<script>" not in html
    for words in ("B supports A", "A updates B", "shift+4", "numeric", "How many"):
        assert words in html
    entities = entity_instructions(ONTOLOGY)
    for name in ONTOLOGY.links.entities if ONTOLOGY.links else ():
        assert f"<code>{name}</code>" in entities
    assert "<b>Harrow Front</b>" in entities


def test_instructions_for_links_have_the_trees_about_links() -> None:
    trees = claim_instructions(ONTOLOGY).partition("<h2>What is often confused</h2>")[2]
    assert trees.count("<p>") == 1
    assert "<strong>equivalent, updates, contradicts, supports or unrelated?</strong>" in trees
    assert "<li>no: <code>contradicts</code></li>" in trees
    for ontology in (ONTOLOGY, ONTOLOGY.model_copy(update={"decisions": ()})):
        assert "confused" not in entity_instructions(ontology)
        assert ("confused" in claim_instructions(ontology)) == bool(ontology.decisions)
