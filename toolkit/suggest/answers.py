"""Reading a suggesting program's answer: nothing in it is believed, and whatever is refused is a finding."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, ValidationError

from toolkit.articles.model import Article
from toolkit.findings import Finding, Place
from toolkit.ontology.model import Ontology
from toolkit.suggest.model import Suggestions
from toolkit.suggest.reading import MALFORMED, ArticlePart, Part, Reading, rule
from toolkit.suggest.wording import printable, why_not

NOT_ANSWERED = rule("suggestion-not-answered", "An answer has every article in it, be it with empty lists.")
_ERROR = 200  # characters of an article's error that are shown
ANSWERED_TWICE = rule("suggestion-answered-twice", "An article is answered once; the first answer is taken.")
NOT_ASKED = rule("suggestion-not-asked", "An answer is about articles that were asked about.")


class BadAnswerError(ValueError):
    """An answer of which nothing can be read, and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read: the version that the source gives itself, and its suggestions with what is wrong with them."""

    version: str
    said: tuple[Suggestions | Finding, ...]


class _Answer(Part):
    version: Annotated[str, Field(pattern=r"^[\w.+:@/-]{1,80}$")]
    articles: list[Any]


def read_answer(answer: bytes, articles: Sequence[Article], ontology: Ontology, source: str) -> Answer:
    """What an answer says of the articles that it was asked about, in their order, the findings of each behind it.

    Raises BadAnswerError where it is not JSON (NaN is none), or not an object with a version and a list of articles.
    """
    from pydantic_core import from_json

    try:
        whole = _Answer.model_validate(from_json(answer, allow_inf_nan=False))
    except ValidationError as error:
        raise BadAnswerError(f"the answer is not as it should be: {why_not(error)}") from None
    except ValueError as error:
        raise BadAnswerError(f"the answer is no JSON: {error}" if answer.strip() else "the answer is empty") from None
    said: list[Suggestions | Finding] = []
    parts, findings = _parts(whole.articles, {article.article_id for article in articles}, source)
    for article in articles:
        part = parts.get(article.article_id)
        if part and part.error is None:
            reading = Reading(article, ontology, source)
            said += [reading.suggestions(part, f"{source}-{whole.version}"), *reading.findings]
        else:
            why = printable(part.error or "") if part else ""
            message = f"{source}: {why[:_ERROR]}" if why else f"{source} said nothing of it"
            said.append(NOT_ANSWERED.at(Place(article_id=article.article_id), message))
    return Answer(whole.version, (*said, *findings))


def _parts(given: list[Any], asked: Set[str], source: str) -> tuple[dict[str, ArticlePart], list[Finding]]:
    """What was said of each article that was asked about, and a finding for each way in which more was said."""
    first: dict[str, ArticlePart] = {}
    again, strange, malformed, why = set(), [], 0, ""
    for number, one in enumerate(given):
        try:
            part = ArticlePart.model_validate(one)
        except ValidationError as error:
            why = why or f"articles[{number}]: {why_not(error)}"
            malformed += 1
            continue
        if part.article_id not in asked:
            strange.append(part.article_id)
        elif part.article_id in first:
            again.add(part.article_id)
        else:
            first[part.article_id] = part
    findings = [ANSWERED_TWICE.at(Place(article_id=id), f"{source} answered it again") for id in sorted(again)]
    if strange:
        message = f"{source} answered what it was not asked about ({len(strange)}): {reprlib.repr(strange)}"
        findings.append(NOT_ASKED.at(Place(), message))
    if malformed:
        message = f"{source}: {malformed} answers about an article are malformed; {why}"
        findings.append(MALFORMED.at(Place(), message))
    return first, findings
