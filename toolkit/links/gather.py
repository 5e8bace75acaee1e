"""What there is to link, from the gold of articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from toolkit.annotations.model import Mention, Origin
from toolkit.gold.model import Gold
from toolkit.links.model import LinkedMention
from toolkit.ontology.model import Ontology


def linked_mentions(golds: Iterable[Gold], ontology: Ontology) -> tuple[LinkedMention, ...]:
    """The gold mentions of types that are linked, by article and place, with their labels of such types.

    Several at one place are one, with the labels and the answers of all.
    """
    places: dict[tuple[str, int, int], list[Mention]] = defaultdict(list)
    for gold in golds:
        for one in gold.mentions:
            if one.origin is not Origin.CONTEXT and ontology.linked_types.intersection(one.labels):
                places[gold.article_id, one.start, one.end].append(one)
    found = []
    for (article_id, start, end), here in sorted(places.items()):
        here.sort(key=lambda one: (one.labels, sorted(one.attributes.items())))
        found.append(
            LinkedMention.model_construct(  # of gold, which has been checked: this is done for every story anew
                article_id=article_id,
                start=start,
                end=end,
                text=here[0].text,
                labels=tuple(sorted(ontology.linked_types.intersection(label for one in here for label in one.labels))),
                attributes={key: value for one in reversed(here) for key, value in sorted(one.attributes.items())},
            )
        )
    return tuple(found)
