"""A command in a workspace that is made anew for each run of it, killed at some event, and run again."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.desk import tree

from . import whole
from .nursery import Nursery, Run
from .points import SEED, drawn

Tree = dict[str, bytes]


@dataclass
class Scene:
    """A command, its workspace, and what it did where nobody killed it.

    ``pristine`` is copied to ``root`` for each run. ``told`` leaves out of the files what depends on the clock. Files
    called like one of ``between`` also say how far a run has come.
    """

    killer: Nursery
    name: str
    args: tuple[str, ...]
    pristine: Path
    root: Path
    env: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[Tree], Tree] = dict
    between: tuple[str, ...] = ()
    before: Tree = field(default_factory=dict)
    after: Tree = field(default_factory=dict)
    events: int = 0

    def begin(self) -> None:
        """Put everything as it was."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.pristine, self.root)

    def learn(self) -> None:
        """See what the command does where nobody kills it."""
        self.begin()
        self.before = self.files()
        self.events = len(self.done().events)
        self.after = self.files()
        assert self.after != self.before
        whole.check(self.root)

    def files(self) -> Tree:
        """The files, without those that are only being written."""
        found = tree(self.root)
        return self.told({path: found[path] for path in found if not whole.of_parts(Path(path))})

    def run(self, last: int = 0, stop: signal.Signals = signal.SIGKILL) -> Run:
        return self.killer.run(*self.args, cwd=self.root, env=self.env, last=last, stop=stop)

    def done(self, where: str = "") -> Run:
        """Run it to its end."""
        run = self.run()
        assert run.code == 0, f"{where}\n{run.err}"
        return run

    def killed(self, at: tuple[int, int]) -> str:
        """Run it until it is killed; what is there is whole then. Says where it was."""
        event = drawn(self.name, at, self.events)
        run = self.run(event)
        where = f"{self.name}, seed {SEED}, killed at {event} of {self.events}: {run.events[-1]}"
        came_to_its_end = run.code == 0 and len(run.events) < event  # with threads there is not always as much to do
        assert run.code == -signal.SIGKILL or came_to_its_end, f"{where}\n{run.err}"
        whole.check(self.root)
        return where

    def again(self, where: str) -> None:
        """Run it again: the end is that of a run which nobody killed, and nothing temporary is left."""
        self.done(where)
        found = self.files()
        assert sorted(found) == sorted(self.after), where
        assert [path for path in found if found[path] != self.after[path]] == [], where
        whole.check(self.root)
        assert whole.left_over(self.root, self.killer.temporary) == [], where

    def old_or_new(self, where: str) -> None:
        """Each file is as it was before, or as it is in the end."""
        for path, data in self.files().items():
            known = data in (self.before.get(path), self.after.get(path)) or Path(path).name in self.between
            assert known, f"{where}\n{path} is neither old nor new"
