"""brat standoff, a folder an annotator, read as the tasks of a Label Studio export.

::

    corpus/amina/storm-1.txt  storm-1.ann      one folder for each annotator; a text may also stand
    corpus/boris/storm-1.ann                   once, beside the annotators' folders: corpus/storm-1.txt

Text-bound annotations become regions, in the control ``brat`` of no project; binary relations and the roles of events
become relations, attributes answers, notes and normalisations the region's ``meta``. What is left (equivalences,
attributes and notes of events) becomes an element of a type that the checks reject and count. brat counts code points,
as we do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.annotations.reading import short
from toolkit.errors import BadInputError
from toolkit.files import read_text
from toolkit.ontology.labelconfig import TEXT

CONTROL = "brat"
_NO_BRAT = (".conll", ".bio", ".iob", ".iob2", ".tsv")

_EXPECTED = "one folder an annotator, each with .ann files, and their .txt there or one folder up"


def is_standoff(folder: Path) -> bool:
    """Whether there is a brat file in the folder or below."""
    return next(folder.rglob("*.ann"), None) is not None


def read_standoff(folder: Path) -> list[dict[str, Any]]:
    """A task for every document, with an annotation for every annotator who has an .ann file of it.

    Raises BadInputError with file and line where something is no standoff, or a document has no text.
    """
    tasks: dict[str, dict[str, Any]] = {}
    first_of: dict[str, Path] = {}
    for person in _people(folder):
        for file in sorted(person.rglob("*.ann")):
            document = file.relative_to(person).with_suffix("").as_posix()
            text = _text_of(file, person, folder)
            first = first_of.setdefault(document, file)
            task = tasks.setdefault(document, _task(document, text, len(tasks) + 1))
            if task["data"][TEXT] != text:
                raise BadInputError(
                    f"{file}: its text is not the one of {first}, and both are called {document}",
                    next="give all annotators the same text, or another name to one of the two",
                )
            author = {"email": person.resolve().name}
            task["annotations"].append({"id": task["id"], "completed_by": author, "result": list(_elements(file))})
    return list(tasks.values())


def _people(folder: Path) -> list[Path]:
    """Each annotator's folder. Raises BadInputError where it is not clear whose a file is."""
    below = sorted(path for path in folder.iterdir() if path.is_dir() and is_standoff(path))
    here = sorted(folder.glob("*.ann"))
    if here and below:
        raise BadInputError(
            f"{folder}: whose is {here[0].name}, beside the folder {below[0].name}?", next=f"expected: {_EXPECTED}"
        )
    if others := sorted(path for path in folder.iterdir() if path.suffix.lower() in _NO_BRAT):
        raise BadInputError(
            f"{folder}: both brat files and CoNLL ({others[0].name}) in it",
            next="put the two into folders of their own; one pull takes one of them",
        )
    return [folder] if here else below


def _task(document: str, text: str, number: int) -> dict[str, Any]:
    return {"id": number, "data": {"id": document, TEXT: text}, "annotations": []}


def _text_of(file: Path, person: Path, folder: Path) -> str:
    own = file.with_suffix(".txt")
    shared = folder / own.relative_to(person)
    for path in (own, shared):
        if path.is_file():
            text = read_text(path)
            if not text or "\0" in text:
                what = "this is no text (it holds a zero byte)" if text else "there is no text in it"
                raise BadInputError(
                    f"{path}: {what}",
                    next=f"put the text that was annotated into {path}",
                )
            return text
    raise BadInputError(
        f"{file}: its text is neither {own} nor {shared}", next=f"put the text there; expected: {_EXPECTED}"
    )


def _elements(file: Path) -> Iterator[dict[str, Any]]:
    lines = [
        (number, line.rstrip("\r").split("\t"))
        for number, line in enumerate(read_text(file).split("\n"), start=1)
        if line.strip()
    ]
    regions: set[str] = set()
    triggers: dict[str, str] = {}  # an event by the region of its trigger
    meta: dict[str, dict[str, list[str]]] = {}
    for number, parts in lines:
        place = f"{file}:{number}"
        if len(parts) < 2 or not parts[0]:
            raise BadInputError(f"{place}: no brat annotation (id, tab, content)", next=f"correct {place}")
        if parts[0].startswith("E"):
            triggers[parts[0]] = parts[1].split(" ")[0].partition(":")[2]
        elif parts[0].startswith("T"):
            regions.add(parts[0])
        elif parts[0][0] in "#N":
            fields = parts[1].split(" ")
            said = parts[2:] if parts[0].startswith("#") else fields[2:]
            meta.setdefault(_target(parts), {}).setdefault(fields[0], []).extend(said)
    for number, parts in lines:
        if parts[0][0] in "#N" and _target(parts) in regions:
            continue  # in the region's meta
        yield from _of_line(parts, f"{file}:{number}", triggers, meta)


def _target(parts: list[str]) -> str:
    """What a note or a normalisation is about."""
    return ([*parts[1].split(" "), ""])[1]


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
                yield _relation(name.rstrip("0123456789"), triggers[id], target, triggers)
        case "A" | "M" if len(content) > 1 and content[1].startswith("T"):
            answer = content[2] if len(content) > 2 else content[0]
            yield _element(content[1], content[0], "choices", {"choices": [answer]})
        case _:
            yield {"id": id, "type": "brat", "value": {"line": "\t".join(parts)}}


def _region(id: str, content: list[str], quoted: str | None, place: str) -> dict[str, Any]:
    label, offsets = content[0], " ".join(content[1:])
    try:
        # A span over a line break is written in pieces; where they leave words out, the quotation will not fit.
        ends = [tuple(map(int, piece.split(" "))) for piece in offsets.split(";")]
        start, end = ends[0][0], ends[-1][1]
    except (ValueError, IndexError):
        raise BadInputError(f"{place}: {short(offsets)!r} are no offsets", next=f"correct {place}") from None
    if len(ends) > 1 and not quoted:
        raise BadInputError(f"{place}: a span in pieces, and its words are not there", next=f"correct {place}")
    value: dict[str, Any] = {"start": start, "end": end, "labels": [label]}
    return _element(id, CONTROL, "labels", value | ({"text": quoted} if quoted else {}))


def _relation(label: str, head: str, tail: str, triggers: dict[str, str]) -> dict[str, Any]:
    head, tail = triggers.get(head, head), triggers.get(tail, tail)
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": [label]}


def _element(id: str, control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "from_name": control, "to_name": TEXT, "type": kind, "value": value}
