"""The test Hub as everybody else meets it: what was published loads by its tag, whole and streamed, in a new process.

Nothing of the client is replaced here: the processes know the Hub by its address alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .releases import REPOSITORY, Publisher, build_releases
from .server import TestHub

LOAD = """
import json, sys
from datasets import load_dataset

repository, revision, config = sys.argv[1:]
for streaming in (False, True):
    loaded = load_dataset(repository, config, revision=revision, split="train", streaming=streaming)
    labels = loaded.features["entities"].feature["label"]
    print(json.dumps([[labels.int2str(one["label"]) + " " + one["text"] for one in row["entities"]] for row in loaded]))
"""
POLARS = """
import json, sys
import polars
from huggingface_hub import HfFileSystem

path = f"hf://datasets/{sys.argv[1]}@{sys.argv[2]}/documents/train-00000-of-00001.parquet"
with HfFileSystem().open(path) as file:
    print(json.dumps(polars.read_parquet(file)["article_id"].to_list()))
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """A release on a public repository, put there by the command itself."""
    root = tmp_path_factory.mktemp("public")
    build_releases(root / "workspace")
    with TestHub(root / "hub") as hub:
        publisher = Publisher(root / "workspace", hub, root / "home")
        done = publisher.run("--public", "--yes")
        assert done.returncode == 0, done.stderr
        assert hub.repositories[REPOSITORY].private is False
    return publisher


def run(hub: TestHub, home: Path, code: str, *args: str, token: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | hub.environment(home) | {"HF_TOKEN": token, "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    return subprocess.run(
        [sys.executable, "-c", code, *args],
        env=environment,
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_load_dataset_without_a_token(public: Publisher, tmp_path: Path) -> None:
    with TestHub(public.hub.store.folder) as hub:  # another server on the same folder
        done = run(hub, tmp_path / "home", LOAD, REPOSITORY, "v1.0.0", "entities")
    assert done.returncode == 0, done.stderr
    whole, streamed = map(json.loads, done.stdout.splitlines())
    assert whole == streamed
    assert len(whole) == 2
    assert whole[0][:4] == ["PERSON Ali", "GPE Libya", "ORGANIZATION Libya's coast guard", "PERSON Omar"]


def test_a_private_repository_is_not_there_without_a_token(public: Publisher, tmp_path: Path) -> None:
    with TestHub(public.hub.store.folder) as hub:
        hub.repositories[REPOSITORY].private = True
        refused = run(hub, tmp_path / "home", POLARS, REPOSITORY, "v1.0.0")
        read = run(hub, tmp_path / "home", POLARS, REPOSITORY, "v1.0.0", token=hub.token)
    assert refused.returncode == 1
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == ["a1", "a2", "a3", "a4", "a5"]
