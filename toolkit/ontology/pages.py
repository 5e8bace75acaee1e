"""A page for the annotator for each layer, in Markdown: every name with its key, meaning, examples and questions.

The pages are made from the ontology as the screen is, so they say what the screen offers. They are read beside it, on
paper or on the web, so each has what is looked up most at the top: a table of the names, then what is often confused,
then the questions. What Label Studio itself shows is in ``instructions.py``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from toolkit.ontology.across import LINKS
from toolkit.ontology.decisions import layer_of, told_apart
from toolkit.ontology.instructions import ENDS, marked
from toolkit.ontology.model import (
    Attribute,
    ClaimLinkType,
    Decision,
    Defined,
    Ontology,
    Option,
    RelationType,
    SpanType,
)

# After a backslash each is a character and no more: what can begin something within a line, and at the start of one.
# An underscore within a name begins nothing.
_ACTIVE = re.compile(r"[\\`*\[\]|~<>#$&]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"^(\d*)([-+=.)])")


def pages(ontology: Ontology) -> dict[str, str]:
    """Markdown by file name: ``entities.md``, and ``relations.md``, ``claims.md`` and ``links.md`` where they are.

    What the ontology says stays words: markup in it is shown, not obeyed.
    """
    layers = {
        "entities": ("Entities and values", _entities(ontology), _entity_questions(ontology)),
        "relations": ("Relations", _relations(ontology.relations, ontology), _relation_questions(ontology)),
        "claims": ("Claims", _claims(ontology), _claim_questions(ontology)),
        LINKS: ("Across articles", _links(ontology), _link_questions(ontology)),
    }
    return {
        f"{layer}.md": "\n\n".join((f"# {title}", *body, *_decisions(ontology, layer), *asked, _origin(ontology)))
        + "\n"
        for layer, (title, names, asked) in layers.items()
        if (body := list(names))
    }


def _origin(ontology: Ontology) -> str:
    source = f"the ontology {_code(ontology.name)} {ontology.version}"
    return f"Made from {source} by `goldkit schema compile`: change that, not this page."


def _entities(ontology: Ontology) -> Iterator[str]:
    yield "Mark the words that are bold in the examples: those, and no more."
    yield from _spans(ontology.mention_types.values())


def _entity_questions(ontology: Ontology) -> Iterator[str]:
    yield from _asked("every entity", ontology.mention_attributes)
    for span in ontology.mention_types.values():
        yield from _asked(_code(span.name), span.attributes)


def _relations(relations: Collection[RelationType], ontology: Ontology) -> Iterator[str]:
    told = {one.name for one in relations if ontology.told_by_ends(one)}
    rows = [
        (
            _code(one.name) + (" (no label needed)" if one.name in told else ""),
            _ends(one),
            _words(one.definition),
            _shown(one, not one.symmetric),
        )
        for one in relations
    ]
    if rows:
        hints = {
            "Begin at the words with ¹ and go to those with ².": True,
            "Where there are no numbers, begin at either.": any(one.symmetric for one in relations),
            "An arrow needs no label where its ends tell which it is.": told,
        }
        yield " ".join(hint for hint, holds in hints.items() if holds)
        yield _table(("Name", "Between", "Meaning", "Examples"), rows)


def _relation_questions(ontology: Ontology) -> Iterator[str]:
    if ontology.relations and ontology.modality:
        yield from _asked("every relation", (ontology.modality,))


def _claims(ontology: Ontology) -> Iterator[str]:
    if claims := ontology.claims:
        yield from _spans((claims.content, claims.cue))
        yield "## Links"
        yield from _relations(ontology.claim_links.values(), ontology)


def _claim_questions(ontology: Ontology) -> Iterator[str]:
    if claims := ontology.claims:
        for span in (claims.content, claims.cue):
            yield from _asked(_code(span.name), span.attributes)


def _links(ontology: Ontology) -> Iterator[str]:
    if ontology.linked_types:
        names = ", ".join(_code(span.name) for span in ontology.entities if span.name in ontology.linked_types)
        yield "## Who is who"
        yield f"Mentions of one and the same are put together, whatever it is called in each article: {names}."
    if links := ontology.claim_link_types.values():
        rows = (
            (
                _code(one.hotkey),
                _code(one.name),
                " ".join(filter(None, (_words(one.definition), _ways(one)))),
                _shown(one),
            )
            for one in links
        )
        yield "## How two claims bear on each other"
        yield _table(("Key", "Link", "Meaning", "Examples"), rows)


def _link_questions(ontology: Ontology) -> Iterator[str]:
    for link in ontology.claim_link_types.values():
        yield from _asked(_code(link.name), link.attributes)


def _spans(spans: Iterable[SpanType]) -> Iterator[str]:
    rows = ((_code(one.hotkey), _code(one.name), _words(one.definition), _shown(one)) for one in spans)
    yield _table(("Key", "Label", "Meaning", "Examples"), rows)


def _ends(relation: RelationType) -> str:
    heads, tails = (" ".join(map(_code, end)) for end in (relation.head, relation.tail))
    if relation.symmetric:
        ends = heads if set(relation.head) == set(relation.tail) else f"{heads} and {tails}"
    else:
        ends = f"¹{heads} → ²{tails}"
    return f"{ends}, both of one type" if relation.same_type else ends


def _ways(link: ClaimLinkType) -> str:
    """Which key says it of which claim, where that is not the same."""
    keys = (
        (link.hotkey, f"the later claim {_code(link.name)} the earlier one"),
        (link.backward_hotkey, "the opposite"),
    )
    return " ".join(f"Key {_code(key)}: {way}." for key, way in keys if key and not link.symmetric)


def _shown(one: Defined, numbered: bool = False) -> str:
    # <b>, no asterisks: beside a quotation mark, or in scripts without spaces, they would stay asterisks.
    return "<br>".join(_line(marked(example, _inline, ENDS if numbered else ())) for example in one.examples)


def _asked(about: str, attributes: Iterable[Attribute]) -> Iterator[str]:
    if questions := list(attributes):
        yield f"## Asked about {about}"
        yield from chain.from_iterable(map(_question, questions))


def _question(attribute: Attribute) -> Iterator[str]:
    silence = f"No answer means {_words(attribute.default)}." if attribute.default else ""
    must = "It must be answered." if attribute.required else ""
    asked = f"**{_words(attribute.question or attribute.name)}** ({_code(attribute.name)})"
    yield " ".join(filter(None, (asked, _words(attribute.definition), must, silence)))
    if attribute.options:
        yield "\n".join(map(_option, attribute.options))


def _option(option: Option) -> str:
    key = f" ({_code(option.hotkey)})" if option.hotkey else ""
    return f"- {_code(option.name)}{key}" + (f": {_words(option.definition)}" if option.definition else "")


def _decisions(ontology: Ontology, layer: str) -> Iterator[str]:
    """What is often confused in a layer, as nested lists of questions."""
    trees = [tree for tree in ontology.decisions if layer_of(tree, ontology) == layer]
    if trees:
        yield "## What is often confused"
    for tree in trees:
        of = f"{_code(tree.of)}: " if tree.of and tree.of != LINKS else ""
        yield f"**{of}{_words(told_apart(tree))}?** {_words(tree.ask.question)}"
        yield "\n".join(_branches(tree.ask))


def _branches(decision: Decision, indent: str = "") -> Iterator[str]:
    for answer, end in decision.branches:
        if isinstance(end, str):
            yield f"{indent}- {answer}: {_code(end)}"
        else:
            yield f"{indent}- {answer}: {_words(end.question)}"
            yield from _branches(end, f"{indent}  ")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; a column in which no row says anything is left out."""
    listed = list(rows)
    there = [number for number in range(len(head)) if any(row[number] for row in listed)]
    lines = (head, ("---",) * len(head), *listed)
    return "\n".join(f"| {' | '.join(row[number] for number in there)} |" for row in lines)


def _words(text: str) -> str:
    return _line(_inline(text))


def _inline(text: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", re.sub(r"\s+", " ", text))


def _line(text: str) -> str:
    return _BLOCK.sub(r"\1\\\2", text.strip())


def _code(name: str | None) -> str:
    return f"`{name}`" if name else ""
