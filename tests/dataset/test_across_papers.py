"""What the dataset's papers, and its other formats, say of what is linked across articles."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from papers import FACTS, describe
from small_world import World
from stories_world import make_links, make_world

from toolkit.dataset.about import About, ComparedLinks, Facts, Figure
from toolkit.dataset.documentation.card import card
from toolkit.dataset.documentation.croissant import described
from toolkit.dataset.documentation.datasheet import datasheet
from toolkit.dataset.documentation.rai import analysis
from toolkit.dataset.features import ACROSS
from toolkit.dataset.formats.catalogue import RECORD, export
from toolkit.dataset.formats.names import Target
from toolkit.dataset.formats.part import LINKS
from toolkit.dataset.formats.reasons import ACROSS_ARTICLES
from toolkit.dataset.opened import open_files
from toolkit.dataset.prose import Prose

LINKING = ComparedLinks(
    stories=2,
    annotators=2,
    mentions=9,
    unsure=1,
    pairs=5,
    figures=(
        Figure("who is who", "LEA", 0.8, 0.5, 1.0, 9, 2),
        Figure("links between claims", "Krippendorff α", None, None, None, 5, 2),
    ),
)


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> About:
    world = make_world()
    built = world.build(tmp_path_factory.mktemp("papers") / "d", links=make_links())
    opened = open_files(built.folder, world.ontology)
    return About(world.project, world.ontology, opened, Prose(), replace(FACTS, linking=LINKING))


@pytest.fixture(scope="module")
def text(about: About) -> str:
    return card(about)


def section(text: str, head: str, level: str = "##") -> str:
    return text.split(f"\n{level} {head}\n")[1].split(f"\n{level} ")[0]


def test_the_counts_on_top(text: str) -> None:
    assert "9 mentions, 6 claims, 7 linked mentions, 5 links between claims.**" in text


def test_how_to_load_it_names_a_split_that_is_there(text: str) -> None:
    lines = re.findall(r'load_dataset\("[^"]*", "(\w+)", split="(\w+)"\)', section(text, "Load it"))
    assert {config for config, _ in lines} > set(ACROSS)
    assert dict(lines)["claim_links"] == "train"
    part = section(text, "Load it")
    assert "| `claim_links` | 5 | 5 | 0 |" in part
    assert "- `entity_links`: a row is a mention, and which entity of its story it is" in part


def test_a_config_that_the_first_split_has_nothing_of_is_loaded_from_another(tmp_path: Path) -> None:
    _, storm = make_links()
    visit = make_links()[0]
    released = {id: "test" if id.startswith("b") else "train" for id in make_world().articles}
    world = make_world()
    built = world.build(tmp_path / "d", links=[visit, storm], released=released)
    opened = open_files(built.folder, world.ontology)
    text = card(About(world.project, world.ontology, opened))
    assert opened.splits[0] == "train"
    assert '"claim_links", split="test")' in text
    assert '"documents", split="train")' in text


def test_what_is_linked(text: str) -> None:
    part = section(section(text, "What is in it"), "Across articles", "###")
    for line in (
        "2 stories of two articles or more. Who is who: gold 1, unlabelled 1. Links between claims: gold 1, "
        "awaiting-adjudication 1.",
        "| `PERSON` | 1 | 4 | 1 | 1 |",
        "| `GPE` | 1 | 3 | 1 | 0 |",
        "| `equivalent` | 3 | 3 | 0 |",
        "| `unrelated` | 0 | 0 | 0 |",
        "- `contradicts`: What contradicts means. (claim ↔ claim)",
        "- `supports`: What supports means. (claim → claim)",
        "Claims that cannot both be true: 1 pair. Of all links 1 follow from others",
        "| `cause` | numeric 1 |",
    ):
        assert line in part, line


def test_how_it_was_settled(text: str) -> None:
    part = section(text, "How the gold was made")
    assert "| settled | mentions | claims | linked mentions | links between claims |" in part
    assert "| `adjudicated` | 0 | 0 | 0 | 1 |" in part
    assert "none of its mentions is in `entity_links`" in part


def test_how_far_annotators_agree(about: About, text: str) -> None:
    part = section(section(text, "Agreement"), "Across articles", "###")
    assert "Of 2 annotators on 2 stories that two or more linked" in part
    assert "9 mentions that two put somewhere (1 more were left open), 5 pairs of claims." in part
    assert "| who is who | LEA | 0.80 | 0.50\u00a0to\u00a01.00 | 9 |" in part
    assert "| links between claims | Krippendorff α | undefined | - | 5 |" in part
    assert "who is who: LEA 0.80 (95 % interval 0.50 to 1.00; of 9)" in analysis(about)
    only = card(replace(about, facts=Facts(linking=LINKING)))
    assert "| who is who | LEA |" in section(only, "Agreement")
    assert "### Across articles" not in section(card(replace(about, facts=FACTS)), "Agreement")
    nothing = card(replace(about, facts=Facts(linking=replace(LINKING, figures=()))))
    assert "No story was linked by two annotators" in section(nothing, "Agreement")


def test_how_to_read_the_columns(text: str) -> None:
    part = section(section(text, "Reading the columns"), "Across articles", "###")
    for column in ("entity_id", "wikidata", "head", "tail", "followed", "pairs", "entities_status"):
        assert f"`{column}`" in part


def test_the_header(text: str) -> None:
    data = yaml.safe_load(text.split("---\n")[1])
    assert data["task_ids"] == ["named-entity-recognition", "coreference-resolution"]
    assert {"entity-linking", "cross-document-coreference", "contradiction-detection"} < set(data["tags"])
    assert [item["config_name"] for item in data["configs"] if item.get("default")] == ["entities"]
    assert {item["config_name"] for item in data["configs"]} > set(ACROSS)


def test_the_datasheet(about: About) -> None:
    text = datasheet(about)
    assert "- `stories`: 2 rows, each a story that several articles tell" in text
    assert "- Links between claims: equivalent 3, contradicts 1, supports 1" in text
    assert "Who is who: gold 1, unlabelled 1." in text
    assert "Entities and links between claims join the articles of a story." in text


def test_croissant(about: About) -> None:
    sets = {one["@id"]: one for one in described(about)["recordSet"]}
    fields = {config: {field["name"] for field in sets[config]["field"]} for config in ACROSS}
    assert {"entity_id", "wikidata", "labels", "article_id"} < fields["entity_links"]
    assert {"head", "tail", "type", "cause", "followed"} < fields["claim_links"]
    assert {"articles", "links", "contradictions", "claims_status"} < fields["stories"]
    types = {tuple(row.values())[1] for one in sets.values() for row in one.get("data", ()) if len(row) == 2}
    assert {"contradicts", "updates", "negation", "unlabelled"} < types


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # mlcroissant's own
def test_croissant_loads_them(about: About, tmp_path: Path) -> None:
    import mlcroissant

    file = about.opened.folder / "croissant.json"
    dataset = mlcroissant.Dataset(jsonld=file)
    for config in ACROSS:
        assert len(list(dataset.records(config))) == about.opened.count(config)


def test_without_links_the_papers_do_not_speak_of_them(tmp_path: Path) -> None:
    about = describe(tmp_path / "d", world=World())
    for paper in (card(about), datasheet(about)):
        assert not [word for word in (*ACROSS[:2], "`stories`", "Across articles", "between claims") if word in paper]


def test_stories_that_nobody_linked_are_still_told_of(tmp_path: Path) -> None:
    about = describe(tmp_path / "d", world=make_world())
    part = section(section(card(about), "What is in it"), "Across articles", "###")
    assert "Who is who: unlabelled 2. Links between claims: unlabelled 2." in part
    assert "`equivalent`" not in part


def test_what_no_other_format_holds_is_counted(about: About, tmp_path: Path) -> None:
    assert {"stories", *LINKS} == set(ACROSS)
    for target in (Target.JSONL, Target.CONLL, Target.BRAT):
        made = export(about.opened, target, tmp_path / target)
        lost: dict[str, Any] = {
            part.split: {kind: count for (kind, why), count in part.left_out.items() if why == ACROSS_ARTICLES}
            for part in made.parts
        }
        assert lost == {"train": {"entity_links": 7, "claim_links": 5}, "test": {}}
        record = json.loads((made.folder / RECORD).read_text(encoding="utf-8"))
        assert {"kind": "claim_links", "reason": ACROSS_ARTICLES, "count": 5} in record["splits"][0]["left_out"]
