"""What every command promises, checked for every command there is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pipeline.program import goldkit, process

from toolkit.cli.main import app


def commands(group: typer.Typer = app, prefix: str = "goldkit") -> Iterator[tuple[str, object]]:
    command = typer.main.get_command(group)
    yield from _walk(command, prefix)


def _walk(command: object, path: str) -> Iterator[tuple[str, object]]:
    for name, child in getattr(command, "commands", {}).items():
        if hasattr(child, "commands"):
            yield from _walk(child, f"{path} {name}")
        else:
            yield f"{path} {name}", child


ALL = dict(commands())


def test_there_are_commands() -> None:
    assert {"goldkit demo", "goldkit push", "goldkit pull", "goldkit check", "goldkit build"} <= ALL.keys()


@pytest.mark.parametrize("path", ALL)
def test_help_has_an_example_of_the_command_itself(path: str) -> None:
    help = getattr(ALL[path], "help", "") or ""
    example = re.search(r"^Example: (goldkit .+)$", help, re.MULTILINE)
    assert example is not None, f"{path} shows no example"
    assert example[1].startswith(path)


@pytest.mark.parametrize("path", ALL)
def test_every_command_prints_json_when_asked(path: str) -> None:
    options = {option for parameter in ALL[path].params for option in parameter.opts}  # type: ignore[attr-defined]
    assert "--format" in options


@pytest.mark.parametrize("path", ALL)
def test_every_command_is_in_the_docs(path: str, repository: Path) -> None:
    assert path in (repository / "docs" / "commands.md").read_text(encoding="utf-8")


NEED_NO_WORKSPACE = {
    "goldkit demo",
    "goldkit hydrate",
    "goldkit init",
    "goldkit link score",
    "goldkit schema import",
    "goldkit schema rules",
}
NEEDED_ARGUMENTS = {
    "goldkit articles add": ["x.txt"],
    "goldkit articles sample": ["5"],
    "goldkit articles show": ["x"],
    "goldkit export": ["--to", "jsonl"],
    "goldkit link score": ["x", "x"],
    "goldkit schema diff": ["x"],
    "goldkit schema migrate": ["--plan", "x"],
}


@pytest.mark.parametrize("path", sorted(ALL.keys() - NEED_NO_WORKSPACE))
def test_outside_a_workspace_the_error_names_the_next_command(path: str, tmp_path: Path) -> None:
    arguments = NEEDED_ARGUMENTS.get(path, [])
    result = goldkit(*path.split()[1:], *arguments, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "error: no workspace here" in result.stderr
    assert "next: goldkit init" in result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_usage_is_2(tmp_path: Path) -> None:
    result = process("push", "--no-such-option", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""


def test_unknown_command_is_2_and_suggests(tmp_path: Path) -> None:
    result = process("pul", cwd=tmp_path)
    assert result.returncode == 2
    assert "Did you mean" in result.stderr


def test_version(tmp_path: Path) -> None:
    assert re.fullmatch(r"goldkit \d+\.\d+\.\d+\n", process("--version", cwd=tmp_path).stdout)


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['goldkit', '--help']\n"
        "from toolkit.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'datasets', 'pyarrow', 'label_studio_sdk', 'httpx', 'trafilatura', 'yaml', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"


class TestWithoutServer:
    """The commands that need files only, as a person would run them one after the other."""

    @pytest.fixture
    def workspace(self, tmp_path: Path) -> Path:
        made = goldkit("init", ".", "--name", "trial", "--format", "json", cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        assert "configs/project.yaml" in " ".join(json.loads(made.stdout)["made"])
        return tmp_path

    def test_init_twice_changes_nothing(self, workspace: Path) -> None:
        (workspace / "configs" / "guidelines.md").write_text("mine", encoding="utf-8")
        again = goldkit("init", ".", "--name", "other", "--format", "json", cwd=workspace)
        assert json.loads(again.stdout)["made"] == []
        assert (workspace / "configs" / "guidelines.md").read_text(encoding="utf-8") == "mine"

    def test_init_with_a_name_that_leaves_the_workspace(self, tmp_path: Path) -> None:
        result = goldkit("init", ".", "--name", "../evil", cwd=tmp_path)
        assert result.returncode == 2
        assert list(tmp_path.iterdir()) == []

    def test_articles(self, workspace: Path) -> None:
        (workspace / "one.txt").write_text("[ad_1]\nHarbour reopened.\nSource link\n", encoding="utf-8")
        added = process("articles", "add", "one.txt", cwd=workspace)
        assert added.returncode == 0, added.stderr
        assert "1 new, 0 known, 0 refused" in added.stdout
        assert process("articles", "show", "one", cwd=workspace).stdout == "Harbour reopened.\n"
        diff = process("articles", "show", "one", "--diff", cwd=workspace).stdout
        assert "-[ad_1]" in diff
        assert "-Source link" in diff
        listed = json.loads(process("articles", "list", "--format", "json", cwd=workspace).stdout)
        assert [(one["id"], one["characters"]) for one in listed] == [("one", 17)]

    def test_bad_articles_are_named_and_good_ones_kept(self, workspace: Path) -> None:
        (workspace / "news").mkdir()
        (workspace / "news" / "good.txt").write_text("Harbour reopened.", encoding="utf-8")
        (workspace / "news" / "empty.txt").write_text(" \n", encoding="utf-8")
        (workspace / "news" / "latin.txt").write_bytes("Le café est fermé, dit-on à Paris.".encode("latin-1"))
        result = goldkit("articles", "add", "news", cwd=workspace)
        assert result.returncode == 3
        assert "1 new, 0 known, 2 refused" in result.stdout
        assert "empty.txt" in result.stdout
        assert "--encoding" in result.stdout

    def test_unknown_article(self, workspace: Path) -> None:
        (workspace / "one.txt").write_text("Harbour reopened.", encoding="utf-8")
        goldkit("articles", "add", "one.txt", cwd=workspace)
        result = goldkit("articles", "show", "two", cwd=workspace)
        assert result.returncode == 2
        assert "next: goldkit articles list" in result.stderr

    def test_schema_compile(self, workspace: Path) -> None:
        assert goldkit("schema", "compile", "--check", cwd=workspace).returncode == 0
        ontology = workspace / "configs" / "ontology.yaml"
        ontology.write_text(ontology.read_text(encoding="utf-8").replace("2.0.0", "2.0.1"), encoding="utf-8")
        stale = goldkit("schema", "compile", "--check", cwd=workspace)
        assert stale.returncode == 3
        assert "label_config.xml" in stale.stdout
        assert goldkit("schema", "compile", cwd=workspace).returncode == 0
        assert goldkit("schema", "compile", "--check", cwd=workspace).returncode == 0

    def test_broken_ontology_names_the_place(self, workspace: Path) -> None:
        ontology = workspace / "configs" / "ontology.yaml"
        ontology.write_text(ontology.read_text(encoding="utf-8") + "colour: red\n", encoding="utf-8")
        result = goldkit("schema", "compile", cwd=workspace)
        assert result.returncode == 1
        assert "ontology.yaml" in result.stderr
        assert "colour: unknown key" in result.stderr

    def test_no_server(self, workspace: Path) -> None:
        (workspace / "one.txt").write_text("Harbour reopened.", encoding="utf-8")
        goldkit("articles", "add", "one.txt", cwd=workspace)
        result = goldkit("push", "--url", "http://127.0.0.1:9", "--token", "secret-token", cwd=workspace)
        assert result.returncode == 1
        assert "127.0.0.1:9" in result.stderr
        assert "next: " in result.stderr
        assert "secret-token" not in result.stderr

    def test_nothing_pulled_yet(self, workspace: Path) -> None:
        for command in ("check", "build"):
            result = goldkit(command, cwd=workspace)
            assert result.returncode == 1, command
            assert "next: goldkit pull" in result.stderr


def test_the_next_command_that_an_error_names_exists(repository: Path) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (repository / "toolkit").rglob("*.py")]
    advice = [found[2] for source in sources for found in re.finditer(r"""next=f?(["'])(.*?)\1""", source)]
    named = [found for text in advice for found in re.findall(r"\bgoldkit ([a-z]+)(?: ([a-z]+))?", text)]
    assert len(named) > 20
    groups = {path.split()[1] for path in ALL if len(path.split()) == 3}
    unknown = [
        words
        for words in named
        if f"goldkit {words[0]}" not in ALL and not (words[0] in groups and f"goldkit {' '.join(words)}" in ALL)
    ]
    assert unknown == []
