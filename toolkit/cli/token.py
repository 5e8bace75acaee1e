"""What is typed after ``--token``, kept out of the list of processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

FLAG = "--token"
HIDDEN = "(hidden)"
VARIABLE = "GOLDKIT_TYPED_TOKEN"  # from the process that showed it to the one that does not
INPUT = "-"


def take() -> None:
    """Have the words of the command line in ``sys.argv`` for us alone, and the token ``-`` from standard input.

    Everybody on a machine may read how its programs were started. Where a token stands there, the program starts
    itself again without it, in the same process: it can be seen for the tenth of a second until then. It travels in
    the environment, which only its owner can read.

    Raises UsageError where standard input has no token.
    """
    typed: list[str] = []

    def hidden(value: str) -> str:
        if value in ("", INPUT, HIDDEN):
            return value
        typed.append(value)
        return HIDDEN

    shown = _with_tokens(sys.orig_argv, hidden)
    typed_to_us = sys.orig_argv[-len(sys.argv) + 1 :] == sys.argv[1:]  # and not to a program that calls us
    if typed and typed_to_us and os.name == "posix":
        os.execve(sys.executable, [sys.executable, *shown[1:]], os.environ | {VARIABLE: typed[-1]})  # noqa: S606
    known = os.environ.pop(VARIABLE, HIDDEN)
    sys.argv = _with_tokens(sys.argv, lambda value: known if value == HIDDEN else _said(value))


def _with_tokens(words: list[str], change: Callable[[str], str]) -> list[str]:
    changed: list[str] = []
    follows = False
    for word in words:
        if follows:
            changed.append(change(word))
        elif word.startswith(f"{FLAG}="):
            changed.append(f"{FLAG}={change(word.removeprefix(f'{FLAG}='))}")
        else:
            changed.append(word)
        follows = word == FLAG and not follows
    return changed


def _said(value: str) -> str:
    if value != INPUT:
        return value
    from toolkit.errors import UsageError

    if sys.stdin.isatty():
        from getpass import getpass

        try:
            token = getpass("token: ")
        except EOFError:
            token = ""
    else:
        token = sys.stdin.readline()
    if not token.strip():
        raise UsageError(
            f"{FLAG} - reads a token from standard input, and there is none",
            next=f"give it there, in a line: goldkit … {FLAG} - < FILE",
        )
    return token.strip()
