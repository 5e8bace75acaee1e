"""What must be true of whatever is read, as plain functions: for Hypothesis and for the fuzzers.

Each raises AssertionError where it is not; and lets every exception through that is no GoldkitError.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from toolkit.annotations.checks import RULES
from toolkit.annotations.codec import Codec, Text
from toolkit.annotations.collect import Collected, Received, collect
from toolkit.annotations.model import Annotation
from toolkit.articles.model import Article
from toolkit.files import to_json
from toolkit.findings import Severity
from toolkit.ontology.model import Ontology


def collected(
    tasks: Iterable[Received], articles: Mapping[str, Article], ontology: Ontology, raw: Mapping[str, Text]
) -> Collected:
    """Collect, with everybody called by what stands in ``completed_by``."""
    return collect(tasks, articles, ontology, _who, lambda task: f"task {task.get('id')}", raw=raw)


def _who(completed_by: Any) -> str:
    return to_json(completed_by) if completed_by else ""


def hold(
    tasks: list[Received],
    articles: Mapping[str, Article],
    ontology: Ontology,
    raw: Mapping[str, Text] | None = None,
    *,
    shuffle: Random | None = None,
) -> Collected:
    """Collect the tasks, and assert every law about what comes of it."""
    raw = raw or {}
    found = collected(tasks, articles, ontology, raw)
    counts = found.counts
    assert counts.add_up, counts
    assert counts.tasks == len(tasks)
    assert counts.annotations_in == sum(len(annotations_of(one.task)) for one in tasks)
    assert counts.tasks_rejected == sum(row.kind == "task" for row in found.rejected)
    told = {(finding.rule, finding.place.article_id) for finding in found.findings}
    for row in found.rejected:
        assert RULES[row.rule].severity is not Severity.WARNING
        assert row.message
        assert row.article_id or row.source or row.kind == "task", row
        assert (row.rule, row.article_id) in told
        assert json.loads(_line(row.as_dict())) == row.as_dict()
    for finding in found.findings:
        assert finding.message
        assert finding.next
        assert finding == RULES[finding.rule].at(finding.place, finding.message)
        _line(finding.as_dict())
    for record in found.annotations:
        article = articles[record.article_id]
        assert Annotation.model_validate_json(_line(record.model_dump(mode="json"))) == record
        comes_back(record, article.text, ontology)
    if shuffle is not None:
        assert collected(_shuffled(tasks, shuffle), articles, ontology, raw) == found
    return found


def comes_back(record: Annotation, text: str, ontology: Ontology) -> None:
    """What passed the checks passes them again, and is the same."""
    codec = Codec(ontology)
    again = codec.decode(codec.encode(record), text)
    assert again.rejected == ()
    for name in ("mentions", "cues", "claims", "relations"):
        assert getattr(again, name) == getattr(record, name)
    assert all(item.text == text[item.start : item.end] for item in record.spans())


def annotations_of(task: Any) -> list[Any]:
    """The annotations in a task, as far as it has any; one alone counts as one."""
    listed = task.get("annotations") if isinstance(task, dict) else None
    return [] if listed is None else listed if isinstance(listed, list) else [listed]


def _line(value: Any) -> str:
    json.dumps(value, allow_nan=False)
    line = to_json(value)
    line.encode("utf-8")
    return line


def _shuffled(tasks: list[Received], random: Random) -> list[Received]:
    """The same tasks and annotations, in another order."""
    mixed = []
    for one in random.sample(tasks, len(tasks)):
        task = one.task
        if isinstance(task, dict) and isinstance(listed := task.get("annotations"), list):
            task = {**task, "annotations": random.sample(listed, len(listed))}
        mixed.append(one._replace(task=task))
    return mixed
