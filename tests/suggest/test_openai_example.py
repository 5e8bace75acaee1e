"""The example that asks an OpenAI-compatible server, run as a source against a stand-in that minds the protocol."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from suggest.standin import Reply, Sent, StandIn, in_json, standing_in
from suggest.test_program import told
from suggest.test_protocol import TEXT, article, objects
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import CommandSettings
from toolkit.suggest import batches, sources
from toolkit.suggest.model import Source

KEY = "sk-4711-secret"
SCRIPT = Path("docs") / "examples" / "suggest_openai.py"


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FIRST_WAIT", 0.01)


def asking(server: StandIn, ontology: Ontology, repository: Path, **environment: str) -> Source:
    command = (sys.executable, str(SCRIPT))
    settings = CommandSettings(name="llm", kind="command", command=command, retries=0, seconds=60)
    known = {"OPENAI_BASE_URL": f"{server.url}/v1/", "OPENAI_API_KEY": KEY, "OPENAI_MODEL": "org/small:8b"}
    return sources.make(settings, ontology, known | environment, repository)


def completion(said: Any, **choice: Any) -> Reply:
    message = {"role": "assistant", "content": said if isinstance(said, str) else json.dumps(said)}
    return in_json({"model": "small", "choices": [{"index": 0, "message": message, "finish_reason": "stop"} | choice]})


def mention(ontology_schema: dict[str, Any], id: str, text: str, occurrence: int | None = None) -> dict[str, Any]:
    part = ontology_schema["properties"]["mentions"]["items"]["properties"]
    questions = dict.fromkeys(part["attributes"]["properties"])
    return dict.fromkeys(part) | {
        "id": id,
        "text": text,
        "occurrence": occurrence,
        "label": "PERSON",
        "score": 0.5,
        "attributes": questions | {"level": "named"},
    }


def model(sent: Sent) -> Reply:
    """A model on a server that is particular about requests, and answers in the form that was asked for."""
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.body.keys() == {"model", "messages", "response_format", "temperature"}
    assert [one["role"] for one in sent.body["messages"]] == ["system", "user"]
    form = sent.body["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"].keys() == {"name", "strict", "schema"}
    assert form["json_schema"]["strict"] is True
    schema = form["json_schema"]["schema"]
    Draft202012Validator.check_schema(schema)
    for one in objects(schema):
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    said: dict[str, Any] = {
        "mentions": [mention(schema, "m1", "Ilka Tornay"), mention(schema, "m2", "Bram Osk", 2)],
        "cues": [],
        "claims": [],
        "relations": [{"type": "personal", "head": "m1", "tail": "m2", "modality": None}],
    }
    Draft202012Validator(schema).validate(said)
    return completion(said)


def test_suggestions_come_from_the_model(ontology: Ontology, repository: Path) -> None:
    with standing_in(model) as server:
        source = asking(server, ontology, repository)
        suggestions, findings = told(source, article("a-1"), article("a-2"))
    assert findings == []
    assert [one.article_id for one in suggestions] == ["a-1", "a-2"]
    assert [(one.text, one.start, one.score, one.attributes) for one in suggestions[0].mentions] == [
        ("Ilka Tornay", TEXT.index("Ilka"), 0.5, {"level": "named"}),
        ("Bram Osk", TEXT.rindex("Bram"), 0.5, {"level": "named"}),
    ]
    assert len(suggestions[0].relations) == 1
    assert source.version.startswith("llm-org/small:8b-")
    assert [sent.body["model"] for sent in server.sent] == ["org/small:8b"] * 2
    instructions, text = (one["content"] for one in server.sent[0].body["messages"])
    assert "An office, rank or position" in instructions  # a definition of the ontology
    assert "hotkey" not in instructions
    assert text.endswith(TEXT)


def test_no_key_is_sent_where_there_is_none(ontology: Ontology, repository: Path) -> None:
    with standing_in(completion({"mentions": []})) as server:
        assert told(asking(server, ontology, repository, OPENAI_API_KEY=""))[1] == []
    assert "Authorization" not in server.sent[0].headers


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(500, b"out of memory"), "RefusedError: HTTP 500: out of memory"),
        (Reply(302, b"", (("Location", "/v1/elsewhere"),)), "RefusedError: HTTP 302"),
        (Reply(200, b"<html>"), "JSONDecodeError"),
        (in_json({"choices": []}), "there is no choice with a message in the answer"),
        (in_json([]), "there is no choice with a message in the answer"),
        (in_json({"choices": [{"message": "Hello"}]}), "there is no choice with a message in the answer"),
        (in_json({"error": {"message": "no such model"}}), "there is no choice with a message in the answer"),
        (completion('{"mentions": []'), "JSONDecodeError"),
        (completion("[" * 100_000), "RecursionError"),
        (completion("I cannot do that."), "JSONDecodeError"),
        (completion([1]), "the answer is no object"),
        (completion('{"mentions": [', finish_reason="length"), "the answer was cut off"),
        (completion("", message={"content": None, "refusal": "I will not."}), "I will not."),
        (completion("", message={"content": None}), "the message is empty (finish_reason: stop)"),
        (
            completion("", message={"content": None, "tool_calls": []}, finish_reason="tool_calls"),
            "the message is empty (finish_reason: tool_calls)",
        ),
        (completion('{"mentions": [{"score": NaN}]}'), "not JSON compliant"),
        (completion('{"mentions": [{"text": "\\ud83c"}]}'), "surrogates not allowed"),
    ],
)
def test_a_server_that_fails_says_why(ontology: Ontology, repository: Path, reply: Reply, why: str) -> None:
    with standing_in(reply) as server:
        suggestions, findings = told(asking(server, ontology, repository))
    assert (suggestions, len(server.sent)) == ([], 1)
    (finding,) = findings
    assert finding.rule == "suggestion-source-failed"
    assert finding.message.startswith("llm: exit code 1: a-1: ")
    assert why in finding.message
    assert KEY not in finding.message


def test_an_article_that_fails_costs_only_itself(ontology: Ontology, repository: Path) -> None:
    with standing_in(Reply(400, b"too long"), model, completion('{"mentions": [{"score": NaN}]}')) as server:
        source = asking(server, ontology, repository)
        suggestions, findings = told(source, article("a-1"), article("a-2"), article("a-3"))
    assert [one.article_id for one in suggestions] == ["a-2"]
    assert [(one.rule, one.place.article_id) for one in findings] == [
        ("suggestion-not-answered", "a-1"),
        ("suggestion-not-answered", "a-3"),
    ]
    assert findings[0].message == "llm: RefusedError: HTTP 400: too long"
    assert "not JSON compliant" in findings[1].message


@pytest.mark.parametrize("fence", ["```json\n{}\n```", "```\n{}\n```\n"])
def test_a_fence_around_the_answer_is_taken_away(ontology: Ontology, repository: Path, fence: str) -> None:
    said = json.dumps({"mentions": [{"text": "Ilka Tornay", "label": "PERSON"}]}, indent=1)
    with standing_in(completion(fence.replace("{}", said))) as server:
        suggestions, findings = told(asking(server, ontology, repository))
    assert ([one.text for one in suggestions[0].mentions], findings) == (["Ilka Tornay"], [])


def test_a_model_has_to_be_named(ontology: Ontology, repository: Path) -> None:
    with standing_in(model) as server:
        _, findings = told(asking(server, ontology, repository, OPENAI_MODEL=""))
    assert [one.message for one in findings] == ["llm: exit code 2: OPENAI_MODEL is not set"]


def test_the_standard_library_is_enough(repository: Path) -> None:
    tree = ast.parse((repository / SCRIPT).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
