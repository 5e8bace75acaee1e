"""How far a dataset can be trusted: how it is split, how its gold came about, and how far the annotators agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from toolkit.dataset.about import About, Compared, ComparedLinks, Figure
from toolkit.dataset.documentation.across import several_stories
from toolkit.dataset.documentation.contents import several
from toolkit.dataset.documentation.markdown import code, plain, table
from toolkit.gold.model import Resolution

FEW_STORIES = 20
"""Below this many, intervals are known to be too narrow."""

_ITEMS: Mapping[str, tuple[str, ...]] = {
    "mentions": ("entities", "entities", "resolution"),
    "relations": ("relations", "resolution"),
    "claims": ("claims", "resolution"),
    "linked mentions": ("entity_links", "resolution"),
    "links between claims": ("claim_links", "resolution"),
}
_ORIGINS: Mapping[str, tuple[str, ...]] = {
    "mentions": ("annotations", "mentions", "origin"),
    "cues": ("annotations", "cues", "origin"),
    "claims": ("annotations", "claims", "origin"),
}
_RULES = {
    "unanimous": "all who were asked said exactly this",
    "majority": "more than half of those who were asked said exactly this",
    "dawid-skene": "the model of Dawid and Skene (1979), which learns whom to trust, is sure of it",
    "mace": "the model MACE (Hovy et al. 2013), which learns whom to trust, is sure of it",
}


def splits(about: About) -> Iterator[str]:
    """The asked and the reached division, what is kept together, and the copies that were found."""
    summary, settings, limits = about.summary, about.project.dataset, about.project.grouping
    yield "## Splits"
    every = summary.rows("documents")
    yield table(
        ("split", "articles", "share", "asked", "with gold"),
        (
            (
                code(split),
                summary.rows("documents", split),
                percent(summary.rows("documents", split), every),
                percent(settings.splits[split], 1) if split in settings.splits else "-",
                summary.counts("documents", "status", split=split)["gold"],
            )
            for split in dict.fromkeys([*about.opened.splits, *settings.splits])
        ),
        numbers=range(1, 5),
    )
    yield (
        "Articles that belong together are never in two splits: those of one story (`story_id`), and near-copies "
        f"(`dup_group`).{_components(about)}{_dated(settings.test_from)} An article stays in its split in later "
        "versions."
    )
    stories, copies = (_groups(about, column) for column in ("story_id", "dup_group"))
    kinds = ", ".join(f"{plain(kind)} {count}" for kind, count in about.facts.near_copies.items())
    pairs = f" (pairs: {kinds})" if kinds else ""
    yield (
        f"Stories of more than one article: {len(stories):,}. Groups of near-copies: {len(copies):,}, of "
        f"{several(sum(copies.values()), 'article')}{pairs}. Copies are kept and named, not removed. Two articles are "
        "near-copies where their sets of 5-word shingles have a Jaccard similarity of "
        f"{limits.near_duplicate:g} or more ({limits.duplicate:g}: duplicates), or {limits.containment:g} of the "
        "shorter one's stand in the longer."
    )


def _components(about: About) -> str:
    facts = about.facts
    if not facts.components:
        return ""
    largest = f", the largest with {several(facts.largest, 'article')}" if facts.largest > 1 else ""
    return f" That makes {several(facts.components, 'group')}{largest}."


def _dated(day: str) -> str:
    return f" Stories of which every article is of {day} or later are the test." if day else ""


def _groups(about: About, column: str) -> dict[str, int]:
    """Groups with more than one article, by name."""
    counts = about.summary.counts("documents", column)
    return {name: count for name, count in counts.items() if name and count > 1}


def gold(about: About) -> Iterator[str]:
    """By which rule the gold came about, and how much of it in which way."""
    rule = about.project.gold
    yield "## How the gold was made"
    sure = f" ({rule.confidence:g} or more)" if rule.rule in ("dawid-skene", "mace") else ""
    yield (
        f"Annotators' items are aligned, and an item is gold where {_RULES[rule.rule]}{sure} (`{rule.rule}`): its "
        "label, its boundaries, its answers, its ends. What is not settled so, a person decides (`adjudicated`); work "
        "marked as the truth comes before votes (`ground-truth`), and what only one annotator was asked for is gold as "
        "it is (`single-annotator`). Until all of an article is settled, none of it is in `entities`, `relations` and "
        "`claims`; its votes are in `annotations` all the same."
    )
    counts = {name: about.summary.counts(*column) for name, column in _ITEMS.items()}
    kinds = [one.value for one in Resolution if any(each.get(one.value) for each in counts.values())]
    named = [name for name, each in counts.items() if sum(each.values())]
    rows = ((code(kind), *(counts[name][kind] for name in named)) for kind in kinds)
    yield table(("settled", *named), rows, numbers=range(1, 1 + len(named)))
    total = sum(sum(each.values()) for each in counts.values())
    adjudicated = sum(each.get(Resolution.ADJUDICATED.value, 0) for each in counts.values())
    if total:
        yield f"A person decided {adjudicated:,} of {several(total, 'item')} ({percent(adjudicated, total)})."
    if about.summary.rows("stories"):
        yield (
            "Across articles, who is who is settled by the same rule, story by story: until all of a story is settled, "
            "none of its mentions is in `entity_links`. Links between claims are settled pair by pair, and those that "
            "cannot all be true go back to people."
        )
    yield from _suggestions(about)
    if about.guidelines:
        yield f"The annotators' guidelines: {plain(about.guidelines)}."


def suggested(about: About) -> Counter[str]:
    """Annotators' items by where they came from: drawn by hand, or kept of what was suggested."""
    found: Counter[str] = Counter()
    for column in _ORIGINS.values():
        found.update(about.summary.counts(*column))
    return +found


def _suggestions(about: About) -> Iterator[str]:
    found, measured = suggested(about), about.facts.suggestions
    accepted, changed = found["suggestion-accepted"], found["suggestion-changed"]
    kept = accepted + changed
    if kept:
        own = kept + found["manual"]
        deleted = "" if measured else "Suggestions that were deleted are not counted. "
        yield (
            f"Of {several(own, 'item')} that annotators left standing, {kept:,} ({percent(kept, own)}) had been "
            f"suggested to them: {accepted:,} accepted as they were, {changed:,} changed. {deleted}An accepted "
            "suggestion is not independent agreement; `origin` tells them apart."
        )
    elif not measured:
        yield "No item is marked as one that was suggested to an annotator."
    if measured:
        yield (
            f"Annotators were shown suggestions in {several(measured.articles, 'article')}; {measured.control:,} more "
            "were drawn beforehand and labelled without, as a control. What became of what each source suggested, in "
            "items of annotators; here a changed answer or link is a change too:"
        )
        rows = (
            (
                plain(one.source),
                one.layer,
                *(f"{count:,}" for count in (one.accepted, one.changed, one.deleted, one.added)),
                "-" if one.rate is None else percent(one.rate, 1),
                "-" if one.low is None or one.high is None else f"{percent(one.low, 1)} to {percent(one.high, 1)}",
            )
            for one in measured.sources
        )
        head = ("source", "layer", "accepted", "changed", "deleted", "added", "share accepted", "95 % interval")
        yield table(head, rows, numbers=range(2, 8))


def agreement(about: About) -> Iterator[str]:
    """The measures of agreement, with what they were measured on and what they mean."""
    compared, linking = about.facts.agreement, about.facts.linking
    if compared or linking:
        yield "## Agreement"
    if compared:
        yield from _labelling(compared)
    if linking:
        yield from _linking(linking)


def _labelling(compared: Compared) -> Iterator[str]:
    """Agreement within articles."""
    if not compared.figures:
        yield "No article was labelled by two annotators, so how far they agree is not known."
        return
    few = " With so few stories the intervals are too narrow." if compared.stories < FEW_STORIES else ""
    yield (
        f"Of {several(compared.annotators, 'annotator')} on {several(compared.articles, 'article')} that two or more "
        f"labelled, each by themselves, before anything was settled. Intervals are 95 %, by drawing whole stories "
        f"({compared.stories}) again: articles of one story are not independent.{few}"
    )
    yield table(("layer", "measure", "value", "95 % interval", "of"), map(_row, compared.figures), numbers=(2, 3, 4))
    accepted = (
        f" Of the items compared {compared.accepted:,} are accepted suggestions: agreement on those is not independent."
        if compared.accepted
        else ""
    )
    yield (
        "F1 is of one annotator's items against another's, over all pairs: 1 where both marked the same. *Exact* asks "
        "for equal offsets, *relaxed* for an overlap. Krippendorff's α is about answers on items that both marked, and "
        "unitizing α about the text: 1 is perfect, 0 is what chance gives, and where nothing varies it is undefined."
        f"{accepted}"
    )


def _linking(compared: ComparedLinks) -> Iterator[str]:
    """Agreement about what is linked across articles."""
    yield "### Across articles"
    if not compared.figures:
        yield "No story was linked by two annotators, so how far they agree is not known."
        return
    few = " With so few stories the intervals are too narrow." if compared.stories < FEW_STORIES else ""
    yield (
        f"Of {several(compared.annotators, 'annotator')} on {several_stories(compared.stories)} that two or more "
        f"linked, each by themselves: {several(compared.mentions, 'mention')} that two put somewhere "
        f"({compared.unsure:,} more were left open), {several(compared.pairs, 'pair')} of claims. Intervals are 95 %, "
        f"by drawing whole stories again.{few}"
    )
    yield table(("layer", "measure", "value", "95 % interval", "of"), map(_row, compared.figures), numbers=(2, 3, 4))
    yield (
        "LEA (Moosavi and Strube 2016) and CoNLL, the mean of MUC, B³ and CEAFe, are F1 of one annotator's entities "
        "against another's: 1 where both put the same mentions together. An entity of one mention is easy to agree on, "
        "so both are told without these too. Pairs of claims are the same for all annotators; Gwet's AC1 stays fair "
        "where one answer is far more frequent than the others."
    )


def _row(figure: Figure) -> tuple[object, ...]:
    return figure.layer, plain(figure.measure), decimal(figure.value), _whole(interval(figure)), f"{figure.items:,}"


def decimal(value: float | None) -> str:
    """A coefficient for people."""
    return "undefined" if value is None else f"{value:.2f}"


def interval(figure: Figure) -> str:
    """Its interval for people."""
    return "-" if figure.low is None or figure.high is None else f"{figure.low:.2f} to {figure.high:.2f}"


def percent(part: float, whole: float) -> str:
    """A share for people."""
    return _whole(f"{100 * part / whole:.1f} %") if whole else "-"


def _whole(text: str) -> str:
    return text.replace(" ", "\u00a0")  # no line ends in it
