"""Every rule of drift fires on its own example, on a real project, and nothing else does.

A folder of ``drift/`` is named like its rule: ``before.yaml`` is the ontology that the project was made with,
``work.yaml`` what was labelled in it, ``after.yaml`` the ontology of the workspace, ``expected.yaml`` the finding.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.findings import Rule
from toolkit.ontology.labelconfig import compile_label_config
from toolkit.ontology.load import load_ontology
from toolkit.project import LAYERS, Layer
from toolkit.stages import setup
from toolkit.stages.drift import RULES, Drift, drift
from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject, ensure_project
from toolkit.studio.server import Credentials
from toolkit.workspace import Workspace

from .fakes import CONFIG, article

EXAMPLES = Path(__file__).parent / "drift"
TEXT = article(1).text
Annotators = tuple[Client, Client]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workspace]:
    """Make a workspace with one project, or give it another one."""
    monkeypatch.delenv("GOLDKIT_PSEUDONYM_KEY", raising=False)
    setup.init(tmp_path, "drift")

    def wanting(title: str, *layers: Layer, ontology: Path | None = None) -> Workspace:
        file = tmp_path / "configs" / "project.yaml"
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        settings["studio"]["projects"] = [{"title": title, "layers": list(layers)}]
        file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
        made = Workspace(tmp_path)
        if ontology:
            shutil.copy(ontology, made.ontology)
        return made

    return wanting


def made_with(client: Client, ontology: Path, workspace: Workspace) -> RemoteProject:
    """The workspace's project with one task, as a push with this ontology makes it."""
    (wanted,) = workspace.project.studio.projects
    config = compile_label_config(load_ontology(ontology), wanted.layers)
    project = ensure_project(client, "drift", wanted, label_config=config, instruction="")
    data = {"text": TEXT, **dict.fromkeys(("title", "outlet", "published"), "")}
    client.post(f"/api/projects/{project.id}/import", [{"data": data}])
    return project


def labelled(
    client: Client, project: RemoteProject, annotator: Client, names: list[str], *, draft: bool = False
) -> None:
    """One annotator's work that uses these names."""
    ((task,),) = (page.tasks for page in tasks.all_pages(client, project.id, tasks.PLAIN))
    body = {"result": [element(number, name) for number, name in enumerate(names)], "lead_time": 1}
    annotator.post(f"/api/tasks/{task['id']}/{'drafts' if draft else 'annotations/'}", body)


def element(number: int, name: str) -> dict[str, Any]:
    control, _, label = name.partition("/")
    type, answer = ("labels", {"labels": [label], "text": "A"}) if label else ("textarea", {"text": ["in words"]})
    value = {"start": 0, "end": 1, **answer}
    return {"id": f"r{number}", "from_name": control, "to_name": "text", "type": type, "value": value}


def look(workspace: Workspace, studio: Credentials) -> Drift:
    return drift(workspace, url=studio.url, token=studio.token)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule(
    client: Client, annotators: Annotators, workspace: Callable[..., Workspace], studio: Credentials, rule: Rule
) -> None:
    example = EXAMPLES / rule.id
    here, url = workspace(rule.id, "entities", ontology=example / "after.yaml"), studio.url
    if (example / "before.yaml").is_file():
        project = made_with(client, example / "before.yaml", here)
        url = project.url
        for one in yaml.safe_load((example / "work.yaml").read_text()) if (example / "work.yaml").is_file() else ():
            annotator = annotators[("bo", "cy").index(one["by"])]
            labelled(client, project, annotator, one["uses"], draft=one.get("draft", False))
    looked = look(here, studio)
    (found,) = looked.findings
    assert looked.summary == ""
    assert {"rule": found.rule, "message": found.message} == yaml.safe_load((example / "expected.yaml").read_text())
    assert (found.severity, found.next, found.place.url) == (rule.severity, rule.next, url)


def test_every_rule_has_an_example() -> None:
    assert sorted(folder.name for folder in EXAMPLES.iterdir()) == sorted(rule.id for rule in RULES)


def test_a_project_that_follows_its_ontology(
    client: Client, annotators: Annotators, workspace: Callable[..., Workspace], studio: Credentials
) -> None:
    """With all parts of an ontology, and work that uses them."""
    here = workspace("no drift", *LAYERS)
    project = made_with(client, here.ontology, here)
    labelled(client, project, annotators[0], ["entities/PERSON", "claims/CLAIM"])
    found = look(here, studio)
    assert (found.names, found.findings, found.rows) == ((), (), [])
    assert found.summary == "1 project agrees with the ontology"


def test_layers_that_were_taken_from_a_project(
    client: Client, annotators: Annotators, workspace: Callable[..., Workspace], studio: Credentials
) -> None:
    """The ontology has their names still, so work with them is no work with unknown names."""
    both = workspace("fewer layers", "entities", "claims")
    project = made_with(client, both.ontology, both)
    labelled(client, project, annotators[0], ["claims/CLAIM"])
    here = workspace("fewer layers", "entities")
    found = look(here, studio)
    assert {finding.rule for finding in found.findings} == {"config-only-live"}
    message = "claims/CLAIM (used once by 1 annotator) is only in the live config; the ontology has it for other layers"
    assert f"“fewer layers”: {message}" in [finding.message for finding in found.findings]
    cue = '<Labels name="claims" toName="text"><Label value="CUE"/></Labels></View>'
    with client.sdk() as sdk:
        sdk.projects.update(project.id, label_config=CONFIG.replace("</View>", cue))
    found = look(here, studio)
    assert "name-not-offered-in-use" in {finding.rule for finding in found.findings}
    assert ("fewer layers", "claims/CLAIM", "ontology (other layers)", 1, 1) in found.rows


def test_what_is_told(
    client: Client, annotators: Annotators, workspace: Callable[..., Workspace], studio: Credentials
) -> None:
    example = EXAMPLES / "name-unknown-in-use"
    here = workspace("told", "entities", ontology=example / "after.yaml")
    project = made_with(client, example / "before.yaml", here)
    labelled(client, project, annotators[0], ["entities/VESSEL", "entities/TUG"])
    labelled(client, project, annotators[1], ["entities/VESSEL"] * 2)
    found = look(here, studio)
    assert found.rows == [
        ("told", "entities/TUG", "annotations", 1, 1),
        ("told", "entities/VESSEL", "live config", 3, 2),
    ]
    assert [finding.message for finding in found.findings] == [
        "“told”: entities/TUG is used once by 1 annotator, and no config has it",
        "“told”: entities/VESSEL is used 3 times by 2 annotators, and only the live config has it",
    ]
    pseudonyms = load_pseudonyms(here.private)
    bo, cy = (pseudonyms.of(f"{name}@annotators.example") for name in ("bo", "cy"))
    told = found.as_dict()
    assert [(one["name"], one["used"]) for one in told["names"]] == [
        ("entities/TUG", {bo: 1}),
        ("entities/VESSEL", {bo: 1, cy: 2}),
    ]
    assert "annotators.example" not in json.dumps(told)
