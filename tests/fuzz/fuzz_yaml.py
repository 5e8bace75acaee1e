"""``python -m tests.fuzz.fuzz_yaml -max_total_time=60``: see the readers of YAML."""

from __future__ import annotations

from .target import fuzz, traced, with_words

with traced():
    from .readers import mapping, ontology, plan, seeds

_WORDS = (
    "name: ¦version: ¦1.0.0¦entities:¦relations:¦claims:¦modality:¦attributes:¦options:¦colour: ¦"
    '"#336699"¦hotkey: ¦head: ¦tail: ¦pattern: ¦examples:¦marked: ¦retired:¦from: ¦to: ¦steps:¦'
    "rename: ¦merge: ¦split: ¦retire: ¦retype: ¦label: ¦of: ¦text: ¦labels: ¦controls: ¦ignore¦"
    "!!int ¦!!bool ¦!!set ¦!!binary ¦!!timestamp ¦&a ¦*a¦<<: ¦? ¦- ¦{¦}¦[¦]¦|¦>¦---¦...¦%YAML 1.2¦~¦"
    ".nan¦0x¦1_0¦1:30¦2026-01-01¦'¦\"¦  ¦    "
)


def yaml(data: bytes) -> None:
    """The same bytes as each of the files."""
    ontology(data)
    mapping(data)
    plan(data)


if __name__ == "__main__":
    fuzz(yaml, seeds("ontology", "mapping", "plan"), with_words(_WORDS))
