"""The sample project's release in exports/ is what the samples come to: without a server, and through a real one.

`make sample-release` makes it again: no version of goldkit promises that its cards stay as they are.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.sampled import link_stories
from toolkit import demo, samples
from toolkit.annotations.pseudonyms import KEY_FILE, Pseudonyms
from toolkit.annotations.store import load_annotations
from toolkit.dataset.releases import CHANGELOG, RECORD, find
from toolkit.demo import across
from toolkit.errors import BadInputError
from toolkit.files import write_jsonl, write_text
from toolkit.stages import ingest, linkreview, linksync, setup, sync
from toolkit.stages.build import build
from toolkit.stages.release import release
from toolkit.studio.people import add_annotator
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .desk import tree

KEPT = Path("exports") / demo.NAME / "dataset" / "0.1.0"


def sample_workspace(root: Path, repository: Path) -> Workspace:
    """The demo's workspace with its articles and its key, as `goldkit demo` makes it."""
    shutil.copytree(repository / "configs", root / "configs")
    workspace = Workspace(root)
    write_text(workspace.private / KEY_FILE, samples.PSEUDONYM_KEY + "\n", private=True)
    assert ingest.add_articles(workspace, [samples.ARTICLES]).refused == 0
    return workspace


@pytest.fixture(scope="module")
def pulled(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the annotators' work, as a pull would have written it; do not change it."""
    workspace = sample_workspace(tmp_path_factory.mktemp("pulled") / "demo", repository)
    articles, schema = ingest.articles(workspace), setup.ontology(workspace)
    pseudonyms = Pseudonyms(samples.PSEUDONYM_KEY)
    works = [
        work.model_copy(update={"annotator": pseudonyms.of(samples.address(name))})
        for name in samples.ANNOTATORS
        for work in samples.work(name, articles, schema)
    ]
    works.sort(key=lambda work: (work.article_id, work.annotator))
    write_jsonl(workspace.annotations, (work.model_dump(mode="json") for work in works))
    link_stories(workspace, lambda name: pseudonyms.of(samples.address(name)))
    return workspace.root


@pytest.fixture
def without_server(pulled: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return Workspace(Path(shutil.copytree(pulled, tmp_path / "demo")))


def test_the_kept_release_is_made_from_the_samples(without_server: Workspace, repository: Path) -> None:
    made = release(without_server)
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        shutil.rmtree(repository / KEPT, ignore_errors=True)
        shutil.copytree(made.folder, repository / KEPT)
    assert made.folder == without_server.root / KEPT
    assert tree(made.folder) == tree(repository / KEPT), "make sample-release"


def test_it_is_a_release_that_nobody_has_touched(repository: Path) -> None:
    (kept,) = find((repository / KEPT).parent)
    kept.require_intact()
    assert (kept.version, kept.record.previous, kept.record.needs) == ("0.1.0", "", "first")
    assert kept.record.changes["tables"]["documents"] == {"added": 14}


def test_a_real_label_studio_gives_the_same_bytes(studio: Credentials, repository: Path, tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path / "demo", repository)
    there = {"url": studio.url, "token": studio.token}
    tokens = {
        name: add_annotator(studio, samples.address(name), "a-long-enough-password")
        for name in (*samples.ANNOTATORS, samples.EDITOR)
    }
    assert sync.push(workspace, **there)[0].new == 14
    assert demo.label(workspace, tokens, **there) == (24, 0)
    sync.pull(workspace, **there)
    linksync.push(workspace, **there)
    across.answer(workspace, tokens, **there)
    linksync.pull(workspace, **there)
    linkreview.push(workspace, **there)
    across.decide(workspace, tokens, **there)
    linkreview.pull(workspace, **there)
    built = tree(build(workspace).folder)
    kept = tree(repository / KEPT)
    assert kept.keys() - built.keys() == {RECORD, CHANGELOG}
    assert built == {path: content for path, content in kept.items() if path in built}


def test_with_a_key_of_ones_own_the_demo_says_what_to_do(without_server: Workspace, repository: Path) -> None:
    shutil.copytree(repository / KEPT, without_server.root / KEPT)
    works = [
        work.model_copy(update={"annotator": f"{work.annotator}x"})
        for work in load_annotations(without_server.annotations)
    ]
    write_jsonl(without_server.annotations, (work.model_dump(mode="json") for work in works))
    write_text(without_server.private / KEY_FILE, "a key of my own\n", private=True)
    with pytest.raises(BadInputError, match=r"3 annotators new\.") as caught:
        demo.build_released(without_server)
    assert f"delete {without_server.private / KEY_FILE}, then goldkit demo" in caught.value.next


def test_with_labels_of_ones_own_the_demo_says_what_to_do(without_server: Workspace, repository: Path) -> None:
    shutil.copytree(repository / KEPT, without_server.root / KEPT)
    works = list(load_annotations(without_server.annotations))[1:]
    write_jsonl(without_server.annotations, (work.model_dump(mode="json") for work in works))
    with pytest.raises(BadInputError, match=r"0\.1\.0 was released") as caught:
        demo.build_released(without_server)
    assert caught.value.next.startswith("run the demo in an empty folder; or raise version to ")


def test_where_it_lies_a_build_says_that_nothing_changed(without_server: Workspace, repository: Path) -> None:
    shutil.copytree(repository / KEPT, without_server.root / KEPT)
    before = tree(without_server.root / KEPT)
    built = build(without_server)
    assert [finding.message for finding in built.findings][-1] == "nothing has changed since 0.1.0 was released"
    assert tree(without_server.root / KEPT) == before
