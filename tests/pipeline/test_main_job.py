"""The whole job on the sample articles, from raw texts to a dataset that loads, command by command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toolkit import demo
from toolkit.annotations.model import Annotation

from .desk import DOMAIN, Desk
from .program import Result, environment


@dataclass(frozen=True)
class Job:
    """What the commands said, in text and in JSON."""

    desk: Desk
    uploaded: tuple[int, int]
    said: dict[str, Result]
    data: dict[str, Any]
    dataset: dict[str, Any]


@pytest.fixture(scope="module")
def job(desk: Callable[..., Desk]) -> Job:
    made = desk("whole-job")
    there = made.online_options
    said = {"first push": made.process("push", "--format", "json", *there), "push": made.process("push", *there)}
    uploaded = demo.label(made.workspace, made.tokens, **made.address)
    said["status"] = made.process("status", *there)
    said["status json"] = made.process("status", "--format", "json", *there)
    said["pull"] = made.process("pull", *there)
    said["check"] = made.process("check", "--format", "json")
    said["build"] = made.process("build")
    data = {name: json.loads(result.stdout) for name, result in said.items() if result.stdout[:1] in "[{"}
    return Job(made, uploaded, said, data, loaded(made.workspace.dataset("0.1.0")))


def loaded(folder: Path) -> dict[str, Any]:
    """Every config's rows with class names for numbers, as a process finds them that knows nothing of goldkit."""
    code = """
import json, sys, datasets
def named(value, feature):
    if isinstance(feature, datasets.ClassLabel):
        return None if value is None else feature.int2str(value)
    if hasattr(feature, "feature"):
        return [named(one, feature.feature) for one in value]
    if isinstance(feature, dict):
        return {key: named(value[key], inner) for key, inner in feature.items()}
    return value
rows = {}
for config in datasets.get_dataset_config_names(sys.argv[1]):
    splits = datasets.load_dataset(sys.argv[1], config)
    rows[config] = [named(row, dict(table.features)) for table in splits.values() for row in table]
print(json.dumps(rows, default=str))
"""
    env = environment(HF_HUB_OFFLINE="1", HF_HOME=str(folder.parent / "hf"), HF_DATASETS_DISABLE_PROGRESS_BARS="1")
    done = subprocess.run([sys.executable, "-c", code, folder], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows: dict[str, Any] = json.loads(done.stdout)
    return rows


def test_every_command_ends_well(job: Job) -> None:
    assert {name: result.returncode for name, result in job.said.items()} == dict.fromkeys(job.said, 0)
    assert all(result.stderr.count("Traceback") == 0 for result in job.said.values())


def test_each_article_is_pushed_once(job: Job) -> None:
    (first,) = job.data["first push"]
    assert (first["new"], first["known"], first["waiting"]) == (14, 0, 0)
    assert job.said["push"].stdout.splitlines()[-1].split()[2:5] == ["0", "14", "0"]
    assert len(job.desk.tasks()) == 14
    assert job.uploaded == (24, 0)


def test_status_counts_every_annotator_by_pseudonym(job: Job) -> None:
    (project,) = job.data["status json"]["projects"]
    assert (project["articles"], project["labelled"], project["skipped"], project["drafts"]) == (14, 14, 1, 0)
    people = project["by_annotator"]
    assert sorted((work["labelled"], work["skipped"]) for work in people.values()) == [(7, 1), (8, 0), (8, 0)]
    assert all(name.startswith("ann-") for name in people)
    recorded = [json.loads(line) for line in job.desk.workspace.annotations.read_text("utf-8").splitlines()]
    assert {record["annotator"] for record in recorded} == set(people)
    assert all(name in job.said["status"].stdout for name in people)


def test_counts_add_up_and_are_printed(job: Job) -> None:
    counts = job.data["check"]["counts"]
    assert (counts["tasks"], counts["annotations_in"], counts["annotations_skipped"]) == (14, 24, 1)
    assert counts["items_in"] == counts["items_valid"] > 900
    assert counts["items_rejected"] == counts["annotations_rejected"] == 0
    assert "24 in = 23 valid + 1 skipped + 0 rejected" in job.said["pull"].stdout
    assert f"items: {counts['items_in']} in = {counts['items_valid']} valid + 0 rejected" in job.said["pull"].stdout


def test_no_e_mail_leaves_the_snapshots(job: Job) -> None:
    for result in job.said.values():
        assert "@" not in result.stdout + result.stderr
    exports = job.desk.root / "exports"
    files = [path for path in exports.rglob("*") if path.is_file() and "snapshots" not in path.parts]
    assert len(files) > 8
    holding = [path for path in files if DOMAIN.encode() in path.read_bytes()]
    assert holding == []
    assert DOMAIN not in json.dumps(job.dataset)  # Parquet is compressed


def test_the_dataset_is_the_work_that_was_uploaded(job: Job) -> None:
    """Gold is the only annotation, the one marked as ground truth, or what most say: its items, offsets and words."""
    work = {(name, one.article_id): one for name in job.desk.tokens for one in job.desk.work(name) if not one.skipped}
    by_article: dict[str, list[Annotation]] = {}
    for (_, article_id), one in work.items():
        by_article.setdefault(article_id, []).append(one)
    gold = {
        article_id: next((one for one in votes if one.ground_truth), votes[0])
        for article_id, votes in by_article.items()
        if len(votes) == 1 or any(one.ground_truth for one in votes)
    }
    assert len(gold) == 10
    entities = {row["article_id"]: row for row in job.dataset["entities"]}
    voted = entities.keys() - gold.keys()
    assert voted == {"harbour-01-meridian", "memorandum-01-meridian"}
    for article_id in voted:
        for item in entities[article_id]["entities"]:
            said = [
                (it.start, it.end, label)
                for one in by_article[article_id]
                for it in one.mentions
                for label in it.labels
            ]
            assert said.count((item["start"], item["end"], item["label"])) == item["support"]
            assert 2 * item["support"] > item["voters"] == len(by_article[article_id])
    for article_id, one in gold.items():
        row = entities[article_id]
        assert all(row["text"][item["start"] : item["end"]] == item["text"] for item in row["entities"])
        assert sorted((it["id"], it["start"], it["end"], it["text"], it["label"]) for it in row["entities"]) == sorted(
            (it.id, it.start, it.end, it.text, label) for it in one.mentions for label in it.labels
        )
        assert relations(job.dataset["relations"], article_id) == sorted(
            (link.type, link.modality, link.head, link.tail) for link in one.relations
        )
        found = {row["id"]: row for row in job.dataset["claims"] if row["article_id"] == article_id}
        assert found.keys() == {claim.id for claim in one.claims}
        for claim in one.claims:
            row = found[claim.id]
            assert (row["start"], row["end"], row["text"]) == (claim.start, claim.end, claim.text)
            for role in ("claimants", "cues", "values"):
                assert sorted(it["id"] for it in row[role]) == sorted(getattr(claim, role))
            assert claim.attributes.items() <= row.items()


def relations(rows: list[dict[str, Any]], article_id: str) -> list[tuple[str, ...]]:
    return sorted(
        (row["type"], row["modality"], row["head"]["id"], row["tail"]["id"])
        for row in rows
        if row["article_id"] == article_id
    )


def test_every_vote_is_in_the_dataset(job: Job) -> None:
    votes = job.dataset["annotations"]
    assert len(votes) == 24
    assert sum(vote["skipped"] for vote in votes) == 1
    assert sum(row["status"] == "gold" for row in job.dataset["documents"]) == 12
    assert sum(len(vote["mentions"]) for vote in votes) == sum(
        len(one.mentions) for name in job.desk.tokens for one in job.desk.work(name)
    )


def test_all_again_changes_no_byte(job: Job) -> None:
    exports = job.desk.workspace.exports
    files = [path for path in exports.rglob("*") if path.is_file() and "snapshots" not in path.parts]
    before = {path: path.read_bytes() for path in files if "hf" not in path.parts}
    assert job.desk.online("pull").returncode == 0
    assert job.desk.run("build").returncode == 0
    assert {path: path.read_bytes() for path in before} == before
    assert len(list(job.desk.workspace.snapshots.iterdir())) == 1  # nothing had changed
