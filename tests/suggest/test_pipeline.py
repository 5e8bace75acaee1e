"""spaCy pipelines as sources: a blank one with rules for entities, saved to a folder."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from suggest.test_program import told
from suggest.test_protocol import TEXT, article
from toolkit.errors import BadInputError, SourceError
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import SpacySettings
from toolkit.suggest import sources
from toolkit.suggest.model import Source

spacy = pytest.importorskip("spacy")

MAPPING = "{PER: PERSON, CITY: GPE, VERB: null}\n"


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    language = spacy.blank("en", meta={"name": "harbour", "version": "1.2.3"})
    language.add_pipe("entity_ruler").add_patterns(
        [
            {"label": "PER", "pattern": "Ilka Tornay"},
            {"label": "PER", "pattern": "Bram Osk"},
            {"label": "CITY", "pattern": "Dunmere"},
            {"label": "VERB", "pattern": "met"},
            {"label": "CARDINAL", "pattern": "40"},
        ]
    )
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "models").mkdir()
    language.to_disk(folder / "models" / "harbour")
    return folder


def piping(folder: Path, ontology: Ontology, mapping: str = MAPPING, pipeline: str = "models/harbour") -> Source:
    (folder / "labels.yaml").write_text(mapping, encoding="utf-8")
    settings = SpacySettings(name="rules", kind="spacy", pipeline=pipeline, labels="labels.yaml")
    return sources.make(settings, ontology, {}, folder)


def test_entities_come_under_our_names(saved: Path, ontology: Ontology) -> None:
    suggestions, findings = told(piping(saved, ontology), article("a-2"), article("a-1"))
    assert [one.article_id for one in suggestions] == ["a-1", "a-2"]
    mentions = suggestions[0].mentions
    assert [(one.text, one.labels, one.score) for one in mentions] == [
        ("Ilka Tornay", ("PERSON",), None),
        ("Bram Osk", ("PERSON",), None),
        ("Dunmere", ("GPE",), None),
        ("Bram Osk", ("PERSON",), None),
    ]
    assert all(TEXT[one.start : one.end] == one.text for one in mentions)  # after a character of two UTF-16 units
    assert len({one.id for one in mentions}) == 4
    assert [(one.rule, one.message) for one in findings] == [
        ("suggestion-unmapped-label", "rules: 2 entities have labels that are not mapped: CARDINAL 2")
    ]


def test_a_label_that_is_mapped_to_nothing_is_left_out_in_silence(saved: Path, ontology: Ontology) -> None:
    suggestions, findings = told(piping(saved, ontology, "{PER: null, CITY: null, VERB: null, CARDINAL: null}"))
    assert [one.items for one in suggestions] == [0]
    assert findings == []


def test_the_version_is_the_pipelines_and_the_mappings(saved: Path, ontology: Ontology) -> None:
    version = piping(saved, ontology).version
    assert version.startswith("rules-en_harbour-1.2.3-")
    assert version == piping(saved, ontology, "{VERB: null, CITY: GPE, PER: PERSON}").version
    assert version != piping(saved, ontology, "{VERB: null, CITY: LOCATION, PER: PERSON}").version
    assert {one.version for one in told(piping(saved, ontology))[0]} == {version}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [("{PER: HUMAN}", "HUMAN"), ("[PER]", "not valid"), ("{PER: [PERSON]}", "PER"), ("{PER: 1}", "PER")],
)
def test_a_mapping_that_cannot_be_meant(saved: Path, ontology: Ontology, mapping: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        piping(saved, ontology, mapping)
    assert caught.value.next


@pytest.mark.parametrize("pipeline", ["xx_no_such_pipeline", "models/none", "labels.yaml"])
def test_a_pipeline_that_is_not_there(saved: Path, ontology: Ontology, pipeline: str) -> None:
    with pytest.raises(SourceError, match=pipeline) as caught:
        told(piping(saved, ontology, pipeline=pipeline))
    assert "spacy download" in caught.value.next


def test_a_folder_that_is_no_pipeline(saved: Path, ontology: Ontology) -> None:
    (saved / "empty").mkdir(exist_ok=True)
    with pytest.raises(SourceError, match="cannot be loaded"):
        told(piping(saved, ontology, pipeline="empty"))


def test_without_spacy(saved: Path, ontology: Ontology, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *args: Any, **options: Any) -> Any:
        if name == "spacy":
            raise ImportError(name)
        return real(name, *args, **options)

    source = piping(saved, ontology)
    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(SourceError, match="not installed") as caught:
        told(source)
    assert "goldkit[spacy]" in caught.value.next


def test_an_article_that_is_too_much_for_it_costs_only_itself(
    saved: Path, ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spacy.language import Language

    real = Language.__call__

    def failing(self: Language, text: Any, **options: Any) -> Any:
        if text.startswith("too long"):
            raise ValueError("[E088] Text is too long")
        return real(self, text, **options)

    monkeypatch.setattr(Language, "__call__", failing)
    suggestions, findings = told(piping(saved, ontology), article("a-1", "too long"), article("a-2", "Bram Osk left."))
    assert [(one.article_id, one.items) for one in suggestions] == [("a-2", 1)]
    assert [(one.rule, one.place.article_id) for one in findings] == [("suggestion-source-failed", "a-1")]
    assert "E088" in findings[0].message


def test_offsets_into_another_text_are_not_taken(
    saved: Path, ontology: Ontology, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spacy.language import Language

    real = Language.make_doc
    monkeypatch.setattr(Language, "make_doc", lambda self, text: real(self, text.lower()))
    suggestions, findings = told(piping(saved, ontology))
    assert suggestions == []
    assert [one.rule for one in findings] == ["suggestion-source-failed"]
