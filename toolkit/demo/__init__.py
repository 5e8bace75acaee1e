"""The main job, shown on the sample articles: from raw texts to a dataset that loads, through a real Label Studio.

Everything in it is real but the people: what they label was written for the samples, with the disagreements that people
have, and is uploaded as three users of Label Studio, and as an editor who decides what they left open across articles.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit import samples
from toolkit.demo import across
from toolkit.errors import BadInputError, GoldkitError, WorkspaceError
from toolkit.files import read_json, write_json, write_text
from toolkit.project import LAYERS
from toolkit.stages import ingest, linkreview, linksync, setup, sync
from toolkit.stages.build import UNCHANGED, build
from toolkit.stages.talk import Bar, Say, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.build import Built
    from toolkit.links.settle import LinksResolved
    from toolkit.studio.client import Client

FOLDER = "goldkit-demo"
NAME = "demo"


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the demo's table."""

    name: str
    counts: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo did, and where things lie. ``password`` is set where the server was left up."""

    stages: tuple[Stage, ...]
    workspace: str
    dataset: str
    url: str = ""
    email: str = ""
    password: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)

    @property
    def where(self) -> str:
        """Where things lie, for people."""
        lines = [
            "The people are scripted: their work was written for this demo. All else is as in real use.",
            f"workspace: {self.workspace}",
            f"dataset:   {self.dataset}",
            f'load it:   datasets.load_dataset("{self.dataset}", "entities")',
        ]
        if self.url:
            lines.append(f"Label Studio is up: {self.url} (log in as {self.email} / {self.password})")
            lines.append(f"stop it:   cd {self.workspace} && goldkit studio stop")
        else:
            lines.append("look at Label Studio yourself: goldkit demo --keep")
        return "\n".join(lines)


def run(*, keep: bool, say: Say, bar: Bar = no_bar) -> Demo:
    """Run every stage; one that was done before is quick, and nothing is doubled."""
    from toolkit.studio import server

    workspace = _workspace()
    _give_key(workspace)
    say("The annotators and the editor of this demo are scripted; Label Studio, its users and all stages are real.")
    done: list[Stage] = []

    def stage(name: str, counts: Callable[[], str]) -> None:
        say(f"{name} …")
        begun = time.monotonic()
        done.append(Stage(name, counts(), round(time.monotonic() - begun, 1)))

    ran_before = server.status(workspace.studio_home).running
    try:
        stage("start Label Studio", lambda: server.start(workspace.studio_home, progress=say).url)
        stage("ingest articles", lambda: _ingest(workspace))
        stage("push", lambda: _push(workspace, bar, say))
        stage("label as three users", lambda: _label(workspace))
        stage("pull and check", lambda: _pull(workspace, bar, say))
        stage("link the stories", lambda: _link(workspace, bar, say))
        stage("answer as three users", lambda: _answer(workspace))
        stage("pull the links", lambda: _pull_links(workspace, bar, say))
        stage("review as an editor", lambda: _review_links(workspace, bar, say))
        stage("build the dataset", lambda: _build(workspace))
        stage("load it with datasets", lambda: _load(workspace))
        admin = server.credentials(workspace.studio_home)
    finally:
        if not (keep or ran_before):
            server.stop(workspace.studio_home)
    folder = workspace.dataset(workspace.project.dataset.version)
    left_up = admin if admin and (keep or ran_before) else None
    return Demo(
        tuple(done),
        str(workspace.root),
        str(folder),
        *((left_up.url, left_up.email, left_up.password) if left_up else ()),
    )


def _workspace() -> Workspace:
    """The workspace around us where it is the demo's; else one in a folder of its own: nobody's project is touched."""
    with contextlib.suppress(WorkspaceError):
        here = Workspace.find()
        if here.project.name == NAME and here.project.studio.projects[0].layers == LAYERS:
            return here
    folder = Path.cwd() / FOLDER
    for name in (setup.PROJECT_FILE, setup.PROSE_FILE):
        file = folder / "configs" / name
        if not file.exists():
            write_text(file, (setup.shipped_configs() / name).read_text(encoding="utf-8"))
    setup.init(folder, NAME)
    return Workspace(folder)


def _give_key(workspace: Workspace) -> None:
    """Let the sample annotators have the names that everybody knows them by, where there is no key yet."""
    from toolkit.annotations.pseudonyms import KEY_FILE

    file = workspace.private / KEY_FILE
    if not file.exists():
        write_text(file, samples.PSEUDONYM_KEY + "\n", private=True)


def _ingest(workspace: Workspace) -> str:
    added = ingest.add_articles(workspace, [samples.ARTICLES])
    cuts = sum(count for rule, count in added.hits.items())
    return f"{len(added.new)} new, {len(added.known)} known articles, {cuts} cuts"


def _push(workspace: Workspace, bar: Bar, say: Say) -> str:
    pushed = sync.push(workspace, bar=bar, say=say)
    return ", ".join(f"{one.title}: {one.new} new, {one.known} known" for one in pushed)


def _label(workspace: Workspace) -> str:
    new, known = label(workspace, _tokens(workspace))
    return f"{new} new, {known} known annotations"


def label(workspace: Workspace, tokens: Mapping[str, str], *, url: str = "", token: str = "") -> tuple[int, int]:
    """Upload the sample annotators' work on the pushed sample articles, each as the user of their own token.

    Returns how many annotations are new, and how many were there before.
    """
    from toolkit.annotations.codec import encode
    from toolkit.studio.annotate import submit_annotation

    schema, articles = setup.ontology(workspace), ingest.articles(workspace)
    with sync.connected(workspace, url, token, lambda line: None) as client:
        tasks = _task_ids(workspace, client, list(articles))
        server_url = client.url
    sent = known = 0
    for name, own_token in tokens.items():
        if name not in samples.ANNOTATORS:
            continue
        for work in samples.work(name, articles, schema):
            new = submit_annotation(
                server_url,
                own_token,
                tasks[work.article_id],
                encode(work, schema),
                work.lead_time,
                str(uuid.uuid5(uuid.NAMESPACE_URL, f"{workspace.root}/{name}/{work.article_id}")),
                was_cancelled=work.skipped,
                ground_truth=bool(work.ground_truth),
            )
            sent, known = sent + new, known + (not new)
    return sent, known


def _task_ids(workspace: Workspace, client: Client, article_ids: Sequence[str]) -> dict[str, int]:
    from toolkit.studio import tasks
    from toolkit.studio.projects import require_project

    project = require_project(client, workspace.project.name, workspace.project.studio.projects[0])
    return {task["data"]["article_id"]: task["id"] for task in tasks.of_articles(client, project.id, article_ids)}


def _tokens(workspace: Workspace) -> Mapping[str, str]:
    """The tokens of the sample annotators and their editor; who is no user of this Label Studio yet becomes one."""
    from toolkit.studio.people import add_annotator
    from toolkit.studio.server import credentials

    admin = credentials(workspace.studio_home)
    if admin is None:
        raise WorkspaceError("Label Studio stopped during the demo", next="goldkit studio status, then goldkit demo")
    file = workspace.studio_home / "demo-annotators.json"
    tokens: dict[str, str] = read_json(file) if file.is_file() else {}
    for name in (*samples.ANNOTATORS, samples.EDITOR):
        if name not in tokens:
            tokens[name] = add_annotator(admin, samples.address(name), secrets.token_urlsafe(16))
            write_json(file, tokens, private=True)
    return tokens


def _pull(workspace: Workspace, bar: Bar, say: Say) -> str:
    checked = sync.pull(workspace, bar=bar, say=say)
    counts = checked.collected.counts
    return (
        f"{counts.annotations_in} annotations, {counts.items_in} items = {counts.items_valid} valid"
        f" + {counts.items_rejected} rejected"
    )


def _link(workspace: Workspace, bar: Bar, say: Say) -> str:
    pushed = linksync.push(workspace, bar=bar, say=say)
    return ", ".join(f"{one.title}: {one.new} new" for one in pushed)


def _answer(workspace: Workspace) -> str:
    new, known = across.answer(workspace, _tokens(workspace))
    return f"{new} new, {known} known answers"


def _pull_links(workspace: Workspace, bar: Bar, say: Say) -> str:
    pulled = linksync.pull(workspace, bar=bar, say=say)
    counts = pulled.counts
    return f"{counts.annotations} answers, {counts.rejected} rejected; {_open(pulled.resolved)}"


def _review_links(workspace: Workspace, bar: Bar, say: Say) -> str:
    linkreview.push(workspace, bar=bar, say=say)
    new, known = across.decide(workspace, _tokens(workspace))
    reviewed = linkreview.pull(workspace, bar=bar, say=say)
    return f"{new} new, {known} known decisions; {_open(reviewed.resolved)}" if reviewed else "nothing was open"


def _open(resolved: LinksResolved) -> str:
    return f"{len(resolved.open)} of {len(resolved.stories)} stories have something open"


def _build(workspace: Workspace) -> str:
    built = build_released(workspace)
    released = ", as released" if any(finding.rule == UNCHANGED.id for finding in built.findings) else ""
    return f"gold for {built.rows['entities']} articles, {len(built.awaiting)} await adjudication{released}"


def build_released(workspace: Workspace) -> Built:
    """Build the demo's dataset, which this checkout may hold as a release. Raises BadInputError where it is another."""
    try:
        return build(workspace)
    except BadInputError as error:
        raise BadInputError(error.message, next=f"{_ways_out(workspace)}; or {error.next}") from None


def _ways_out(workspace: Workspace) -> str:
    """What to do where the demo would not make the dataset that it was released with."""
    from toolkit.annotations.pseudonyms import KEY_FILE, KEY_VARIABLE, Pseudonyms, load_pseudonyms

    if load_pseudonyms(workspace.private).of("") == Pseudonyms(samples.PSEUDONYM_KEY).of(""):
        return "run the demo in an empty folder"
    return (
        "a pseudonym key of your own gives the sample annotators other names: unset "
        f"{KEY_VARIABLE} and delete {workspace.private / KEY_FILE}, then goldkit demo"
    )


def _load(workspace: Workspace) -> str:
    """Load every config in a process of its own, as its users will."""
    folder = workspace.dataset(workspace.project.dataset.version)
    code = (
        "import sys; from pathlib import Path; from toolkit.dataset.check import check_loads;"
        "print(*(f'{config} {rows}' for config, rows in sorted(check_loads(Path(sys.argv[1])).items())), sep=', ')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )
    if loaded.returncode != 0:
        raise GoldkitError(f"{folder} does not load: {loaded.stderr.strip()[-2000:]}", next="goldkit build")
    return loaded.stdout.strip()
