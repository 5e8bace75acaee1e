"""Who labels what: given out in the live projects."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.errors import BadInputError
from toolkit.gold.order import Order
from toolkit.project import StudioProject
from toolkit.stages.sync import connected
from toolkit.stages.talk import Bar, Say, no_bar, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.gold.assignment import Assignment
    from toolkit.gold.order import Place
    from toolkit.studio.assign import LiveTask
    from toolkit.studio.client import Client

WHO_IS_WHO = "goldkit status --names (says who is who), then name them in configs/project.yaml: annotators: [ann-…]"


@dataclass(frozen=True, slots=True)
class Share:
    """What is one annotator's: articles and their characters, how many of them are ``new``, and the page of them."""

    articles: int
    characters: int
    new: int
    url: str


@dataclass(frozen=True, slots=True)
class AssignedProject:
    """Who labels what in one Label Studio project; ``calibration`` counts the articles that everybody labels.

    ``order`` is that of the annotators' views.
    """

    title: str
    url: str
    articles: int
    calibration: int
    order: Order
    by_annotator: dict[str, Share]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)


def assign(
    workspace: Workspace,
    *,
    calibration: int = 0,
    order: Order | None = None,
    url: str = "",
    token: str = "",
    bar: Bar = no_bar,
    say: Say = no_word,
) -> list[AssignedProject]:
    """Give the articles in the projects to the projects' annotators, and make each of them a view of theirs.

    What somebody was given stays theirs. A project that names no annotators is left alone. The views are in an order,
    that of the last time where none is asked for; by what it was made is written to ``assignment.json``.

    Raises BadInputError where no project names any, or fewer than its overlap, or people whom the server does not know,
    and UsageError where there is nothing to make the order by.
    """
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.gold.assignment import assign as plan_for
    from toolkit.stages.order import last_order, ordering, record
    from toolkit.studio import assign as assigning
    from toolkit.studio import projects

    name, wanted = workspace.project.name, _with_annotators(workspace)
    pseudonym = load_pseudonyms(workspace.private).of
    by = ordering(workspace, order or last_order(workspace))
    results: list[AssignedProject] = []
    placed: dict[str, dict[str, Place]] = {}
    with connected(workspace, url, token, say) as client:
        _refuse_strangers(client, wanted, {known for known, _ in assigning.people(client, pseudonym).values()})
        for one in wanted:
            project = projects.require_project(client, name, one)
            assigning.set_overlap(client, project)
            with bar(f"reading {one.title}", project.tasks) as advance:
                found = assigning.of_articles(assigning.read(client, project, pseudonym, advance))
            pieces = [task.piece for task in found.values()]
            plan = plan_for(pieces, one.annotators, one.overlap, calibration)
            places = placed[one.title] = by.places(pieces, plan)
            ranks = None if by.order is Order.PLAIN else {id: place.rank for id, place in places.items()}
            with bar(f"assigning in {one.title}", None) as advance:
                pages = assigning.carry_out(client, project, found, plan, ranks, advance)
            shares = _shares(found, plan, pages)
            results.append(AssignedProject(one.title, project.url, len(found), len(plan.calibration), by.order, shares))
    record(workspace, by, placed)
    return results


def who_is_who(workspace: Workspace, *, url: str = "", token: str = "", say: Say = no_word) -> list[tuple[str, str]]:
    """The pseudonym and the e-mail address of every user of the server, sorted. For the terminal, and no file."""
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.studio.assign import people

    with connected(workspace, url, token, say) as client:
        return sorted(people(client, load_pseudonyms(workspace.private).of).values())


def _with_annotators(workspace: Workspace) -> list[StudioProject]:
    wanted = [one for one in workspace.project.studio.projects if one.annotators]
    if not wanted:
        raise BadInputError("configs/project.yaml does not say who labels", next=WHO_IS_WHO)
    for one in wanted:
        if len(one.annotators) < one.overlap:
            raise BadInputError(
                f"configs/project.yaml wants {one.overlap} annotators for each article of “{one.title}”, "
                f"and names {len(one.annotators)}",
                next="name more under annotators:, or lower overlap:",
            )
    return wanted


def _refuse_strangers(client: Client, wanted: list[StudioProject], known: set[str]) -> None:
    strangers = sorted({annotator for one in wanted for annotator in one.annotators} - known)
    if strangers:
        raise BadInputError(
            f"configs/project.yaml names annotators who are no users of {client.url}: {', '.join(strangers)}",
            next="goldkit status --names (says who is who); people join by the invite link of Label Studio",
        )


def _shares(found: dict[str, LiveTask], plan: Assignment, pages: dict[str, str]) -> dict[str, Share]:
    articles: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    new: Counter[str] = Counter()
    for article_id, own in plan.people.items():
        task = found[article_id]
        articles.update(own)
        characters.update(dict.fromkeys(own, task.characters))
        new.update(set(own) - task.assigned)
    return {who: Share(articles[who], characters[who], new[who], page) for who, page in sorted(pages.items())}
