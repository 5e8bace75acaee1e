"""The columns of every config, derived from the ontology: its names are the class names, in its order.

Numbers that people typed (a quantity's ``number``) stay text: "3.5 million" is an answer too. An answer that was not
given is null, or the ontology's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from toolkit.annotations.model import Origin
from toolkit.dataset.standoff import without_text
from toolkit.dataset.tokens import tag_names
from toolkit.errors import BadInputError
from toolkit.gold.model import Resolution
from toolkit.ontology.model import ASSERTED, Attribute, Ontology
from toolkit.project import LAYERS

if TYPE_CHECKING:
    from datasets import Features

STATUSES = ("gold", "awaiting-adjudication", "skipped", "unlabelled")
CLAIMANT_KINDS = ("mention", "outlet", "unnamed")
ORIGINS = tuple(origin.value for origin in Origin)
RESOLUTIONS = tuple(resolution.value for resolution in Resolution)
ACROSS = ("entity_links", "claim_links", "stories")
"""The configs whose rows follow from several articles of a story."""
ACROSS_STATUSES = ("gold", "awaiting-adjudication", "partly-labelled", "unlabelled")


def mention_attributes(ontology: Ontology) -> tuple[Attribute, ...]:
    """The questions asked about any mention, entity or value."""
    return _union(ontology, ontology.mention_types)


def value_attributes(ontology: Ontology) -> tuple[Attribute, ...]:
    """The questions asked about values only."""
    return _union(ontology, (value.name for value in ontology.values))


def claim_attributes(ontology: Ontology) -> tuple[Attribute, ...]:
    """The questions asked about a claim."""
    return ontology.claims.content.attributes if ontology.claims else ()


def cue_attributes(ontology: Ontology) -> tuple[Attribute, ...]:
    """The questions asked about a claim's cue."""
    return ontology.claims.cue.attributes if ontology.claims else ()


def link_attributes(ontology: Ontology) -> tuple[Attribute, ...]:
    """The questions asked about links between claims."""
    asked = (attribute for kind in ontology.claim_link_types.values() for attribute in kind.attributes)
    return tuple({attribute.name: attribute for attribute in asked}.values())


def modalities(ontology: Ontology) -> tuple[str, ...]:
    """What a relation can be, asserted first."""
    return (ASSERTED, *ontology.modalities)


def _union(ontology: Ontology, types: Iterable[str]) -> tuple[Attribute, ...]:
    return tuple({name: it for span_type in types for name, it in ontology.attributes_of(span_type).items()}.values())


def features(ontology: Ontology, *, text: bool = True) -> dict[str, Features]:
    """The features of every config by name; relations, claims and links only where the ontology has them.

    Without ``text`` they are those of a stand-off release: no piece of an article is in it (``standoff.py``).

    Raises BadInputError where an attribute has the name of another column.
    """
    from datasets import ClassLabel, Features, List, Value

    def one_of(names: Iterable[str]) -> ClassLabel:
        return ClassLabel(names=list(names))

    def with_answers(columns: dict[str, Any], attributes: Iterable[Attribute], more: dict[str, Any]) -> dict[str, Any]:
        answers = {it.name: one_of(it.choices) if it.options else string for it in attributes}
        if taken := sorted(answers.keys() & (columns.keys() | more.keys())):
            raise BadInputError(
                f"ontology {ontology.name}: the attribute {taken[0]} has the name of a column of the dataset",
                next=f"rename the attribute {taken[0]} in the ontology, then goldkit build",
            )
        return columns | answers | more

    string, number, share = Value("string"), Value("int32"), Value("float64")
    span = {"start": number, "end": number, "text": string}
    named_span = {"id": string, **span}
    label, origin = one_of(ontology.mention_types), one_of(ORIGINS)
    labelled = named_span | {"label": label}
    article = {"article_id": string, "text": string, "text_sha256": string}
    decided = {"resolution": one_of(RESOLUTIONS), "support": number, "voters": number}
    settled = {**decided, "annotators": List(string), "adjudicator": string}
    provenance = {**settled, "ontology_version": string}
    asked = {"item": string, "asked": number}
    answers = List({"question": string, "answer": string, "share": share})
    found = {"share": share, "soft_answers": answers}
    vote = {"origin": origin, "score": share, **asked}
    modality = one_of(modalities(ontology))
    relation_type = one_of(ontology.relation_types)

    configs = {
        "documents": {
            **dict.fromkeys(("article_id", "story_id", "dup_group", "title", "outlet", "url", "published"), string),
            "language": string,
            "translated": Value("bool"),
            "licence": string,
            "text": string,
            "text_sha256": string,
            "status": one_of(STATUSES),
            "voters": number,
            "resolution": one_of(RESOLUTIONS),
            "annotators": List(string),
            "layers": List(one_of(LAYERS)),
        },
        "entities": {
            **article,
            "tokens": List(string),
            "token_starts": List(number),
            "token_ends": List(number),
            "ner_tags": List(one_of(tag_names(ontology.mention_types))),
            "entities": List(with_answers(labelled, mention_attributes(ontology), {"origin": origin} | decided)),
            "untagged": number,
            "misaligned": number,
            "resolution": one_of(RESOLUTIONS),
            "annotators": List(string),
            "voters": number,
            "ontology_version": string,
        },
        "annotations": {
            "article_id": string,
            "annotator": string,
            "skipped": Value("bool"),
            "ground_truth": List(one_of(LAYERS)),
            "lead_time": Value("float64"),
            "ontology_version": string,
            "text_sha256": string,
            "layers": List(one_of(LAYERS)),
            "mentions": List(
                with_answers(
                    named_span | {"labels": List(label)},
                    mention_attributes(ontology),
                    vote | {"soft_labels": List({"label": label, "share": share}), "soft_answers": answers},
                )
            ),
        },
    }
    if ontology.relations:
        configs["annotations"]["relations"] = List(
            {
                "type": relation_type,
                "head": string,
                "tail": string,
                "modality": modality,
                **asked,
                "soft_labels": List({"type": relation_type, "share": share}),
            }
        )
        configs["relations"] = {
            "article_id": string,
            "head": labelled,
            "tail": labelled,
            "type": relation_type,
            "modality": modality,
            "evidence": span,
            **provenance,
        }
    if ontology.claims:
        configs["annotations"]["cues"] = List(with_answers(named_span, cue_attributes(ontology), vote | found))
        configs["annotations"]["claims"] = List(
            with_answers(
                named_span,
                claim_attributes(ontology),
                {"claimants": List(string), "cues": List(string), "values": List(string), **vote, **found},
            )
        )
        configs["claims"] = with_answers(
            {"article_id": string, **named_span, "context": span},
            claim_attributes(ontology),
            {
                "claimants": List(labelled),
                "claimant_kind": one_of(CLAIMANT_KINDS),
                "outlet": string,
                "cues": List(with_answers(named_span, cue_attributes(ontology), {})),
                "values": List(with_answers(labelled, value_attributes(ontology), {})),
                "origin": origin,
                **provenance,
            },
        )
    if ontology.links:
        stories: dict[str, Any] = {
            "story_id": string,
            **dict.fromkeys(("articles", "outlets", "languages"), List(string)),
            **dict.fromkeys(("first", "last"), string),
        }
        if ontology.links.entities:
            configs["entity_links"] = {
                **dict.fromkeys(("story_id", "entity_id", "name"), string),
                "type": one_of(ontology.links.entities),
                "wikidata": string,
                "article_id": string,
                **span,
                "labels": List(label),
                **settled,
            }
            stories |= {"entities_status": one_of(ACROSS_STATUSES), "entities": number, "mentions": number}
        if ontology.links.claims:
            end = {"article_id": string, "outlet": string, **span}
            link_type = one_of(ontology.claim_link_types)
            configs["claim_links"] = with_answers(
                {"story_id": string, "head": end, "tail": end, "type": link_type},
                link_attributes(ontology),
                {"followed": Value("bool"), **settled},
            )
            stories |= {
                "claims_status": one_of(ACROSS_STATUSES),
                **dict.fromkeys(("claims", "pairs"), number),
                "links": List({"type": link_type, "count": number}),
                "contradictions": number,
            }
        configs["stories"] = stories
    if not text:
        configs = {name: without_text(name, columns) for name, columns in configs.items()}
    return {name: Features(columns) for name, columns in configs.items()}
