"""`goldkit link …` without a server: candidates, files of clusters, what is wrong with them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipeline.program import Result, goldkit
from tests.pipeline.test_from_jsonl import EVENTS, OURS
from tests.sampled import sample_workspace
from toolkit.dataset.opened import open_dataset
from toolkit.engine import Here, Processes
from toolkit.links.store import load_links, load_pairs, load_registers
from toolkit.stages import links, setup
from toolkit.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sample_workspace(tmp_path)


def ran(workspace: Workspace, *args: str | Path, code: int = 0) -> Result:
    result = goldkit(*args, cwd=workspace.root)
    assert result.returncode == code, result.stdout + result.stderr
    return result


def told(workspace: Workspace, *args: str | Path, code: int = 0) -> Any:
    return json.loads(ran(workspace, *args, "--format", "json", code=code).stdout)


def test_candidates_are_proposed_for_every_story_of_gold(workspace: Workspace) -> None:
    found = told(workspace, "link", "candidates")
    assert [one["story_id"] for one in found["stories"]] == ["dam", "harbour", "memorandum"]
    registers, pairs = list(load_registers(workspace.links)), list(load_pairs(workspace.links))
    assert [len(one.mentions) for one in registers] == [one["mentions"] for one in found["stories"]]
    assert Counter(pair.story_id for pair in pairs) == {one["story_id"]: one["pairs"] for one in found["stories"]}
    before = {path.name: path.read_bytes() for path in workspace.links.iterdir()}
    ran(workspace, "link", "candidates")
    assert {path.name: path.read_bytes() for path in workspace.links.iterdir()} == before


def test_candidates_do_not_depend_on_the_engine(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    links.candidates(workspace, engine=Here())
    here = {path.name: path.read_bytes() for path in workspace.links.iterdir()}
    monkeypatch.setattr(links, "SHARD", 1)
    links.candidates(workspace, engine=Processes(2))
    assert {path.name: path.read_bytes() for path in workspace.links.iterdir()} == here


def test_a_project_can_ask_for_fewer_pairs(workspace: Workspace) -> None:
    file = workspace.root / "configs" / "project.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"linking": {"pairs": 5}}))
    fewer = told(workspace, "link", "candidates")
    claims = {one["story_id"]: one["claims"] for one in fewer["stories"]}
    assert all(one["pairs"] <= max(5, claims[one["story_id"]]) for one in fewer["stories"])


def test_an_ontology_without_links_is_told_so(workspace: Workspace) -> None:
    schema = yaml.safe_load(workspace.ontology.read_text(encoding="utf-8"))
    schema = {key: part for key, part in schema.items() if key not in ("links", "decisions")}
    workspace.ontology.write_text(yaml.safe_dump(schema, allow_unicode=True, sort_keys=False), encoding="utf-8")
    result = ran(workspace, "link", "candidates", code=2)
    assert "no layer across articles" in result.stderr
    for command in ("resolve", "agree", "build"):  # all else goes on without it
        assert goldkit(command, cwd=workspace.root).returncode in (0, 3), command


def test_without_stories_the_next_step_is_named(workspace: Workspace) -> None:
    lines = [json.loads(line) for line in workspace.articles.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["article"]["story_id"] = ""
    workspace.articles.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    result = ran(workspace, "link", "candidates")
    assert "no story has two articles of gold" in result.stdout
    assert "goldkit articles group" in result.stdout


def clusters(workspace: Workspace, path: Path) -> list[dict[str, Any]]:
    """The candidates as a file of clusters, each document a line."""
    by_article: dict[str, list[dict[str, Any]]] = {}
    for register in load_registers(workspace.links):
        mentions = {mention.key: mention for mention in register.mentions}
        for entity in register.entities:
            for key in entity.mentions:
                one = mentions[key]
                row = {"start": one.start, "end": one.end, "cluster": f"{register.story_id} {entity.name} {entity.id}"}
                by_article.setdefault(one.article_id, []).append(row)
    rows = [{"article_id": id, "mentions": mentions} for id, mentions in sorted(by_article.items())]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


def test_clusters_from_a_file_become_gold_and_tables(workspace: Workspace, tmp_path: Path) -> None:
    ran(workspace, "link", "candidates")
    rows = clusters(workspace, tmp_path / "clusters.jsonl")
    pulled = told(workspace, "link", "pull", "--from-file", tmp_path / "clusters.jsonl")
    assert pulled["counts"] == {"annotations": 3, "stories": 3, "pairs": 0, "skipped": 0, "rejected": 0}
    gold = load_links(workspace.links_gold)
    registers = {register.story_id: register for register in load_registers(workspace.links)}
    for story in gold:
        ours = {entity.mentions for entity in story.entities}
        assert ours == {entity.mentions for entity in registers[story.story_id].entities}
    ran(workspace, "build")
    opened = open_dataset(workspace.dataset(workspace.project.dataset.version))
    assert opened.count("entity_links") == sum(len(row["mentions"]) for row in rows)
    scored = told(workspace, "link", "score", tmp_path / "clusters.jsonl", workspace.links_gold)
    assert scored["scores"]["with singletons"]["CoNLL"]["f1"] == 1


def test_mentions_that_are_no_gold_are_counted(workspace: Workspace, tmp_path: Path) -> None:
    ran(workspace, "link", "candidates")
    rows = clusters(workspace, tmp_path / "clusters.jsonl")
    rows[0]["mentions"] += [{"start": 1, "end": 2, "cluster": "x"}, {"start": 2, "end": 3, "cluster": "x"}]
    file = tmp_path / "more.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    pulled = told(workspace, "link", "pull", "--from-file", file, code=3)
    (finding,) = pulled["findings"]
    assert finding["rule"] == "link-mention-unknown"
    assert finding["message"].startswith("2 of ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "neither JSON lines nor CoNLL-2012"),
        ('{"article_id": "nowhere", "mentions": [{"start": 0, "end": 3, "cluster": 1}]}\n', "none of its 1 mentions"),
        ('{"article_id": "a"}\n', ":1"),
        ("#begin document (a); part 000\na 0 0 w (1)\n#end document\n", "tells mentions by numbers of tokens"),
    ],
)
def test_a_bad_file_is_an_error_that_changes_nothing(
    workspace: Workspace, tmp_path: Path, content: str, words: str
) -> None:
    ran(workspace, "link", "candidates")
    before = {path.name: path.read_bytes() for path in workspace.links.iterdir()}
    file = tmp_path / "bad.jsonl"
    file.write_text(content)
    result = ran(workspace, "link", "pull", "--from-file", file, code=1)
    assert words in result.stderr
    assert "next: " in result.stderr
    assert {path.name: path.read_bytes() for path in workspace.links.iterdir()} == before


def test_a_corpus_with_chains_from_the_file_to_the_score(tmp_path: Path, shared_data: Path) -> None:
    """ECB+: mentions taken in, candidates scored against its chains, its chains into the dataset."""
    corpus = shared_data / "ecbplus" / "ecbplus-topics-1-8.jsonl"
    lines = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    setup.init(tmp_path, "ecb")
    workspace = Workspace(tmp_path)
    linked = "links:\n  entities: [PERSON, ORGANIZATION, LOCATION, OBJECT, EVENT]\n"
    workspace.ontology.write_text(EVENTS + linked, encoding="utf-8")
    labels = {
        kind: next(ours for start, ours in OURS.items() if kind.startswith(start))
        for kind in sorted({mention["type"] for line in lines for mention in line["mentions"]})
    }
    (tmp_path / "map.yaml").write_text(json.dumps({"labels": labels}), encoding="utf-8")
    file = tmp_path / "corpus.jsonl"
    file.write_text("".join(json.dumps(line | {"story_id": line["subtopic"]}) + "\n" for line in lines))
    ran(workspace, "articles", "add", file)
    ran(workspace, "pull", "--from-file", file, "--mapping", "map.yaml")
    found = told(workspace, "link", "candidates")
    assert sum(one["mentions"] for one in found["stories"]) == 1364  # 149 of 1,513 are times
    scored = told(workspace, "link", "score", file, workspace.links / "registers.jsonl")
    assert (scored["key"]["mentions"], scored["response"]["mentions"], scored["mentions_in_both"]) == (1513, 1364, 1364)
    assert scored["scores"]["with singletons"]["CoNLL"]["f1"] > 0.7
    told(workspace, "link", "pull", "--from-file", file, code=3)
    ran(workspace, "build")
    opened = open_dataset(workspace.dataset(workspace.project.dataset.version))
    assert opened.count("entity_links") == 1364
    chains = {
        (mention["chain"], line["subtopic"])
        for line in lines
        for mention in line["mentions"]
        if labels[mention["type"]] != "DATETIME"
    }
    assert len({row["entity_id"] for row in opened.named("entity_links")}) == len(chains)
