"""Files that are made to break their reader: each is refused in words, soon, and in bounded memory."""

from __future__ import annotations

import ast
import resource
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pytest
from pipeline.program import environment, goldkit, process
from pyarrow import parquet

from toolkit.articles.raw import DEEPEST, RawArticle
from toolkit.articles.read import read
from toolkit.dataset.hydrate import _card
from toolkit.dataset.opened import Opened
from toolkit.errors import BadInputError
from toolkit.files import parse_yaml
from toolkit.findings import Finding


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace")
    assert goldkit("init", ".", "--name", "demo", cwd=root).returncode == 0
    return root


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [DEEPEST + 1, 200, 300, 480, 900, 100_000])
@pytest.mark.parametrize("key", ["note", "title", "id", "text"])
def test_an_article_with_deep_metadata_is_refused_alone(tmp_path: Path, key: str, depth: int) -> None:
    deep = f'{{"{key}": {nested(depth)}, ' + ('"x": 1}' if key == "text" else '"text": "It rained."}')
    (tmp_path / "a.jsonl").write_text(f'{deep}\n{{"text": "It rained again."}}\n', encoding="utf-8")
    refused, taken = read([tmp_path])
    assert isinstance(refused, Finding)
    assert (refused.rule, refused.place.line) == ("article-field" if depth < 10_000 else "jsonl-line", 1)
    assert isinstance(taken, RawArticle)


def test_the_deepest_metadata_that_are_taken_can_be_read_again(workspace: Path) -> None:
    file = workspace / "deepest.jsonl"
    file.write_text(f'{{"id": "deepest", "text": "It rained.", "note": {nested(DEEPEST)}}}\n', encoding="utf-8")
    assert goldkit("articles", "add", file, cwd=workspace).returncode == 0
    assert goldkit("articles", "show", "deepest", cwd=workspace).stdout == "It rained.\n"


@pytest.mark.parametrize("depth", [90, 480, 900, 100_000])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("label.json", '[{{"id":1,"data":{{"text":"It rained."}},"annotations":[{{"id":1,"result":{}}}]}}]'),
        ("meta.json", '[{{"id":1,"data":{{"text":"It rained.","x":{}}},"annotations":[]}}]'),
        ("spans.jsonl", '{{"text":"It rained.","spans":{}}}'),
    ],
)
def test_a_deep_export_is_no_bug(workspace: Path, name: str, content: str, depth: int) -> None:
    (workspace / name).write_text(content.format(nested(depth)), encoding="utf-8")
    result = goldkit("pull", "--from-file", name, cwd=workspace)
    assert result.returncode in (0, 1, 3)
    assert "a bug of goldkit" not in result.stderr
    assert ("error: " in result.stderr) is (result.returncode == 1)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: !!python/object/apply:os.system ['true']\n",
        "a: !!python/name:os.system\n",
        "a: !own {b: c}\n",
        "a: " + "[" * 50_000,
        "a: " + "{b: " * 1000 + "}" * 1000,
        "a: 1" + "0" * 10_000 + "\n",
        "? {a: b}\n: c\n",
    ],
    ids=["aliases", "call", "name", "tag", "deep list", "deep map", "long number", "odd key"],
)
def test_yaml_says_values_and_nothing_else(text: str) -> None:
    with pytest.raises(BadInputError):
        parse_yaml(text, "x.yaml")


@pytest.mark.parametrize("command", ["check", "import"])
@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE View [" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9}">' for n in range(1, 9)) + "]>",
        '<!DOCTYPE View [<!ENTITY a8 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE View SYSTEM "http://127.0.0.1:1/view.dtd">',
    ],
    ids=["bomb", "file", "address"],
)
def test_a_label_config_has_no_entities(workspace: Path, command: str, doctype: str) -> None:
    (workspace / "evil.xml").write_text(f"{doctype}<View>&a8;</View>", encoding="utf-8")
    result = goldkit("schema", command, "evil.xml", cwd=workspace)
    assert result.returncode in (1, 3)
    assert "document type or entities" in result.stdout + result.stderr
    assert "root:" not in result.stdout + result.stderr


def test_a_parquet_file_that_swells_is_read_in_bounded_memory(workspace: Path) -> None:
    """Of some KB it makes 800 MB of texts, in memory more than twice that; a process that may have one GB reads it."""
    file = workspace / "bomb.parquet"
    parquet.write_table(pa.table({"id": [f"a{n}" for n in range(400)], "text": ["x" * 2_000_000] * 400}), file)
    assert file.stat().st_size < 100_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (1_000_000_000, 1_000_000_000))

    result = process("articles", "add", file, cwd=workspace, env=environment(), preexec_fn=limited)
    assert "0 new, 0 known, 400 refused" in result.stdout, result.stderr[-500:]
    assert "article-too-long" in result.stdout


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("long.jsonl", b'{"text": "' + b"x" * 3_000_000 + b'"}\n', "article-too-long"),
        ("bytes.jsonl", b'{"text": "It \xff rained."}\n', "article-encoding"),
        ("bytes.txt", b"It \xff\xfe rained.", "article-encoding"),
        ("zero.txt", b"It rained.\0", "article-control-character"),
        ("quote.csv", b'id,text\n1,"' + b"x" * 3_000_000, "csv-row"),
        ("bytes.parquet", b"PAR1" + b"\xff" * 5000 + b"PAR1", "file-unreadable"),
    ],
)
def test_a_file_that_is_none_is_a_finding(workspace: Path, name: str, content: bytes, rule: str) -> None:
    (workspace / name).write_bytes(content)
    result = goldkit("articles", "add", name, cwd=workspace)
    assert result.returncode == 3, result.stderr
    assert f"error {rule}: " in result.stdout
    assert len(result.stdout) < 2000


@pytest.mark.parametrize("header", ["- [", "x: !!python/name:os.system", "[1, 2]", "x: " + "[" * 5000])
def test_a_release_whose_card_cannot_be_read(header: str) -> None:
    with pytest.raises(BadInputError, match=r"README\.md"):
        _card(f"---\n{header}\n---\n\n# Card\n", mock.create_autospec(Opened, instance=True), "1 of 1 articles")


UNSAFE = {"pickle", "shelve", "marshal", "zipfile", "tarfile", "lzma", "bz2", "gzip", "lxml"}
WRITERS = {"csv.writer", "csv.DictWriter", "to_csv", "write_csv"}


def test_no_module_unpacks_archives_or_objects_or_writes_a_spreadsheet(repository: Path) -> None:
    """An archive may swell or lead out of its folder, a pickled object runs, and a cell may be a formula."""
    found = []
    for file in sorted((repository / "toolkit").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import | ast.ImportFrom) else set()
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            names |= {node.attr, ast.unparse(node)} if isinstance(node, ast.Attribute) else set()
            found += [f"{file.name}: {name}" for name in names & (UNSAFE | WRITERS)]
    assert found == []
