from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.annotations.model import Annotation
from toolkit.ontology.generated import ANNOTATION_SCHEMA, LABEL_CONFIG, PAGES, generated
from toolkit.ontology.labelconfig import names_in
from toolkit.ontology.model import Ontology
from toolkit.stages import setup
from toolkit.workspace import Workspace


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
    assert set(files) == {LABEL_CONFIG, ANNOTATION_SCHEMA, f"{PAGES}/entities.md", f"{PAGES}/relations.md"}
    assert "claims" not in names_in(files[LABEL_CONFIG])


def test_a_new_workspace_has_all_of_them(tmp_path: Path, ontology: Ontology) -> None:
    made = setup.init(tmp_path, "harbour")
    files = {tmp_path / "configs" / name for name in generated(ontology, Annotation)}
    assert files <= set(made)
    assert setup.compile_schema(Workspace(tmp_path)) == []
    assert setup.init(tmp_path, "harbour") == []


def test_a_page_that_was_changed_or_lost_is_out_of_date(tmp_path: Path, ontology: Ontology) -> None:
    setup.init(tmp_path, "harbour")
    folder = tmp_path / "configs" / PAGES
    (folder / "claims.md").write_text("# Claims\n", encoding="utf-8")
    (folder / "links.md").unlink()
    assert setup.compile_schema(Workspace(tmp_path), write=False) == [folder / "claims.md", folder / "links.md"]
    setup.compile_schema(Workspace(tmp_path))
    assert setup.stale(ontology, tmp_path / "configs") == {}
