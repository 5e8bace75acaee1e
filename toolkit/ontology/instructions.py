"""What annotators read in Label Studio: the guidelines as HTML, with tables of everything that can be labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt

from toolkit.ontology.across import LINKS
from toolkit.ontology.decisions import layer_of, told_apart
from toolkit.ontology.model import Attribute, Decision, DecisionTree, Defined, Example, Ontology, RelationType, SpanType

GUIDE = "gk-guide"
"""The class that screen.css styles; Label Studio shows the instructions without lists' bullets and tables' lines."""

ENDS = ("¹", "²")
"""What marks a relation's head and tail in an example."""


def instructions_html(guidelines: str, ontology: Ontology) -> str:
    """The text of a Label Studio project's ``expert_instruction``.

    Args:
        guidelines: Markdown; HTML in it is shown, not obeyed.
        ontology: where the tables at the end come from.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return guide(str(markdown.render(guidelines)).rstrip(), *_tables(ontology))


def guide(*parts: str) -> str:
    """Instructions of these parts, in the look of all of them."""
    return "\n".join((f'<div class="{GUIDE}">', *parts, "</div>", ""))


def _tables(ontology: Ontology) -> Iterator[str]:
    yield "<h2>All labels</h2>"
    yield html_table(("Label", "Key", "What it is", "For example"), map(_span_row, ontology.spans.values()))
    if ontology.all_relations:
        yield "<h2>All relations</h2>"
        yield html_table(
            ("Relation", "From", "To", "What it says", "For example"),
            (_relation_row(relation, ontology) for relation in ontology.all_relations),
        )
    if ontology.modality:
        yield f"<p>{escape(ontology.modality.definition)}</p>"
        yield html_table(("Second label", "Key", "Meaning"), option_rows(ontology.modality))
    yield "<h2>All questions</h2>"
    asked = {
        attribute.name: attribute for span in ontology.spans for attribute in ontology.attributes_of(span).values()
    }
    for attribute in asked.values():
        default = f" No answer means {attribute.default}." if attribute.default else ""
        question = escape(attribute.question or attribute.name)
        yield f"<p><strong>{question}</strong> {escape(attribute.definition + default)}</p>"
        if attribute.options:
            yield html_table(("Answer", "Key", "Meaning"), option_rows(attribute))
    yield from decision_lists(tree for tree in ontology.decisions if layer_of(tree, ontology) != LINKS)


def decision_lists(trees: Iterable[DecisionTree]) -> Iterator[str]:
    """Decision trees as nested lists below a heading; nothing where there are none."""
    for number, tree in enumerate(trees):
        if number == 0:
            yield "<h2>What is often confused</h2>"
        of = f"{code(tree.of)}: " if tree.of and tree.of != LINKS else ""
        yield f"<p><strong>{of}{escape(told_apart(tree))}?</strong> {escape(tree.ask.question)}</p>{_answers(tree.ask)}"


def _answers(decision: Decision) -> str:
    rows = (f"<li>{word}: {_leads_to(end)}</li>" for word, end in decision.branches)
    return f"<ul>{''.join(rows)}</ul>"


def _leads_to(end: str | Decision) -> str:
    return code(end) if isinstance(end, str) else escape(end.question) + _answers(end)


def _span_row(span: SpanType) -> tuple[str, ...]:
    return code(span.name), code(span.hotkey or ""), escape(span.definition), examples(span)


def _relation_row(relation: RelationType, ontology: Ontology) -> tuple[str, ...]:
    notes = {
        "both ways": relation.symmetric,
        "of one type": relation.same_type,
        "no label needed": ontology.told_by_ends(relation),
    }
    name = " ".join((code(relation.name), *(f"({note})" for note, holds in notes.items() if holds)))
    ends = (", ".join(relation.head), ", ".join(relation.tail))
    return name, *map(escape, ends), escape(relation.definition), examples(relation, numbered=not relation.symmetric)


def option_rows(attribute: Attribute) -> Iterator[tuple[str, ...]]:
    """The answers to a question, for a table: name, key, meaning."""
    for option in attribute.options:
        yield code(option.name), code(option.hotkey or ""), escape(option.definition)


def examples(defined: Defined, *, numbered: bool = False) -> str:
    """The examples one below the other, the marked words in bold; ``numbered`` ones tell head and tail."""
    return "<br>".join(marked(example, escape, ENDS if numbered else ()) for example in defined.examples)


def marked(example: Example, write: Callable[[str], str], numbers: Sequence[str] = ()) -> str:
    """The text with its marked words in bold, each with its number; words within others are named behind it.

    ``write`` makes the pieces fit for where they will stand.
    """
    number = dict(zip(example.marked, numbers, strict=False))
    shown = ""
    for piece, is_marked in example.pieces():
        shown += f"<b>{write(piece)}</b>{number.pop(piece, '')}" if is_marked else write(piece)
    return shown + "".join(f" ({mark} {write(words)})" for words, mark in number.items() if words in example.text)


def code(text: str) -> str:
    """A name or a key, as HTML; nothing of none."""
    return f"<code>{escape(text)}</code>" if text else ""


def html_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of cells that are HTML already."""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
