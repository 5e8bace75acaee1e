"""What suggestions did, from the files of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.stages.ingest import articles
from toolkit.stages.setup import ontology
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.suggest.use import SuggestionUse


def suggestion_use(workspace: Workspace) -> SuggestionUse | None:
    """Measure what became of the suggestions that annotators were shown; None where they were shown none.

    Raises BadInputError where the annotations do not fit the articles or the ontology, or a file cannot be read.
    """
    from toolkit.annotations.store import load_annotations
    from toolkit.suggest.measure import measure
    from toolkit.suggest.shown import FILE, load_shown, load_suggestions

    shown = load_shown(workspace.suggestions / FILE)
    if all(row.arm != "suggested" for row in shown):
        return None
    versions = {(row.article_id, row.version) for row in shown}
    suggestions = {
        key: one
        for one in load_suggestions(workspace.suggestions)
        if (key := (one.article_id, one.version)) in versions
    }
    works = load_annotations(workspace.annotations)
    return measure(works, shown, suggestions, articles(workspace), ontology(workspace))
