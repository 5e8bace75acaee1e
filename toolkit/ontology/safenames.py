"""Names that somebody gave to labels, made into names that an ontology can hold: readable, and never two the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from types import MappingProxyType

LONGEST = 64
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST - 1}}}")
_SIGN = re.compile(r"(?<!\w)[+-](?=\d)")

Wanted = tuple[str, str]
"""What it names (label, relation, ...), and the name as it was given."""


def safe_names(
    wanted: Iterable[Wanted], reserved: Mapping[str, Collection[str]] = MappingProxyType({})
) -> dict[Wanted, str]:
    """A valid name of its own for each name that was given; one that is valid stays as it is where it can.

    The same names in the same order give the same result. No two differ in capitals alone, and two kinds do not share
    a name: the first has it, the other gets its kind behind it.

    Args:
        wanted: the names, each with its kind.
        reserved: names that a kind must not have, in small letters.
    """
    ours: dict[Wanted, str] = {}
    owners: dict[str, str] = {}
    for kind, theirs in sorted(dict.fromkeys(wanted), key=lambda one: _NAME.fullmatch(one[1]) is None):
        closed = reserved.get(kind, ())
        name = theirs if _NAME.fullmatch(theirs) else safe_name(theirs, kind)
        foreign = name.lower() in closed or owners.get(name.lower(), kind) != kind
        candidates = _candidates(name, kind if foreign else "")
        name = next(one for one in candidates if one.lower() not in owners and one.lower() not in closed)
        ours[kind, theirs] = name
        owners[name.lower()] = kind
    return ours


def safe_name(text: str, otherwise: str) -> str:
    """A text in the letters that a name may have: “Person Name” is Person_Name, “Имя” is Imya.

    ``otherwise`` stands in where nothing is left, and goes before what does not begin with a letter.
    """
    name = _ascii(text) or _ascii(" ".join(unicodedata.name(sign, "").lower() for sign in text)) or otherwise
    return (name if name[0].isalpha() else f"{otherwise}_{name}")[:LONGEST].rstrip("_")


def _ascii(text: str) -> str:
    from anyascii import anyascii

    latin = anyascii(unicodedata.normalize("NFKC", text)).replace("'", "")
    latin = _SIGN.sub(lambda sign: "minus " if sign[0] == "-" else "plus ", latin)
    return re.sub(r"[^A-Za-z0-9_]+", "_", latin).strip("_")


def _candidates(name: str, kind: str) -> Iterator[str]:
    yield name
    if kind:
        yield _with(name, kind)
    yield from (_with(name, str(number)) for number in count(2))


def _with(name: str, ending: str) -> str:
    return f"{name[: LONGEST - len(ending) - 1]}_{ending}"
