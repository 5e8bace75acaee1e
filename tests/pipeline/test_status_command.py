"""`goldkit status` names what is to be labelled, in which order, and the projects for links, where there are some."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from tests.pipeline.desk import Desk
from tests.pipeline.test_links import annotated
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.demo import across
from toolkit.stages import ingest, linksync

from .desk import DOMAIN


def told(desk: Desk) -> tuple[dict[str, Any], str]:
    """The status as data, and as people read it."""
    data, text = desk.online("status", "--format", "json"), desk.online("status")
    assert data.returncode == text.returncode == 0, data.stderr + text.stderr
    found: dict[str, Any] = json.loads(data.stdout)
    return found, text.stdout


def give_out(desk: Desk, *order: str) -> None:
    pseudonym = load_pseudonyms(desk.workspace.private).of
    file = desk.root / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    settings["studio"]["projects"][0] |= {"overlap": 1, "annotators": [pseudonym(f"amina@{DOMAIN}")]}
    file.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    result = desk.online("assign", *order)
    assert result.returncode == 0, result.stderr


def test_nothing_is_said_of_what_is_not_there(desk: Callable[..., Desk]) -> None:
    made = desk("bare")
    made.push()
    found, text = told(made)
    assert (found["sample"], found["order"], found["links"]) == (None, None, [])
    assert len(found["projects"]) == 1
    assert not [word for word in ("sample:", "order:", "links") if word in text]


def test_the_sample_and_the_order_have_a_line_each(desk: Callable[..., Desk]) -> None:
    made = desk("chosen")
    articles = sorted(ingest.articles(made.workspace))
    made.workspace.sample.write_text(yaml.safe_dump({"chosen": [*articles[:3], "gone"]}), encoding="utf-8")
    made.push()
    give_out(made)
    found, text = told(made)
    assert found["sample"] == {"to_label": 3, "articles": len(articles)}
    assert found["order"] == "plain"
    assert f"sample: 3 of {len(articles)} articles are to be labelled" in text
    assert "order: plain" in text
    give_out(made, "--order", "coverage")
    found, text = told(made)
    assert found["order"] == "coverage"
    assert "order: coverage" in text


def test_projects_for_links_are_counted(desk: Callable[..., Desk]) -> None:
    linked = annotated(desk, "beyond")
    linked.push()
    pushed = linksync.push(linked.workspace, **linked.address)
    found, _ = told(linked)
    assert [(one["title"], one["tasks"], one["answers"]) for one in found["links"]] == [
        (one.title, one.new, 0) for one in pushed
    ]
    across.answer(linked.workspace, linked.tokens, **linked.address)
    with linked.client() as client:
        project = found["links"][0]["url"].rpartition("/")[2]
        (first, *_) = client.get("/api/tasks", {"project": project})["tasks"]
    linked.submit("boris", first["id"], [], was_cancelled=True)
    found, text = told(linked)
    assert [(one["answers"], one["skipped"]) for one in found["links"]] == [
        (len(linked.tokens) * pushed[0].new, 1),
        (len(linked.tokens) * pushed[1].new, 0),
    ]
    for one in found["links"]:
        assert one["title"] in text
        assert one["url"] in text
