"""A pull in a process of its own, which ends by ``kill -9`` after so many pages: ``python puller.py FOLDER …``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from toolkit.project import StudioProject
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.projects import require_project
from toolkit.studio.pull import fetch

WORKSPACE = "tests"


def killed(url: str, token: str, title: str, folder: Path, ontology: Path, pages: int, **options: Any) -> None:
    """Pull until so many pages are on the disk, and not a page more."""
    order = json.dumps([url, title, str(folder), str(ontology), pages, options])
    done = subprocess.run(
        [sys.executable, __file__, order],
        env=os.environ | {"GOLDKIT_TEST_TOKEN": token, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=120,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def main() -> None:
    """Do what the order says."""
    url, title, folder, ontology, pages, options = json.loads(sys.argv[1])
    left, lock = pages, threading.Lock()

    def count(tasks: int) -> None:
        nonlocal left
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with Client(Address(url, os.environ["GOLDKIT_TEST_TOKEN"])) as client:
        project = require_project(client, WORKSPACE, StudioProject(title=title, overlap=2))
        fetch(client, [project], Path(folder), Path(ontology), progress=count, page_size=4, **options)


if __name__ == "__main__":
    main()
