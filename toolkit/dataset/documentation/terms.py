"""On which terms a dataset may be used, and how to cite it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.dataset import vocabulary
from toolkit.dataset.about import About
from toolkit.dataset.documentation.citation import bibtex
from toolkit.dataset.documentation.markdown import fenced, plain, table

# What the parts of a Creative Commons id say.
_CONDITIONS = {
    "by": "name the source",
    "nc": "not for commercial ends",
    "nd": "do not pass on changed texts",
    "sa": "pass changed texts on under the same licence",
}
_NOT_KNOWN = "nobody has said; without leave, do not pass the texts on"


def rights(about: About) -> Iterator[str]:
    """The licence of what was added, and those of the texts."""
    yield "## Rights"
    own = about.project.dataset.licence
    yield (
        f"The annotations: {_linked(own)}. The texts are not the annotators' to give: each keeps the licence that it "
        "came with (`licence` in `documents`), and you need both to use a text together with its annotations."
    )
    counts = about.summary.counts("documents", "licence")
    yield table(
        ("licence of the text", "articles", "on condition"),
        ((_linked(name) if name else "(not known)", count, conditions(name)) for name, count in counts.items()),
        numbers=(1,),
    )
    if not about.opened.has_text:
        yield "The texts are not in this release, so passing it on passes on none of them."


def conditions(licence: str) -> str:
    """What a licence asks of those who use a text, as far as its id says; no advice of a lawyer."""
    known = vocabulary.licence_id(licence)
    if not licence or known == "unknown":
        return _NOT_KNOWN
    if known == "cc0-1.0":
        return "none"
    if re.match(r"cc-by", known):
        return "; ".join(words for part, words in _CONDITIONS.items() if part in known.split("-"))
    return "see the licence"


def _linked(licence: str) -> str:
    url = vocabulary.licence_url(licence)
    return f"[{plain(licence)}]({url})" if url else plain(licence)


def citing(about: About) -> Iterator[str]:
    """A BibTeX entry."""
    yield "## Citation"
    yield fenced(bibtex(about), "bibtex")
