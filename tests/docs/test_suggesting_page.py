"""docs/suggesting.md: its settings, question, answer and findings are those of the program."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.articles.model import Article, text_digest
from toolkit.findings import Rule
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import SuggestionSettings
from toolkit.suggest import answers, batches, reading
from toolkit.suggest.model import Suggestions
from toolkit.suggest.pipeline import read_mapping
from toolkit.suggest.program import OURS
from toolkit.suggest.protocol import request

MODULES = ("answers", "batches", "pipeline", "reading")


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "suggesting.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_settings_can_be_used(page: str, repository: Path, ontology: Ontology, tmp_path: Path) -> None:
    settings, labels = blocks(page, "yaml")
    sources = SuggestionSettings.model_validate(yaml.safe_load(settings)["suggestions"]).sources
    assert [source.kind for source in sources] == ["carry-over", "spacy", "command", "http"]
    assert (repository / yaml.safe_load(settings)["suggestions"]["sources"][2]["command"][1]).is_file()
    (tmp_path / "labels.yaml").write_text(labels, encoding="utf-8")
    assert read_mapping(tmp_path / "labels.yaml", ontology)["CARDINAL"] is None


def test_the_question_and_the_answer_fit_together(page: str, ontology: Ontology) -> None:
    asked, answer = (json.loads(block) for block in blocks(page, "json"))
    articles = [Article(text_sha256=text_digest(one["text"]), **one) for one in asked["articles"]]
    real: dict[str, Any] = json.loads(json.dumps(request(ontology, articles)))
    assert asked.keys() == real.keys()
    assert asked["articles"] == real["articles"]
    assert asked["layers"] == real["layers"]
    assert asked["ontology"].keys() <= real["ontology"].keys()
    (suggestions,) = answers.read_answer(json.dumps(answer).encode(), articles, ontology, "page").said
    assert isinstance(suggestions, Suggestions)
    assert suggestions.items == 3


def test_every_finding_stands_in_the_table(page: str) -> None:
    modules = [importlib.import_module(f"toolkit.suggest.{name}") for name in MODULES]
    known = {value.id for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    assert set(re.findall(r"^\| `(suggestion-[a-z-]+)` \|", page, re.MULTILINE)) == known


def test_the_limits_are_those_of_the_program(page: str) -> None:
    assert f"{batches.ANSWER_BYTES // 10**6} MB" in page
    assert f"{reading.ITEMS:,} mentions" in page
    assert batches.FAILED_IN_A_ROW == 3
    assert batches.LONGEST_WAIT == 60
    assert all(f"`{prefix}`" in page for prefix in OURS)
