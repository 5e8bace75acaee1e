"""Who is who, and how claims bear on each other, settled by hand; what it costs is counted in clicks and keys."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLong
from sampled import sample_workspace

from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold
from toolkit.gold.store import load_gold
from toolkit.links.model import NIL, ClaimLink, ClaimPair, Entity, LinkedClaim, LinkedMention, Register
from toolkit.links.screens.claims import claim_config, claim_task, read_link
from toolkit.links.screens.entities import entity_config, entity_task, read_entities
from toolkit.links.screens.instructions import claim_instructions, entity_instructions
from toolkit.links.screens.sheet import REGISTER
from toolkit.ontology.model import Ontology
from toolkit.spans import Span
from toolkit.stages import gold as gold_stage
from toolkit.stages import ingest, setup
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.server import Credentials

from .screen import _BOXES, Screen

_SELECTED = "id => window.Htx.annotationStore.selected.highlightedNode?.cleanId === id"
_LABEL = "id => window.Htx.annotationStore.selected.regionStore.regions.find(one => one.cleanId === id)?.labels?.[0]"
_ANSWERS = """
() => Object.fromEntries(window.Htx.annotationStore.selected.serializeAnnotation()
  .map(one => [one.from_name, one.value.choices]))
"""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Samples:
    """The sample story "harbour", as far as it is gold."""

    articles: dict[str, Article]
    gold: dict[str, Gold]
    ontology: Ontology

    def register(self) -> Register:
        """A register that knows nothing: mentions of one spelling and type are together."""
        linked = self.ontology.links.entities if self.ontology.links else ()
        mentions = [
            LinkedMention(article_id=id, start=one.start, end=one.end, text=one.text, labels=one.labels)
            for id, gold in self.gold.items()
            for one in gold.mentions
            if set(one.labels) & set(linked)
        ]
        return register("harbour", mentions)

    def claim(self, article_id: str, words: str) -> LinkedClaim:
        """A gold claim by some of its words."""
        gold = self.gold[article_id]
        (one,) = (one for one in gold.claims if words in one.text)
        names = tuple(mention.text for mention in gold.mentions if mention.id in one.claimants)
        return LinkedClaim(article_id=article_id, start=one.start, end=one.end, text=one.text, claimant_names=names)


def register(story_id: str, mentions: list[LinkedMention]) -> Register:
    mentions = sorted(mentions, key=lambda one: one.key)
    alike: dict[tuple[str, str], list[LinkedMention]] = {}
    for mention in mentions:
        alike.setdefault((mention.text.casefold(), mention.labels[0]), []).append(mention)
    entities = tuple(
        Entity(id=f"e{number}", name=ones[0].text, type=type, mentions=tuple(one.key for one in ones))
        for number, ((_, type), ones) in enumerate(alike.items(), 1)
    )
    return Register(story_id=story_id, mentions=tuple(mentions), entities=entities)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    workspace = sample_workspace(tmp_path_factory.mktemp("links"))
    gold_stage.resolve(workspace)
    articles = {id: one for id, one in ingest.articles(workspace).items() if one.story_id == "harbour"}
    gold = {one.article_id: one for one in load_gold(workspace.gold) if one.article_id in articles}
    return Samples(articles, gold, setup.ontology(workspace))


@dataclass(frozen=True)
class Office:
    """The server: projects are made there, and what people handed in is read."""

    studio: Credentials

    def project(self, config: str, instructions: str, tasks: list[dict[str, Any]]) -> tuple[int, list[int]]:
        title = f"links {next(_numbers)}"
        settings = {"title": title, "label_config": config, "expert_instruction": instructions}
        with self._client() as client:
            project = int(client.post("/api/projects", settings | {"sampling": "Sequential sampling"})["id"])
            sent = client.post(f"/api/projects/{project}/import?return_task_ids=true", tasks)
        return project, sent["task_ids"]

    def handed_in(self, task: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The data of a task, and the result of the one annotation of it."""
        with self._client() as client:
            got = client.get(f"/api/tasks/{task}")
        (annotation,) = got["annotations"]
        return got["data"], annotation["result"]

    def _client(self) -> Client:
        return Client(Address(self.studio.url, self.studio.token))


@pytest.fixture
def office(studio: Credentials) -> Office:
    return Office(studio)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say something to whoever reads the run: what docs/linking.md quotes."""

    def say(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", end="")  # noqa: T201

    return say


def costs_in_words(what: str, costs: Mapping[str, tuple[int, int]]) -> str:
    return "\n".join(f"{what}: {name}: {clicks} clicks, {keys} keys" for name, (clicks, keys) in costs.items())


class Sheet:
    """An annotator at the sheet of a story, whose clicks and keys are counted."""

    def __init__(self, screen: Screen, task: Mapping[str, Any]) -> None:
        self.screen, self.page = screen, screen.page
        table, result = task["data"]["regions"], task["predictions"][0]["result"]
        self.spans = {
            one["id"]: Span(one["value"]["start"], one["value"]["end"]) for one in result if one["type"] == "labels"
        }
        self.mentions = {one["key"]: id for id, one in table["mentions"].items()}
        self.headings = {entity: id for id, entity in table["headings"].items()}
        self.shown = {one["alias"]: one["value"] for one in task["data"][REGISTER]}
        self.ids = {entity["name"]: entity["id"] for entity in table["entities"]}
        self.clicks = self.keys = 0

    def cost(self) -> tuple[int, int]:
        """Clicks and keys since this was asked last."""
        cost, self.clicks, self.keys = (self.clicks, self.keys), 0, 0
        return cost

    def select(self, region: str) -> None:
        """Click on a region; who clicks before the page is ready does it again."""
        self.clicks += 1
        for attempt in range(5):
            first, _ = self.page.evaluate(_BOXES, list(self.spans[region]))
            self.page.mouse.click((first["left"] + first["right"]) / 2, first["middle"])
            try:
                self.page.wait_for_function(_SELECTED, arg=region, timeout=1_000)
                return
            except TooLong:
                if attempt == 4:
                    raise

    def pick(self, entity: str) -> None:
        """Click on an entity in the register."""
        self.clicks += 1
        self.page.locator(".gk-register .lsf-label").get_by_text(self.shown[entity], exact=True).click()

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def find(self, letters: str) -> None:
        """Find an entity by some letters of its name, and give it to what is selected."""
        self.press("/")
        field = self.page.get_by_placeholder("/ finds")
        expect(field).to_be_focused()
        self.keys += len(letters)
        self.page.keyboard.type(letters)
        expect(field).to_have_value(letters)
        self.press("Enter")

    def fill(self, placeholder: str, words: str) -> None:
        """Type an answer about what is selected."""
        self.clicks += 1
        self.page.get_by_placeholder(placeholder).click()
        self.keys += len(words)
        self.page.keyboard.type(words)
        self.press("Enter")

    def is_now(self, region: str, label: str) -> None:
        """Wait until a region has a label."""
        self.page.wait_for_function(f"([id, label]) => ({_LABEL})(id) === label", arg=[region, label])


def picture(screen: Screen, repository: Path, name: str) -> None:
    """Keep a picture for the docs, when asked to."""
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        screen.page.mouse.move(0, 0)
        screen.page.screenshot(path=repository / "docs" / "images" / name)


def test_a_story_by_hand(
    samples: Samples, office: Office, annotator: Callable[..., Screen], repository: Path, tell: Callable[[str], None]
) -> None:
    register = samples.register()
    task = entity_task(register, samples.articles)
    project, (id,) = office.project(entity_config(samples.ontology), entity_instructions(samples.ontology), [task])
    screen = annotator(width=1280, height=900)
    screen.page.goto(f"{screen.url}/projects/{project}/data?labeling=1")
    expect(screen.page.locator(".lsf-htx-richtext .lsf-richtext__line").first).to_be_visible(timeout=60_000)
    screen.page.wait_for_function("window.Htx?.annotationStore?.selected")
    sheet = Sheet(screen, task)
    at = {(one.article_id, one.text): one.key for one in register.mentions}
    ids, heading, costs = sheet.ids, sheet.headings, {}

    brigades = heading[ids["Brigades of the Tide"]]
    sheet.select(brigades)
    sheet.press("3")  # the key beside it in the register
    sheet.is_now(brigades, ids["Tide Brigades"])
    costs["merge by the entity's key"] = sheet.cost()
    picture(screen, repository, "link-entities.png")

    lindqvar = sheet.mentions[at["harbour-01-meridian", "Lindqvar"]]
    sheet.select(lindqvar)
    sheet.pick(ids["Józef Lindqvar"])
    sheet.is_now(lindqvar, ids["Józef Lindqvar"])
    costs["move a mention"] = sheet.cost()

    other = heading[ids["Jozef Lindqvar"]]
    sheet.select(other)
    sheet.pick(ids["Józef Lindqvar"])
    sheet.is_now(other, ids["Józef Lindqvar"])
    costs["merge two entities"] = sheet.cost()

    karel = heading[ids["Karel Fising"]]
    sheet.select(karel)
    sheet.find("karl")
    sheet.is_now(karel, ids["Karl Vessing"])
    costs["merge by four letters of the name"] = sheet.cost()

    arabic = heading[ids["كارل فيسنغ"]]
    sheet.select(arabic)
    sheet.pick(ids["Karl Vessing"])
    sheet.is_now(arabic, ids["Karl Vessing"])
    sheet.cost()

    petra = sheet.mentions[at["harbour-03-fastnews", "Petra Olvane"]]
    sheet.select(petra)
    sheet.press("Shift+1")
    sheet.is_now(petra, "new 1")
    costs["make a new entity"] = sheet.cost()
    sheet.fill("the full name", "Petra")
    expect(screen.page.get_by_test_id("textarea-region").filter(has_text="Petra").first).to_be_visible()
    costs["name it (five letters)"] = sheet.cost()
    sheet.press("-")
    expect(screen.page.locator(".gk-about .ant-checkbox-wrapper-checked")).to_have_count(1)
    costs["say NIL"] = sheet.cost()

    sheet.select(heading[ids["Pelvara"]])
    sheet.fill("Q42", "Q1234")
    expect(screen.page.get_by_test_id("textarea-region").filter(has_text="Q1234")).to_be_visible()
    costs["give a Wikidata id (five signs)"] = sheet.cost()

    he = sheet.mentions[at["harbour-01-meridian", "He"]]
    sheet.select(he)
    sheet.press("0")
    sheet.is_now(he, "?")
    costs["say that it cannot be told"] = sheet.cost()
    screen.submit()

    tell(costs_in_words("who is who", costs))
    assert costs == {
        "move a mention": (2, 0),
        "merge two entities": (2, 0),
        "merge by the entity's key": (1, 1),
        "merge by four letters of the name": (1, 6),
        "make a new entity": (1, 1),
        "name it (five letters)": (1, 6),
        "say NIL": (0, 1),
        "give a Wikidata id (five signs)": (2, 6),
        "say that it cannot be told": (1, 1),
    }

    entities, unsure, problems = read_entities(*office.handed_in(id))
    assert (unsure, problems) == ((at["harbour-01-meridian", "He"],), [])
    before = {one.id: one for one in register.entities}
    got = {one.id: one for one in entities}

    def together(*names: str) -> set[str]:
        return {key for name in names for key in before[ids[name]].mentions}

    assert set(got[ids["Józef Lindqvar"]].mentions) == together("Józef Lindqvar", "Jozef Lindqvar", "Lindqvar")
    assert set(got[ids["Tide Brigades"]].mentions) == together("Tide Brigades", "Brigades of the Tide")
    assert set(got[ids["Karl Vessing"]].mentions) == together("Karl Vessing", "Karel Fising", "كارل فيسنغ")
    key = at["harbour-03-fastnews", "Petra Olvane"]
    assert got["new1"] == Entity(id="new1", name="Petra", type="PERSON", wikidata=NIL, mentions=(key,))
    assert set(got[ids["Petra Olvane"]].mentions) == together("Petra Olvane") - {key}
    assert got[ids["Pelvara"]].wikidata == "Q1234"
    touched = ("Józef Lindqvar", "Tide Brigades", "Karl Vessing", "Petra Olvane", "Pelvara")
    gone = ("Jozef Lindqvar", "Lindqvar", "Brigades of the Tide", "Karel Fising", "كارل فيسنغ", "He")
    alone = {id: one for id, one in before.items() if one.name not in touched + gone}
    assert {id: got.get(id) for id in alone} == alone
    assert set(got) == set(alone) | {ids[name] for name in touched} | {"new1"}


def test_claims_by_keys_alone(
    samples: Samples,
    office: Office,
    annotator: Callable[..., Screen],
    repository: Path,
    tell: Callable[[str], None],
) -> None:
    """From the first pair to the last, Label Studio's stream of tasks brings the next one; no click anywhere."""
    gas = ClaimPair(
        story_id="harbour",
        left=samples.claim("harbour-01-meridian", "tear gas"),
        right=samples.claim("harbour-03-fastnews", "tear gas"),
        score=0.5,
        why=("both name: tear gas, police",),
    )
    truce = ClaimPair(
        story_id="harbour",
        left=samples.claim("harbour-04-sada", "ceasefire of 45 days"),
        right=samples.claim("harbour-05-sada-ar", "وقف إطلاق النار"),
        score=0.4,
        why=("days: 45 and 45", "dates: before 2031-04-06 and 2031-04-06"),
    )
    pairs = [gas, truce, truce, gas]
    tasks = [claim_task(pair, samples.articles, samples.ontology) for pair in pairs]
    project, ids = office.project(claim_config(samples.ontology), claim_instructions(samples.ontology), tasks)
    screen = annotator(width=1280, height=620)
    page, keys = screen.page, Keys(screen.page)
    page.goto(f"{screen.url}/projects/{project}/data?labeling=1")

    expect(page.locator(".gk-claim mark").first).to_contain_text("tear gas", timeout=60_000)
    keys.answer("2", {"claim-link": ["contradicts"]})
    expect(page.locator(".gk-question")).to_be_visible()
    page.keyboard.press("Control+Enter")  # refused: the cause is missing
    expect(page.get_by_text("Please answer")).to_be_visible()
    expect(page.get_by_role("button", name="OK")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Please answer")).to_be_hidden()
    keys.answer("w", {"claim-link": ["contradicts"], "cause": ["negation"]})
    picture(screen, repository, "link-claims.png")
    keys.hand_in()

    expect(page.locator(".gk-claim mark").first).to_contain_text("ceasefire")
    expect(page.locator(".gk-question")).to_be_hidden()
    keys.answer("3", {"claim-link": ["supports"]})
    keys.answer("Shift+4", {"claim-link": ["updates-backward"]})
    page.keyboard.press("q")  # the key of a cause: not asked here, so not kept
    keys.answer("4", {"claim-link": ["updates"]})
    keys.hand_in()

    keys.wait_for_the_next()
    keys.answer("Shift+3", {"claim-link": ["supports-backward"]})
    costs = {"any other answer": (0, keys.hand_in())}

    keys.wait_for_the_next()
    keys.answer("2", {"claim-link": ["contradicts"]})
    keys.answer("q", {"claim-link": ["contradicts"], "cause": ["numeric"]})
    costs["contradicts, and its cause"] = (0, keys.hand_in())
    tell(costs_in_words("claims", costs))
    assert costs == {"any other answer": (0, 2), "contradicts, and its cause": (0, 3)}

    links = [read_link(*office.handed_in(id), samples.ontology) for id in ids]
    left, right = truce.left.key, truce.right.key
    first, second = sorted((gas.left.key, gas.right.key))
    assert links == [
        (ClaimLink(type="contradicts", head=first, tail=second, attributes={"cause": "negation"}), []),
        (ClaimLink(type="updates", head=right, tail=left), []),
        (ClaimLink(type="supports", head=left, tail=right), []),
        (ClaimLink(type="contradicts", head=first, tail=second, attributes={"cause": "numeric"}), []),
    ]


class Keys:
    """An annotator who never touches the mouse; the keys for each pair are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def answer(self, key: str, answers: Mapping[str, list[str]]) -> None:
        """Press a key, once, and wait until the answers are these."""
        self.page.wait_for_function("window.Htx?.annotationStore?.selected")
        self.pressed += 1
        self.page.keyboard.press(key)
        self._wait_for(answers)

    def hand_in(self) -> int:
        """Hand the answer in; returns how many keys the pair has cost, this one too."""
        with self.page.expect_response(
            lambda reply: "/annotations" in reply.url and reply.request.method == "POST" and reply.status == 201
        ):
            self.page.keyboard.press("Control+Enter")
        pressed, self.pressed = self.pressed + 1, 0
        return pressed

    def wait_for_the_next(self) -> None:
        """Wait until the next pair is on the screen, without an answer."""
        self.page.wait_for_function("window.Htx?.annotationStore?.selected")
        self._wait_for({})

    def _wait_for(self, answers: Mapping[str, list[str]]) -> None:
        sort = "all => JSON.stringify(Object.entries(all).sort())"
        self.page.wait_for_function(f"wanted => ({sort})(({_ANSWERS})()) === ({sort})(wanted)", arg=dict(answers))


def test_a_long_sheet(
    office: Office, annotator: Callable[..., Screen], samples: Samples, tell: Callable[[str], None]
) -> None:
    """300 mentions of 60 entities: it loads, everything can be reached, and nothing gets lost on the way."""
    words = [
        f"Karro{number % 60:02d} spoke of the harbour and of ships that were waiting there." for number in range(300)
    ]
    articles = {}
    mentions = []
    for number in range(10):
        text = "\n".join(words[number * 30 : number * 30 + 30])
        article_id = f"long-{number}"
        articles[article_id] = Article(
            article_id=article_id, text=text, text_sha256=text_digest(text), outlet=f"Outlet {number}"
        )
        for found in re.finditer(r"Karro\d\d", text):
            start, end = found.span()
            mentions.append(
                LinkedMention(article_id=article_id, start=start, end=end, text=found[0], labels=("PERSON",))
            )
    many = register("long", mentions)
    assert (len(many.mentions), len(many.entities)) == (300, 60)
    task = entity_task(many, articles)
    project, (id,) = office.project(entity_config(samples.ontology), "", [task])
    screen = annotator(width=1280, height=900)
    started = time.monotonic()
    screen.open(project, id)
    screen.page.wait_for_function("window.Htx.annotationStore.selected.regionStore.regions.length === 360")
    tell(f"300 mentions, 60 entities: on the screen after {time.monotonic() - started:.1f} s")
    sheet = Sheet(screen, task)
    last = many.entities[-1]
    moved = sheet.mentions[last.mentions[-1]]
    started = time.monotonic()
    sheet.select(moved)
    sheet.find(many.entities[0].name)
    sheet.is_now(moved, many.entities[0].id)
    tell(f"a mention moved in {time.monotonic() - started:.1f} s")
    screen.submit()
    entities, unsure, problems = read_entities(*office.handed_in(id))
    assert (len(entities), unsure, problems) == (60, (), [])
    assert last.mentions[-1] in entities[0].mentions
    assert sum(len(one.mentions) for one in entities) == 300


HARM = "<img src=x onerror='window.owned = 1'>\"A\" & <b>B</b> 🚢 كارل"


def test_texts_stay_texts(office: Office, annotator: Callable[..., Screen], samples: Samples) -> None:
    """Names, passages, outlets, notes and reasons that are markup are shown, not obeyed, and read back as they were."""
    text = f"{HARM} met Karl Vessing."
    articles = {
        id: Article(article_id=id, text=text, text_sha256=text_digest(text), outlet=HARM, published=published)
        for id, published in (("x", "2031-03-14"), ("y", "2031-03-15"))
    }
    mentions = [LinkedMention(article_id=id, start=0, end=len(HARM), text=HARM, labels=("PERSON",)) for id in articles]
    harmful = register("harm", mentions)
    task = entity_task(harmful, articles, note=HARM, open={mentions[0].key: HARM})
    project, (id,) = office.project(entity_config(samples.ontology), entity_instructions(samples.ontology), [task])
    screen = annotator(width=1280, height=900)
    screen.open(project, id)
    sheet = Sheet(screen, task)
    sheet.select(sheet.mentions[mentions[1].key])
    sheet.press("Shift+2")
    sheet.is_now(sheet.mentions[mentions[1].key], "new 2")
    assert HARM in screen.page.locator(".gk-register").inner_text()
    assert HARM in screen.page.locator(".gk-note").inner_text()
    screen.submit()
    (old, new), unsure, problems = read_entities(*office.handed_in(id))
    assert (old.name, old.mentions, new.name, new.mentions) == (HARM, (mentions[0].key,), HARM, (mentions[1].key,))
    assert (unsure, problems) == ((), [])

    left, right = (
        LinkedClaim(article_id=id, start=0, end=len(text), text=text, claimant_names=(HARM,)) for id in articles
    )
    pair = ClaimPair(story_id="harm", left=left, right=right, score=1, why=(HARM,))
    asked = claim_task(pair, articles, samples.ontology, note=HARM)
    project, _ = office.project(claim_config(samples.ontology), "", [asked])
    screen.page.goto(f"{screen.url}/projects/{project}/data?labeling=1")
    expect(screen.page.locator(".gk-claim mark")).to_have_text([text, text], timeout=60_000)
    assert screen.page.locator(".gk-pair img, .gk-why img, .gk-note img").count() == 0
    assert screen.page.evaluate("window.owned") is None


# Where the five texts name one man, by the number of the text: no two outlets spell him alike.
ONE_NAME = ((0, 1712, 1728), (1, 2186, 2202), (2, 317, 333), (3, 799, 814), (4, 838, 854))


def test_the_spellings_of_one_name(
    shared_data: Path, office: Office, annotator: Callable[..., Screen], samples: Samples
) -> None:
    """Five outlets, five spellings: four headings are given to the first, and one entity is left."""
    articles, mentions = {}, []
    files = sorted((shared_data / "seeds").glob("*.txt"))
    for number, start, end in ONE_NAME:
        text = files[number].read_text(encoding="utf-8")
        article_id = f"seed-{number}"
        articles[article_id] = Article(
            article_id=article_id, text=text, text_sha256=text_digest(text), outlet=f"Outlet {number}"
        )
        mentions.append(
            LinkedMention(article_id=article_id, start=start, end=end, text=text[start:end], labels=("PERSON",))
        )
    spelt = register("seeds", mentions)
    apart = Register(
        story_id="seeds",
        mentions=spelt.mentions,
        entities=tuple(
            Entity(id=f"e{number}", name=one.text, type="PERSON", mentions=(one.key,))
            for number, one in enumerate(spelt.mentions, 1)
        ),
    )
    assert len({one.text for one in mentions}) == 5
    task = entity_task(apart, articles)
    project, (id,) = office.project(entity_config(samples.ontology), "", [task])
    screen = annotator(width=1280, height=900)
    screen.open(project, id)
    sheet = Sheet(screen, task)
    for entity in apart.entities[1:]:
        sheet.select(sheet.headings[entity.id])
        sheet.pick("e1")
        sheet.is_now(sheet.headings[entity.id], "e1")
    assert sheet.cost() == (8, 0)
    screen.submit()
    (one,), unsure, problems = read_entities(*office.handed_in(id))
    assert one == apart.entities[0].model_copy(update={"mentions": tuple(sorted(m.key for m in mentions))})
    assert (unsure, problems) == ((), [])
