from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.conll import read_conll
from toolkit.errors import BadInputError


def corpus(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for annotator, text in files.items():
        (folder / f"{annotator}.conll").write_text(text, encoding="utf-8")
    return folder


def spans(task: dict[str, Any]) -> dict[str, list[tuple[int, int, str, str]]]:
    return {
        one["completed_by"]["email"]: [
            (value["start"], value["end"], value["labels"][0], value["text"])
            for value in (element["value"] for element in one["result"])
        ]
        for one in task["annotations"]
    }


def test_the_same_words_are_one_article_with_an_annotation_for_each_who_saw_it(tmp_path: Path) -> None:
    folder = corpus(
        tmp_path,
        amina="Ana B-PER\nQuill I-PER\nsailed O\n\nVelda B-GPE\nwaits O\n",
        boris="Ana B-PER\nQuill O\nsailed O\n\nVelda ?\nwaits ?\n",
    )
    first, second = read_conll(folder)
    assert first["data"]["text"] == "Ana Quill sailed"
    assert spans(first) == {"amina": [(0, 9, "PER", "Ana Quill")], "boris": [(0, 3, "PER", "Ana")]}
    assert spans(second) == {"amina": [(0, 5, "GPE", "Velda")]}
    for task in (first, second):
        for found in spans(task).values():
            assert all(task["data"]["text"][start:end] == words for start, end, _, words in found)


def test_documents_begin_at_docstart_and_hold_sentences(tmp_path: Path) -> None:
    text = (
        "-DOCSTART- -X- O O\n\nIn IN O O\nVelda NN I-NP B-GPE\n\nIt PRP O O\nrains VB O O\n\n-DOCSTART- O\n\nOver O\n"
    )
    first, second = read_conll(corpus(tmp_path, amina=text))
    assert first["data"]["text"] == "In Velda\nIt rains"
    assert spans(first) == {"amina": [(3, 8, "GPE", "Velda")]}
    assert (second["data"]["text"], spans(second)) == ("Over", {"amina": []})


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-A I-A O", [(0, 2, "A")]),
        ("I-A I-A O", [(0, 2, "A")]),
        ("I-A B-A O", [(0, 1, "A"), (1, 2, "A")]),
        ("B-A I-B O", [(0, 1, "A"), (1, 2, "B")]),
        ("S-A S-A O", [(0, 1, "A"), (1, 2, "A")]),
        ("B-A E-A I-A", [(0, 2, "A"), (2, 3, "A")]),
        ("U-A B-A L-A", [(0, 1, "A"), (1, 3, "A")]),
        ("O O I-A", [(2, 3, "A")]),
    ],
)
def test_tagging_schemes(tags: str, found: list[tuple[int, int, str]], tmp_path: Path) -> None:
    lines = "".join(f"{word} {tag}\n" for word, tag in zip("xyz", tags.split(), strict=True))
    (task,) = read_conll(corpus(tmp_path, amina=lines))
    assert spans(task)["amina"] == [(2 * a, 2 * b - 1, label, "x y z"[2 * a : 2 * b - 1]) for a, b, label in found]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ana B-PER\nQuill PER\n", ":2: 'PER' is no tag"),
        ("Ana\n", ":1: 'Ana' is no tag"),
        ("Ana B-PER\nQuill ?\n", ":2: this token has the tag ?"),
    ],
)
def test_what_is_no_conll_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as raised:
        read_conll(corpus(tmp_path, amina=text))
    assert f"{tmp_path / 'amina.conll'}{message}" in raised.value.message


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="neither brat"):
        read_conll(tmp_path)
