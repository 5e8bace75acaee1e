from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.annotations.standoff import is_standoff, read_standoff
from toolkit.errors import BadInputError

TEXT = "Ana Quill left Velda 🌊\nfor the Harrow\nFront."
ANN = (
    "T1\tPER 0 9\tAna Quill\n"
    "T2\tGPE 15 20\tVelda\n"
    "T3\tORG 31 37;38 43\tHarrow Front\n"
    "T4\tMove 10 14\tleft\n"
    "R1\tfrom Arg1:T1 Arg2:T2\t\n"
    "E1\tMove:T4 Agent:T1 Target2:T3\n"
    "A1\tLevel T1 named\n"
    "A2\tNegation E1\n"
    "#1\tAnnotatorNotes T2\ta city?\n"
    "*\tEquiv T1 T3\n"
)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_line_becomes_an_element(tmp_path: Path) -> None:
    folder = write(tmp_path, {"amina/a.txt": TEXT, "amina/a.ann": ANN, "boris/a.txt": TEXT, "boris/a.ann": ""})
    assert is_standoff(folder)
    (task,) = read_standoff(folder)
    assert task["data"] == {"id": "a", "text": TEXT}
    amina, boris = task["annotations"]
    assert (amina["completed_by"], boris) == (
        {"email": "amina"},
        {"id": 1, "completed_by": {"email": "boris"}, "result": []},
    )
    regions = [one for one in amina["result"] if one["type"] == "labels"]
    quoted = [TEXT[one["value"]["start"] : one["value"]["end"]] for one in regions]
    assert quoted == ["Ana Quill", "Velda", "Harrow\nFront", "left"]
    assert regions[1]["meta"] == {"AnnotatorNotes": ["a city?"]}
    relations = [(one["labels"], one["from_id"], one["to_id"]) for one in amina["result"] if one["type"] == "relation"]
    assert relations == [(["from"], "T1", "T2"), (["Agent"], "T4", "T1"), (["Target"], "T4", "T3")]
    (answer,) = [one for one in amina["result"] if one["type"] == "choices"]
    assert (answer["id"], answer["from_name"], answer["value"]) == ("T1", "Level", {"choices": ["named"]})
    left = [one["value"]["line"] for one in amina["result"] if one["type"] == "brat"]
    assert left == ["A2\tNegation E1", "*\tEquiv T1 T3"]


def test_a_text_may_stand_once_for_all_and_documents_in_folders(tmp_path: Path) -> None:
    folder = write(tmp_path, {"day/a.txt": TEXT, "amina/day/a.ann": ANN, "boris/day/a.ann": "T1\tPER 0 3\tAna\n"})
    (task,) = read_standoff(folder)
    assert (task["data"]["id"], len(task["annotations"])) == ("day/a", 2)


def test_one_annotators_folder_is_enough(tmp_path: Path) -> None:
    folder = write(tmp_path / "chen", {"a.txt": TEXT, "a.ann": ANN})
    (task,) = read_standoff(folder)
    assert [one["completed_by"]["email"] for one in task["annotations"]] == ["chen"]


@pytest.mark.parametrize(
    ("line", "message"),
    [("T1 PER 0 3", "a.ann:1: no brat annotation"), ("T1\tPER zero 3\tAna", "a.ann:1: 'zero 3' are no offsets")],
)
def test_what_is_no_standoff_is_named(line: str, message: str, tmp_path: Path) -> None:
    folder = write(tmp_path, {"amina/a.txt": TEXT, "amina/a.ann": line})
    with pytest.raises(BadInputError) as raised:
        read_standoff(folder)
    assert message in raised.value.message


def test_a_document_without_a_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="its text is neither"):
        read_standoff(write(tmp_path, {"amina/a.ann": ANN}))
