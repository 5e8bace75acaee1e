"""A release to the Hugging Face Hub, and back to see that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolkit.errors import UsageError
from toolkit.stages.talk import Say, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.hub.plan import Plan
    from toolkit.hub.verify import Verified


@dataclass(frozen=True, slots=True)
class Published:
    """What was done: the plan, the commit that holds the release, and what was compared when it was loaded back."""

    plan: Plan
    commit: str
    verified: Verified

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return self.plan.as_dict() | {
            "commit": self.commit,
            "compared": self.verified.files,
            "rows": self.verified.rows,
        }


def plan(
    workspace: Workspace,
    *,
    version: str = "",
    repository: str = "",
    private: bool | None = None,
    say: Say = no_word,
) -> Plan:
    """Say what publishing a version would change; nothing is sent.

    By default it is the version, repository and visibility of configs/project.yaml. Raises UsageError where no
    repository is named, BadInputError where the version is no release or its files are not those that were released,
    and HubError, a HubConflict where the version is out with other files.
    """
    from toolkit.hub.address import resolve
    from toolkit.hub.client import Hub
    from toolkit.hub.plan import make_plan
    from toolkit.hub.release import read_release

    project = workspace.project
    named = repository or project.hub.repository
    if named.count("/") != 1:
        raise UsageError(
            f"{named!r} is no repository of an owner" if named else "no repository is named",
            next="goldkit publish --repo OWNER/NAME, or write repository under hub in configs/project.yaml",
        )
    release = read_release(workspace.dataset(version or project.dataset.version))
    address = resolve(workspace)
    if not address.is_safe:
        say(f"the token and the dataset travel unencrypted to {address.url}")
    found = make_plan(Hub(address, named), release, private=project.hub.private if private is None else private)
    if found.exists and found.private is not found.asked:
        now, asked = ("private", "public") if found.private else ("public", "private")
        say(f"{named} is {now} and stays so, though {asked} was asked for: {found.page}/settings changes it")
    return found


def publish(workspace: Workspace, plan: Plan, *, say: Say = no_word) -> Published:
    """Carry out a plan, load the release back, and compare it: every file's sha256, and the rows of every config."""
    from toolkit.hub.address import resolve
    from toolkit.hub.client import Hub
    from toolkit.hub.publish import carry_out
    from toolkit.hub.verify import verify

    hub = Hub(resolve(workspace), plan.repository)
    commit = carry_out(hub, plan, say=say)
    say(f"loading {plan.release.tag} back from {plan.page}")
    return Published(plan, commit, verify(hub, plan.release))
