"""How to load a dataset, and what is in it: counts by config, label, outlet, language and split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from toolkit.dataset.about import About
from toolkit.dataset.documentation import across
from toolkit.dataset.documentation.markdown import code, fenced, plain, table
from toolkit.dataset.features import ACROSS
from toolkit.dataset.summary import Counts
from toolkit.dataset.write import parquet_path
from toolkit.ontology.model import RelationType

ROWS = {
    "documents": "an article, with or without gold",
    "entities": "an article with gold: tokens, BIO tags, and every mention with its offsets",
    "relations": "a relation between two mentions, with the text that shows it",
    "claims": "a claim: content, claimants, cues, values",
    "entity_links": "a mention, and which entity of its story it is",
    "claim_links": "two claims of different articles of a story, and how they bear on each other",
    "stories": "a story that several articles tell, and how far it is linked",
    "annotations": "a vote: one annotator's work on one article, in full",
}
"""The configs in the order in which people read of them, and what a row of each is."""

_COUNTED = {
    "relations": "relation",
    "claims": "claim",
    "entity_links": "linked mention",
    "claim_links": "link between claims",
}

MOST_LISTED = 30
"""Outlets or languages in one table; the others are counted together."""


def counted(about: About) -> str:
    """The dataset in two sentences of numbers."""
    summary, settings = about.summary, about.project.dataset
    documents = summary.rows("documents")
    outlets = len([name for name in summary.counts("documents", "outlet") if name])
    gold = summary.counts("documents", "status").get("gold", 0)
    of_gold = [
        several(summary.length("entities", "entities", "label"), "mention"),
        *(several(count, noun) for config, noun in _COUNTED.items() if (count := summary.rows(config))),
    ]
    where = f" of {several(outlets, 'outlet')}" if outlets else ""
    dated = f" of {settings.date}" if settings.date else ""
    return (
        f"**{several(documents, 'article')}{where}; {gold} of them with gold: {', '.join(of_gold)}.** "
        f"Version {settings.version}{dated}, labelled with the ontology {code(about.ontology.name)} "
        f"{about.ontology.version}."
    )


def loading(about: About) -> Iterator[str]:
    """The configs, and the lines that load them."""
    opened, summary = about.opened, about.summary
    repository = about.project.hub.repository
    where = repository or "path/to/this/folder"
    yield "## Load it"
    first = {config: next(iter(opened.files(config))) for config in ROWS if config in opened.features}
    lines = [f'{config} = load_dataset("{where}", "{config}", split="{split}")' for config, split in first.items()]
    yield fenced("\n".join(["from datasets import load_dataset", "", *lines]), "python")
    offered = [config for config in ROWS if config not in ACROSS or about.ontology.links]
    yield _by_split(about, "config", lambda split: {config: summary.rows(config, split) for config in offered})
    yield "\n".join(f"- {code(config)}: a row is {ROWS[config]}" for config in offered)
    yield "Also:"
    yield "\n".join(_ways(about, where, parquet_path(*next(iter(first.items())))))
    if not opened.has_text:
        yield _STAND_OFF


def _ways(about: About, where: str, path: str) -> Iterator[str]:
    """Other ways to load it, a line each."""
    repository = about.project.hub.repository
    yield "- without `split`: all splits, as a dictionary"
    yield "- `streaming=True`: rows as they are needed"
    if repository:
        yield f'- `revision="v{about.project.dataset.version}"`: this version, whatever comes after it'
    file = code(f"hf://datasets/{repository}/{path}" if repository else f"{where}/{path}")
    yield (
        f"- without `datasets`: {file} and the others are Parquet, for `pandas.read_parquet` and many more; classes "
        "are numbers there, and their names are in `ontology.yaml` and in the header of this card"
    )


_STAND_OFF = (
    "**The articles' texts are not in it**, nor their headlines: this is a stand-off release, of offsets, addresses "
    "(`url`) and digests (`text_sha256`). Who has the articles gets the texts back with `goldkit hydrate`: it cleans "
    "them by the rules in `cleaning.yaml`, compares the digests, and fills in every quoted text."
)


def contents(about: About) -> Iterator[str]:
    """Counts by label, by type, by answer, by outlet and language."""
    yield "## What is in it"
    summary, ontology = about.summary, about.ontology
    yield "### Mentions"
    yield _by_split(about, "label", lambda split: summary.counts("entities", "entities", "label", split=split))
    yield _defined({name: kind.definition for name, kind in ontology.mention_types.items()})
    if ontology.relations:
        yield "### Relations"
        yield _by_split(about, "type", lambda split: summary.counts("relations", "type", split=split))
        yield _defined({name: _relation(kind) for name, kind in ontology.relation_types.items()})
        yield _answers(about, {"modality": ("relations", "modality")})
    if ontology.claims:
        yield "### Claims"
        asked = {it.name: ("claims", it.name) for it in ontology.claims.content.attributes if it.options}
        yield _answers(about, {"claimant_kind": ("claims", "claimant_kind"), **asked})
    if ontology.links:
        yield from _across(about)
    yield "### Articles"
    yield from _articles(about)


def _across(about: About) -> Iterator[str]:
    """What is linked across articles."""
    if told := across.stories(about):
        yield "### Across articles"
        yield told
        yield across.entities(about)
    if about.summary.rows("claim_links"):
        yield _by_split(about, "type", lambda split: about.summary.counts("claim_links", "type", split=split))
        yield "\n".join(f"- {code(name)}: {definition}" for name, definition in across.definitions(about))
        yield across.contradictions(about)
        yield _answers(about, across.questions(about))


def _by_split(about: About, what: str, counted: Callable[[str], Counts]) -> str:
    """Counts of all splits together and of each: narrow enough for a phone, so definitions stand below."""
    splits = about.opened.splits if len(about.opened.splits) > 1 else ()
    every, *each = (counted(split) for split in ("", *splits))
    rows = ((code(name), count, *(counts[name] for counts in each)) for name, count in every.items())
    return table((what, "all", *splits), rows, numbers=range(1, 2 + len(splits)))


def _defined(definitions: Mapping[str, str]) -> str:
    return "\n".join(f"- {code(name)}: {plain(definition)}" for name, definition in definitions.items())


def _relation(kind: RelationType) -> str:
    ends = f"{', '.join(kind.head)} {'↔' if kind.symmetric else '→'} {', '.join(kind.tail)}"
    return f"{kind.definition} ({ends})"


def _answers(about: About, questions: Mapping[str, tuple[str, ...]]) -> str:
    """One line a question, with its answers and how often each was given."""
    counts = {name: about.summary.counts(*column) for name, column in questions.items()}
    return table(
        ("question", "answers"),
        ((code(name), listed(answers)) for name, answers in counts.items() if sum(answers.values())),
    )


def listed(counts: Counts) -> str:
    """Counts on one line, the most frequent first."""
    most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{plain(name) or 'not known'} {count}" for name, count in most if count)


def _articles(about: About) -> Iterator[str]:
    of_gold: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    translated: Counter[bool] = Counter()
    for outlet, language, foreign, status in about.summary.columns(
        "documents", "outlet", "language", "translated", "status"
    ):
        translated[bool(foreign)] += 1
        for key in (("outlet", outlet or ""), ("language", language or "")):
            every[key] += 1
            of_gold[key] += status == "gold"
    for kind in ("outlet", "language"):
        found = {name: count for (what, name), count in every.items() if what == kind}
        yield _listed(kind, found, {name: of_gold[kind, name] for name in found})
    status = listed(about.summary.counts("documents", "status"))
    yield f"Where they stand: {status}. Translations: {translated[True]}."


def _listed(kind: str, every: Mapping[str, int], gold: Mapping[str, int]) -> str:
    names = sorted(every, key=lambda name: (-every[name], name))
    rows: list[Iterable[object]] = [
        (plain(name) or "(not known)", every[name], gold[name]) for name in names[:MOST_LISTED]
    ]
    if rest := names[MOST_LISTED:]:
        total = sum(every[name] for name in rest), sum(gold[name] for name in rest)
        rows.append((f"({several(len(rest), 'other')})", *total))
    return table((kind, "articles", "with gold"), rows, numbers=(1, 2))


def several(count: int, noun: str) -> str:
    """A number and its noun, of which the first word takes the plural: links between claims."""
    first, *more = noun.split(" between ")
    return " between ".join([f"{count:,} {first}{'' if count == 1 else 's'}", *more])
