"""Who is who in a story: the screen, a task a story, and the answer.

A person selects a mention, or a heading for all that stands below it, and picks the entity from the story's register:
by a click, its key, or the first letters of its name. The register comes with the task (Label Studio's dynamic labels);
the labels' aliases are the entities' ids.
"""

from __future__ import annotations

import colorsys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.links.model import NIL, Entity, Register
from toolkit.links.screens.page import SHOWN, line, page, written
from toolkit.links.screens.problems import TASK_CHANGED, Problem
from toolkit.links.screens.settled import Settled
from toolkit.links.screens.sheet import (
    NAME,
    NEW,
    NO_ITEM,
    REGISTER,
    SHEET,
    UNSURE,
    WIKIDATA,
    Table,
    lay_out,
    numbered,
    table,
)
from toolkit.ontology.model import Ontology

TABLE = "regions"
"""The key of the task's data that says what its regions stand for."""

UNSURE_KEY, NIL_KEY, FIND_KEY = "0", "-", "/"


def entity_config(ontology: Ontology) -> str:
    """The label config of the screen.

    Raises BadInputError where the ontology links no entities.
    """
    if ontology.links is None or not ontology.links.entities:
        raise BadInputError(
            f"the ontology {ontology.name} {ontology.version} links no entities",
            next="name the entity types under links: entities in the ontology",
        )
    root, body = page("gk-who")
    sheet = ET.SubElement(body, "View", className="gk-article")
    sheet.append(line("gk-title", "$title"))
    sheet.append(line("gk-note", "$note"))
    text = ET.SubElement(sheet, "View", className="gk-text")
    ET.SubElement(text, "Text", name=SHEET, value=f"${SHEET}", saveTextResult="yes")
    column = ET.SubElement(body, "View", className="gk-form")
    column.append(_questions())
    column.append(_register())
    return written(root, ontology)


def _questions() -> ET.Element:
    """Name and Wikidata id, in a place of their own, so that the register below stays where it is."""
    view = ET.Element("View", className="gk-about")
    view.append(line("gk-idle", "Select a mention, or a heading for all below it.", visibleWhen="no-region-selected"))
    asked = ET.SubElement(view, "View", className="gk-question", visibleWhen="region-selected")
    region = {"toName": SHEET, "perRegion": "true", "visibleWhen": "region-selected"}
    field = region | {"rows": "1", "maxSubmissions": "1", "editable": "true"}
    asked.append(line("gk-asks", "Name"))
    ET.SubElement(asked, "TextArea", field, name=NAME, placeholder="the full name")
    asked.append(line("gk-asks", "Wikidata"))
    ET.SubElement(asked, "TextArea", field, name=WIKIDATA, placeholder="Q42")
    choices = ET.SubElement(asked, "Choices", region, name=NO_ITEM, choice="single", layout="inline")
    ET.SubElement(choices, "Choice", value=NIL, hotkey=NIL_KEY, hint="Wikidata has no item for it")
    return view


def _register() -> ET.Element:
    view = ET.Element("View", className="gk-register")
    ET.SubElement(
        view, "Filter", name="find", toName=REGISTER, hotkey=FIND_KEY, minlength="0", placeholder="/ finds, Enter gives"
    )
    labels = ET.SubElement(view, "Labels", name=REGISTER, toName=SHEET, value=f"${REGISTER}")
    ET.SubElement(labels, "Label", value=UNSURE, hotkey=UNSURE_KEY, background="#8d8d8d", hint="cannot be told")
    for number, label in enumerate(NEW, 1):
        ET.SubElement(
            labels, "Label", value=label, hotkey=f"shift+{number}", background="#4f4f4f", hint="none of those below"
        )
    return view


def entity_task(
    register: Register,
    articles: Mapping[str, Article],
    *,
    shown: Sequence[Entity] | None = None,
    open: Mapping[str, str] | None = None,
    note: str = "",
    round: int = 0,
) -> dict[str, Any]:
    """A Label Studio task, filled in.

    Args:
        register: the story's mentions and candidate entities.
        articles: at least those of the mentions, by id.
        shown: the entities to begin with, where not the register's. A mention that is in none begins as ``?``.
        open: mentions that have to be decided, by key, and the words for why; they stand on top of the sheet.
        note: shown above the sheet.
        round: the round of a review; kept in the task's data.
    """
    entities = register.entities if shown is None else tuple(shown)
    regions = table(register.mentions, entities)
    sheet = lay_out(regions, register.mentions, articles, open or {})
    of = {key: entity.id for entity in entities for key in entity.mentions}
    labels = {id: of.get(mention.key, UNSURE) for id, mention in regions.mentions.items()} | regions.headings
    by_id = {entity.id: entity for entity in entities}
    result = []
    for id, span in sheet.regions.items():
        where = {"start": span.start, "end": span.end, "text": span.of(sheet.text)}
        result.append(_element(id, REGISTER, "labels", where | {"labels": [labels[id]]}))
        if id in regions.headings:
            result += entity_answers(id, by_id[regions.headings[id]], where)
    names = numbered(entities)
    return {
        "data": {
            "story_id": register.story_id,
            "title": _title(register, articles),
            "note": note,
            "round": round,
            SHEET: sheet.text,
            REGISTER: [
                {"value": name, "alias": id, "background": _colour(number)}
                for number, (id, name) in enumerate(names.items())
            ],
            TABLE: regions.model_dump(mode="json"),
        },
        "predictions": [{"model_version": SHOWN, "result": result}],
    }


def read_entities(
    data: Mapping[str, Any], result: Sequence[Any]
) -> tuple[tuple[Entity, ...], tuple[str, ...], list[Problem]]:
    """What a result says of a task with this data: the entities, the keys of mentions that are unsure, and problems.

    Every mention of the task is in exactly one entity or unsure. A mention whose region was deleted is unsure. An
    entity keeps its id where its heading has its own label still; one that is new is called ``new1`` …
    """
    try:
        regions = Table.model_validate(data[TABLE])
    except (ValidationError, KeyError, TypeError):
        return (), (), [Problem(TASK_CHANGED, f"the task's data has no {TABLE} that can be read")]
    settled = Settled(regions, result)
    return settled.entities, settled.unsure, settled.problems


def _element(id: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": SHEET, "type": kind, "value": value}


def entity_answers(id: str, entity: Entity, where: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The name and the Wikidata item of an entity, as the answers of a region that stands for it."""
    span = {edge: where[edge] for edge in ("start", "end")}
    if entity.name:
        yield _element(id, NAME, "textarea", span | {"text": [entity.name]})
    if entity.wikidata == NIL:
        yield _element(id, NO_ITEM, "choices", span | {"choices": [NIL]})
    elif entity.wikidata:
        yield _element(id, WIKIDATA, "textarea", span | {"text": [entity.wikidata]})


def _title(register: Register, articles: Mapping[str, Article]) -> str:
    told = sorted({mention.article_id for mention in register.mentions})
    dates = sorted(filter(None, (articles[id].published[:10] for id in told)))
    outlets: Iterable[str] = sorted({articles[id].outlet for id in told} - {""})
    when = " – ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""
    return " · ".join(filter(None, (register.story_id, when, ", ".join(outlets))))


def _colour(number: int) -> str:
    """Neighbours far apart and no two alike: hues a golden angle apart, in three depths."""
    hue = number * 0.381966 % 1
    red, green, blue = colorsys.hls_to_rgb(hue, (0.44, 0.54, 0.64)[number % 3], 0.75)
    return "#" + "".join(f"{round(part * 255):02x}" for part in (red, green, blue))
