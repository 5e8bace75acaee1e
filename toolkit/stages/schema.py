"""``schema check``: files in, findings out. Nothing is written, and one bad file does not hide the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit.errors import BadInputError, UsageError
from toolkit.files import parse_yaml, read_text, shown
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.ontology import consistency, lint
from toolkit.ontology.consistency import Loc
from toolkit.ontology.generated import ANNOTATION_SCHEMA, LABEL_CONFIG, generated
from toolkit.ontology.guidelines import GUIDELINES
from toolkit.ontology.model import LENIENT, Ontology
from toolkit.ontology.places import locate
from toolkit.settings import in_words
from toolkit.stages.setup import stale
from toolkit.workspace import Workspace

ONTOLOGY_SUFFIXES = (".yaml", ".yml")
LABEL_CONFIG_SUFFIX = ".xml"

_UNCOMPILABLE = {*consistency.RULES, lint.HOTKEY_UNREACHABLE, lint.NAME_RESERVED} - {consistency.EXAMPLE_MARKS}
"""What the compiler refuses, or would make nonsense of: nothing is compiled where one of these is broken."""


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """The files that were looked at, the problems in them by place, and the rules that they were held against."""

    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {"files": list(self.files), "findings": [finding.as_dict() for finding in self.findings]}


def rules() -> tuple[Rule, ...]:
    """Every rule of the schema commands: of one ontology, of a plain label config, of changes, of drift."""
    from toolkit.ontology import plainxml
    from toolkit.stages import contract, drift

    return (*consistency.RULES, *lint.RULES, *plainxml.RULES, *contract.RULES, *drift.RULES)


def check_files(paths: Sequence[Path], workspace: Workspace | None, ignore: Collection[str] = ()) -> SchemaCheck:
    """Check ontologies (``.yaml``, ``.yml``) and plain label configs (``.xml``).

    The workspace's own ontology is checked together with its guidelines and the files that are generated from it.

    Args:
        paths: what to check; where empty, the workspace's ontology.
        workspace: the one we are in, where there is one.
        ignore: ids of rules whose findings are left out.

    Raises:
        UsageError: nothing to check, a file of another kind, or a rule to ignore that does not exist.
        BadInputError: a path that leads to no file.
    """
    _must_be_rules(ignore)
    wanted = {path.resolve(): path for path in paths or ([workspace.ontology] if workspace else [])}
    if not wanted:
        raise UsageError("there is nothing to check", next="goldkit schema check ONTOLOGY.yaml")
    for path in wanted.values():
        _must_be_checkable(path)
    own = workspace.ontology.resolve() if workspace else None
    files: list[Path] = []
    findings: list[Finding] = []
    for resolved, path in wanted.items():
        files.append(path)
        if path.suffix.lower() == LABEL_CONFIG_SUFFIX:
            findings += _label_config(path)
        elif workspace and resolved == own:
            files += [workspace.guidelines, path.parent / LABEL_CONFIG, path.parent / ANNOTATION_SCHEMA]
            findings += _ontology(path, workspace)
        else:
            findings += _ontology(path)
    kept = (finding for finding in findings if finding.rule not in ignore)
    return SchemaCheck(
        tuple(map(shown, files)),
        tuple(sorted(kept, key=lambda finding: (finding.place, finding))),
        tuple(rule for rule in _rules_for(wanted.values()) if rule.id not in ignore),
    )


def _rules_for(paths: Iterable[Path]) -> tuple[Rule, ...]:
    from toolkit.ontology import plainxml

    plain = any(path.suffix.lower() == LABEL_CONFIG_SUFFIX for path in paths)
    return (*consistency.RULES, *lint.RULES, *(plainxml.RULES if plain else ()))


def _must_be_rules(ids: Collection[str]) -> None:
    if not ids:
        return
    known = [rule.id for rule in rules()]
    for id in ids:
        if id not in known:
            close = get_close_matches(id, known)
            raise UsageError(
                f"no rule is called {id!r}" + (f"; is it {' or '.join(close)}?" if close else ""),
                next="goldkit schema rules (lists them)",
            )


def _must_be_checkable(path: Path) -> None:
    if path.is_dir():
        raise BadInputError(f"{path} is a folder", next=f"name the files in {path}")
    if path.suffix.lower() not in (*ONTOLOGY_SUFFIXES, LABEL_CONFIG_SUFFIX):
        raise UsageError(
            f"{path} is neither an ontology (.yaml, .yml) nor a label config (.xml)",
            next="goldkit schema check ONTOLOGY.yaml",
        )
    if not path.is_file():
        raise BadInputError(f"there is no file {path}", next="correct the path, or goldkit init (makes an ontology)")


def _label_config(path: Path) -> Iterator[Finding]:
    from toolkit.ontology.plainxml import check_config
    from toolkit.studio.labelinterface import refusal

    try:
        text = read_text(path)
    except BadInputError as error:
        yield _unreadable(path, error)
    else:
        found = check_config(text, shown(path))
        yield from found
        if not any(finding.severity is Severity.ERROR for finding in found) and (reason := refusal(text)):
            yield lint.LABEL_CONFIG_REFUSED.at(Place(shown(path), 1, 1), reason)


def _ontology(path: Path, workspace: Workspace | None = None) -> Iterator[Finding]:
    """Everything about one ontology; with a workspace, it is that workspace's own."""
    try:
        text = read_text(path)
        data = parse_yaml(text, path)
    except BadInputError as error:
        yield _unreadable(path, error)
        return
    place_of = locate(text, shown(path))
    try:
        ontology = Ontology.model_validate(data, context=LENIENT)
    except ValidationError as error:
        yield from _misfits(error, place_of)
        return
    guidelines = ""
    if workspace:
        try:
            guidelines = read_text(workspace.guidelines)
        except BadInputError as error:
            yield _unreadable(workspace.guidelines, error)
    problems = [*consistency.inconsistencies(ontology), *lint.lint(ontology, guidelines)]
    for rule, loc, message in problems:
        if loc[:1] == (GUIDELINES,) and workspace:
            _, line, column = loc
            yield rule.at(Place(shown(workspace.guidelines), int(line), int(column)), message)
        else:
            yield rule.at(place_of(loc), message)
    if not any(problem.rule in _UNCOMPILABLE for problem in problems):
        yield from _compiled(ontology, path, workspace)


def _misfits(error: ValidationError, place_of: Callable[[Loc], Place]) -> Iterator[Finding]:
    """What does not have the form of an ontology; a list that seems too short for the items it lost is left out."""
    problems = error.errors(include_url=False)
    for problem in problems:
        loc = problem["loc"]
        if problem["type"] == "too_short" and any(
            other["loc"][: len(loc)] == loc != other["loc"] for other in problems
        ):
            continue
        where, said = ".".join(map(str, loc)), in_words(problem, Ontology)
        yield lint.STRUCTURE.at(place_of(loc), f"{where}: {said}" if where else said)


def _compiled(ontology: Ontology, path: Path, workspace: Workspace | None) -> Iterator[Finding]:
    from toolkit.annotations.model import Annotation
    from toolkit.studio.labelinterface import refusal

    if workspace:
        for file in stale(ontology, path.parent):
            state = "is not what the ontology compiles to" if file.is_file() else "is not there"
            yield lint.GENERATED_STALE.at(Place(shown(file)), f"{file.name} {state}")
    if reason := refusal(generated(ontology, Annotation)[LABEL_CONFIG]):
        yield lint.LABEL_CONFIG_REFUSED.at(Place(shown(path)), f"LabelInterface refuses the label config: {reason}")


def _unreadable(path: Path, error: BadInputError) -> Finding:
    """What ``files`` says of a file, with the place that it puts before its words."""
    said = error.message.removeprefix(str(path)).lstrip(": ").replace(str(path), shown(path))
    placed = re.match(r"(\d+):(?:(\d+):)? ", said)
    if not placed:
        return lint.STRUCTURE.at(Place(shown(path)), " ".join(said.split()))
    line, column = map(int, placed.groups("0"))
    return lint.STRUCTURE.at(Place(shown(path), line, column), said[placed.end() :])
