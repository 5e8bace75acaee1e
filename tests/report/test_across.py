"""The section about the layer across articles, and the stories' pages on disk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from sampled import sample_workspace
from typer.testing import CliRunner

from toolkit.cli import report as command
from toolkit.links.gather import linked_mentions
from toolkit.links.model import ClaimLink, ClaimVote, Entity, EntityVote, LinkedClaim
from toolkit.links.store import CLAIM_VOTES, ENTITY_VOTES, write_records
from toolkit.report.charts import figure
from toolkit.stages import ingest
from toolkit.stages.gold import resolve
from toolkit.stages.report import Reported, report
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

from . import linked
from .test_page import read

STORIES = ("dam", "harbour")
PEOPLE = ("ann-amina", "ann-boris")


def vote(workspace: Workspace) -> None:
    """Two people settle who is who in two stories, and answer about pairs of claims; they differ in one."""
    articles, golds, schema = ingest.articles(workspace), resolve(workspace).gold, ontology(workspace)
    with_gold = {gold.article_id for gold in golds}
    entity_votes, claim_votes = [], []
    for made in (linked.dam(articles, golds), linked.harbour(articles, golds)):
        own = [gold for gold in golds if articles[gold.article_id].story_id == made.story_id]
        mentions = {one.key: one for one in linked_mentions(own, schema)}
        known = {key: entity for entity in made.entities for key in entity.mentions}
        together: dict[Entity, list[str]] = {}
        for key, one in mentions.items():
            alone = Entity(id=key, name=one.text, type=one.labels[0], mentions=(key,))
            together.setdefault(known.get(key, alone), []).append(key)
        entities = tuple(one.model_copy(update={"mentions": tuple(sorted(of))}) for one, of in together.items())
        keys = tuple(sorted(mentions))
        claims: dict[str, LinkedClaim] = {claim.key: claim for claim in made.claims}
        for who in PEOPLE:
            entity_votes.append(EntityVote(story_id=made.story_id, annotator=who, mentions=keys, entities=entities))
            for link in made.links:
                if {claims[link.head].article_id, claims[link.tail].article_id} <= with_gold:
                    differs = who == PEOPLE[1] and link.attributes.get("cause") == "actor"
                    said = ClaimLink(type="unrelated", head=link.head, tail=link.tail) if differs else link
                    claim_votes.append(ClaimVote(story_id=made.story_id, annotator=who, pair=link.key, link=said))
    write_records(workspace.links / ENTITY_VOTES, entity_votes)
    write_records(workspace.links / CLAIM_VOTES, claim_votes)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return sample_workspace(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Reported:
    vote(workspace)
    return report(workspace)


def words(path: Path) -> str:
    page = path.read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[page.index("<body>") :]))


def test_each_story_has_its_page(made: Reported) -> None:
    assert [path.name for path in made.stories] == ["dam.html", "harbour.html"]
    found = read(made.page.read_text(encoding="utf-8"))
    assert {link for link in found.links if link.startswith("stories/")} == {"stories/dam.html", "stories/harbour.html"}
    for path in made.stories:
        assert (made.page.parent / "stories" / path.name) == path
        assert path.is_file()


def test_a_story_page_needs_nothing_from_anywhere(made: Reported) -> None:
    for path in made.stories:
        page = path.read_text(encoding="utf-8")
        found = read(page)
        assert found.open == []
        assert "script" not in found.elements
        assert (found.fetched, found.handlers) == ([], [])
        outside = {link for link in found.links if not link.startswith("#")}
        assert all(re.fullmatch(r"https://www\.wikidata\.org/wiki/Q\d+", link) for link in outside)
        assert {link[1:] for link in found.links if link.startswith("#")} <= {*found.ids}
        assert len({*found.ids}) == len(found.ids)
        style = page[page.index("<style>") : page.index("</style>")]
        assert not re.search(r"url\(|@import|@font-face|https?:", style)
        assert "default-src 'none'; style-src 'unsafe-inline'" in page


def test_a_story_page_can_be_read_aloud(made: Reported) -> None:
    for path in made.stories:
        page = path.read_text(encoding="utf-8")
        found = read(page)
        assert '<html lang="en">' in page
        assert found.headings[0] == 1
        assert all(deeper - before <= 1 for before, deeper in zip(found.headings, found.headings[1:], strict=False))
        assert page.count("<caption") == page.count("<table") > 2
        heads = re.findall(r"<th\b[^>]*>", page)
        assert heads
        assert all('scope="' in head for head in heads)
        assert 'lang="ar"' in page or path.name == "dam.html"


def test_a_contradiction_is_said_in_words(made: Reported) -> None:
    dam = words(made.stories[0])
    assert "outlets contradict each other" in dam
    assert re.search(r"≠ contradicts 1[a-z]: numeric", dam)
    assert re.search(r"→ updates 1[a-z]", dam)
    assert re.search(r"← 1[a-z] updates this", dam)
    assert re.search(r"= 2 claims say the same", dam)
    assert "Common nouns and pronouns are set in grey" in dam
    assert "no gold yet" not in dam
    assert "1 article has no gold yet" in words(made.stories[1])


def test_the_section_has_the_figures_of_the_twin(made: Reported) -> None:
    page = words(made.page)
    twin = json.loads(made.twin.read_text(encoding="utf-8"))
    stories = {one["story_id"]: one for one in twin["across"]["stories"]}
    assert [*stories] == [*STORIES]
    assert stories["dam"]["contradictions"] == stories["dam"]["links"]["contradicts"] == 2  # of three one is open
    assert (stories["dam"]["open"], stories["harbour"]["open"]) == (1, 0)
    assert "Who is who in 2 stories" in page
    measures = {(one["name"], one["label"]): one for one in twin["across"]["agreement"]["measures"] if not one["pair"]}
    assert measures["LEA", ""]["estimate"]["value"] == 1
    shown = measures["Krippendorff α of link", ""]["estimate"]["value"]
    assert 0 < shown < 1
    row = f'Krippendorff α of link</th><td>all</td><td class="number">{figure(shown)}</td>'
    assert row in made.page.read_text(encoding="utf-8")


def test_nobody_is_named(made: Reported) -> None:
    """Votes have pseudonyms, and the pages have nothing else."""
    for path in made.stories:
        text = path.read_text(encoding="utf-8")
        body = text[text.index("<body>") :]
        assert "@" not in body
        assert {*re.findall(r"ann-\w+", body)} <= {*PEOPLE}
    assert "ann-amina: contradicts, actor" in words(made.stories[0])


def test_the_same_files_give_the_same_bytes(workspace: Workspace, made: Reported) -> None:
    before = {path: path.read_bytes() for path in (made.page, made.twin, *made.stories)}
    for name in (ENTITY_VOTES, CLAIM_VOTES):
        file = workspace.links / name
        file.write_text("".join(reversed(file.read_text("utf-8").splitlines(keepends=True))), encoding="utf-8")
    again = report(workspace)
    assert {path: path.read_bytes() for path in (again.page, again.twin, *again.stories)} == before


def test_pages_of_stories_that_are_gone_go_too(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path)
    vote(workspace)
    assert len(report(workspace).stories) == len(STORIES)
    votes = workspace.links / ENTITY_VOTES, workspace.links / CLAIM_VOTES
    for file in votes:
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if json.loads(line)["story_id"] == "dam"), encoding="utf-8")
    assert [path.name for path in report(workspace).stories] == ["dam.html"]
    assert [path.name for path in (workspace.reports / "stories").iterdir()] == ["dam.html"]
    for file in votes:
        file.unlink()
    none = report(workspace)
    assert none.stories == ()
    assert not (workspace.reports / "stories").exists()
    assert "Nothing is linked across articles yet" in words(none.page)
    assert json.loads(none.twin.read_text("utf-8"))["across"] == {"stories": [], "agreement": None}


def test_the_command_prints_where_the_stories_are(made: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.page.parent)
    app = typer.Typer()
    command.register(app)
    printed = CliRunner().invoke(app, [], catch_exceptions=False).stdout
    assert [line for line in printed.splitlines() if line.startswith("story:")] == [
        f"story: {path}" for path in made.stories
    ]
    as_json = CliRunner().invoke(app, ["--format", "json"], catch_exceptions=False).stdout
    assert json.loads(as_json)["stories"] == [str(path) for path in made.stories]
