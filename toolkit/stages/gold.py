"""From annotations to gold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.gold.agree import Agreement
    from toolkit.gold.resolve import Resolved


def agree(workspace: Workspace, *, with_gamma: bool = False) -> Agreement:
    """Measure how far the annotators agree, and write it: ``reports/agreement.json``."""
    from toolkit.annotations.grammar import Grammar
    from toolkit.annotations.store import load_annotations
    from toolkit.dataset.tokens import tokenize
    from toolkit.files import write_json
    from toolkit.gold.agree import Text, agreement

    stored = articles(workspace)
    texts = {id: Text(article.text, article.story_id or id) for id, article in stored.items()}
    works = load_annotations(workspace.annotations)  # one by one: the file is in the articles' order
    measured = agreement(works, Grammar(ontology(workspace)), texts, tokenize, with_gamma=with_gamma)
    write_json(workspace.reports / "agreement.json", measured.as_dict())
    return measured


def resolve(workspace: Workspace) -> Resolved:
    """Settle what the project's rule and the reviews settle, and write it: ``gold.jsonl`` and ``open.jsonl``."""
    from toolkit.annotations.store import load_annotations
    from toolkit.gold.resolve import resolve as settle
    from toolkit.gold.store import load_gold, write_gold

    reviews = load_gold(workspace.reviews) if workspace.reviews.is_file() else ()
    resolved = settle(load_annotations(workspace.annotations), ontology(workspace), workspace.project.gold, reviews)
    write_gold(workspace.gold, resolved.gold)
    write_gold(workspace.open, resolved.open)
    return resolved
