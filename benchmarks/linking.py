"""Candidates across articles: how good they are on ECB+, and how fast they come: ``python -m benchmarks.linking``.

The scores are of candidates, before any person has seen them. Baselines: mentions of a story with the same words are
one; mentions with the same head are one (the lemma baseline, as in Upadhyay et al. 2016, "Revisiting the Evaluation for
Cross Document Event Coreference").

The speed is processor time on one core: ``OPENBLAS_NUM_THREADS=1 python -m benchmarks.linking``. Without that, threads
that wait for small matrices are counted too.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import TypeVar

from toolkit.annotations.model import Claim, Mention
from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold, Resolution
from toolkit.links.register import register
from toolkit.ontology.load import load_ontology
from toolkit.stages import setup

from . import ecbplus
from .table import Row, Say, machine, render

STORIES, ARTICLES, MENTIONS, CLAIMS = 1000, 10, 30, 5
GOAL = 60.0
"""Seconds in which a thousand stories have their candidates, entities and claims."""

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_ROLES = ("Minister", "General", "Mr", "Judge")
_BODIES = ("{} Ministry", "Ministry of {}", "the {} Agency", "{} Front", "Union of {} Workers")
_PLACES = ("{}", "port of {}", "{} Bridge", "Gulf of {}")
T = TypeVar("T")
Story = tuple[list[Gold], dict[str, Article]]


def measure(stories: int, say: Say) -> Iterator[Row]:
    """Rows of the scores and of the speed."""
    yield from _scores(say)
    yield from _speed(stories, say)


def _scores(say: Say) -> Iterator[Row]:
    place = ecbplus.folder()
    if not place.is_dir():
        say(f"  ECB+ is not here ({place}), so nothing is scored; GOLDKIT_SHARED can name another place")
        return
    for what, types in (("entities", ecbplus.ENTITIES), ("all mentions", ("",))):
        ecb = ecbplus.read(place, types)
        ours = ecbplus.ours(ecb)
        say(f"  ECB+, {what}: {len(ecb.chains)} mentions, {len(set(ecb.chains.values()))} chains")
        for than, form in (("same words", str.casefold), ("same head", ecbplus.head)):
            theirs = ecbplus.baseline(ecb, form)
            for name in ("CoNLL", "LEA"):
                one, other = 100 * (ours[name].f1 or 0), 100 * (theirs[name].f1 or 0)
                say(f"    {name}: {one:.1f}, {than} {other:.1f}")
                yield Row(f"ECB+ {what}, 100 − {name}, against {than}", 100 - one, 100 - other, "points", at_least=1)


def _speed(number: int, say: Say) -> Iterator[Row]:
    """Story by story, as a stage would go: what is found is counted and let go.

    Claims come after all registers, since the threads of a matrix product go on for a while and would be charged to
    whatever comes next.
    """
    ontology = load_ontology(setup.shipped_configs() / "ontology.yaml")
    registers = plain = pairing = 0.0
    found: Counter[str] = Counter()
    for index in range(number):
        golds, articles = story(index)
        one, seconds = _timed(partial(register, f"story-{index}", golds, articles, ontology))
        registers += seconds
        alike, seconds = _timed(partial(_plain, golds))
        plain += seconds
        found.update(mentions=len(one.mentions), entities=len(one.entities), alike=alike)
    yield Row(f"registers of {number} stories, against rapidfuzz on all pairs", registers, plain)
    if pairs := _pairs():
        for index in range(number):
            golds, articles = story(index)
            one = register(f"story-{index}", golds, articles, ontology)
            paired, seconds = _timed(partial(pairs, one, golds, articles, ontology))
            pairing += seconds
            found.update(pairs=len(paired))
        yield Row(f"pairs of claims of {number} stories", pairing)
        yield Row("both, against the goal", registers + pairing, GOAL * number / STORIES, at_least=1)
    say(f"  {number} stories: {', '.join(f'{count} {what}' for what, count in found.items())}")


def _pairs() -> Callable[..., Sequence[object]] | None:
    try:
        from toolkit.links.pairs import pairs
    except ImportError:
        return None
    return pairs


def story(index: int) -> Story:
    """Invented articles on one event and their gold: 30 linked mentions of 24 entities each, and five claims.

    Every outlet has spellings of its own, and surnames and pronouns for whoever it has named.
    """
    chance = random.Random(f"story {index}")
    people = [(_word(chance), _word(chance), chance.choice(_ROLES)) for _ in range(12)]
    things = [(chance.choice(_BODIES).format(_word(chance)), "ORGANIZATION") for _ in range(6)]
    things += [(chance.choice(_PLACES).format(_word(chance)), chance.choice(("GPE", "LOCATION"))) for _ in range(6)]
    golds, articles = [], {}
    for number in range(ARTICLES):
        id = f"story-{index:04}-{number:02}"
        article, mentions, claims = _article(id, f"story-{index:04}", people, things, chance)
        articles[id] = article
        golds.append(
            Gold(
                article_id=id,
                text_sha256=article.text_sha256,
                ontology_version="1.0.0",
                resolution=Resolution.SINGLE,
                annotators=("bench",),
                voters=1,
                mentions=tuple(mentions),
                claims=tuple(claims),
            )
        )
    return golds, articles


def _article(
    id: str,
    story: str,
    people: Sequence[tuple[str, str, str]],
    things: Sequence[tuple[str, str]],
    chance: random.Random,
) -> tuple[Article, list[Mention], list[Claim]]:
    text = ""
    mentions: list[Mention] = []
    claims: list[Claim] = []
    swap = str.maketrans("aeiouvp", chance.choice(("aeiouvp", "aeioufb", "aiiouvb", "aeuoufp")))
    known: set[str] = set()

    def say(words: str, label: str = "", level: str = "") -> None:
        nonlocal text
        if label:
            answers = {"level": level} if level else {}
            place = {"start": len(text), "end": len(text) + len(words), "text": words}
            mentions.append(Mention(id=f"m{len(mentions)}", labels=(label,), attributes=answers, **place))
        text += words

    for number in range(MENTIONS // 2):
        begun = len(text)
        given, surname, role = chance.choice(people)
        if surname in known:
            say(surname.translate(swap).capitalize(), "PERSON")
        else:
            say(f"{role} ")
            say(f"{given} {surname}".translate(swap).title(), "PERSON")
            known.add(surname)
        say(f" {_word(chance)}ed {chance.randint(2, 90)} {_word(chance)}s in ")
        if number % 5 == 4:
            say("her office", "FACILITY", "nominal")
        else:
            say(*chance.choice(things))
        if number % 3 == 2:
            place = {"start": begun, "end": len(text), "text": text[begun:]}
            claims.append(Claim(id=f"c{number}", claimants=(mentions[-2].id,), **place))
        say(". ")
    return (
        Article(article_id=id, text=text, text_sha256=text_digest(text), story_id=story, published="2031-05-09"),
        mentions,
        claims,
    )


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))).capitalize()


def _plain(golds: Sequence[Gold]) -> int:
    """The usual way: every two mentions of a story, by the order-free likeness of their words."""
    from rapidfuzz.fuzz import token_sort_ratio

    texts = [mention.text for gold in golds for mention in gold.mentions]
    return sum(token_sort_ratio(left, right) >= 85 for left, right in combinations(texts, 2))


def _timed(job: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    result = job()
    return result, time.process_time() - begun


def main() -> None:
    """Print the rows alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linking", description="Candidates across articles.")
    parser.add_argument("--stories", type=int, default=STORIES, help="to make (default: %(default)s)")
    options = parser.parse_args()
    rows = list(measure(options.stories, lambda line: print(line, file=sys.stderr, flush=True)))
    print(", ".join(f"{name} {value}" for name, value in machine().items()), render(rows), sep="\n\n")


if __name__ == "__main__":
    main()
