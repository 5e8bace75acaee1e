"""Operational errors: something could not be done. Problems *in data* are findings, not exceptions.

    GoldkitError                 exit 1   the operation failed
    ├── UsageError               exit 2   the command was called wrongly
    ├── BadInputError            exit 1   a file or a value that a person gave cannot be read
    ├── WorkspaceError           exit 1   no workspace, or a file in it cannot be read or written
    ├── EngineError              exit 1   whatever was to do the work could not (engine.py)
    ├── SourceError              exit 1   what was to suggest cannot
    ├── HubError                 exit 1   the Hugging Face Hub could not do it, or refused
    │   ├── HubUnreachable                no answer, a broken connection, or something that is no Hub
    │   ├── HubAuthError                  token missing, wrong, expired or not allowed
    │   ├── HubNotFound                   no such repository, revision or file, or none that the token may see
    │   ├── HubConflict                   the repository there is not what this release expects
    │   └── HubServerError                it broke while answering: done or not, nobody knows
    └── StudioError              exit 1   Label Studio could not do it
        ├── StudioUnreachable             no answer at that address
        ├── StudioAuthError               token missing, wrong, expired or not allowed
        ├── StudioConflict                the project there is not what this workspace expects
        ├── StudioServerError             it broke while answering: done or not, nobody knows
        └── StudioVersionError            a server too old to be trusted with the data

Every error says what happened, where, and what to do next (``next``: usually a command).
"""

from __future__ import annotations


class GoldkitError(Exception):
    """The operation failed; ``next`` names what the user should do about it."""

    exit_code = 1

    def __init__(self, message: str, *, next: str) -> None:
        super().__init__(message)
        self.message = message
        self.next = next


class UsageError(GoldkitError):
    """The command was called wrongly."""

    exit_code = 2


class BadInputError(GoldkitError):
    """A file or a value that a person gave cannot be read; nothing was written."""


class WorkspaceError(GoldkitError):
    """There is no workspace here, or a file in it cannot be read or written."""


class SourceError(GoldkitError):
    """A source of suggestions cannot be asked at all, or fails again and again."""


class HubError(GoldkitError):
    """The Hub could not do what was asked."""


class HubUnreachable(HubError):
    """Nobody answers at the address, or something else does."""


class HubAuthError(HubError):
    """The token is missing, wrong, expired or not allowed to do this."""


class HubNotFound(HubError):
    """The repository, revision or file is not there, or not for this token."""


class HubConflict(HubError):
    """The repository is not what this release expects."""


class HubServerError(HubError):
    """The Hub broke while answering (5xx): what it was asked to do may be done or not."""


class StudioError(GoldkitError):
    """Label Studio could not do what was asked."""


class StudioUnreachable(StudioError):
    """Nobody answers at the address."""


class StudioAuthError(StudioError):
    """The token is missing, wrong, expired or not allowed to do this."""


class StudioConflict(StudioError):
    """The project on the server is not what this workspace expects."""


class StudioServerError(StudioError):
    """The server broke while answering (5xx): what it was asked to do may be done or not."""


class StudioVersionError(StudioError):
    """The server is older than what the offsets and the import were tested with."""


EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_FINDINGS = 3
EXIT_INTERRUPTED = 130
EXIT_TERMINATED = 143
