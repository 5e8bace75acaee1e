"""Programs that suggest: those that do as they are asked, and those that do not."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from suggest.test_protocol import article
from toolkit.articles.model import Article
from toolkit.errors import SourceError
from toolkit.findings import Finding
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import CommandSettings
from toolkit.suggest import batches, program, sources
from toolkit.suggest.model import Source, Suggestions

GOOD = """
import json, sys
asked = json.load(sys.stdin)
mention = {"start": 2, "end": 13, "text": "Ilka Tornay", "label": "PERSON"}
said = [{"article_id": one["article_id"], "mentions": [mention]} for one in asked["articles"]]
json.dump({"version": "7", "articles": said}, sys.stdout)
"""


@pytest.fixture(scope="module")
def ontology(repository: Path) -> Ontology:
    return load_ontology(repository / "configs" / "ontology.yaml")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FIRST_WAIT", 0.01)


def running(code: str, ontology: Ontology, folder: Path, **settings: Any) -> Source:
    """A source that is this Python program, in this folder."""
    (folder / "program.py").write_text(textwrap.dedent(code), encoding="utf-8")
    options: dict[str, Any] = {"command": (sys.executable, "program.py"), "retries": 0, "seconds": 30} | settings
    return sources.make(CommandSettings(name="oracle", kind="command", **options), ontology, dict(os.environ), folder)


def told(source: Source, *articles: Article) -> tuple[list[Suggestions], list[Finding]]:
    said = list(source.suggest(articles or [article()]))
    return [one for one in said if isinstance(one, Suggestions)], [one for one in said if isinstance(one, Finding)]


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


COUNT = "open('runs', 'a').write('x')\n"


def test_a_program_suggests_batch_by_batch(ontology: Ontology, tmp_path: Path) -> None:
    source = running(COUNT + GOOD, ontology, tmp_path, batch=2)
    assert source.version == "oracle"
    suggestions, findings = told(source, *(article(f"a-{number}") for number in (3, 1, 2)))
    assert [one.article_id for one in suggestions] == ["a-1", "a-2", "a-3"]
    assert {one.version for one in suggestions} == {"oracle-7"} == {source.version}
    assert [one.text for one in suggestions[0].mentions] == ["Ilka Tornay"]
    assert findings == []
    assert runs(tmp_path) == 2


def test_it_gets_everything_but_our_tokens(ontology: Ontology, tmp_path: Path) -> None:
    ours = {"HF_TOKEN": "hf_x", "LABEL_STUDIO_API_KEY": "ls_x", "GOLDKIT_SHARED": "x", "HUGGING_FACE_HUB_TOKEN": "x"}
    code = "import json, os; json.dump(dict(os.environ), open('seen', 'w'))\n" + GOOD
    settings = CommandSettings(name="oracle", kind="command", command=(sys.executable, "-c", code))
    source = sources.make(settings, ontology, {"OTHER": "kept", "PATH": os.environ["PATH"]} | ours, tmp_path)
    assert told(source)[1] == []
    seen = json.loads((tmp_path / "seen").read_text())
    assert seen["OTHER"] == "kept"
    assert not seen.keys() & ours.keys()


def test_no_shell_reads_the_command(ontology: Ontology, tmp_path: Path) -> None:
    command = (sys.executable, "-c", GOOD + "open('seen', 'w').write(sys.argv[1])", "$(touch made); echo *")
    settings = CommandSettings(name="oracle", kind="command", command=command)
    assert told(sources.make(settings, ontology, {}, tmp_path))[1] == []
    assert (tmp_path / "seen").read_text() == command[-1]
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "oracle: the answer is empty"),
        ("print('Certainly!')", "oracle: the answer is no JSON: expected value at line 1 column 1"),
        (GOOD + "sys.stdout.flush(); sys.exit(3)", "oracle: exit code 3"),
        ("import sys; sys.exit('out of memory\\n\\n')", "oracle: exit code 1: out of memory"),
        ("import os; os.kill(os.getpid(), 9)", "oracle: ended by SIGKILL"),
        ("import os; os.kill(os.getpid(), 15)", "oracle: ended by SIGTERM"),
        ("import sys; sys.exit('\\x1b[2Jno \\x07memory')", "oracle: exit code 1: [2Jno memory"),
        ("import sys; sys.exit('y' * 10**6)", "oracle: exit code 1: " + "y" * 200),
        ("print('[{', end='')", "oracle: the answer is no JSON: EOF while parsing an object at line 1 column 2"),
    ],
)
def test_a_program_that_fails_costs_its_batch(ontology: Ontology, tmp_path: Path, code: str, why: str) -> None:
    suggestions, findings = told(running(code, ontology, tmp_path), article("a-1"), article("a-2"))
    assert suggestions == []
    assert [(one.rule, one.place.article_id) for one in findings] == [
        ("suggestion-source-failed", "a-1"),
        ("suggestion-source-failed", "a-2"),
    ]
    assert findings[0].message == why


def is_alive(id: int) -> bool:
    return psutil.pid_exists(id) and psutil.Process(id).status() != psutil.STATUS_ZOMBIE


def child_is_gone(folder: Path) -> bool:
    """Whether the child is, once the kernel has had its moment."""
    child, deadline = int((folder / "child").read_text()), time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(child)


FORK = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(15, 1); signal.pause()"])
open("child", "w").write(str(child.pid))
"""


def test_who_hangs_is_given_up_with_all_its_children(ontology: Ontology, tmp_path: Path) -> None:
    code = FORK + "print('{', flush=True); print('waiting', file=sys.stderr, flush=True)\nimport signal; signal.pause()"
    began = time.monotonic()
    suggestions, findings = told(running(code, ontology, tmp_path, seconds=2))
    assert time.monotonic() - began < 15
    assert suggestions == []
    assert [one.message for one in findings] == ["oracle: no answer within 2 s: waiting"]
    assert child_is_gone(tmp_path)


def test_a_child_that_survives_keeps_nobody_waiting(ontology: Ontology, tmp_path: Path) -> None:
    began = time.monotonic()
    suggestions, findings = told(running(FORK + GOOD, ontology, tmp_path))
    assert time.monotonic() - began < 15
    assert (len(suggestions), findings) == (1, [])
    assert child_is_gone(tmp_path)


def test_whoever_is_stopped_takes_the_program_along(
    ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: Any) -> None:
        if (tmp_path / "child").exists() and (tmp_path / "child").read_text():
            raise KeyboardInterrupt

    monkeypatch.setattr(program, "_check_size", stopped)
    with pytest.raises(KeyboardInterrupt):
        told(running(FORK + "import signal; signal.pause()", ontology, tmp_path))
    assert child_is_gone(tmp_path)


def test_who_drips_is_given_up(ontology: Ontology, tmp_path: Path) -> None:
    code = "import time\nwhile True: print(' ', flush=True); time.sleep(0.01)"
    _, findings = told(running(code, ontology, tmp_path, seconds=1))
    assert [one.message for one in findings] == ["oracle: no answer within 1 s"]


@pytest.mark.parametrize("end", ["", "\nimport signal; signal.pause()"], ids=["ends", "goes on"])
def test_who_says_too_much_is_cut_off(
    ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(program, "ANSWER_BYTES", 5000)
    code = COUNT + "print('[' * 10_000, flush=True)" + end
    _, findings = told(running(code, ontology, tmp_path, retries=3))
    assert [one.message for one in findings] == ["oracle: the answer has more than 5,000 bytes"]
    assert runs(tmp_path) == 1  # it would say as much again


def test_who_complains_without_end_is_cut_off(
    ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "ANSWER_BYTES", 5000)
    code = COUNT + "import sys\nwhile True: print('no ' * 100, file=sys.stderr, flush=True)"
    _, findings = told(running(code, ontology, tmp_path, retries=3))
    assert [one.message for one in findings] == ["oracle: standard error has more than 5,000 bytes"]
    assert runs(tmp_path) == 1


def test_what_is_asked_need_not_be_read(ontology: Ontology, tmp_path: Path) -> None:
    """A pipe would be full, or broken."""
    said = json.dumps({"version": "1", "articles": [{"article_id": "a-1"}]})
    large = article("a-1", "x" * 900_000)
    suggestions, findings = told(running(f"print({said!r})", ontology, tmp_path), large)
    assert (len(suggestions), findings) == (1, [])


def test_a_second_try_may_be_better(ontology: Ontology, tmp_path: Path) -> None:
    code = COUNT + "if len(open('runs').read()) < 3: raise SystemExit('not yet')\n" + GOOD
    suggestions, findings = told(running(code, ontology, tmp_path, retries=2))
    assert (len(suggestions), findings, runs(tmp_path)) == (1, [], 3)


def test_there_are_no_more_tries_than_asked_for(ontology: Ontology, tmp_path: Path) -> None:
    _, findings = told(running(COUNT + "print('{}')", ontology, tmp_path, retries=2))
    assert (len(findings), runs(tmp_path)) == (1, 3)


BAD_FOR = "if {bad} & {{one['article_id'] for one in asked['articles']}}: sys.exit('no')\n"


def test_the_next_batch_is_asked(ontology: Ontology, tmp_path: Path) -> None:
    code = GOOD.replace("mention =", BAD_FOR.format(bad={"a-1", "a-2", "a-4", "a-5"}) + "mention =")
    suggestions, findings = told(
        running(code, ontology, tmp_path, batch=1), *(article(f"a-{number}") for number in range(1, 6))
    )
    assert [one.article_id for one in suggestions] == ["a-3"]
    assert [one.place.article_id for one in findings] == ["a-1", "a-2", "a-4", "a-5"]


def test_three_failures_in_a_row_end_it(ontology: Ontology, tmp_path: Path) -> None:
    source = running(COUNT + "raise SystemExit('no licence')", ontology, tmp_path, batch=1)
    said = []
    with pytest.raises(SourceError, match=r"oracle: exit code 1: no licence \(3 batches in a row\)") as caught:
        for one in source.suggest([article(f"a-{number}") for number in range(1, 6)]):
            said.append(one)
    assert caught.value.next
    assert [one.place.article_id for one in said if isinstance(one, Finding)] == ["a-1", "a-2", "a-3"]
    assert runs(tmp_path) == 3


def test_failures_in_a_row_are_counted_from_call_to_call(ontology: Ontology, tmp_path: Path) -> None:
    source = running("raise SystemExit('no licence')", ontology, tmp_path)
    assert [len(told(source)[1]) for _ in range(2)] == [1, 1]
    with pytest.raises(SourceError, match="3 batches in a row"):
        told(source)


@pytest.mark.parametrize("command", ["no-such-program", "./program.py", "nul\0"])
def test_what_cannot_be_run_ends_it(ontology: Ontology, tmp_path: Path, command: str) -> None:
    source = running(GOOD, ontology, tmp_path, command=(command,), retries=5)
    with pytest.raises(SourceError, match="cannot be run") as caught:
        told(source)
    assert "configs/project.yaml" in caught.value.next


def test_one_version_at_a_time(ontology: Ontology, tmp_path: Path) -> None:
    code = GOOD.replace('"7"', 'asked["articles"][0]["article_id"]')
    suggestions, findings = told(running(code, ontology, tmp_path, batch=1), article("a-1"), article("a-2"))
    assert [one.version for one in suggestions] == ["oracle-a-1", "oracle-a-2"]
    assert [one.rule for one in findings] == ["suggestion-version-changed"]


def test_lies_do_not_stop_the_rest(ontology: Ontology, tmp_path: Path) -> None:
    code = GOOD.replace("said =", 'mention |= {"text": "Otto Marn"}\nsaid =')
    suggestions, findings = told(running(code, ontology, tmp_path), article("a-1"), article("a-2"))
    assert [one.items for one in suggestions] == [0, 0]
    assert [one.rule for one in findings] == ["suggestion-misplaced"] * 2


def test_the_order_of_articles_does_not_matter(ontology: Ontology, tmp_path: Path) -> None:
    articles = [article(f"a-{number}") for number in range(5)]
    source = running(GOOD, ontology, tmp_path, batch=2)
    assert told(source, *articles) == told(source, *reversed(articles))
