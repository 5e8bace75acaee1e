"""brat standoff, a folder an annotator, read as the tasks of a Label Studio export.

::

    corpus/amina/storm-1.txt  storm-1.ann      one folder for each annotator; a text may also stand
    corpus/boris/storm-1.ann                   once, beside the annotators' folders: corpus/storm-1.txt

Text-bound annotations become regions, in the control ``brat`` of no project; binary relations and the roles of events
become relations, attributes answers, notes and normalisations the region's ``meta``. What is left (equivalences,
attributes of events) becomes an element of a type that the checks reject and count. brat counts code points, as we do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.errors import BadInputError
from toolkit.files import read_text
from toolkit.ontology.labelconfig import TEXT

CONTROL = "brat"

_EXPECTED = "one folder an annotator, each with .ann files, and their .txt there or one folder up"


def is_standoff(folder: Path) -> bool:
    """Whether there is a brat file in the folder or below."""
    return next(folder.rglob("*.ann"), None) is not None


def read_standoff(folder: Path) -> list[dict[str, Any]]:
    """A task for every document, with an annotation for every annotator who has an .ann file of it.

    Raises BadInputError with file and line where something is no standoff, or a document has no text.
    """
    direct = any(folder.glob("*.ann"))
    people = [folder] if direct else sorted(path for path in folder.iterdir() if path.is_dir())
    tasks: dict[str, dict[str, Any]] = {}
    for person in people:
        for file in sorted(person.rglob("*.ann")):
            document = file.relative_to(person).with_suffix("").as_posix()
            text = _text_of(file, person, folder)
            task = tasks.setdefault(f"{document}\n{text}", _task(document, text, len(tasks) + 1))
            task["annotations"].append(
                {"completed_by": {"email": person.resolve().name}, "result": list(_elements(file))}
            )
    return list(tasks.values())


def _task(document: str, text: str, number: int) -> dict[str, Any]:
    return {"id": number, "data": {"id": document, TEXT: text}, "annotations": []}


def _text_of(file: Path, person: Path, folder: Path) -> str:
    own = file.with_suffix(".txt")
    shared = folder / own.relative_to(person)
    for path in (own, shared):
        if path.is_file():
            return read_text(path)
    raise BadInputError(
        f"{file}: its text is neither {own} nor {shared}", next=f"put the text there; expected: {_EXPECTED}"
    )


def _elements(file: Path) -> Iterator[dict[str, Any]]:
    lines = [
        (number, line.rstrip("\r").split("\t"))
        for number, line in enumerate(read_text(file).split("\n"), start=1)
        if line.strip()
    ]
    triggers: dict[str, str] = {}  # an event by the region of its trigger
    meta: dict[str, dict[str, list[str]]] = {}
    for number, parts in lines:
        place = f"{file}:{number}"
        if len(parts) < 2 or not parts[0]:
            raise BadInputError(f"{place}: no brat annotation (id, tab, content)", next=f"correct {place}")
        if parts[0].startswith("E"):
            triggers[parts[0]] = parts[1].split(" ")[0].partition(":")[2]
        elif parts[0][0] in "#N":
            fields = parts[1].split(" ")
            target = fields[1] if len(fields) > 1 else ""
            said = parts[2:] if parts[0].startswith("#") else fields[2:]
            meta.setdefault(target, {}).setdefault(fields[0], []).extend(said)
    for number, parts in lines:
        yield from _of_line(parts, f"{file}:{number}", triggers, meta)


def _of_line(
    parts: list[str], place: str, triggers: dict[str, str], meta: dict[str, dict[str, list[str]]]
) -> Iterator[dict[str, Any]]:
    id, content = parts[0], parts[1].split(" ")
    match id[0]:
        case "T":
            yield _region(id, content, parts[2] if len(parts) > 2 else None, place) | (
                {"meta": meta[id]} if id in meta else {}
            )
        case "R":
            ends = dict(argument.partition(":")[::2] for argument in content[1:])
            yield _relation(content[0], ends.get("Arg1", ""), ends.get("Arg2", ""), triggers)
        case "E":
            for role in content[1:]:
                name, _, target = role.partition(":")
                if target:
                    yield _relation(name.rstrip("0123456789"), triggers[id], target, triggers)
        case "A" | "M" if len(content) > 1 and content[1].startswith("T"):
            answer = content[2] if len(content) > 2 else content[0]
            yield _element(content[1], content[0], "choices", {"choices": [answer]})
        case "#" | "N":
            pass  # in the region's meta
        case _:
            yield {"id": id, "type": "brat", "value": {"line": "\t".join(parts)}}


def _region(id: str, content: list[str], quoted: str | None, place: str) -> dict[str, Any]:
    label, offsets = content[0], " ".join(content[1:])
    try:
        # A span over a line break is written in pieces; where they leave words out, the quotation will not fit.
        ends = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
        start, end = ends[0][0], ends[-1][1]
    except (ValueError, IndexError):
        raise BadInputError(f"{place}: {offsets!r} are no offsets", next=f"correct {place}") from None
    value: dict[str, Any] = {"start": start, "end": end, "labels": [label]}
    return _element(id, CONTROL, "labels", value | ({"text": quoted} if quoted else {}))


def _relation(label: str, head: str, tail: str, triggers: dict[str, str]) -> dict[str, Any]:
    head, tail = triggers.get(head, head), triggers.get(tail, tail)
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [label]}


def _element(id: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": TEXT, "type": kind, "value": value}
