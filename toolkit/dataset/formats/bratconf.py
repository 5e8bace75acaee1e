"""brat's configuration of an ontology: what may be labelled and joined, and in which colours it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.ontology.model import Ontology, RelationType


def annotation_conf(ontology: Ontology) -> str:
    """``annotation.conf``: spans, relations, no events, and the questions that have choices."""
    sections = {
        "entities": list(ontology.spans),
        "relations": [_relation(relation) for relation in ontology.all_relations],
        "events": [],
        "attributes": list(_attributes(ontology)),
    }
    return _sections(sections)


def visual_conf(ontology: Ontology) -> str:
    """``visual.conf``: the ontology's colours, with letters that can be read on them."""
    drawing = [
        f"{name}\tfgColor:{_readable_on(span.colour)}, bgColor:{span.colour}" for name, span in ontology.spans.items()
    ]
    return _sections({"labels": [f"{name} | {name}" for name in ontology.spans], "drawing": drawing})


def _sections(sections: dict[str, list[str]]) -> str:
    return "\n".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


def _relation(relation: RelationType) -> str:
    ends = f"Arg1:{'|'.join(relation.head)}, Arg2:{'|'.join(relation.tail)}"
    return f"{relation.name}\t{ends}{', <REL-TYPE>:symmetric' if relation.symmetric else ''}"


def _attributes(ontology: Ontology) -> Iterator[str]:
    """A line for each question that has choices, with the spans it is asked about."""
    for question in ontology.all_attributes:
        if question.options:
            asked = [span for span in ontology.spans if question.name in ontology.attributes_of(span)]
            yield f"{question.name}\tArg:{'|'.join(asked)}, Value:{'|'.join(question.choices)}"


def _readable_on(colour: str) -> str:
    """Black, or white where the colour is dark (its luma, ITU-R BT.601, below the middle)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue >= 128 else "white"
