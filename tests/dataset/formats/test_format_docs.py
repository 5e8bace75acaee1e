"""The lines of code in docs/formats.md, run on the small world's exports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from odd_world import Export

from toolkit.dataset.formats.names import Target

PRINTED = {
    "jsonl": "a1 ['PERSON', 'GPE', 'ORGANIZATION', 'PERSON', 'GPE', 'LOCATION', 'PERSON', 'QUANTITY', 'LOCATION']\n"
    "a2 ['PERSON', 'GPE']\na3 []\na4 []\na5 []\n",
    "spacy": "Ali met_with Ali asserted\nOmar located_in Tripoli negated\n",
    "uima": "indirect ['Ali'] “30\u00a0migrants” were rescued\nnarrator [] Nobody was hurt\n",
    "brat": "met_with Arg1:T1 Arg2:T8\nlocated_in Arg1:T4 Arg2:T5\nclaimed_by Arg1:T9 Arg2:T8\n"
    "cued_by Arg1:T9 Arg2:T7\nhas_quantity Arg1:T9 Arg2:T10\n",
    "docred": "Ali met_with Ali [0, 1]\n",
    "conll": "['Ali', 'Libya', 'Omar', 'Tripoli', 'Ali', '30', 'Greater', 'مُحَمَّد', 'ليبيا']\n",
}


def sections(repository: Path) -> dict[str, str]:
    page = (repository / "docs" / "formats.md").read_text(encoding="utf-8")
    return {section.partition("\n")[0]: section for section in page.split("\n## ")[1:]}


def test_every_format_has_its_section_and_its_row(repository: Path) -> None:
    assert sections(repository).keys() == set(Target)
    page = (repository / "docs" / "formats.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(sections(repository))


@pytest.mark.parametrize("target", list(Target))
def test_the_code_loads_it(
    target: Target,
    export_small: Export,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(export_small(target).folder.parent)
    (code,) = re.findall(r"```python\n(.*?)```", sections(repository)[target], re.DOTALL)
    exec(compile(code, "docs/formats.md", "exec"), {})
    assert capsys.readouterr().out == PRINTED[target]
