"""`goldkit agree|resolve`: how far annotators agree, and what their votes amount to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.output import Format, FormatOption, as_text, emit, table
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.gold.agreement.bootstrap import Estimate


def register(app: typer.Typer) -> None:
    """Add the commands of this file to the program."""
    for command in (agree, resolve):
        app.command()(command)


def agree(
    by_label: Annotated[bool, typer.Option("--by-label", help="Every label's own figures, too.")] = False,
    by_pair: Annotated[bool, typer.Option("--by-pair", help="Every pair of annotators' own figures, too.")] = False,
    gamma: Annotated[bool, typer.Option("--gamma", help="Measure γ, too: exact, and slow.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Measure how far the annotators agree: entities, relations, claims, and what is linked across articles.

    Prints the overall figures, with 95 % intervals over stories; reports/agreement.json has all of them, and
    reports/link-agreement.json those across articles. "undefined" where there is no variation.

    Example: goldkit agree --by-label
    """
    from toolkit.stages.gold import agree as measure
    from toolkit.stages.links import agree as measure_links
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    measured, across = measure(workspace, with_gamma=gamma), measure_links(workspace)
    every = (*measured.measures, *(across.measures if across else ()))
    shown = [one for one in every if (by_label or not one.label) and (by_pair or not one.pair)]
    columns = ["layer", "measure", *(["label"] if by_label else []), *(["pair"] if by_pair else [])]
    rows = [
        (
            one.layer,
            one.name,
            *([one.label or "all"] if by_label else []),
            *([" ".join(one.pair) or "all"] if by_pair else []),
            _figure(one.estimate.value),
            _interval(one.estimate),
            one.count,
        )
        for one in shown
    ]
    errors = [(what, tally.both, tally.left + tally.right) for what, tally in measured.relation_errors.items()]
    parts = [
        table((*columns, "value", "95 % interval", "of"), rows) if rows else "",
        table(("relations", "pairs", "alone"), errors) if errors else "",
        f"{measured.articles} articles of {measured.stories} stories, {len(measured.annotators)} annotators, "
        f"{len(measured.pairs)} pairs; {measured.accepted} accepted suggestions among the items",
        "" if measured.articles else _NOTHING_TO_COMPARE,
        f"all figures: {workspace.reports / 'agreement.json'}",
    ]
    emit(
        measured.as_dict() | {"links": across.as_dict() if across else None},
        format=format,
        text="\n\n".join(part for part in parts if part),
    )


_NOTHING_TO_COMPARE = (
    "no article has the work of two annotators, so there is nothing to compare\n"
    "next: overlap: 2 or more in configs/project.yaml, goldkit push, and goldkit pull when more is labelled"
)


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "-"
    return f"{estimate.low:.3f} to {estimate.high:.3f}"


def resolve(format: FormatOption = Format.TEXT) -> None:
    """Settle by votes what the project's rule settles, and list what is left for a person.

    The rule stands in configs/project.yaml (gold: rule: unanimous, majority, dawid-skene or mace). What the models
    would say of the rest stands in open.jsonl, as a suggestion.

    Example: goldkit resolve
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.gold import resolve as settle
    from toolkit.stages.links import settle as settle_links
    from toolkit.stages.links import told_of
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    resolved = settle(workspace)
    across = settle_links(workspace, resolved)
    findings = (*resolved.findings, *across.findings)
    settled = Counter(
        why.resolution.value for gold in (*resolved.gold, *resolved.open) for why in gold.provenance.values()
    )
    open_items = Counter((one.kind, one.reason) for article in resolved.open for one in article.differences)
    down = sum(len(article.voted_down) for article in (*resolved.gold, *resolved.open))
    parts = [
        as_text(findings),
        table(("settled", "items"), sorted(settled.items())) if settled else "",
        table(("left open", "because of", "items"), [(*why, count) for why, count in sorted(open_items.items())])
        if open_items
        else "",
        f"{down} things were voted down" if down else "",
        f"{len(resolved.gold)} articles are gold, {len(resolved.awaiting)} await adjudication, "
        f"{len(resolved.skipped)} were skipped",
        f"across articles: {told_of(across)}" if across.stories else "",
        f"next: goldkit review push ({workspace.open} has what is open)" if resolved.open or across.open else "",
    ]
    emit(
        {
            "gold": len(resolved.gold),
            "awaiting": list(resolved.awaiting),
            "skipped": list(resolved.skipped),
            "settled": dict(sorted(settled.items())),
            "voted_down": down,
            "open": [{"kind": kind, "reason": reason, "items": n} for (kind, reason), n in sorted(open_items.items())],
            "stories": {"settled": len(across.stories) - len(across.open), "open": [it.story_id for it in across.open]},
            "findings": [finding.as_dict() for finding in findings],
        },
        format=format,
        text="\n\n".join(part for part in parts if part),
    )
    if calls_for_action(findings):
        raise typer.Exit(EXIT_FINDINGS)
