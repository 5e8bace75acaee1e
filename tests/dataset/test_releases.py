"""What makes a release of a dataset's folder, and what vouches for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from small_world import World

from toolkit.dataset.build import Built
from toolkit.dataset.releases import CHANGELOG, RECORD, Release, before, digests, find, seal
from toolkit.errors import BadInputError

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256 of b"hello"


def made(datasets: Path, version: str, previous: str = "", seed: int = 0) -> Release:
    """A release of one file that says hello."""
    folder = datasets / version
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "train.parquet").write_bytes(b"hello")
    record = {"version": version, "previous": previous, "date": "2026-11-22", "split_seed": seed}
    return Release(folder, seal(folder, record | {"needs": "first", "changes": {}}))


@pytest.fixture
def released(tmp_path: Path) -> Release:
    return made(tmp_path, "0.1.0")


def test_the_record_holds_the_digest_of_every_other_file(released: Release) -> None:
    text = (released.folder / RECORD).read_text(encoding="utf-8")
    assert json.loads(text) == {
        "version": "0.1.0",
        "previous": "",
        "date": "2026-11-22",
        "split_seed": 0,
        "needs": "first",
        "changes": {},
        "files": {"documents/train.parquet": HELLO},
    }


def test_what_was_sealed_is_found(released: Release) -> None:
    assert find(released.folder.parent) == (released,)


def test_releases_come_by_their_numbers_and_builds_are_none(tmp_path: Path) -> None:
    for version in ("0.10.0", "0.9.0", "1.0.0"):
        made(tmp_path, version)
    (tmp_path / "2.0.0").mkdir()
    assert [release.version for release in find(tmp_path)] == ["0.9.0", "0.10.0", "1.0.0"]
    assert find(tmp_path / "nothing") == ()


def test_what_a_stopped_release_left_is_none(tmp_path: Path, released: Release) -> None:
    shutil.copytree(released.folder, tmp_path / ".0.1.0.x1y2.part")
    assert find(tmp_path) == (released,)


def test_the_release_before_is_the_highest_below(tmp_path: Path) -> None:
    releases = [made(tmp_path, version) for version in ("0.10.0", "0.9.0", "2.0.0")]
    lower = before(releases, "1.0.0")
    assert lower is not None
    assert lower.version == "0.10.0"
    assert before(releases, "0.1.0") is None


def test_a_released_version_follows_what_it_was_compared_with(tmp_path: Path) -> None:
    first, skipped = made(tmp_path, "0.1.0"), made(tmp_path, "0.2.0", "0.1.0")
    third = made(tmp_path, "0.3.0", "0.1.0")
    releases = (first, skipped, third)
    assert [before(releases, it.version) for it in releases] == [None, first, first]
    assert before([skipped], "0.2.0") == skipped  # the first one is not here


def test_an_untouched_release_is_intact(released: Release) -> None:
    released.require_intact()


def test_every_touched_file_is_named(released: Release) -> None:
    (released.folder / "README.md").write_text("new", encoding="utf-8")
    (released.folder / "documents" / "train.parquet").write_bytes(b"hallo")
    with pytest.raises(BadInputError) as caught:
        released.require_intact()
    assert caught.value.message == (
        f"{released.folder} is not what was released\n  changed: documents/train.parquet\n  not released: README.md"
    )
    (released.folder / "documents" / "train.parquet").unlink()
    with pytest.raises(BadInputError, match=r"missing: documents/train\.parquet"):
        released.require_intact()


def test_a_build_is_compared_without_the_changelog(released: Release, tmp_path: Path) -> None:
    shutil.copytree(released.folder, built := tmp_path / "built")
    (released.folder / CHANGELOG).write_text("# Changes\n", encoding="utf-8")
    (again,) = find(_resealed(released).folder.parent)
    assert again.differing(built) == ()
    (built / "README.md").write_text("new", encoding="utf-8")
    (built / "documents" / "train.parquet").unlink()
    assert again.differing(built) == ("README.md", "documents/train.parquet")


def _resealed(release: Release) -> Release:
    return Release(release.folder, seal(release.folder, release.record.model_dump(exclude={"files"})))


def test_the_splits_are_read_from_the_documents(world: World, tmp_path: Path) -> None:
    world.project = world.project.model_copy(
        update={"dataset": world.project.dataset.model_copy(update={"splits": {"train": 0.5, "test": 0.5}})}
    )
    splits = {"a1": "train", "a2": "test", "a3": "train", "a4": "test", "a5": "test"}
    folder = world.build(tmp_path / "0.1.0", released=splits).folder
    record = {"version": "0.1.0", "date": "2026-11-22", "split_seed": 0, "needs": "first", "changes": {}}
    assert Release(folder, seal(folder, record)).splits() == splits


def test_digests_are_of_all_files_but_the_record(built: Built) -> None:
    found = digests(built.folder)
    assert set(found) == {path.relative_to(built.folder).as_posix() for path in built.folder.rglob("*.*")}
    assert RECORD not in found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": "0.2.0"}, "is about version 0.2.0, and its folder about 0.1.0"),
        ({"date": "yesterday"}, "'yesterday' is not a date such as 2026-11-22"),
        ({"files": {"README.md": "short"}}, "files.README.md"),
        ({"needs": "more"}, "needs"),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(released: Release, change: dict[str, object], told: str) -> None:
    path = released.folder / RECORD
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        find(released.folder.parent)
    assert str(path) in caught.value.message
    assert told in caught.value.message
    assert caught.value.next


def test_a_record_that_is_cut_off_is_refused(released: Release) -> None:
    (released.folder / RECORD).write_text('{"version": "0.1.0"', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"release\.json:1"):
        find(released.folder.parent)
