"""`goldkit schema …`: the ontology as a contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli import migrate
from toolkit.cli.output import Format, FormatOption, TokenOption, UrlOption, as_text, emit, say, table
from toolkit.cli.reports import ReportFormat, ReportOption, emit_report
from toolkit.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from toolkit.findings import Finding, Rule
    from toolkit.workspace import Workspace

app = typer.Typer(help="The ontology: check it, compare it, migrate what was labelled with it.", no_args_is_help=True)

SOURCES = "A file, a git ref, a release's version, or a snapshot (`snapshot`: the newest)."


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Ontologies (.yaml) and label configs (.xml); else the workspace's."),
    ] = None,
    against: Annotated[str, typer.Option("--against", help=f"Check the changes since then, too. {SOURCES}")] = "",
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="A rule to leave out; `goldkit schema rules` lists them.")
    ] = None,
    format: ReportOption = ReportFormat.TEXT,
) -> None:
    """Check an ontology: its form, its words, its colours and keys, and the files that are made from it.

    Example: goldkit schema check --against origin/main --format github
    """
    from toolkit.errors import UsageError
    from toolkit.stages import contract, schema

    if against and paths and len(paths) > 1:
        raise UsageError("--against compares one ontology", next="goldkit schema check ONTOLOGY.yaml --against REF")
    workspace = _workspace(required=not paths)
    checked = schema.check_files(paths or [], workspace, ignore or ())
    findings, rules, data = list(checked.findings), checked.rules, checked.as_dict()
    text = f"{len(checked.files)} checked: {', '.join(checked.files)}"
    unreadable = any(finding.rule == "structure" for finding in findings)
    if against and unreadable:
        text += "\nnot compared: correct the structure first"
    elif against:
        compared = contract.check_against(workspace, against, paths[0] if paths else None)
        changes = [finding for finding in compared.findings if finding.rule not in (ignore or ())]
        findings += changes
        rules += contract.RULES
        data |= {"against": compared.as_dict(), "findings": [finding.as_dict() for finding in findings]}
        text += f"\n{compared.summary}"
    _report(findings, rules, data, text, format, checked.files)


@app.command("import")
def import_(
    label_config: Annotated[Path, typer.Argument(help="A Label Studio labelling configuration (XML).")],
    ontology: Annotated[Path, typer.Option("--ontology", help="Where to write the ontology.")] = Path(
        "configs/ontology.yaml"
    ),
    mapping: Annotated[
        Path, typer.Option("--mapping", help="Where to write the names' mapping, for pull --from-file.")
    ] = Path("configs/mapping.yaml"),
    format: FormatOption = Format.TEXT,
) -> None:
    """Make an ontology of a hand-written Label Studio label config, and a mapping for exports that were made with it.

    Example: goldkit schema import label_config.xml --ontology configs/imported.yaml
    """
    from toolkit.findings import calls_for_action
    from toolkit.stages.imports import import_config

    imported = import_config(label_config, ontology, mapping)
    emit(
        imported.as_dict(),
        format=format,
        text="\n".join(part for part in (as_text(imported.findings), imported.summary) if part),
    )
    if calls_for_action(imported.findings):
        raise typer.Exit(EXIT_FINDINGS)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help=SOURCES)],
    new: Annotated[str, typer.Argument(help=SOURCES)] = "",
    format: ReportOption = ReportFormat.TEXT,
) -> None:
    """Compare two versions of the ontology: what each change breaks, and the version that it needs.

    Without NEW, with the workspace's ontology as it is. Exit 3 when NEW's version is too small for its changes.

    Example: goldkit schema diff v1.0.0 configs/ontology.yaml
    """
    from toolkit.stages import contract

    workspace = _workspace(required=not new)
    compared = contract.diff(old, new, workspace)
    rows = table(("breaks", "rule", "name", "change"), compared.rows) if compared.rows else "no change"
    text = f"{rows}\n\n{compared.summary}"
    _report(compared.findings, contract.RULES, compared.as_dict(), text, format, compared.files)


@app.command()
def rules(format: FormatOption = Format.TEXT) -> None:
    """List every rule of the schema commands, with what it is for.

    Example: goldkit schema rules
    """
    from toolkit.stages.schema import rules as known

    listed = [
        {
            "rule": rule.id,
            "severity": rule.severity.value,
            "breaks": [contract.value for contract in getattr(rule, "breaks", ())],
            "purpose": rule.purpose,
        }
        for rule in known()
    ]
    rows = [(one["rule"], one["severity"], ", ".join(one["breaks"]), one["purpose"]) for one in listed]
    emit(listed, format=format, text=table(("rule", "severity", "breaks", "purpose"), rows))


@app.command()
def drift(url: UrlOption = "", token: TokenOption = "", format: ReportOption = ReportFormat.TEXT) -> None:
    """Compare the live projects with the ontology: their label configs, and the labels that are in use there.

    Example: goldkit schema drift
    """
    from toolkit.files import shown
    from toolkit.stages import drift as drifting
    from toolkit.workspace import Workspace

    workspace = Workspace.find()
    drifted = drifting.drift(workspace, url=url, token=token, say=say)
    rows = table(("project", "name", "in", "used", "by"), drifted.rows) if drifted.rows else ""
    text = "\n".join(part for part in (rows, drifted.summary) if part)
    _report(drifted.findings, drifting.RULES, drifted.as_dict(), text, format, [shown(workspace.ontology)])


migrate.register(app)


@app.command()
def compile(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 when a file is out of date.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the label config, the JSON Schema of the records and the annotators' pages from configs/ontology.yaml.

    Example: goldkit schema compile --check
    """
    from toolkit.stages import setup
    from toolkit.workspace import Workspace

    stale = setup.compile_schema(Workspace.find(), write=not check)
    verb = "out of date" if check else "written"
    emit(
        {"out_of_date" if check else "written": [str(path) for path in stale]},
        format=format,
        text="\n".join(f"{verb}: {path}" for path in stale) or "all up to date",
    )
    if check and stale:
        raise typer.Exit(EXIT_FINDINGS)


def _workspace(*, required: bool) -> Workspace | None:
    """The workspace around us; where none is needed, only if there is one."""
    from toolkit.errors import WorkspaceError
    from toolkit.workspace import Workspace

    try:
        return Workspace.find()
    except WorkspaceError:
        if required:
            raise
        return None


def _report(
    findings: Sequence[Finding], rules: Sequence[Rule], data: Any, text: str, format: ReportFormat, files: Sequence[str]
) -> None:
    """Print the findings as CI wants them, and leave with 3 where one calls for action."""
    from toolkit.findings import calls_for_action

    emit_report(findings, rules, format=format, data=data, text=text, files=files)
    if calls_for_action(findings):
        raise typer.Exit(EXIT_FINDINGS)
