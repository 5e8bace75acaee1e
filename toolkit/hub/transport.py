"""Where foreign code ends: the only module that knows the errors of the Hub's client; it maps all of them to ours.

=======================================  ===================
the Hub, its client or the network       here
=======================================  ===================
401, 402, 403, no token in the client    HubAuthError
404                                      HubNotFound
409, 412                                 HubConflict
400, 413, 422, 429 and other 4xx         HubError
5xx                                      HubServerError
no connection, no answer in time, else   HubUnreachable
an error of the local disk               WorkspaceError
=======================================  ===================

After HubUnreachable and HubServerError nobody knows whether the Hub did what it was asked.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolkit.errors import (
    GoldkitError,
    HubAuthError,
    HubConflict,
    HubError,
    HubNotFound,
    HubServerError,
    HubUnreachable,
    UsageError,
    WorkspaceError,
)
from toolkit.hub.address import Address

if TYPE_CHECKING:
    from huggingface_hub import HfApi, errors

TIMEOUT = 300.0  # seconds without a sign; the client's own default is to wait for ever
NO_TOKEN = ("LocalTokenNotFoundError", "OIDCError", "DeviceCodeError")  # by name: the last two came late
DETAIL = 400  # characters of a server's explanation that are shown

AGAIN = "run the same command again: what is there already is not sent twice"


def connect(address: Address) -> HfApi:
    """The Hub's client for an address; it talks on a terminal only."""
    import huggingface_hub
    from huggingface_hub.utils import disable_progress_bars, logging  # type: ignore[attr-defined]

    from toolkit import __version__

    if not sys.stderr.isatty():
        disable_progress_bars()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    return huggingface_hub.HfApi(
        endpoint=address.url, token=address.token, library_name="goldkit", library_version=__version__
    )


def kept_token(url: str) -> str:
    """The token that the client itself would take; empty where it knows none."""
    from huggingface_hub import get_token

    with explained(Address(url, "")):
        return get_token() or ""


@dataclass(frozen=True, slots=True)
class _Patience:
    """Ends the waiting of requests that would wait for ever; the client asks most of its own in that way."""

    seconds: float

    def __call__(self, request: Any) -> None:
        waits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {wait: given or self.seconds for wait, given in waits.items()}


@contextlib.contextmanager
def explained(address: Address, *, timeout: float = TIMEOUT) -> Iterator[None]:
    """Let only our errors out of what is called on the client."""
    from huggingface_hub import get_session

    asked = get_session().event_hooks["request"]  # each time: after a failure the client makes a new session
    asked[:] = [*(hook for hook in asked if not isinstance(hook, _Patience)), _Patience(timeout)]
    try:
        yield
    except GoldkitError:
        raise
    except Exception as error:
        if _raised_here(error):
            raise
        raise _ours(error, address) from error


def _raised_here(error: Exception) -> bool:
    """Whether our own code raised it, which is a bug and no answer of the Hub's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("toolkit.")


def _ours(error: Exception, address: Address) -> GoldkitError:
    from huggingface_hub import errors

    for cause in _causes(error):  # the client wraps what happened, sometimes twice
        match cause:
            case errors.HfHubHTTPError():
                return _status_error(cause, address)
            case errors.OfflineModeIsEnabled():
                return HubUnreachable(
                    "HF_HUB_OFFLINE is set, so nothing is sent", next="unset HF_HUB_OFFLINE and run it again"
                )
            case errors.HFValidationError():
                return UsageError(
                    f"the Hub has no such names: {one_line(str(cause), address)}",
                    next="goldkit publish --repo OWNER/NAME, or correct repository under hub in configs/project.yaml",
                )
        if any(_is(cause, name) for name in NO_TOKEN):
            return HubAuthError(
                f"the Hub's client has no token to offer ({type(cause).__name__})",
                next=f"get one with write access at {address.token_page} and set HF_TOKEN",
            )
        if broken := _broken(cause, address):
            return broken
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, ConnectionError | TimeoutError):
        return WorkspaceError(
            f"cannot read or write here: {error.strerror or type(error).__name__}",
            next="free space or correct the permissions, then run the same command again",
        )
    if isinstance(error, KeyError | TypeError | AttributeError | UnicodeDecodeError) or _is(error, "JSONDecodeError"):
        return HubUnreachable(
            f"what answers at {address.url} is not the Hub's API", next="check HF_ENDPOINT; a proxy may stand between"
        )
    return HubUnreachable(
        f"the Hub's client gave up ({type(error).__name__})",
        next=f"{AGAIN}; where this Hub has no Xet storage, set HF_HUB_DISABLE_XET=1",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it comes from, as far as that is foreign."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen and not isinstance(cause, GoldkitError):
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _broken(error: BaseException, address: Address) -> HubUnreachable | None:
    """The error for a connection that failed; by name, since which httpx the client uses depends on its version."""
    if not any(kind.__module__.startswith("httpx") for kind in type(error).__mro__):
        return None
    if _is(error, "TimeoutException"):
        return HubUnreachable(f"{address.url} did not answer in time", next=AGAIN)
    if _is(error, "ConnectError"):
        return HubUnreachable(
            f"no connection to {address.url}: {one_line(str(error), address)}",
            next="check the network and HF_ENDPOINT; for a certificate of your own organisation set SSL_CERT_FILE",
        )
    return HubUnreachable(f"the connection to {address.url} broke ({type(error).__name__})", next=AGAIN)


def _is(error: BaseException, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(error).__mro__)


def _status_error(error: errors.HfHubHTTPError, address: Address) -> HubError:
    """The error for an HTTP status of 400 or more."""
    status = error.response.status_code
    detail = one_line(error.server_message or "", address)
    said = f": {detail}" if detail else ""
    where = f"{address.url} refused with status {status}{said}"
    if error.response.request.url.path.endswith("/api/validate-yaml") and status < 500 and status not in (401, 403):
        return HubError(
            f"the Hub refuses the YAML header of README.md{said}",
            next="correct dataset in configs/project.yaml and raise its version, then goldkit build, goldkit release",
        )
    match status:
        case 401:
            return HubAuthError(
                f"{address.url} does not accept the token from {address.source}{said}",
                next=f"get a new one at {address.token_page} and put it where the old one was",
            )
        case 402 | 403:
            return HubAuthError(
                f"the token from {address.source} may not do this on {address.url}{said}",
                next=f"use one with write access to the repository's owner: {address.token_page}",
            )
        case 404:
            return HubNotFound(
                f"{address.url} has no such repository, revision or file, or none that the token from "
                f"{address.source} may see{said}",
                next="check the repository's name, and that the token may read it",
            )
        case 409 | 412:
            return HubConflict(where, next="goldkit publish --dry-run (shows what is there now)")
        case 413:
            return HubError(where, next="the release is too large for the Hub in one commit: publish it with less")
        case 429:
            return HubError(where, next="wait some minutes, then run the same command again")
    if status >= 500:
        return HubServerError(f"{address.url} failed with status {status}{said}", next=AGAIN)
    return HubError(where, next="correct what it names, then run the command again")


def one_line(text: str, address: Address) -> str:
    """What somebody else says, on one line, without the token if it says that."""
    line = " ".join(text.split())
    if address.token:
        line = line.replace(address.token, "(the token)")
    return line if len(line) <= DETAIL else line[: DETAIL - 1] + "…"
