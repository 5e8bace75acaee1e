"""`goldkit suggest` with a source that errs everywhere: what is told stays readable, and all of it can be had."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from tests.pipeline.program import goldkit
from tests.sampled import sample_workspace
from toolkit.annotations.model import Mention
from toolkit.articles.model import Article
from toolkit.stages import suggest
from toolkit.suggest.model import Suggestions
from toolkit.workspace import Workspace

LIAR = """
import json, sys
asked = json.load(sys.stdin)["articles"]
wrong = [{"start": 0, "end": 3, "label": f"CITY{number}"} for number in range(40)]
wrong += [{"start": -number, "end": 3, "text": "Nobody Here", "label": "PERSON"} for number in range(1, 41)]
right = {"start": 0, "end": 3, "label": "PERSON"}
said = [{"article_id": one["article_id"], "mentions": [*wrong, right]} for one in asked]
said[0] = {"article_id": said[0]["article_id"], "error": "out\\n of memory"}
json.dump({"version": "1", "articles": said}, sys.stdout)
"""


def test_a_source_that_errs_everywhere_is_told_in_a_page(tmp_path: Path) -> None:
    workspace = sample_workspace(tmp_path)
    workspace.annotations.unlink()
    (tmp_path / "liar.py").write_text(LIAR)
    source = {"name": "liar", "kind": "command", "command": [sys.executable, "liar.py"], "batch": 14}
    settings = yaml.safe_load((file := tmp_path / "configs" / "project.yaml").read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(settings | {"suggestions": {"sources": [source], "control": 0}}))

    said = goldkit("suggest", cwd=tmp_path)
    assert said.returncode == 3
    assert len(said.stdout.splitlines()) < 35
    assert "there is no label 'CITY0'; mentions[1]: there is no label 'CITY1'" in said.stdout
    assert "and 37 more (13 times)" in said.stdout
    assert "suggestion-not-answered: liar: out of memory" in said.stdout
    assert "liar-1: suggestions for 13 of 14 articles; 1040 items refused" in said.stdout

    whole = json.loads(goldkit("suggest", "--format", "json", cwd=tmp_path).stdout)
    rules = [one["rule"] for one in whole["findings"]]
    assert rules.count("suggestion-unknown-name") == rules.count("suggestion-misplaced") == 13
    assert whole["refused"] == 13 * 80


def test_a_control_that_nothing_was_drawn_for_is_told(tmp_path: Path) -> None:
    sample_workspace(tmp_path)
    file = tmp_path / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    source = {"name": "gold", "kind": "carry-over"}
    for control, seed, empty in ((0.2, 0, True), (0.2, 3, False), (0, 0, False)):
        told = {"sources": [source], "control": control, "control_seed": seed}
        file.write_text(yaml.safe_dump(settings | {"suggestions": told}))
        rules = [finding.rule for finding in suggest.suggest(Workspace(tmp_path)).findings]
        assert ("suggestions-control-empty" in rules) == empty


def test_what_was_said_before_ctrl_c_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = sample_workspace(tmp_path)
    workspace.annotations.unlink()
    file = tmp_path / "configs" / "project.yaml"
    settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    told = {"sources": [{"name": "slow", "kind": "command", "command": ["true"]}], "control": 0}
    file.write_text(yaml.safe_dump(settings | {"suggestions": told}))

    class Slow:
        version = "slow-1"

        def __init__(self, answers: int) -> None:
            self.answers = answers

        def suggest(self, articles: Sequence[Article]) -> Iterator[Suggestions]:
            for article in articles[: self.answers]:
                mention = Mention(id="m", start=0, end=3, text=article.text[:3], labels=("PERSON",))
                yield Suggestions(
                    article_id=article.article_id,
                    text_sha256=article.text_sha256,
                    version=self.version,
                    mentions=(mention,),
                )
            raise KeyboardInterrupt

    monkeypatch.setattr(suggest, "_source", lambda *args: Slow(3))
    made = suggest.suggest(Workspace(tmp_path))
    assert (made.stopped, made.answered, made.asked) == (True, 3, 14)
    assert [finding.message for finding in made.findings] == ["slow was stopped; what it said of 3 articles is kept"]
    assert len((workspace.suggestions / "slow.jsonl").read_text(encoding="utf-8").splitlines()) == 3

    monkeypatch.setattr(suggest, "_source", lambda *args: Slow(0))
    with pytest.raises(KeyboardInterrupt):
        suggest.suggest(Workspace(tmp_path))
    assert len((workspace.suggestions / "slow.jsonl").read_text(encoding="utf-8").splitlines()) == 3
