"""The search for copies finds the same, however the articles are dealt out."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from toolkit.articles.model import Article, text_digest
from toolkit.articles.near.copies import find_copies
from toolkit.articles.near.ragged import Ragged, load, save
from toolkit.errors import WorkspaceError
from toolkit.project import GroupingSettings


def articles(number: int = 40) -> dict[str, Article]:
    """Texts of which some are copies, whole, in part or within another; all with the outlet's notice below."""
    chance = random.Random(7)
    texts = [" ".join(f"w{chance.randrange(900)}" for _ in range(120)) for _ in range(number)]
    for at in range(0, number - 1, 4):
        one = texts[at].split()
        texts[at + 1] = " ".join([one, one[:60], one + texts[at + 1].split(), one[:110] + ["new"] * 10][at // 4 % 4])
    texts[5] = texts[-1] = texts[4]
    texts[6] = "Rain."
    made = {}
    for number, text in enumerate(texts):
        text += "\n\nThis notice stands under everything that our outlet prints."
        made[f"a{number:03}"] = Article(
            article_id=f"a{number:03}", text=text, text_sha256=text_digest(text), outlet="Meridian"
        )
    return made


@pytest.mark.parametrize("shard", [1, 7, 39])
def test_the_shards_do_not_matter(shard: int, tmp_path: Path) -> None:
    made = articles()
    whole = find_copies(made, GroupingSettings())
    assert len({pair.kind for pair in whole.pairs}) > 2
    assert whole.boilerplate.passages
    read: list[int] = []
    parts = find_copies(made, GroupingSettings(), read.append, folder=tmp_path, shard=shard)
    assert parts == whole
    assert (sum(read), len(read)) == (40, -(-40 // shard))


def test_no_articles() -> None:
    assert find_copies({}, GroupingSettings()).pairs == ()


def test_arrays_come_back(tmp_path: Path) -> None:
    like = np.empty((0, 2), dtype=np.int64)
    for arrays in ([], [like], [like, np.array([[1, 2], [3, 4]]), like, np.array([[5, 6]])]):
        Ragged.of(arrays, like).save(tmp_path / "a")
        found = Ragged.load(tmp_path / "a")
        assert [one.tolist() for one in found] == [one.tolist() for one in arrays]
        assert (len(found), found.sizes.tolist()) == (len(arrays), [len(one) for one in arrays])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ends", "a.values"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot write"):
        save(tmp_path / "no" / "a", np.zeros(3))
    with pytest.raises(WorkspaceError, match="cannot read"):
        load(tmp_path / "a")
