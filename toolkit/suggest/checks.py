"""Suggestions before anybody sees them: what breaks a rule is taken out, with a finding; ids are made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Annotation, Claim, Mention, Origin, Relation, SpanItem
from toolkit.articles.model import Article
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import Layer
from toolkit.suggest.model import Suggestions
from toolkit.suggest.wording import few

S = TypeVar("S", bound=SpanItem)

OTHER_TEXT = Rule(
    "suggestion-other-text",
    "A suggestion is about the frozen text of its article.",
    Severity.WARNING,
    "goldkit suggest (asks the source again)",
)
REFUSED = Rule(
    "suggestion-refused",
    "A suggestion keeps the rules that annotations keep; one that does not reaches no annotator.",
    Severity.WARNING,
    "nothing, or mend the source",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of the suggestions for an article, how many items and answers were refused, and why."""

    suggestions: Suggestions
    refused: int
    findings: tuple[Finding, ...]


def check(given: Suggestions, article: Article, codec: Codec, layers: Collection[Layer], least_score: float) -> Checked:
    """Keep what an annotator may be shown: of these layers, sure enough, and by the rules of annotations.

    What depends on something that is taken out goes with it. Ids become digests of the version, the article and what is
    suggested: no other version's, and no annotator's, are alike.
    """
    place = Place(article_id=article.article_id)
    empty = Suggestions(article_id=article.article_id, text_sha256=article.text_sha256, version=given.version)
    if given.text_sha256 != article.text_sha256:
        message = f"{given.version} is about another text; its {given.items} suggestions are left out"
        return Checked(empty, given.items, (OTHER_TEXT.at(place, message),))
    wanted, known = chosen(given, layers, least_score), codec.grammar.attributes
    strange = [name for item in wanted.spans() for name in item.attributes if name not in known]
    as_work = Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator=given.version,
        ontology_version="",
        mentions=tuple(_accepted(one, known) for one in wanted.mentions),
        cues=tuple(_accepted(one, known) for one in wanted.cues),
        claims=tuple(_accepted(one, known) for one in wanted.claims),
        relations=wanted.relations,
    )
    decoded = codec.decode(codec.encode(as_work), article.text, place)
    kept = empty.model_copy(
        update={name: getattr(decoded, name) for name in ("mentions", "cues", "claims", "relations")}
    )
    refused = len(decoded.rejected) + len(strange)
    findings = []
    if refused:
        why = [f"{row.rule}: {row.message}" for row in decoded.rejected]
        reasons = list(dict.fromkeys([*why, *(f"no question is called {name}" for name in strange)]))
        message = f"{refused} suggestions of {given.version} are left out: {few(reasons)}"
        findings.append(REFUSED.at(place, message))
    return Checked(_renamed(kept), refused, tuple(findings))


def chosen(given: Suggestions, layers: Collection[Layer], least_score: float = 0) -> Suggestions:
    """The suggestions of some layers that are sure enough, without what hangs on the others."""
    mentions = [one for one in given.mentions if "entities" in layers and _sure(one, least_score)]
    cues = [one for one in given.cues if "claims" in layers and _sure(one, least_score)]
    ids = {one.id for one in (*mentions, *cues)}
    claims = [one for one in given.claims if "claims" in layers and _sure(one, least_score)]
    relations = [one for one in given.relations if "relations" in layers and {one.head, one.tail} <= ids]
    return given.model_copy(
        update={
            "mentions": tuple(mentions),
            "cues": tuple(cues),
            "claims": tuple(_ending(one, ids) for one in claims),
            "relations": tuple(relations),
        }
    )


def on(context: Sequence[Mention], given: Suggestions) -> Suggestions:
    """Suggestions for a project in which the mentions stand already: what hung on suggested ones hangs on those.

    Mentions are left out; so is what ends in one that does not stand there.
    """
    there = {(one.start, one.end, label): one.id for one in context for label in one.labels}
    ids = {
        one.id: there[one.start, one.end, label]
        for one in given.mentions
        for label in one.labels
        if (one.start, one.end, label) in there
    } | {one.id: one.id for one in given.cues}
    relations = (
        one.model_copy(update={"head": ids[one.head], "tail": ids[one.tail]})
        for one in given.relations
        if one.head in ids and one.tail in ids
    )
    return given.model_copy(
        update={
            "mentions": (),
            "claims": tuple(_moved(one, ids) for one in given.claims),
            "relations": tuple(relations),
        }
    )


def _accepted(item: S, known: Container[str]) -> S:
    answers = {name: answer for name, answer in item.attributes.items() if name in known}
    return item.model_copy(update={"origin": Origin.ACCEPTED, "meta": {}, "attributes": answers})


def _sure(item: SpanItem, least_score: float) -> bool:
    return item.score is None or item.score >= least_score


def _ending(claim: Claim, ids: Collection[str]) -> Claim:
    return _moved(claim, {id: id for id in ids})


def _moved(claim: Claim, ids: dict[str, str]) -> Claim:
    ends = {
        name: tuple(sorted(ids[id] for id in getattr(claim, name) if id in ids))
        for name in ("claimants", "cues", "values")
    }
    return claim.model_copy(update=ends)


def _renamed(kept: Suggestions) -> Suggestions:
    ids: dict[str, str] = {}
    seen: dict[str, int] = {}
    for kind, items in (("mention", kept.mentions), ("cue", kept.cues), ("claim", kept.claims)):
        for one in items:
            labels = "+".join(one.labels) if isinstance(one, Mention) else ""
            said = f"{kept.version}\n{kept.article_id}\n{kind} {labels} {one.start} {one.end}"
            name = hashlib.sha256(said.encode()).hexdigest()[:12]
            seen[name] = seen.get(name, 0) + 1
            ids[one.id] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    spans = {
        name: tuple(one.model_copy(update={"id": ids[one.id]}) for one in getattr(kept, name))
        for name in ("mentions", "cues")
    }
    claims = tuple(_moved(one, ids).model_copy(update={"id": ids[one.id]}) for one in kept.claims)
    relations = tuple(
        Relation(type=one.type, head=ids[one.head], tail=ids[one.tail], modality=one.modality) for one in kept.relations
    )
    return kept.model_copy(update=spans | {"claims": claims, "relations": relations})
