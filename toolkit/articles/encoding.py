"""From bytes to text; where that cannot be, what the encoding may be instead."""

from __future__ import annotations

import re

from toolkit.errors import UsageError
from toolkit.findings import Finding, Place

_DECLARED = re.compile(rb"<meta\b[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def check_encoding(encoding: str | None) -> None:
    """Raises UsageError where Python knows no such text encoding."""
    if encoding is not None and not _is_known(encoding):
        raise UsageError(
            f"no such encoding: {encoding}", next="goldkit articles add --encoding windows-1251 (or another) PATH"
        )


def decoded(data: bytes, name: str, encoding: str | None, *, line: int = 0, offset: int = 0) -> str | Finding:
    """``data``, from byte ``offset`` of the file ``name`` on, as text (``encoding`` None: UTF-8); or a finding."""
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeError as error:
        byte = f" at byte {offset + error.start}" if isinstance(error, UnicodeDecodeError) else ""
        guess = _guess(data)
        return Finding(
            "article-encoding",
            Place(file=name, line=line),
            f"not {encoding or 'UTF-8'}{byte}" + (f"; looks like {guess}" if guess else ""),
            f"goldkit articles add --encoding {guess or 'ENCODING'} {name}",
        )


def declared_encoding(page: bytes) -> str | None:
    """The encoding that a web page names at its beginning, where Python knows it."""
    found = _DECLARED.search(page, 0, 4096)
    name = found[1].decode("ascii", "replace") if found else ""
    return name if name and _is_known(name) else None


def _is_known(encoding: str) -> bool:
    try:
        b"  ".decode(encoding)
    except LookupError:
        return False
    except UnicodeError:
        pass  # it is known; two spaces just mean nothing in it
    return True


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000]).best()
    if best and re.match(r"cp(?!125)|mac_|hp_", best.encoding):  # of old machines, and rarely right: Windows first
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return ""
        return "windows-1252"
    return re.sub(r"^cp(125\d)$", r"windows-\1", best.encoding).replace("_", "-") if best else ""
