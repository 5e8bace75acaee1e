"""Writing the dataset's tables against plain pyarrow: ``python -m benchmarks.writing``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from . import child
from .table import Row, Say, machine, render

ROWS = (10_000, 1_000_000)
ROUNDS = 3
GOAL = 1.3
OF_ONE = 20  # relations of one article
AT_ONCE = 1000  # rows that plain pyarrow is given at one time


def measure(rounds: int, say: Say) -> Iterator[Row]:
    """The same rows by our writer and by pyarrow alone, in turns, each in a process; then our memory at both sizes."""
    jobs = ("goldkit", "pyarrow")
    done: dict[str, list[child.Measured]] = {job: [] for job in jobs}
    for number in range(rounds):
        for job in jobs if number % 2 == 0 else jobs[::-1]:
            done[job].append(child.run("writing", job, str(ROWS[-1])))
            say(f"  {job}: {ROWS[-1]} rows in {done[job][-1].seconds:.1f} s, {done[job][-1].megabytes:.0f} MB")
    ours, plain = (median(one.seconds for one in done[job]) for job in jobs)
    yield Row(f"write {ROWS[-1]:,} relations, against plain pyarrow", ours, plain, at_most=GOAL)
    ours, plain = (median(one.processor for one in done[job]) for job in jobs)
    yield Row("– processor time", ours, plain, at_most=GOAL)
    small = child.run("writing", "goldkit", str(ROWS[0])).megabytes
    say(f"  goldkit: {ROWS[0]} rows, {small:.0f} MB")
    large = median(one.megabytes for one in done["goldkit"])
    yield Row(f"– peak memory, against {ROWS[0]:,} rows", large, small, unit="MB", at_most=1.2)


def job(what: str, rows: int) -> Callable[[], int]:
    """What a child does: the writer of the dataset, or pyarrow as its manual has it."""
    import pyarrow as pa
    from pyarrow import parquet

    from toolkit.dataset.features import features
    from toolkit.dataset.write import quoted, write_parquet
    from toolkit.ontology.load import load_ontology
    from toolkit.stages.setup import shipped_configs

    columns = features(load_ontology(shipped_configs() / "ontology.yaml"))["relations"]
    article = _article()
    pool = [_relation(article.text, number) for number in range(OF_ONE)]

    def ours() -> int:
        with tempfile.TemporaryDirectory() as folder:
            articles = {f"a{number}": article for number in range(10)}
            blocks = ((f"a{number % 10}", pool) for number in range(rows // OF_ONE))
            splits = dict(zip(articles, ["train"] * 8 + ["validation", "test"], strict=True))
            files = write_parquet(Path(folder), "relations", columns, quoted(blocks, articles, columns), splits)
            return sum(file.rows for file in files.values())

    def plain() -> int:
        with tempfile.TemporaryDirectory() as folder:
            options: dict[str, Any] = {"compression": "zstd", "use_content_defined_chunking": True}
            schema, path = columns.arrow_schema, Path(folder) / "relations.parquet"
            given = islice(cycle(pool), rows)
            with parquet.ParquetWriter(path, schema, write_page_index=True, **options) as writer:
                while batch := list(islice(given, AT_ONCE)):
                    writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
            return int(parquet.read_metadata(path).num_rows)

    return {"goldkit": ours, "pyarrow": plain}[what]


def _article() -> Any:
    from toolkit.articles.model import Article, text_digest

    text = "The harbour was closed on Monday, the ministry said, after dockers had walked out. " * 40
    return Article(article_id="a1", text=text, text_sha256=text_digest(text))


def _relation(text: str, number: int) -> dict[str, Any]:
    def span(start: int, length: int) -> dict[str, Any]:
        return {"start": start, "end": start + length, "text": text[start : start + length]}

    start = number * 3
    return {
        "article_id": "a1",
        "head": {"id": f"h{number}", **span(start, 7), "label": number % 10},
        "tail": {"id": f"t{number}", **span(start + 20, 9), "label": number % 7},
        "type": number % 15,
        "modality": number % 4,
        "evidence": span(start, 80),
        "resolution": 3,
        "support": 2,
        "voters": 3,
        "annotators": ["ann-aaaaaaaa", "ann-bbbbbbbb"],
        "adjudicator": None,
        "ontology_version": "1.0.1",
    }


def main() -> None:
    """Print the rows alone."""
    rows = list(measure(ROUNDS, lambda line: print(line, file=sys.stderr)))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
