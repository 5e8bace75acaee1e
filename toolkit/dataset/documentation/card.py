"""The dataset's card, ``README.md``: a YAML header that `datasets` and the Hub read, and a text for people.

All of it is made from the files and the project, but for what only a person can say (``toolkit.dataset.prose``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from toolkit.dataset.about import About
from toolkit.dataset.documentation.columns import columns
from toolkit.dataset.documentation.contents import contents, counted, loading
from toolkit.dataset.documentation.markdown import plain
from toolkit.dataset.documentation.quality import agreement, gold, splits
from toolkit.dataset.documentation.terms import citing, rights
from toolkit.dataset.header import header
from toolkit.dataset.prose import SECTIONS

_ON_TOP = "Summary"
_BEFORE = ("Motivation", "Collection", "Annotators")  # how it came to be; the other sections are about its use


def card(about: About) -> str:
    """The whole ``README.md``."""
    return f"---\n{header(about)}\n---\n\n" + "\n\n".join(filter(None, _body(about))) + "\n"


def _body(about: About) -> Iterator[str]:
    yield f"# {plain(about.title)}"
    yield about.prose.get(_ON_TOP)
    yield counted(about)
    yield from loading(about)
    yield from contents(about)
    yield from _prose(about, _BEFORE)
    yield from splits(about)
    yield from gold(about)
    yield from agreement(about)
    yield from _prose(about, (name for name in SECTIONS if name not in (_ON_TOP, *_BEFORE)))
    yield from columns(about)
    yield from rights(about)
    yield from citing(about)


def _prose(about: About, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if text := about.prose.get(name):
            yield f"## {name}"
            yield text
