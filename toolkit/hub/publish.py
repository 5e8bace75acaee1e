"""Carry out a plan: one commit, then its tag. Stopped anywhere, the next run goes on from what the Hub has."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from toolkit.errors import HubConflict, HubError
from toolkit.hub.client import BRANCH, Hub
from toolkit.hub.plan import NEW_VERSION, Plan, compare

LOOK = "goldkit publish --dry-run (shows what would change now), then goldkit publish"


def carry_out(hub: Hub, plan: Plan, *, say: Callable[[str], None]) -> str:
    """Make the repository, the commit and the tag, as far as they are not there; the commit of the release.

    Raises HubConflict where somebody changed the repository since the plan was made; nothing is changed then.
    """
    if plan.step == "nothing":
        return plan.commit
    head = plan.head or hub.create(private=plan.private).commit
    commit = plan.commit or _commit(hub, plan, head, say)
    _tag(hub, plan, commit)
    return commit


def _commit(hub: Hub, plan: Plan, parent: str, say: Callable[[str], None]) -> str:
    release = plan.release
    send = {path: release.files[path].path for path in plan.paths("added", "changed")}
    title = f"Release {release.version}" + (f" ({release.date})" if release.date else "")
    try:
        commit, remarks = hub.commit(parent, title, send=send, delete=plan.paths("deleted"))
    except HubError as error:
        if made := _made_all_the_same(hub, plan, parent):
            say(f"the Hub's answer was lost; commit {made[:8]} is there")
            return made
        if isinstance(error, HubConflict):
            raise HubConflict(
                f"{hub.repository} has changed meanwhile, so nothing was sent: its last commit is {_is(hub, BRANCH)}",
                next=LOOK,
            ) from error
        raise
    if remarks:
        say(remarks)
    return commit


def _made_all_the_same(hub: Hub, plan: Plan, parent: str) -> str:
    """The newest commit, where it is ours and only its answer was lost; what cannot be asked now, the next run asks."""
    with contextlib.suppress(HubError):
        head = hub.head()
        if head and head.commit != parent:
            changes = compare(plan.release.files, hub.files(head.commit))
            if all(change.kind == "same" for change in changes):
                return head.commit
    return ""


def _tag(hub: Hub, plan: Plan, commit: str) -> None:
    try:
        hub.tag(plan.release.tag, commit)
    except HubError as error:
        with contextlib.suppress(HubError):
            if hub.tags().get(plan.release.tag) == commit:
                return
        if isinstance(error, HubConflict):
            raise HubConflict(
                f"{plan.release.tag} of {hub.repository} was given meanwhile, to {_is(hub, plan.release.tag)}; "
                f"the release is {commit[:8]}",
                next=NEW_VERSION,
            ) from error
        raise


def _is(hub: Hub, revision: str) -> str:
    """The commit that a revision is, for people."""
    with contextlib.suppress(HubError):
        return str(hub.last_commit(revision))
    return "one that the Hub does not tell"
