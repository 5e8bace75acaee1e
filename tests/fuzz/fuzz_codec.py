"""``python -m tests.fuzz.fuzz_codec -max_total_time=60``: see ``readers.tasks`` and ``readers.export``."""

from __future__ import annotations

from .target import fuzz, in_json, traced

with traced():
    from .readers import export, seeds, tasks


def codec(data: bytes) -> None:
    """The same bytes from a server and in a file."""
    tasks(data)
    export(data)


if __name__ == "__main__":
    fuzz(codec, seeds("tasks", "exports"), in_json)
