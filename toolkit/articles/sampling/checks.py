"""What does not fit in a sample, or could not be had, as findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit.articles.sampling.corpus import Candidate
from toolkit.articles.sampling.draw import Drawn
from toolkit.articles.sampling.file import Sample
from toolkit.findings import Finding, Place, Rule, Severity

UNKNOWN_ARTICLE = Rule(
    "sample-unknown-article",
    "A sample names articles that there are.",
    Severity.WARNING,
    "correct the id (goldkit articles list shows them), or take it out",
)
COPIES_UNKNOWN = Rule(
    "sample-copies-unknown",
    "The near-copies among the articles are known when a sample is drawn.",
    Severity.WARNING,
    "goldkit articles group, then the same command again: it says which chosen articles are copies",
)
COPIES = Rule(
    "sample-copies",
    "No two chosen articles are near-copies.",
    Severity.WARNING,
    "list all but one of them under never: instead, or leave it so if you mean it",
)
TOO_FEW = Rule(
    "sample-too-few",
    "There are as many articles to choose from as were asked for.",
    Severity.WARNING,
    "goldkit articles add PATH, or ask for fewer",
)
NOT_MENTIONED = Rule(
    "sample-not-mentioned",
    "Some article mentions what is sought.",
    Severity.WARNING,
    "correct the names, or add articles that have them",
)
SOUGHT_SHORT = Rule(
    "sample-sought-short",
    "As many chosen articles mention what is sought as were asked for.",
    Severity.WARNING,
    "ask for more articles, or lower the number in the file",
)
STORIES_UNKNOWN = Rule(
    "sample-stories-unknown",
    "With --whole-stories, it is known of some articles that they are one story.",
    Severity.WARNING,
    "goldkit articles group, say yes in configs/stories.yaml, then the same command again",
)
STORY_PART = Rule(
    "sample-story-part",
    "With --whole-stories, a chosen article brings its whole story.",
    Severity.NOTE,
    "ask for more articles: what is missing of such stories comes first",
)


@dataclass(frozen=True, slots=True)
class Held:
    """How many articles something sought was asked of, how many mention it, and how many of these are chosen."""

    asked: int
    corpus: int
    chosen: int


def held(sought: Mapping[str, int], candidates: Mapping[str, Candidate], drawn: Drawn) -> dict[str, Held]:
    """What became of all that was sought."""
    everywhere = Counter(name for one in candidates.values() for name in one.mentions)
    chosen = Counter(name for one in drawn.chosen for name in one.mentions)
    return {name: Held(asked, everywhere[name], chosen[name]) for name, asked in sorted(sought.items())}


def of_file(sample: Sample, candidates: Mapping[str, Candidate]) -> Iterator[Finding]:
    """What is wrong with the file as it was written."""
    unknown = [id for id in (*sample.chosen, *sample.never) if id not in candidates]
    lines = sample.lines() if unknown else {}
    for id in unknown:
        yield UNKNOWN_ARTICLE.at(Place(str(sample.path), lines[id], article_id=id), "it is not in the store")


def of_draw(
    drawn: Drawn, number: int, sought: Mapping[str, Held], *, path: Path, search: Path | None, whole_stories: bool
) -> Iterator[Finding]:
    """What could not be had; ``path`` is the sample's file, ``search`` that of what is sought."""
    chosen = drawn.chosen
    if len(chosen) < number:
        yield TOO_FEW.at(Place(str(path)), f"{number} asked for, and {len(chosen)} can be chosen, copies left out")
    groups: dict[str, list[str]] = defaultdict(list)
    for one in chosen:
        if one.group:
            groups[one.group].append(one.article_id)
    for ids in groups.values():
        if len(ids) > 1:
            yield COPIES.at(Place(str(path), article_id=ids[0]), f"near-copies are chosen: {', '.join(ids)}")
    for name, what in sought.items():
        if not what.corpus:
            yield NOT_MENTIONED.at(Place(str(search)), f"no article mentions what is sought as {name}")
        elif what.chosen < what.asked:
            words = f"{what.asked} articles were to mention {name}, {what.corpus} do, {what.chosen} are chosen"
            yield SOUGHT_SHORT.at(Place(str(search)), words)
    yield from _stories(drawn, path) if whole_stories else ()


def _stories(drawn: Drawn, path: Path) -> Iterator[Finding]:
    of, has = Counter(one.story for one in drawn.units if one.story), Counter(one.story for one in drawn.chosen)
    if not of:
        yield STORIES_UNKNOWN.at(Place(str(path)), "no article has a story, so each was chosen by itself")
    for story, count in sorted(of.items()):
        if 0 < has[story] < count:
            place = Place(str(path), story=story)
            yield STORY_PART.at(place, f"{has[story]} of {count} articles of the story are chosen")
