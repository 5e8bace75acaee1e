"""What a result says on who is who: from the labels and answers of regions to entities."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from toolkit.findings import Rule
from toolkit.links.model import NIL, WIKIDATA, Entity
from toolkit.links.screens import sheet
from toolkit.links.screens.problems import (
    ANSWERS_DIFFER,
    HEADING_DELETED,
    LABEL_UNCLEAR,
    MERGED_IN_A_CIRCLE,
    NO_WIKIDATA_ID,
    REGION_DRAWN,
    RESULT_FORM,
    Problem,
)
from toolkit.links.screens.sheet import NEW, UNSURE, ShownMention, Table

_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/", re.IGNORECASE)
_NAMED = 5  # of the headings that were deleted


class Settled:
    """One result, read: ``entities``, ``unsure`` (keys of mentions) and ``problems``.

    A heading with another label than its own gives all of its entity away, mentions that were moved there too. Of the
    answers those count that somebody changed, the heading's before the others'; what was filled in stays otherwise.
    """

    def __init__(self, table: Table, result: Sequence[Any]) -> None:
        self.problems: list[Problem] = []
        self._table = table
        self._entities = {entity.id: entity for entity in table.entities}
        self._labels: dict[str, list[str]] = {}
        self._answers: dict[str, dict[str, list[str]]] = {sheet.NAME: {}, sheet.WIKIDATA: {}}
        for element in result if isinstance(result, Sequence) and not isinstance(result, str) else [result]:
            self._take(element)
        self._gone_to = dict(self._headings())
        self._given = {id: self._place(id) for id in table.mentions}
        self.unsure = tuple(sorted(table.mentions[id].key for id, label in self._given.items() if label == UNSURE))
        self.entities = tuple(self._made())

    def _tell(self, rule: Rule, message: str, region: str = "") -> None:
        self.problems.append(Problem(rule, message, region))

    def _take(self, element: Any) -> None:
        """Sort one element of the result by region."""
        element = element if isinstance(element, Mapping) else {}
        id, control, value = element.get("id"), element.get("from_name"), element.get("value")
        if not isinstance(id, str) or not isinstance(control, str) or not isinstance(value, Mapping):
            return self._tell(RESULT_FORM, "part of the result is neither a label nor an answer")
        if id not in self._table.mentions and id not in self._table.headings:
            if control == sheet.REGISTER:  # answers about it are of no use without it
                self._tell(REGION_DRAWN, f"{_quoted(value.get('text'))} is a region that somebody drew: left out", id)
            return None
        if control == sheet.REGISTER:
            self._labels.setdefault(id, []).extend(_texts(value.get("labels")))
        elif control == sheet.NAME:
            self._answers[control].setdefault(id, []).extend(_names(value.get("text")))
        elif control == sheet.WIKIDATA:
            self._answers[control].setdefault(id, []).extend(self._items(value.get("text"), id))
        elif control == sheet.NO_ITEM:
            chosen = [NIL] if NIL in _texts(value.get("choices")) else []
            self._answers[sheet.WIKIDATA].setdefault(id, []).extend(chosen)
        else:
            self._tell(RESULT_FORM, f"{_quoted(control)} is not asked on this screen", id)
        return None

    def _items(self, value: Any, id: str) -> Iterator[str]:
        for answer in _names(value):
            item = _ADDRESS.sub("", answer).upper()
            if re.match(WIKIDATA, item):
                yield item
            else:
                self._tell(NO_WIKIDATA_ID, f"{_quoted(answer)} is not a Wikidata id: left out", id)

    def _headings(self) -> Iterator[tuple[str, str]]:
        """Entities whose heading has another label than its own, and that label."""
        if deleted := [entity for id, entity in self._table.headings.items() if id not in self._labels]:
            names = ", ".join(map(self._called, deleted[:_NAMED])) + (", …" if len(deleted) > _NAMED else "")
            self._tell(HEADING_DELETED, f"{len(deleted)} headings were deleted, taken as they were: {names}")
        for id, entity in self._table.headings.items():
            if (label := self._label(id)) and label != entity:
                yield entity, label

    def _label(self, id: str) -> str:
        """The one label of a region; empty where there is none, or not one that is known."""
        labels = list(dict.fromkeys(self._labels.get(id, ())))
        if not labels:
            return ""
        known = [label for label in labels if label in self._entities or label == UNSURE or label in NEW]
        if len(labels) == len(known) == 1:
            return known[0]
        what = self._table.mentions[id].text if id in self._table.mentions else self._called(self._table.headings[id])
        names = ", ".join(self._called(label) for label in labels)
        self._tell(LABEL_UNCLEAR, f"{_quoted(what)} has the label{'s' * (len(labels) > 1)} {names}", id)
        return ""

    def _place(self, id: str) -> str:
        return self._end_of(self._label(id) or UNSURE)

    def _end_of(self, label: str) -> str:
        """Where all that has this label went."""
        passed: list[str] = []
        while label in self._gone_to and label not in passed:
            passed.append(label)
            label = self._gone_to[label]
        if label not in passed:
            return label
        circle = passed[passed.index(label) :]
        first = next(entity for entity in self._entities if entity in circle)
        del self._gone_to[first]  # the circle is open now, and told of once
        names = ", ".join(map(self._called, circle))
        self._tell(MERGED_IN_A_CIRCLE, f"{names}: each is given to the next; taken as one, {self._called(first)}")
        return first

    def _called(self, label: str) -> str:
        return _quoted(self._entities[label].name) if label in self._entities else _quoted(label)

    def _made(self) -> Iterator[Entity]:
        """The entities that have mentions: the known ones in their order, then the new ones."""
        members: dict[str, list[str]] = defaultdict(list)
        for id, label in self._given.items():
            members[label].append(id)
        taken = set(self._entities)
        for label in (*self._entities, *NEW):
            if label not in members:
                continue
            mentions = [self._table.mentions[id] for id in members[label]]
            entity = self._entities.get(label) or _new(mentions, taken)
            taken.add(entity.id)
            yield entity.model_copy(
                update={
                    "name": self._answer(label, sheet.NAME) or entity.name,
                    "wikidata": self._answer(label, sheet.WIKIDATA),
                    "mentions": tuple(sorted(mention.key for mention in mentions)),
                }
            )

    def _answer(self, label: str, question: str) -> str:
        """What was answered about an entity, or filled in of it or of those that went into it."""
        own = [id for id, entity in self._table.headings.items() if entity == label]
        merged = [id for id, e in self._table.headings.items() if e != label and self._end_of(e) == label]
        mentions = [id for id, end in self._given.items() if end == label]
        answers = self._answers[question]
        changed: list[str] = []
        for id in (*own, *merged, *mentions):
            filled_in = " ".join(self._filled_in(id, question).split())
            changed += [answer for answer in dict.fromkeys(answers.get(id, ())) if answer != filled_in]
        if len(set(changed)) > 1:
            said = ", ".join(map(_quoted, dict.fromkeys(changed)))
            self._tell(
                ANSWERS_DIFFER, f"{self._called(label)} is given {said}: the first counts", own[0] if own else ""
            )
        if changed:
            return changed[0]
        before = [self._filled_in(id, question) for id in (*own, *merged)]
        if own and own[0] in self._labels and own[0] not in answers and before[0] and question == sheet.WIKIDATA:
            return ""  # taken away
        return next(filter(None, before), "")

    def _filled_in(self, id: str, question: str) -> str:
        entity = self._entities.get(self._table.headings.get(id, ""))
        if entity is None:
            return ""
        return entity.name if question == sheet.NAME else entity.wikidata


def _new(mentions: Sequence[ShownMention], taken: Collection[str]) -> Entity:
    """An entity that was not in the register: called by its longest mention, until somebody names it."""
    number = next(number for number in itertools.count(1) if f"new{number}" not in taken)
    types = Counter(mention.type for mention in mentions)
    name = max((mention.text for mention in mentions), key=lambda text: (len(text), text))
    return Entity(id=f"new{number}", name=name, type=min(types, key=lambda one: (-types[one], one)))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _names(value: Any) -> Iterable[str]:
    return filter(None, (" ".join(text.split()) for text in _texts(value)))


def _quoted(text: Any) -> str:
    words = " ".join(str(text or "").split())
    return f"“{words if len(words) <= 60 else words[:59] + '…'}”"
