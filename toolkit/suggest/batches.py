"""Asking a program batch by batch: tries, waits, and what becomes of the articles of a batch that fails."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from toolkit.articles.model import Article
from toolkit.errors import SourceError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology.model import Ontology
from toolkit.project import CommandSettings, HttpSettings
from toolkit.suggest.answers import Answer, BadAnswerError, read_answer
from toolkit.suggest.model import Suggestions
from toolkit.suggest.protocol import request

ANSWER_BYTES = 16_000_000
"""What an answer to one batch may have at most."""

FAILED_IN_A_ROW = 3
"""After so many failed batches nobody waits for further ones."""

FIRST_WAIT = 1.0  # seconds before the second try; each further wait is twice as long
LONGEST_WAIT = 60.0

SOURCE_FAILED = Rule(
    "suggestion-source-failed",
    "A source answers in time, and in the form that it was asked for.",
    Severity.ERROR,
    "try the source with one article by hand (docs/suggesting.md), then run again",
)
VERSION_CHANGED = Rule(
    "suggestion-version-changed",
    "A source has one version while it is asked.",
    Severity.WARNING,
    "suggest again with one version of it: annotators see the suggestions of one version only",
)


class UnansweredError(Exception):
    """A try that failed: why, whether another may end better, and the seconds the source asks to wait before it."""

    def __init__(self, why: str, *, again: bool = True, wait: float | None = None) -> None:
        super().__init__(why)
        self.again = again and (wait or 0) <= LONGEST_WAIT
        self.wait = wait


class Batched(ABC):
    """A source that answers batches of articles in JSON, told apart from others like it by how it is asked.

    What fails for good costs its batch, and the next one is asked; three in a row are a SourceError.
    """

    def __init__(self, settings: CommandSettings | HttpSettings, ontology: Ontology) -> None:
        self._name = settings.name
        self._layers = settings.layers
        self._batch = settings.batch
        self._tries = settings.retries + 1
        self._ontology = ontology
        self._said = ""
        self._failed = 0  # in a row, however many calls they are of

    @property
    def version(self) -> str:
        """The source's name, and with its first answer the version that it gives itself."""
        return f"{self._name}-{self._said}" if self._said else self._name

    @abstractmethod
    def _ask(self, request: bytes) -> bytes:
        """The answer to one batch, in JSON. Raises UnansweredError, or SourceError where no batch will do better."""

    def suggest(self, articles: Sequence[Article]) -> Iterator[Suggestions | Finding]:
        """See ``Source.suggest``."""
        ordered = sorted(articles, key=lambda article: article.article_id)
        for first in range(0, len(ordered), self._batch):
            batch = ordered[first : first + self._batch]
            try:
                answer = self._try_often(batch)
            except (UnansweredError, BadAnswerError) as error:
                self._failed += 1
                why = f"{self._name}: {error}"
                yield from (SOURCE_FAILED.at(Place(article_id=article.article_id), why) for article in batch)
                if self._failed >= FAILED_IN_A_ROW:
                    raise SourceError(f"{why} ({self._failed} batches in a row)", next=SOURCE_FAILED.next) from None
            else:
                self._failed = 0
                yield from self._of_one_version(answer)

    def _try_often(self, batch: Sequence[Article]) -> Answer:
        return Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, BadAnswerError) or _may_pass(error)),
            stop=stop_after_attempt(self._tries),
            wait=_wait,
            reraise=True,
        )(self._try_once, batch)

    def _try_once(self, batch: Sequence[Article]) -> Answer:
        from pydantic_core import to_json

        answer = self._ask(to_json(request(self._ontology, batch, self._layers)))
        return read_answer(answer, batch, self._ontology, self._name)

    def _of_one_version(self, answer: Answer) -> Iterator[Suggestions | Finding]:
        self._said = self._said or answer.version
        if answer.version != self._said:
            why = f"{self._name}: it said that it is {self._said}, then {answer.version}"
            yield VERSION_CHANGED.at(Place(), why)
        yield from answer.said


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, UnansweredError) and error.again


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, UnansweredError) else None
    longer: float = min(FIRST_WAIT * 2 ** (state.attempt_number - 1), LONGEST_WAIT)
    return longer if asked is None else asked
