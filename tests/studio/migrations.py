"""The shipped ontology's next version, the plan that leads to it, and workspaces whose projects are to be moved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pipeline.desk import Desk, make_desk

from toolkit.ontology.labelconfig import names_in
from toolkit.studio import tasks
from toolkit.studio.server import Credentials

PLAN = """\
from: {version}
to: 3.0.0
steps:
  - rename: {label: ARMED_GROUP, to: MILITIA}
  - rename: {attribute: certainty, to: confidence}
  - rename: {option: probable, of: certainty, to: likely}
  - rename: {option: attributed, of: modality, to: reported}
  - merge: {labels: [LOCATION, FACILITY], into: PLACE}
  - merge: {relations: [leads, member_of], into: belongs_to}
  - split: {label: EVENT, by: level, into: {nominal: OCCURRENCE}, otherwise: EVENT}
  - retire: {label: NORP}
  - retire: {attribute: polarity}
  - retype: {relation: participant_in, head: [PERSON], tail: [EVENT], to: has_participant, reverse: true}
"""
_ENDS = {
    "ARMED_GROUP": ["MILITIA"],
    "LOCATION": ["PLACE"],
    "FACILITY": ["PLACE"],
    "EVENT": ["EVENT", "OCCURRENCE"],
    "NORP": [],
}
TEXT = "Ada Quill, head of the Tide Front, took part in the talks at Port Sarrel. The Veldans left."
WORDS = {
    "ada": ("Ada Quill", "PERSON"),
    "front": ("Tide Front", "ARMED_GROUP"),
    "talks": ("talks", "EVENT"),
    "port": ("Port Sarrel", "FACILITY"),
    "veldans": ("Veldans", "NORP"),
}


def next_version(folder: Path) -> Path:
    """Rewrite a workspace's ontology as its next version; gives the plan's file."""
    path = folder / "configs" / "ontology.yaml"
    old = yaml.safe_load(path.read_text(encoding="utf-8"))
    version = old["version"]
    path.write_text(json.dumps(changed(old)), encoding="utf-8")  # JSON is YAML
    plan = folder / "configs" / "migrations" / "3.0.0.yaml"
    plan.parent.mkdir()
    plan.write_text(PLAN.replace("{version}", version), encoding="utf-8")
    return plan


def changed(old: dict[str, Any]) -> dict[str, Any]:
    """The next version of the shipped ontology; ``old`` is used up."""
    entities = {one["name"]: one for one in old["entities"]}
    relations = {one["name"]: one for one in old["relations"]}
    militia = entities.pop("ARMED_GROUP") | {"name": "MILITIA"}
    place = entities.pop("LOCATION") | {"name": "PLACE"}
    del entities["FACILITY"], entities["NORP"]
    occurrence = entities["EVENT"] | {"name": "OCCURRENCE", "hotkey": None, "colour": "#112233"}
    belongs = relations.pop("leads") | {"name": "belongs_to"}
    del relations["member_of"]
    has = relations["participant_in"] | {"name": "has_participant", "head": ["EVENT"], "tail": ["PERSON"]}
    claims = old["claims"]
    for relation in [*relations.values(), belongs, has, claims["claimant"], claims["cued_by"]]:
        for end in ("head", "tail"):
            relation[end] = _renamed(relation[end])
    old["links"]["entities"] = _renamed(old["links"]["entities"])
    asked = [one for one in claims["content"]["attributes"] if one["name"] != "polarity"]
    certainty = next(one for one in asked if one["name"] == "certainty")
    certainty["name"] = "confidence"
    _rename(certainty["options"], "probable", "likely")
    _rename(old["modality"]["options"], "attributed", "reported")
    claims["content"]["attributes"] = asked
    return old | {
        "version": "3.0.0",
        "decisions": [],
        "entities": [*entities.values(), militia, place, occurrence],
        "relations": [*relations.values(), belongs, has],
    }


def _renamed(labels: list[str]) -> list[str]:
    return [*dict.fromkeys(new for label in labels for new in _ENDS.get(label, [label]))]


def _rename(options: list[dict[str, Any]], old: str, new: str) -> None:
    next(one for one in options if one["name"] == old)["name"] = new


def region(word: str, *labels: str) -> dict[str, Any]:
    """A region of TEXT, with its own label or others."""
    quote, label = WORDS[word]
    value = {"start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote), "text": quote}
    element = {"id": word, "from_name": "entities", "to_name": "text", "type": "labels", "origin": "manual"}
    return element | {"value": value | {"labels": [*(labels or [label])]}}


def level(word: str, choice: str) -> dict[str, Any]:
    """The answer how a region is mentioned."""
    where = {key: value for key, value in region(word)["value"].items() if key in ("start", "end")}
    return {
        "id": word,
        "from_name": "level",
        "to_name": "text",
        "type": "choices",
        "value": where | {"choices": [choice]},
    }


def relation(head: str, tail: str, *labels: str) -> dict[str, Any]:
    """A relation of two regions."""
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [*labels]}


WORK = [
    *(
        region("ada"),
        region("front"),
        region("talks"),
        level("talks", "nominal"),
        region("port", "LOCATION", "FACILITY"),
    ),
    *(region("veldans"), level("veldans", "named")),
    *(relation("ada", "front", "leads", "member_of", "attributed"), relation("ada", "talks", "participant_in")),
    *(relation("talks", "port", "located_in"), relation("ada", "veldans", "origin")),
]
"""An annotation of TEXT in which everything happens that the plan can bring about."""
MOVED = [
    *(region("ada"), region("front", "MILITIA"), region("talks", "OCCURRENCE"), level("talks", "nominal")),
    *(region("port", "PLACE"), relation("ada", "front", "belongs_to", "reported")),
    relation("ada", "talks", "has_participant") | {"direction": "left"},
    relation("talks", "port", "located_in"),
]
"""What becomes of it."""


def small_desk(root: Path, studio: Credentials, tokens: Mapping[str, str], articles: int = 3) -> Desk:
    """A workspace with TEXT as several articles, each annotated by two people."""
    folder = root / "incoming"
    folder.mkdir(parents=True)
    for number in range(articles):
        (folder / f"talks-{number}.txt").write_text(f"{TEXT} ({number})", encoding="utf-8")
    desk = make_desk(root, studio, tokens, articles=folder)
    desk.push()
    for task in desk.tasks().values():
        for name in ("amina", "boris"):
            desk.submit(name, task, WORK, lead_time=3.5)
    return desk


def annotations(desk: Desk) -> dict[int, dict[str, Any]]:
    """Every annotation in the first project, as the server gives it; ages in words change by themselves."""
    with desk.client() as client:
        pages = tasks.all_pages(client, desk.project(client).id, tasks.ANNOTATED)
        ids = [one["id"] for page in pages for task in page.tasks for one in task["annotations"]]
        return {id: client.get(f"/api/annotations/{id}/") | {"created_ago": ""} for id in ids}


def label_config(desk: Desk) -> str:
    """The first project's label config."""
    with desk.client() as client:
        return desk.project(client).label_config


def names_used(results: Sequence[Sequence[Mapping[str, Any]]]) -> Counter[str]:
    """How often results use each name, ``control/name``, counted by hand."""
    used: Counter[str] = Counter()
    for element in (element for result in results for element in result):
        if element["type"] == "relation":
            used.update(f"relations/{label}" for label in element["labels"])
        else:
            key = element["type"] if element["type"] in ("labels", "choices") else ""
            used.update(f"{element['from_name']}/{name}" for name in element["value"].get(key, [""]))
    return used


def names_offered(config: str) -> set[str]:
    """The names that a label config offers, likewise."""
    return {f"{control}/{name}" for control, names in names_in(config).items() for name in names or [""]}
