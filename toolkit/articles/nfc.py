"""Unicode normalisation form C, piece by piece, so that every change can be recorded.

A piece begins at a character that never combines with what stands before it, so the pieces normalised one by one are
the whole text normalised (Unicode Standard Annex 15, "Concatenation of Normalized Strings").
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

from toolkit.articles.model import Edit
from toolkit.spans import Span

# Normalising takes time quadratic in the length of a run of marks; no writing system comes near this many.
LONGEST_RUN_OF_MARKS = 256
_PERHAPS_MARKS = re.compile(rf"[^\w\s\x00-\u02ff]{{{LONGEST_RUN_OF_MARKS + 1},}}")


def run_of_marks(text: str) -> int | None:
    """Where more than ``LONGEST_RUN_OF_MARKS`` combining marks stand in a row, or None."""
    for found in _PERHAPS_MARKS.finditer(text):
        run = 0
        for at in range(*found.span()):
            run = run + 1 if unicodedata.combining(text[at]) else 0
            if run > LONGEST_RUN_OF_MARKS:
                return at - LONGEST_RUN_OF_MARKS
    return None


def nfc_edits(raw: str, span: Span) -> Iterator[Edit]:
    r"""The edits that bring ``raw[span]`` into NFC. The span must begin where a line does or after a ``\ufeff``."""
    if unicodedata.is_normalized("NFC", span.of(raw)):
        return
    for piece in _pieces().finditer(raw, *span):
        new = unicodedata.normalize("NFC", piece.group())
        if new != piece.group():
            yield Edit(rule="nfc", start=piece.start(), end=piece.end(), new=new)


@cache
def _pieces() -> re.Pattern[str]:
    """A character and all that combines with it; ASCII with nothing to combine cannot change and is passed over.

    The interpreter's own Unicode tables are asked, which takes a fraction of a second, once, and only when needed.
    """
    composing = set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))  # Hangul vowels and final consonants
    decomposed: list[int] = []
    for code in range(0x80, sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if parts and not parts[0].startswith("<"):
            decomposed.append(code)
            composing.update(int(part, 16) for part in parts[1:])
    composing.update(code for code in range(0x80, sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    composing.update(code for code in decomposed if ord(unicodedata.normalize("NFD", chr(code))[0]) in composing)
    joined = "".join(re.escape(chr(code)) for code in sorted(composing))
    return re.compile(rf"[^\x00-\x7f][{joined}]*|[\x00-\x7f][{joined}]+")
