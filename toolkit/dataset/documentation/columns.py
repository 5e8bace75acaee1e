"""How to read the columns."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

from toolkit.dataset.about import About
from toolkit.dataset.documentation.contents import several
from toolkit.dataset.features import ACROSS

_SPANS = """\
    - `start` and `end` count Unicode code points, half-open: `text[start:end]` in Python is the quoted text, and was
      compared before it was written.
    - A null is a question that was not asked or not answered. Numbers and dates in answers are text, as the annotators
      typed them.
    - `article_id` leads from config to config. `layers` in `documents` says what was labelled: without `claims` among
      them, no claims means that nobody looked.
    - A relation's `evidence` is the sentence that holds both ends, or else the stretch from one to the other; a claim's
      `context` is the sentences that it touches.
    - `claimant_kind` is `mention` where claimants are linked, `outlet` where the outlet itself speaks, `unnamed`
      otherwise."""

_TOKENS = """\
    A token is a run of letters, marks and digits. Apostrophes, hyphens and every other character that is not white
    space are tokens of their own, so `Libya` in `Libya's` and `US` in `US-backed` end where a token ends. An emoji is
    one token; in scripts written without spaces each character is one. `token_starts` and `token_ends` are offsets in
    the text.

    `ner_tags` are BIO and flat: where mentions share a token the longest wins, then the earlier, then the label that
    stands first in the ontology. A token that a mention covers in part belongs to it. `entities` holds **every**
    mention, nested and overlapping ones too; one with two labels stands there once a label."""

_SETTLED = """\
    - `resolution` is how an item was settled (of an article, its least certain item): `support` of `voters` annotators
      said exactly this, and `annotators` are these.
    - Annotators and the `adjudicator` are pseudonyms, the same in every version; their names are
      nowhere in it."""

_ACROSS = """\
    - `entity_links` has the mentions of whoever or whatever a story's articles speak of; its rows meet those of
      `entities` by `article_id`, `start` and `end`. `entity_id` is one in the whole dataset, and may be another in the
      next version. `name` is what annotators call the entity. `wikidata` is its item, `NIL` where somebody looked and
      there is none, null where nobody said.
    - In `claim_links`, `head` and `tail` are claims of two articles, and meet the rows of `claims` by `article_id`,
      `start` and `end`. The head bears on the tail; of a type that leads both ways the head is just the first. Pairs
      that were asked about and have nothing to do with each other are rows too. `followed` is true of pairs that
      nobody was asked about: their link follows from others, they have no voters, and `resolution` is that of the
      least certain of these others.
    - In `stories`, `articles` stand in the order in which they were published, and `first` and `last` are its dates.
      `mentions` counts rows of `entity_links`, `claims` the gold claims of its articles, `pairs` the pairs that
      somebody answered. `entities_status` and `claims_status` are `gold` where all answers are settled."""

_VOTES = """\
    `annotations` has what every annotator marked, settled or not, to study where people differ or to train on it.

    - `item` is the name of one and the same thing in several annotators' work on an article. Where it became gold, it
      is the `id` in `entities` and `claims`.
    - `asked` is how many were asked for it. `soft_labels` are its labels, each with the `share` of those who gave it:
      where the shares are less than 1 together, the others marked nothing there.
    - `share` of a cue or a claim is how many of those who were asked marked it. `soft_answers` are the answers to the
      questions about an item, each with its share of those who marked it.
    - `lead_time` is in seconds, and counts pauses. `origin` tells suggestions from what was drawn by hand; `context` is
      what the screen showed and nobody labelled there."""


def columns(about: About) -> Iterator[str]:
    """What the columns mean, and what the tags could not say."""
    summary = about.summary
    yield "## Reading the columns"
    yield "### Spans and answers"
    yield dedent(_SPANS)
    yield "### Tokens and tags"
    yield dedent(_TOKENS)
    yield (
        f"Here: {several(summary.length('entities', 'ner_tags'), 'token')}; "
        f"{several(summary.total('entities', 'untagged'), 'mention')} that only `entities` holds (`untagged`, by "
        f"article); {several(summary.total('entities', 'misaligned'), 'tagged mention')} whose edges are not edges of "
        "tokens (`misaligned`)."
    )
    yield "### How an item was settled"
    yield dedent(_SETTLED)
    if any(config in about.opened.features for config in ACROSS):
        yield "### Across articles"
        yield dedent(_ACROSS)
    yield "### Votes"
    yield dedent(_VOTES)
