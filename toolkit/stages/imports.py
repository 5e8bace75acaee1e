"""From a hand-written label config to an ontology, and to the mapping that old exports are read with."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import UsageError
from toolkit.files import read_text, write_text
from toolkit.findings import Finding

if TYPE_CHECKING:
    from toolkit.ontology.imported import Names
    from toolkit.ontology.model import Ontology

_GENERATED = re.compile(r"<!--\s*Generated from ontology (\S+) ([\d.]+)")


@dataclass(frozen=True, slots=True)
class Imported:
    """The two files that were written, how much is in them, and what could not be carried over."""

    ontology: Path
    mapping: Path
    labels: int
    relations: int
    attributes: int
    renamed: int
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """What was written, for people."""
        return (
            f"{self.ontology}: {self.labels} labels, {self.relations} relations, {self.attributes} questions\n"
            f"{self.mapping}: {self.renamed} names that are not what they were\n"
            f"next: fill in the definitions in {self.ontology}, then goldkit schema check {self.ontology}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "ontology": str(self.ontology),
            "mapping": str(self.mapping),
            "counts": {
                "labels": self.labels,
                "relations": self.relations,
                "attributes": self.attributes,
                "renamed": self.renamed,
            },
            "findings": [finding.as_dict() for finding in self.findings],
        }


def import_config(path: Path, ontology: Path, mapping: Path) -> Imported:
    """Make an ontology of a label config that somebody wrote by hand, and a mapping for exports made with it.

    Args:
        path: the label config (XML).
        ontology: where to write the ontology.
        mapping: where to write the mapping, for ``goldkit pull --from-file``.

    Raises:
        UsageError: one of the two is there already, they are one file, or the config was generated from an ontology.
        BadInputError: the config cannot be read, or labels no text. Nothing is written then.
    """
    from toolkit.ontology.handwritten import HandWritten
    from toolkit.ontology.imported import carry_over
    from toolkit.ontology.safenames import safe_name
    from toolkit.ontology.xmlrules import flaws
    from toolkit.ontology.xmltree import parse

    text = read_text(path)
    if generated := _GENERATED.search(text):
        name, version = generated.groups()
        raise UsageError(
            f"{path} was generated from the ontology {name} {version}, which is the source of it",
            next="take that ontology (configs/ontology.yaml beside it); to change it: edit it, goldkit schema compile",
        )
    file = str(path)
    screen = HandWritten(parse(text, file))
    _refuse_to_overwrite(path, ontology, mapping)
    carried = carry_over(screen, safe_name(path.stem, "ontology"), file)
    findings = [remark.at(file) for remark in (*flaws(screen), *carried.losses)]
    _write_both(ontology, _ontology_text(carried.ontology, path, mapping), mapping, _mapping_text(carried.names, path))
    return Imported(
        ontology=ontology,
        mapping=mapping,
        labels=len(carried.ontology.entities),
        relations=len(carried.ontology.relations),
        attributes=len(carried.ontology.all_attributes),
        renamed=carried.names.renamed,
        findings=tuple(sorted(findings, key=lambda finding: finding.place)),
    )


def _refuse_to_overwrite(path: Path, ontology: Path, mapping: Path) -> None:
    if ontology.resolve() == mapping.resolve():
        raise UsageError(f"{ontology} cannot be both files", next="give --ontology and --mapping different names")
    for option, target in (("--ontology", ontology), ("--mapping", mapping)):
        if target.exists():
            raise UsageError(
                f"{target} is there already, and is not overwritten",
                next=f"goldkit schema import {path} {option} OTHER.yaml, or move {target} away",
            )


def _write_both(ontology: Path, ontology_text: str, mapping: Path, mapping_text: str) -> None:
    write_text(ontology, ontology_text)
    try:
        write_text(mapping, mapping_text)
    except BaseException:
        ontology.unlink()  # it was not there before
        raise


def _ontology_text(ontology: Ontology, path: Path, mapping: Path) -> str:
    from toolkit.ontology.layout import ontology_yaml

    comment = [
        f"Imported from {_called(path)} by goldkit schema import. What is left to do by hand:",
        "- definition: say what each name means, and what not; annotators see it beside the label",
        "- examples: add a sentence or two to each label and each relation, with the words that are marked",
    ]
    if ontology.relations:
        comment.append(
            "- head and tail: a label config does not say which types a relation joins, so here it joins any"
        )
    comment.append(f"Then goldkit schema check. Exports made with the old names are read with {_called(mapping)}.")
    return ontology_yaml(ontology, comment)


def _mapping_text(names: Names, path: Path) -> str:
    return "".join(f"{line}\n" for line in _mapping_lines(names, path))


def _mapping_lines(names: Names, path: Path) -> Iterator[str]:
    from toolkit.ontology.layout import one_line

    yield f"# What the names of {_called(path)} mean here: goldkit pull --from-file EXPORT --mapping THIS_FILE"
    yield "# Names that are the same there and here need no line."
    if names.text:
        yield one_line("text", names.text)
    for section in ("labels", "relations", "attributes", "choices", "controls"):
        table: dict[str, str] = getattr(names, section)
        if table:
            yield f"{section}:"
        for theirs, ours in table.items():
            why = f"  # {names.why[theirs]}" if section == "controls" and theirs in names.why else ""
            yield textwrap.indent(one_line(theirs, ours), "  ") + why


def _called(path: Path) -> str:
    """A file in a comment: its name, on one line."""
    return " ".join(path.name.split())
