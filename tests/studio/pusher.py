"""A push as a process of its own: ``python pusher.py URL TITLE ARTICLES LEDGERS``; the token comes in TOKEN.

It says ``ready`` when it has asked the server what there is, and pushes when it is told to on stdin; before that it
does the same for the project. So several can be made to know the same, and to act on it at once.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from studio.fakes import CONFIG, WORKSPACE, articles
from toolkit.project import StudioProject
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.ledger import opened
from toolkit.studio.projects import ensure_project, find_project
from toolkit.studio.push import push


def main(url: str, title: str, count: str, ledgers: str) -> None:
    wanted = StudioProject(title=title)
    with Client(Address(url, os.environ["TOKEN"])) as client:
        find_project(client, WORKSPACE, wanted)
        _turn()
        project = ensure_project(client, WORKSPACE, wanted, label_config=CONFIG, instruction="")
        with opened(client, project, Path(ledgers)) as ledger:
            _turn()
            pushed = push(client, project, articles(int(count)), ledger=ledger, batch_size=100)
    said = {"project": project.id, "new": pushed.new, "known": pushed.known, "removed": pushed.removed}
    json.dump(said | {"findings": [finding.rule for finding in pushed.findings]}, sys.stdout)


def _turn() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
