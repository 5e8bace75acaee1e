"""The names in a label config, and how often annotations use them.

Label Studio lets a label vanish that is in use, so we count ourselves.
A name is written with its control, ``label/PER``; a control alone is its own name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from toolkit.ontology.labelconfig import RELATIONS, names_in
from toolkit.studio import tasks
from toolkit.studio.client import Client

NOBODY = 0
"""The user id of whoever is no user any more."""

_HAS_DRAFTS = tasks.where("draft_exists", "equal", "Boolean", True)
_VALUE_KEYS = ("labels", "choices", "taxonomy")  # not "text": what somebody wrote is no name


def same_config(left: str, right: str) -> bool:
    """Whether two label configs are equal but for comments, and for how their white space runs."""
    return _without_space(left) == _without_space(right)


def _without_space(config: str) -> str:
    bare = re.sub(r"<!--.*?-->", "", config, flags=re.DOTALL)
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", bare)).replace(" />", "/>")


def names(config: str) -> set[str]:
    """Every name that an annotation can refer to. Raises BadInputError where the config is no XML."""
    offered = names_in(config)
    return set(offered) | {f"{control}/{label}" for control, labels in offered.items() for label in labels}


def lost(old: str, new: str) -> set[str]:
    """The names that the ``old`` label config offers and the ``new`` one does not, or only in another form.

    An answer that was written cannot be shown as one that is chosen, whatever its question is called.
    """
    offered, changed = names(old), reformed(old, new)
    return offered - names(new) | {name for name in offered if name.partition("/")[0] in changed}


def reformed(old: str, new: str) -> dict[str, tuple[str, str]]:
    """The controls that two label configs have in different forms, with their tags: ``TextArea``, ``Choices``."""
    before, after = _tags(old), _tags(new)
    shared = sorted(before.keys() & after.keys())
    return {control: (before[control], after[control]) for control in shared if before[control] != after[control]}


def _tags(config: str) -> dict[str, str]:
    import defusedxml.ElementTree  # only where a foreign config is read

    root = defusedxml.ElementTree.fromstring(config)
    return {control.get("name", ""): control.tag for control in root.iter() if "toName" in control.attrib}


def shown(listed: Collection[str]) -> list[str]:
    """These names for people, sorted, without the controls that stand before a label here anyway."""
    controls = {name.partition("/")[0] for name in listed if "/" in name}
    return sorted(set(listed) - controls)


Usage = dict[str, Counter[int]]
"""How often each name is used, by the id of the user."""


def usage(client: Client, project: int) -> Usage:
    """How often the project's annotations and drafts use each name."""
    used = submitted(client, project)
    for name, by_user in drafted(client, project).items():
        used.setdefault(name, Counter()).update(by_user)
    return used


def submitted(client: Client, project: int) -> Usage:
    """How often the project's annotations use each name.

    What was skipped counts too: the annotator can take a skip back, and the labels are still there.
    """
    used: Usage = {}
    for page in tasks.all_pages(client, project, tasks.RESULTS):
        for task in page.tasks:
            for annotation in task["annotations"]:
                _count(used, annotation["result"], annotation["completed_by"])
    return used


def drafted(client: Client, project: int) -> Usage:
    """How often drafts in the project use each name.

    They are asked for task by task: among a project's tasks Label Studio shows to each user their own alone. Its own
    count of the labels in drafts is no help: a draft's label replaces the one before it, relations are left out, and
    what an annotator takes away again stays.
    """
    begun = [task["id"] for page in tasks.all_pages(client, project, "id", _HAS_DRAFTS) for task in page.tasks]
    ids = {email: id for id, email in client.users().items()} if begun else {}
    used: Usage = {}
    for task in begun:
        for draft in client.get(f"/api/tasks/{task}/drafts"):
            _count(used, draft["result"], ids.get(draft["user"], NOBODY))
    return used


def _count(used: Usage, result: Any, user: int | None) -> None:
    for region in result if isinstance(result, list) else ():  # the server takes anything
        for name in _used(region) if isinstance(region, dict) else ():
            used.setdefault(name, Counter())[user or NOBODY] += 1


def _used(region: dict[str, Any]) -> Iterator[str]:
    if region.get("type") == "relation":
        yield from (f"{RELATIONS}/{label}" for label in _listed(region.get("labels")))
        return
    control = region.get("from_name", "")
    yield f"{control}"
    value = region.get("value")
    answers = value if isinstance(value, dict) else {}
    for key in _VALUE_KEYS:
        for answer in _listed(answers.get(key)):
            path = answer if isinstance(answer, list) else [answer]  # a taxonomy's answers are paths
            yield from (f"{control}/{step}" for step in path)


def _listed(labels: Any) -> Iterable[Any]:
    return labels if isinstance(labels, list) else ()
