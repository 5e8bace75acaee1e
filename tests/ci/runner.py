"""A GitHub runner's part in a composite action: expressions, environment, scripts, outputs; and installs offline."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# pip installs goldkit itself, and nothing else: what it needs is taken from the environment that runs the tests, so an
# installation takes seconds and no network. The action and the hooks know nothing of this.
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_NO_DEPS": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one as the value of build isolation: 0 turns it off
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PYTHONPATH": sysconfig.get_paths()["purelib"],
}

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


def plain_environment() -> dict[str, str]:
    """The environment without what a CI service or git has set for the run that we are in."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "GIT_", "RUNNER_"))}


@dataclass
class Job:
    """A job that uses one composite action, whose ``uses:`` steps are stood in for by their outputs."""

    action: Path
    workspace: Path
    temp: Path
    inputs: Mapping[str, str]
    stand_ins: Mapping[str, Mapping[str, str]]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    log: str = ""

    def __post_init__(self) -> None:
        self.definition: dict[str, Any] = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        unknown = self.inputs.keys() - self.definition["inputs"].keys()
        assert not unknown, f"the action has no input {unknown}"

    def run(self, *only: str) -> int:
        """Run the steps in order, or those of these ids; the exit code of the first that fails, or 0."""
        for step in self.definition["runs"]["steps"]:
            if only and step["id"] not in only:
                continue
            if "uses" in step:
                self.outputs[step["id"]] = dict(self.stand_ins[step["uses"].partition("@")[0]])
            elif code := self._script(step):
                return code
        return 0

    def output(self, name: str) -> str:
        """An output of the action, as the steps of the workflow see it."""
        return self._filled(self.definition["outputs"][name]["value"])

    def _script(self, step: Mapping[str, Any]) -> int:
        assert step["shell"] == "bash"
        script, outputs = self.temp / f"{step['id']}.sh", self.temp / f"{step['id']}.outputs"
        script.write_text(self._filled(step["run"]), encoding="utf-8")
        outputs.touch()
        known = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        given = {key: self._filled(value) for key, value in step.get("env", {}).items()}
        result = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / self._filled(step.get("working-directory", ".")),
            env=plain_environment() | OFFLINE | known | given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.log += result.stdout + result.stderr
        lines = outputs.read_text(encoding="utf-8").splitlines()
        self.outputs[step["id"]] = dict(line.split("=", 1) for line in lines)
        return result.returncode

    def _filled(self, text: str) -> str:
        """The text with its expressions replaced, wherever they stand: as the runner does it, unsafe as that is."""
        return _EXPRESSION.sub(lambda found: self._value(*found[1].split(".")), text)

    def _value(self, context: str, *path: str) -> str:
        if context == "inputs":
            [name] = path
            return self.inputs.get(name, self.definition["inputs"][name]["default"])
        assert context == "steps", f"{context} is not stood in for"
        step, _, name = path
        return self.outputs[step].get(name, "")
