"""A small project on disk as a pull leaves it: three people, five articles, differences of many kinds, a snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.annotations.pseudonyms import load_pseudonyms
from toolkit.articles.model import Article, StoredArticle, text_digest
from toolkit.articles.store import add
from toolkit.files import write_json, write_jsonl
from toolkit.stages import setup
from toolkit.studio.snapshots import MANIFEST, USERS, Manifest, digest
from toolkit.workspace import Workspace

HARBOUR = (
    "The harbour of Lassendry opened on Monday.\n"
    "Mayor Ilka Tornay said 30 boats left.\n\n"
    "Nobody was hurt, the coast guard said."
)
ARABIC = "قالت إلكا تورناي إن الميناء مفتوح.\nThe harbour is open."
QUIET = "Ilka Tornay came to Lassendry."
PEOPLE = ("amina@annotators.example", "boris@annotators.example", "chen@annotators.example")
PAGE = "http://127.0.0.1:8080/projects/1/data?task="
_CLAIM = {"attribution": "indirect", "certainty": "certain", "kind": "event", "check_worthy": "yes"}


def at(text: str, quote: str) -> dict[str, Any]:
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "text": quote}


def mention(text: str, id: str, quote: str, *labels: str, **more: Any) -> Mention:
    return Mention(id=id, labels=labels, **at(text, quote), **more)


def article(article_id: str, text: str, **more: Any) -> Article:
    return Article(article_id=article_id, text=text, text_sha256=text_digest(text), **more)


def work(article: Article, annotator: str, **more: Any) -> Annotation:
    number = sum(map(ord, article.article_id)) % 90
    defaults: dict[str, Any] = {
        "lead_time": 120.0,
        "updated_at": "2031-03-14T10:00:00Z",
        "source": f"{PAGE}{number}",
    }
    return Annotation(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        annotator=annotator,
        ontology_version="1.0.0",
        **(defaults | more),
    )


def articles() -> dict[str, Article]:
    listed = (
        article("harbour", HARBOUR, title="Harbour opens", outlet="Meridian", story_id="s1", language="en"),
        article("mina", ARABIC, title="الميناء", outlet="Sada", story_id="s1", language="ar"),
        article("quiet", QUIET, outlet="Meridian", story_id="s2"),
        article("passed", "Nobody wanted this."),
        article("unseen", "Nobody saw this."),
    )
    return {one.article_id: one for one in listed}


def works(people: Iterable[str], texts: Mapping[str, Article]) -> list[Annotation]:
    """Three people on the harbour, two on the Arabic article, one on the quiet one; the last passes one over."""
    amina, boris, chen = people

    def harbour(who: str, *, mayor: str, monday: bool, sure: str, turned: bool = False, **more: Any) -> Annotation:
        text = HARBOUR
        mentions = [
            mention(text, "m1", "Lassendry", "GPE"),
            mention(text, "m2", mayor, "PERSON"),
            mention(text, "m3", "coast guard", "ORGANIZATION" if who != boris else "ARMED_GROUP"),
            mention(text, "m4", "harbour", "FACILITY"),
        ]
        mentions += [mention(text, "m5", "Monday", "DATETIME")] if monday else []
        claim = Claim(
            id="c1",
            **at(text, "30 boats left"),
            attributes=_CLAIM | {"certainty": sure},
            claimants=("m2",),
            cues=("q1",),
        )
        head, tail = ("m1", "m4") if turned else ("m4", "m1")
        return work(
            texts["harbour"],
            who,
            mentions=tuple(sorted(mentions, key=lambda one: one.start)),
            cues=(Cue(id="q1", **at(text, "said")),),
            claims=(claim,),
            relations=(Relation(type="located_in", head=head, tail=tail),) if who != chen else (),
            **more,
        )

    tornay = mention(QUIET, "m1", "Ilka Tornay", "PERSON", origin=Origin.ACCEPTED)
    return [
        harbour(amina, mayor="Ilka Tornay", monday=True, sure="certain", lead_time=300.0),
        harbour(boris, mayor="Ilka Tornay", monday=True, sure="probable", lead_time=240.0),
        harbour(chen, mayor="Mayor Ilka Tornay", monday=False, sure="possible", updated_at="2031-03-16T23:30:00-02:00"),
        work(texts["mina"], amina, mentions=(mention(ARABIC, "m1", "إلكا تورناي", "PERSON"),)),
        work(texts["mina"], boris, mentions=(mention(ARABIC, "m1", "قالت إلكا تورناي", "PERSON"),)),
        work(texts["quiet"], boris, mentions=(tornay,), lead_time=None),
        work(texts["passed"], chen, skipped=True, lead_time=20.0),
    ]


def make(
    root: Path,
    texts: Mapping[str, Article] | None = None,
    annotations: Iterable[Annotation] | None = None,
    *,
    people: Iterable[str] = PEOPLE,
    ontology: Mapping[str, Any] | None = None,
) -> Workspace:
    """The project in a folder; ``ontology`` replaces parts of the shipped one."""
    setup.init(root, "trial")
    workspace = Workspace(root)
    if ontology is not None:
        data = yaml.safe_load(workspace.ontology.read_text(encoding="utf-8")) | dict(ontology)
        workspace.ontology.write_text(yaml.safe_dump(data), encoding="utf-8")
    texts = articles() if texts is None else texts
    add(workspace.articles, [StoredArticle(article=one, raw=one.text) for one in texts.values()])
    pseudonyms = load_pseudonyms(workspace.private)
    if annotations is None:
        annotations = works([pseudonyms.of(person) for person in people], texts)
    write_jsonl(workspace.annotations, (one.model_dump(mode="json") for one in annotations))
    _snapshot(workspace, people)
    return workspace


def _snapshot(workspace: Workspace, people: Iterable[str]) -> None:
    folder = workspace.snapshots / "20310316T120000Z"
    write_json(folder / USERS, {str(number): person for number, person in enumerate(people, start=1)})
    found = digest(folder / USERS)
    assert found is not None
    manifest = Manifest(created="2031-03-16T12:00:00+00:00", files={USERS: found})
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))


def rows(path: Path) -> list[dict[str, Any]]:
    """A JSON Lines file, read without goldkit."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
