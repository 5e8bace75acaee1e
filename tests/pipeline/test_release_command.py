"""`goldkit build` and `goldkit release` over the versions of a dataset: what is kept, refused, and said."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.annotations.model import Annotation, Mention
from toolkit.articles.model import text_digest
from toolkit.dataset.opened import open_dataset
from toolkit.dataset.releases import RECORD, find
from toolkit.files import write_jsonl
from toolkit.stages import ingest, setup
from toolkit.stages.build import build
from toolkit.workspace import Workspace

from .desk import tree
from .program import Result, environment, goldkit

DAY = "2026-11-22"


def text_of(article_id: str) -> str:
    """A text that is like no other article's."""
    return f"{article_id.upper()} Quill sails from {article_id}port past {article_id}head to {article_id}town."


class Newsroom:
    """A workspace of short articles, each with one person in it, and one annotator who found that person."""

    def __init__(self, root: Path) -> None:
        self.root = root
        setup.init(root, "news")
        self.version("0.1.0", DAY)
        self.labels: dict[str, str] = {}
        self.add("a1", "a2", "a3", "a4", "a5", "a6")

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    @property
    def folder(self) -> Path:
        return self.workspace.dataset(self.workspace.project.dataset.version)

    def settings(self, **dataset: Any) -> None:
        file = self.root / "configs" / "project.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings["dataset"] |= dataset
        file.write_text(json.dumps(settings), encoding="utf-8")

    def version(self, version: str, date: str) -> None:
        self.settings(version=version, date=date)

    def add(self, *ids: str) -> None:
        """Add articles, and the annotator's work on them."""
        file = self.root / "news.jsonl"
        write_jsonl(file, [{"article_id": it, "text": text_of(it)} for it in ids])
        assert ingest.add_articles(self.workspace, [file]).refused == 0
        self.label(dict.fromkeys(ids, "PERSON"))

    def label(self, labels: dict[str, str], order: Iterable[str] = ()) -> None:
        """Give the persons of some articles a label; ``order`` is that of the annotations."""
        self.labels |= labels
        stored = ingest.articles(self.workspace)
        works = [self._work(it, stored[it].text) for it in order or self.labels]
        write_jsonl(self.workspace.annotations, (work.model_dump(mode="json") for work in works))

    def _work(self, article_id: str, text: str) -> Annotation:
        name = f"{article_id.upper()} Quill"
        start = text.index(name)
        end = start + len(name)
        return Annotation(
            article_id=article_id,
            text_sha256=text_digest(text),
            annotator="ann-aaaaaaaa",
            ontology_version="1.0.0",
            mentions=(Mention(id="m1", start=start, end=end, text=name, labels=(self.labels[article_id],)),),
        )

    def run(self, *args: str) -> Result:
        return goldkit(*args, cwd=self.root)

    def release(self, version: str = "", date: str = DAY) -> dict[str, Any]:
        """Release what there is, under a version."""
        if version:
            self.version(version, date)
        result = self.run("release", "--format", "json")
        assert result.returncode == 0, result.stderr
        data: dict[str, Any] = json.loads(result.stdout)
        return data


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "news")


def refused(newsroom: Newsroom, *args: str) -> str:
    """What a command says that must not work; it leaves every file in exports/ as it was."""
    before = tree(newsroom.root / "exports" / "news" / "dataset")
    result = newsroom.run(*(args or ("release",)))
    assert (result.returncode, result.stdout) == (1, "")
    assert tree(newsroom.root / "exports" / "news" / "dataset") == before
    return result.stderr


def test_the_first_release(newsroom: Newsroom) -> None:
    data = newsroom.release()
    assert (data["version"], data["previous"], data["date"], data["needs"]) == ("0.1.0", "", DAY, "first")
    assert data["written"] is True
    assert (newsroom.folder / "CHANGELOG.md").read_text(encoding="utf-8") == (
        f"# Changes\n\n## 0.1.0 ({DAY})\n\nThe first release.\n\n"
        "- 6 articles, 6 mentions, 0 relations, 0 claims, 6 votes, of 1 annotator.\n"
    )
    (release,) = find(newsroom.folder.parent)
    release.require_intact()
    assert release.record.changes == data["changes"]


def test_a_release_without_a_date_is_refused(newsroom: Newsroom) -> None:
    newsroom.settings(date="")
    assert 'write date: "2026-11-22" (its own day) under dataset in configs/project.yaml' in refused(newsroom)


def test_a_dry_run_says_all_and_writes_nothing(newsroom: Newsroom) -> None:
    newsroom.release()
    newsroom.label({"a1": "ROLE_TITLE", "a2": "ROLE_TITLE"})
    newsroom.version("0.2.0", DAY)
    before = tree(newsroom.root / "exports" / "news" / "dataset")
    result = newsroom.run("release", "--dry-run")
    assert result.returncode == 0
    assert "- 2 mentions changed: `label` 2 (`PERSON → ROLE_TITLE` 2)." in result.stdout
    assert "0.2.0 (0.1.0 → 0.2.0, minor): a dry run, nothing was written; it would be " in result.stdout
    assert tree(newsroom.root / "exports" / "news" / "dataset") == before
    assert sorted(path.name for path in newsroom.workspace.exports.iterdir() if path.name.startswith(".")) == []


def test_a_release_is_built_again_only_to_be_compared(newsroom: Newsroom) -> None:
    newsroom.release()
    before = tree(newsroom.folder)
    result = newsroom.run("build")
    assert (result.returncode, tree(newsroom.folder)) == (0, before)
    assert "nothing has changed since 0.1.0 was released" in result.stdout
    again = newsroom.run("release")
    assert (again.returncode, tree(newsroom.folder)) == (0, before)
    assert again.stdout.endswith("nothing to release: 0.1.0 is released, and nothing has changed\n")


@pytest.mark.parametrize("command", ["build", "release"])
def test_a_released_version_that_would_be_another_dataset_is_refused(newsroom: Newsroom, command: str) -> None:
    newsroom.release()
    newsroom.label({"a1": "ROLE_TITLE"})
    said = refused(newsroom, command)
    assert "0.1.0 was released, and what would be built now is another dataset" in said
    assert "1 mention changed: `label` 1 (`PERSON → ROLE_TITLE` 1)." in said
    assert "next: raise version to 0.1.1 at least, and say the date of that release" in said


def test_another_title_is_another_dataset_too(newsroom: Newsroom) -> None:
    newsroom.release()
    newsroom.settings(title="News of the harbour")
    said = refused(newsroom, "build")
    assert re.search("Written anew: .*`README.md`", said)
    assert "raise version to 0.1.1 at least" in said
    newsroom.version("0.1.1", DAY)
    data = newsroom.release()
    assert (data["needs"], list(data["changes"])) == ("patch", ["files"])


def test_a_version_with_nothing_new_is_refused(newsroom: Newsroom) -> None:
    newsroom.release()
    newsroom.version("0.2.0", "2026-12-01")
    said = refused(newsroom)
    assert "nothing has changed since 0.1.0, so there is nothing to release as 0.2.0" in said
    assert "next: put version back to 0.1.0" in said


def test_a_step_that_is_too_small_is_refused(newsroom: Newsroom) -> None:
    newsroom.release("1.0.0")
    newsroom.add("a7")
    newsroom.version("1.0.1", DAY)
    said = refused(newsroom)
    assert "1.0.1 is too small a step from 1.0.0\n  minor: 1 article new." in said
    assert "next: raise version to 1.1.0 at least" in said
    assert newsroom.release("3.0.0")["needs"] == "minor"  # higher is fine


def test_below_1_a_breaking_change_raises_the_second_number(newsroom: Newsroom) -> None:
    newsroom.release("0.1.0")
    newsroom.settings(text="stand-off", version="0.1.1")
    assert "next: raise version to 0.2.0 at least" in refused(newsroom)
    data = newsroom.release("0.2.0")
    assert (data["needs"], data["changes"]["text"]) == ("major", "dropped")
    assert data["entry"].splitlines()[4].startswith("- **Breaking.** ")
    assert not open_dataset(newsroom.folder).has_text


def test_a_version_below_a_released_one_is_refused(newsroom: Newsroom) -> None:
    newsroom.release("0.2.0")
    newsroom.add("a7")
    newsroom.version("0.1.0", DAY)
    said = refused(newsroom)
    assert "0.1.0 is lower than 0.2.0, which is released" in said
    assert "next: raise version to 0.2.1 at least" in said


def test_a_date_before_the_last_release_is_refused(newsroom: Newsroom) -> None:
    newsroom.release("0.1.0", "2026-11-22")
    newsroom.add("a7")
    newsroom.version("0.2.0", "2025-11-22")
    assert "the release is dated 2025-11-22, and 0.1.0 before it 2026-11-22" in refused(newsroom)


def test_a_release_that_was_changed_by_hand_is_found_out(newsroom: Newsroom) -> None:
    newsroom.release()
    with (newsroom.folder / "README.md").open("a", encoding="utf-8") as card:
        card.write("One word more.\n")
    assert "is not what was released\n  changed: README.md" in refused(newsroom, "build")
    newsroom.add("a7")
    newsroom.version("0.2.0", DAY)
    assert "is not what was released\n  changed: README.md" in refused(newsroom)


def test_the_changelog_keeps_every_release(newsroom: Newsroom) -> None:
    newsroom.release("0.1.0", "2026-11-22")
    newsroom.add("a7")
    newsroom.release("0.2.0", "2026-12-01")
    newsroom.label({"a1": "ROLE_TITLE"})
    newsroom.release("0.3.0", "2026-12-24")
    text = (newsroom.folder / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Changes",
        "## 0.3.0 (2026-12-24)",
        "## 0.2.0 (2026-12-01)",
        "## 0.1.0 (2026-11-22)",
    ]
    assert [release.record.previous for release in find(newsroom.folder.parent)] == ["", "0.1.0", "0.2.0"]
    for release in find(newsroom.folder.parent)[:2]:  # an old one is compared with what it was made from: it cannot be
        newsroom.version(release.version, release.record.date)
        assert f"{release.version} was released" in refused(newsroom, "build")


def splits(newsroom: Newsroom) -> dict[str, str]:
    """The split of each article in the newest release."""
    return find(newsroom.folder.parent)[-1].splits()


def test_articles_keep_their_splits(newsroom: Newsroom, tmp_path: Path) -> None:
    new = [f"b{number}" for number in range(10)]
    newsroom.release("0.1.0")
    before = splits(newsroom)
    newsroom.add(*new)
    newsroom.settings(splits={"train": 0.4, "validation": 0.3, "test": 0.3})
    newsroom.release("0.2.0")
    after = splits(newsroom)
    assert len(after) == 16
    assert {it: after[it] for it in before} == before

    at_once = Newsroom(tmp_path / "elsewhere" / "news")
    at_once.add(*new)
    at_once.settings(splits={"train": 0.4, "validation": 0.3, "test": 0.3})
    at_once.release("0.2.0")
    assert {it: splits(at_once)[it] for it in before} != before


def test_another_seed_divides_anew_which_breaks(newsroom: Newsroom) -> None:
    newsroom.release("0.1.0")
    newsroom.settings(split_seed=1, version="0.1.1")
    assert "moved to another split" in refused(newsroom)
    data = newsroom.release("0.2.0")
    assert (data["needs"], find(newsroom.folder.parent)[-1].record.split_seed) == ("major", 1)
    assert newsroom.run("build").returncode == 0  # divided anew again, and the same


def test_the_same_inputs_give_the_same_bytes_in_another_folder(newsroom: Newsroom, tmp_path: Path) -> None:
    other = Newsroom(tmp_path / "elsewhere" / "news")
    other.label({}, order=sorted(other.labels, reverse=True))
    for room in (newsroom, other):
        room.release("0.1.0")
        room.add("a7")
        room.label({"a3": "ROLE_TITLE"}, order=sorted(room.labels, reverse=room is other))
        room.release("0.2.0")
    datasets = [tree(room.folder.parent) for room in (newsroom, other)]
    assert {f"0.2.0/{RECORD}", "0.2.0/CHANGELOG.md", f"0.1.0/{RECORD}"} <= datasets[0].keys()
    assert datasets[0] == datasets[1]


def test_a_build_of_the_version_gives_way_to_its_release(newsroom: Newsroom) -> None:
    build(newsroom.workspace)
    (newsroom.folder / "notes.txt").write_text("a build is nobody's", encoding="utf-8")
    built = tree(newsroom.folder)
    newsroom.release()
    released = tree(newsroom.folder)
    assert released.keys() - built.keys() == {RECORD, "CHANGELOG.md"}
    assert {path: built[path] for path in released if path in built} == {
        path: content for path, content in released.items() if path in built
    }
    assert "notes.txt" not in released


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.5])
def test_a_release_that_is_killed_leaves_nothing_or_all(newsroom: Newsroom, delay: float) -> None:
    """Killed at some moment after it began to build."""
    process = subprocess.Popen(
        [sys.executable, "-m", "toolkit", "release"], cwd=newsroom.root, env=environment(), stdout=subprocess.DEVNULL
    )
    while not list(newsroom.workspace.exports.glob(".building.*")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    released = find(newsroom.folder.parent)
    assert newsroom.folder.exists() == bool(released)
    for release in released:
        release.require_intact()
    newsroom.release()
    assert [release.version for release in find(newsroom.folder.parent)] == ["0.1.0"]


def test_a_build_says_how_it_is_divided(newsroom: Newsroom) -> None:
    result = newsroom.run("build")
    lines = result.stdout.splitlines()
    start = lines.index("split       articles  share  asked")
    assert [line.split() for line in lines[start + 2 : start + 5]] == [
        ["train", "4", "67%", "80%"],
        ["validation", "1", "17%", "10%"],
        ["test", "1", "17%", "10%"],
    ]


def test_a_release_without_the_one_before_it_can_still_be_checked(newsroom: Newsroom) -> None:
    newsroom.release("0.1.0")
    first = newsroom.folder
    newsroom.add("a7")
    newsroom.release("0.2.0")
    shutil.rmtree(first)
    assert newsroom.run("build").returncode == 0
