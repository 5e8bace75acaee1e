"""People on a Label Studio: real users of their own, made the way a person joins, through the invite link."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from toolkit.errors import StudioAuthError, StudioError, StudioUnreachable
from toolkit.studio.server import Credentials

if TYPE_CHECKING:
    import httpx


def add_annotator(credentials: Credentials, email: str, password: str) -> str:
    """Make a second Label Studio user in the organisation of ``credentials``; returns their personal access token.

    The password needs 8 to 128 characters. The API's own way (``POST /api/users/``) ignores the password, hence the
    invite link. The token is shown this once: a user has one, and the server keeps no copy.

    Raises StudioUnreachable where nobody answers, StudioAuthError where ``credentials`` are not an administrator's,
    StudioError where the server refuses the e-mail or the password, or the user is there already.
    """
    with _session(credentials.url) as admin:
        reply = _sent(admin, "POST", "/api/token/refresh/", json={"refresh": credentials.token})
        bearer = {"Authorization": f"Bearer {_value(reply, 'access')}"}
        invite = _value(_sent(admin, "GET", "/api/invite", headers=bearer), "invite_url")
    with _session(credentials.url) as newcomer:
        join = urlsplit(invite)
        form = {"email": email, "password": password, "allow_newsletters": ""}
        page = _submitted(newcomer, f"{join.path}?{join.query}", form)
        if page.status_code != 302:
            reasons = " ".join(_reasons(page.text)) or f"HTTP {page.status_code}"
            raise StudioError(
                f"Label Studio did not take {email} as a user: {reasons}",
                next="choose another e-mail or password, or use the account that is there",
            )
        return _value(_sent(newcomer, "POST", "/api/token/", headers=_csrf(newcomer)), "token")


@contextmanager
def _session(url: str) -> Iterator[httpx.Client]:
    import httpx

    # A proxy for the internet must not be asked for what runs on this machine.
    local = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
    try:
        with httpx.Client(base_url=url, timeout=60, trust_env=not local) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StudioUnreachable(
            f"no answer from {url} ({type(error).__name__})", next="goldkit studio status, then goldkit studio start"
        ) from None


def _sent(client: httpx.Client, method: str, path: str, **what: Any) -> httpx.Response:
    """One request whose answer must be good; no error names what was sent (it may be a token)."""
    reply = client.request(method, path, **what)
    if reply.status_code in (401, 403):
        raise StudioAuthError(
            f"{client.base_url} does not accept these credentials ({method} {path}: HTTP {reply.status_code})",
            next="goldkit studio start (writes the embedded server's credentials), or a token of an administrator",
        )
    if not reply.is_success:
        raise StudioError(
            f"{client.base_url} refused {method} {path}: HTTP {reply.status_code}",
            next="goldkit studio status; the server's log says more",
        )
    return reply


def _value(reply: httpx.Response, name: str) -> str:
    """A text by its name in a JSON answer."""
    try:
        found = reply.json()[name]
    except (ValueError, LookupError, TypeError):
        found = None
    if not isinstance(found, str):
        raise StudioUnreachable(
            f"what answers at {reply.url.copy_with(raw_path=b'/')} is not Label Studio: {reply.url.path} has no {name}",
            next="check the URL; goldkit studio status says where the embedded server is",
        )
    return found


def _submitted(client: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    """Open a page and send its form, as a browser does; the answer is a redirect where the form was taken."""
    _sent(client, "GET", path)
    headers = _csrf(client)
    return client.post(path, data={**form, "csrfmiddlewaretoken": headers["X-CSRFToken"]}, headers=headers)


def _csrf(client: httpx.Client) -> dict[str, str]:
    return {"X-CSRFToken": client.cookies.get("csrftoken") or "", "Referer": str(client.base_url)}


def _reasons(page: str) -> list[str]:
    """What the form says is wrong, as text."""
    lists = re.findall(r'<ul class="field_errors">(.*?)</ul>', page, flags=re.DOTALL)
    return [html.unescape(item.strip()) for part in lists for item in re.findall(r"<li>(.*?)</li>", part, re.DOTALL)]
