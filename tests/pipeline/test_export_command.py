"""The dataset of a workspace in other formats, from the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from toolkit import samples
from toolkit.articles import store
from toolkit.dataset.formats.names import Target
from toolkit.files import write_jsonl
from toolkit.stages import setup
from toolkit.workspace import Workspace

from .desk import tree
from .program import Result, goldkit


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample articles, one annotator's work on them, and the dataset."""
    root = tmp_path_factory.mktemp("export")
    setup.init(root, "trial")
    assert goldkit("articles", "add", samples.ARTICLES, cwd=root).returncode == 0
    workspace = Workspace(root)
    articles = {id: one.article for id, one in store.load(workspace.articles).items()}
    ontology = setup.ontology(workspace)
    works = samples.work("amina", articles, ontology)
    write_jsonl(workspace.annotations, (work.model_dump(mode="json") for work in works))
    made = goldkit("build", cwd=root)
    assert made.returncode in (0, 3), made.stderr
    return root


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "workspace")


def export(workspace: Path, *options: str | Path) -> Result:
    return goldkit("export", *options, cwd=workspace)


@pytest.mark.parametrize("target", list(Target))
def test_every_format_stands_beside_the_dataset(target: Target, workspace: Path) -> None:
    result = export(workspace, "--to", target)
    assert result.returncode == 0, result.stderr
    folder = workspace / "exports" / "trial" / "formats" / "0.1.0" / target
    assert result.stdout.endswith(f"\n{target}: {folder}\n")
    assert result.stderr == ""
    assert {path.split(".")[0].split("/")[0] for path in tree(folder)} >= {"train", "validation", "test", "export"}
    assert goldkit("export", "--to", target, cwd=workspace).returncode == 0  # over itself


def test_what_a_format_cannot_hold_is_printed(workspace: Path) -> None:
    result = export(workspace, "--to", "conll")
    assert re.search(r"^train +relations +left out +\d+  CoNLL holds tags only$", result.stdout, re.MULTILINE)
    data = json.loads(export(workspace, "--to", "conll", "--format", "json").stdout)
    whole = json.loads(export(workspace, "--to", "jsonl", "--format", "json").stdout)
    assert [split["split"] for split in data["splits"]] == ["train", "validation", "test"]
    for part, all_of_it in zip(data["splits"], whole["splits"], strict=True):
        assert all_of_it["left_out"] == []
        for kind, there in all_of_it["written"].items():
            left_out = sum(one["count"] for one in part["left_out"] if one["kind"] == kind)
            assert part["written"][kind] + left_out == there
    assert sum(split["written"]["claims"] for split in whole["splits"]) > 20


def test_any_dataset_from_anywhere(workspace: Path, tmp_path: Path) -> None:
    dataset = shutil.copytree(workspace / "exports" / "trial" / "dataset" / "0.1.0", tmp_path / "downloaded")
    result = goldkit("export", "--to", "jsonl", "--from", "downloaded", "--out", "lines", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "lines" / "train.jsonl").is_file()
    nowhere = goldkit("export", "--to", "jsonl", "--from", dataset, cwd=tmp_path)
    assert nowhere.returncode == 2
    assert f"next: goldkit export --to jsonl --from {dataset} --out FOLDER" in nowhere.stderr


def test_nothing_of_others_is_overwritten(workspace: Path) -> None:
    result = export(workspace, "--to", "jsonl", "--out", "configs")
    assert result.returncode == 2
    assert "configs holds other things than an export" in result.stderr
    assert "next: --out OTHER-FOLDER" in result.stderr
    assert result.stdout == ""
    assert (workspace / "configs" / "ontology.yaml").is_file()


def test_before_there_is_a_dataset(tmp_path: Path) -> None:
    setup.init(tmp_path, "trial")
    result = export(tmp_path, "--to", "spacy")
    assert result.returncode == 1
    assert "next: goldkit build" in result.stderr


def test_a_format_that_is_none_is_wrong_usage(workspace: Path) -> None:
    result = export(workspace, "--to", "pdf")
    assert result.returncode == 2
    assert "docred" in result.stderr
