"""``python -m tests.fuzz.fuzz_folders -max_total_time=60``: see ``readers.conll`` and ``readers.standoff``."""

from __future__ import annotations

from .target import fuzz, traced, with_words

with traced():
    from .readers import conll, seeds, standoff

_WORDS = (
    "T1¦R1¦E1¦A1¦M1¦N1¦#1¦*¦;¦:¦Arg1:¦Arg2:¦PERSON¦EVENT¦knows¦level¦Equiv¦0 3¦-1¦B-PERSON¦I-PERSON¦"
    "E-¦S-PLACE¦O¦?¦-DOCSTART-"
)


def folders(data: bytes) -> None:
    """The same bytes in a folder of each kind."""
    conll(data)
    standoff(data)


if __name__ == "__main__":
    fuzz(folders, seeds("conll", "standoff"), with_words(_WORDS))
