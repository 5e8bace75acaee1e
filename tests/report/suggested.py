"""What a push with suggestions leaves in the small project."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.files import write_jsonl
from toolkit.suggest.model import Suggestions
from toolkit.suggest.shown import FILE, Shown, write_shown
from toolkit.workspace import Workspace

from .project import HARBOUR, articles, mention

VERSION = "carry-<over>-1"
SHOWN = (
    Shown(article_id="harbour", arm="suggested", version=VERSION),
    Shown(article_id="mina", arm="control"),
    Shown(article_id="quiet", arm="none"),
)
SAID = (
    mention(HARBOUR, "m1", "Lassendry", "GPE"),
    mention(HARBOUR, "m2", "Ilka Tornay", "PERSON"),
    mention(HARBOUR, "m3", "coast guard", "ORGANIZATION"),
    mention(HARBOUR, "m9", "boats", "WEAPON_EQUIPMENT"),
)


def suggest(workspace: Workspace, shown: Sequence[Shown] = SHOWN) -> None:
    """Leave the files as if the harbour had been pushed with suggestions."""
    write_shown(workspace.suggestions / FILE, shown)
    harbour = articles()["harbour"]
    one = Suggestions(article_id="harbour", text_sha256=harbour.text_sha256, version=VERSION, mentions=SAID)
    write_jsonl(workspace.suggestions / "carry.jsonl", [one.model_dump(mode="json")])
