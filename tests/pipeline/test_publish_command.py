"""`goldkit publish` as a person runs it: what it prints, what it asks, what it refuses, and how it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub.releases import REPOSITORY, Publisher, build_releases, copy_workspace, digests, record
from hub.server import TestHub

RELEASED = ["Release 1.0.0 (2026-11-22)", "initial commit"]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_releases(tmp_path_factory.mktemp("releases") / "workspace")


@pytest.fixture
def publisher(releases: Path, tmp_path: Path) -> Iterator[Publisher]:
    """Somebody with two releases to publish, and a Hub of their own."""
    with TestHub(tmp_path / "hub") as hub:
        yield Publisher(copy_workspace(releases, tmp_path / "workspace"), hub, tmp_path / "home")


def test_the_whole_way(publisher: Publisher) -> None:
    """Dry run, publication, again, and the next version: what is said, what is sent, what is there."""
    hub, folder = publisher.hub, publisher.folder()

    dry = publisher.run("--dry-run", "--format", "json")
    assert (dry.returncode, dry.stderr) == (0, "")
    plan = json.loads(dry.stdout)
    assert {file["path"]: file["bytes"] for file in plan["files"]} == {
        path: (folder / path).stat().st_size for path in digests(folder)
    }
    assert {file["change"] for file in plan["files"]} == {"added"}
    assert (plan["page"], plan["tag"]) == (f"{hub.url}/datasets/tester/harbour", "v1.0.0")
    assert (plan["exists"], plan["private"]) == (False, True)
    assert hub.sent() == []

    first = publisher.run("--format", "json")
    assert first.returncode == 0, first.stderr
    done = json.loads(first.stdout)
    assert done["compared"] == len(digests(folder)) == 10
    assert done["rows"] == {
        "annotations": {"train": 6},
        "claims": {"train": 2},
        "documents": {"train": 5},
        "entities": {"train": 2},
        "relations": {"train": 2},
    }
    assert hub.repositories[REPOSITORY].tags == {"v1.0.0": done["commit"]}
    assert hub.repositories[REPOSITORY].private is True
    assert publisher.holds()
    assert not (publisher.home / "hub").exists()  # loaded back into a cache of its own
    assert "%|" not in first.stderr  # no progress bars where there is no terminal

    hub.requests.clear()
    again = publisher.run()
    assert again.returncode == 0, again.stderr
    assert "published already" in again.stdout
    assert hub.sent() == []
    assert hub.titles(REPOSITORY) == RELEASED

    second = publisher.run("--version", "1.1.0", "--public")
    assert second.returncode == 0, second.stderr
    assert "claims/train-00000-of-00001.parquet       deleted" in second.stderr
    assert "tester/harbour is private and stays so, though public was asked for" in second.stderr
    assert 'datasets.load_dataset("tester/harbour", "entities", revision="v1.1.0")' in second.stdout
    assert publisher.holds("1.1.0")
    assert hub.repositories[REPOSITORY].private is True

    relations = publisher.hub.repositories[REPOSITORY].tree("v1.1.0")["relations/train-00000-of-00001.parquet"]
    content = hub.store.content(relations)
    hub.store.blob(relations["sha256"]).write_bytes(content[::-1])
    spoilt = publisher.run("--version", "1.1.0")
    assert (spoilt.returncode, spoilt.stdout) == (1, "")
    assert "is not what was released: relations/train-00000-of-00001.parquet differ" in spoilt.stderr

    other = publisher.folder() / "ontology.yaml"
    other.write_text(other.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    refused = publisher.run()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "changed: ontology.yaml" in refused.stderr

    said = "".join(run.stdout + run.stderr for run in (dry, first, again, second, spoilt, refused))
    assert hub.token not in said


def test_public_is_asked_and_nobody_answers(publisher: Publisher) -> None:
    refused = publisher.run("--public")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "anybody can read tester/harbour" in refused.stderr
    assert "next: the same command again with --yes" in refused.stderr
    assert publisher.hub.sent() == []


def test_not_a_release(publisher: Publisher) -> None:
    (publisher.folder() / "release.json").unlink()
    refused = publisher.run("--dry-run")
    assert refused.returncode == 1
    assert "is no release" in refused.stderr
    assert "next: goldkit release" in refused.stderr
    assert publisher.hub.requests == []


def test_no_repository(publisher: Publisher) -> None:
    project = publisher.root / "configs" / "project.yaml"
    project.write_text(project.read_text(encoding="utf-8").replace("tester/harbour", '""'), encoding="utf-8")
    refused = publisher.run()
    assert refused.returncode == 2
    assert "no repository is named" in refused.stderr
    assert publisher.run("--repo", "harbour").returncode == 2
    assert publisher.run("--repo", "me/harbour", "--dry-run").returncode == 0


def test_tokens(publisher: Publisher) -> None:
    missing = publisher.run(HF_TOKEN="")
    assert missing.returncode == 1
    assert f"no token for {publisher.hub.url}" in missing.stderr
    assert "HF_TOKEN" in missing.stderr
    wrong = publisher.run(HF_TOKEN="hf_wrongwrongwrong")
    assert wrong.returncode == 1
    assert "does not accept the token from HF_TOKEN" in wrong.stderr
    assert "hf_wrong" not in wrong.stderr
    own = publisher.root / ".goldkit" / "hf-token"
    own.write_text(publisher.hub.token, encoding="utf-8")
    own.chmod(0o600)
    assert publisher.run("--dry-run", HF_TOKEN="").returncode == 0
    publisher.hub.fault("GET", "/revision/main", status=403, message=f"{publisher.hub.token} may not")
    quoted = publisher.run("--dry-run", HF_TOKEN="", GOLDKIT_DEBUG="1")
    assert quoted.returncode == 1
    assert "(the token) may not" in quoted.stderr
    assert publisher.hub.token not in quoted.stderr + quoted.stdout


def test_a_release_that_does_not_load(publisher: Publisher) -> None:
    card = publisher.folder() / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("num_examples: 5", "num_examples: 4"), encoding="utf-8")
    record(publisher.folder(), "1.0.0")
    done = publisher.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert "holds every file as it was released, but does not load: documents: NonMatching" in done.stderr


def start(publisher: Publisher) -> subprocess.Popen[str]:
    return subprocess.Popen(
        publisher.command(),
        cwd=publisher.root,
        env=publisher.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("method", "step", "cut"),
    [
        ("PUT", "/lfs/", "before"),
        ("POST", "/commit/", "after"),
        ("POST", "/tag/", "after"),
    ],
)
def test_killed_and_run_again(publisher: Publisher, method: str, step: str, cut: str) -> None:
    """Kill -9 while it uploads, after the commit is made, after the tag is: one commit, one tag."""
    hub = publisher.hub
    fault = hub.fault(method, step, cut=cut)
    running = start(publisher)
    fault.call = running.kill
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (-signal.SIGKILL, ""), err
    made = (step, cut) in {("/commit/", "after"), ("/tag/", "after")}
    assert hub.titles(REPOSITORY) == (RELEASED if made else ["initial commit"])

    again = publisher.run()
    assert again.returncode == 0, again.stderr
    assert hub.titles(REPOSITORY) == RELEASED
    assert hub.repositories[REPOSITORY].tags == {"v1.0.0": hub.repositories[REPOSITORY].main}
    assert publisher.holds()


def test_ctrl_c(publisher: Publisher) -> None:
    fault = publisher.hub.fault("POST", "/commit/", seconds=2)
    running = start(publisher)
    fault.call = lambda: running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, ""), err
    assert "stopped: nothing is half-written; run the same command again" in err
    assert "Traceback" not in err
    again = publisher.run()
    assert again.returncode == 0, again.stderr
    assert publisher.hub.titles(REPOSITORY) == RELEASED
