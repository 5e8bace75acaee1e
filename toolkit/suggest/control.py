"""Which articles are labelled without suggestions, so that it can be told what suggestions do to labels."""

from __future__ import annotations

import hashlib


def is_control(article_id: str, seed: int, share: float) -> bool:
    """Whether an article is in the control: drawn by its id and a seed alone, so that new articles change nothing."""
    drawn = int.from_bytes(hashlib.sha256(f"{seed}\n{article_id}".encode()).digest()[:8], "big")
    return drawn < share * 2**64
