"""What is true of any server's address, whoever speaks to it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_root(url: str) -> bool:
    """Whether this is the address of a server over http or https, and nothing else: no name, password or query."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError:
        return False
    plain = not parts.query and parts.username is None
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def shown(url: str) -> str:
    """An address as it may be printed: before an @ may stand a password, after a ? a token."""
    return url.rpartition("@")[2].partition("?")[0]


def is_local(url: str) -> bool:
    """Whether the server runs on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
