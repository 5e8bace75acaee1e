"""A live project beside the ontology: the names that its label config offers, and those that are in use there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.studio import labels
from toolkit.studio.client import Client
from toolkit.studio.projects import RemoteProject


@dataclass(frozen=True, slots=True)
class Name:
    """One name: who offers it, and how often each annotator uses it."""

    name: str
    live: bool  # the project's label config offers it
    here: bool  # the label config compiled for the project does
    known: bool  # the ontology has it, be it for other layers
    used: Mapping[str, int]  # by pseudonym, sorted; drafts and skipped annotations count
    drafted: int  # how many of the uses are in drafts


@dataclass(frozen=True, slots=True)
class Sight:
    """All names of a project, sorted, and how its two label configs differ otherwise."""

    names: tuple[Name, ...]
    reformed: Mapping[str, tuple[str, str]]  # by control: its tags, live and here
    arranged_otherwise: bool  # the same names in the same forms, and yet not the same config


def look(client: Client, project: RemoteProject, here: str, whole: str, pseudonym: Callable[[str], str]) -> Sight:
    """Read a project's label config and count the names in use.

    Args:
        client: the connection.
        project: the project.
        here: the label config that is compiled for it.
        whole: the label config of the whole ontology, with all its layers.
        pseudonym: turns an annotator's e-mail address into what may be shown.

    Raises StudioError where the server fails.
    """
    users, used, drafted = client.users(), labels.submitted(client, project.id), labels.drafted(client, project.id)
    offered, compiled, known = (labels.names(config) for config in (project.label_config, here, whole))

    def by_annotator(name: str) -> dict[str, int]:
        counts = used.get(name, Counter()) + drafted.get(name, Counter())
        return dict(sorted((pseudonym(users.get(id) or f"{client.url}#{id}"), count) for id, count in counts.items()))

    names = tuple(
        Name(
            name,
            live=name in offered,
            here=name in compiled,
            known=name in known,
            used=by_annotator(name),
            drafted=drafted.get(name, Counter()).total(),
        )
        for name in sorted(offered | compiled | used.keys() | drafted.keys())
    )
    reformed = labels.reformed(project.label_config, here)
    alike = offered == compiled and not reformed
    return Sight(names, reformed, alike and not labels.same_config(project.label_config, here))
