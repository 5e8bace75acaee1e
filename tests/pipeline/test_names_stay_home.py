"""Names, addresses, tokens and numbers of people, planted wherever they can come from: none of them gets out.

The whole job runs with them on the real server. Then every file outside the private folders is searched, Parquet as
bytes and column by column, and everything that any command said, in text, in JSON, and with GOLDKIT_DEBUG.
"""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from hub.releases import REPOSITORY
from hub.server import TestHub
from studio.fakes import CONFIG, Fake, FakeHandler, FakeServer

from toolkit.annotations.pseudonyms import Pseudonyms
from toolkit.annotations.store import load_annotations
from toolkit.gold.review.marks import OPEN
from toolkit.stages import review
from toolkit.studio import tasks
from toolkit.studio.address import Address
from toolkit.studio.client import Client
from toolkit.studio.people import add_annotator
from toolkit.studio.projects import require_project
from toolkit.studio.server import DATABASE, LOG, Credentials
from toolkit.workspace import Workspace

from . import planted
from .desk import make_desk
from .planted import EVERYTHING, JUDGE, JUNIPER, MARLOW, PEOPLE, SAID, Person, Secret, leaks, written
from .program import Result, environment, goldkit, process

PASSWORD = "a-long-enough-password"
TEXTS = {
    "ferry": "Ana Quill said the ferry to Port Sarrel had sunk. Teo Quill denied it.",
    "bridge": "The bridge at Dunmere cost 12 million crowns, said Marsh.",
    "dam": "The dam at Orrin holds, the mayor of Orrin said.",
}
RULE = {
    "name": "contact",
    "why": "It says how the reporter is reached.",
    "where": "tail",
    "line": r"contact the reporter: (?P<reporter>\S+)",
}
# What goldkit is told by people, and does not write.
WRITTEN_BY_PEOPLE = {f"configs/{name}" for name in ("project.yaml", "ontology.yaml", "cleaning.yaml", "guidelines.md")}
# Numbers so large that nothing else is called so, one range for each kind of thing.
FIRST = {"htx_user": 611_000_001, "project": 622_000_001, "task_completion": 644_000_001}
FIRST_TASK = 633_000_001

LABEL, DECIDE, PUBLISH = ("(people label)",), ("(a person decides)",), ("(a release is published)",)
PUBLISHING: tuple[tuple[str, ...], ...] = (
    *(("articles", "group"), ("build",), ("release",)),
    *(("export", "--to", target) for target in ("spacy", "conll", "brat", "jsonl", "docred", "uima")),
)
"""The commands that end in what others read; further ones are added here."""
JOB: tuple[tuple[str, ...], ...] = (
    *(("articles", "add", "incoming/thornwhistle"), ("push",), LABEL, ("pull",), ("check",), ("check", "--push")),
    *(("status",), ("schema", "drift"), ("agree", "--by-label", "--by-pair"), ("resolve",)),
    *(("review", "push"), DECIDE, ("review", "pull"), ("report",)),
    *PUBLISHING,
    PUBLISH,
)
OFFLINE: tuple[tuple[str, ...], ...] = (("check",), ("report",), *PUBLISHING)  # the report measures and settles, too


@dataclass
class Home:
    """A workspace that is full of names, and all that was said in it."""

    root: Path
    studio: Credentials
    tokens: dict[Person, str]
    said: dict[str, bytes] = field(default_factory=dict)
    published: dict[str, bytes] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    @property
    def settings(self) -> dict[str, str]:
        """As people set them, in the environment."""
        return {
            "LABEL_STUDIO_URL": self.studio.url,
            "LABEL_STUDIO_API_KEY": self.studio.token,
            "GOLDKIT_PSEUDONYM_KEY": planted.KEY.word,
        }

    def run(self, *words: str, **settings: str) -> Result:
        """Run a command, and keep what it says."""
        done = goldkit(*words, cwd=self.root, env=self.settings | settings)
        called = f"{SAID}{len(self.said)} {' '.join(words)} {' '.join(settings)}"
        self.said[called] = f"{done.stdout}\n{done.stderr}".encode()
        return done

    def client(self, person: Person | None = None) -> Client:
        return Client(Address(self.studio.url, self.tokens[person] if person else self.studio.token))

    def files(self) -> dict[str, bytes]:
        return dict(written(self.root, but=WRITTEN_BY_PEOPLE))

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What was planted, and the tokens: whole, and what signs them."""
        tokens = (self.studio.token, self.studio.password, *self.tokens.values())
        return (*EVERYTHING, *(Secret(token.rpartition(".")[2].lower()) for token in tokens))


def furnish(root: Path) -> None:
    """Names in all that a person writes before the job begins."""
    comment = f"kept by {planted.COMMENT.word}"
    for name in ("project", "ontology", "cleaning"):
        file = root / "configs" / f"{name}.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if name == "cleaning":
            content["rules"].append(RULE)
        if name == "project":
            content["dataset"] = {"date": "2026-01-01"}
            content["hub"] = {"repository": REPOSITORY}
        file.write_text(f"# {comment}\n{yaml.safe_dump(content, sort_keys=False)}", encoding="utf-8")
    guidelines = root / "configs" / "guidelines.md"
    guidelines.write_text(f"{guidelines.read_text(encoding='utf-8')}\n<!-- {comment} -->\n", encoding="utf-8")
    incoming = root / "incoming" / planted.INCOMING.word
    incoming.mkdir(parents=True)
    rows = [
        {
            "article_id": id,
            "text": f"{text}\n\nContact the reporter: {planted.FOOTER.word}\n",
            "outlet": "Daily Sarrel",
            "story_id": id,
            "byline_mail": planted.METADATA.word,
        }
        for id, text in TEXTS.items()
    ]
    (incoming / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def mention(id: str, article_id: str, quote: str, label: str) -> dict[str, Any]:
    start = TEXTS[article_id].index(quote)
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    note = {"text": [f"ask {planted.NOTE.word}"]}
    return {"id": id, "from_name": "entities", "to_name": "text", "type": "labels", "value": value, "meta": note}


WORK = {
    JUNIPER: {
        "ferry": [mention("a", "ferry", "Ana Quill", "PERSON"), mention("p", "ferry", "Port Sarrel", "GPE")],
        "bridge": [mention("m", "bridge", "Marsh", "PERSON"), mention("odd", "bridge", "bridge", "VESSEL")],
        "dam": [mention("o", "dam", "Orrin", "GPE")],
    },
    MARLOW: {
        "ferry": [mention("a", "ferry", "Ana Quill", "PERSON"), mention("p", "ferry", "Port Sarrel", "LOCATION")],
        "bridge": [mention("d", "bridge", "Dunmere", "GPE")],
    },
}


def people_label(home: Home) -> None:
    """Work in Label Studio, with drafts, predictions, other people's changes and much beside it."""
    with home.client() as owner, contextlib.ExitStack() as open:
        hands = {person: open.enter_context(home.client(person)) for person in PEOPLE}
        project = require_project(owner, home.workspace.project.name, home.workspace.project.studio.projects[0])
        listed = [task for page in tasks.all_pages(owner, project.id, tasks.PLAIN) for task in page.tasks]
        ids = {task["data"]["article_id"]: task["id"] for task in listed}
        for person, own in WORK.items():
            for article_id, result in own.items():
                made = hands[person].post(f"/api/tasks/{ids[article_id]}/annotations/", {"result": result})
                owner.patch(f"/api/annotations/{made['id']}/", {"result": result})  # updated_by is another's now
        hands[JUDGE].post(f"/api/tasks/{ids['dam']}/drafts", {"result": [], "lead_time": 1, "note": planted.DRAFT.word})
        draft = [mention(f"by {planted.DRAFT.word}", "dam", "mayor", "ROLE_TITLE")]
        hands[JUDGE].post(f"/api/tasks/{ids['dam']}/drafts", {"result": draft, "lead_time": 1})
        model = f"a model of {planted.MODEL.word}"
        owner.post("/api/predictions/", {"task": ids["dam"], "result": WORK[JUNIPER]["dam"], "model_version": model})
        told = {"by": planted.TASK_DATA.word, "from": planted.ADDRESS.word}
        for task in listed:
            meta = {"note": planted.TASK_META.word, "from": planted.ADDRESS.word}
            owner.patch(f"/api/tasks/{task['id']}/", {"data": task["data"] | told, "meta": meta})


def a_person_decides(home: Home) -> None:
    """Accept all that is open in each review."""
    with home.client() as owner, home.client(JUDGE) as judge:
        project = require_project(owner, home.workspace.project.name, review.review_project(home.workspace))
        for page in tasks.all_pages(owner, project.id, tasks.PLAIN):
            for task in page.tasks:
                (shown,) = owner.get(f"/api/tasks/{task['id']}/")["predictions"]
                result = copy.deepcopy(shown["result"])
                for element in result:
                    labels = element.get("value", {}).get("labels", [])
                    labels[:] = [label for label in labels if label != OPEN]
                judge.post(f"/api/tasks/{task['id']}/annotations/", {"result": result})


def a_release_is_published(home: Home) -> None:
    """On a Hub of its own; what the program says, and what then lies there, is kept like all else that was said."""
    with tempfile.TemporaryDirectory() as folder, TestHub(Path(folder) / "hub") as hub:
        settings = environment() | home.settings | hub.environment(Path(folder) / "home")
        for words in (("publish", "--dry-run"), ("publish", "--format", "json"), ("publish",)):
            done = process(*words, cwd=home.root, env=settings | {"GOLDKIT_DEBUG": "1"})
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
            home.said[f"{SAID}{len(home.said)} {' '.join(words)}"] = f"{done.stdout}\n{done.stderr}".encode()
        assert hub.repositories[REPOSITORY].tags.keys() == {"v0.1.0"}
        for file in sorted((Path(folder) / "hub").rglob("*")):
            if file.is_file():
                home.published[file.name] = file.read_bytes()


DEEDS: dict[tuple[str, ...], Callable[[Home], None]] = {
    LABEL: people_label,
    DECIDE: a_person_decides,
    PUBLISH: a_release_is_published,
}


def raise_numbers(database: Path, owner: Client) -> None:
    """Let the next of each kind have a number that nothing else is called; a task's is one more than the last one's."""
    project = owner.post("/api/projects/", {"title": "numbers", "label_config": CONFIG})["id"]
    (task,) = owner.post(f"/api/projects/{project}/import?return_task_ids=true", [{"data": {"text": "x"}}])["task_ids"]
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        connection.execute("UPDATE task SET id = ? WHERE id = ?", (FIRST_TASK, task))
        for table, first in FIRST.items():
            changed = connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (first, table)).rowcount
            if not changed:
                connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, first))


@pytest.fixture(scope="module")
def home(studio: Credentials, studio_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The workspace after the whole job, every command run for people with GOLDKIT_DEBUG, and for programs."""
    with Client(Address(studio.url, studio.token)) as owner:
        raise_numbers(studio_home / DATABASE, owner)
    tokens = {person: add_annotator(studio, person.email, PASSWORD) for person in PEOPLE}
    root = tmp_path_factory.mktemp(planted.MACHINE.word) / "names"
    made = Home(root, studio, tokens)
    for person in PEOPLE:
        with made.client(person) as own:
            about = {"first_name": person.first, "last_name": person.last, "phone": person.phone}
            own.patch(f"/api/users/{own.get('/api/current-user/whoami')['id']}/", about | {"username": person.username})
    make_desk(root, studio, {}, articles=None)
    furnish(root)
    for step in JOB:
        if step in DEEDS:
            DEEDS[step](made)
            continue
        for format in ("text", "json"):
            done = made.run(*step, "--format", format, GOLDKIT_DEBUG="1" if format == "text" else "")
            assert done.returncode in (0, 3), f"{step}: {done.stdout}{done.stderr}"
    return made


def numbers(home: Home) -> dict[str, set[int]]:
    """The server's own numbers of everything in the projects."""
    found: dict[str, set[int]] = {"user": set(), "project": set(), "task": set(), "annotation": set()}
    with home.client() as owner:
        found["user"] = {id for id, email in owner.users().items() if email in {person.email for person in PEOPLE}}
        wanted = (home.workspace.project.studio.projects[0], review.review_project(home.workspace))
        for project in (require_project(owner, home.workspace.project.name, one) for one in wanted):
            found["project"].add(project.id)
            for page in tasks.all_pages(owner, project.id, tasks.ANNOTATED):
                for task in page.tasks:
                    found["task"].add(task["id"])
                    found["annotation"] |= {one["id"] for one in task["annotations"]}
    return found


def test_everything_was_planted(home: Home) -> None:
    """What is nowhere cannot leak: all of it is in the private folders, or in what people wrote."""
    there = [path for path in home.root.rglob("*") if path.is_file()]
    all_of_it = b"\n".join(str(path).encode() + path.read_bytes() for path in there).lower()
    with home.client() as owner:
        users = json.dumps([owner.get(f"/api/users/{id}/") for id in numbers(home)["user"]]).lower().encode()
    on_the_server = [secret.word for person in PEOPLE for secret in person.secrets]
    assert [word for word in on_the_server if word.encode() not in users] == []
    stored = (planted.NOTE, planted.METADATA, planted.FOOTER, planted.INCOMING, planted.COMMENT)
    assert [secret.word for secret in stored if secret.word.encode() not in all_of_it] == []
    assert all(min(found) > 600_000_000 for found in numbers(home).values())


def test_the_whole_job_was_done(home: Home) -> None:
    exports = home.workspace.exports
    kinds = {path.suffix for path in exports.rglob("*") if path.is_file()}
    assert {".jsonl", ".json", ".html", ".parquet", ".md", ".yaml"} <= kinds
    works = [*load_annotations(home.workspace.annotations)]
    assert len(works) == 5
    of = Pseudonyms(planted.KEY.word).of
    assert {work.annotator for work in works} == {of(JUNIPER.email), of(MARLOW.email)}
    assert of(JUDGE.email) in home.workspace.reviews.read_text(encoding="utf-8")


def test_no_name_is_in_what_is_written(home: Home) -> None:
    assert leaks(home.files(), home.secrets) == []


def test_no_name_is_in_what_is_said(home: Home) -> None:
    assert len(home.said) == 2 * len([step for step in JOB if step not in DEEDS]) + 3
    assert leaks(home.said, home.secrets) == []


def test_no_name_is_in_what_is_published(home: Home) -> None:
    assert len(home.published) > 10
    assert leaks(home.published, home.secrets) == []


def test_no_number_of_the_server_is_in_what_is_published(home: Home) -> None:
    """Findings, records and the report lead to tasks, so they hold their addresses; nothing else needs a number."""
    secrets = [
        Secret(str(number), allowed)
        for kind, allowed in {
            "user": (),
            "annotation": ("exports/*/rejected.jsonl",),
            "task": (*planted.RECORDS, "exports/*/findings.json", "exports/*/reports/*", f"{SAID}*"),
            "project": (*planted.RECORDS, "exports/*/findings.json", "exports/*/reports/*", f"{SAID}*"),
        }.items()
        for number in numbers(home)[kind]
    ]
    assert leaks(home.files() | home.said, secrets) == []


def test_no_name_is_in_the_servers_log(home: Home, studio_home: Path) -> None:
    people = [secret for person in PEOPLE for secret in person.secrets]
    assert leaks({"log": (studio_home / LOG).read_bytes()}, people) == []


PROXY = f"http://{JUNIPER.username}:{planted.PASSWORD.word}@127.0.0.1:9"
FAILING: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (("push", "--url", PROXY), {}),
    (("pull", "--url", f"{PROXY}/projects?token={planted.WRONG_TOKEN.word}"), {}),
    (("status", "--url", f"http://127.0.0.1:9/?token={planted.WRONG_TOKEN.word}"), {}),
    (("status",), {"LABEL_STUDIO_URL": PROXY}),
    (("pull", "--token", planted.WRONG_TOKEN.word), {}),
    (("review", "pull"), {"LABEL_STUDIO_API_KEY": planted.WRONG_TOKEN.word}),
    (("status", "--names"), {}),
    (("pull", "--url", "http://127.0.0.1:9"), {}),
    (("pull", "--from-file", "configs/project.yaml"), {}),
    (("schema", "check", "configs/cleaning.yaml"), {}),
    (("schema", "diff", "configs/cleaning.yaml", "snapshot"), {}),
)


@pytest.mark.parametrize(("words", "settings"), FAILING, ids=lambda given: "-".join(given)[:50])
@pytest.mark.parametrize("debug", ["", "1"], ids=["", "debug"])
def test_no_name_is_in_what_fails(home: Home, words: tuple[str, ...], settings: dict[str, str], debug: str) -> None:
    before = {*home.said}
    done = home.run(*words, **settings, GOLDKIT_DEBUG=debug)
    new = {name: home.said.pop(name) for name in {*home.said} - before}
    assert done.returncode in (1, 2, 3), done.stdout
    assert leaks(new, home.secrets) == []


@pytest.fixture
def parrot() -> Iterator[Fake]:
    """A server that says back who asked, with which token, and whom it knows."""

    def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        said = f"{headers['Authorization']} of {JUNIPER.email} is not allowed here, {body!r}"
        return 400, "application/json", json.dumps({"detail": said}).encode()

    fake = Fake(answer)
    with FakeServer(("127.0.0.1", 0), type("Handler", (FakeHandler,), {"fake": fake})) as listening:
        import threading

        fake.url = f"http://127.0.0.1:{listening.server_address[1]}"
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        yield fake
        listening.shutdown()


@pytest.mark.parametrize("token", [planted.WRONG_TOKEN.word, "the real one"])
def test_what_a_server_says_back_is_not_passed_on(home: Home, parrot: Fake, token: str) -> None:
    before = {*home.said}
    done = home.run("pull", "--url", parrot.url, *(("--token", token) if " " not in token else ()))
    new = {name: home.said.pop(name) for name in {*home.said} - before}
    assert done.returncode == 1
    assert b"is not allowed here" in b"".join(new.values())  # the reason is told
    assert leaks(new, home.secrets) == []


# Exports that people have as files.


def of_the_server(home: Home) -> list[dict[str, Any]]:
    """The server's own JSON export."""
    with home.client() as owner:
        project = require_project(owner, home.workspace.project.name, home.workspace.project.studio.projects[0])
        exported: list[dict[str, Any]] = owner.get(f"/api/projects/{project.id}/export", {"exportType": "JSON"})
    return exported


def _as(exported: list[dict[str, Any]], by: Callable[[Person], dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """The export with the annotators named in another way."""
    made = copy.deepcopy(exported)
    for task in made:
        for one in task["annotations"]:
            (person,) = [person for person, own in WORK.items() if one["result"] in own.values()]
            named = {"created_username", "completed_by", "updated_by", "created_by"}
            shown = {name: one[name] for name in one if name not in named}
            one.clear()
            one.update(shown | by(person) | {"updated_by": MARLOW.email, "comments": [{"text": planted.NOTE.word}]})
        task[key] = task.pop("annotations")
    return made


def _object(person: Person) -> dict[str, Any]:
    about = {"id": 611_222_333, "email": person.email, "first_name": person.first, "last_name": person.last}
    return {"completed_by": about | {"username": person.username, "phone": person.phone}}


SHAPES: dict[str, tuple[Callable[[Person], dict[str, Any]], str]] = {
    "number": (lambda person: {"completed_by": 611_222_000 + PEOPLE.index(person)}, "annotations"),
    "object": (_object, "annotations"),
    "address": (lambda person: {"completed_by": person.email}, "annotations"),
    "name and address": (
        lambda person: {"completed_by": f"{person.first} {person.last} {person.email.upper()}, 611222333"},
        "annotations",
    ),
    "before 1.0": (lambda person: {"created_username": f" {person.email}, 611222333"}, "completions"),
}
BY_ADDRESS = ("object", "address", "name and address", "before 1.0")


def brat(folder: Path) -> None:
    for person, own in WORK.items():
        place = folder / person.email
        place.mkdir(parents=True)
        for article_id, result in own.items():
            (place / f"{article_id}.txt").write_text(TEXTS[article_id], encoding="utf-8")
            lines = [
                f"T{number}\t{one['value']['labels'][0]} {one['value']['start']} {one['value']['end']}"
                f"\t{one['value']['text']}\n#{number}\tAnnotatorNotes T{number}\task {planted.NOTE.word}\n"
                for number, one in enumerate(result, start=1)
            ]
            (place / f"{article_id}.ann").write_text("".join(lines), encoding="utf-8")


def conll(folder: Path) -> None:
    folder.mkdir(parents=True)
    for person in WORK:
        (folder / f"{person.email}.conll").write_text("Ana B-PERSON\nQuill I-PERSON\nleft O\n", encoding="utf-8")


@pytest.fixture(scope="module")
def taken(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Home]:
    """A workspace of its own that took an export of this shape, and did all that needs no server."""
    exported, known = of_the_server(home), dict[str, Home]()

    def take(shape: str) -> Home:
        if shape in known:
            return known[shape]
        root = tmp_path_factory.mktemp(planted.MACHINE.word) / "taken"
        make_desk(root, home.studio, {}, articles=None)
        shutil.copy(home.root / "configs" / "project.yaml", root / "configs" / "project.yaml")
        made = known[shape] = Home(root, home.studio, home.tokens)
        export = root / "incoming" / planted.INCOMING.word / f"of-{planted.EXPORT.word}"
        if shape in SHAPES:
            export.parent.mkdir(parents=True)
            content = exported if shape == "as it is" else _as(exported, *SHAPES[shape])
            export.write_text(json.dumps(content), encoding="utf-8")
        else:
            {"brat": brat, "conll": conll}[shape](export)
        for step in (("pull", "--from-file", str(export)), *OFFLINE):
            done = made.run(*step, GOLDKIT_DEBUG="1")
            assert done.returncode in (0, 3), f"{step}: {done.stdout}{done.stderr}"
        return made

    SHAPES.setdefault("as it is", (lambda person: {}, "annotations"))
    return take


ALL_SHAPES = ("as it is", "number", *BY_ADDRESS, "brat", "conll")


@pytest.mark.parametrize("shape", ALL_SHAPES)
def test_no_name_of_an_export_gets_out(taken: Callable[[str], Home], shape: str) -> None:
    made = taken(shape)
    assert len({work.annotator for work in load_annotations(made.workspace.annotations)}) == 2
    allowed = {secret.word: Secret(secret.word, (*secret.allowed, *planted.STORE)) for secret in EVERYTHING}
    inside = [
        allowed[secret.word] if secret in (planted.TASK_DATA, planted.ADDRESS) else secret for secret in EVERYTHING
    ]
    secrets = [*inside, Secret("611222333"), *(Secret(str(611_222_000 + number)) for number in range(3))]
    assert leaks(made.files() | made.said, secrets) == []


@pytest.mark.parametrize("shape", [*BY_ADDRESS, "brat", "conll"])
def test_a_person_is_called_the_same_from_a_file_as_from_the_server(
    home: Home, taken: Callable[[str], Home], shape: str
) -> None:
    """Wherever the file says the address. A number says who it is on one server only."""
    live = {work.annotator for work in load_annotations(home.workspace.annotations)}
    assert {work.annotator for work in load_annotations(taken(shape).workspace.annotations)} == live


def test_a_person_is_called_the_same_in_two_versions(home: Home) -> None:
    file = home.root / "configs" / "project.yaml"
    before = file.read_text(encoding="utf-8")
    settings = yaml.safe_load(before)
    version = home.workspace.project.dataset.version
    later = settings | {"dataset": settings.get("dataset", {}) | {"version": "9.9.9"}}
    file.write_text(json.dumps(later), encoding="utf-8")
    try:
        assert home.run("build").returncode in (0, 3)
    finally:
        file.write_text(before, encoding="utf-8")
        home.said.popitem()
    of = Pseudonyms(planted.KEY.word).of
    called = {one: annotators(home.workspace.dataset(one)) for one in (version, "9.9.9")}
    assert called[version] == called["9.9.9"] == {of(JUNIPER.email), of(MARLOW.email)}
    shutil.rmtree(home.workspace.dataset("9.9.9"))


def annotators(folder: Path) -> set[str]:
    """Who is named in a dataset's votes."""
    import pyarrow.parquet

    files = folder.glob("annotations/*.parquet")
    return {who for file in files for who in pyarrow.parquet.read_table(file)["annotator"].to_pylist()}


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """In a compressed column, in a key, in other letters, as JSON and HTML write it; not a part of a longer number."""
    import pyarrow
    import pyarrow.parquet

    column = [f"by {JUNIPER.email.upper()}"] * 9
    pyarrow.parquet.write_table(pyarrow.table({"who": column}), tmp_path / "a.parquet", compression="zstd")
    (tmp_path / "b.json").write_text(json.dumps({"Quillfeather": ["note&#64;notes.example", 611000001, 16330000019]}))
    found = leaks(
        dict(written(tmp_path)),
        [*JUNIPER.secrets, Secret("note@notes.example"), Secret("611000001"), Secret("633000001")],
    )
    local, domain = JUNIPER.email.split("@")
    assert {("a.parquet (read)", local), ("a.parquet (read)", domain)} <= {*found}
    assert [word for name, word in found if name == "b.json"] == ["quillfeather", "note@notes.example", "611000001"]
    assert leaks({"exports/x/articles.jsonl": planted.FOOTER.word.encode()}, [planted.FOOTER]) == []
