"""`goldkit agree` and `goldkit resolve`, run as a person does, on a small workspace without a server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.annotations.model import Annotation, Mention
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.store import add
from toolkit.files import write_jsonl
from toolkit.gold.store import load_gold
from toolkit.stages import setup
from toolkit.workspace import Workspace

from .desk import tree
from .program import Result, goldkit

TEXT = "Ilka Tornay left Port Sarrel."
ILKA, PORT = (0, 11, "PERSON"), (17, 28, "GPE")


def spans(*found: tuple[int, int, str]) -> tuple[Mention, ...]:
    return tuple(
        Mention(id=f"m{start}", start=start, end=end, text=TEXT[start:end], labels=(label,))
        for start, end, label in found
    )


def text_of(article_id: str) -> str:
    return f"{TEXT} ({article_id})"


def work(article_id: str, annotator: str, *found: tuple[int, int, str], **more: Any) -> Annotation:
    return Annotation(
        article_id=article_id,
        text_sha256=text_digest(text_of(article_id)),
        annotator=annotator,
        ontology_version="1.0.0",
        layers=("entities",),
        mentions=spans(*found),
        **more,
    )


WORKS = [
    work("a", "ann-1", ILKA, PORT),
    work("a", "ann-2", ILKA, PORT),
    work("a", "ann-3", ILKA),
    work("b", "ann-1", ILKA),
    work("b", "ann-2", (17, 28, "FACILITY")),
    work("c", "ann-3", PORT),
]


def workspace(folder: Path, works: Iterable[Annotation] = WORKS, **settings: Any) -> Workspace:
    setup.init(folder, "small")
    made = Workspace(folder)
    articles = [
        Article(article_id=id, text=text_of(id), text_sha256=text_digest(text_of(id)), story_id=f"story {id}")
        for id in "abc"
    ]
    add(made.articles, [StoredArticle(article=article, raw=article.text) for article in articles])
    write_jsonl(made.annotations, (one.model_dump(mode="json") for one in works))
    file = folder / "configs" / "project.yaml"
    file.write_text(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")) | settings), encoding="utf-8")
    return made


def failed(result: Result, *words: str, code: int = 1) -> None:
    assert (result.returncode, result.stdout) == (code, "")
    assert all(word in result.stderr for word in words), result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace(tmp_path_factory.mktemp("small"))


class TestAgree:
    def test_prints_the_figures_and_writes_all_of_them(self, made: Workspace) -> None:
        result = goldkit("agree", cwd=made.root)
        assert (result.returncode, result.stderr) == (0, "")
        shown = {" ".join(line.split()) for line in result.stdout.splitlines()}
        assert "entities F1, exact 0.667 0.000 to 0.800 8" in shown  # 2 · 4 / (2 · 4 + 2 + 2)
        assert "entities Krippendorff α of level undefined - 4" in shown
        assert "2 articles of 2 stories, 3 annotators, 3 pairs; 0 accepted suggestions" in result.stdout
        assert str(made.reports / "agreement.json") in result.stdout
        again = goldkit("agree", "--format", "json", cwd=made.root)
        written = json.loads((made.reports / "agreement.json").read_text(encoding="utf-8"))
        assert json.loads(again.stdout) == written | {"links": None}

    def test_by_label_and_by_pair(self, made: Workspace) -> None:
        plain = goldkit("agree", cwd=made.root).stdout.splitlines()
        result = goldkit("agree", "--by-label", "--by-pair", cwd=made.root)
        lines = [line.split() for line in result.stdout.splitlines()]
        assert lines[0] == ["layer", "measure", "label", "pair", "value", "95", "%", "interval", "of"]
        assert len(lines) > len(plain) + 10
        shown = {" ".join(line) for line in lines}
        assert "entities F1, exact PERSON all 0.857 0.000 to 1.000 4" in shown
        assert "entities F1, exact all ann-1 ann-2 0.667 0.000 to 1.000 4" in shown

    def test_without_overlap_there_is_nothing_to_compare(self, tmp_path: Path) -> None:
        made = workspace(tmp_path, [work("a", "ann-1", ILKA), work("b", "ann-2", ILKA)])
        result = goldkit("agree", cwd=made.root)
        assert result.returncode == 0
        assert "no article has the work of two annotators" in result.stdout
        assert "next: overlap: 2 or more in configs/project.yaml" in result.stdout

    def test_without_annotations_it_says_what_to_do(self, tmp_path: Path) -> None:
        made = workspace(tmp_path)
        made.annotations.unlink()
        failed(goldkit("agree", cwd=tmp_path), "annotations.jsonl: no such file", "next: goldkit pull")
        failed(goldkit("resolve", cwd=tmp_path), "annotations.jsonl: no such file", "next: goldkit pull")

    def test_a_broken_line_is_named(self, tmp_path: Path) -> None:
        made = workspace(tmp_path)
        made.annotations.write_text(made.annotations.read_text(encoding="utf-8") + '{"article_id": 5}\n', "utf-8")
        before = tree(tmp_path)
        for command in ("agree", "resolve"):
            failed(goldkit(command, cwd=tmp_path), "annotations.jsonl:7: not valid", "article_id")
        assert tree(tmp_path) == before

    def test_an_article_that_the_store_lacks_is_named(self, tmp_path: Path) -> None:
        made = workspace(tmp_path, [work("x", "ann-1", ILKA), work("x", "ann-2", ILKA)])
        failed(goldkit("agree", cwd=made.root), "x: annotated, and not among the articles", "next: goldkit check")

    def test_there_is_no_such_option(self, made: Workspace) -> None:
        failed(goldkit("agree", "--by-story", cwd=made.root), "--by-story", code=2)


class TestResolve:
    def test_settles_by_the_majority_and_lists_what_is_left(self, made: Workspace) -> None:
        result = goldkit("resolve", cwd=made.root)
        assert result.returncode == 0, result.stderr
        lines = [line.split() for line in result.stdout.splitlines()]
        assert ["majority", "1"] in lines
        assert ["unanimous", "1"] in lines
        assert ["mention", "presence", "2"] in lines
        assert "2 articles are gold, 1 await adjudication, 0 were skipped" in result.stdout
        assert "next: goldkit review push" in result.stdout
        assert [gold.article_id for gold in load_gold(made.gold)] == ["a", "c"]
        assert [gold.article_id for gold in load_gold(made.open)] == ["b"]

    def test_json(self, made: Workspace) -> None:
        found = json.loads(goldkit("resolve", "--format", "json", cwd=made.root).stdout)
        assert found == {
            "gold": 2,
            "awaiting": ["b"],
            "skipped": [],
            "stories": {"settled": 0, "open": []},
            "settled": {"majority": 1, "single-annotator": 1, "unanimous": 1},
            "voted_down": 0,
            "open": [{"kind": "mention", "reason": "presence", "items": 2}],
            "findings": [],
        }

    def test_the_rule_is_in_the_projects_file(self, tmp_path: Path) -> None:
        made = workspace(tmp_path, gold={"rule": "unanimous"})
        found = json.loads(goldkit("resolve", "--format", "json", cwd=made.root).stdout)
        assert (found["settled"], found["awaiting"]) == ({"single-annotator": 1, "unanimous": 1}, ["a", "b"])

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            ({"rule": "coin"}, "gold.rule: Input should be 'unanimous', 'majority', 'dawid-skene' or 'mace'"),
            ({"rule": "mace", "confidence": 0.5}, "gold.confidence: Input should be greater than 0.5"),
            ({"rules": "mace"}, "gold.rules: unknown key"),
        ],
    )
    def test_a_rule_that_is_none_is_named(self, rule: dict[str, Any], words: str, tmp_path: Path) -> None:
        made = workspace(tmp_path, gold=rule)
        failed(goldkit("resolve", cwd=made.root), "project.yaml: not valid", words, "next: correct")
        assert not made.gold.exists()

    def test_what_is_wrong_with_the_marks_is_a_finding(self, tmp_path: Path) -> None:
        marked = [work("a", who, ILKA, ground_truth=("entities",)) for who in ("ann-1", "ann-2")]
        made = workspace(tmp_path, marked)
        result = goldkit("resolve", cwd=made.root)
        assert result.returncode == 3
        assert "marked as ground truth 2 times, by ann-1, ann-2" in result.stdout
        assert "next: leave the mark on one of them" in result.stdout

    def test_the_same_twice_are_the_same_bytes(self, tmp_path: Path) -> None:
        made, other = workspace(tmp_path / "one"), workspace(tmp_path / "two", reversed(WORKS))
        files = []
        for one in (made, other):
            assert goldkit("resolve", cwd=one.root).returncode == 0
            files.append((one.gold.read_bytes(), one.open.read_bytes()))
        assert files[0] == files[1]
