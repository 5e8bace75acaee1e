"""One annotator's work on one task, sent as that annotator."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.studio.address import Address
from toolkit.studio.client import Client


def submit_annotation(
    url: str,
    token: str,
    task_id: int,
    result: Sequence[Mapping[str, Any]],
    lead_time: float | None = None,
    unique_id: str = "",
    *,
    was_cancelled: bool = False,
    ground_truth: bool = False,
) -> bool:
    """Submit an annotation as the user of ``token``; False where the one with this ``unique_id`` is there already.

    Args:
        url: the server's root.
        token: the annotator's.
        task_id: the task.
        result: Label Studio's result, a list of regions and relations.
        lead_time: seconds.
        unique_id: a UUID, which makes the call safe to repeat; without one a new one is used.
        was_cancelled: the annotator skipped the task.
        ground_truth: the annotation is the truth.

    Raises StudioError, and ValueError for a ``unique_id`` that is no UUID.
    """
    body = {
        "result": list(result),
        "lead_time": lead_time,
        "unique_id": str(uuid.UUID(unique_id) if unique_id else uuid.uuid4()),
        "was_cancelled": was_cancelled,
        "ground_truth": ground_truth,
    }
    with Client(Address(url.rstrip("/"), token)) as client:
        return client.post(f"/api/tasks/{task_id}/annotations/", body, accepted=(409,)) is not None
