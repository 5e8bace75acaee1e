"""Whose a dataset is, and how to cite it.

People are written ``Family, Given`` in ``configs/project.yaml``, as BibTeX has them; a name without a comma is an
organisation's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from toolkit.dataset.about import About

_SPECIAL = re.compile(r"[\\{}$&#%_~^]")
_AS_TEXT = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


class Creator(NamedTuple):
    """A person (``family`` is not empty) or an organisation."""

    name: str
    family: str = ""
    given: str = ""


def creator(written: str) -> Creator:
    """Who is meant by a line under ``creators``."""
    family, _, given = (part.strip() for part in " ".join(written.split()).partition(","))
    return Creator(f"{given} {family}", family, given) if family and given else Creator(family or given)


def bibtex(about: About) -> str:
    """A BibTeX entry; what is not known is left out of it."""
    settings = about.project.dataset
    known = {
        "author": " and ".join(map(_author, settings.creators)),
        "title": f"{{{_text(about.title)}}}",
        "year": settings.date[:4],
        "version": settings.version,
        "url": re.sub(r"[{}\s\\]", "", about.url),
    }
    fields = (f"  {name} = {{{value}}}," for name, value in known.items() if value)
    return "\n".join([f"@misc{{{_key(about)},", *fields, "}"])


def _author(written: str) -> str:
    who = creator(written)
    return f"{_text(who.family)}, {_text(who.given)}" if who.family else f"{{{_text(who.name)}}}"


def _key(about: About) -> str:
    first = creator(about.project.dataset.creators[0]) if about.project.dataset.creators else Creator("")
    words = (first.family or first.name, about.project.name, about.project.dataset.date[:4])
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") for word in words)))


def _text(text: str) -> str:
    return _SPECIAL.sub(lambda it: _AS_TEXT.get(it[0], "\\" + it[0]), " ".join(text.split()))
