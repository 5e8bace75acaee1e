"""The differences of an article in words: what each annotator says, of spans in text order, then of relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.annotations.grammar import Grammar
from toolkit.gold.ballots import NOTHING
from toolkit.gold.compare.claims import ROLES
from toolkit.gold.model import Difference, Gold, Vote
from toolkit.ontology.model import ASSERTED
from toolkit.spans import Span

_ASKED = {
    "presence": "is it there?",
    "label": "what is it?",
    "boundaries": "from where to where?",
    "type": "which relation?",
    "direction": "which way?",
    "end-open": "what it ends in is open",
    "end-missing": "what it ends in was voted down",
    "claimants": "who claims it?",
    "cues": "by which words?",
    "values": "which values?",
}
_QUOTED = 30  # characters of a long span's beginning, and of its end


def differences_in_words(gold: Gold, grammar: Grammar, text: str) -> str:
    """Numbered paragraphs, for the screen; plain text."""

    def place(one: Difference) -> tuple[bool, int, str]:
        return one.kind == "relation", min(map(_start, _said(one)), default=0), one.kind

    return "\n\n".join(
        f"{number}. {_Words(difference, grammar, text)}"
        for number, difference in enumerate(sorted(gold.differences, key=place), start=1)
    )


def _said(difference: Difference) -> list[dict[str, Any]]:
    return [vote.value for vote in difference.votes if vote.value is not None]


def _start(value: Mapping[str, Any]) -> int:
    return int(value["start"] if "start" in value else min(value["head"]["start"], value["tail"]["start"]))


class _Words:
    """One difference: what is asked, then a line for each answer, with those who give it."""

    def __init__(self, difference: Difference, grammar: Grammar, text: str) -> None:
        self.difference = difference
        self.grammar = grammar
        self.text = text
        self.said = _said(difference)
        self.spans = {(value.get("start"), value.get("end")) for value in self.said}

    def __str__(self) -> str:
        reason, kind = self.difference.reason, self.difference.kind
        first = self.said[0] if self.said else {}
        if kind == "relation":
            what = " – ".join(self._quote(first[end]) for end in ("head", "tail")) if first else "relation"
        else:
            what = (f"{kind} " if kind != "mention" else "") + (self._quote(first) if first else "")
        answers: dict[str, list[str]] = {}
        for vote in self.difference.votes:
            answers.setdefault(self._answer(vote), []).append(vote.annotator)
        lines = [f"{', '.join(who)}: {answer}" for answer, who in answers.items()]
        return "\n".join((f"{what}: {_ASKED.get(reason, f'{reason}?')}", *lines))

    def _answer(self, vote: Vote) -> str:
        value = vote.value
        if value is None:
            return "nothing"
        if self.difference.kind == "relation":
            head, tail = self._quote(value["head"]), self._quote(value["tail"])
            modality = "" if value["modality"] == ASSERTED else f" ({value['modality']})"
            words = f"{head} {value['type']}{modality} {tail}"
        else:
            words = ", ".join(self._about(value))
        return words + (" (rejected before)" if vote.annotator in self.difference.rejected else "")

    def _about(self, value: Mapping[str, Any]) -> Iterable[str]:
        """What a span is said to be, as far as it is not what all say."""
        kind = self.difference.kind
        name = "+".join(value["labels"]) if kind == "mention" else kind
        yield f"{name} {self._quote(value)}" if len(self.spans) > 1 else name
        for question in sorted({name for one in self.said for name in one["attributes"]}):
            answers = {self._given(one, question) for one in self.said}
            if len(answers) > 1 or question == self.difference.reason:
                yield f"{question} {self._given(value, question) or 'not answered'}"
        for role in ROLES if kind == "claim" else ():
            if len({self._ends(one, role) for one in self.said}) > 1 or role == self.difference.reason:
                yield f"{role} {self._ends(value, role) or 'none'}"

    def _given(self, value: Mapping[str, Any], question: str) -> str:
        asked = self.grammar.attributes.get(question)
        return str(value["attributes"].get(question, (asked and asked.default) or NOTHING))

    def _ends(self, value: Mapping[str, Any], role: str) -> str:
        return " and ".join(self._quote(end) for end in value[role])

    def _quote(self, value: Mapping[str, Any]) -> str:
        words = " ".join(Span(value["start"], value["end"]).of(self.text).split())
        return f"“{words if len(words) <= 2 * _QUOTED else f'{words[:_QUOTED]} … {words[-_QUOTED:]}'}”"
