"""Which Label Studio to speak to, and with whose token."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from toolkit import addresses
from toolkit.errors import StudioAuthError, UsageError
from toolkit.files import read_secret
from toolkit.findings import Finding, Place, Severity
from toolkit.workspace import Workspace

URL_VARIABLE = "LABEL_STUDIO_URL"
TOKEN_VARIABLE = "LABEL_STUDIO_API_KEY"  # noqa: S105  # the name of the variable, and the SDK's own


@dataclass(frozen=True, slots=True)
class Address:
    """A Label Studio's root URL, without a slash at its end, and a token for it.

    ``source`` says for people where the token came from; the token itself is never shown.

    Raises StudioAuthError for a token that no header can carry: the error of who tried would quote it.
    """

    url: str
    token: str = field(repr=False)
    source: str = "the program"

    def __post_init__(self) -> None:
        if not self.token.isprintable() or " " in self.token:
            raise StudioAuthError(
                f"the token from {self.source} has a space or a line break in it, so it is none",
                next=f"get one at {self.token_page}: it is one word, without its name or a remark",
            )

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine."""
        return addresses.is_local(self.url)

    @property
    def token_page(self) -> str:
        """Where a person gets a token."""
        return f"{self.url}/user/account/personal-access-token"

    def findings(self) -> list[Finding]:
        """What is unwise about this address."""
        if self.is_local or self.url.startswith("https:"):
            return []
        return [
            Finding(
                rule="plain-http",
                place=Place(url=self.url),
                message="the token and the texts travel unencrypted to this server",
                next=f"use https://{self.url.removeprefix('http://')} if the server has it",
                severity=Severity.WARNING,
            )
        ]


def resolve(workspace: Workspace, url: str = "", token: str = "") -> Address:
    """Find the server and its token: flag, environment, the workspace's files, the embedded server.

    With no URL anywhere it is the embedded server with its own token: none from the environment is sent there.

    Raises StudioAuthError where no server or no token is named, WorkspaceError where others can read the token's file,
    and UsageError for a URL that is none.
    """
    file = workspace.private / "token"
    where = url or os.environ.get(URL_VARIABLE, "") or workspace.project.studio.url
    if not where:
        return _embedded(workspace, token)
    where = _root(where)
    for source, found in (
        ("--token", token),
        (TOKEN_VARIABLE, os.environ.get(TOKEN_VARIABLE, "")),
        (str(file), read_secret(file)),
    ):
        if found.strip():
            return Address(where, found.strip(), source)
    embedded = _credentials(workspace)
    if embedded and embedded.url == where:
        return embedded
    raise StudioAuthError(
        f"no token for {where}",
        next=f"get one at {Address(where, '').token_page} and set {TOKEN_VARIABLE}, "
        f"or keep it in {file} (chmod 600 {file})",
    )


def _embedded(workspace: Workspace, token: str) -> Address:
    embedded = _credentials(workspace)
    if embedded is None:
        raise StudioAuthError(
            "no Label Studio is named, and the workspace's own does not run",
            next=f"goldkit studio start, or set {URL_VARIABLE} and {TOKEN_VARIABLE}",
        )
    return Address(embedded.url, token.strip(), "--token") if token.strip() else embedded


def _credentials(workspace: Workspace) -> Address | None:
    from toolkit.studio import server

    known = server.credentials(workspace.studio_home)
    return Address(known.url, known.token, "the embedded server") if known else None


def _root(url: str) -> str:
    if not addresses.is_root(url):
        raise UsageError(
            f"{addresses.shown(url)!r} is not the address of a Label Studio",
            next="give its root, like https://label.example.org, without a name, a password or a query in it",
        )
    return url.rstrip("/")
