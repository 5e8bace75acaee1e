"""How alike the claims of a story are, each with each, in [0, 1].

Four kinds of evidence are weighed apart and put together so that the lack of one takes nothing from another::

    score = 1 - (1 - WORDS · words) · (1 - entities) · (1 - values) · (1 - KIND · kind)

- **words**: the weight of the word pieces that both have, by a geometric mean of what each has in which the shorter
  claim counts for more, so that a long sentence does not dilute it. Pieces are runs of five letters within words, so
  other spellings and inflections meet; a word weighs as much as it is rare among the sentences of the story.
- **entities**: those that both name, rare ones more (``ENTITY``); as a claim's claimant one counts ``CLAIMANT``.
- **values**: the comparison that speaks most for the pair (``VALUE``), by how near the two numbers are.
- **kind**: whether both are of one kind, such as causal, where annotators were asked for it; a rare kind tells more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.articles.model import Article
from toolkit.links.model import LinkedClaim, Register
from toolkit.links.values import Comparison, Verdict, compared, values
from toolkit.links.words import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WORDS, ENTITY, CLAIMANT, KIND = 0.9, 0.35, 0.5, 0.2
VALUE = {
    ("quantity", Verdict.EQUAL): 0.4,
    ("quantity", Verdict.COMPATIBLE): 0.35,
    ("quantity", Verdict.DIFFERENT): 0.2,
    ("period", Verdict.EQUAL): 0.1,
    ("period", Verdict.COMPATIBLE): 0.05,
    ("period", Verdict.DIFFERENT): 0.0,
}
KIND_QUESTION = "kind"  # what a claim is about, by the name that the question has in the ontology that comes with it
SHORTER = 0.7  # the shorter claim's share in the geometric mean
PIECE = 5  # letters
_SENTENCE = re.compile(r"\n+|(?<=[.!?…؟۔。！？])\s+")


class Likeness:
    """The likeness of a story's claims, each with each; claims are numbers, in the order that they are given in.

    ``score`` is all of it and ``words`` a part; both are symmetric matrices, and mean nothing within one article.
    ``named`` are the entities of each claim by id, and how much each counts.
    """

    def __init__(self, claims: Sequence[LinkedClaim], articles: Iterable[Article], register: Register) -> None:
        of_story = {article.article_id: article for article in articles}
        entities = {key: entity.id for entity in register.entities for key in entity.mentions}
        self.claims = claims
        self.values = [values(claim, of_story[claim.article_id]) for claim in claims]
        self.named = [_named(claim, entities) for claim in claims]
        self.rarity = rarity(article.text for article in of_story.values())
        self.words = by_words([claim.text for claim in claims], self.rarity)
        self.kinds = [claim.attributes.get(KIND_QUESTION, "") for claim in claims]
        unlike = (1 - WORDS * self.words) * (1 - by_entities(self.named)) * (1 - self._by_values())
        self.score = 1 - unlike * (1 - KIND * by_kind(self.kinds))

    def comparisons(self, left: int, right: int) -> tuple[Comparison, ...]:
        """The values of two claims, compared."""
        return compared(self.values[left], self.values[right])

    def _by_values(self) -> Floats:
        found = np.zeros((len(self.claims), len(self.claims)))
        articles = [claim.article_id for claim in self.claims]
        for left, right in combinations(range(len(articles)), 2):
            if articles[left] == articles[right]:
                continue
            one, other = self.values[left], self.values[right]
            have_one_kind = (one.quantities and other.quantities) or (one.periods and other.periods)
            if have_one_kind and (told := compared(one, other)):
                best = max(VALUE[this.kind, this.verdict] * this.nearness for this in told)
                found[left, right] = found[right, left] = best
        return found


@lru_cache(maxsize=1 << 16)
def pieces(word: str) -> tuple[str, ...]:
    """The runs of five letters in a word with its edges; a short word as a whole."""
    edged = f"_{word}_"
    return tuple(dict.fromkeys(edged[start : start + PIECE] for start in range(max(1, len(edged) - PIECE + 1))))


def rarity(texts: Iterable[str]) -> Mapping[str, float]:
    """How rare each word is among the sentences of these texts: 1 where it is in one of them, near 0 in all."""
    sentences = [set(words(sentence)) for text in texts for sentence in _SENTENCE.split(text)]
    counts = Counter(word for sentence in sentences for word in sentence)
    most = math.log(1 + len(sentences))
    return {word: math.log((1 + len(sentences)) / count) / most for word, count in counts.items()}


def by_words(texts: Sequence[str], rare: Mapping[str, float]) -> Floats:
    """The likeness in words of each text with each; words that are not in ``rare`` are as rare as can be."""
    weights: dict[str, float] = {}
    held = []
    for text in texts:
        own: set[str] = set()
        for word in set(words(text)):
            parts = pieces(word)
            own.update(parts)
            for piece in parts:
                weights[piece] = max(weights.get(piece, 0.0), rare.get(word, 1.0) ** 2 / len(parts))
        held.append(own)
    columns = {piece: number for number, piece in enumerate(sorted(weights))}
    rows = _sparse([dict.fromkeys((columns[piece] for piece in own), 1.0) for own in held], len(columns))
    shared = (rows.multiply(np.array([weights[piece] for piece in columns])) @ rows.T).toarray()
    sizes = np.maximum(np.diag(shared), 1e-9)
    smaller, larger = np.minimum.outer(sizes, sizes), np.maximum.outer(sizes, sizes)
    found: Floats = np.clip(shared / (smaller**SHORTER * larger ** (1 - SHORTER)), 0.0, 1.0)
    return found


def by_entities(named: Sequence[Mapping[str, float]]) -> Floats:
    """The likeness of each claim with each in what it names: entities, and how much each counts."""
    counts = Counter(entity for one in named for entity in one)
    columns = {entity: number for number, entity in enumerate(sorted(counts))}
    rows = _sparse([{columns[entity]: weight for entity, weight in own.items()} for own in named], len(columns))
    most = math.log(1 + len(named))
    rare = np.array([math.log((1 + len(named)) / counts[entity]) / most for entity in columns])
    shared = (rows.multiply(np.log(1 - ENTITY * rare)) @ rows.T).toarray()
    found: Floats = 1 - np.exp(shared)
    return found


def _sparse(rows: Sequence[Mapping[int, float]], width: int) -> Any:
    """Rows of numbers by column. Not dense: BLAS would start threads for each of these small products."""
    from scipy.sparse import csr_array

    ordered = [sorted(row.items()) for row in rows]
    ends = np.cumsum([0, *map(len, ordered)])
    columns = [column for row in ordered for column, _ in row]
    return csr_array(([value for row in ordered for _, value in row], columns, ends), shape=(len(rows), width))


def by_kind(kinds: Sequence[str]) -> Floats:
    """Whether claims are of one kind; nothing where no kind is given."""
    counts, most = Counter(kinds), math.log(1 + len(kinds))
    rare = {kind: math.log((1 + len(kinds)) / count) / most for kind, count in counts.items() if kind}
    return np.array([[rare.get(one, 0.0) if one == other else 0.0 for other in kinds] for one in kinds])


def _named(claim: LinkedClaim, entities: Mapping[str, str]) -> dict[str, float]:
    """The entities of a claim; claimants that are in no entity, such as an office, go by their words."""
    makers = [entities[key] for key in claim.claimants if key in entities]
    makers = makers or [name.casefold() for name in claim.claimant_names]
    return dict.fromkeys(makers, CLAIMANT) | {entities[key]: 1.0 for key in claim.mentions if key in entities}
