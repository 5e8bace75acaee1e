"""The cases that were found, or that the rules name: each is read as it was when somebody last looked at it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from toolkit.annotations.checks import RULES

from .readers import CORPUS, READERS, Answer

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CORPUS / "expected.yaml").read_text(encoding="utf-8"))
PYTHON = re.compile(r" \((maximum|Exceeds).*")  # what Python itself says, which differs from one version to the next
CASES = [(folder, name) for folder, cases in EXPECTED.items() for name in cases]


def told(answer: Answer) -> dict[str, Any]:
    """An answer as ``expected.yaml`` has it."""
    if answer.error:
        return {"error": PYTHON.sub("", answer.error)}
    found: dict[str, Any] = {"rules": sorted(answer.rules)}
    if counts := answer.counts:
        done = (counts.annotations_valid, counts.annotations_skipped, counts.annotations_rejected)
        items = (counts.items_valid, counts.items_rejected, counts.items_context)
        found["annotations"] = "{} = {} valid + {} skipped + {} rejected".format(counts.annotations_in, *done)
        found["items"] = "{} = {} valid + {} rejected + {} context".format(counts.items_in, *items)
    return found


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_a_case(folder: str, name: str) -> None:
    assert told(READERS[folder]((CORPUS / folder / name).read_bytes())) == EXPECTED[folder][name]


def test_every_case_says_what_is_expected_of_it() -> None:
    there = {folder: sorted(file.name for file in (CORPUS / folder).iterdir()) for folder in READERS}
    assert there == {folder: sorted(cases) for folder, cases in EXPECTED.items()}


def test_every_rule_has_a_case() -> None:
    assert {rule for case in EXPECTED["tasks"].values() for rule in case["rules"]} == {*RULES}
