"""What changed in a project since it was pulled, found without reading all of it.

A task's `updated_at` moves with its annotations, so whatever was changed later than the last pull saw is listed, with
an overlap of minutes. The rest is held against the number of tasks on the server:

- Fewer than are known: some were deleted, and counts in ever smaller ranges of ids lead to them.
- Not as many in one of the last minutes: a transaction came to its end late, or the clocks of several servers differ.
  Then all is listed since before that.
- More than are known: the server is not the one that was pulled from, as after a restored backup. Then nothing less
  than a full pull will do.

What is listed is ids and moments. There is much in the overlap after a large import; then its beginning is counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from toolkit.studio import tasks
from toolkit.studio.client import Client
from toolkit.studio.index import Index, earlier
from toolkit.studio.tasks import IdRange

OVERLAPS = (0.0, 1.0, 3.0, 10.0, 30.0, 90.0, 300.0, 900.0)  # seconds
LISTED = 500  # tasks: the longest overlap with no more is listed
FEW = 500  # tasks that may be superseded or fetched again in any case, and
SHARE = 4  # else one in so many


class Changes(NamedTuple):
    """Tasks to fetch again: changed, new, or no longer there. ``full`` says why all must be fetched instead."""

    ids: tuple[int, ...]
    full: str = ""


def find(client: Client, project: int, index: Index, since: str, newest: str) -> Changes:
    """What must be fetched so that ``index`` is what the server has.

    Args:
        client: the connection.
        project: its id on the server.
        index: what is known.
        since: the server's newest change when the pull that the index comes from began.
        newest: the same now.

    Raises StudioError where the server fails.
    """
    if newest < earlier(since, OVERLAPS[-1]):
        return Changes((), "the server's last change is older than what was pulled before: it may have been restored")
    moments = {entry.id: entry.updated_at for entry in index}
    bounds = _bounds(sorted(moments.values()), since)
    listed = tasks.moments(client, project, tasks.after(bounds[0]))

    def more_at(bound: str) -> int:
        """How many tasks that are not listed the server has more than are known, up to a moment."""
        known = sum(moment <= bound for id, moment in moments.items() if id not in listed)
        return tasks.count(client, project, tasks.upto(bound)) - known

    bound, more = bounds[0], more_at(bounds[0])
    if len(bounds) > 1 and (always := more_at(bounds[-1])) != more:
        # What was deleted before all this is missing from all counts alike.
        bound = next((one for one in bounds[1:-1] if more_at(one) == always), bounds[-1])
        listed |= tasks.moments(client, project, tasks.after(bound), tasks.upto(bounds[0]))
        more = more_at(bound)
    if more > 0:
        return Changes(
            (), f"of older tasks, the server has {more} more than were pulled before: it may have been restored"
        )
    found = {id for id, moment in listed.items() if moments.get(id) != moment}
    found |= {id for id, moment in moments.items() if moment > bound and id not in listed}
    if more < 0:
        older = sorted(id for id, moment in moments.items() if moment <= bound and id not in listed)
        found |= set(_missing(client, project, moments, older, bound, tasks.ALL, len(older) + more))
    if index.superseded + len(found) > max(len(index) // SHARE, FEW):
        return Changes((), f"of {len(index)} tasks, {index.superseded + len(found)} changed since all were fetched")
    return Changes(tuple(sorted(found)))


def _bounds(moments: Sequence[str], since: str) -> list[str]:
    """Where the overlap that is listed begins, and, back from there, up to where tasks are counted."""
    bounds = [earlier(since, overlap) for overlap in OVERLAPS]
    last = bisect_right(moments, since)
    few = [number for number, bound in enumerate(bounds) if last - bisect_right(moments, bound) <= LISTED]
    return bounds[few[-1] :]


def _missing(
    client: Client, project: int, moments: dict[int, str], known: Sequence[int], bound: str, ids: IdRange, there: int
) -> Iterator[int]:
    """Of the known tasks in a range of ids that were not changed after the bound, those that are no longer so.

    ``there`` is the number of such tasks on the server.
    """
    if there == len(known):
        return
    if len(known) <= tasks.LISTED:
        left = tasks.moments(client, project, tasks.upto(bound), ids=ids)
        yield from (id for id in known if left.get(id) != moments[id])
        yield from (id for id in left if id not in moments)
        return
    half = len(known) // 2
    low, high = IdRange(ids.above, known[half - 1]), IdRange(known[half - 1], ids.upto)
    for part, of_known in ((low, known[:half]), (high, known[half:])):  # both counted now: people go on working
        there = tasks.count(client, project, *tasks.within(part), tasks.upto(bound))
        yield from _missing(client, project, moments, of_known, bound, part, there)
