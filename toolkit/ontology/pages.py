"""A page for the annotator for each layer, in Markdown: every name with its key, meaning, examples and questions.

The pages are made from the ontology as the screen is, so they say what the screen offers. They are read beside it, on
paper or on the web; what Label Studio itself shows is in ``instructions.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from toolkit.ontology.across import LINKS
from toolkit.ontology.decisions import layer_of, told_apart
from toolkit.ontology.model import (
    Attribute,
    ClaimLinkType,
    Decision,
    Defined,
    Example,
    Ontology,
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
        "entities": ("Entities and values", _entities(ontology)),
        "relations": ("Relations", _relations(ontology)),
        "claims": ("Claims", _claims(ontology)),
        LINKS: ("Across articles", _links(ontology)),
    }
    return {
        f"{layer}.md": "\n\n".join((f"# {title}", _origin(ontology), *body, *_decisions(ontology, layer))) + "\n"
        for layer, (title, parts) in layers.items()
        if (body := list(parts))
    }


def _origin(ontology: Ontology) -> str:
    source = f"the ontology {_code(ontology.name)} {ontology.version}"
    return f"Made from {source} by `goldkit schema compile`: change that, not this page."


def _entities(ontology: Ontology) -> Iterator[str]:
    for span in ontology.mention_types.values():
        yield from _span(span)
    if ontology.mention_attributes:
        yield "## Asked about every entity"
        yield from chain.from_iterable(map(_question, ontology.mention_attributes))


def _relations(ontology: Ontology) -> Iterator[str]:
    for relation in ontology.relations:
        yield from _relation(relation)
    if ontology.relations and ontology.modality:
        yield "## Asked about every relation"
        yield from _question(ontology.modality)


def _claims(ontology: Ontology) -> Iterator[str]:
    claims = ontology.claims
    for span in (claims.content, claims.cue) if claims else ():
        yield from _span(span)
    for link in ontology.claim_links.values():
        yield from _relation(link)


def _links(ontology: Ontology) -> Iterator[str]:
    if ontology.linked_types:
        yield "## Who is who"
        yield "Mentions of one and the same are put together, whatever it is called in each article. This is done for:"
        spans = (span for span in ontology.entities if span.name in ontology.linked_types)
        yield "\n".join(f"- {_code(span.name)}: {_words(span.definition)}" for span in spans)
    for link in ontology.claim_link_types.values():
        yield from _claim_link(link)


def _span(span: SpanType) -> Iterator[str]:
    yield from _defined(span, span.hotkey)
    yield from chain.from_iterable(map(_question, span.attributes))


def _relation(relation: RelationType) -> Iterator[str]:
    heads, tails = (", ".join(map(_code, end)) for end in (relation.head, relation.tail))
    ends = f"{'Between' if relation.symmetric else 'From'} {heads} {'and' if relation.symmetric else 'to'} {tails}"
    ends += "; both ends of one type." if relation.same_type else "."
    yield from _defined(relation, None, f"{ends} Either end may come first." if relation.symmetric else ends)


def _claim_link(link: ClaimLinkType) -> Iterator[str]:
    keys = (
        (link.hotkey, f"the later claim {_code(link.name)} the earlier one"),
        (link.backward_hotkey, "the opposite"),
    )
    ways = (f"Key {_code(key)}: {way}." for key, way in keys if key and not link.symmetric)
    yield from _defined(link, link.hotkey, " ".join(ways))
    yield from chain.from_iterable(map(_question, link.attributes))


def _defined(one: Defined, key: str | None, *more: str) -> Iterator[str]:
    """The heading of a name, its definition, what ``more`` there is to say, and its examples."""
    yield f"## {_code(one.name)}" + (f", key {_code(key)}" if key else "")
    yield from filter(None, (_words(one.definition), *more, "\n".join(map(_example, one.examples))))


def _example(example: Example) -> str:
    # No asterisks: beside a quotation mark, or within the words of scripts without spaces, they would stay asterisks.
    shown = ((_inline(piece), marked) for piece, marked in example.pieces())
    return "- " + _line("".join(f"<b>{piece}</b>" if marked else piece for piece, marked in shown))


def _question(attribute: Attribute) -> Iterator[str]:
    silence = f"No answer means {_words(attribute.default)}." if attribute.default else ""
    must = "It must be answered." if attribute.required else ""
    asked = f"**{_words(attribute.question or attribute.name)}** ({_code(attribute.name)})"
    yield " ".join(filter(None, (asked, _words(attribute.definition), must, silence)))
    if attribute.options:
        rows = ((_code(one.name), _code(one.hotkey), _words(one.definition)) for one in attribute.options)
        table = (("Answer", "Key", "Meaning"), ("---",) * 3, *rows)
        yield "\n".join(f"| {' | '.join(row)} |" for row in table)


def _decisions(ontology: Ontology, layer: str) -> Iterator[str]:
    """What is often confused in a layer, as nested lists of questions."""
    trees = [tree for tree in ontology.decisions if layer_of(tree, ontology) == layer]
    if trees:
        yield "## What is often confused"
    for tree in trees:
        yield f"### {_words(told_apart(tree))}?"
        yield _words(tree.ask.question)
        yield "\n".join(_branches(tree.ask))


def _branches(decision: Decision, indent: str = "") -> Iterator[str]:
    for answer, end in decision.branches:
        if isinstance(end, str):
            yield f"{indent}- {answer}: {_code(end)}"
        else:
            yield f"{indent}- {answer}: {_words(end.question)}"
            yield from _branches(end, f"{indent}  ")


def _words(text: str) -> str:
    return _line(_inline(text))


def _inline(text: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", re.sub(r"\s+", " ", text))


def _line(text: str) -> str:
    return _BLOCK.sub(r"\1\\\2", text.strip())


def _code(name: str | None) -> str:
    return f"`{name}`" if name else ""
