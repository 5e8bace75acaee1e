"""Where an ontology to compare with can come from: files, snapshots, releases, and real git repositories."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from toolkit import samples
from toolkit.annotations.codec import encode
from toolkit.errors import BadInputError, GoldkitError, UsageError
from toolkit.findings import Severity, calls_for_action
from toolkit.ontology.labelconfig import compile_label_config, generated_from
from toolkit.ontology.load import load_ontology
from toolkit.stages import contract, ingest, setup, sync
from toolkit.stages.build import build
from toolkit.stages.check import take_file
from toolkit.studio import snapshots
from toolkit.workspace import Workspace

from .desk import Desk, tree

ONTOLOGY = "configs/ontology.yaml"
WITHOUT_NORP = [
    (r"  - name: NORP\n(    .*\n)*\n", ""),
    (r", NORP\b", ""),
    (r"^version: 1.0.0", "version: 2.0.0"),
    (r"\Z", "retired:\n  - {name: NORP, since: 2.0.0}\n"),
]


def edit(workspace: Workspace, *changes: tuple[str, str]) -> None:
    """Edit the ontology as a person does, in its text."""
    text = workspace.ontology.read_text(encoding="utf-8")
    for old, new in changes:
        text, count = re.subn(old, new, text, flags=re.MULTILINE)
        assert count, old
    workspace.ontology.write_text(text, encoding="utf-8")


def renumber(workspace: Workspace) -> None:
    """Let every class of the entities have another number: what is labelled stays as good as it was."""
    ontology = yaml.safe_load(workspace.ontology.read_text(encoding="utf-8"))
    ontology["entities"].reverse()
    workspace.ontology.write_text(json.dumps(ontology), encoding="utf-8")  # JSON is YAML


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def refusal(workspace: Workspace | None, source: str) -> GoldkitError:
    with pytest.raises(GoldkitError) as raised:
        contract.resolve(workspace, source)
    return raised.value


def start(root: Path, name: str) -> Workspace:
    """A workspace whose ontology is 1.0.0, whatever the shipped one is now."""
    setup.init(root, name)
    edit(Workspace(root), (r"^version: .*", "version: 1.0.0"))
    return Workspace(root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return start(tmp_path / "work", "contract")


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """A workspace in the folder ``work`` of a repository: 1.0.0 on main and as a tag, then 1.1.0 on a branch."""
    top = workspace.root.parent
    git(top, "init", "--quiet")
    commit(top, "first")
    git(top, "tag", "v1.0.0")
    git(top, "checkout", "--quiet", "-b", "topic")
    edit(workspace, (r"^version: 1.0.0", "version: 1.1.0"))
    commit(top, "second")
    return workspace


class TestGit:
    @pytest.mark.parametrize("ref", ["main", "v1.0.0", "refs/tags/v1.0.0", "HEAD~1", "topic~1"])
    def test_the_workspaces_ontology_at_a_ref(self, repository: Workspace, ref: str) -> None:
        found = contract.resolve(repository, ref)
        assert (found.name, found.ontology.version) == (f"{ref}:work/{ONTOLOGY}", "1.0.0")
        assert found.text == git(repository.root, "show", f"{ref}:./{ONTOLOGY}")

    def test_another_file_at_a_ref(self, repository: Workspace) -> None:
        git(repository.root, "mv", ONTOLOGY, "configs/labels.yaml")
        commit(repository.root, "moved")
        repository.ontology.write_text("name: other", encoding="utf-8")
        assert contract.resolve(repository, "topic~1").ontology.version == "1.1.0"
        assert contract.resolve(repository, "HEAD:work/configs/labels.yaml").ontology.version == "1.1.0"
        assert contract.resolve(repository, "HEAD:./configs/labels.yaml").ontology.version == "1.1.0"

    def test_without_a_workspace(self, repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(repository.root.parent)
        assert contract.resolve(None, f"main:work/{ONTOLOGY}").ontology.version == "1.0.0"
        assert refusal(None, "main").next == "goldkit schema diff main:PATH"

    def test_the_repository_is_the_files(
        self, repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path.parent)
        compared = contract.check_against(None, "main", repository.ontology)
        assert (compared.old.ontology.version, compared.new.ontology.version) == ("1.0.0", "1.1.0")
        elsewhere = start(tmp_path.parent / "elsewhere", "elsewhere")
        assert contract.check_against(elsewhere, "main", repository.ontology).old.ontology.version == "1.0.0"

    def test_in_a_hook_git_does_not_lead_elsewhere(
        self, repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
        assert contract.resolve(repository, "main").ontology.version == "1.0.0"

    def test_no_such_ref(self, repository: Workspace) -> None:
        error = refusal(repository, "mian")
        assert error.message == "'mian' is no file, snapshot or release here, and git knows no ref mian"
        assert error.next == "git branch; git tag (list the refs that there are)"

    def test_no_such_file_at_the_ref(self, repository: Workspace) -> None:
        for path in ("nothing.yaml", "work/configs"):
            error = refusal(repository, f"main:{path}")
            assert (error.message, error.next) == (
                f"there is no file {path} at main",
                "name the file as it was called there: main:PATH",
            )

    def test_a_file_that_is_no_ontology(self, repository: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        error = refusal(repository, "main:work/configs/project.yaml")
        assert "main:work/configs/project.yaml: not valid" in error.message
        assert error.next.startswith("compare with a later one")  # nobody can correct what is committed
        own = repository.root / "configs" / "project.yaml"
        monkeypatch.chdir(repository.root)
        assert refusal(repository, str(own)).next == "correct configs/project.yaml and run again"

    def test_a_file_outside_the_repository(
        self, repository: Workspace, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "ontology.yaml"
        shutil.copy(repository.ontology, elsewhere)
        project = repository.root / "configs" / "project.yaml"
        project.write_text(project.read_text().replace(f"ontology: {ONTOLOGY}", f"ontology: {elsewhere}"))
        assert f"{elsewhere} is not in the git repository" in refusal(Workspace(repository.root), "main").message

    @pytest.mark.parametrize("source", ["--output=pwned", "-p", "-", ":configs/ontology.yaml", "a\0b", "a\nb"])
    def test_nothing_is_taken_for_an_option(self, repository: Workspace, source: str) -> None:
        assert refusal(repository, source).message == f"{source!r} is no git ref"
        assert git(repository.root, "status", "--porcelain") == ""

    def test_no_repository(self, workspace: Workspace) -> None:
        error = refusal(workspace, "main")
        assert "is in no git repository (not a git repository" in error.message
        assert error.next == "give the path to a file, or the name of a snapshot or a release"

    def test_no_git(self, repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        assert refusal(repository, "main").next.startswith("install git")

    @pytest.mark.parametrize(
        ("options", "depth"),
        [(["--depth=1", "--branch=topic"], " --depth=1"), (["--single-branch", "--branch=topic"], "")],
    )
    @pytest.mark.parametrize("ref", ["origin/main", "v1.0.0"])
    def test_a_ref_that_was_not_fetched(
        self, repository: Workspace, tmp_path: Path, options: list[str], depth: str, ref: str
    ) -> None:
        """As CI has it. The command that the error names brings the ref here."""
        git(tmp_path, "clone", "--quiet", "--no-tags", *options, f"file://{repository.root.parent}", "clone")
        clone = Workspace(tmp_path / "clone" / "work")
        error = refusal(clone, ref)
        assert ("this clone is shallow" in error.message) == bool(depth)
        command = error.next.partition(" (")[0]
        assert command.startswith(f"git fetch{depth} origin ")
        git(clone.root, *shlex.split(command)[1:])
        assert contract.resolve(clone, ref).ontology.version == "1.0.0"

    def test_a_commit_that_a_shallow_clone_cut_off(self, repository: Workspace, tmp_path: Path) -> None:
        git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository.root.parent}", "clone")
        assert refusal(Workspace(tmp_path / "clone" / "work"), "HEAD~1").next.startswith("git fetch --unshallow")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the sample annotators' work as a snapshot, and a dataset of it; no server is asked."""
    workspace = start(tmp_path_factory.mktemp("labelled"), "labelled")
    ingest.add_articles(workspace, [samples.ARTICLES])
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    tasks = {
        id: {"id": number, "data": {"article_id": id, "text": one.text}, "annotations": []}
        for number, (id, one) in enumerate(articles.items(), start=1)
    }
    for name in samples.ANNOTATORS:
        for work in samples.work(name, articles, ontology):
            done = {
                "id": f"{name} {work.article_id}",
                "completed_by": {"email": f"{name}@annotators.example"},
                "result": encode(work, ontology),
                "was_cancelled": work.skipped,
                "ground_truth": bool(work.ground_truth),
            }
            tasks[work.article_id]["annotations"].append(done)
    export = workspace.root / "export.json"
    export.write_text(json.dumps(list(tasks.values())), encoding="utf-8")
    checked = take_file(workspace, export, None)
    assert checked.collected.counts.items_rejected == 0
    build(workspace)
    return workspace


@pytest.fixture
def copy(labelled: Workspace, tmp_path: Path) -> Workspace:
    """The same, to be changed."""
    shutil.copytree(labelled.root, tmp_path / "copy")
    return Workspace(tmp_path / "copy")


class TestAVersionOfTheDatasetThatIsThere:
    """It is built anew as long as its readers find what they found."""

    def test_what_breaks_nobody(self, copy: Workspace) -> None:
        edit(copy, (r"^version: 1.0.0", "version: 1.0.1"))
        assert build(copy).folder == copy.dataset("0.1.0")
        assert load_ontology(copy.dataset("0.1.0") / "ontology.yaml").version == "1.0.1"

    def test_other_classes(self, copy: Workspace) -> None:
        renumber(copy)
        before = tree(copy.root)
        with pytest.raises(BadInputError, match=r"\n  class-numbers-shifted: ") as raised:
            build(copy)
        assert raised.value.next.startswith("raise version under dataset in configs/project.yaml")
        assert tree(copy.root) == before

    def test_other_classes_where_nobody_knows_the_old_ones(self, copy: Workspace) -> None:
        renumber(copy)
        (copy.dataset("0.1.0") / "ontology.yaml").unlink()
        assert "ontology.yaml" in build(copy).files


class TestPlaces:
    def test_each_of_them(self, copy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(copy.root)
        newest = snapshots.latest(copy.snapshots).folder
        edit(copy, (r"^version: 1.0.0", "version: 1.1.0"))
        found = {
            "": (ONTOLOGY, "1.1.0"),
            ONTOLOGY: (ONTOLOGY, "1.1.0"),
            "snapshot": (f"snapshot {newest.name}", "1.0.0"),
            newest.name: (f"snapshot {newest.name}", "1.0.0"),
            str(newest): (f"snapshot {newest.name}", "1.0.0"),
            "0.1.0": ("release 0.1.0", "1.0.0"),
            "v0.1.0": ("release 0.1.0", "1.0.0"),
            "exports/labelled/dataset/0.1.0": ("exports/labelled/dataset/0.1.0", "1.0.0"),
        }
        for source, expected in found.items():
            resolved = contract.resolve(copy, source)
            assert (resolved.name, resolved.ontology.version) == expected, source
            assert (resolved.snapshot is not None) == ("snapshot" in resolved.name)

    def test_what_comes_first(self, copy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file before a release, a release before a tag; a tag in full is nothing but a tag."""
        monkeypatch.chdir(copy.root)
        edit(copy, (r"^version: 1.0.0", "version: 1.1.0"))
        git(copy.root, "init", "--quiet")
        commit(copy.root, "first")
        git(copy.root, "tag", "v0.1.0")
        assert contract.resolve(copy, "v0.1.0").ontology.version == "1.0.0"
        assert contract.resolve(copy, "refs/tags/v0.1.0").ontology.version == "1.1.0"
        edit(copy, (r"^version: 1.1.0", "version: 1.2.0"))
        shutil.copy(copy.ontology, "v0.1.0")
        assert contract.resolve(copy, "v0.1.0").ontology.version == "1.2.0"

    def test_the_ontology_of_a_release_is_the_one_it_was_built_with(self, labelled: Workspace) -> None:
        assert contract.resolve(labelled, "0.1.0").ontology == load_ontology(labelled.ontology)

    def test_data_from_before_they_kept_their_ontology(self, copy: Workspace) -> None:
        (copy.dataset("0.1.0") / "ontology.yaml").unlink()
        assert refusal(copy, "0.1.0").next.startswith("goldkit build")
        manifest = snapshots.latest(copy.snapshots).folder / "manifest.json"
        data = json.loads(manifest.read_text())
        del data["files"]["ontology.yaml"]
        manifest.write_text(json.dumps(data))
        error = refusal(copy, "snapshot")
        assert "does not hold the ontology" in error.message
        assert error.next.startswith("goldkit pull")

    def test_no_snapshot_no_workspace_no_ontology(self, workspace: Workspace, tmp_path: Path) -> None:
        assert refusal(workspace, "snapshot").next == "goldkit pull"
        assert isinstance(refusal(None, "snapshot"), UsageError)
        assert isinstance(refusal(None, ""), UsageError)
        config = tmp_path / "label_config.xml"
        config.write_text(compile_label_config(load_ontology(workspace.ontology)))
        assert refusal(workspace, str(config)).next.startswith(f"goldkit schema import {config}")
        assert isinstance(refusal(workspace, "a" * 400), BadInputError)


class TestComparing:
    def test_nothing_changed(self, labelled: Workspace) -> None:
        compared = contract.check_against(labelled, "snapshot")
        assert (compared.changes, compared.findings, compared.rows) == ((), (), [])
        assert compared.summary.endswith("no change")

    def test_what_a_change_touches_in_a_snapshot(self, copy: Workspace) -> None:
        edit(copy, *WITHOUT_NORP)
        compared = contract.check_against(copy, "snapshot")
        found = {finding.rule: finding for finding in compared.findings}
        removed = found["label-removed"]
        assert re.fullmatch(
            r"the label NORP is removed \(breaks project, annotations, dataset\); "
            r"touches 3 regions of 2 annotators \((\S+: 1, \S+: 2|\S+: 2, \S+: 1)\) in 3 articles",
            removed.message,
        )
        assert removed.severity is Severity.ERROR
        assert removed.next.startswith("goldkit schema migrate --plan FILE")
        assert removed.place.file.endswith("ontology.yaml")
        assert "annotators.example" not in json.dumps(compared.as_dict())
        assert compared.as_dict()["bump"] == "major"
        assert compared.as_dict()["changes"][0]["touches"]["items"] == {"regions": 3}

    def test_against_a_release_nothing_is_counted_and_the_version_is_enough(self, copy: Workspace) -> None:
        edit(copy, *WITHOUT_NORP)
        compared = contract.check_against(copy, "0.1.0")
        rules = [(change.rule.id, change.name) for change in compared.changes]
        assert rules == [("label-removed", "NORP"), ("class-numbers-shifted", "labels")]
        assert not calls_for_action(compared.findings)
        assert compared.impacts == {}

    def test_a_version_that_does_not_say_it(self, copy: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(copy.root)
        edit(copy, *WITHOUT_NORP, (r"^version: 2.0.0", "version: 1.1.0"))
        compared = contract.diff("0.1.0", "", copy)
        small, *others = compared.findings
        assert (small.rule, str(small.place)) == ("version-bump-too-small", f"{ONTOLOGY}:10:1")
        assert "it needs 2.0.0, for label-removed (NORP); class-numbers-shifted (labels)" in small.message
        assert all(finding.severity is Severity.ERROR for finding in others)
        assert compared.rows[0][:3] == ("project, annotations, dataset", "label-removed", "NORP")
        assert compared.summary.splitlines() == [
            "release 0.1.0: news_events 1.0.0 → configs/ontology.yaml: news_events 1.1.0",
            "2 changes: 1 breaks the project, 1 breaks the annotations, 2 break the dataset; needs 2.0.0 at least",
        ]

    def test_another_file_than_the_workspaces(self, copy: Workspace, tmp_path: Path) -> None:
        other = tmp_path / "other.yaml"
        shutil.copy(copy.ontology, other)
        edit(copy, *WITHOUT_NORP)
        assert contract.check_against(copy, "snapshot", other).changes == ()
        assert contract.check_against(None, str(other), copy.ontology).changes != ()


def test_a_snapshot_of_the_server(desk: Callable[..., Desk]) -> None:
    """Label Studio keeps the note in the label config that tells which ontology people labelled with."""
    made = desk("contract-live")
    edit(made.workspace, (r"^version: .*", "version: 1.0.0"))
    made.push()
    sync.pull(made.workspace, **made.address)
    kept = contract.resolve(made.workspace, "snapshot")
    assert kept.text == made.workspace.ontology.read_text(encoding="utf-8")
    assert kept.snapshot is not None
    (config,) = kept.snapshot.folder.glob("project-*/label_config.xml")
    assert generated_from(config.read_text(encoding="utf-8")) == ("news_events", "1.0.0")
    assert contract.check_against(made.workspace, "snapshot").findings == ()

    edit(made.workspace, *WITHOUT_NORP)
    sync.pull(made.workspace, **made.address)  # before the change was pushed
    (finding,) = contract.check_against(made.workspace, "snapshot").findings
    assert finding.rule == "snapshot-of-another-version"
    assert "was labelled with news_events 1.0.0, and snapshot" in finding.message
