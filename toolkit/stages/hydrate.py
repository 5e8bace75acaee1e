"""The texts back into a stand-off release; and what a build puts into one for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import GoldkitError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.stages.talk import Bar, no_bar
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.dataset.hydrate import Hydrated

OTHER_RULES = Rule(
    "standoff-other-rules",
    "The cleaning rules that go with a stand-off release make the frozen texts.",
    Severity.WARNING,
    "bring back the rules that the article was cleaned with; else only a copy of its frozen text can be hydrated",
)


def hydrate(
    release: Path,
    paths: Sequence[Path],
    out: Path,
    *,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    partial: bool = False,
    bar: Bar = no_bar,
) -> Hydrated:
    """Read copies of the articles of a stand-off release, and write the dataset with its texts into ``out``.

    No workspace is needed. Raises what ``read``, ``open_standoff`` and ``dataset.hydrate`` raise.
    """
    from toolkit.articles.read import read
    from toolkit.dataset.copies import Copies
    from toolkit.dataset.hydrate import hydrate as hydrating
    from toolkit.dataset.hydrate import open_standoff, wanted

    def of_this_command(next: str) -> str:
        return next.replace("goldkit articles add", f"goldkit hydrate {release} --out {out}")

    opened, rules = open_standoff(release)
    with Copies(wanted(opened), rules) as copies:
        try:
            with bar("reading copies", None) as advance:
                for raw in read(paths, fields=fields, encoding=encoding):
                    copies.take(raw)
                    advance(1)
        except GoldkitError as error:
            error.next = of_this_command(error.next)
            raise
        with bar("putting texts back", sum(opened.count(config) for config in opened.features)) as advance:
            done = hydrating(opened, copies, out, partial=partial, advance=advance)
    return replace(done, findings=tuple(replace(it, next=of_this_command(it.next)) for it in done.findings))


def beside_standoff(workspace: Workspace) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The files that a stand-off release needs for hydration, by name; and the articles that they would not make."""
    from toolkit.articles.clean import clean
    from toolkit.articles.rules import load_rules
    from toolkit.articles.store import load
    from toolkit.dataset.copies import AS_IT_IS
    from toolkit.dataset.standoff import CLEANING, cleaning_yaml

    rules = load_rules(workspace.cleaning)
    other = (
        OTHER_RULES.at(Place(file=workspace.project.cleaning, article_id=id), "these rules make another text of it")
        for id, stored in load(workspace.articles).items()
        if stored.article.text
        not in (clean(stored.raw, rules, stored.article.title).text, clean(stored.raw, AS_IT_IS).text)
    )
    return {CLEANING: cleaning_yaml(rules)}, tuple(other)
