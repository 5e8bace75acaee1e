"""Every change of an ontology is told, by the rule that says what it breaks, and at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.dataset.features import features
from toolkit.links.screens.claims import claim_config
from toolkit.ontology.across import LINKS
from toolkit.ontology.change_rules import CHANGES, RULES
from toolkit.ontology.changes import Contract
from toolkit.ontology.compare import compare
from toolkit.ontology.consistency import inconsistencies
from toolkit.ontology.labelconfig import compile_label_config, names_in
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import (
    LENIENT,
    Attribute,
    ClaimLinkType,
    Claims,
    Decision,
    DecisionTree,
    Example,
    Links,
    Ontology,
    Option,
    RelationType,
    Retired,
    SpanType,
)
from toolkit.ontology.versions import Bump
from toolkit.project import LAYERS
from toolkit.stages import contract

from .mutants import Mutant, fields_of, mutants, renamed, renamings

CASES = Path(__file__).parent / "changes"


def told_of(case: Path) -> list[dict[str, Any]]:
    """What is found between the two ontologies of a case: first about the version, then each change."""
    compared = contract.diff(str(case / "before.yaml"), str(case / "after.yaml"), None)
    about_version = len(compared.findings) - len(compared.changes)
    changes = [None] * about_version + [*compared.changes]
    return [
        {
            "rule": finding.rule,
            "at": f"{Path(finding.place.file).name}:{finding.place.line}",
            "severity": finding.severity.value,
            "breaks": [one.value for one in change.breaks] if change else [],
            "message": change.message if change else finding.message,
        }
        for finding, change in zip(compared.findings, changes, strict=True)
    ]


@pytest.fixture(scope="module")
def changed(full: Ontology) -> list[Mutant]:
    """The full ontology with one field changed, in every way."""
    return list(mutants(full))


@pytest.fixture(scope="module")
def consistent(changed: list[Mutant]) -> list[Ontology]:
    """Those of them that do not contradict themselves: only they can be compiled and built."""
    return [mutant.ontology for mutant in changed if not any(inconsistencies(mutant.ontology))]


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert sorted(path.name for path in CASES.iterdir()) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rule_finds_its_case(rule: str) -> None:
    expected = yaml.safe_load((CASES / rule / "expected.yaml").read_text(encoding="utf-8"))
    assert told_of(CASES / rule) == expected
    assert rule in [row["rule"] for row in expected]
    assert rule not in [change.rule.id for change in compare(*[load_ontology(CASES / rule / "before.yaml")] * 2)]


def test_what_no_version_mends_says_what_does(tmp_path: Path) -> None:
    """Where the version did not rise either, the advice is still that of the rule."""
    case = CASES / "vanished-not-retired"
    text = (case / "after.yaml").read_text(encoding="utf-8")
    after = tmp_path / "after.yaml"
    after.write_text(text.replace("version: 2.0.0", "version: 1.0.0"), encoding="utf-8")
    found = contract.diff(str(case / "before.yaml"), str(after), None).findings
    (next,) = [finding.next for finding in found if finding.rule == "vanished-not-retired"]
    assert next.startswith("list it under retired:")


def test_a_rule_breaks_a_contract_or_needs_no_new_major_version() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.purpose for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
        assert rule.purpose.endswith(".")
    for rule in CHANGES.values():
        assert bool(rule.breaks) == (rule.bump is Bump.MAJOR), rule.id
        assert rule.bump is not Bump.NONE


def test_nothing_differs_from_itself(full: Ontology, ontology: Ontology) -> None:
    assert compare(full, full) == compare(ontology, ontology) == ()


def test_every_field_of_every_model_can_be_changed(full: Ontology, changed: list[Mutant]) -> None:
    """A field that the mutants do not change would pass every test below without a rule."""
    labelled = {Ontology, Claims, SpanType, RelationType, Attribute, Option, Example}
    models = labelled | {Links, ClaimLinkType, DecisionTree, Decision, Retired}
    assert {model.__name__ for model in models} == {model for model, _ in fields_of(full)}
    assert fields_of(full) == {mutant.field for mutant in changed}


def test_no_field_changes_without_a_word(full: Ontology, changed: list[Mutant]) -> None:
    silent = [
        mutant.loc for mutant in changed if not compare(full, mutant.ontology) or not compare(mutant.ontology, full)
    ]
    assert silent == []


def test_a_change_is_told_once_and_at_a_place_that_is_there(full: Ontology, changed: list[Mutant]) -> None:
    for mutant in changed:
        changes = compare(full, mutant.ontology)
        assert len(set(changes)) == len(changes)
        for change in changes:
            part: Any = (full if change.gone else mutant.ontology).model_dump()
            for step in change.loc:
                part = part[step]


def test_a_declared_rename_is_one_change_wherever_the_name_stands(full: Ontology) -> None:
    for kind, name, of, ontology in renamings(full):
        (change,) = compare(full, ontology)
        assert (change.rule.id, change.gone) == (f"{kind.removeprefix('link-')}-renamed", False)
        if change.loc[0] == LINKS:
            assert change.touches is None  # no annotation of an article bears it
            continue
        assert change.touches is not None
        assert (change.touches.kind, change.touches.name, change.touches.of) == (kind, name, of)


def test_a_name_that_goes_in_favour_of_one_that_was_there_is_removed(full: Ontology) -> None:
    """Two labels that become one are no rename: the dataset loses a class."""
    data = full.model_dump()
    data["entities"] = [span for span in data["entities"] if span["name"] != "EVENT"]
    knows, inside, counts = data["relations"]
    data["relations"] = [knows, inside | {"head": ["PLACE"], "tail": ["PLACE"]}, counts | {"head": ["PLACE", "CLAIM"]}]
    data["links"]["entities"] = ["PERSON"]
    data["retired"] = [*data["retired"], {"name": "EVENT", "since": "2.0.0", "replaced_by": "PLACE"}]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert [(change.rule.id, change.message) for change in changes] == [
        ("label-removed", "the label EVENT is removed in favour of PLACE"),
        (
            "class-numbers-shifted",
            "class numbers move: NUMBER from 3 to 2, DAY from 4 to 3, RATE from 5 to 4, and the tags accordingly",
        ),
        ("relation-ends-widened", "counts also starts at PLACE now"),
    ]


def test_a_rename_hides_no_other_change(full: Ontology) -> None:
    data = renamed(full.model_dump(), "PLACE", "SITE")
    data["entities"][1]["colour"] = "#000000"
    data["relations"][1]["head"] = ["EVENT"]
    data["retired"] = [*data["retired"], {"name": "PLACE", "since": "2.0.0", "replaced_by": "SITE"}]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert [change.rule.id for change in changes] == ["label-renamed", "relation-ends-narrowed", "colour-changed"]


def test_a_name_of_another_kind_is_another_thing(full: Ontology) -> None:
    data = full.model_dump()
    data["relations"] = [*data["relations"], data["relations"][0] | {"name": "EVENT"}]
    data["entities"] = [span for span in data["entities"] if span["name"] != "EVENT"]
    changes = compare(full, Ontology.model_validate(data, context=LENIENT))
    assert {"label-removed", "relation-added", "name-reused"} <= {change.rule.id for change in changes}
    assert "vanished-not-retired" not in {change.rule.id for change in changes}


def test_trees_in_another_order(decided: Ontology) -> None:
    data = decided.model_dump()
    data["decisions"] = data["decisions"][::-1]
    (change,) = compare(decided, Ontology.model_validate(data))
    assert (change.rule.id, change.loc, change.rule.bump) == ("order-changed", ("decisions",), Bump.PATCH)


def test_a_tree_follows_the_names_of_what_it_tells_apart(decided: Ontology) -> None:
    trees = {name for tree in decided.decisions for name in (tree.of, *tree.between) if name}
    seen = set()
    for _, name, of, ontology in renamings(decided):
        if name in trees:
            (change,) = compare(decided, ontology)
            assert change.rule.id.endswith("-renamed"), (name, of)
            seen.add(name)
    assert trees - seen == {LINKS, "modality"}  # the first is no name, the second is told as a question's


def test_a_tree_that_asks_otherwise_is_told_beside_a_rename(decided: Ontology) -> None:
    data = renamed(decided.model_dump(), "PLACE", "SITE")
    data["decisions"][0]["ask"]["question"] = "Does it breathe?"
    data["retired"] = [*data["retired"], {"name": "PLACE", "since": "2.0.0", "replaced_by": "SITE"}]
    changes = compare(decided, Ontology.model_validate(data, context=LENIENT))
    assert [(change.rule.id, change.name) for change in changes] == [
        ("label-renamed", "PLACE"),
        ("decisions-changed", "PERSON, SITE, EVENT"),
    ]


def test_what_the_dataset_loses_is_told(full: Ontology, consistent: list[Ontology]) -> None:
    """A column that is gone or another, a class that is gone or has another number: it breaks the dataset."""
    before = columns(full)
    for mutant in consistent:
        after = columns(mutant)
        for old, new, (was, now) in ((full, mutant, (before, after)), (mutant, full, (after, before))):
            lost = [name for name, column in was.items() if now.get(name, ())[: len(column)] != column]
            if lost:
                assert Contract.DATASET in breaks(old, new), lost


def columns(ontology: Ontology) -> dict[str, tuple[str, ...]]:
    """Every column of every config: the names of its classes, or its type."""
    return {
        f"{config}.{name}": column
        for config, parts in features(ontology).items()
        for name, column in leaves("", dict(parts))
    }


def leaves(name: str, feature: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(feature, dict):
        for key, part in feature.items():
            yield from leaves(f"{name}.{key}", part)
    elif hasattr(feature, "feature"):
        yield from leaves(f"{name}[]", feature.feature)
    else:
        yield name, tuple(getattr(feature, "names", None) or [str(feature)])


def test_what_the_screen_loses_is_told(full: Ontology, consistent: list[Ontology]) -> None:
    """A control, label, answer or link that is no longer offered on one of the screens: it breaks the project."""
    before = offered(full)
    for mutant in consistent:
        after = offered(mutant)
        for old, new, lost in ((full, mutant, before - after), (mutant, full, after - before)):
            if lost:
                assert Contract.PROJECT in breaks(old, new), lost


def offered(ontology: Ontology) -> set[tuple[str, ...]]:
    """What can be chosen, by screen and control."""
    lacking = {"relations": not ontology.relations, "claims": ontology.claims is None}
    choices = [layers for layers in (LAYERS, *((layer,) for layer in LAYERS)) if not any(map(lacking.get, layers))]
    screens = {"+".join(layers): compile_label_config(ontology, layers) for layers in choices}
    if ontology.claim_link_types:
        screens["pairs of claims"] = claim_config(ontology)
    return {
        (screen, control, name)
        for screen, config in screens.items()
        for control, names in names_in(config).items()
        for name in ("", *names)
    }


def breaks(old: Ontology, new: Ontology) -> set[Contract]:
    return {contract for change in compare(old, new) for contract in change.breaks}
