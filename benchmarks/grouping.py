"""Near-copies among many articles, against datasketch as its manual has it: ``python -m benchmarks.grouping``."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate, combinations, islice
from typing import TypeVar

from toolkit.articles.model import Article, text_digest
from toolkit.articles.near.candidates import candidates
from toolkit.articles.near.copies import find_copies, without_boilerplate
from toolkit.articles.near.exact import cross_pairs
from toolkit.articles.near.pairs import likeness
from toolkit.articles.near.shingles import shingles
from toolkit.articles.near.words import Reader
from toolkit.articles.stories.propose import Decided, propose
from toolkit.project import GroupingSettings

from .table import Row, Say, machine, render

WORDS, VOCABULARY = 500, 30_000
GOAL = 3.0
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
T = TypeVar("T")


def measure(articles: int, say: Say) -> list[Row]:
    """Rows for so many articles of 500 words, one in five a copy of another in some part."""
    settings = GroupingSettings()
    made = {article.article_id: article for article in material(articles)}
    found, ours = _timed(lambda: find_copies(made, settings))
    say(f"  {articles} articles: {len(found.pairs)} pairs in {ours:.1f} s, {articles / ours:.0f} articles/s")
    some = dict(islice(made.items(), max(articles // 10, 10)))
    part, plain_ours = _timed(lambda: find_copies(some, settings))
    usual, plain = _timed(lambda: set(_plain(some, settings.review)))
    missed, all_pairs = recall(some, settings)
    say(f"  {len(some)} of them: ours {plain_ours:.2f} s ({len(part.pairs)} pairs), plain {plain:.2f} s ({len(usual)})")
    say(f"  brute force over these: {all_pairs} pairs, {missed} of them missed")
    side = {id: str(number % 3) for number, id in enumerate(made)}
    exact, checking = _timed(
        lambda: cross_pairs(without_boilerplate(made), side, settings.review, settings.containment)
    )
    say(f"  exact check across three splits: {len(exact)} pairs in {checking:.1f} s")
    proposed, proposing = _timed(lambda: propose(made, found.texts, found.pairs, Decided(), settings))
    say(f"  {len(proposed)} stories proposed in {proposing:.1f} s")
    return [
        Row(f"near-copies among {articles} articles", ours),
        Row(f"– of {len(some)}, against plain datasketch", plain_ours, plain, at_least=GOAL),
        Row("– pairs that brute force finds and we do not", missed, unit=""),
        Row("the exact check across splits", checking),
        Row("proposing stories", proposing),
    ]


def material(number: int) -> Iterator[Article]:
    """Invented articles, the words as frequent as words are; every fifth has its text from the one before it."""
    chance = random.Random(20310509)
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    frequencies = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    before: list[str] = []
    for index in range(number):
        words = chance.choices(vocabulary, cum_weights=frequencies, k=WORDS)
        if index % 5 == 4:
            words = _copied(before, words, index // 5 % 4, chance)
        before = words
        text = "\n".join(" ".join(words[start : start + 20]).capitalize() + "." for start in range(0, len(words), 20))
        yield Article(article_id=f"bench-{index:06}", text=text, text_sha256=text_digest(text))


def _copied(source: list[str], other: list[str], way: int, chance: random.Random) -> list[str]:
    """A copy with a word in fifty changed; shortened; within a longer text; as a half of another text."""
    if way == 0:
        return [chance.choice(other) if chance.random() < 0.02 else word for word in source]
    return (source[: WORDS // 3], source + other, source[: WORDS // 2 + 100] + other[:100])[way - 1]


def _plain(articles: dict[str, Article], threshold: float) -> Iterator[tuple[str, str]]:
    """The usual way: one update a shingle, an index with that threshold, a query for each article."""
    from datasketch import MinHash, MinHashLSH

    index, signatures = MinHashLSH(threshold=threshold, num_perm=256), {}
    for id, article in articles.items():
        words = article.text.lower().split()
        signatures[id] = MinHash(num_perm=256)
        for start in range(len(words) - 4):
            signatures[id].update(" ".join(words[start : start + 5]).encode())
        index.insert(id, signatures[id])
    for id, signature in signatures.items():
        yield from ((id, other) for other in index.query(signature) if id < other)


def recall(articles: dict[str, Article], settings: GroupingSettings) -> tuple[int, int]:
    """How many of the pairs that count are no candidates, and how many there are, by comparing all with all."""
    reader = Reader()
    sets = [shingles(reader.read(article.text).words) for article in articles.values()]
    looked_at, missed, every = set(candidates(sets)), 0, 0
    for pair in combinations(range(len(sets)), 2):
        alike = likeness(sets[pair[0]], sets[pair[1]])
        if alike.jaccard >= settings.review or alike.contains(settings.containment):
            every += 1
            missed += pair not in looked_at
    return missed, every


def _timed(job: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    result = job()
    return result, time.process_time() - begun


def main() -> None:
    """Print the rows alone; an argument is the number of articles."""
    rows = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, lambda line: print(line, file=sys.stderr))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
