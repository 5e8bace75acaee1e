"""What there is to link, from the gold of articles."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.annotations.model import Origin
from toolkit.gold.model import Gold
from toolkit.links.model import LinkedMention
from toolkit.ontology.model import Ontology


def linked_mentions(golds: Iterable[Gold], ontology: Ontology) -> tuple[LinkedMention, ...]:
    """The gold mentions of types that are linked, by article and place; several at one place are one."""
    found: dict[str, LinkedMention] = {}
    for gold in sorted(golds, key=lambda gold: gold.article_id):
        for one in gold.mentions:
            labels = tuple(label for label in one.labels if label in ontology.linked_types)
            if labels and one.origin is not Origin.CONTEXT:
                mention = LinkedMention(
                    article_id=gold.article_id,
                    start=one.start,
                    end=one.end,
                    text=one.text,
                    labels=labels,
                    attributes=one.attributes,
                )
                if before := found.get(mention.key):
                    both = tuple(sorted({*before.labels, *labels}))
                    mention = before.model_copy(update={"labels": both})
                found[mention.key] = mention
    return tuple(sorted(found.values(), key=lambda one: (one.article_id, one.start, one.end)))
