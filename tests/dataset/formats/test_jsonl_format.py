from __future__ import annotations

import json
from pathlib import Path

from odd_world import Export

from toolkit.dataset.opened import Opened
from toolkit.dataset.write import Row


def read(folder: Path, split: str) -> list[Row]:
    return [json.loads(line) for line in (folder / f"{split}.jsonl").read_text(encoding="utf-8").split("\n") if line]


def test_an_article_a_line_with_names_in_place_of_numbers(export_small: Export) -> None:
    made = export_small("jsonl")
    harbour, arabic, *rest = read(made.folder, "train")
    assert [one["article_id"] for one in (harbour, arabic, *rest)] == ["a1", "a2", "a3", "a4", "a5"]
    assert [one["status"] for one in rest] == ["awaiting-adjudication", "skipped", "unlabelled"]
    assert harbour["ner_tags"][:5] == ["B-PERSON", "O", "O", "B-ORGANIZATION", "I-ORGANIZATION"]
    first = harbour["entities"][0]
    assert (first["text"], first["label"], first["level"], first["origin"]) == ("Ali", "PERSON", "named", "manual")
    assert (arabic["relations"], arabic["claims"]) == ([], [])
    assert [(one["entities"], one["relations"], one["claims"]) for one in rest] == [(None, None, None)] * 3
    assert [part.as_dict() for part in made.parts] == [
        {
            "split": "train",
            "written": {"documents": 5, "mentions": 11, "relations": 2, "claims": 2},
            "left_out": [],
            "changed": [],
        }
    ]


def test_every_row_of_the_dataset_is_in_it(odd: Opened, export_odd: Export) -> None:
    folder = export_odd("jsonl").folder
    for split in odd.splits:
        lines = {line["article_id"]: line for line in read(folder, split)}
        for config in ("documents", "entities"):
            for row in odd.named(config, split):
                assert row.items() <= lines[row["article_id"]].items()
        for config in ("relations", "claims"):
            rows = [{"article_id": id, **one} for id, line in lines.items() for one in line[config] or ()]
            assert rows == list(odd.named(config, split))


def test_the_keys_are_sorted(export_small: Export) -> None:
    folder = export_small("jsonl").folder
    for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines():
        assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
