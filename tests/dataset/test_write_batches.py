"""A file's bytes follow from its rows, wherever these are cut."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, cycle, islice
from pathlib import Path

import pytest
from pyarrow import parquet
from small_world import World

from toolkit.dataset.features import features
from toolkit.dataset.tables import Tables
from toolkit.dataset.write import BATCH, ROW_GROUP, SMALL_BATCH, Block, SplitBatch, batched, write_batches
from toolkit.gold.resolve import resolve

SPLITS = ("train", "test", "validation")


def blocks(world: World, config: str, number: int) -> list[Block]:
    """So many articles, each with one, two or no rows, those of the small world again and again."""
    tables = Tables(world.ontology, world.articles.values(), world.votes, resolve(world.votes, world.ontology))
    rows = cycle([row for _, rows in tables.blocks(config) for row in rows])
    ids = [f"b{at:05}" for at in range(number)]
    return [(id, [row | {"article_id": id} for row in islice(rows, (1, 2, 0, 1)[at % 4])]) for at, id in enumerate(ids)]


@pytest.mark.parametrize(
    ("config", "size", "articles"),
    [("entities", BATCH, 4321), ("annotations", BATCH, 2100), ("claims", SMALL_BATCH, 6000)],
)
def test_where_the_rows_are_cut_does_not_matter(
    config: str, size: int, articles: int, world: World, tmp_path: Path
) -> None:
    columns, made = features(world.ontology)[config], blocks(world, config, articles)
    chance = random.Random(config)
    splits = {id: chance.choices(SPLITS, (7, 2, 1))[0] for id, _ in made}

    def in_shards(longest: int) -> Iterator[SplitBatch]:
        start = 0
        while start < len(made):
            end = start + chance.randint(1, longest)
            yield from batched(config, columns.arrow_schema, made[start:end], splits)
            start = end

    expected = write_batches(
        tmp_path / "whole", config, columns.arrow_schema, batched(config, columns.arrow_schema, made, splits)
    )
    assert expected.keys() == set(SPLITS)
    assert sum(file.rows for file in expected.values()) == sum(len(rows) for _, rows in made)
    for longest in (size // 6, size, 7 * size):
        cut = tmp_path / str(longest)
        assert write_batches(cut, config, columns.arrow_schema, in_shards(longest)) == expected
        for file in expected.values():
            assert (cut / file.path).read_bytes() == (tmp_path / "whole" / file.path).read_bytes()
    written = parquet.read_metadata(tmp_path / "whole" / expected["train"].path)
    groups = [written.row_group(at).num_rows for at in range(written.num_row_groups)]
    assert (len(groups) > 1) is (config == "entities")
    assert set(groups[:-1]) <= {size * ROW_GROUP}


def test_rows_stay_in_order(world: World, tmp_path: Path) -> None:
    columns, made = features(world.ontology)["documents"], blocks(world, "documents", 500)
    splits = {id: SPLITS[at % 2] for at, (id, _) in enumerate(made)}
    pieces = (batched("documents", columns.arrow_schema, made[at : at + 30], splits) for at in range(0, 500, 30))
    written = write_batches(tmp_path, "documents", columns.arrow_schema, chain.from_iterable(pieces))
    for split, file in written.items():
        found = parquet.read_table(tmp_path / file.path)["article_id"].to_pylist()
        assert found == [id for id, rows in made for _ in rows if splits[id] == split]
    assert len(written) == 2


def test_no_rows_no_file(world: World, tmp_path: Path) -> None:
    columns = features(world.ontology)["claims"]
    empty: list[Block] = [("a1", []), ("a2", [])]
    made = batched("claims", columns.arrow_schema, empty, dict.fromkeys(("a1", "a2"), "train"))
    assert write_batches(tmp_path, "claims", columns.arrow_schema, made) == {}
    assert not list(tmp_path.iterdir())
