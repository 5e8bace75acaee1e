"""Which Hub to speak to, and with whose token."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from toolkit import addresses
from toolkit.errors import HubAuthError, UsageError
from toolkit.files import read_secret
from toolkit.workspace import Workspace

HUB = "https://huggingface.co"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
TOKEN_VARIABLE = "HF_TOKEN"  # noqa: S105  # the name of the variable, and the Hub client's own


@dataclass(frozen=True, slots=True)
class Address:
    """A Hub's root URL, without a slash at its end, and a token for it.

    ``source`` says for people where the token came from; the token itself is never shown.

    Raises HubAuthError for a token that no header can carry: the error of who tried would quote it.
    """

    url: str
    token: str = field(repr=False)
    source: str = "the program"

    def __post_init__(self) -> None:
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise HubAuthError(
                f"the token from {self.source} has a space, a line break or a letter in it that no token has",
                next=f"get one at {self.token_page}: it is one word, without its name or a remark",
            )

    @property
    def is_safe(self) -> bool:
        """Whether nobody can read along: https, or a server on this machine."""
        return self.url.startswith("https:") or addresses.is_local(self.url)

    @property
    def token_page(self) -> str:
        """Where a person gets a token."""
        return f"{self.url}/settings/tokens"

    def page(self, repository: str) -> str:
        """A dataset's page for people."""
        return f"{self.url}/datasets/{repository}"


def resolve(workspace: Workspace) -> Address:
    """Find the Hub and a token: environment, the workspace's own file, what ``hf auth login`` keeps.

    Raises HubAuthError where there is no token, WorkspaceError where others can read its file, and UsageError for a URL
    that is none.
    """
    where = _root(os.environ.get(ENDPOINT_VARIABLE, "") or HUB)
    file = workspace.private / "hf-token"
    for source, found in ((TOKEN_VARIABLE, os.environ.get(TOKEN_VARIABLE, "")), (str(file), read_secret(file))):
        if found.strip():
            return Address(where, found.strip(), source)
    from toolkit.hub.transport import kept_token

    if kept := kept_token(where):
        return Address(where, kept, "the Hub's client (hf auth login)")
    raise HubAuthError(
        f"no token for {where}",
        next=f"get one with write access at {Address(where, '').token_page} and set {TOKEN_VARIABLE}, "
        f"or keep it in {file} (chmod 600 {file})",
    )


def _root(url: str) -> str:
    if not addresses.is_root(url):
        raise UsageError(
            f"{ENDPOINT_VARIABLE} is {addresses.shown(url)!r}, which is not the address of a Hub",
            next=f"give its root, like {HUB}, without a name, a password or a query in it, or unset it",
        )
    return url.rstrip("/")
