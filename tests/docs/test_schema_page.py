"""The table of rules in docs/schema.md is made from the rules themselves."""

from __future__ import annotations

import os
from pathlib import Path

from toolkit.stages.schema import rules

BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->"


def rendered() -> str:
    lines = ["| rule | severity | breaks | purpose |", "| --- | --- | --- | --- |"]
    for rule in rules():
        breaks = ", ".join(contract.value for contract in getattr(rule, "breaks", ()))
        lines.append(f"| `{rule.id}` | {rule.severity.value} | {breaks} | {rule.purpose.replace('|', '¦')} |")
    return "\n".join(lines) + "\n"


def test_the_table_is_what_the_rules_say(repository: Path) -> None:
    page = repository / "docs" / "schema.md"
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}{rendered()}{END}{after}"
    if os.environ.get("GOLDKIT_UPDATE_DOCS"):
        page.write_text(wanted, encoding="utf-8")
    assert text == wanted or os.environ.get("GOLDKIT_UPDATE_DOCS"), "make docs"
