"""`goldkit articles sample`, from articles to what is to be labelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.articles.sampling.file import load_sample
from toolkit.samples import ARTICLES
from toolkit.stages.sample import to_label
from toolkit.workspace import Workspace

from .program import Result, goldkit


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for words in (["init", ".", "--name", "coast"], ["articles", "add", ARTICLES], ["articles", "group"]):
        result = goldkit(*words, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    return tmp_path


def sampled(workspace: Path, *words: str, code: int = 0) -> dict[str, Any]:
    result = goldkit("articles", "sample", *words, "--format", "json", cwd=workspace)
    assert result.returncode == code, result.stdout + result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def ids(articles: list[dict[str, Any]]) -> list[str]:
    return [one["article_id"] for one in articles]


def rules(found: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in found["findings"]]


def file(workspace: Path) -> Path:
    return workspace / "configs" / "sample.yaml"


def chosen(workspace: Path) -> tuple[str, ...]:
    sample = load_sample(file(workspace))
    assert sample is not None
    return sample.chosen


def add(workspace: Path, *articles: dict[str, Any]) -> None:
    (workspace / "news.jsonl").write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    for words in (["articles", "add", "news.jsonl"], ["articles", "group"]):
        result = goldkit(*words, cwd=workspace)
        assert result.returncode == 0, result.stdout + result.stderr


def test_a_sample_is_drawn_explained_and_extended(workspace: Path) -> None:
    first = sampled(workspace, "5")
    assert len(first["added"]) == 5
    assert ids(first["added"]) == list(chosen(workspace))
    assert {one["why"] for one in first["added"]} == {"by share"}
    outlets = [row for row in first["strata"] if row["level"] == "outlet"]
    assert [row["corpus"] for row in outlets] == [4, 4, 3, 3]
    assert all(row["chosen"] >= 1 for row in outlets)
    for level in ("language", "outlet", "month", "story"):
        rows = [row for row in first["strata"] if row["level"] == level]
        assert (sum(row["corpus"] for row in rows), sum(row["chosen"] for row in rows)) == (14, 5)
    text = file(workspace).read_text(encoding="utf-8")
    then = sampled(workspace, "9")
    assert (ids(then["before"]), len(then["added"])) == (ids(first["added"]), 4)
    assert file(workspace).read_text(encoding="utf-8").startswith(text)
    unchanged = file(workspace).read_bytes()
    assert sampled(workspace, "9")["added"] == []
    assert sampled(workspace, "3")["added"] == []
    assert file(workspace).read_bytes() == unchanged


def test_the_table_tells_why_and_stands_in_the_docs(workspace: Path, repository: Path) -> None:
    page = (repository / "docs" / "sampling.md").read_text(encoding="utf-8")
    (shown,) = [block for block in page.split("```") if block.startswith("\noutlet ")]
    result = goldkit("articles", "sample", "5", cwd=workspace)
    assert result.returncode == 0
    assert f"{shown}\n" in result.stdout
    assert "by share" in result.stdout
    assert "5 added to 0 chosen before; 5 asked for\n" in result.stdout
    assert result.stdout.endswith("next: goldkit push\n")


def test_the_same_seed_and_corpus_give_the_same_file_and_another_seed_another(workspace: Path) -> None:
    sampled(workspace, "5")
    text = file(workspace).read_bytes()
    file(workspace).unlink()
    sampled(workspace, "5")
    assert file(workspace).read_bytes() == text
    others = set()
    for seed in "123":
        file(workspace).unlink()
        sampled(workspace, "5", "--seed", seed)
        others.add(chosen(workspace))
    assert len(others) > 1


def test_one_of_two_copies_is_chosen_and_the_other_is_told(workspace: Path) -> None:
    found = sampled(workspace, "14", code=3)
    assert rules(found) == ["sample-too-few"]
    assert len(found["added"]) == 13
    copies = {"memorandum-01-meridian", "memorandum-02-courier"}
    (with_copy,) = [one for one in found["added"] if one["copies"]]
    assert {with_copy["article_id"], *with_copy["copies"]} == copies
    assert f"copies: {with_copy['copies'][0]}\n" in file(workspace).read_text(encoding="utf-8")


def test_what_a_person_writes_stands(workspace: Path) -> None:
    file(workspace).write_text(
        "# ours\nchosen:\n  - dam-03-fastnews  # the editor's wish\nnever:\n  - dam-01-meridian\n  - dam-99-gone\n",
        encoding="utf-8",
    )
    found = sampled(workspace, "14", code=3)
    assert ids(found["before"]) == ["dam-03-fastnews"]
    assert "dam-01-meridian" not in chosen(workspace)
    assert len(chosen(workspace)) == 12
    (unknown,) = [one for one in found["findings"] if one["rule"] == "sample-unknown-article"]
    assert (unknown["place"]["line"], unknown["place"]["article_id"]) == (6, "dam-99-gone")
    text = file(workspace).read_text(encoding="utf-8")
    assert text.startswith(
        "# ours\nchosen:\n  - dam-03-fastnews  # the editor's wish\n  # goldkit articles sample 14 --seed 0\n"
    )
    assert text.endswith("never:\n  - dam-01-meridian\n  - dam-99-gone\n")


def test_whole_stories_come_whole(workspace: Path) -> None:
    found = sampled(workspace, "3", "--whole-stories")
    stories = {one["story"] for one in found["added"]}
    assert len(stories) == 1
    assert len(found["added"]) == {"dam": 5, "harbour": 5, "memorandum": 3}[stories.pop()]
    assert sorted(one["why"].partition(" of ")[0] for one in found["added"])[:2] == ["by share", "of the story"]


def test_whole_stories_are_not_to_be_had_where_none_is_known(tmp_path: Path) -> None:
    result = goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    add(tmp_path, *({"article_id": f"owl-{number}", "text": f"Owl {number} came back to Tamsin."} for number in "1234"))
    assert rules(sampled(tmp_path, "2", "--whole-stories", code=3)) == ["sample-stories-unknown"]
    assert rules(sampled(tmp_path, "2")) == []
    assert len(chosen(tmp_path)) == 2


def test_a_story_that_is_chosen_in_part_is_told_and_completed(workspace: Path) -> None:
    file(workspace).write_text("chosen: \n  - dam-03-fastnews\n  - harbour-04-sada\n", encoding="utf-8")
    part = sampled(workspace, "2", "--whole-stories")
    assert rules(part) == ["sample-story-part"] * 2
    assert [one["place"]["story"] for one in part["findings"]] == ["dam", "harbour"]
    assert rules(sampled(workspace, "10", "--whole-stories")) == []
    assert {id.split("-")[0] for id in chosen(workspace)} == {"dam", "harbour"}


def test_what_is_sought_is_found_and_what_is_not_there_is_told(workspace: Path) -> None:
    (workspace / "seek.yaml").write_text(
        "memoranda: {names: ['re: (?i)memorandum'], articles: 3}\n"
        "harbour: {names: [Lassendry], share: 0.25}\n"
        "moon: {names: [Zzyzx], articles: 1}\n",
        encoding="utf-8",
    )
    found = sampled(workspace, "4", "--seek", "seek.yaml", code=3)
    assert rules(found) == ["sample-not-mentioned"]
    assert found["sought"]["moon"] == {"asked": 1, "corpus": 0, "chosen": 0}
    assert found["sought"]["memoranda"]["chosen"] >= 3
    assert found["sought"]["harbour"]["asked"] == 1
    assert found["sought"]["harbour"]["chosen"] >= 1
    assert sum(one["why"] == "mentions memoranda" for one in found["added"]) >= 2
    (workspace / "seek.yaml").write_text("all: {names: ['re: .'], articles: 9}", encoding="utf-8")
    assert rules(sampled(workspace, "5", "--seek", "seek.yaml", code=3)) == ["sample-sought-short"]


def test_after_new_articles_what_was_chosen_stays(workspace: Path) -> None:
    before = ids(sampled(workspace, "5")["added"])
    add(
        workspace,
        *(
            {"article_id": f"new-{n}", "outlet": "The Brannoch Post", "text": f"Rain fell on {place} for {n + 2} days."}
            for n, place in enumerate(["Brannoch", "Castrel", "Ostrow", "Velm"])
        ),
    )
    found = sampled(workspace, "6")
    assert ids(found["before"]) == before
    assert [one["outlet"] for one in found["added"]] == ["The Brannoch Post"]  # the one outlet that has none


def test_copies_that_are_not_known_are_told(workspace: Path) -> None:
    (workspace / "exports" / "coast" / "groups.json").unlink()
    found = sampled(workspace, "14", code=3)
    assert rules(found) == ["sample-copies-unknown"]
    assert goldkit("articles", "group", cwd=workspace).returncode == 0
    again = sampled(workspace, "14", code=3)
    assert rules(again) == ["sample-copies"]
    assert "memorandum-01-meridian, memorandum-02-courier" in again["findings"][0]["message"]


def test_only_what_is_chosen_is_to_be_labelled(workspace: Path) -> None:
    articles = {"dam-01-meridian": 1, "dam-03-fastnews": 2, "harbour-04-sada": 3}
    here = Workspace(workspace)
    assert to_label(here, articles) == articles
    file(workspace).write_text("chosen:\n  - dam-03-fastnews\n", encoding="utf-8")
    assert to_label(here, articles) == {"dam-03-fastnews": 2}
    file(workspace).write_text("chosen:\n", encoding="utf-8")
    assert to_label(here, articles) == {}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("configs/sample.yaml", "chosen: [a", "configs/sample.yaml:1:"),
        ("configs/sample.yaml", "chosen: [dam-01-meridian]", "articles cannot be added to it"),
        ("seek.yaml", "floods: {names: ['re: (']}", "is no pattern"),
        ("seek.yaml", "floods: [", "seek.yaml:"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(workspace: Path, name: str, text: str, words: str) -> None:
    (workspace / "seek.yaml").write_text("floods: {names: [Olvane], articles: 1}", encoding="utf-8")
    (workspace / name).write_text(text, encoding="utf-8")
    result: Result = goldkit("articles", "sample", "5", "--seek", "seek.yaml", cwd=workspace)
    assert (result.returncode, result.stdout) == (1, "")
    assert words in result.stderr
    assert "next: " in result.stderr
    assert (workspace / name).read_text(encoding="utf-8") == text


def test_without_articles_the_next_command_is_named(tmp_path: Path) -> None:
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    result = goldkit("articles", "sample", "5", cwd=tmp_path)
    assert result.returncode == 1
    assert "next: goldkit articles add" in result.stderr


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_no_number_is_wrong_usage(workspace: Path, number: str) -> None:
    assert goldkit("articles", "sample", "--", number, cwd=workspace).returncode == 2


def test_the_seeds_can_be_sampled(tmp_path: Path, shared_data: Path) -> None:
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    goldkit("articles", "add", shared_data / "seeds", cwd=tmp_path)
    goldkit("articles", "group", cwd=tmp_path)
    found = sampled(tmp_path, "100", code=3)
    assert rules(found) == ["sample-too-few"]
    assert sum(len(one["copies"]) for one in found["added"]) == 1
