"""Exports as files: read as the tasks in them are, and by the command as by the laws."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pipeline.program import goldkit
from sweep import SWEEP, examples

from toolkit.annotations.collect import Received, collect
from toolkit.annotations.exports import raw_articles, raw_texts, read_export
from toolkit.annotations.mapping import ExportMapping
from toolkit.articles.freeze import freeze_all
from toolkit.articles.model import StoredArticle
from toolkit.articles.rules import Rules
from toolkit.errors import GoldkitError

from .damage import damaged
from .exports import FULL, ONTOLOGY, export, sound
from .readers import CORPUS, GRAMMAR, NAMES, READERS, exported

CASES = sorted(file for folder in ("exports", "json-lines") for file in (CORPUS / folder).iterdir())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fuzz")
    assert goldkit("init", ".", "--name", "fuzz", cwd=root).returncode == 0
    shutil.copy(ONTOLOGY, root / "configs" / "ontology.yaml")
    return root


@pytest.mark.parametrize("case", CASES if SWEEP else CASES[::4], ids=lambda case: case.name)
def test_the_command_says_what_the_reader_says(case: Path, workspace: Path) -> None:
    shutil.rmtree(workspace / "exports")
    (workspace / "exports").mkdir()
    result = goldkit("pull", "--from-file", case, "--format", "json", cwd=workspace)
    answer = READERS[case.parent.name](case.read_bytes())
    if answer.error:
        assert result.returncode == 1
        assert "next: " in result.stderr
        return
    found = json.loads(result.stdout)
    assert answer.counts is not None
    assert found["counts"] == answer.counts.as_dict()
    assert {finding["rule"] for finding in found["findings"]} == answer.rules
    assert result.returncode == (3 if any(one["severity"] != "note" for one in found["findings"]) else 0)


@pytest.mark.parametrize("seed", range(examples(12)))
def test_a_sound_file_is_as_good_as_its_tasks(seed: int, tmp_path: Path) -> None:
    made = sound(Random(seed))
    tasks = [one.task for one in made.tasks]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    received = read_export(path, ExportMapping(), GRAMMAR)
    frozen = [*freeze_all(raw_articles(received, path), Rules())]
    stored = [one for one in frozen if isinstance(one, StoredArticle)]
    articles = {one.article.article_id: one.article for one in stored}

    def collected(tasks: list[Received]) -> Any:
        return collect(tasks, articles, FULL, str, lambda task: str(task["id"]), raw=raw_texts(stored))

    assert [one.layers for one in received] == [("entities", "relations", "claims")]
    assert collected(received) == collected([Received(task) for task in tasks])
    assert collected(received).findings == ()


MAPPED = ExportMapping(
    labels={"HUMAN": "PERSON", "": "PLACE"},
    relations={"beside": "knows"},
    attributes={"level": "note"},
    choices={"Named": "named"},
    controls={"ner": "entities", "grid": "ignore", "": "claims", "mentions": "entities"},
)


@pytest.mark.parametrize("names", [NAMES, MAPPED], ids=["own names", "mapped"])
@pytest.mark.parametrize("seed", range(examples(60)))
def test_whatever_is_in_a_file_it_is_counted_or_refused(seed: int, names: ExportMapping, tmp_path: Path) -> None:
    random = Random(seed)
    (tmp_path / "export.json").write_text(json.dumps([one.task for one in export(random, random.randrange(4)).tasks]))
    lines = (CORPUS / "json-lines" / "sound.jsonl").read_bytes().splitlines()
    harmed = [damaged(json.loads(line), random, random.randrange(1, 5)) for line in lines for _ in range(2)]
    (tmp_path / "export.jsonl").write_text("\n".join(map(json.dumps, harmed)))
    for file in tmp_path.iterdir():
        with contextlib.suppress(GoldkitError):
            assert exported(file, names).counts
