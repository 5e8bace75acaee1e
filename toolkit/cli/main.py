"""The command `goldkit`: what it can do, and how its errors reach people.

The modules of the commands are imported here, so they import only typer; each command imports its room when it runs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Annotated

import typer

from toolkit import __version__
from toolkit.cli import (
    articles,
    assign,
    dataset,
    demo,
    export,
    gold,
    hydrate,
    link,
    publish,
    report,
    review,
    schema,
    studio,
    suggest,
    sync,
    token,
    workspace,
)
from toolkit.cli.output import harmless
from toolkit.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_TERMINATED, GoldkitError

app = typer.Typer(
    name="goldkit",
    help="From news articles to a gold dataset of entities, relations and claims, through Label Studio.",
    epilog="Start with: goldkit demo",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a traceback with values could show a token
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"goldkit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """From news articles to a gold dataset of entities, relations and claims, through Label Studio."""


workspace.register(app)
demo.register(app)
app.add_typer(studio.app, name="studio")
app.add_typer(schema.app, name="schema")
app.add_typer(articles.app, name="articles")
sync.register(app)
gold.register(app)
suggest.register(app)
assign.register(app)
report.register(app)
app.add_typer(link.app, name="link")
app.add_typer(review.app, name="review")
dataset.register(app)
publish.register(app)
export.register(app)
hydrate.register(app)


def main() -> None:
    """Run the command line; every GoldkitError ends as a message, the next step, and its exit code."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TERMINATED))  # so that nothing half-written stays
    try:
        token.take()
        app()
    except GoldkitError as error:
        typer.secho(f"error: {harmless(error.message)}", err=True, fg="red")
        typer.echo(f"next: {harmless(error.next)}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); Python would complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("GOLDKIT_DEBUG"):
            raise
        typer.secho(f"error: this is a bug of goldkit: {type(error).__name__} in {_place(error)}", err=True, fg="red")
        typer.echo("next: run it again with GOLDKIT_DEBUG=1, and report what it prints", err=True)
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:  # Typer was not ready to take it
        _say_stopped()
        sys.exit(EXIT_INTERRUPTED)
    except SystemExit as stop:
        if stop.code == EXIT_INTERRUPTED:
            _say_stopped()
        raise


def _place(error: Exception) -> str:
    """The line of ours that failed; the error's own words are not shown, since they may quote anything."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "toolkit" in frame.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "a library"


def _say_stopped() -> None:
    typer.echo("stopped: nothing is half-written; run the same command again to go on", err=True)


if __name__ == "__main__":
    main()
