"""A story's page as values: what stands where, and in which order."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from sampled import sample_workspace

from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold, Resolution
from toolkit.links.model import ClaimLink, Entity, LinkedClaim, LinkedMention, StoryLinks
from toolkit.ontology.model import Ontology
from toolkit.report.across import across, page_name, story_articles
from toolkit.report.stories import StoryPage, story_page
from toolkit.report.topics import Bearing, Statement, Topic
from toolkit.stages import ingest, setup
from toolkit.stages.gold import resolve

from . import linked


class Sample(NamedTuple):
    """The sample articles, their gold, and what can be linked."""

    articles: Mapping[str, Article]
    golds: Mapping[str, Gold]
    ontology: Ontology

    def page(self, links: StoryLinks) -> StoryPage:
        return story_page(links, story_articles(links, self.articles), self.golds, self.ontology)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    workspace = sample_workspace(tmp_path_factory.mktemp("sample"))
    golds = {gold.article_id: gold for gold in resolve(workspace).gold}
    return Sample(ingest.articles(workspace), golds, setup.ontology(workspace))


@pytest.fixture(scope="module")
def harbour(sample: Sample) -> StoryPage:
    return sample.page(linked.harbour(sample.articles, sample.golds.values()))


@pytest.fixture(scope="module")
def dam(sample: Sample) -> StoryPage:
    return sample.page(linked.dam(sample.articles, sample.golds.values()))


def text_of(one: Statement) -> str:
    return "".join(words for words, _ in one.words)


def grid(topic: Topic) -> dict[str, dict[str, list[str]]]:
    """What each outlet says in each version, cut short."""
    return {
        version.label: {
            outlet: [text_of(one)[:20] for one in cell]
            for outlet, cell in zip(topic.outlets, version.cells, strict=True)
            if cell
        }
        for version in topic.versions
    }


def test_thirty_about_thirty_and_27(harbour: StoryPage) -> None:
    first = harbour.topics[0]
    assert grid(first) == {
        "1a": {
            "Meridian Wire": ["Police detained 30 d"],
            "Fast News": ["About thirty people "],
            "The Castrel Courier": ["30 detentions"],
        },
        "1b": {"The Castrel Courier": ["Of the 27 dockers wh"]},
    }
    assert first.conflict
    assert [version.conflict for version in first.versions] == [True, True]
    contradicts = Bearing("contradicts", "conflict", None, "1b", ("numeric",))
    assert [version.bearings for version in first.versions] == [(contradicts,), (replace(contradicts, other="1a"),)]
    assert (first.versions[0].several, first.versions[1].several) == (3, 0)


def test_an_update_leads_to_what_it_replaces(dam: StoryPage) -> None:
    dead = dam.topics[0]
    labels = {text_of(cell[0])[:14]: version for version in dead.versions for cell in version.cells if cell}
    newer, older = labels["The Civil Prot"], labels["Fourteen peopl"]
    assert Bearing("updates", "later", True, older.label) in newer.bearings
    assert Bearing("updates", "later", False, newer.label) in older.bearings
    assert (older.replaced, newer.replaced) == (True, False)
    assert (older.later, newer.later) == (False, True)
    assert len([one for one in newer.bearings if one.type == "updates"]) == 1  # of two claims that say the same, once


def test_contradictions_stand_first_then_what_most_outlets_tell(harbour: StoryPage) -> None:
    assert [topic.conflict for topic in harbour.topics] == [True, True, False, False]
    assert [topic.number for topic in harbour.topics] == [1, 2, 3, 4]
    told = [len({one.outlet for v in topic.versions for cell in v.cells for one in cell}) for topic in harbour.topics]
    assert told == [3, 2, 2, 1]


def test_support_is_told_from_both_ends(harbour: StoryPage) -> None:
    topic = harbour.topics[2]
    assert topic.about == ("Tide Brigades",)
    behind, rifles = topic.versions
    assert behind.bearings == (Bearing("supports", "other", False, rifles.label),)
    assert rifles.bearings == (Bearing("supports", "other", True, behind.label),)


def test_who_says_it(sample: Sample, harbour: StoryPage, dam: StoryPage) -> None:
    said = {text_of(one)[:20]: one for topic in harbour.topics for one in spoken(topic)}
    assert (said["About thirty people "].voice, said["About thirty people "].speakers) == ("outlet", ())
    assert said["police had used tear"].voice == "unnamed"
    assert said["The officers used wa"].speakers == (("Inga Sturmark", ""),)
    assert said["The officers used wa"].tags == ("denial",)
    assert said["the Tide Brigades ar"].tags == ("possible",)
    alone = {text_of(one)[:20]: one for cell in dam.alone for one in cell}
    assert alone["23 people had been t"].speakers == (("She", "Mirela Stoan"),)


def spoken(topic: Topic) -> list[Statement]:
    return [one for version in topic.versions for cell in version.cells for one in cell]


def test_values_are_marked_in_the_words(dam: StoryPage) -> None:
    lowered = next(one for one in spoken(dam.topics[0]) if text_of(one).startswith("The Civil"))
    assert [words for words, value in lowered.words if value] == ["14", "11"]
    assert text_of(lowered) == lowered.claim.text


def test_each_claim_stands_in_its_paragraph(sample: Sample, harbour: StoryPage, dam: StoryPage) -> None:
    for page in (harbour, dam):
        for one in [*(s for topic in page.topics for s in spoken(topic)), *(s for cell in page.alone for s in cell)]:
            paragraph = one.around[0] + one.claim.text + one.around[1]
            assert paragraph in sample.articles[one.claim.article_id].text.split("\n")


def test_every_claim_stands_once(sample: Sample, harbour: StoryPage) -> None:
    links = linked.harbour(sample.articles, sample.golds.values())
    shown = [one for topic in harbour.topics for one in spoken(topic)] + [s for cell in harbour.alone for s in cell]
    assert sorted(one.claim.key for one in shown) == sorted(claim.key for claim in links.claims)
    assert len({one.anchor for one in shown}) == len(shown)
    unrelated = next(link for link in links.links if link.type == "unrelated")
    assert {unrelated.head, unrelated.tail} <= {one.claim.key for cell in harbour.alone for one in cell}


def test_the_days_of_the_story(harbour: StoryPage) -> None:
    days = {day.day: dict(zip(harbour.outlets, day.lanes, strict=True)) for day in harbour.days}
    assert list(days) == sorted(days)
    first = days["2031-03-14"]
    assert [one.article_id for one in first["Meridian Wire"].articles] == ["harbour-01-meridian"]
    assert [text_of(one)[:10] for one in first["Meridian Wire"].told] == ["Police det"]
    seized = days["2031-03-21"]["Sada Qasmira"]
    assert (seized.articles, [text_of(one)[:12] for one in seized.told]) == ((), ["The Brigades"])
    assert [one.language for one in days["2031-04-06"]["Sada Qasmira"].articles] == ["ar"]
    assert harbour.dates == ("2031-03-14", "2031-04-06")


def test_what_has_no_date_stands_last() -> None:
    texts = {
        "a": _article("a", "Nobody knows when.", published="", outlet="Meridian Wire"),
        "b": _article("b", "In May.", published="2031-05", outlet=""),
        "c": _article("c", "On a day.", published="2031-04-30T09:00:00Z", outlet="Meridian Wire"),
    }
    page = story_page(StoryLinks(story_id="s"), texts, {}, Ontology.model_construct(mention_attributes=(), links=None))
    assert [day.day for day in page.days] == ["2031-04-30", "2031-05", ""]
    assert page.outlets == ("Meridian Wire", "(no outlet)")


def test_four_spellings_side_by_side(harbour: StoryPage) -> None:
    dray = next(one for one in harbour.who if one.entity.name == "Ansel Dray")
    written = dict(zip(harbour.outlets, dray.spellings, strict=True))
    assert [(one.text, one.name) for one in written["Meridian Wire"]] == [("Ansel Dray", True), ("spokesman", False)]
    assert {one.text for one in written["Sada Qasmira"]} == {"Ansil Dray", "أنسل دراي"}
    assert written["Fast News"] == ()
    assert harbour.who[0].entity.name == "Tide Brigades"  # whom all four mention, and most often
    assert [one.articles for one in harbour.who if one.entity.name == "Hanne Brisk"] == [1]


def test_what_is_open_names_its_claims_and_who_said_what(dam: StoryPage) -> None:
    link, item = dam.questions
    assert [(one.outlet, one.text[:14], bool(one.anchor)) for one in link.about] == [
        ("Meridian Wire", "23 people had ", True),
        ("Sada Qasmira", "the missing ar", True),
    ]
    assert link.answers == (
        ("contradicts, numeric", ("ann-amina", "ann-chen")),
        ("updates, from “the missing are 35 persons and that the…”", ("ann-boris",)),
    )
    assert item.about[0].anchor == ""
    assert item.answers == (("NIL", ("ann-amina",)), ("Q42", ("ann-boris",)))


@pytest.mark.parametrize("make", [linked.harbour, linked.dam])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_what_comes_in_does_not_matter(sample: Sample, make: Callable[..., StoryLinks], seed: int) -> None:
    links = make(sample.articles, sample.golds.values())
    turn = random.Random(seed)

    def shuffled(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(turn.sample(values, len(values)))

    other = links.model_copy(
        update={name: shuffled(getattr(links, name)) for name in ("mentions", "entities", "claims", "links")}
    )
    articles = dict(reversed(sample.articles.items()))
    again = story_page(other, story_articles(other, articles), sample.golds, sample.ontology)
    assert again == sample.page(links)


def test_names_stand_first_and_what_is_written_most(sample: Sample) -> None:
    text = "he Zora Zora Abel"
    texts = {"a": _article("a", text, outlet="Meridian Wire")}
    spans = ((0, 2, {"level": "pronominal"}), (3, 7, {"level": "named"}), (8, 12, {}), (13, 17, {}))
    mentions = tuple(
        LinkedMention(article_id="a", start=a, end=b, text=text[a:b], labels=("PERSON",), attributes=answers)
        for a, b, answers in spans
    )
    entity = Entity(id="e1", name="Zora Abel", type="PERSON", mentions=tuple(one.key for one in mentions))
    page = sample_page(sample, texts, StoryLinks(story_id="s", mentions=mentions, entities=(entity,)))
    written = [(one.text, one.times, one.name) for one in page.who[0].spellings[0]]
    assert written == [("Zora", 2, True), ("Abel", 1, True), ("he", 1, False)]


def test_articles_without_gold_are_named(harbour: StoryPage) -> None:
    assert [one.article_id for one in harbour.without_gold] == ["harbour-02-courier"]


def test_nobody_has_settled_anything(sample: Sample) -> None:
    page = sample.page(StoryLinks(story_id="memorandum"))
    assert (page.who, page.topics, page.questions, page.who_resolution) == ((), (), (), None)
    assert len(page.articles) == 4


def test_of_many_outlets_only_those_that_speak_have_a_column(sample: Sample) -> None:
    texts = {f"a{n}": _article(f"a{n}", f"The bridge fell. {n}", outlet=f"Outlet {n}") for n in range(9)}
    claims = tuple(LinkedClaim(article_id=id, start=0, end=15, text="The bridge fell") for id in texts)
    pair = ClaimLink(type="equivalent", head=claims[2].key, tail=claims[7].key)
    page = sample_page(sample, texts, StoryLinks(story_id="s", claims=claims, links=(pair,)))
    assert page.topics[0].outlets == ("Outlet 2", "Outlet 7")
    assert len(page.alone) == 9


def test_versions_beyond_z_have_two_letters(sample: Sample) -> None:
    texts = {f"a{n:02}": _article(f"a{n:02}", "The bridge fell.", outlet="Meridian Wire") for n in range(29)}
    claims = [LinkedClaim(article_id=id, start=0, end=15, text="The bridge fell") for id in texts]
    links = tuple(
        ClaimLink(type="contradicts", head=claims[0].key, tail=one.key, attributes={"cause": "other"})
        for one in claims[1:]
    )
    page = sample_page(sample, texts, StoryLinks(story_id="s", claims=tuple(claims), links=links))
    assert [version.label for version in page.topics[0].versions][24:] == ["1y", "1z", "1aa", "1ab", "1ac"]


def test_a_contradiction_within_a_version_is_said(sample: Sample) -> None:
    texts = {id: _article(id, "The bridge fell.", outlet=id) for id in "abc"}
    one, two, three = (LinkedClaim(article_id=id, start=0, end=15, text="The bridge fell") for id in texts)
    links = (
        ClaimLink(type="equivalent", head=one.key, tail=two.key),
        ClaimLink(type="equivalent", head=two.key, tail=three.key),
        ClaimLink(type="contradicts", head=one.key, tail=three.key, attributes={"cause": "time"}),
    )
    page = sample_page(sample, texts, StoryLinks(story_id="s", claims=(one, two, three), links=links))
    assert page.topics[0].versions[0].bearings == (
        Bearing("contradicts", "conflict", None, "1a", ("time",), within=True),
    )


def sample_page(sample: Sample, texts: Mapping[str, Article], links: StoryLinks) -> StoryPage:
    return story_page(links, texts, {}, sample.ontology)


def _article(id: str, text: str, **more: str) -> Article:
    return Article(article_id=id, text=text, text_sha256=text_digest(text), **({"published": "2031-05-09"} | more))


def test_counts_of_a_story(sample: Sample) -> None:
    links = linked.harbour(sample.articles, sample.golds.values())
    found = across([StoryLinks(story_id="memorandum"), links], sample.articles, sample.ontology)
    (story,) = found.stories  # where nothing is linked there is no story
    assert (story.story_id, story.page, story.articles, story.outlets) == ("harbour", "stories/harbour.html", 5, 4)
    assert story.links == {"equivalent": 4, "contradicts": 3, "supports": 2, "updates": 0, "unrelated": 1}
    assert (story.contradictions, story.asked, story.followed, story.open) == (3, 9, 1, 0)
    assert found.as_dict()["agreement"] is None
    assert found.as_dict()["stories"][0]["links"]["contradicts"] == 3


def test_without_links_in_the_ontology_there_is_nothing_to_say(sample: Sample) -> None:
    links = linked.harbour(sample.articles, sample.golds.values())
    bare = sample.ontology.model_copy(update={"links": None})
    assert not across([links], sample.articles, bare).wanted


_HARD: tuple[str, ...] = (
    "../../etc/passwd",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "a b",
    "A",
    "Harbour",
    "harbour.",
    "con",
    "nul",
    "com1",
    "قصة",
    "история",
    "x" * 3000,
    "a\x00b",
    "story-" + "ab" * 6,
    "-rf",
    "<script>",
    "a?b#c%20",
)


@pytest.mark.parametrize("story_id", _HARD)
def test_a_file_name_is_one_on_any_disk(story_id: str, tmp_path: Path) -> None:
    name = page_name(story_id)
    assert name.removesuffix(".html").replace("-", "").replace("_", "").isalnum()
    assert name.isascii()
    assert name == name.lower()
    assert len(name) <= 70
    assert not name.startswith(("-", "con.", "nul.", "com1."))
    (tmp_path / name).write_text("there", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_two_stories_have_one_file() -> None:
    near = (
        "harbour",
        "Harbour",
        "HARBOUR",
        "harbour ",
        "harbour.",
        "harbour/",
        "hárbour",
        "x" * 64,
        "x" * 65,
        "x" * 66,
    )
    ids = {*near, *_HARD, *(page_name(id).removesuffix(".html") for id in (*near, *_HARD))}
    assert len({page_name(id) for id in ids}) == len(ids)
    assert page_name("harbour") == "harbour.html"


def test_an_entity_of_which_a_mention_is_gone(sample: Sample) -> None:
    """Gold changes after people linked; what is left is shown."""
    texts = {"a": _article("a", "Karl Vessing came.", outlet="Meridian Wire")}
    mention = LinkedMention(article_id="a", start=0, end=12, text="Karl Vessing", labels=("PERSON",))
    entity = Entity(id="e1", name="Karl Vessing", type="PERSON", mentions=("a:0-12", "a:90-95"))
    links = StoryLinks(story_id="s", mentions=(mention,), entities=(entity,), entities_resolution=Resolution.SINGLE)
    (who,) = sample_page(sample, texts, links).who
    assert [[one.text for one in cell] for cell in who.spellings] == [["Karl Vessing"]]
