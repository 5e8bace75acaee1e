"""How two claims bear on each other: the screen, a task a pair, and the answer.

Keys alone do it: one for the link, one for its cause where it has one, then Ctrl+Enter. Claim A is the earlier one.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.links.model import ClaimLink, ClaimPair, LinkedClaim
from toolkit.links.screens.page import SHOWN, line, page, written
from toolkit.links.screens.problems import NO_LINK, RESULT_FORM, TASK_CHANGED, Problem
from toolkit.links.screens.sheet import context
from toolkit.ontology.model import Attribute, ClaimLinkType, Ontology
from toolkit.spans import Span

PAIR, LINK = "claim-pair", "claim-link"
"""The text and the control of the link; the others are called as their attribute, which never has a hyphen."""

BACKWARD = "-backward"
"""Ends the answer that the earlier claim bears on the later one."""

CONTEXT = 260
"""How much of the article is shown on either side of a claim, in code points: never past its paragraph."""


def claim_config(ontology: Ontology) -> str:
    """The label config of the screen.

    Raises BadInputError where the ontology links no claims.
    """
    if not (types := _types(ontology)):
        raise BadInputError(
            f"the ontology {ontology.name} {ontology.version} links no claims",
            next="add types of links under links: claims in the ontology",
        )
    root, body = page("gk-claims")
    body.append(line("gk-note", "$note"))
    ET.SubElement(body, "HyperText", name=PAIR, value="$pair", inline="true", clickableLinks="false")
    form = ET.SubElement(body, "View", className="gk-form gk-link")
    shared = {"toName": PAIR, "choice": "single", "layout": "inline", "required": "true"}
    choices = ET.SubElement(
        form, "Choices", shared, name=LINK, requiredMessage="How do the two claims bear on each other?"
    )
    for type in types.values():
        for alias, words, key in offered(type):
            choice = ET.SubElement(choices, "Choice", value=words, alias=alias, hint=type.definition)
            if key:
                choice.set("hotkey", key)
    asked: dict[str, tuple[Attribute, list[ClaimLinkType]]] = {}
    for type in types.values():
        for attribute in type.attributes:
            asked.setdefault(attribute.name, (attribute, []))[1].append(type)
    form.extend(_question(attribute, where) for attribute, where in asked.values())
    return written(root, ontology)


def _types(ontology: Ontology) -> dict[str, ClaimLinkType]:
    return {type.name: type for type in (ontology.links.claims if ontology.links else ())}


def offered(type: ClaimLinkType) -> Iterator[tuple[str, str, str | None]]:
    """The answers that a type offers: what is stored, the words on the screen, the key."""
    if type.symmetric:
        yield type.name, type.name, type.hotkey
    else:
        yield type.name, f"B {type.name} A", type.hotkey
        yield type.name + BACKWARD, f"A {type.name} B", type.backward_hotkey


def _question(attribute: Attribute, types: Sequence[ClaimLinkType]) -> ET.Element:
    answers = [
        answer for type in types for alias, words, _ in offered(type) for answer in dict.fromkeys((alias, words))
    ]
    when = {"visibleWhen": "choice-selected", "whenTagName": LINK, "whenChoiceValue": ",".join(answers)}
    view = ET.Element("View", {"className": "gk-question"} | when)
    question = attribute.question or attribute.name
    view.append(line("gk-asks", question))
    shared = {"name": attribute.name, "toName": PAIR, **when}
    if attribute.required:
        shared |= {"required": "true", "requiredMessage": f"Please answer “{question}”"}
    if not attribute.options:
        ET.SubElement(view, "TextArea", shared, rows="1", maxSubmissions="1", editable="true")
        return view
    choices = ET.SubElement(view, "Choices", shared, choice="single", layout="inline")
    for option in attribute.options:
        choice = ET.SubElement(choices, "Choice", value=option.name, hint=option.definition)
        if option.hotkey:
            choice.set("hotkey", option.hotkey)
    return view


def claim_task(
    pair: ClaimPair,
    articles: Mapping[str, Article],
    ontology: Ontology,
    *,
    note: str = "",
    shown: ClaimLink | None = None,
    round: int = 0,
) -> dict[str, Any]:
    """A Label Studio task.

    Args:
        pair: the claims; the left one is the earlier.
        articles: at least those of the claims, by id.
        ontology: what links there are.
        note: shown above the claims, such as who says what.
        shown: an answer to begin with; usually there is none.
        round: the round of a review; kept in the task's data.
    """
    sides = ((pair.left, "A", "earlier"), (pair.right, "B", "later"))
    if len({articles[claim.article_id].published[:10] for claim, *_ in sides}) == 1:
        sides = ((pair.left, "A", ""), (pair.right, "B", ""))
    why = "".join(f'<li dir="auto">{escape(reason)}</li>' for reason in pair.why)
    columns = "".join(
        _column(claim, articles[claim.article_id], letter, when, ontology) for claim, letter, when in sides
    )
    task: dict[str, Any] = {
        "data": {
            "story_id": pair.story_id,
            "note": note,
            "round": round,
            "left": pair.left.key,
            "right": pair.right.key,
            "pair": f'<div class="gk-pair">{columns}</div>' + (f'<ul class="gk-why">{why}</ul>' if why else ""),
        }
    }
    if shown is not None:
        task["predictions"] = [{"model_version": SHOWN, "result": list(_result(shown, pair, _types(ontology)))}]
    return task


def _column(claim: LinkedClaim, article: Article, letter: str, when: str, ontology: Ontology) -> str:
    """One claim: where it stands, who says it, and its paragraph with the claim marked. All is escaped.

    Answers about it that are not the usual ones stand above it: a claim is quoted without its denial.
    """
    asked = ontology.attributes_of(ontology.claims.content.name) if ontology.claims else {}
    unusual = [
        f"<strong>{escape(answer)}</strong>"
        for name, answer in sorted(claim.attributes.items())
        if name in asked and asked[name].default not in (None, answer)
    ]
    language = ", ".join(filter(None, (article.language, "translated" if article.translated else "")))
    told = (article.outlet or article.article_id, article.published[:10], language, when)
    heads = "".join(f'<span dir="auto">{escape(words)}</span>' for words in told if words)
    who = " and ".join(claim.claimant_names) or "the outlet, or somebody it does not name"
    span = Span(claim.start, claim.end)
    said = f'according to <span dir="auto">{escape(who)}</span>'
    before, after = context(article.text, span, CONTEXT)
    before, after = before.rpartition("\n")[2], after.partition("\n")[0]
    passage = f"{escape(before)}<mark>{escape(span.of(article.text))}</mark>{escape(after)}"
    return (
        f'<div class="gk-claim"><div class="gk-where"><b>{letter}</b>{heads}</div>'
        f'<div class="gk-says">{" · ".join((said, *unusual))}</div>'
        f'<p dir="auto">{passage}</p></div>'
    )


def _result(link: ClaimLink, pair: ClaimPair, types: Mapping[str, ClaimLinkType]) -> Iterator[dict[str, Any]]:
    type = types[link.type]
    backward = not type.symmetric and link.head == pair.left.key
    yield _element(LINK, "choices", [link.type + BACKWARD * backward])
    for attribute in type.attributes:
        if answer := link.attributes.get(attribute.name):
            yield _element(attribute.name, "choices" if attribute.options else "textarea", [answer])


def _element(name: str, kind: str, answers: list[str]) -> dict[str, Any]:
    value = {"choices" if kind == "choices" else "text": answers}
    return {"id": name, "from_name": name, "to_name": PAIR, "type": kind, "value": value}


def read_link(
    data: Mapping[str, Any], result: Sequence[Any], ontology: Ontology
) -> tuple[ClaimLink | None, list[Problem]]:
    """The link that a result gives to the pair of a task with this data, and problems.

    There is no link where the answer is missing, is not one of the ontology's, or lacks what it must have. What was
    answered about another link, before the annotator thought better of it, does not count.
    """
    left, right = (data.get(side) if isinstance(data, Mapping) else None for side in ("left", "right"))
    if not isinstance(left, str) or not isinstance(right, str):
        return None, [Problem(TASK_CHANGED, "the task's data do not say which claims it is about")]
    problems: list[Problem] = []
    answers = _answers(result, problems)
    types = {alias: type for type in _types(ontology).values() for alias, *_ in offered(type)}
    given = answers.get(LINK, [])
    if len(given) != 1 or given[0] not in types:
        said = f"is answered with {', '.join(given)}" if given else "is not answered"
        return None, [*problems, Problem(NO_LINK, f"how the claims bear on each other {said}")]
    type = types[given[0]]
    attributes: dict[str, str] = {}
    for attribute in type.attributes:
        about = answers.get(attribute.name, [])
        if len(about) == 1 and _fits(about[0], attribute):
            attributes[attribute.name] = about[0]
        elif about or attribute.required:
            words = f"is answered with {', '.join(about)}" if about else "is not answered"
            problems.append(Problem(NO_LINK, f"{type.name}: {attribute.question or attribute.name} {words}"))
            if attribute.required:
                return None, problems
    head, tail = (left, right) if given[0].endswith(BACKWARD) else (right, left)
    if type.symmetric:
        head, tail = sorted((left, right))
    return ClaimLink(type=type.name, head=head, tail=tail, attributes=attributes), problems


def _answers(result: Sequence[Any], problems: list[Problem]) -> dict[str, list[str]]:
    """All answers of a result by question, each once."""
    answers: dict[str, list[str]] = {}
    for element in result if isinstance(result, Sequence) and not isinstance(result, str) else [result]:
        name, value = (element.get(key) if isinstance(element, Mapping) else None for key in ("from_name", "value"))
        said = (value.get("choices") or value.get("text")) if isinstance(value, Mapping) else None
        if not isinstance(name, str) or not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            problems.append(Problem(RESULT_FORM, "part of the result is not an answer"))
            continue
        kept = answers.setdefault(name, [])
        kept += [one.strip() for one in said if one.strip() and one.strip() not in kept]
    return answers


def _fits(answer: str, attribute: Attribute) -> bool:
    if attribute.options:
        return answer in attribute.choices
    return attribute.pattern is None or re.fullmatch(attribute.pattern, answer) is not None
