from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyarrow import parquet
from small_world import HARBOUR, World, mention, span_type, vote

from toolkit.dataset.build import CONFIG_EMPTY, Built
from toolkit.dataset.check import check_features, check_loads
from toolkit.dataset.features import features
from toolkit.dataset.tables import Tables
from toolkit.dataset.write import BATCH, ROW_GROUP, quoted, write_parquet
from toolkit.errors import BadInputError, GoldkitError
from toolkit.findings import Severity
from toolkit.gold.resolve import Resolved, resolve
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology

MANY = ROW_GROUP * BATCH + 1
CONFIGS = {"annotations": 6, "claims": 2, "documents": 5, "entities": 2, "relations": 2}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def header(folder: Path) -> dict[str, Any]:
    found = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert isinstance(found, dict)
    return found


def test_what_was_built_is_what_is_reported(built: Built) -> None:
    assert built.rows == CONFIGS
    assert (built.awaiting, built.skipped) == (("a3",), ("a4",))
    assert {finding.severity for finding in built.findings} == {Severity.NOTE}  # what its papers go without
    assert set(built.files) == set(contents(built.folder))
    assert json.loads(json.dumps(built.as_dict()))["rows"] == CONFIGS


def test_the_ontology_lies_beside_the_data(built: Built, world: World) -> None:
    assert load_ontology(built.folder / "ontology.yaml") == world.ontology


def test_every_config_loads_here(built: Built) -> None:
    assert check_loads(built.folder) == CONFIGS


def test_every_config_loads_in_a_new_process_without_network(built: Built, tmp_path: Path) -> None:
    code = (
        "import json, sys, datasets\n"
        "loaded = {c: datasets.load_dataset(sys.argv[1], c, split='train') for c in sys.argv[2:]}\n"
        "default = datasets.load_dataset(sys.argv[1])['train']\n"
        "label = default.features['entities'].feature['label']\n"
        "rows = {c: d.num_rows for c, d in loaded.items()}\n"
        "print(json.dumps([rows, [label.int2str(e['label']) for e in default[1]['entities']], default[0]['text']]))\n"
    )
    environment = os.environ | {"HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(built.folder), *CONFIGS],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [CONFIGS, ["PERSON", "GPE"], HARBOUR]


def test_the_same_inputs_give_the_same_bytes_in_any_order(world: World, built: Built, tmp_path: Path) -> None:
    random.Random(7).shuffle(world.votes)
    world.votes = [
        item.model_copy(
            update={"mentions": item.mentions[::-1], "claims": item.claims[::-1], "relations": item.relations[::-1]}
        )
        for item in world.votes
    ]
    world.articles = dict(reversed(world.articles.items()))
    again = world.build(tmp_path / "d")
    assert contents(again.folder) == contents(built.folder)


def test_two_annotations_of_one_annotator_have_an_order_too(world: World, tmp_path: Path) -> None:
    world.votes += [vote(world.articles["a5"], "annotator-7f", lead_time=seconds) for seconds in (2.0, 1.0)]
    first = world.build(tmp_path / "d").folder
    world.votes.reverse()
    assert contents(world.build(tmp_path / "e").folder) == contents(first)


def test_building_again_replaces_the_folder(world: World, built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "train-00000-of-00001.parquet").write_bytes(b"")
    world.build(folder)
    assert contents(folder) == contents(built.folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failure_leaves_the_old_folder_whole(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = world.build(tmp_path / "d").folder
    before = contents(folder)

    def fail(*_: Any, **__: Any) -> str:
        raise GoldkitError("no card", next="try again")

    monkeypatch.setattr("toolkit.dataset.build.document", fail)
    with pytest.raises(GoldkitError, match="no card"):
        world.build(folder)
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_an_empty_config_is_left_out_and_said_so(world: World, tmp_path: Path) -> None:
    world.votes = [item.model_copy(update={"claims": ()}) for item in world.votes]
    built = world.build(tmp_path / "d")
    assert built.rows["claims"] == 0
    assert not (built.folder / "claims").exists()
    (finding,) = [finding for finding in built.findings if finding.rule == CONFIG_EMPTY]
    assert finding.severity is Severity.NOTE
    assert "claims" in finding.message
    assert check_loads(built.folder) == {name: rows for name, rows in CONFIGS.items() if name != "claims"}
    text = (built.folder / "README.md").read_text(encoding="utf-8")
    assert "| `claims` | 0 |" in text
    assert '"claims", split' not in text


def test_without_any_gold_the_documents_still_load(world: World, tmp_path: Path) -> None:
    world.votes = [vote(world.articles["a4"], "annotator-9c", skipped=True)]
    built = world.build(tmp_path / "d")
    assert check_loads(built.folder) == {"annotations": 1, "documents": 5}
    assert next(item for item in header(built.folder)["configs"] if item.get("default"))["config_name"] == "documents"


def test_articles_alone_make_a_dataset_of_one_config(world: World, tmp_path: Path) -> None:
    world.votes = []
    built = world.build(tmp_path / "d")
    assert check_loads(built.folder) == {"documents": 5}
    assert check_features(built.folder, world.ontology) == []


def test_an_ontology_of_entities_only(world: World, ontology_with: Callable[..., Ontology], tmp_path: Path) -> None:
    world.ontology = ontology_with(values=[], mention_attributes=[], relations=[], modality=None, claims=None)
    article = world.articles["a1"]
    world.votes = [vote(article, "annotator-7f", mentions=(mention(HARBOUR, "m1", "Omar", "PERSON"),))]
    built = world.build(tmp_path / "d")
    assert built.rows == check_loads(built.folder) == {"annotations": 1, "documents": 5, "entities": 1}


def test_a_given_resolution_is_the_gold(world: World, tmp_path: Path) -> None:
    adjudicated = resolve([world.votes[3]], world.ontology)
    built = world.build(tmp_path / "d", resolved=adjudicated)
    assert (built.rows["entities"], built.rows["annotations"], built.awaiting) == (1, 6, ())
    wrong = adjudicated.gold[0].model_copy(update={"text_sha256": "0" * 64})
    with pytest.raises(BadInputError, match="a3, gold: made on another text"):
        world.build(tmp_path / "d", resolved=Resolved(gold=(wrong,)))


def test_importing_the_room_is_cheap() -> None:
    code = "import sys, toolkit.dataset.build; print({'datasets', 'pyarrow', 'huggingface_hub'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"


def test_no_articles_is_an_error_with_a_next_step(world: World, tmp_path: Path) -> None:
    world.articles = {}
    with pytest.raises(BadInputError, match="no articles") as caught:
        world.build(tmp_path / "d")
    assert "goldkit articles add" in caught.value.next


def test_an_attribute_must_not_take_a_column_s_name(
    world: World, ontology_with: Callable[..., Ontology], tmp_path: Path
) -> None:
    text = {"name": "text", "definition": "free words"}
    world.ontology = ontology_with(mention_attributes=[text])
    world.votes = []
    with pytest.raises(BadInputError, match="attribute text"):
        world.build(tmp_path / "d")


def test_names_that_yaml_would_read_as_something_else_survive(
    world: World, ontology_with: Callable[..., Ontology], tmp_path: Path
) -> None:
    names = ["NO", "null", "on", "y", "True", "e1"]
    world.ontology = ontology_with(entities=[span_type(name) for name in names], values=[], relations=[], claims=None)
    world.votes = [vote(world.articles["a5"], "amina", mentions=(mention("Nobody", "m", "Nobody", "NO"),))]
    folder = world.build(tmp_path / "d").folder
    assert check_features(folder, world.ontology) == []
    assert check_loads(folder)["entities"] == 1


def test_the_header_says_what_the_hub_asks_for(built: Built) -> None:
    data = header(built.folder)
    assert data["language"] == ["ar", "en"]
    assert (data["license"], data["license_name"], data["pretty_name"]) == ("other", "per-document", "demo")
    assert data["size_categories"] == ["n<1K"]
    assert data["task_ids"] == ["named-entity-recognition"]
    assert not {"annotations_creators", "language_creators", "source_datasets"} & data.keys()  # only a person can say
    assert {item["config_name"]: item["data_files"] for item in data["configs"]} == {
        name: [{"split": "train", "path": f"{name}/train-*.parquet"}] for name in CONFIGS
    }
    assert [item["config_name"] for item in data["configs"] if item.get("default")] == ["entities"]
    assert {item["config_name"]: item["splits"][0]["num_examples"] for item in data["dataset_info"]} == CONFIGS


def test_nobody_s_notes_or_sources_leave(world: World, tmp_path: Path) -> None:
    secret = "amina@example.org"
    first = world.votes[0]
    noted = first.mentions[0].model_copy(update={"meta": {"note": secret}})
    world.votes[0] = first.model_copy(update={"mentions": (noted, *first.mentions[1:]), "source": secret})
    world.articles["a5"] = world.articles["a5"].model_copy(update={"metadata": {"by": secret}})
    folder = world.build(tmp_path / "d").folder
    from pyarrow import parquet

    for path in folder.glob("*/*.parquet"):
        assert secret not in str(parquet.read_table(path).to_pylist())


def test_a_quote_that_is_not_at_its_offsets_is_not_written(world: World) -> None:
    columns = features(world.ontology)
    for row in [row for _, rows in tables(world).blocks("claims") for row in rows]:
        for name in ("", "context", "claimants", "cues", "values"):
            wrong = deepcopy(row)
            part = wrong[name] if name else wrong
            for span in part if isinstance(part, list) else [part]:
                span["end"] -= 1
                with pytest.raises(GoldkitError, match=r"a1: .* does not stand at its offsets"):
                    list(quoted([("a1", [row, wrong])], world.articles, columns["claims"]))
    ((id, (row,)), *_) = tables(world).blocks("entities")
    row["token_ends"][0] += 1
    with pytest.raises(GoldkitError, match="a1: "):
        list(quoted([(id, [row])], world.articles, columns["entities"]))


def tables(world: World) -> Tables:
    resolved = resolve(world.votes, world.ontology)
    return Tables(world.ontology, world.articles.values(), world.votes, resolved)


def test_more_rows_than_a_row_group(world: World, tmp_path: Path) -> None:
    (_, (row,)), *_ = tables(world).blocks("documents")
    blocks = [(f"b{number:05}", [row | {"article_id": f"b{number:05}"}]) for number in range(MANY)]
    splits = {id: "test" if number % 5 == 0 else "train" for number, (id, _) in enumerate(blocks)}
    written = write_parquet(tmp_path, "documents", features(world.ontology)["documents"], blocks, splits)
    assert {split: file.rows for split, file in written.items()} == {
        "train": MANY - MANY // 5 - 1,
        "test": MANY // 5 + 1,
    }
    for split, file in written.items():
        found = parquet.read_table(tmp_path / file.path)["article_id"].to_pylist()
        assert found == [id for id, name in splits.items() if name == split]
