"""What a change touches is counted, and nothing that would be rejected or read otherwise goes uncounted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ontology.mutants import mutants, renamings

from toolkit import samples
from toolkit.annotations.codec import Codec
from toolkit.annotations.decode import Decoded
from toolkit.annotations.impact import Impact, measure
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.findings import Finding, Place, Severity
from toolkit.ontology.change_rules import CHANGES
from toolkit.ontology.changes import Change, Contract
from toolkit.ontology.compare import compare
from toolkit.ontology.consistency import inconsistencies
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.stages import ingest, setup
from toolkit.workspace import Workspace

Written = dict[str, Any]
TEXT = "Tornay met Osk in Dunmere, Velda, at the fair. Forty came on Monday, Quill said."
MEANING = {"attribute-default-changed", "relation-became-symmetric", "relation-became-directed"}
"""Rules of what is stored as it was, and means something else."""


@pytest.fixture(scope="module")
def full(repository: Path) -> Ontology:
    return load_ontology(repository / "tests" / "ontology" / "full.yaml")


def span(id: str, words: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"id": id, "start": start, "end": start + len(words), "text": words, **more}


@pytest.fixture(scope="module")
def annotation() -> Annotation:
    """Work that uses every name of the full ontology."""
    return Annotation(
        article_id="a",
        text_sha256="0",
        annotator="ann-1",
        ontology_version="1.2.3",
        mentions=(
            Mention(**span("m1", "Tornay", labels=("PERSON",), attributes={"level": "named"})),
            Mention(**span("m2", "Osk", labels=("PERSON",), attributes={"level": "nominal", "note": "who?"})),
            Mention(**span("m3", "Dunmere", labels=("PLACE",), attributes={"grid": "A1", "size": "small"})),
            Mention(**span("m4", "Velda", labels=("PLACE",), attributes={"level": "pronominal", "size": "large"})),
            Mention(**span("m5", "fair", labels=("EVENT", "PLACE"), attributes={"grid": "A2"})),
            Mention(**span("m6", "Forty", labels=("NUMBER",), attributes={"digits": "40"})),
            Mention(**span("m7", "Monday", labels=("DAY",))),
            Mention(**span("m8", "Quill", labels=("PERSON",))),
            Mention(**span("m9", "Forty came", labels=("RATE",), attributes={"per": "day"})),
        ),
        cues=(
            Cue(**span("q1", "said", attributes={"tone": "plain"})),
            Cue(**span("q2", "met", attributes={"tone": "sharp"})),
        ),
        claims=(
            Claim(
                **span("c1", "Forty came on Monday", attributes={"attribution": "direct", "polarity": "negative"}),
                claimants=("m4", "m8"),
                cues=("q1",),
                values=("m6", "m7"),
            ),
            Claim(**span("c2", "met Osk in Dunmere", attributes={"attribution": "narrator", "polarity": "positive"})),
            Claim(**span("c3", "at the fair", attributes={"attribution": "nobody"})),
        ),
        relations=(
            Relation(type="knows", head="m1", tail="m2"),
            Relation(type="inside", head="m3", tail="m4", modality="doubted"),
            Relation(type="inside", head="m5", tail="m3"),
            Relation(type="counts", head="m5", tail="m6", modality="negated"),
        ),
    )


def read(ontology: Ontology, result: list[dict[str, Any]]) -> Decoded:
    return replace(Codec(ontology).decode(result, TEXT), findings=())


def touching(old: Ontology, new: Ontology, annotations: list[Annotation]) -> set[str]:
    """The rules of the changes that break stored annotations, and do."""
    impacts = measure(compare(old, new), annotations, old)
    return {
        change.rule.id for change, impact in impacts.items() if impact.total and Contract.ANNOTATIONS in change.breaks
    }


def test_what_would_be_rejected_or_read_otherwise_is_touched_and_nothing_else(
    full: Ontology, annotation: Annotation
) -> None:
    """Against the decoder itself, for every change of a single field that leaves an ontology consistent."""
    result = Codec(full).encode(annotation)
    before = read(full, result)
    assert not before.rejected
    seen: set[str] = set()
    for mutant in mutants(full):
        if any(inconsistencies(mutant.ontology)):
            continue
        differs = read(mutant.ontology, result) != before
        told = touching(full, mutant.ontology, [annotation])
        assert told or not differs, mutant.loc
        assert differs or told <= MEANING, mutant.loc
        seen |= told
    several_fields = {"label-role-changed", "relation-role-changed", "attribute-asked-less", "name-reused"}
    several_fields |= {"claims-removed", "claims-value-removed", *(id for id in CHANGES if id.endswith("-renamed"))}
    several_fields |= {id for id in CHANGES if id.startswith(("claim-link-", "linked-", "links-"))}  # in no annotation
    several_fields |= {
        id for id in CHANGES if id.startswith("unlabelled-")
    }  # what is stored does not tell which had no label
    assert seen == {id for id, rule in CHANGES.items() if Contract.ANNOTATIONS in rule.breaks} - several_fields


def test_what_an_arrow_without_a_label_means_does_not_change_without_a_word(
    full: Ontology, annotation: Annotation
) -> None:
    """Against the decoder itself, with every label left out that the ends of its relation tell."""
    labels = {item.id: item.labels for item in annotation.mentions} | {"c1": ("CLAIM",), "q1": ("CUE",)}
    result = Codec(full).encode(annotation)
    bare = [dict(element) for element in result]
    for element in bare:
        if (
            element["type"] == "relation"
            and len(full.joining(labels[element["from_id"]], labels[element["to_id"]])) == 1
        ):
            element["labels"] = [label for label in element["labels"] if label in full.modalities]
    assert sum(old != new for old, new in zip(result, bare, strict=True)) == 7
    before = read(full, bare)
    assert before == read(full, result)
    told = set()
    for mutant in mutants(full):
        if not any(inconsistencies(mutant.ontology)) and read(mutant.ontology, bare) != before:
            breaking = {
                change.rule.id for change in compare(full, mutant.ontology) if Contract.ANNOTATIONS in change.breaks
            }
            assert breaking, mutant.loc
            told |= breaking
    assert "unlabelled-relation-ambiguous" in told


def test_a_rename_touches_what_bears_the_name(full: Ontology, annotation: Annotation) -> None:
    result = Codec(full).encode(annotation)
    before = read(full, result)
    for kind, name, _, ontology in renamings(full):
        differs = read(ontology, result) != before
        assert touching(full, ontology, [annotation]) == ({f"{kind}-renamed"} if differs else set()), name


def edited(ontology: Ontology, edit: Callable[[Written], None]) -> Ontology:
    data = ontology.model_dump()
    edit(data)
    return Ontology.model_validate(data)


def the_one(impacts: dict[Change, Impact], rule: str) -> tuple[Change, Impact]:
    ((change, impact),) = ((change, impact) for change, impact in impacts.items() if change.rule.id == rule)
    return change, impact


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ontology, list[Annotation]]:
    """The shipped ontology, and all that the sample annotators labelled with it."""
    root = tmp_path_factory.mktemp("impact")
    setup.init(root, "impact")
    workspace = Workspace(root)
    ingest.add_articles(workspace, [samples.ARTICLES])
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    return ontology, [one for name in samples.ANNOTATORS for one in samples.work(name, articles, ontology)]


def written() -> Iterator[tuple[str, str, Written]]:
    """The sample annotators' work as it is written: annotator, article, items."""
    for name in samples.ANNOTATORS:
        path = Path(samples.__file__).parent / "work" / f"{name}.yaml"
        for article, items in yaml.safe_load(path.read_text(encoding="utf-8"))["articles"].items():
            yield name, article, items


def links(items: Written) -> Iterator[tuple[str, str, str]]:
    """Relations and claims' links: type, head, tail."""
    yield from ((one["type"], one["head"], one["tail"]) for one in items.get("relations", []))
    for id, claim in items.get("claims", {}).items():
        for role, type in (("claimants", "claimed_by"), ("cues", "cued_by"), ("values", "has_quantity")):
            yield from ((type, id, end) for end in claim.get(role, []))


def without_role_titles(data: Written) -> None:
    data["decisions"] = ()
    data["entities"] = [span for span in data["entities"] if span["name"] != "ROLE_TITLE"]
    data["relations"] = [one for one in data["relations"] if one["name"] not in ("holds_role", "role_at")]
    tail = [name for name in data["claims"]["claimant"]["tail"] if name != "ROLE_TITLE"]
    data["claims"] = data["claims"] | {"claimant": data["claims"]["claimant"] | {"tail": tail}}


def test_a_removed_label_touches_its_regions_and_the_links_at_them(sample: tuple[Ontology, list[Annotation]]) -> None:
    ontology, annotations = sample
    impacts = measure(compare(ontology, edited(ontology, without_role_titles)), annotations, ontology)
    _, impact = the_one(impacts, "label-removed")

    regions: Counter[str] = Counter()
    relations: Counter[str] = Counter()
    articles = set()
    for name, article, items in written():
        gone = {id for id, one in items.get("mentions", {}).items() if one["labels"] == ["ROLE_TITLE"]}
        regions[name] += len(gone)
        relations[name] += sum(head in gone or tail in gone for _, head, tail in links(items))
        articles |= {article} if gone else set()
    assert (
        impact.items == {"regions": regions.total(), "relations": relations.total()} == {"regions": 71, "relations": 86}
    )
    assert impact.annotators == dict(sorted((regions + relations).items()))
    assert list(impact.articles) == sorted(articles)


def with_level_required(data: Written) -> None:
    (level,) = data["mention_attributes"]
    data["mention_attributes"] = [level | {"required": True, "default": None}]


def test_a_new_must_touches_the_spans_without_an_answer(sample: tuple[Ontology, list[Annotation]]) -> None:
    ontology, annotations = sample
    values = {"DATETIME", "QUANTITY"}
    impacts = measure(compare(ontology, edited(ontology, with_level_required)), annotations, ontology)
    _, impact = the_one(impacts, "attribute-required")
    silent = [
        one
        for _, _, items in written()
        for one in items.get("mentions", {}).values()
        if not values.issuperset(one["labels"]) and "level" not in one.get("attributes", {})
    ]
    assert impact.items["regions"] == len(silent) == 467


def with_located_in_narrowed(data: Written) -> None:
    data["relations"] = [
        one | {"tail": ["GPE", "LOCATION"]} if one["name"] == "located_in" else one for one in data["relations"]
    ]


def test_narrowed_ends_touch_the_relations_that_are_no_longer_allowed(
    sample: tuple[Ontology, list[Annotation]],
) -> None:
    ontology, annotations = sample
    impacts = measure(compare(ontology, edited(ontology, with_located_in_narrowed)), annotations, ontology)
    _, impact = the_one(impacts, "relation-ends-narrowed")
    outside = [
        tail
        for _, _, items in written()
        for type, _, tail in links(items)
        if type == "located_in" and items["mentions"][tail]["labels"] == ["FACILITY"]
    ]
    assert impact.items == {"relations": len(outside)} == {"relations": 4}


def without_positions(data: Written) -> None:
    content = data["claims"]["content"]
    questions = [
        one | {"options": [option for option in one["options"] if option["name"] != "position"]}
        for one in content["attributes"]
    ]
    data["claims"] = data["claims"] | {"content": content | {"attributes": questions}}
    data["decisions"] = [tree for tree in data["decisions"] if tree["of"] != "kind"]


def test_a_removed_answer_that_is_a_must_takes_the_claim_with_it(sample: tuple[Ontology, list[Annotation]]) -> None:
    ontology, annotations = sample
    impacts = measure(compare(ontology, edited(ontology, without_positions)), annotations, ontology)
    _, impact = the_one(impacts, "option-removed")
    count: Counter[str] = Counter()
    for _, _, items in written():
        for claim in items.get("claims", {}).values():
            if claim["attributes"]["kind"] == "position":
                count["answers"] += 1
                count["regions"] += 1
                count["relations"] += sum(len(claim.get(role, [])) for role in ("claimants", "cues", "values"))
    assert impact.items == count == {"regions": 6, "relations": 11, "answers": 6}


def without_negated(data: Written) -> None:
    options = [option for option in data["modality"]["options"] if option["name"] != "negated"]
    data["modality"] = data["modality"] | {"options": options}
    data["decisions"] = [tree for tree in data["decisions"] if tree["of"] != "modality"]


def test_a_removed_modality_touches_the_relations_that_would_read_as_asserted(
    sample: tuple[Ontology, list[Annotation]],
) -> None:
    ontology, annotations = sample
    impacts = measure(compare(ontology, edited(ontology, without_negated)), annotations, ontology)
    _, impact = the_one(impacts, "modality-removed")
    negated = [
        one for _, _, items in written() for one in items.get("relations", []) if one.get("modality") == "negated"
    ]
    assert impact.items == {"relations": len(negated)} == {"relations": 5}


def without_values_of_claims(data: Written) -> None:
    data["claims"] = data["claims"] | {"value": None}
    data["relations"] = [
        one | {"head": ["EVENT"]} if one["name"] == "has_quantity" else one for one in data["relations"]
    ]


def test_only_links_of_claims_are_touched_where_claims_lose_their_values(
    sample: tuple[Ontology, list[Annotation]],
) -> None:
    ontology, annotations = sample
    impacts = measure(compare(ontology, edited(ontology, without_values_of_claims)), annotations, ontology)
    _, impact = the_one(impacts, "claims-value-removed")
    values = [
        end
        for _, _, items in written()
        for claim in items.get("claims", {}).values()
        for end in claim.get("values", [])
    ]
    assert impact.items == {"relations": len(values)} == {"relations": 42}


def finding() -> Finding:
    return CHANGES["label-removed"].at(Place(file="ontology.yaml", line=3), "the label PLACE is removed")


def without_places(data: Written) -> None:
    data["entities"] = [span for span in data["entities"] if span["name"] != "PLACE"]
    data["relations"] = [
        one
        | {"head": [name for name in one["head"] if name != "PLACE"], "tail": [n for n in one["tail"] if n != "PLACE"]}
        for one in data["relations"]
    ]
    data["retired"] = [one for one in data["retired"] if one["of"] != "size"]
    claimant = data["claims"]["claimant"] | {"tail": ["PERSON"]}
    data["claims"] = data["claims"] | {"claimant": claimant}


def test_what_is_touched_is_an_error_that_names_annotators_and_the_way_out(
    full: Ontology, annotation: Annotation
) -> None:
    other = annotation.model_copy(update={"annotator": "ann-2", "article_id": "b"})
    changes = compare(full, edited(full, without_places))
    change, impact = the_one(measure(changes, [annotation, other], full), "label-removed")
    told = impact.told(finding(), change)
    # Three places, one of them an event too: that region stays, and the relations of the other two go.
    assert told.message == (
        "the label PLACE is removed; "
        "touches 6 regions and 6 relations of 2 annotators (ann-1: 6, ann-2: 6) in 2 articles"
    )
    assert told.severity is Severity.ERROR
    assert told.next.startswith("goldkit schema migrate --plan FILE")


def test_what_touches_nothing_says_so(full: Ontology, annotation: Annotation) -> None:
    nothing = annotation.model_copy(update=dict.fromkeys(("mentions", "cues", "claims", "relations"), ()))
    change, impact = the_one(measure(compare(full, edited(full, without_places)), [nothing], full), "label-removed")
    told = impact.told(finding(), change)
    assert told.message == "the label PLACE is removed; touches nothing that is stored"
    assert told.severity is Severity.NOTE


def test_context_is_others_work_but_the_links_to_it_are_not(full: Ontology, annotation: Annotation) -> None:
    context = tuple(
        mention.model_copy(update={"origin": Origin.CONTEXT, "attributes": {}}) for mention in annotation.mentions
    )
    linked = annotation.model_copy(update={"mentions": context})
    _, impact = the_one(measure(compare(full, edited(full, without_places)), [linked], full), "label-removed")
    assert impact.items == {"relations": 3}
