from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt
from papers import FACTS, describe, project
from small_world import World, make_article, mention, span_type, vote

from toolkit.dataset.about import About, Facts
from toolkit.dataset.check import check_features, check_loads
from toolkit.dataset.documentation import document
from toolkit.dataset.documentation.card import card
from toolkit.dataset.documentation.citation import bibtex, creator
from toolkit.dataset.documentation.terms import conditions
from toolkit.dataset.prose import SECTIONS, Prose, parse_prose
from toolkit.ontology.model import Ontology

HARM = "</td><script>alert(1)</script> | [x](javascript:1) `x`\n---\n# Owned <!-- http://evil.example"


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> About:
    """Everything is known of it; do not change its folder."""
    return describe(tmp_path_factory.mktemp("card") / "2.0.0")


@pytest.fixture(scope="module")
def text(about: About) -> str:
    return card(about).replace("\u00a0", " ")


def header(card: str) -> dict[str, Any]:
    found = yaml.safe_load(card.split("\n---\n")[0].removeprefix("---\n"))
    assert isinstance(found, dict)
    return found


def section(card: str, heading: str) -> str:
    return card.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_it_says_what_it_is_how_to_load_it_and_what_is_in_it_first(text: str) -> None:
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == [
        "Load it",
        "What is in it",
        "Motivation",
        "Collection",
        "Annotators",
        "Splits",
        "How the gold was made",
        "Agreement",
        "Uses",
        "Out of scope",
        "Biases",
        "Limitations",
        "Social impact",
        "Personal and sensitive information",
        "Maintenance",
        "Reading the columns",
        "Rights",
        "Citation",
    ]
    top = text.split("\n---\n\n")[1].split("\n## ")[0]
    assert top.startswith("# Harbour\n\nWhat is said of summary.\n\n**5 articles of 2 outlets; 2 of them with gold: ")
    assert "11 mentions, 2 relations, 2 claims.** Version 2.0.0 of 2031-05-20, labelled with the ontology" in top


def test_the_header_is_what_the_hub_and_datasets_read(about: About, text: str) -> None:
    data = header(text)
    assert {key: data[key] for key in data if key not in ("configs", "dataset_info")} == {
        "annotations_creators": ["expert-generated"],
        "language": ["ar", "en"],
        "license": "cc-by-4.0",
        "multilinguality": ["multilingual"],
        "pretty_name": "Harbour",
        "size_categories": ["n<1K"],
        "tags": ["news", "goldkit", "relation-extraction", "claim-detection", "attribution"],
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
    }
    files = {
        one["config_name"]: {
            file["split"]: path for file in one["data_files"] for path in about.opened.folder.glob(file["path"])
        }
        for one in data["configs"]
    }
    assert files == {config: about.opened.files(config) for config in about.opened.features}
    assert [one["config_name"] for one in data["configs"] if one.get("default")] == ["entities"]
    sizes = {
        one["config_name"]: {it["name"]: it["num_examples"] for it in one["splits"]} for one in data["dataset_info"]
    }
    assert sizes == {
        config: {split: about.opened.count(config, split) for split in splits} for config, splits in files.items()
    }
    assert all(it["num_bytes"] > 0 for one in data["dataset_info"] for it in one["splits"])


def test_it_loads_with_its_papers_beside_it(tmp_path: Path) -> None:
    about = describe(tmp_path / "d")
    document(about.opened.folder, about)
    assert check_features(about.opened.folder, about.ontology) == []
    assert check_loads(about.opened.folder) == {
        "annotations": 6,
        "claims": 2,
        "documents": 5,
        "entities": 2,
        "relations": 2,
    }


def test_how_to_load_it(about: About, text: str) -> None:
    part = section(text, "Load it")
    assert 'entities = load_dataset("owner/harbour", "entities", split="train")' in part
    assert '`revision="v2.0.0"`' in part
    assert "`hf://datasets/owner/harbour/documents/train-00000-of-00001.parquet`" in part
    assert about.opened.splits == ("train", "validation", "test")
    counts = [about.opened.count("documents", split) for split in about.opened.splits]
    assert f"| `documents` | 5 | {' | '.join(map(str, counts))} |" in part
    assert "stand-off" not in part


def test_counts(text: str) -> None:
    part = section(text, "What is in it")
    assert re.search(r"^\| `PERSON` \| 4 \|", part, re.MULTILINE)
    assert re.search(r"^\| `has_quantity` \| 0 \| 0 ", part, re.MULTILINE)
    for line in (
        "- `PERSON`: What PERSON \\| means.",
        "- `met_with`: met\\_with (PERSON ↔ PERSON)",
        "| `modality` | asserted 1, negated 1 |",
        "| `claimant_kind` | mention 1, outlet 1 |",
        "| Meridian \\| Wire | 1 | 1 |",
        "| (not known) | 3 | 0 |",
        "Where they stand: gold 2, awaiting-adjudication 1, skipped 1, unlabelled 1. Translations: 1.",
    ):
        assert line in part
    assert "certainty" not in part  # nobody answered it


def test_many_outlets_are_counted_together(world: World, tmp_path: Path) -> None:
    world.votes = [vote(world.articles["a4"], "annotator-9c", skipped=True)]
    world.articles |= {
        f"b{number:02}": make_article(f"b{number:02}", f"Text {number}.", outlet=f"Outlet {number:02}", language="en")
        for number in range(35)
    }
    part = section(card(describe(tmp_path / "d", world=world)), "What is in it")
    assert "| Outlet 27 | 1 | 0 |\n| (8 others) | 8 | 0 |" in part  # not known, Meridian, 28 of 35, the rest
    assert part.count("| Outlet ") == 28


def test_splits_as_asked_and_as_they_are(about: About, text: str) -> None:
    part = section(text, "Splits")
    train = about.opened.count("documents", "train")
    assert f"| `train` | {train} | {100 * train / 5:.1f} % | 40.0 % |" in part
    assert "That makes 5 groups. An article stays in its split" in part
    assert "Stories of more than one article: 0. Groups of near-copies: 0, of 0 articles (pairs: duplicate 1)." in part
    assert "Jaccard similarity of 0.7 or more (0.9: duplicates), or 0.8" in part


def test_how_the_gold_came_about(text: str) -> None:
    part = section(text, "How the gold was made")
    assert "more than half of those who were asked said exactly this (`majority`)" in part
    assert "| `single-annotator` | 9 | 2 | 2 |\n| `ground-truth` | 2 | 0 | 0 |" in part
    assert "A person decided 0 of 15 items (0.0 %)." in part
    assert "Of 15 items that annotators left standing, 1 (6.7 %) had been suggested to them: 1 accepted" in part
    assert "sha256 abc" in part


def test_agreement_with_intervals_and_what_they_are(text: str) -> None:
    part = section(text, "Agreement")
    assert "Of 2 annotators on 2 articles that two or more labelled" in part
    assert "With so few stories the intervals are too narrow." in part
    assert "| entities | F1, exact | 0.67 | 0.50 to 0.75 | 6 |" in part
    assert "| entities | Krippendorff α of level | undefined | - | 2 |" in part
    assert "Of the items compared 1 are accepted suggestions" in part


def test_agreement_that_nobody_measured_is_not_spoken_of(about: About) -> None:
    assert "## Agreement" not in card(replace(about, facts=Facts()))
    assert FACTS.agreement is not None
    nothing = replace(FACTS, agreement=replace(FACTS.agreement, figures=()))
    assert "how far they agree is not known" in section(card(replace(about, facts=nothing)), "Agreement")


def test_rights(text: str) -> None:
    part = section(text, "Rights")
    assert "[cc-by-4.0](https://spdx.org/licenses/CC-BY-4.0.html)" in part
    assert "| [Apache-2.0](https://spdx.org/licenses/Apache-2.0.html) | 1 | see the licence |" in part
    assert "| (not known) | 4 | nobody has said; without leave, do not pass the texts on |" in part
    assert conditions("CC-BY-NC-SA-4.0") == (
        "name the source; not for commercial ends; pass changed texts on under the same licence"
    )
    assert conditions("cc0-1.0") == "none"
    assert conditions("© Meridian") == "see the licence"


def test_citation(text: str) -> None:
    assert section(text, "Citation") == (
        "\n```bibtex\n@misc{quill-demo-2031,\n  author = {Quill, Ana and {Veldan Press Institute}},\n"
        "  title = {{Harbour}},\n  year = {2031},\n  version = {2.0.0},\n  url = {https://huggingface.co/datasets/owner/harbour},\n}\n```\n"
    )


def test_creators_are_people_or_organisations() -> None:
    assert creator("Quill,  Ana") == ("Ana Quill", "Quill", "Ana")
    assert creator("Veldan Press Institute") == ("Veldan Press Institute", "", "")
    assert creator("Quill,") == ("Quill", "", "")


def test_a_citation_survives_its_words(about: About) -> None:
    named = replace(about, project=project(hub="", title="50% {of} A_B & \\C", creators=["R&D, the"], date="", url=""))
    assert bibtex(named) == (
        "@misc{r-d-demo,\n  author = {R\\&D, the},\n  title = {{50\\% \\{of\\} A\\_B \\& \\textbackslash{}C}},\n"
        "  version = {2.0.0},\n}"
    )


def test_what_nobody_wrote_is_left_out_and_found(about: About) -> None:
    bare = replace(about, project=project(hub="", date="", creators=[]), prose=Prose())
    text = card(bare)
    assert not [name for name in SECTIONS if f"## {name}" in text]
    assert "\n# Harbour\n\n**5 articles" in text
    assert not re.search(r"TODO|TBD|N/A|Needed", text)
    assert [one.rule for one in bare.findings()] == [
        *["card-section-missing"] * len(SECTIONS),
        "card-date-missing",
        "card-creators-missing",
        "card-url-missing",
    ]


def test_nothing_to_find(about: About) -> None:
    assert list(about.findings()) == []


def test_a_licence_of_one_s_own(about: About) -> None:
    named = project(licence="Veldan Press Licence 2", url="https://harbour.example/data")
    own = replace(about, project=named)
    data = header(card(own))
    assert (data["license"], data["license_name"], data["license_link"]) == (
        "other",
        "veldan-press-licence-2",
        "https://harbour.example/data#rights",
    )
    assert [one.rule for one in own.findings()] == ["card-vocabulary"]
    assert header(card(replace(about, project=project(licence="other"))))["license_name"] == "per-document"


def test_words_that_the_hub_does_not_know_stay_out_of_the_header(world: World, tmp_path: Path) -> None:
    world.articles["a3"] = world.articles["a3"].model_copy(update={"language": "english"})
    about = describe(tmp_path / "d", world=world, annotations_creators=["experts"])
    text = card(about)
    assert header(text)["language"] == ["ar", "en"]
    assert "annotations_creators" not in header(text)
    assert "| english | 1 | 0 |" in text  # the text for people has what is in the data
    assert [(one.rule, one.place.article_id) for one in about.findings()] == [
        ("card-vocabulary", ""),
        ("card-vocabulary", "a3"),
    ]


def test_a_stand_off_release_says_so(tmp_path: Path) -> None:
    text = card(describe(tmp_path / "d", text="stand-off"))
    assert "**The articles' texts are not in it**" in section(text, "Load it")
    assert "goldkit hydrate" in section(text, "Load it")
    assert "passing it on passes on none of them" in section(text, "Rights")
    assert "Here: 0 tokens" not in text


def test_entities_alone(world: World, ontology_with: Callable[..., Ontology], tmp_path: Path) -> None:
    world.ontology = ontology_with(values=[], mention_attributes=[], relations=[], modality=None, claims=None)
    article = world.articles["a1"]
    world.votes = [vote(article, "annotator-7f", mentions=(mention(article.text, "m1", "Omar", "PERSON"),))]
    text = card(describe(tmp_path / "d", world=world))
    assert "### Relations" not in text
    assert "### Claims" not in text
    assert header(text)["tags"] == ["news", "goldkit"]


def test_without_any_gold(world: World, tmp_path: Path) -> None:
    world.votes = [vote(world.articles["a4"], "annotator-9c", skipped=True)]
    text = card(describe(tmp_path / "d", world=world))
    assert "0 of them with gold: 0 mentions.**" in text
    assert '"claims", split' not in text
    assert next(one for one in header(text)["configs"] if one.get("default"))["config_name"] == "documents"
    assert "A person decided" not in text


def test_the_same_dataset_gives_the_same_card_wherever_it_lies(about: About, text: str, tmp_path: Path) -> None:
    again = describe(tmp_path / "elsewhere")
    assert card(again).replace("\u00a0", " ") == text
    assert str(about.opened.folder) not in text


def test_data_cannot_speak_for_the_card(world: World, ontology_with: Callable[..., Ontology], tmp_path: Path) -> None:
    harmless = card(describe(tmp_path / "harmless"))
    for id, article in world.articles.items():
        world.articles[id] = article.model_copy(
            update={"outlet": HARM, "licence": HARM, "language": HARM, "story_id": HARM, "published": HARM}
        )
    world.ontology = ontology_with(
        entities=[span_type(name) | {"definition": HARM} for name in ("PERSON", "ORGANIZATION", "GPE", "LOCATION")]
    )
    about = describe(tmp_path / "d", world=world, title=HARM, creators=[HARM], licence=HARM)
    text = card(about)
    data = header(text)
    assert (data["pretty_name"], data["license"]) == (HARM, "other")
    assert "language" not in data
    html = MarkdownIt("commonmark").enable("table").render(text.split("\n---\n", 1)[1])
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= set(re.findall(r"<(\w+)", MarkdownIt("commonmark").enable("table").render(harmless))) - {"script"}
    assert re.findall(r"<h1>", html) == ["<h1>"]
    assert re.findall(r'href="([^"]*)"', html) == []
    assert "evil.example" in html


def test_prose_is_a_person_s_markdown(about: About) -> None:
    told = replace(about, prose=parse_prose("## Uses\n\nFor *this* and [that](https://harbour.example/).\n"))
    assert section(card(told), "Uses") == "\nFor *this* and [that](https://harbour.example/).\n"
