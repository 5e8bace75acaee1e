"""Load a published release back, into a cache that is thrown away, and compare it with the one on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from toolkit.dataset.releases import listed
from toolkit.dataset.write import split_of
from toolkit.errors import HubError
from toolkit.hub.client import OWN, Hub
from toolkit.hub.release import LocalRelease, measured

Rows = dict[str, dict[str, int]]

LOAD_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared: how many files by their sha256, and the rows of each config and split."""

    files: int
    rows: Rows


def verify(hub: Hub, release: LocalRelease) -> Verified:
    """Download a release by its tag, compare the sha256 of every file, and load every config with `datasets`.

    Raises HubError where what comes back is not what was released.
    """
    with release.scratch() as folder:
        came = hub.download(release.tag, folder)
        _compare(hub, release, files_in(came))
        rows = _loaded(hub, release, folder)
    if rows != (written := rows_in(release.folder)):
        raise HubError(f"{hub.page} loads with the rows {rows}, and {written} were released", next=_report(release))
    return Verified(len(release.files), rows)


def files_in(folder: Path) -> dict[str, str]:
    """The sha256 of each file, but for the Hub's own."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: measured(path).sha256 for name, path in found.items() if name != OWN}


def rows_in(folder: Path) -> Rows:
    """The rows of each config and split, as the Parquet files say."""
    from pyarrow import parquet

    rows: Rows = {}
    for path in sorted(folder.glob("*/*.parquet")):
        counted = parquet.read_metadata(path).num_rows  # type: ignore[no-untyped-call]
        rows.setdefault(path.parent.name, {})[split_of(path)] = counted
    return rows


def _compare(hub: Hub, release: LocalRelease, came: dict[str, str]) -> None:
    sent = {name: file.sha256 for name, file in release.files.items()}
    if differing := sorted(name for name in sent.keys() | came.keys() if sent.get(name) != came.get(name)):
        raise HubError(
            f"{release.tag} of {hub.page} is not what was released: {listed(differing)} differ", next=_report(release)
        )


def _loaded(hub: Hub, release: LocalRelease, folder: Path) -> Rows:
    configs = sorted({path.parent.name for path in release.folder.glob("*/*.parquet")})
    theirs, ours = os.pipe()  # closed when we are gone, however that comes: so they know
    try:
        done = subprocess.run(
            [sys.executable, "-m", "toolkit.hub.rows", hub.repository, release.tag, *configs],
            env=_environment(hub, folder),
            cwd=folder,
            stdin=theirs,
            capture_output=True,
            timeout=LOAD_SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    finally:
        os.close(theirs)
        os.close(ours)
    if "rows" in answer:
        return dict(answer["rows"])
    why = hub.redacted(str(answer.get("error", "it did not come to an end")))
    raise HubError(
        f"{release.tag} of {hub.page} holds every file as it was released, but does not load: {why}",
        next="run the same command again; if it stays, look at the dataset's page",
    )


def _environment(hub: Hub, folder: Path) -> dict[str, str]:
    """What the child needs: our Hub and our token, and a cache that nobody else uses."""
    return os.environ | {
        "HF_ENDPOINT": hub.address.url,
        "HF_TOKEN": hub.address.token,
        "HF_HOME": str(folder),
        "HF_HUB_CACHE": str(folder / "hub"),
        "HF_DATASETS_CACHE": str(folder / "datasets"),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }


def _report(release: LocalRelease) -> str:
    return f"look at what changed it there; nobody should use {release.tag} until goldkit publish finds it whole"
