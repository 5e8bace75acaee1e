"""`goldkit push` where there is nothing to do, and where another one is under way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from toolkit import samples

from .desk import Desk
from .program import environment


def test_nothing_to_push(desk: Callable[..., Desk]) -> None:
    """Neither the context of the claims is looked at, nor anybody's texts."""
    made = desk("push-again", ("entities",), ("claims",))
    assert [one.new for one in made.push()] == [14, 0]
    work = [one for name in samples.ANNOTATORS for one in made.work(name)]
    made.workspace.annotations.write_text("".join(one.model_dump_json() + "\n" for one in work), encoding="utf-8")
    assert sum(one.new for one in made.push()) == len({one.article_id for one in work})

    said: list[str] = []
    made.workspace.annotations.write_text("not read", encoding="utf-8")
    first, second = made.push(say=said.append)
    assert (first.new, first.known, first.waiting) == (0, 14, 0)
    assert (second.new, second.known, second.waiting) == (0, 14, 0)
    assert said == [f"nothing to push: “{one.title}” has all 14 articles" for one in (first, second)]


def test_the_second_waits_for_the_first(desk: Callable[..., Desk]) -> None:
    made = desk("push-twice")
    command = [sys.executable, "-m", "toolkit", "push", *made.online_options, "--format", "json"]
    pipe = subprocess.PIPE
    pushes = [
        subprocess.Popen(command, cwd=made.root, env=environment(), stdout=pipe, stderr=pipe, text=True)
        for _ in range(2)
    ]
    try:
        for push in pushes:
            push.communicate(timeout=180)
    finally:
        for push in pushes:
            push.kill()
    assert [push.returncode for push in pushes] == [0, 0]
    assert len(made.tasks()) == 14
