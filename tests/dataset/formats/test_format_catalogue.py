from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from odd_world import Export, make_odd_world
from small_world import World, make_article, make_ontology, mention, vote

from toolkit.dataset.formats import catalogue
from toolkit.dataset.formats.catalogue import RECORD, WRITERS, export
from toolkit.dataset.formats.document import documents
from toolkit.dataset.formats.names import Target
from toolkit.dataset.formats.part import KINDS, Part
from toolkit.dataset.opened import Opened, open_dataset
from toolkit.errors import BadInputError, GoldkitError, UsageError

EVERY = pytest.mark.parametrize("target", [target.value for target in Target])


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_every_format_has_a_writer() -> None:
    assert list(WRITERS) == list(Target)


@EVERY
def test_written_and_left_out_are_the_dataset(target: str, odd: Opened, export_odd: Export) -> None:
    made = export_odd(target)
    assert [part.split for part in made.parts] == ["train", "test"]
    for part in made.parts:
        there: Counter[str] = Counter({kind: odd.count(kind, part.split) for kind in KINDS if kind != "mentions"})
        there["mentions"] = sum(len(row["entities"]) for row in odd.rows("entities", part.split))
        there["mentions"] += sum(len(document.ends) for document in documents(odd, part.split))
        counted: Counter[str] = Counter(part.written)
        for (kind, _), count in part.left_out.items():
            counted[kind] += count
        assert counted == there
    record = json.loads((made.folder / RECORD).read_text(encoding="utf-8"))
    assert record.items() >= {"format": target, "splits": [part.as_dict() for part in made.parts]}.items()
    assert all(any(path.startswith(part.split) for path in tree(made.folder)) for part in made.parts)


@pytest.fixture(scope="module")
def elsewhere(small: Opened, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every export of the small world, made in another process, with another order of sets."""
    code = (
        "import sys; from pathlib import Path; from toolkit.dataset.opened import open_dataset;"
        "from toolkit.dataset.formats.catalogue import export, Target;"
        "[export(open_dataset(Path(sys.argv[1])), target, Path(sys.argv[2]) / target) for target in Target]"
    )
    folder = tmp_path_factory.mktemp("elsewhere")
    argv = [sys.executable, "-c", code, str(small.folder), str(folder)]
    subprocess.run(argv, check=True, env={"PYTHONHASHSEED": "1", "PATH": ""}, cwd=Path(__file__).parents[3])
    return folder


@EVERY
def test_the_same_dataset_gives_the_same_bytes(target: str, small: Opened, elsewhere: Path, tmp_path: Path) -> None:
    """In another process; and over an export that stands there."""
    here = export(small, Target(target), tmp_path / "here").folder
    assert tree(here) == tree(elsewhere / target)
    before = tree(here)
    export(small, Target(target), here)
    assert tree(here) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


class TestTheFolder:
    def test_an_empty_one_is_filled(self, small: Opened, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        export(small, Target.JSONL, tmp_path / "out")
        assert sorted(tree(tmp_path / "out")) == [RECORD, "train.jsonl"]

    def test_progress_is_told_article_by_article(self, small: Opened, tmp_path: Path) -> None:
        done: list[int] = []
        export(small, Target.CONLL, tmp_path / "out", done.append)
        assert done == [1] * 5

    def test_another_export_is_replaced(self, small: Opened, tmp_path: Path) -> None:
        export(small, Target.BRAT, tmp_path / "out")
        export(small, Target.JSONL, tmp_path / "out")
        assert sorted(tree(tmp_path / "out")) == [RECORD, "train.jsonl"]

    def test_other_things_are_left_alone(self, small: Opened, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(UsageError, match="holds other things than an export") as raised:
            export(small, Target.JSONL, tmp_path / "out")
        assert "--out" in raised.value.next
        assert tree(tmp_path / "out") == {"thesis.txt": b"mine"}

    def test_a_file_is_left_alone(self, small: Opened, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("mine", encoding="utf-8")
        with pytest.raises(UsageError, match="holds other things"):
            export(small, Target.JSONL, tmp_path / "out")
        assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"

    @pytest.mark.parametrize("path", ["train/a1.ann", "train/notes.txt"])
    def test_work_that_somebody_did_in_it_is_left_alone(self, path: str, small: Opened, tmp_path: Path) -> None:
        export(small, Target.BRAT, tmp_path / "out")
        with (tmp_path / "out" / path).open("a", encoding="utf-8") as file:
            file.write("T99\tGPE 0 3\tAli\n")
        before = tree(tmp_path / "out")
        with pytest.raises(UsageError, match="was changed since it was exported"):
            export(small, Target.BRAT, tmp_path / "out")
        assert tree(tmp_path / "out") == before

    def test_nothing_is_half_written(self, small: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A writer that forgets something is stopped, and what stood there stands."""
        export(small, Target.JSONL, tmp_path / "out")
        before = tree(tmp_path / "out")

        def forgetful(folder: Path, ontology: object, parts: tuple[Part, ...]) -> None:
            for document in parts[0].documents():
                (folder / "train.txt").write_text(document.text, encoding="utf-8")
                parts[0].wrote("documents")

        monkeypatch.setattr(catalogue, "WRITERS", {Target.JSONL: forgetful})
        with pytest.raises(GoldkitError, match="train: 11 mentions came, 0 are written or left out"):
            export(small, Target.JSONL, tmp_path / "out")
        assert tree(tmp_path / "out") == before

    def test_a_writer_that_does_not_take_all_is_stopped(
        self, small: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(catalogue, "WRITERS", {Target.JSONL: lambda *_: None})
        with pytest.raises(GoldkitError, match="train: of 5 documents in the dataset, 0 were taken"):
            export(small, Target.JSONL, tmp_path / "out")
        assert list(tmp_path.iterdir()) == []


@EVERY
def test_an_ontology_may_have_entities_only(target: str, tmp_path: Path) -> None:
    article = make_article("a1", "Omar stayed in Tripoli.")
    omar = mention(article.text, "m1", "Omar", "PERSON")
    ontology = make_ontology(values=[], relations=[], modality=None, claims=None)
    world = World(ontology=ontology, articles={"a1": article}, votes=[vote(article, "annotator-7f", mentions=(omar,))])
    made = export(open_dataset(world.build(tmp_path / "1.0.0").folder), Target(target), tmp_path / "out")
    (part,) = made.parts
    assert (part.written, part.left_out) == (Counter(documents=1, mentions=1, relations=0, claims=0), {})


def test_a_stand_off_dataset_is_refused(tmp_path: Path) -> None:
    world = make_odd_world(seed=1, articles=4)
    dataset = world.project.dataset.model_copy(update={"text": "stand-off"})
    world.project = world.project.model_copy(update={"dataset": dataset})
    built = world.build(tmp_path / "1.0.0")
    with pytest.raises(BadInputError, match="a stand-off dataset") as raised:
        export(open_dataset(built.folder), Target.JSONL, tmp_path / "out")
    assert raised.value.next.startswith("goldkit hydrate")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("target", "library"), [("spacy", "spacy"), ("uima", "cassis")])
def test_a_library_that_is_missing_is_named(
    target: str, library: str, small: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # type: ignore[arg-type]  # as if it were not installed
    with pytest.raises(GoldkitError, match=f"needs {library}, which is not installed") as raised:
        export(small, Target(target), tmp_path / "out")
    assert raised.value.next == f"pip install 'goldkit[{target}]'"
    assert not (tmp_path / "out").exists()


def test_a_dataset_from_elsewhere_needs_nothing_but_its_folder(small: Opened, tmp_path: Path) -> None:
    """As it is after a download: Parquet files, the card and the ontology."""
    copy = shutil.copytree(small.folder, tmp_path / "downloaded")
    made = export(open_dataset(copy), Target.CONLL, tmp_path / "out")
    assert tree(made.folder)["train.conll"].startswith(b"-DOCSTART-\ta1")
