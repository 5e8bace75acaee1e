"""A name is never a way to another place on the disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from toolkit.annotations.exports import read_export
from toolkit.annotations.grammar import Grammar
from toolkit.annotations.mapping import ExportMapping
from toolkit.articles.model import ArticleId
from toolkit.articles.raw import RawArticle
from toolkit.articles.read import read
from toolkit.errors import BadInputError
from toolkit.findings import Finding
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Name
from toolkit.settings import SafeName, SemVer
from toolkit.workspace import Workspace

SECRET = "The secret of another folder."
ELSEWHERE = ["..", ".", "../x", "/x", "a/b", "a\\b", "..\\x", "C:x", "a\0b", "a\n", "~", "-rf", "", "\u2024\u2024"]


@pytest.mark.parametrize("kind", [ArticleId, SafeName, SemVer, Name], ids=["article", "project", "version", "ontology"])
@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_becomes_a_file_name_is_one(kind: type[str], name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(name)


@pytest.mark.parametrize("key", ["articles", "guidelines", "cleaning"])
@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "configs/../../x", "..\\x", "C:\\x", "C:x", "\\\\host\\x"])
def test_a_project_file_has_no_say_beyond_its_workspace(tmp_path: Path, key: str, path: str) -> None:
    (tmp_path / "configs").mkdir()
    file = tmp_path / "configs" / "project.yaml"
    file.write_text(f"name: demo\n{key}: '{path}'\nstudio: {{projects: [{{title: Entities}}]}}\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=f"{key}: not a path in the workspace"):
        Workspace(tmp_path).project  # noqa: B018


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder that somebody else filled, and beside it what is not theirs."""
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "own.txt").write_text("It rained.", encoding="utf-8")
    (folder / "again.txt").symlink_to("own.txt")
    return folder


def test_a_folder_of_articles_gives_only_what_is_in_it(given: Path, tmp_path: Path) -> None:
    (given / "link.txt").symlink_to(tmp_path / "secret.txt")
    (given / "folder").symlink_to(tmp_path / "elsewhere")
    (given / "zeros.jsonl").symlink_to("/dev/zero")
    (given / "broken.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(given / "pipe.txt")
    found = list(read([given]))
    assert [one.article_id for one in found if isinstance(one, RawArticle)] == ["again", "own"]
    refused = {Path(one.place.file).name: one.message for one in found if isinstance(one, Finding)}
    assert refused.keys() == {"link.txt", "folder", "zeros.jsonl", "broken.txt", "pipe.txt"}
    assert all(str(given / name) in one.next for one in found if isinstance(one, Finding) for name in [one.place.file])


def test_a_link_that_is_given_by_itself_is_meant(given: Path, tmp_path: Path) -> None:
    (given / "link.txt").symlink_to(tmp_path / "secret.txt")
    (article,) = read([given / "link.txt"])
    assert isinstance(article, RawArticle)
    assert article.raw == SECRET


@pytest.mark.parametrize("form", ["brat", "conll", "jsonl"])
def test_a_folder_of_annotations_gives_only_what_is_in_it(tmp_path: Path, repository: Path, form: str) -> None:
    """The same folder is read where the text lies in it, and refused where it is a link to a file elsewhere."""
    corpus, secret = tmp_path / "corpus", tmp_path / "secret.txt"
    (corpus / "amina").mkdir(parents=True)
    name = {"brat": "amina/a.txt", "conll": "amina.conll", "jsonl": "amina.jsonl"}[form]
    secret.write_text(
        {"brat": SECRET, "conll": "Secret O\n", "jsonl": json.dumps({"text": SECRET, "spans": []}) + "\n"}[form],
        encoding="utf-8",
    )
    if form == "brat":
        (corpus / "amina" / "a.ann").write_text("T1\tGPE 0 3\tThe\n", encoding="utf-8")
    else:
        (corpus / "amina").rmdir()
    grammar = Grammar(load_ontology(repository / "configs" / "ontology.yaml"))
    (corpus / name).write_bytes(secret.read_bytes())
    assert len(read_export(corpus, ExportMapping(), grammar)) == 1
    (corpus / name).unlink()
    (corpus / name).symlink_to(secret)
    with pytest.raises(BadInputError, match="a link that leads out of the folder") as caught:
        read_export(corpus, ExportMapping(), grammar)
    assert str(corpus / name) in caught.value.message
