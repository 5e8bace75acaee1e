from __future__ import annotations

import hashlib
import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from papers import describe, project
from small_world import ARABIC

from toolkit.dataset.about import About, Facts
from toolkit.dataset.documentation.croissant import croissant, described
from toolkit.dataset.prose import Prose

# What mlcroissant 1.1.1 itself does with rdflib 7.6.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> About:
    found = describe(tmp_path_factory.mktemp("croissant") / "2.0.0")
    (found.opened.folder / "croissant.json").write_text(croissant(found), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def told(about: About) -> dict[str, Any]:
    loaded = json.loads((about.opened.folder / "croissant.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever reaches for the network fails, loudly."""

    def refuse(*address: object, **_: object) -> None:
        raise AssertionError(f"reached for {address}")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def opened(folder: Path) -> Any:
    import mlcroissant

    return mlcroissant.Dataset(str(folder / "croissant.json"))


def texts(value: Any) -> Any:
    """mlcroissant gives texts as bytes, and numbers as numpy's."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [texts(one) for one in value]
    return {key.rsplit("/", 1)[-1]: texts(one) for key, one in value.items()} if isinstance(value, dict) else value


def test_it_is_valid_without_a_warning(about: About) -> None:
    issues = opened(about.opened.folder).metadata.issues
    assert (issues.errors, issues.warnings) == (set(), set())


def test_every_record_loads(about: About) -> None:
    dataset = opened(about.opened.folder)
    for config in about.opened.features:
        records = [texts(record) for record in dataset.records(config)]
        rows = [(split, row) for split in about.opened.splits for row in about.opened.rows(config, split)]
        assert sorted((one["split"], one["article_id"]) for one in records) == sorted(
            (split, row["article_id"]) for split, row in rows
        )


def test_a_record_holds_what_the_row_does(about: About) -> None:
    records = [texts(record) for record in opened(about.opened.folder).records("entities")]
    record = next(one for one in records if one["article_id"] == "a2")
    row = next(row for row in about.opened.rows("entities") if row["article_id"] == "a2")
    assert record["text"] == ARABIC
    assert record["tokens"] == row["tokens"]
    assert record["ner_tags"] == row["ner_tags"]
    assert record["entities"] == row["entities"]
    assert {key for key in record if key != "split"} == row.keys()


def test_links_keep_their_ends(about: About) -> None:
    records = [texts(record) for record in opened(about.opened.folder).records("relations")]
    rows = list(about.opened.rows("relations"))
    assert [one["head"] for one in records] == [row["head"] for row in rows]
    assert [one["evidence"]["text"] for one in records] == [row["evidence"]["text"] for row in rows]


def test_files_with_their_digests(about: About, told: dict[str, Any]) -> None:
    files = {one["@id"]: one for one in told["distribution"] if one["@type"] == "cr:FileObject"}
    there = sorted(about.opened.folder.glob("*/*.parquet"))
    assert sorted(files) == [path.relative_to(about.opened.folder).as_posix() for path in there]
    for path in there:
        file = files[path.relative_to(about.opened.folder).as_posix()]
        assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert file["contentSize"] == f"{path.stat().st_size} B"
        assert file["encodingFormat"] == "application/x-parquet"


def test_what_it_says_of_itself(told: dict[str, Any]) -> None:
    assert {key: told[key] for key in told if key not in ("@context", "distribution", "recordSet", "citeAs")} == {
        "@type": "sc:Dataset",
        "name": "Harbour",
        "description": "What is said of summary.",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "creator": [
            {"@type": "sc:Person", "name": "Ana Quill", "familyName": "Quill", "givenName": "Ana"},
            {"@type": "sc:Organization", "name": "Veldan Press Institute"},
        ],
        "datePublished": "2031-05-20",
        "inLanguage": ["ar", "en"],
        "keywords": ["news", "goldkit", "relation-extraction", "claim-detection", "attribution"],
        "license": "https://spdx.org/licenses/CC-BY-4.0.html",
        "url": "https://huggingface.co/datasets/owner/harbour",
        "version": "2.0.0",
        "isLiveDataset": False,
        "rai:annotationsPerItem": "1 article by 1 annotator, 2 articles by 2 annotators",
        "rai:annotatorDemographics": "What is said of annotators.",
        "rai:dataAnnotationAnalysis": [
            "entities: F1, exact 0.67 (95 % interval 0.50 to 0.75; of 6)",
            "entities: Krippendorff α of level undefined (95 % interval -; of 2)",
        ],
        "rai:dataAnnotationPlatform": "Label Studio",
        "rai:dataAnnotationProtocol": "Annotators labelled by themselves with the ontology harbour 1.2.0, by "
        "guidelines (sha256 abc). Their items were aligned and settled by the rule majority; what it left open "
        "was decided by a person or is not gold. Every vote is in annotations.",
        "rai:dataBiases": "What is said of biases.",
        "rai:dataCollection": "What is said of collection.",
        "rai:dataLimitations": ["What is said of limitations.", "What is said of out of scope."],
        "rai:dataPreprocessingProtocol": told["rai:dataPreprocessingProtocol"],
        "rai:dataReleaseMaintenancePlan": "What is said of maintenance.",
        "rai:dataSocialImpact": "What is said of social impact.",
        "rai:dataUseCases": "What is said of uses.",
        "rai:machineAnnotationTools": "Annotators were shown suggestions: 1 accepted as they were, 0 changed.",
        "rai:personalSensitiveInformation": "What is said of personal and sensitive information.",
    }
    assert told["citeAs"].startswith("@misc{quill-demo-2031,")
    assert "NFC" in told["rai:dataPreprocessingProtocol"]


def test_classes_are_enumerations_that_columns_refer_to(about: About, told: dict[str, Any]) -> None:
    sets = {one["@id"]: one for one in told["recordSet"]}
    column = next(one for one in sets["relations"]["field"] if one["name"] == "type")
    key = column["references"]["field"]["@id"]
    enumeration = sets[key.removesuffix("/number")]
    assert enumeration["dataType"] == "sc:Enumeration"
    name = key.replace("/number", "/name")
    assert {one[key]: one[name] for one in enumeration["data"]} == {0: "located_in", 1: "met_with", 2: "has_quantity"}
    assert sets["splits"]["data"] == [{"splits/name": split} for split in about.opened.splits]


def test_what_it_cannot_say_stands_in_the_description(told: dict[str, Any]) -> None:
    sets = {one["@id"]: one for one in told["recordSet"]}
    mentions = next(one for one in sets["annotations"]["field"] if one["name"] == "mentions")
    assert "soft_labels (of label, share)" in mentions["description"]
    assert "soft_labels" not in {one["name"] for one in mentions["subField"]}


def test_what_is_not_known_is_left_out(about: About, tmp_path: Path) -> None:
    bare = replace(about, project=project(hub="", date="", creators=[], licence="mine"), prose=Prose(), facts=Facts())
    told = described(bare)
    assert not {"datePublished", "creator", "url"} & told.keys()
    assert told["license"] == "mine"
    assert told["description"].startswith("5 articles of 2 outlets; 2 of them with gold: 11 mentions")
    assert sorted(key for key in told if key.startswith("rai:")) == [
        "rai:annotationsPerItem",
        "rai:dataAnnotationPlatform",
        "rai:dataAnnotationProtocol",
        "rai:dataPreprocessingProtocol",
        "rai:machineAnnotationTools",
    ]
    (tmp_path / "croissant.json").write_text(croissant(bare), encoding="utf-8")
    issues = opened(tmp_path).metadata.issues
    assert issues.errors == set()
    assert list(issues.warnings) == [
        '[Metadata(Harbour)] Property "https://schema.org/datePublished" is recommended, but does not exist.'
    ]


def test_a_stand_off_release_is_valid_too(tmp_path: Path) -> None:
    about = describe(tmp_path / "d", text="stand-off")
    (about.opened.folder / "croissant.json").write_text(croissant(about), encoding="utf-8")
    dataset = opened(about.opened.folder)
    assert (dataset.metadata.issues.errors, dataset.metadata.issues.warnings) == (set(), set())
    assert [texts(one)["article_id"] for one in dataset.records("entities")]
    assert '"entities/text"' not in croissant(about)


def test_the_same_dataset_gives_the_same_bytes(about: About, tmp_path: Path) -> None:
    again = croissant(describe(tmp_path / "elsewhere"))
    assert again == croissant(about)
    assert str(about.opened.folder) not in again
