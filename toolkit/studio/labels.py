"""The names in a label config, and how often annotations use them.

Label Studio lets a label vanish that is in use (it does not count imported annotations), so we count ourselves.
A name is written with its control, ``label/PER``; a control alone is its own name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from toolkit.ontology.labelconfig import RELATIONS, names_in
from toolkit.studio import tasks
from toolkit.studio.client import Client

_VALUE_KEYS = ("labels", "choices", "taxonomy", "rating", "text")


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


def usage(client: Client, project: int) -> Counter[str]:
    """How often the project's annotations, and drafts as far as the server counts them, use each name."""
    used: Counter[str] = Counter()
    for page in tasks.all_pages(client, project, tasks.ANNOTATED):
        for task in page.tasks:
            for annotation in task["annotations"]:
                for region in annotation["result"]:
                    used.update(_used(region))
    drafts = client.get(f"/api/projects/{project}/summary/").get("created_labels_drafts") or {}
    for control, labels in drafts.items():
        used[control] += sum(labels.values())
        used.update({f"{control}/{label}": number for label, number in labels.items()})
    return used


def _used(region: dict[str, Any]) -> Iterator[str]:
    if region.get("type") == "relation":
        yield from (f"{RELATIONS}/{label}" for label in region.get("labels") or ())
        return
    control = region.get("from_name", "")
    yield control
    value = region.get("value") or {}
    for key in _VALUE_KEYS:
        answers = value.get(key)
        if isinstance(answers, list):
            for answer in answers:
                path = answer if isinstance(answer, list) else [answer]  # a taxonomy's answers are paths
                yield from (f"{control}/{step}" for step in path)
