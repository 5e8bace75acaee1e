"""What is installed beside goldkit: pinned to the byte, as it was resolved, and under licences that bind nobody's work.

Whether a version has a known hole is in a database elsewhere, which no test asks: the network is not there for them.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COPYLEFT = re.compile(r"(?<!L)GPL|Affero|(?<!Lesser )General Public")
"""Lesser licences, which bind only the library itself, are not meant: Label Studio brings such a database driver."""


@pytest.fixture(scope="module")
def lock(repository: Path) -> dict[str, str]:
    """The lines of requirements.txt that are meant for this Python and system, with their hashes, by package."""
    text = (repository / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = {line: Requirement(line.partition(" --hash")[0]) for line in text.splitlines() if line.strip()}
    return {
        canonicalize_name(asked.name): line
        for line, asked in lines.items()
        if asked.marker is None or asked.marker.evaluate()
    }


def test_every_package_is_pinned_to_its_bytes(lock: dict[str, str], repository: Path) -> None:
    assert len(lock) > 100
    form = r"[\w.-]+(\[[\w,-]+\])?==[\w.+!]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+\s*"
    assert [line for line in lock.values() if not re.fullmatch(form, line)] == []
    assert "--require-hashes --requirement requirements.txt" in (repository / "Makefile").read_text(encoding="utf-8")


def test_what_goldkit_asks_for_is_locked(lock: dict[str, str], repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *(one for e in extras for one in e),
    ]
    assert [line for line in asked if canonicalize_name(Requirement(line).name) not in lock] == []


def test_what_is_installed_is_what_was_locked(lock: dict[str, str]) -> None:
    if importlib.util.find_spec("pygamma_agreement"):
        pytest.skip("make bench has brought this environment a yardstick that wants other versions")
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}
    locked = {name: line.partition("==")[2].split()[0] for name, line in lock.items()}
    differing = {name: (installed[name], locked[name]) for name in installed.keys() & locked.keys()}
    assert {name: both for name, both in differing.items() if both[0] != both[1]} == {}


def test_no_licence_binds_the_work_of_who_installs_goldkit() -> None:
    bound, waiting, seen = [], [("goldkit", extra) for extra in ("", "studio", "report", "spacy", "uima")], set()
    while waiting:
        name, extra = waiting.pop()
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        for line in found.requires or ():
            asked = Requirement(line)
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                further = {(canonicalize_name(asked.name), more) for more in ("", *asked.extras)} - seen
                seen |= further
                waiting += further
        about = found.metadata
        said = [about.get("License-Expression") or "", (about.get("License") or "").partition("\n")[0]]
        said += [one for one in about.get_all("Classifier") or () if one.startswith("License")]
        if any(COPYLEFT.search(one) and " OR " not in one for one in said):
            bound.append((name, said))
    assert len(seen) > 100
    assert bound == []
