"""A process of its own that loads a dataset from the Hub as anybody would, and prints its rows by config and split.

The endpoint, the token and the cache come from the environment: `datasets` reads them when it is first imported, so no
process that has used it can look at another Hub, or into another cache.
"""

from __future__ import annotations

import json
import sys
from typing import TextIO


def main(out: TextIO, repository: str, revision: str, *configs: str) -> None:
    """Print ``{"rows": {config: {split: rows}}}``, or ``{"error": …}``."""
    from datasets import load_dataset

    rows: dict[str, dict[str, int]] = {}
    for config in configs:
        try:
            loaded = load_dataset(repository, config, revision=revision)
        except Exception as error:
            json.dump({"error": f"{config}: {type(error).__name__}: {error}"}, out)
            return
        rows[config] = {str(split): len(part) for split, part in loaded.items()}
    json.dump({"rows": rows}, out)


if __name__ == "__main__":
    main(sys.stdout, *sys.argv[1:])
