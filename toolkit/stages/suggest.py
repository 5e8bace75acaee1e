"""Suggestions: asked for, checked, kept, and shown to annotators; a share of the articles gets none."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.errors import SourceError, UsageError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.stages.gold import resolve
from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.model import Mention
    from toolkit.articles.model import Article
    from toolkit.ontology.model import Ontology
    from toolkit.project import SourceSettings, StudioProject
    from toolkit.suggest.model import Source, Suggestions
    from toolkit.suggest.shown import Arm

SOURCE_LEFT = Rule(
    "suggestion-source-left",
    "A source is asked about all articles that nobody has labelled.",
    Severity.WARNING,
    "goldkit suggest asks anew; mend the source first where it failed",
)

CONTROL_EMPTY = Rule(
    "suggestions-control-empty",
    "Where there is to be a control, some articles are in it.",
    Severity.WARNING,
    "another control_seed, or a larger control, under suggestions in configs/project.yaml, before anything is pushed",
)

MANIFEST = "manifest.json"
AT_ONCE = 50  # articles that a source is asked about before the bar moves


@dataclass(frozen=True, slots=True)
class Suggested:
    """What became of one source's suggestions.

    ``asked`` articles have no annotation and are not in the control; of them ``answered`` have suggestions. ``labels``
    counts what may be shown, ``refused`` what may not.
    """

    source: str
    version: str
    asked: int
    answered: int
    control: int
    labels: Mapping[str, int]
    refused: int
    file: str
    findings: tuple[Finding, ...]
    stopped: bool = False  # with Ctrl-C, after some answers

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"findings": [finding.as_dict() for finding in self.findings]}


def suggest(workspace: Workspace, name: str = "", *, bar: Bar = no_bar) -> Suggested:
    """Ask a source (by default the shown one) about all articles that nobody has labelled, and keep what it says.

    Suggestions that annotators were shown before are kept beside them. Raises UsageError where there is no such source,
    SourceError where it cannot go on and has said nothing yet; nothing is written then.
    """
    from toolkit.annotations.codec import Codec
    from toolkit.annotations.store import load_annotations
    from toolkit.files import write_json, write_jsonl
    from toolkit.suggest.checks import check
    from toolkit.suggest.shown import FILE, load_shown

    settings = _named(workspace, name)
    schema, stored, control = ontology(workspace), articles(workspace), in_control(workspace)
    labelled = set[str]()
    if workspace.annotations.is_file():
        labelled = {one.article_id for one in load_annotations(workspace.annotations)}
    free = [stored[id] for id in sorted(stored.keys() - labelled)]
    asked = [article for article in free if not control(article.article_id)]
    findings: list[Finding] = []
    if workspace.project.suggestions.control and not any(map(control, stored)):
        message = f"of {len(stored)} articles none was drawn for the control"
        findings.append(CONTROL_EMPTY.at(Place(file="configs/project.yaml"), message))
    source, codec = _source(workspace, settings, stored, schema), Codec(schema)
    kept: dict[str, Suggestions] = {}
    refused, stopped = 0, False
    with bar(f"asking {settings.name}", len(asked)) as advance:
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE]
            try:
                for given in source.suggest(some):
                    if isinstance(given, Finding):
                        findings.append(given)
                    elif given.article_id in stored:
                        checked = check(given, stored[given.article_id], codec, settings.layers, settings.least_score)
                        findings += checked.findings
                        refused += given.refused + checked.refused
                        if checked.suggestions.items:
                            kept[given.article_id] = checked.suggestions
            except (SourceError, KeyboardInterrupt) as error:
                if not kept:
                    raise
                stopped = isinstance(error, KeyboardInterrupt)
                reason = error.message if isinstance(error, SourceError) else f"{settings.name} was stopped"
                message = f"{reason}; what it said of {len(kept)} articles is kept"
                findings.append(SOURCE_LEFT.at(Place(file="configs/project.yaml"), message))
                break
            advance(len(some))
    folder, file = workspace.suggestions, workspace.suggestions / f"{settings.name}.jsonl"
    shown = {(row.article_id, row.version) for row in load_shown(folder / FILE)}
    before = [one for one in _load(file) if (one.article_id, one.version) in shown]
    rows = {(one.article_id, one.version): one for one in (*before, *kept.values())}
    write_jsonl(file, (one.model_dump(mode="json") for _, one in sorted(rows.items())))
    suggested = Suggested(
        source=settings.name,
        version=source.version,
        asked=len(asked),
        answered=len(kept),
        control=len(free) - len(asked),
        labels=dict(sorted(_labels(kept.values()).items())),
        refused=refused,
        file=str(file),
        findings=tuple(sorted(findings)),
        stopped=stopped,
    )
    told = {key: value for key, value in suggested.as_dict().items() if key not in ("file", "findings", "stopped")}
    told["ontology"] = _digest(schema)
    write_json(folder / MANIFEST, _manifest(workspace) | {settings.name: told})
    return suggested


@dataclass(frozen=True, slots=True)
class Plan:
    """What the annotators of one Label Studio project are to find in their articles: ``results`` by article.

    ``version`` is that of the predictions, ``source`` that of the suggestions in them. ``arms`` are by article, where
    there are suggestions. ``findings`` say which the ontology, changed since, does not allow any more: of
    their articles nothing is shown, so that what is shown is what stands in the file.
    """

    version: str
    source: str = ""
    results: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    arms: Mapping[str, Arm] | None = None
    findings: tuple[Finding, ...] = ()


def plan(
    workspace: Workspace, wanted: StudioProject, schema: Ontology, contexts: Mapping[str, Sequence[Mention]] | None
) -> Plan:
    """What a project's annotators are to find: another project's mentions (``contexts``), and the shown suggestions."""
    from toolkit.annotations.codec import Codec
    from toolkit.annotations.model import Annotation
    from toolkit.project import LAYERS
    from toolkit.studio.push import CONTEXT, OURS
    from toolkit.suggest.checks import check, chosen, on

    codec = Codec(schema)
    standing = {
        id: [element for mention in mentions for element in codec.region(mention)]
        for id, mentions in (contexts or {}).items()
    }
    settings = _shown(workspace)
    made = _manifest(workspace).get(settings.name, {}) if settings else {}
    source = made.get("version", "")
    if settings is None or not source:
        return Plan(CONTEXT, results=standing)
    control = in_control(workspace)
    known = articles(workspace) if made.get("ontology") != _digest(schema) else {}
    findings: list[Finding] = []
    results: dict[str, Sequence[Mapping[str, Any]]] = dict(standing)
    arms: dict[str, Arm] = {}
    for one in _load(workspace.suggestions / f"{settings.name}.jsonl"):
        if (
            one.version != source
            or control(one.article_id)
            or (contexts is not None and one.article_id not in contexts)
        ):
            continue
        if (article := known.get(one.article_id)) and (broken := check(one, article, codec, LAYERS, 0).findings):
            findings += broken
            continue
        fitting = chosen(one, wanted.layers) if contexts is None else on(contexts[one.article_id], one)
        if fitting.items:
            work = Annotation(
                article_id=one.article_id,
                text_sha256=one.text_sha256,
                annotator=source,
                ontology_version=schema.version,
                mentions=fitting.mentions,
                cues=fitting.cues,
                claims=fitting.claims,
                relations=fitting.relations,
            )
            results[one.article_id] = [*standing.get(one.article_id, ()), *codec.encode(work)]
            arms[one.article_id] = "suggested"
    return Plan(f"{OURS} {source}", source, results, arms, tuple(findings))


def note_shown(workspace: Workspace, wanted: StudioProject, made: Iterable[str], told: Plan) -> None:
    """Write down what the annotators of these articles are shown: ``suggestions/shown.jsonl``. The latest counts."""
    from toolkit.suggest.shown import FILE, Shown, load_shown, write_shown

    if not workspace.project.suggestions.sources:
        return
    path, control = workspace.suggestions / FILE, in_control(workspace)
    rows = {(row.article_id, row.project): row for row in load_shown(path)}
    for id in made:
        arm: Arm = "control" if control(id) else (told.arms or {}).get(id, "none")
        version = told.source if arm == "suggested" else ""
        rows[id, wanted.title] = Shown(
            article_id=id, arm=arm, version=version, project=wanted.title, layers=wanted.layers
        )
    write_shown(path, rows.values())


def in_control(workspace: Workspace) -> Callable[[str], bool]:
    """Whether an article is one of those that are labelled without suggestions."""
    from toolkit.suggest.control import is_control

    settings = workspace.project.suggestions
    return lambda article_id: is_control(article_id, settings.control_seed, settings.control)


def _named(workspace: Workspace, name: str) -> SourceSettings:
    known = {source.name: source for source in workspace.project.suggestions.sources}
    settings = known.get(name) if name else _shown(workspace)
    if settings is None:
        said = f"no source is called {name!r}" if name and known else "configs/project.yaml names no sources"
        raise UsageError(
            f"{said} (suggestions: sources:)",
            next=f"goldkit suggest {' or '.join(sorted(known))}" if known else "see docs/suggesting.md",
        )
    return settings


def _shown(workspace: Workspace) -> SourceSettings | None:
    """The source whose suggestions annotators are shown."""
    settings = workspace.project.suggestions
    wanted = settings.shown or next((source.name for source in settings.sources), "")
    return next((source for source in settings.sources if source.name == wanted), None)


def _source(workspace: Workspace, settings: SourceSettings, stored: Mapping[str, Article], schema: Ontology) -> Source:
    from toolkit.project import CarryOverSettings
    from toolkit.suggest.carry import CarryOver
    from toolkit.suggest.sources import make

    if isinstance(settings, CarryOverSettings):
        return CarryOver(resolve(workspace).gold, stored, schema, _copies(workspace), settings.layers)
    return make(settings, schema, os.environ, workspace.root)


def _copies(workspace: Workspace) -> list[tuple[str, str]]:
    """The near-copies that were found last, if somebody looked for them."""
    from toolkit.articles.groups import read_groups
    from toolkit.articles.near.pairs import Kind

    if not workspace.groups.is_file():
        return []
    return [(pair.left, pair.right) for pair in read_groups(workspace.groups).pairs if pair.kind is not Kind.REVIEW]


def _load(file: Path) -> list[Suggestions]:
    from toolkit.files import read_jsonl
    from toolkit.settings import parse_settings
    from toolkit.suggest.model import Suggestions

    if not file.is_file():
        return []
    return [parse_settings(Suggestions, data, f"{file}:{number}") for number, data in read_jsonl(file)]


def _manifest(workspace: Workspace) -> dict[str, Any]:
    from toolkit.files import read_json

    path = workspace.suggestions / MANIFEST
    return dict(read_json(path)) if path.is_file() else {}


def _digest(schema: Ontology) -> str:
    from toolkit.files import to_json

    return hashlib.sha256(to_json(schema.model_dump(mode="json")).encode()).hexdigest()


def _labels(suggestions: Iterable[Suggestions]) -> Counter[str]:
    """How many items of each kind there are: mentions by label, relations by type, claims and cues."""
    counts: Counter[str] = Counter()
    for one in suggestions:
        counts.update(label for mention in one.mentions for label in mention.labels)
        counts.update(relation.type for relation in one.relations)
        counts.update({"claims": len(one.claims), "cues": len(one.cues)})
    return +counts
