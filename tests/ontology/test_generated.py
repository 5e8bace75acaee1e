from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.annotations.model import Annotation
from toolkit.ontology.generated import ANNOTATION_SCHEMA, LABEL_CONFIG, generated
from toolkit.ontology.labelconfig import names_in
from toolkit.ontology.model import Ontology


def test_the_files_in_configs_are_up_to_date(repository: Path, ontology: Ontology) -> None:
    """If this fails: goldkit schema compile, and look at the difference before you commit it."""
    for name, text in generated(ontology, Annotation).items():
        assert (repository / "configs" / name).read_text(encoding="utf-8") == text, name


def test_twice_the_same(ontology: Ontology) -> None:
    again = Ontology.model_validate(ontology.model_dump())
    assert generated(again, Annotation) == generated(ontology, Annotation)


def test_an_ontology_without_claims_has_its_files_too(small: dict[str, Any]) -> None:
    small |= {"claims": None, "links": None}
    small["relations"].pop()
    files = generated(Ontology.model_validate(small), Annotation)
    assert set(files) == {LABEL_CONFIG, ANNOTATION_SCHEMA}
    assert "claims" not in names_in(files[LABEL_CONFIG])
