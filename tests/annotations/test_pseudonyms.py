"""Pseudonyms are stable, keyed, and their key is private."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.annotations.pseudonyms import KEY_FILE, KEY_VARIABLE, Pseudonyms, load_pseudonyms
from toolkit.errors import WorkspaceError


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


@given(st.text())
def test_a_pseudonym_says_nothing(identity: str) -> None:
    name = Pseudonyms("key").of(identity)
    assert re.fullmatch(r"ann-[a-z2-7]{8}", name)
    assert name == Pseudonyms("key").of(identity) != Pseudonyms("another key").of(identity)


def test_case_and_space_do_not_make_another_person() -> None:
    names = Pseudonyms("key")
    assert names.of("Ada@Example.org ") == names.of("ada@example.org") != names.of("eva@example.org")


def test_a_known_value() -> None:
    assert Pseudonyms("key").of("ada@example.org") == "ann-47uppdkc"


def test_the_key_is_made_once(tmp_path: Path) -> None:
    first = load_pseudonyms(tmp_path).of("ada@example.org")
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert load_pseudonyms(tmp_path).of("ada@example.org") == first


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "key")
    assert load_pseudonyms(tmp_path).of("a") == Pseudonyms("key").of("a")
    assert not (tmp_path / KEY_FILE).exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("key", encoding="utf-8")
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(WorkspaceError) as raised:
        load_pseudonyms(tmp_path)
    assert raised.value.next == f"chmod 600 {tmp_path / KEY_FILE}"


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).touch(0o600)
    with pytest.raises(WorkspaceError, match="is empty"):
        load_pseudonyms(tmp_path)
