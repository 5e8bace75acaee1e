"""What is linked across articles: stories, entities by type, links between claims by type and cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from toolkit.dataset.about import About
from toolkit.dataset.documentation.markdown import code, plain, table
from toolkit.dataset.features import link_attributes


def stories(about: About) -> str:
    """How many stories there are, and how far they are linked; empty where there is none."""
    summary = about.summary
    count = summary.rows("stories")
    if not count:
        return ""
    standing = {
        what: ", ".join(f"{status} {number}" for status, number in summary.counts("stories", column).items() if number)
        for what, column in (("Who is who", "entities_status"), ("Links between claims", "claims_status"))
    }
    told = (f" {what}: {where}." for what, where in standing.items() if where)
    return f"{several_stories(count)} of two articles or more.{''.join(told)}"


def several_stories(count: int) -> str:
    """A number of stories."""
    return f"{count:,} {'story' if count == 1 else 'stories'}"


def entities(about: About) -> str:
    """Entities by type: their mentions, how many stand in several articles, how many are known elsewhere."""
    found: dict[str, set[str]] = defaultdict(set)
    articles: dict[str, set[str]] = defaultdict(set)
    mentions: Counter[str] = Counter()
    items: dict[str, str] = {}
    columns = ("entity_id", "type", "article_id", "wikidata")
    for entity, kind, article, wikidata in about.summary.columns("entity_links", *columns):
        found[kind].add(entity)
        articles[entity].add(article)
        mentions[kind] += 1
        items[entity] = wikidata or ""
    rows = (
        (
            code(kind),
            len(ids),
            mentions[kind],
            sum(len(articles[id]) > 1 for id in ids),
            sum(items[id].startswith("Q") for id in ids),
        )
        for kind in (about.ontology.links.entities if about.ontology.links else ())
        if (ids := found[kind])
    )
    head = ("entities", "all", "mentions", "in several articles", "with a Wikidata item")
    return table(head, rows, numbers=range(1, 5))


def contradictions(about: About) -> str:
    """How many links say that claims cannot both be true; empty where no type of the ontology means that."""
    kinds = [name for name, kind in about.ontology.claim_link_types.items() if kind.meaning == "conflict"]
    counts = about.summary.counts("claim_links", "type")
    count = sum(counts.get(name, 0) for name in kinds)
    followed = sum(followed for (followed,) in about.summary.columns("claim_links", "followed"))
    if not sum(counts.values()):
        return ""
    said = f"Claims that cannot both be true: {count:,} {'pair' if count == 1 else 'pairs'}. " if kinds else ""
    return f"{said}Of all links {followed:,} follow from others, and nobody was asked (`followed`)."


def questions(about: About) -> dict[str, tuple[str, ...]]:
    """The questions about links, such as the cause of a contradiction, and the column of each."""
    return {question.name: ("claim_links", question.name) for question in link_attributes(about.ontology)}


def definitions(about: About) -> Iterator[tuple[str, str]]:
    """Each type of link and what it means, with the way it leads."""
    for name, kind in about.ontology.claim_link_types.items():
        yield name, f"{plain(kind.definition)} (claim {'↔' if kind.symmetric else '→'} claim)"
