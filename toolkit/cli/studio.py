"""`goldkit studio …`: the embedded Label Studio."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli.output import Format, FormatOption, emit, say

app = typer.Typer(help="Start, stop and look at the embedded Label Studio.", no_args_is_help=True)


@app.command()
def start(
    workers: Annotated[int, typer.Option("--workers", min=2, help="Server processes.")] = 2,
    format: FormatOption = Format.TEXT,
) -> None:
    """Start the workspace's own Label Studio on this machine, and wait until it answers.

    The first start on a machine prepares a database, which takes about a minute; later ones take seconds.

    Example: goldkit studio start
    """
    from toolkit.studio import server
    from toolkit.workspace import Workspace

    home = Workspace.find().studio_home
    made = server.start(home, workers=workers, progress=say)
    emit(
        {"url": made.url, "email": made.email, "credentials": str(home / "credentials.json")},
        format=format,
        text=f"Label Studio runs at {made.url}\nlog in as {made.email}, password in {home / 'credentials.json'}",
    )


@app.command()
def stop(format: FormatOption = Format.TEXT) -> None:
    """Stop the workspace's Label Studio; its data stay.

    Example: goldkit studio stop
    """
    from toolkit.studio import server
    from toolkit.workspace import Workspace

    stopped = server.stop(Workspace.find().studio_home)
    emit({"stopped": stopped}, format=format, text="stopped" if stopped else "it was not running")


@app.command()
def status(format: FormatOption = Format.TEXT) -> None:
    """Say whether the workspace's Label Studio runs, and where.

    Example: goldkit studio status --format json
    """
    from toolkit.studio import server
    from toolkit.workspace import Workspace

    now = server.status(Workspace.find().studio_home)
    text = "not running\nnext: goldkit studio start"
    if now.running:
        text = f"Label Studio {now.version} runs at {now.url} (process {now.pid})"
    if now.running and not now.answering:
        text += f"\nit does not answer; its log is {now.log}\nnext: goldkit studio stop, then goldkit studio start"
    data = {name: getattr(now, name) for name in ("running", "answering", "url", "pid", "version")}
    emit(data | {"home": str(now.home)}, format=format, text=text)
