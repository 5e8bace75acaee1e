"""Tasks in the making: each about an article of its own with every odd character in it, and all of it right."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from toolkit.annotations.codec import Text
from toolkit.articles.edits import OffsetMap
from toolkit.articles.model import Article, Edit, text_digest

PIECES = (
    *("😀", "👩\u200d👧", "e\u0301", "ل\u0651", "السلام", "中文", "\n", "\n\n", "\t", "\u00a0", "\u200b", "\u2028"),
    *("&amp;", "<b>", "\\n", '"', "\u202e", "\ufeff", "𝔘", "ﬁ", "'", "a b"),
)
WORDS = ("Osk", "Quill", "Velda", "Dunmere", "storm", "seven", "nothing sank", "said")


@dataclass
class Draft:
    """One task in the making, with one annotation by ``ann`` of an article of its own."""

    random: Random
    text: str
    task: dict[str, Any]
    article_id: str
    raw: dict[str, Text] = field(default_factory=dict)

    @property
    def annotation(self) -> dict[str, Any]:
        one: dict[str, Any] = self.task["annotations"][0]
        return one

    @property
    def result(self) -> list[Any]:
        elements: list[Any] = self.annotation["result"]
        return elements

    def region(self, id: str) -> dict[str, Any]:
        return next(one for one in self.result if one.get("type") == "labels" and one.get("id") == id)

    def some_region(self) -> dict[str, Any]:
        return self.random.choice([one for one in self.result if one.get("type") == "labels"])

    def answer(self, id: str, name: str) -> dict[str, Any]:
        return next(one for one in self.result if one.get("from_name") == name and one.get("id") == id)

    def relation(self, head: str, tail: str) -> dict[str, Any]:
        ends = (head, tail)
        return next(one for one in self.result if (one.get("from_id"), one.get("to_id")) == ends)

    def place(self, region: dict[str, Any], start: Any, end: Any, **more: Any) -> None:
        region["value"] |= {"start": start, "end": end, **more}


def draft(random: Random, number: int = 1) -> Draft:
    """A task about which there is nothing to say."""
    pieces = [" ".join(random.choices(PIECES, k=random.randrange(4))) for _ in WORDS]
    # Before the first word, UTF-16 and CRLF count differently: one and two more.
    text = "😀\n\n " + " ".join(f"{word} {piece}" for word, piece in zip(WORDS, pieces, strict=True))
    id = f"article-{number}"
    data = {"article_id": id, "text": text, "text_sha256": text_digest(text)}
    work = {"id": number, "completed_by": "ann", "was_cancelled": False, "lead_time": 1.5, "result": _result(text)}
    work["updated_at"] = f"2026-01-0{random.randrange(1, 9)}T00:00:00Z"
    task = {"id": number, "data": data, "annotations": [work], "drafts": [], "predictions": []}
    return Draft(random, text, task, id)


def _result(text: str) -> list[Any]:
    return [
        region(text, "o", "Osk", "PERSON"),
        region(text, "q", "Quill", "PERSON"),
        region(text, "v", "Velda", "PLACE"),
        region(text, "d", "Dunmere", "PLACE"),
        region(text, "s", "storm", "EVENT"),
        region(text, "n", "seven", "NUMBER"),
        region(text, "c", "nothing sank", "CLAIM"),
        region(text, "u", "said", "CUE"),
        answer("n", "digits", "textarea", text=["7"]),
        answer("c", "attribution", "choices", choices=["direct"]),
        answer("o", "level", "choices", choices=["named"]),
        relation("o", "q", "knows"),
        relation("d", "v", "inside", "negated"),
        relation("c", "o", "said_by"),
        relation("c", "u", "cued_by"),
        relation("c", "n", "counts"),
    ]


def region(text: str, id: str, words: str, *labels: str) -> dict[str, Any]:
    """A region of the first place where these words stand."""
    start = text.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [*labels]}
    control = "claims" if {"CLAIM", "CUE"} & {*labels} else "entities"
    return {"id": id, "from_name": control, "to_name": "text", "type": "labels", "origin": "manual", "value": value}


def answer(id: str, name: str, kind: str, **value: Any) -> dict[str, Any]:
    """An answer about a region."""
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value}


def relation(head: str, tail: str, *labels: str) -> dict[str, Any]:
    """A relation drawn from one region to another."""
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [*labels]}


def article(article_id: str, text: str) -> Article:
    """A frozen article with this text."""
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text))


def as_raw(text: str) -> Text:
    """A frozen text as it was before its newlines were made the same, and the way to it."""
    shown = text.replace("\n", "\r\n")
    places = (at for at in range(len(shown)) if shown[at] == "\r")
    edits = [Edit(start=at, end=at + 2, new="\n", rule="newline") for at in places]
    return Text(shown, text, OffsetMap(shown, edits).to_frozen)
