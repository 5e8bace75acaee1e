"""Suggestions from a server that speaks OpenAI's protocol (OpenAI, vLLM, llama.cpp, Ollama, …), for goldkit.

Named in configs/project.yaml as ``command: [python3, suggest_openai.py]``. The standard library is enough for it.

    OPENAI_MODEL      the model, as the server calls it
    OPENAI_BASE_URL   https://api.openai.com/v1, if it is not set
    OPENAI_API_KEY    where the server wants one

Each article is a request of its own, whose answer the server has to give in the form that goldkit's schema prescribes.
Of an article that the server fails for the answer has the error: goldkit says so, and the others are taken.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import urllib.error
import urllib.request
from typing import Any

SECONDS = 110  # for one article; a batch has to fit into `seconds` of the settings
UNASKED = ("colour", "hotkey", "backward_hotkey", "links", "retired")  # of the ontology: not about one article's words
FENCE = re.compile(r"\s*```\w*\n(.*)\n```\s*", re.DOTALL)  # some servers do not enforce the form
TASK = """You annotate a news article. Mark what the annotation scheme below defines, and nothing else.
Of each item: `text` is copied from the article letter by letter; `occurrence` is 1 where it is meant as it stands there
first, 2 for the second time, and so on; `start` and `end` are null. Ids (m1, m2, ...) are yours to give, each once;
relations and claims refer to mentions and cues by them. `score` is how sure you are, from 0 to 1. A question that does
not concern an item, or that the article does not answer, is answered with null.

The annotation scheme:
"""


class RefusedError(Exception):
    """The server did not give an answer that can be used."""


class Unredirected(urllib.request.HTTPRedirectHandler):
    """Nobody else is to get the key."""

    def redirect_request(self, *_: Any) -> None:
        """Do not follow."""


def main() -> int:
    """Answer one batch."""
    asked = json.load(sys.stdin)
    model = os.environ.get("OPENAI_MODEL", "")
    if not model:
        sys.stderr.write("OPENAI_MODEL is not set\n")
        return 2
    instructions = TASK + json.dumps(asked_for(asked["ontology"]), ensure_ascii=False, indent=1)
    schema = article_schema(asked["schema"])
    answers: list[dict[str, Any]] = []
    for article in asked["articles"]:
        try:
            answers.append(suggestions(model, instructions, article, schema) | {"article_id": article["article_id"]})
        except (OSError, ValueError, RecursionError, RefusedError) as error:
            answers.append({"article_id": article["article_id"], "error": f"{type(error).__name__}: {error}"})
    errors = [f"{one['article_id']}: {one['error']}" for one in answers if "error" in one]
    if errors and len(errors) == len(answers):
        sys.stderr.write(f"{errors[-1]}\n")
        return 1  # goldkit tries the batch again
    # Whoever changes the instructions or the schema makes another version of the source.
    digest = hashlib.sha256((instructions + json.dumps(schema)).encode()).hexdigest()[:8]
    json.dump({"version": f"{model}-{digest}", "articles": answers}, sys.stdout)
    return 0


def asked_for(part: Any) -> Any:
    """The ontology as far as it is about the words of an article."""
    if isinstance(part, dict):
        return {name: asked_for(one) for name, one in part.items() if name not in UNASKED}
    return [asked_for(one) for one in part] if isinstance(part, list) else part


def article_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one article's part of the answer; its id is known."""
    part = schema["properties"]["articles"]["items"]
    properties = {name: one for name, one in part["properties"].items() if name != "article_id"}
    return {**part, "properties": properties, "required": list(properties)}


def suggestions(model: str, instructions: str, article: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What the model says of one article."""
    about = "\n".join(f"{name}: {article[name]}" for name in ("title", "outlet", "published") if article[name])
    answer = ask(
        {
            "model": model,
            "temperature": 0,  # some models know no other than their own: then take this out
            "messages": [
                {"role": "system", "content": instructions},
                {"role": "user", "content": f"{about}\n\nThe article:\n{article['text']}"},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "suggestions", "strict": True, "schema": schema},
            },
        }
    )
    try:
        choice = answer["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
    except (LookupError, TypeError, AttributeError):
        raise RefusedError("there is no choice with a message in the answer") from None
    if refusal:
        raise RefusedError(refusal)
    if ended == "length":
        raise RefusedError("the answer was cut off")
    if not isinstance(content, str) or not content.strip():
        raise RefusedError(f"the message is empty (finish_reason: {ended})")
    said = json.loads(FENCE.sub(r"\1", content))
    if not isinstance(said, dict):
        raise RefusedError("the answer is no object")
    json.dumps(said, ensure_ascii=False, allow_nan=False).encode()  # NaN or half a character would cost the whole batch
    return said


def ask(request: dict[str, Any]) -> Any:
    """One request to the server."""
    base = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("OPENAI_API_KEY", ""):
        headers["Authorization"] = f"Bearer {key}"
    sent = urllib.request.Request(f"{base}/chat/completions", json.dumps(request).encode(), headers)  # noqa: S310
    try:
        with urllib.request.build_opener(Unredirected).open(sent, timeout=SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise RefusedError(f"HTTP {error.code}: {error.read(200).decode('utf-8', 'replace')}") from None


if __name__ == "__main__":
    sys.exit(main())
