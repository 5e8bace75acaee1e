"""Names that gold has marked, found in other texts.

How sure a name is comes from the gold itself: of all the places in gold texts where its words stand, the share that is
marked with its label. So a name that is also a common word, that means a person here and a city there, or that other
annotators mark with more or fewer words, says so. The score is that share as Krichevsky and Trofimov (1981) estimate
it, (marked + ½) / (seen + 1): what was marked once out of once is less sure than nine times out of nine.

Most annotators agree on what is chosen for a name. What they write (a date, a number) may depend on the article, and is
taken only from the same story, and only where all have written the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.annotations.model import Mention
from toolkit.ontology.model import Ontology
from toolkit.spans import Span
from toolkit.suggest.carry_tokens import Form, Tokens

LEAST_SHARE = 0.6
"""A name that is less often marked as what it mostly is, is left out."""
ELSEWHERE = 0.7
"""What the share counts for where the name is known only from other stories."""
_LEVEL, _NAMED = "level", "named"
_ANYWHERE = ""  # no story's name

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A place where a name stands, and what it would be marked as."""

    span: Span
    labels: Labels
    attributes: Mapping[str, str]
    score: float


@dataclass(slots=True)
class _Uses:
    """What became of a form in the gold texts of a story, or of all: how often it was seen, and marked as what."""

    seen: int = 0
    marked: Counter[Labels] = field(default_factory=Counter)
    answers: dict[Labels, list[Mapping[str, str]]] = field(default_factory=dict)

    def add(self, mention: Mention | None) -> None:
        self.seen += 1
        if mention is not None:
            self.marked[mention.labels] += 1
            self.answers.setdefault(mention.labels, []).append(mention.attributes)

    def mostly(self) -> Labels:
        """Its most frequent labels."""
        return min(self.marked, key=lambda labels: (-self.marked[labels], labels))

    def attributes(self, labels: Labels, unanimous: Collection[str]) -> dict[str, str]:
        """What most of those with these labels have; of the answers that must be ``unanimous``, what all have."""
        given = self.answers[labels]
        found = {}
        for name in sorted({name for one in given for name in one}):
            counts = Counter(one.get(name, "") for one in given)
            answer = min(counts, key=lambda answer: (-counts[answer], answer))
            if answer and (name not in unanimous or counts[answer] == len(given)):
                found[name] = answer
        return found


class _Node:
    """A place in the trie of all forms."""

    __slots__ = ("form", "next")

    def __init__(self) -> None:
        self.form: Form | None = None
        self.next: dict[str, _Node] = {}


class Names:
    """The names in some gold texts. ``golds`` are the story, the tokens and the mentions of each."""

    def __init__(self, golds: Collection[tuple[str, Tokens, Collection[Mention]]], ontology: Ontology) -> None:
        self._open = {question.name for question in ontology.all_attributes if not question.options}
        self._root = _Node()
        self._small: set[str] = set()
        self._uses: dict[tuple[str, Form], _Uses] = defaultdict(_Uses)
        for _, tokens, mentions in golds:
            self._small.update(key for key in tokens.keys if key.islower())
            for mention in mentions:
                if _is_name(mention) and (form := tokens.form(mention.span)):
                    self._learn(form)
        for story, tokens, mentions in golds:
            self._count(story, tokens, mentions)

    def _learn(self, form: Form) -> None:
        node = self._root
        for key in form:
            node = node.next.setdefault(key, _Node())
        node.form = form

    def _count(self, story: str, tokens: Tokens, mentions: Collection[Mention]) -> None:
        """A form within a longer mention is not counted: there the longer one is what was to be found."""
        by_span = {mention.span: mention for mention in mentions}
        for span, form in self._occurrences(tokens):
            mention = by_span.get(span)
            if mention is None and any(other.contains(span) for other in by_span):
                continue
            counted = mention if mention is not None and _is_name(mention) else None
            for scope in {story, _ANYWHERE}:
                self._uses[scope, form].add(counted)

    def _occurrences(self, tokens: Tokens) -> Iterator[tuple[Span, Form]]:
        """Every place where a form stands as whole words, overlapping ones too."""
        begin, size = self._root.next, len(tokens)
        for first, key in enumerate(tokens.keys):
            node = begin.get(key)
            last = first + 1
            while node is not None:
                if node.form is not None:
                    yield tokens.span(first, last), node.form
                if last == size or not node.next:
                    break
                node = node.next.get(tokens.joined(last))
                last += 1

    def find(self, story: str, tokens: Tokens) -> Iterator[Name]:
        """The names that a text of that story has, the longest first; those that overlap a longer one too."""
        found = list(self._occurrences(tokens))
        small: set[str] | None = None
        for span, form in sorted(found, key=lambda one: (one[0].start - one[0].end, one[0].start)):
            if (name := self._name(story, span, form)) is None:
                continue
            if len(form) == 1 and tokens.opens_sentence(span.start):
                small = small or self._small | {key for key in tokens.keys if key.islower()}
                if form[0].lower() in small and not form[0].islower():
                    continue  # a common word that begins a sentence
            yield name

    def _name(self, story: str, span: Span, form: Form) -> Name | None:
        own = self._uses.get((story, form)) if story else None
        uses = own or self._uses.get((_ANYWHERE, form))
        if uses is None or not uses.marked:
            return None
        labels = uses.mostly()
        times = uses.marked[labels]
        if times / uses.seen < LEAST_SHARE:
            return None
        attributes = uses.attributes(labels, self._open)
        score = (times + 0.5) / (uses.seen + 1)
        # Words such as "Friday" mean another date in an article of another day: only digits say the same again.
        if not own or not any(character.isdigit() for key in form for character in key):
            attributes = {name: answer for name, answer in attributes.items() if name not in self._open}
        if not own:
            score *= ELSEWHERE
        return Name(span, labels, attributes, score)


def is_piece(tokens: Tokens, first: int, last: int, named: Sequence[bool]) -> bool:
    """Whether some tokens, a name, look like a piece of a longer one: a capital stands beside that is in no name.

    Of the names that do, less than half were right, in ECB+ and in the samples with all others as gold. The first
    word of a sentence has a capital in any case. ``named`` tells of each token whether a name has been found there.
    """
    if not (_capital(tokens, first) and _capital(tokens, last - 1)):
        return False
    before = first > 0 and not tokens.opens_sentence(tokens.starts[first - 1]) and tokens.joined(first)[0] == " "
    after = last < len(tokens) and tokens.joined(last)[0] == " "
    return (before and _capital(tokens, first - 1) and not named[first - 1]) or (
        after and _capital(tokens, last) and not named[last]
    )


def _capital(tokens: Tokens, index: int) -> bool:
    return tokens.keys[index][0].isupper()


def _is_name(mention: Mention) -> bool:
    text = mention.text
    long_enough = len(text) > 2 or (len(text) == 2 and text.isalpha() and text == text.upper())  # UN, 北京
    return long_enough and mention.attributes.get(_LEVEL, _NAMED) == _NAMED
