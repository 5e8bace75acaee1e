"""``python -m tests.fuzz.fuzz_lines -max_total_time=60``: see ``readers.json_lines``."""

from __future__ import annotations

from .target import fuzz, in_json_lines, traced

with traced():
    from .readers import json_lines, seeds

if __name__ == "__main__":
    fuzz(json_lines, seeds("json-lines"), in_json_lines)
