"""Work that several annotators did in other tools: brat and CoNLL folders, from the pull to agreement and gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.annotations.model import Annotation
from toolkit.annotations.store import load_annotations
from toolkit.gold.store import load_gold
from toolkit.stages import setup

from .desk import tree
from .program import Result, goldkit

DAY = "Ana Quill lives in Port Sarrel 🚢, said Teo Quill.\nShe left the Harrow\nFront on Friday."
NIGHT = "Nobody sailed."
MAPPING = """\
labels: {Person: PERSON, Town: GPE, Group: ARMED_GROUP, Trip: EVENT, Day: DATETIME}
relations: {lives-in: located_in, When: occurred_on}
attributes: {Level: level}
choices: {Name: named, Noun: nominal}
"""


def brat(*lines: str, text: str = DAY) -> str:
    """Lines of standoff; of a region only its id, its type and its words, in which `|` parts the pieces."""
    return "".join(f"{_placed(line, text)}\n" for line in lines)


def _placed(line: str, text: str) -> str:
    if not line.startswith("T"):
        return line
    id, label, words = line.split("\t")
    pieces = [(text.index(piece), text.index(piece) + len(piece)) for piece in words.split("|")]
    return f"{id}\t{label} {';'.join(f'{start} {end}' for start, end in pieces)}\t{words.replace('|', ' ')}"


ANA, PORT, FRONT = "T1\tPerson\tAna Quill", "T2\tTown\tPort Sarrel", "T3\tGroup\tHarrow|Front"
LIVES = "R1\tlives-in Arg1:T1 Arg2:T2\t"
AMINA = brat(ANA, PORT, FRONT, LIVES, "A1\tLevel T1 Name", "#1\tAnnotatorNotes T2\ta port?")
BORIS = brat(ANA, PORT, LIVES, "A1\tLevel T1 Noun", "T4\tTrip\tleft", "T5\tDay\tFriday", "E1\tTrip:T4 When:T5")
CORPUS = {
    "amina/day.txt": DAY,
    "amina/day.ann": AMINA,
    "boris/day.ann": BORIS,
    "chen/day.ann": brat(ANA, PORT, FRONT, LIVES),
    "day.txt": DAY,  # boris and chen have none of their own
    "amina/night.txt": NIGHT,
    "amina/night.ann": "",
    "boris/night.txt": NIGHT,
    "boris/night.ann": "",
}


def conll(*documents: str) -> str:
    """Documents, parted by an empty line; words with a tag or, for O, without."""
    lines = [[word if " " in word else f"{word} O" for word in document.split(",")] for document in documents]
    return "\n\n".join("\n".join(tokens) for tokens in lines) + "\n"


FIRST, SECOND = "Ana B-Person,Quill I-Person,left,Port B-Town,Sarrel I-Town", "Velda B-Town,waits"
FILES = {
    "amina.conll": conll(FIRST, SECOND),
    "boris.conll": conll("Ana B-Person,Quill I-Person,left,Port B-Town,Sarrel", "Velda ?,waits ?"),
    "chen.conll": conll("Ana B-Person,Quill I-Person,left,Port B-Town,Sarrel I-Town", "Velda B-Person,waits"),
}


def folder(path: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    setup.init(tmp_path, "foreign")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def pull(workspace: Path, files: dict[str, Any], *options: str) -> Result:
    folder(workspace / "corpus", files)
    return goldkit("pull", "--from-file", "corpus", "--mapping", "mapping.yaml", *options, cwd=workspace)


def counts(result: Result) -> dict[str, int]:
    """The counts of a pull; whatever came in, they add up."""
    found: dict[str, int] = json.loads(result.stdout)["counts"]
    annotations = found["annotations_valid"] + found["annotations_skipped"] + found["annotations_rejected"]
    assert annotations == found["annotations_in"]
    assert found["items_valid"] + found["items_rejected"] + found["items_context"] == found["items_in"]
    return found


def records(workspace: Path) -> list[Annotation]:
    return list(load_annotations(workspace / "exports" / "foreign" / "annotations.jsonl"))


def measures(workspace: Path) -> dict[tuple[str, str, str], float | None]:
    result = goldkit("agree", "--format", "json", cwd=workspace)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)["measures"]
    return {(it["layer"], it["name"], it["label"]): it["estimate"]["value"] for it in found if not it["pair"]}


class TestBrat:
    def test_from_the_pull_to_the_gold(self, workspace: Path) -> None:
        result = pull(workspace, CORPUS, "--format", "json")
        assert result.returncode == 0, result.stdout
        # amina 3 regions, a relation and an answer; boris 4, 2 and 1; chen 3 and 1.
        assert counts(result)["items_valid"] == 5 + 7 + 4
        assert counts(result)["annotations_in"] == 5
        works = records(workspace)
        assert {(work.article_id, work.layers) for work in works} == {
            (article, ("entities", "relations")) for article in ("day", "night")
        }
        assert len({work.annotator for work in works}) == 3
        for work in works:
            assert all(item.text == DAY[item.start : item.end] for item in work.mentions)
        (amina,) = (work for work in works if any(item.meta for item in work.mentions))
        assert [item.text for item in amina.mentions] == ["Ana Quill", "Port Sarrel", "Harrow\nFront"]
        assert amina.mentions[0].attributes == {"level": "named"}
        assert amina.mentions[1].meta == {"AnnotatorNotes": ["a port?"]}

        figures = measures(workspace)
        # All have Ana and Port, amina and chen the Front: 7 pairs. Alone: the Front, boris's trip and day, twice each.
        assert figures["entities", "F1, exact", ""] == pytest.approx(14 / (14 + 2 + 4))
        assert figures["relations", "F1, given agreed spans", ""] == 1.0
        assert figures["relations", "F1, end to end", ""] == pytest.approx(6 / (6 + 2))
        # Ana is named, a noun, and named by default; Port and the Front are named by all: 2 of 7 pairs differ.
        assert figures["entities", "Krippendorff α of level", ""] == pytest.approx(1 - (2 / 7) * 14 * 13 / (2 * 2 * 12))

        result = goldkit("resolve", "--format", "json", cwd=workspace)
        assert result.returncode == 0, result.stderr
        day, night = load_gold(workspace / "exports" / "foreign" / "gold.jsonl")
        assert [(item.text, item.labels, item.attributes) for item in day.mentions] == [
            ("Ana Quill", ("PERSON",), {"level": "named"}),
            ("Port Sarrel", ("GPE",), {}),
            ("Harrow\nFront", ("ARMED_GROUP",), {}),
        ]
        named = {item.id: item.text for item in day.mentions}
        assert [(link.type, named[link.head], named[link.tail]) for link in day.relations] == [
            ("located_in", "Ana Quill", "Port Sarrel")
        ]
        assert sorted((down.kind, down.support) for down in day.voted_down) == [
            ("mention", 2),
            ("mention", 2),
            ("relation", 2),
        ]
        assert (night.mentions, night.voters, night.resolution.value) == ((), 2, "unanimous")

    def test_what_has_no_place_here_is_rejected_and_counted(self, workspace: Path) -> None:
        lines = brat(
            ANA,
            "T5\tPerson\tTeo Quill|Friday",
            "T6\tWizard\tPort",
            "R1\tlives-in Arg1:T1 Arg2:T5\t",
            "R2\tlives-in Arg1:T1\t",
            "*\tEquiv T1 T5",
            "E1\tTrip:T1 who",
            "#2\tAnnotatorNotes R1\twhere?",
        )
        result = pull(workspace, {"amina/day.txt": DAY, "amina/day.ann": lines}, "--format", "json")
        assert result.returncode == 3
        found = counts(result)
        assert (found["items_in"], found["items_valid"], found["items_rejected"]) == (8, 1, 7)
        told = {finding["rule"]: finding for finding in json.loads(result.stdout)["findings"]}
        assert {*told} == {
            "text-mismatch",
            "unknown-label",
            "rejected-dependency",
            "dangling-relation",
            "unknown-result-type",
        }
        assert told["text-mismatch"]["place"]["region"] == "T5"
        assert "quotes “Teo Quill Friday”" in told["text-mismatch"]["message"]
        assert "under labels: “Wizard: NAME OF OURS”" in told["unknown-label"]["next"]

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            ({"boris/day.txt": DAY, "boris/day.ann": b"\xff\x00"}, "corpus/boris/day.ann:1: not UTF-8 at byte 0"),
            ({"boris/day.txt": b"\x80", "boris/day.ann": ""}, "corpus/boris/day.txt:1: not UTF-8 at byte 0"),
            ({"boris/day.txt": "a\0b", "boris/day.ann": ""}, "corpus/boris/day.txt: this is no text"),
            (
                {"boris/day.txt": f"{DAY} ", "boris/day.ann": ""},
                "corpus/boris/day.ann: its text is not the one of corpus/amina/day.ann",
            ),
            ({"boris/day.ann": ""}, "corpus/boris/day.ann: its text is neither"),
            (
                {"boris/day.txt": DAY, "boris/day.ann": "T1 Person 0 3 Ana\n"},
                "corpus/boris/day.ann:1: no brat annotation",
            ),
            ({"boris/day.txt": DAY, "boris/day.ann": "\nT1\tPerson 0;3\tAna\n"}, "day.ann:2: '0;3' are no offsets"),
            ({"boris/day.txt": DAY, "boris/day.ann": "T1\tPerson 0 3;4 9\n"}, "day.ann:1: a span in pieces"),
            ({"boris.conll": "Ana O\n"}, "corpus: both brat files and CoNLL (boris.conll) in it"),
            ({"day.txt": DAY, "day.ann": ""}, "corpus: whose is day.ann, beside the folder amina?"),
        ],
    )
    def test_what_cannot_be_read_is_named_and_leaves_no_trace(
        self, workspace: Path, files: dict[str, str | bytes], why: str
    ) -> None:
        own = {"amina/day.txt": DAY, "amina/day.ann": AMINA}
        refused(workspace, own | files, why)

    def test_offsets_that_leave_the_text_are_rejected(self, workspace: Path) -> None:
        lines = "T1\tPerson 80 99\tAna Quill\nT2\tPerson 9 3\tx\nT3\tTown 0 4\tPort\nT4\tPerson 0 9\tAna Quill\n"
        result = pull(workspace, {"amina/day.txt": DAY, "amina/day.ann": lines}, "--format", "json")
        assert result.returncode == 3
        found = {(it["place"]["region"], it["rule"]) for it in json.loads(result.stdout)["findings"]}
        assert found == {("T1", "offset-out-of-range"), ("T2", "offset-inverted"), ("T3", "text-mismatch")}
        assert (counts(result)["items_valid"], counts(result)["items_rejected"]) == (1, 3)


class TestConll:
    def test_from_the_pull_to_the_gold(self, workspace: Path) -> None:
        result = pull(workspace, FILES, "--format", "json")
        assert result.returncode == 0, result.stdout
        assert counts(result)["annotations_in"] == 5  # boris did not see the second
        assert counts(result)["items_valid"] == 2 + 1 + 2 + 2 + 1
        assert {work.layers for work in records(workspace)} == {("entities",)}
        figures = measures(workspace)
        # Ana Quill: 3 pairs. Port Sarrel: 1 pair, and both alone in two pairs. Velda: alone in one pair.
        assert figures["entities", "F1, exact", ""] == pytest.approx(2 * 4 / (2 * 4 + 4 + 2))
        assert figures["entities", "F1, relaxed", ""] == pytest.approx(2 * 6 / (2 * 6 + 2))
        assert goldkit("resolve", cwd=workspace).returncode == 0
        (gold,) = load_gold(workspace / "exports" / "foreign" / "gold.jsonl")
        assert [(item.text, item.labels) for item in gold.mentions] == [
            ("Ana Quill", ("PERSON",)),
            ("Port Sarrel", ("GPE",)),
        ]
        assert [gold.provenance[item.id].support for item in gold.mentions] == [3, 2]
        (open_,) = load_gold(workspace / "exports" / "foreign" / "open.jsonl")
        (difference,) = open_.differences
        assert (difference.reason, [(vote.value or {}).get("labels") for vote in difference.votes].count(["GPE"])) == (
            "label",
            1,
        )

    def test_a_finding_leads_to_the_line(self, workspace: Path) -> None:
        result = pull(workspace, {"amina.conll": conll(FIRST, "Velda B-Wizard,waits")}, "--format", "json")
        assert result.returncode == 3
        rejected = (workspace / "exports" / "foreign" / "rejected.jsonl").read_text(encoding="utf-8")
        assert json.loads(rejected)["element"]["id"] == "line-7"

    def test_who_has_the_same_words_twice_has_one_annotation_of_them(self, workspace: Path) -> None:
        result = pull(workspace, {"amina.conll": conll("Yes B-Town", "Yes B-Person", "No")}, "--format", "json")
        assert result.returncode == 3
        assert (counts(result)["annotations_valid"], counts(result)["annotations_rejected"]) == (2, 1)
        (finding,) = json.loads(result.stdout)["findings"]
        assert (finding["rule"], finding["message"]) == (
            "duplicate-annotation",
            "annotation 3 in the same project is later",
        )
        assert {item.labels for work in records(workspace) for item in work.mentions} == {("PERSON",)}

    @pytest.mark.parametrize(
        ("files", "why"),
        [
            ({"boris.conll": b"Ana\xff B-Person\n"}, "corpus/boris.conll:1: not UTF-8 at byte 3"),
            ({"boris.conll": "A\0a B-Person\n"}, "corpus/boris.conll:1: this is no text"),
            ({"boris.conll": ""}, "corpus/boris.conll: no token in it"),
            ({"boris.conll": "-DOCSTART- -X- O\n\n"}, "corpus/boris.conll: no token in it"),
            ({"boris.conll": "Ana B-Person\n\nQuill Person\n"}, "corpus/boris.conll:3: 'Person' is no tag"),
            ({"boris.conll": "Ana\n"}, "corpus/boris.conll:1: 'Ana' is no tag"),
            ({"boris.tsv": "\tO\n"}, "corpus/boris.tsv:1: there is no token before the tag"),
            ({"boris.conll": "Ana B-Person\nQuill ?\n"}, "corpus/boris.conll:2: this token has the tag ?"),
            ({"README.txt": "These are files.\n"}, "corpus/README.txt:1: 'files.' is no tag"),
            (
                {"boris.conll": conll(FIRST, "Velda B-Town,waited", "No")},
                "corpus/boris.conll:7: document 2 has other words than in corpus/amina.conll",
            ),
        ],
    )
    def test_what_cannot_be_read_is_named_and_leaves_no_trace(
        self, workspace: Path, files: dict[str, str | bytes], why: str
    ) -> None:
        refused(workspace, {"amina.conll": conll(FIRST, SECOND, "No")} | files, why)

    def test_other_documents_are_no_other_words(self, workspace: Path) -> None:
        own = {"amina.conll": conll(FIRST, SECOND), "boris.conll": conll(FIRST, "Nobody,sailed,today")}
        assert pull(workspace, own).returncode == 0
        assert len({work.article_id for work in records(workspace)}) == 3

    def test_a_no_break_space_is_part_of_a_token(self, workspace: Path) -> None:
        assert pull(workspace, {"amina.conll": "10\u00a0000 B-Town\nmen O\n"}).returncode == 0
        (work,) = records(workspace)
        assert [item.text for item in work.mentions] == ["10\u00a0000"]


def refused(workspace: Path, files: dict[str, Any], why: str) -> None:
    folder(workspace / "corpus", files)
    before = tree(workspace)
    result = goldkit("pull", "--from-file", "corpus", "--mapping", "mapping.yaml", cwd=workspace)
    assert (result.returncode, result.stdout) == (1, "")
    assert why in result.stderr, result.stderr
    assert "\nnext: " in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(workspace) == before


def test_an_empty_folder_is_named(workspace: Path) -> None:
    (workspace / "corpus").mkdir()
    refused(workspace, {}, "corpus: neither brat (.ann) nor CoNLL")


class TestSnapshot:
    @pytest.fixture
    def snapshot(self, workspace: Path) -> Path:
        assert pull(workspace, CORPUS).returncode == 0
        (found,) = (workspace / "exports" / "foreign" / "snapshots").iterdir()
        return found

    def test_keeps_the_folder_byte_for_byte(self, snapshot: Path, workspace: Path) -> None:
        assert tree(snapshot / "export") == tree(workspace / "corpus")
        manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
        assert {name for name in manifest["files"] if name.startswith("export/")} == {
            f"export/{name}" for name in CORPUS
        }

    def test_can_be_checked_again_without_the_folder(self, snapshot: Path, workspace: Path) -> None:
        before = records(workspace)
        (workspace / "corpus" / "day.txt").write_text("something else", encoding="utf-8")
        assert goldkit("check", cwd=workspace).returncode == 0
        assert records(workspace) == before

    @pytest.mark.parametrize("harm", ["changed", "gone", "new"])
    def test_a_change_in_it_is_noticed(self, snapshot: Path, workspace: Path, harm: str) -> None:
        file = snapshot / "export" / "boris" / "day.ann"
        if harm == "changed":
            content = bytearray(file.read_bytes())
            content[-2] ^= 1
            file.write_bytes(bytes(content))
        elif harm == "gone":
            file.unlink()
        else:
            file = file.with_name("more.ann")
            file.write_text("", encoding="utf-8")
        before = tree(workspace)
        result = goldkit("check", cwd=workspace)
        assert result.returncode == 1
        assert f"{file} is not what was pulled" in result.stderr
        assert "next: restore the snapshot from a copy" in result.stderr
        assert tree(workspace) == before
