"""`goldkit articles group`, from articles to what is known of them everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.articles.groups import together
from toolkit.samples import ARTICLES
from toolkit.stages.group import groups
from toolkit.stages.ingest import articles
from toolkit.workspace import Workspace

from .program import goldkit

WIRE = [
    "The ferry Halcyon sank off Dunmere on Monday night with 41 people on board, the coast guard of Velm said.",
    "Captain Teo Quill brought all of them to Port Sarrel in two boats before the wreck went down at half past two.",
    "Divers from Ostrow will look for the cause as soon as the storm allows it, said Minister Ada Marsh.",
    "The Halcyon was built in 1999 and had passed her last inspection in March without any complaint.",
]
FOOTER = "Subscribe to the Meridian letter and read the news of the coast before others do, every day at six."
OTHERS = [
    "Farmers around Castrel sowed late this year because rain had kept the fields under water until the end of May.",
    "A new tram line opens in Lassendry, four years after the old one was closed and its rails were sold for scrap.",
    "The museum at Brannoch shows letters that Agnes Thorvil wrote to her brother while she was a prisoner of war.",
]


def line(article_id: str, *text: str, **fields: Any) -> dict[str, Any]:
    return {"article_id": article_id, "text": "\n".join(text), **fields}


NEWS = [
    line("ferry-1", *WIRE, published="2031-05-05", outlet="Courier", title="Ferry sinks"),
    line("ferry-2", "What we know of the wreck.", *WIRE[:3], published="2031-05-06", outlet="Mirror"),
    line("ferry-3", f"{WIRE[1]} Ada Marsh praised Quill, the Halcyon's captain.", published="2031-05-06"),
    *(line(f"other-{n}", text, FOOTER, outlet="Meridian", published="2031-05-05") for n, text in enumerate(OTHERS)),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return made(tmp_path, NEWS)


def made(folder: Path, news: list[dict[str, Any]]) -> Path:
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, news)), encoding="utf-8")
    for words in (["init", ".", "--name", "coast"], ["articles", "add", "news.jsonl"]):
        result = goldkit(*words, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


def group(workspace: Path, code: int = 0) -> dict[str, Any]:
    result = goldkit("articles", "group", "--format", "json", cwd=workspace)
    assert result.returncode == code, result.stdout + result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def stories(workspace: Path) -> Path:
    return workspace / "configs" / "stories.yaml"


def known(workspace: Path) -> dict[str, tuple[str, str]]:
    return {id: (one.story_id, one.dup_group) for id, one in articles(Workspace(workspace)).items()}


NOTHING = dict.fromkeys(("ferry-1", "ferry-2", "ferry-3", "other-0", "other-1", "other-2"), ("", ""))
COPIES = {**NOTHING, "ferry-1": ("", "dup-ferry-1"), "ferry-2": ("", "dup-ferry-1")}
CONFIRMED = {**COPIES, **{id: ("story-ferry-1", COPIES[id][1]) for id in ("ferry-1", "ferry-2", "ferry-3")}}


def test_copies_stories_and_boilerplate_are_found(workspace: Path) -> None:
    assert known(workspace) == NOTHING
    found = group(workspace)
    assert [(pair["left"], pair["right"], pair["kind"]) for pair in found["pairs"]] == [
        ("ferry-1", "ferry-2", "near-duplicate"),
    ]
    assert found["dup_groups"] == {"ferry-1": "dup-ferry-1", "ferry-2": "dup-ferry-1"}
    assert found["boilerplate"] == [{"text": FOOTER, "articles": 3, "outlet": "Meridian"}]
    assert [(one["id"], one["articles"]) for one in found["proposed"]] == [
        ("story-ferry-1", ["ferry-1", "ferry-2", "ferry-3"])
    ]
    assert [(one["rule"], one["severity"]) for one in found["findings"]] == [("story-unconfirmed", "note")]
    assert known(workspace) == COPIES  # a proposal is no story yet


def test_a_person_decides_and_that_stays(workspace: Path) -> None:
    group(workspace)
    text = stories(workspace).read_text(encoding="utf-8")
    stories(workspace).write_text(text.replace("confirmed: open", "confirmed: yes  # I looked"), encoding="utf-8")
    assert known(workspace) == CONFIRMED
    found = group(workspace)
    assert (found["confirmed"], found["proposed"], found["findings"]) == (3, [], [])
    assert stories(workspace).read_text(encoding="utf-8") == text.replace("open", "yes  # I looked")
    found_groups = groups(Workspace(workspace))
    assert found_groups.stories == dict.fromkeys(["ferry-1", "ferry-2", "ferry-3"], "story-ferry-1")
    assert [*together(found_groups, {})] == [("ferry-1", "ferry-2"), ["ferry-1", "ferry-2", "ferry-3"]]


def test_a_refused_story_is_not_proposed_again(workspace: Path) -> None:
    group(workspace)
    text = stories(workspace).read_text(encoding="utf-8").replace("confirmed: open", "confirmed: no")
    stories(workspace).write_text(text, encoding="utf-8")
    found = group(workspace)
    assert (found["proposed"], found["stories"]) == ([], {})
    assert stories(workspace).read_text(encoding="utf-8") == text


def test_the_same_articles_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    folders = []
    for name, news in (("one", NEWS), ("other", NEWS[::-1])):
        (tmp_path / name).mkdir()
        folders.append(made(tmp_path / name, news))
        group(folders[-1])
        group(folders[-1])
    for file in ("configs/stories.yaml", "exports/coast/groups.json"):
        assert (folders[0] / file).read_bytes() == (folders[1] / file).read_bytes()


def test_new_articles_make_the_groups_stale(workspace: Path) -> None:
    group(workspace)
    more = line("ferry-4", *WIRE, "It was her last crossing.", published="2031-05-06")
    (workspace / "more.jsonl").write_text(json.dumps(more), encoding="utf-8")
    assert goldkit("articles", "add", "more.jsonl", cwd=workspace).returncode == 0
    assert known(workspace) == {**NOTHING, "ferry-4": ("", "")}  # not what is known of other articles
    before = stories(workspace).read_bytes()
    made_anew = groups(Workspace(workspace))
    assert made_anew.dup_groups == dict.fromkeys(["ferry-1", "ferry-2", "ferry-4"], "dup-ferry-1")
    assert stories(workspace).read_bytes() == before  # only the command writes there
    assert known(workspace)["ferry-4"] == ("", "dup-ferry-1")
    written = (workspace / "exports" / "coast" / "groups.json").read_bytes()
    assert groups(Workspace(workspace)) == made_anew
    assert (workspace / "exports" / "coast" / "groups.json").read_bytes() == written


def test_an_untouched_proposal_grows_and_a_confirmed_story_is_joined(workspace: Path) -> None:
    more = line("ferry-4", *WIRE, "It was her last crossing.", published="2031-05-06")
    (workspace / "more.jsonl").write_text(json.dumps(more), encoding="utf-8")
    group(workspace)
    confirmed = stories(workspace).read_text(encoding="utf-8").replace("confirmed: open", "confirmed: yes")
    assert goldkit("articles", "add", "more.jsonl", cwd=workspace).returncode == 0
    (grown,) = group(workspace)["proposed"]
    assert (grown["id"], grown["articles"]) == ("story-ferry-1", ["ferry-1", "ferry-2", "ferry-3", "ferry-4"])
    stories(workspace).write_text(confirmed, encoding="utf-8")
    (joining,) = group(workspace)["proposed"]
    assert (joining["articles"], joining["joins"]) == (["ferry-4"], "story-ferry-1")
    joined = stories(workspace).read_text(encoding="utf-8")
    assert joined.startswith(confirmed)
    stories(workspace).write_text(joined.replace("open", "yes"), encoding="utf-8")
    assert known(workspace)["ferry-4"] == ("story-ferry-1", "dup-ferry-1")


def test_other_thresholds_make_other_groups(workspace: Path) -> None:
    group(workspace)
    project = workspace / "configs" / "project.yaml"
    more = "\ngrouping: {duplicate: 0.95, near_duplicate: 0.95, containment: 1.0}\n"
    project.write_text(project.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert known(workspace) == NOTHING
    assert [pair["kind"] for pair in group(workspace)["pairs"]] == ["review"]
    assert known(workspace) == NOTHING


def test_what_articles_came_with_stands(tmp_path: Path) -> None:
    news = [dict(one) for one in NEWS]
    news[0] |= {"story_id": "halcyon", "dup_group": "wire-7"}
    workspace = made(tmp_path, news)
    found = group(workspace)
    assert found["dup_groups"] == {"ferry-1": "wire-7", "ferry-2": "wire-7"}
    assert [(one["articles"], one["joins"]) for one in found["proposed"]] == [(["ferry-2", "ferry-3"], "halcyon")]
    assert known(workspace)["ferry-1"] == ("halcyon", "wire-7")


def test_what_is_to_be_mended_is_exit_code_3(workspace: Path) -> None:
    stories(workspace).write_text("stories:\n  - {id: x, confirmed: yes, articles: [ferry-9]}\n", encoding="utf-8")
    result = goldkit("articles", "group", cwd=workspace)
    assert result.returncode == 3
    assert "warning story-unknown-article: x names an article that is not in the store" in result.stdout
    assert "stories.yaml:2, article ferry-9" in result.stdout


def test_two_confirmed_stories_of_one_article_are_an_error_and_nothing_is_written(workspace: Path) -> None:
    entries = "".join(f"  - {{id: {id}, confirmed: yes, articles: [ferry-1]}}\n" for id in "xy")
    stories(workspace).write_text(f"stories:\n{entries}", encoding="utf-8")
    result = goldkit("articles", "group", cwd=workspace)
    assert result.returncode == 1
    assert "stories.yaml:3: ferry-1 is in y, and in line 2 in x" in result.stderr
    assert not (workspace / "exports" / "coast" / "groups.json").exists()


def test_a_broken_file_of_groups_is_named(workspace: Path) -> None:
    group(workspace)
    path = workspace / "exports" / "coast" / "groups.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"near-duplicate"', '"stolen"'), encoding="utf-8")
    result = goldkit("articles", "list", cwd=workspace)
    assert result.returncode == 1
    assert "groups.json: not as goldkit wrote it (pairs.0.kind" in result.stderr
    assert "then goldkit articles group" in result.stderr


def test_in_words(workspace: Path) -> None:
    said = goldkit("articles", "group", cwd=workspace).stdout
    assert "near-duplicate" in said
    assert "dup-ferry-1      ferry-1 ferry-2" in said
    assert f"       3  Meridian  {FOOTER[:80]}…" in said
    assert "1 pair, 1 group of copies\n0 stories: 0 articles came with one, 0 confirmed; 1 proposed\n" in said
    assert said.endswith("stories.yaml\n")


def test_without_articles_the_next_command_is_named(tmp_path: Path) -> None:
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    result = goldkit("articles", "group", cwd=tmp_path)
    assert result.returncode == 1
    assert "next: goldkit articles add" in result.stderr


def test_an_id_with_slashes_is_taken_and_told(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text(json.dumps(line("1/1ecb/7", "It rained.")), encoding="utf-8")
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    result = goldkit("articles", "add", "news.jsonl", cwd=tmp_path)
    assert result.returncode == 0
    assert "note article-id-slash: 1 ids had a slash" in result.stdout
    assert "1/1ecb/7 is 1-1ecb-7" in result.stdout
    (article,) = articles(Workspace(tmp_path)).values()
    assert (article.article_id, article.metadata) == ("1-1ecb-7", {"original_id": "1/1ecb/7"})
    again = goldkit("articles", "add", "news.jsonl", cwd=tmp_path)
    assert "0 new, 1 known, 0 refused" in again.stdout
    assert "article-id-slash" not in again.stdout


@pytest.mark.parametrize("id", ["../x", "/x", "a//b", "a/../../b"])
def test_no_slash_leads_anywhere(tmp_path: Path, id: str) -> None:
    (tmp_path / "news.jsonl").write_text(json.dumps(line(id, "It rained.")), encoding="utf-8")
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    goldkit("articles", "add", "news.jsonl", cwd=tmp_path)
    store = Workspace(tmp_path)
    assert not store.articles.is_file() or all("/" not in one for one in articles(store))


def test_the_seeds_hold_one_copy_and_one_story(tmp_path: Path, shared_data: Path) -> None:
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    goldkit("articles", "add", shared_data / "seeds", cwd=tmp_path)
    found = group(tmp_path)
    assert [(pair["left"][:3], pair["right"][:3], pair["kind"]) for pair in found["pairs"]] == [
        ("001", "002", "contained")
    ]
    assert [[id[:3] for id in one["articles"]] for one in found["proposed"]] == [["000", "001", "002", "003", "004"]]


def test_the_samples_keep_their_stories_and_their_copy_is_found(tmp_path: Path) -> None:
    goldkit("init", ".", "--name", "coast", cwd=tmp_path)
    goldkit("articles", "add", ARTICLES, cwd=tmp_path)
    found = group(tmp_path)
    assert found["dup_groups"] == dict.fromkeys(
        ["memorandum-01-meridian", "memorandum-02-courier"], "dup-memorandum-01-meridian"
    )
    assert (found["given"], found["confirmed"], found["proposed"]) == (14, 0, [])
    assert sorted(set(found["stories"].values())) == ["dam", "harbour", "memorandum"]
    assert not stories(tmp_path).exists()
