"""Words from outside are shown as words: in a terminal, and on Label Studio's screens. (The report: tests/browser.)"""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from pipeline.program import environment, goldkit
from playwright.sync_api import expect

from toolkit.ontology.instructions import instructions_html
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.load import load_ontology
from toolkit.stages import ingest, setup, sync
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.projects import require_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from browser.screen import Screen

HARM = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>\"'</style></p>"
ORDER = "\x1b]0;owned\x07\x1b[2J\x9b31m"  # to a terminal: another title, an empty screen, red


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace whose articles, guidelines and ontology mean harm."""
    setup.init(tmp_path, "harm")
    file = tmp_path / "configs" / "ontology.yaml"
    ontology = yaml.safe_load(file.read_text(encoding="utf-8"))
    ontology["entities"][0] |= {"definition": HARM, "examples": [{"text": HARM, "marked": ["window"]}]}
    file.write_text(yaml.safe_dump(ontology, sort_keys=False), encoding="utf-8")
    (tmp_path / "configs" / "guidelines.md").write_text(
        f"# {HARM}\n\n{HARM}\n\n[x](javascript:window.owned=1) <javascript:window.owned=1>\n", encoding="utf-8"
    )
    article = {"id": "harm", "text": f"It rained. {HARM}", "title": HARM, "outlet": ORDER + HARM, "url": "javascript:1"}
    (tmp_path / "a.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    assert ingest.add_articles(Workspace(tmp_path), [tmp_path / "a.jsonl"]).refused == 0
    return Workspace(tmp_path)


def on_a_terminal(*args: str, cwd: Path) -> str:
    """All that a command writes to a terminal, on both streams."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "toolkit", *args]
    running = subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, env=environment())
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    running.wait(timeout=60)
    return said.decode()


@pytest.mark.parametrize("arguments", [["list"], ["list", "--format", "json"], ["show", ORDER]])
def test_a_terminal_obeys_no_article(workspace: Workspace, arguments: list[str]) -> None:
    said = on_a_terminal("articles", *arguments, cwd=workspace.root)
    assert "owned" in said
    for sign in ("\x1b]", "\x1b[2J", "\x07", "\x9b"):
        assert sign not in said
    assert re.search(r"\\(u00|x)1b]0;owned\\(u00|x)07", said)


def test_json_is_the_same_json(workspace: Workspace) -> None:
    (row,) = json.loads(goldkit("articles", "list", "--format", "json", cwd=workspace.root).stdout)
    assert row["outlet"] == ORDER + HARM


def test_instructions_hold_no_markup_but_ours(workspace: Workspace) -> None:
    ontology = load_ontology(workspace.ontology)
    html = instructions_html(workspace.guidelines.read_text(encoding="utf-8"), ontology)
    assert "owned" in html
    for tag in ("<script", "<img", "</style", "href="):
        assert tag not in html


def test_a_label_config_holds_a_definition_as_words(workspace: Workspace) -> None:
    root = ET.fromstring(compile_label_config(load_ontology(workspace.ontology)))
    assert not [element for element in root.iter() if element.tag.lower() in ("script", "img", "hypertext")]
    assert any(HARM in (element.get("hint") or "") for element in root.iter("Label"))


def test_label_studio_runs_nothing_of_it(
    workspace: Workspace, studio: Credentials, annotator: Callable[..., Screen]
) -> None:
    sync.push(workspace, url=studio.url, token=studio.token)
    with Client(Address(studio.url, studio.token)) as client:
        project = require_project(client, workspace.project.name, workspace.project.studio.projects[0])
        (task,) = tasks.of_articles(client, project.id, ["harm"])
    screen = annotator()
    page = screen.page

    page.goto(f"{studio.url}/projects/{project.id}/data")  # the list of articles, with titles and outlets
    expect(page.get_by_text(HARM, exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_text(ORDER + HARM, exact=True)).to_be_visible()
    assert page.evaluate("window.owned") is None

    screen.open(project.id, task["id"])
    assert HARM in screen.text
    assert page.evaluate("window.owned") is None

    page.goto(f"{studio.url}/projects/{project.id}/data?labeling=1")  # where annotators begin: with the instructions
    told = page.get_by_role("paragraph").filter(has_text="[x](javascript:window.owned=1)")
    expect(told).to_be_visible(timeout=60_000)
    expect(page.get_by_role("paragraph").get_by_text(HARM, exact=True)).to_be_visible()
    assert told.locator("xpath=..").locator("script, img, a").count() == 0
    assert page.evaluate("window.owned") is None
