"""`goldkit hydrate`, as those use it who have a release without texts and articles of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit import samples
from toolkit.articles.read import read
from toolkit.articles.rules import BUILT_IN
from toolkit.articles.store import load
from toolkit.files import write_text
from toolkit.stages.hydrate import beside_standoff
from toolkit.workspace import Workspace

from .program import goldkit


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace whose dataset was built without texts, and before that with them, as version 0.0.9."""
    made = sample_workspace(tmp_path_factory.mktemp("standoff"), version="0.0.9")
    for version, text in (("0.0.9", "included"), ("0.1.0", "stand-off")):
        file = made.root / "configs" / "project.yaml"
        settings = file.read_text(encoding="utf-8").replace("version: 0.0.9", f"version: {version}\n  text: {text}")
        write_text(file, settings if text == "stand-off" else file.read_text(encoding="utf-8"))
        built = goldkit("build", cwd=made.root)
        assert built.returncode == 0, built.stdout + built.stderr
    return Workspace(made.root)


def tables(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("*/*.parquet")}


def test_built_without_texts_and_hydrated_is_built_with_texts(workspace: Workspace, tmp_path: Path) -> None:
    release = workspace.dataset("0.1.0")
    result = goldkit("hydrate", release, samples.ARTICLES, "--out", "harbour", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert tables(tmp_path / "harbour") == tables(workspace.dataset("0.0.9"))
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["config", "rows", "left", "out"]
    assert [line.split() for line in lines[2:8]] == [
        ["annotations", "24", "0"],
        ["claims", "60", "0"],
        ["documents", "14", "0"],
        ["entities", "12", "0"],
        ["relations", "112", "0"],
        ["stories", "3", "0"],
    ]
    assert lines[8] == "14 copies read: 14 used, 0 of no article of this dataset, 0 with another text"
    assert lines[9].startswith("14 of 14 articles proved, ")
    assert lines[10] == "dataset: harbour"


def test_what_is_missing_is_listed_with_its_address(workspace: Workspace, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in samples.ARTICLES.joinpath("articles.jsonl").read_text("utf-8").splitlines()]
    rows[0]["text"] = rows[0]["text"].replace("Fourteen", "Fifteen")
    mine = [{"body": row["text"], "headline": row["title"], "url": row["url"]} for row in rows[:-1]]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, mine)), encoding="utf-8")
    command = ("hydrate", workspace.dataset("0.1.0"), "mine.jsonl", "--out", "d", "--field", "text=body")
    result = goldkit(*command, "--field", "title=headline", cwd=tmp_path)
    assert result.returncode == 3
    assert "hydrate-copy-missing: none of the copies has its text, its id or its address" in result.stdout
    assert f"at article {rows[-1]['article_id']}, {rows[-1]['url']}\n" in result.stdout
    assert "hydrate-text-differs: its text has the sha256 " in result.stdout
    assert "“Fifteen people died" in result.stdout
    assert "12 of 14 articles proved; nothing was written" in result.stdout
    assert not (tmp_path / "d").exists()

    result = goldkit(*command, "--field", "title=headline", "--partial", "--format", "json", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    done = json.loads(result.stdout)
    assert (done["articles"], done["wanted"], done["left_out"]["documents"]) == (12, 14, 2)
    assert {finding["severity"] for finding in done["findings"]} == {"note"}
    assert (tmp_path / "d" / "README.md").is_file()


def test_the_next_step_is_a_command_of_this_kind(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Präsident".encode("latin-1"))
    release = workspace.dataset("0.1.0")
    result = goldkit("hydrate", release, "a.txt", "--out", "d", cwd=tmp_path)
    assert result.returncode == 3
    assert f"next: goldkit hydrate {release} --out d --encoding windows-1252 a.txt" in result.stdout
    (tmp_path / "empty").mkdir()
    result = goldkit("hydrate", release, "empty", "--out", "d", cwd=tmp_path)
    assert result.returncode == 1
    assert f"next: goldkit hydrate {release} --out d PATH" in result.stderr


@pytest.mark.parametrize("dataset", ["nowhere", "full"])
def test_what_is_no_stand_off_dataset_is_an_error(workspace: Workspace, tmp_path: Path, dataset: str) -> None:
    folder = workspace.dataset("0.0.9") if dataset == "full" else tmp_path / dataset
    result = goldkit("hydrate", folder, samples.ARTICLES, "--out", "d", cwd=tmp_path)
    assert result.returncode == 1
    assert ("has its texts" if dataset == "full" else "no dataset of goldkit's") in result.stderr
    assert result.stdout == ""


def test_a_release_says_which_articles_its_rules_would_not_make(workspace: Workspace, tmp_path: Path) -> None:
    made = sample_workspace(tmp_path)
    raw = next(one for one in read([samples.ARTICLES]) if getattr(one, "article_id", "") == "harbour-03-fastnews")
    assert load(made.articles)["harbour-03-fastnews"].raw == getattr(raw, "raw", "")
    write_text(made.cleaning, "rules: []\n")
    text = beside_standoff(made)[0]["cleaning.yaml"]
    found = {finding.place.article_id for finding in beside_standoff(made)[1]}
    assert "longest_line: 500" in text
    cut = {id for id, stored in load(made.articles).items() if any(edit.rule not in BUILT_IN for edit in stored.edits)}
    assert found == cut
    assert "harbour-03-fastnews" in found
    assert beside_standoff(workspace)[1] == ()
