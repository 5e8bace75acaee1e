"""Where a copy of an article begins to differ from a text that is not there, of which the tokens' offsets are known."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.articles.diff import counts
from toolkit.articles.model import StoredArticle
from toolkit.dataset.tokens import tokenize
from toolkit.spans import Span

_SHOWN = 40  # characters of the copy that are quoted


def difference(copy: StoredArticle, released_sha256: str, released: Sequence[Span] | None) -> str:
    """In words, how the copy differs from the released text, as far as that can be known.

    ``released`` are the tokens of the released text, None where it has no gold and so no tokens.
    """
    cut = ", ".join(f"{rule} {count}" for rule, count in sorted(counts(copy).items())) or "nothing"
    digests = f"its text has the sha256 {copy.article.text_sha256[:16]}…, the released one {released_sha256[:16]}…"
    return f"{digests}; {_where(copy.article.text, released)}; cleaning changed: {cut}"


def _where(text: str, released: Sequence[Span] | None) -> str:
    if released is None:
        return "where they differ is not known, since the article has no gold"
    own = tokenize(text)
    same = next((number for number, pair in enumerate(zip(own, released, strict=False)) if pair[0] != pair[1]), None)
    if same is None and len(own) == len(released):
        return "every token is as long and stands where it should, so letters or white space differ"
    same = min(len(own), len(released)) if same is None else same
    longer = (own[-1].end if own else 0) - (released[-1].end if released else 0)
    off = f"{abs(longer)} character{'' if abs(longer) == 1 else 's'}"
    length = f"; it is {off} too {'long' if longer > 0 else 'short'}" if longer else ""
    if same == len(own):
        return f"it ends at character {own[-1].end if own else 0}, and the released one goes on{length}"
    at = own[same].start
    if same < len(released):
        at = min(at, released[same].start)
    quote = " ".join(text[at : at + _SHOWN].split())
    return f"they part no later than in “{quote}” at character {at} of the copy{length}"
