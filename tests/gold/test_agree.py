"""Agreement of whole corpora: by hand, against computations by others, and by law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from random import Random
from typing import Any

import krippendorff
import numpy as np
import pytest
from compare.works import GRAMMAR, ONTOLOGY, TEXT, claim, cue, mention, mixed, relation, shuffled, work
from compare.works import _works as random_works
from nervaluate import Evaluator
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

from toolkit.annotations.model import Annotation, Mention, Origin
from toolkit.dataset.tokens import tokenize
from toolkit.errors import BadInputError
from toolkit.gold.agree import Agreement, Text, agreement
from toolkit.gold.measures import Measure
from toolkit.gold.tally import NO_ANSWER

Spec = dict[str, Any]
Labels = Sequence[str | None]  # of the words of a text, by one annotator

TYPES = ("GPE", "PERSON", "QUANTITY")
PAIR = ("ann-1", "ann-2")
EXACT, RELAXED, INDEPENDENT = "F1, exact", "F1, relaxed", "F1, exact, without accepted suggestions"
X, Y = mention("x", 0, 2), mention("y", 3, 5)


def corpus(*articles: Sequence[Spec], stories: Iterable[str] = ()) -> list[Annotation]:
    """Articles, each with the work of ann-1, ann-2, …"""
    return [
        work(f"ann-{number}", **spec).model_copy(update={"article_id": f"article {at}"})
        for at, specs in enumerate(articles)
        for number, spec in enumerate(specs, start=1)
    ]


def measure(works: Sequence[Annotation], text: str = TEXT, *, story: int = 1, **more: Any) -> Agreement:
    """Their agreement; so many articles are a story."""
    ids = sorted({one.article_id for one in works})
    texts = {id: Text(text, f"story {number // story}") for number, id in enumerate(ids)}
    return agreement(works, GRAMMAR, texts, tokenize, **more)


def one(found: Agreement, name: str, label: str = "", pair: tuple[str, ...] = (), layer: str = "") -> Measure:
    layer = layer or ("entities" if name in (EXACT, RELAXED) else "")
    (it,) = (
        measure
        for measure in found.measures
        if (measure.name, measure.label, measure.pair) == (name, label, pair) and layer in (measure.layer, "")
    )
    return it


def value(found: Agreement, name: str, *about: Any) -> float | None:
    return one(found, name, *about).estimate.value


def marked(*items: Mention, **rest: Any) -> Spec:
    return {"mentions": items, **rest}


# By hand


def test_f1_counts_labels_over_all_pairs() -> None:
    """Of three: ann-1 and ann-2 have X; ann-2 and ann-3 overlap at Y, as GPE; ann-3 calls X a GPE.

    Exact: of 1–2 X is both's, and Y ann-2's; of 1–3 nothing is, X is each one's own and Y ann-3's; of 2–3 X is each
    one's own and so is Y: both 1, alone 1 + 3 + 4. Relaxed: Y of 2–3 is both's.
    """
    found = measure(
        corpus(
            [
                marked(X),
                marked(X, mention("y", 3, 5, "GPE")),
                marked(mention("x", 0, 2, "GPE"), mention("y", 3, 6, "GPE")),
            ]
        )
    )
    assert value(found, EXACT) == pytest.approx(2 / (2 + 8))
    assert value(found, RELAXED) == pytest.approx(4 / (4 + 6))
    assert value(found, EXACT, "PERSON") == pytest.approx(2 / (2 + 2))
    assert value(found, EXACT, "GPE") == 0
    assert value(found, RELAXED, "GPE") == pytest.approx(2 / (2 + 4))
    assert value(found, EXACT, "", PAIR) == pytest.approx(2 / 3)
    assert value(found, EXACT, "", ("ann-1", "ann-3")) == 0
    assert (one(found, EXACT).count, one(found, EXACT, "", PAIR).count) == (9, 2)
    assert found.confusion == {("GPE", "PERSON"): 2}
    assert (found.articles, found.stories, found.annotators) == (1, 1, ("ann-1", "ann-2", "ann-3"))
    assert found.pairs == dict.fromkeys(combinations(found.annotators, 2), 1)


def test_accepted_suggestions_are_counted_apart() -> None:
    """Both accepted X; Y, found by both, and what only one accepted or found stay."""
    accepted = X.model_copy(update={"origin": Origin.ACCEPTED})
    lone = mention("z", 5, 6, "GPE", origin=Origin.ACCEPTED)
    found = measure(corpus([marked(accepted, Y, lone), marked(accepted, Y)]))
    assert found.accepted == 3
    assert value(found, EXACT) == pytest.approx(4 / 5)
    assert value(found, INDEPENDENT) == 1.0
    assert one(found, INDEPENDENT).count == 1
    manual = measure(corpus([marked(X, Y), marked(X)]))
    assert (manual.accepted, value(manual, INDEPENDENT)) == (0, value(manual, EXACT))


def test_labels_are_rated_on_spans_that_both_have_with_one_label_each() -> None:
    """X: PERSON and PERSON; Y: PERSON and GPE; the third has two labels, and is left to the F1.

    Observed disagreement ½; PERSON is ¾ of four ratings: expected 2 · 3 · 1 / (4 · 3) = ½, so α = 0.
    """
    third = mention("z", 5, 6, "GPE", "PERSON")
    found = measure(corpus([marked(X, Y, third), marked(X, mention("y", 3, 5, "GPE"), third)]))
    assert value(found, "Krippendorff α of label") == pytest.approx(0)
    assert one(found, "Krippendorff α of label").count == 2
    # Cohen: the first says PERSON always, the second half the time: chance is what is observed.
    assert value(found, "Cohen κ of label", "", PAIR) == pytest.approx(0)
    assert one(found, "Cohen κ of label", "", PAIR).count == 2
    # Fleiss: expected 1 - (9 + 1) / 16 = 3/8, so 1 - ½ / (3/8).
    assert value(found, "Fleiss κ of label") == pytest.approx(-1 / 3)
    # Gwet, of three labels: chance (¾ · ¼ + ¼ · ¾) / 2 = 3/16; (½ - 3/16) / (1 - 3/16).
    assert value(found, "Gwet AC1 of label") == pytest.approx(5 / 13)


def test_no_answer_is_the_default_where_there_is_one_and_else_an_answer() -> None:
    """The level has a default. A claim's kind has none: of two ratings one is none."""
    first = [marked(X), marked(mention("x", 0, 2, attributes={"level": "named"}))]
    second = [marked(X), marked(mention("x", 0, 2, attributes={"level": "nominal"}))]
    found = measure(corpus(first, first, second))
    assert one(found, "Krippendorff α of level").count == 3
    # Of three pairs one differs; named is 5 of 6: expected 2 · 5 · 1 / (6 · 5).
    assert value(found, "Krippendorff α of level") == pytest.approx(1 - (1 / 3) / (10 / 30))
    # Two answers are possible, for "no answer" is not one: chance 2 · (5/6 · 1/6) / 1.
    assert value(found, "Gwet AC1 of level") == pytest.approx((2 / 3 - 10 / 36) / (1 - 10 / 36))
    kinds = [{"claims": (claim("c", 0, 6, {"attribution": "direct"} | more),)} for more in ({}, {"kind": "quote"})]
    found = measure(corpus(kinds))
    # Three answers are possible, and two were given once each: chance (½ · ½ + ½ · ½) / 2.
    assert value(found, "Gwet AC1 of kind") == pytest.approx(-(1 / 4) / (3 / 4))
    # The attribution must be answered: two are possible, one was given.
    assert value(found, "Gwet AC1 of attribution") == 1.0
    assert value(found, "Krippendorff α of attribution") is None


def test_free_text_is_equal_or_not() -> None:
    numbers = [marked(mention("n", 0, 2, "QUANTITY", attributes=given)) for given in ({"number": "1"}, {}, {})]
    found = measure(corpus(numbers))
    assert value(found, "equal answers to number") == pytest.approx(1 / 3)
    assert one(found, "equal answers to number").count == 3
    assert not [one for one in found.measures if one.name.endswith("of number")]


def test_relations_given_agreed_spans_and_end_to_end() -> None:
    """Agreed: leads. Another type: supports, leads. Nothing there: met. Z is only one annotator's, and its relation."""
    z = mention("z", 5, 6)
    first = marked(
        X, Y, z, relations=(relation("leads", "x", "y"), relation("met", "x", "y"), relation("leads", "x", "z"))
    )
    second = marked(X, Y, relations=(relation("leads", "x", "y"),))
    found = measure(corpus([first, second]))
    assert value(found, "F1, given agreed spans") == pytest.approx(2 / 3)
    assert value(found, "F1, end to end") == pytest.approx(2 / 4)
    assert value(found, "F1, given agreed spans", "leads") == 1.0
    assert value(found, "F1, end to end", "leads") == pytest.approx(2 / 3)
    errors = {name: (tally.both, tally.left, tally.right) for name, tally in found.relation_errors.items()}
    assert errors == {
        "agreed": (1, 0, 0),
        "modality": (0, 0, 0),
        "direction": (0, 0, 0),
        "type": (0, 0, 0),
        "missing": (0, 1, 0),
        "end-missing": (0, 1, 0),
    }


def test_claims_their_cues_and_their_links() -> None:
    """The claims overlap; both have the cue and the claimant X, one has Y as well."""
    first = {
        "mentions": (X, Y),
        "cues": (cue("q", 2, 3),),
        "claims": (claim("c", 0, 6, claimants=("x", "y"), cues=("q",)),),
    }
    second = {
        "mentions": (X, Y),
        "cues": (cue("q", 2, 3), cue("r", 5, 6)),
        "claims": (claim("c", 1, 6, claimants=("x",), cues=("q",)),),
    }
    found = measure(corpus([first, second]))
    assert value(found, EXACT, "", (), "claims") == 0
    assert value(found, RELAXED, "", (), "claims") == 1.0
    assert value(found, "F1 of cues") == pytest.approx(2 / 3)
    assert value(found, "F1 of claimants, given agreed claims") == pytest.approx(2 / 3)
    assert value(found, "F1 of cues, given agreed claims") == 1.0
    assert value(found, "F1 of values, given agreed claims") is None


def test_tokens_have_the_label_of_the_longest_span_over_some_of_them() -> None:
    """Four words. ann-1: PERSON over the first two, GPE over the second; ann-2: PERSON over half of the first.

    Tokens: PERSON PERSON O O and PERSON O O O. One of four pairs differs; of eight ratings three are PERSON: expected
    2 · 3 · 5 / (8 · 7).
    """
    text = "abcd efgh ijkl mnop"
    first, second = marked(mention("a", 0, 9), mention("b", 5, 9, "GPE")), marked(mention("a", 2, 4))
    found = measure(corpus([first, second]), text)
    assert value(found, "Krippendorff α of token") == pytest.approx(1 - (1 / 4) / (30 / 56))
    assert one(found, "Krippendorff α of token").count == 4


def test_unitizing_by_hand() -> None:
    """A text of six characters; ann-1 marks the first two, ann-2 the first three, both as PERSON.

    They differ over one character of six, in both directions: 2 of 12. Marked are 5 of 12, blank 7: expected is
    2 · 5 · 7 / (12 · 12 - (4 + 9 + 7)), where a segment is not paired with itself: its length squared goes, and each
    character of the blanks.
    """
    found = measure(corpus([marked(X), marked(mention("x", 0, 3))]))
    alpha = 1 - (2 / 12) / (2 * 5 * 7 / (144 - 20))
    for name in ("unitizing α", "unitizing α, binary"):
        assert value(found, name) == pytest.approx(alpha)
    assert value(found, "unitizing α, binary", "PERSON") == pytest.approx(alpha)
    assert value(found, "unitizing α, of labels") is None
    assert value(found, "unitizing α, binary", "GPE") is None


def test_what_only_one_annotator_was_asked_for_is_not_compared() -> None:
    asked = marked(X, layers=("entities",))
    found = measure(corpus([asked, {"layers": ("claims",)}], [asked, asked], [asked]))
    assert (found.articles, found.annotators, found.pairs) == (1, PAIR, {PAIR: 1})
    assert {one.layer for one in found.measures} == {"entities"}


def test_who_skipped_or_lost_everything_says_nothing() -> None:
    silent = [{"skipped": True}, {"rejected": 2}]
    found = measure(corpus([marked(X), marked(X), *silent]))
    assert (found.annotators, value(found, EXACT)) == (PAIR, 1.0)
    assert measure(corpus([marked(X), silent[0]])).measures == ()


def test_that_both_found_nothing_is_undefined() -> None:
    found = measure(corpus([{}, {}]))
    assert (found.articles, one(found, EXACT).count) == (1, 0)
    known = {one.name: one.estimate.value for one in found.measures if one.estimate.value is not None}
    assert known == {"Gwet AC1 of token": 1.0}  # of tokens that are outside of everything


def test_there_is_no_interval_from_one_story() -> None:
    articles = [[marked(X, Y), marked(X)], [marked(X), marked(X)]]
    assert one(measure(corpus(*articles), story=2), EXACT).estimate.low is None
    whole = one(measure(corpus(*articles)), EXACT).estimate
    assert (whole.clusters, whole.low, whole.high) == (2, pytest.approx(2 / 3), 1.0)


# Against others


def words(*rows: Labels) -> list[Spec]:
    """What annotators call the words of a text; each word is one span."""
    return [
        marked(*(mention(f"m{at}", 5 * at, 5 * at + 4, label) for at, label in enumerate(row) if label)) for row in rows
    ]


def text_of(number: int) -> str:
    return " ".join(["word"] * number)


def told(random: Random, number: int, annotators: int, agreeing: float) -> list[list[str | None]]:
    """Labels of words: of each the truth or, now and then, anything."""
    labels: list[str | None] = [*TYPES, None, None]
    truth = [random.choice(labels) for _ in range(number)]
    return [
        [true if random.random() < agreeing else random.choice(labels) for true in truth] for _ in range(annotators)
    ]


WORDS = 20


def simulated(
    seed: int, articles: int, annotators: int, agreeing: float
) -> tuple[list[Annotation], list[list[Labels]]]:
    random = Random(seed)
    rows = [told(random, WORDS, annotators, agreeing) for _ in range(articles)]
    return corpus(*(words(*article) for article in rows)), [*rows]


def both(rows: list[list[Labels]], one: int, other: int) -> tuple[list[str], list[str]]:
    """Two annotators' labels of the words that both marked."""
    pairs = [pair for article in rows for pair in zip(article[one], article[other], strict=True) if all(pair)]
    lefts, rights = zip(*pairs, strict=True)
    return [*map(str, lefts)], [*map(str, rights)]


def alpha(raters: Sequence[Sequence[str | None]]) -> float:
    codes = {
        label: number for number, label in enumerate([*TYPES, "O", "direct", "narrator", "event", "quote", NO_ANSWER])
    }
    data = [[np.nan if label is None else codes[label] for label in row] for row in raters]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


@pytest.mark.parametrize("seed", range(3))
def test_of_two_annotators_against_others(seed: int) -> None:
    works, rows = simulated(seed, 8, 2, 0.7)
    found = measure(works, text_of(WORDS))
    lefts, rights = both(rows, 0, 1)
    assert value(found, "Cohen κ of label", "", PAIR) == pytest.approx(cohen_kappa_score(lefts, rights))
    assert value(found, "Krippendorff α of label") == pytest.approx(alpha([lefts, rights]))
    counts = [[pair.count(label) for label in TYPES] for pair in zip(lefts, rights, strict=True)]
    assert value(found, "Fleiss κ of label") == pytest.approx(fleiss_kappa(np.array(counts)))
    assert one(found, "Krippendorff α of label").count == len(lefts)


@pytest.mark.parametrize("seed", range(3))
def test_of_three_annotators_against_others(seed: int) -> None:
    """Labels are rated pair by pair, tokens by all three."""
    works, rows = simulated(seed, 6, 3, 0.6)
    found = measure(works, text_of(WORDS))
    tokens = [[label or "O" for article in rows for label in article[number]] for number in range(3)]
    assert value(found, "Krippendorff α of token") == pytest.approx(alpha(tokens))
    counts = [[unit.count(label) for label in (*TYPES, "O")] for unit in zip(*tokens, strict=True)]
    assert value(found, "Fleiss κ of token") == pytest.approx(fleiss_kappa(np.array(counts)))
    sides = [both(rows, left, right) for left, right in combinations(range(3), 2)]
    pooled = [[label for pair in sides for label in pair[side]] for side in range(2)]
    assert value(found, "Krippendorff α of label") == pytest.approx(alpha(pooled))
    for (left, right), (lefts, rights) in zip(combinations(range(3), 2), sides, strict=True):
        pair = (f"ann-{left + 1}", f"ann-{right + 1}")
        assert value(found, "Cohen κ of label", "", pair) == pytest.approx(cohen_kappa_score(lefts, rights))


@pytest.mark.parametrize("seed", range(3))
def test_f1_against_nervaluate(seed: int) -> None:
    """Spans of one to three words that an annotator's own do not overlap; nervaluate's strict counts are ours."""
    random = Random(seed)

    def spans() -> list[Mention]:
        edges = sorted(random.sample(range(WORDS), 8))
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [mention(f"m{at}", 5 * at, 5 * min(end, at + 3) - 1, random.choice(TYPES)) for at, end in pairs]

    articles = [(spans(), spans()) for _ in range(30)]
    found = measure(corpus(*([marked(*left), marked(*right)] for left, right in articles)), text_of(WORDS))
    theirs = [
        [
            [{"label": it.labels[0], "start": it.start, "end": it.end - 1} for it in article[side]]
            for article in articles
        ]
        for side in range(2)
    ]
    result = Evaluator(*theirs, tags=list(TYPES), loader="dict").evaluate()
    assert value(found, EXACT) == pytest.approx(result["overall"]["strict"].f1)
    for label in TYPES:
        assert value(found, EXACT, label) == pytest.approx(result["entities"][label]["strict"].f1)


@pytest.mark.parametrize("seed", range(2))
def test_answers_about_claims_against_others(seed: int) -> None:
    random = Random(seed)

    def answered() -> list[dict[str, str]]:
        return [
            {
                "attribution": random.choice(["direct", "narrator"]),
                **random.choice([{}, {"kind": "event"}, {"kind": "quote"}]),
            }
            for _ in range(40)
        ]

    sides = [answered(), answered()]
    works = corpus(
        [{"claims": tuple(claim(f"c{at}", 5 * at, 5 * at + 4, it) for at, it in enumerate(side))} for side in sides]
    )
    found = measure(works, text_of(40))
    for question in ("attribution", "kind"):
        lefts, rights = ([it.get(question, NO_ANSWER) for it in side] for side in sides)
        assert value(found, f"Krippendorff α of {question}") == pytest.approx(alpha([lefts, rights]))
        assert value(found, f"Cohen κ of {question}", "", PAIR) == pytest.approx(cohen_kappa_score(lefts, rights))


def test_an_interval_is_of_stories_drawn_again() -> None:
    """The same drawn by hand: 2.5 % and 97.5 % of the F1 of as many stories as there are, taken with putting back."""
    works, rows = simulated(3, 40, 2, 0.7)
    found = one(measure(works, text_of(WORDS), story=2), EXACT).estimate
    tallies = []
    for article in rows:
        shared = sum(left is not None and left == right for left, right in zip(*article, strict=True))
        tallies.append((shared, sum(label is not None for row in article for label in row)))
    stories = np.array(tallies, dtype=float).reshape(20, 2, 2).sum(axis=1)
    drawn = stories[np.random.default_rng(0).integers(20, size=(20_000, 20))].sum(axis=1)
    low, high = np.quantile(2 * drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)
    assert found.clusters == 20


# Laws


@pytest.fixture(scope="module")
def everything() -> list[Annotation]:
    """Random work of three on ten articles, in all layers, with suggestions and context."""
    return [
        one.model_copy(update={"article_id": f"article {number}"})
        for number in range(10)
        for one in random_works(Random(number), ["ann-1", "ann-2", "ann-3"])
    ]


def test_every_interval_contains_its_value(everything: list[Annotation]) -> None:
    works, _ = simulated(1, 30, 3, 0.7)
    for found in (measure(works, text_of(WORDS)), measure(everything)):
        estimates = [one.estimate for one in found.measures if one.estimate.low is not None]
        assert len(estimates) > 20
        for estimate in estimates:
            assert estimate.low <= estimate.value + 1e-9
            assert estimate.value <= estimate.high + 1e-9


def test_neither_order_nor_ids_matter(everything: list[Annotation]) -> None:
    found = measure(everything)
    random = Random(5)
    by_article = [everything[at : at + 3] for at in range(0, len(everything), 3)]
    random.shuffle(by_article)
    other = [mixed(work, random) for article in by_article for work in random.sample(article, 3)]
    assert measure(other) == found
    renamed = measure([shuffled(work, random) for work in everything])
    assert renamed == found


def test_renamed_annotators_have_the_same_figures(everything: list[Annotation]) -> None:
    """The first is called last: every measure stays, and each pair's under its other name."""
    names = {"ann-1": "z", "ann-2": "b", "ann-3": "c"}
    other = measure([work.model_copy(update={"annotator": names[work.annotator]}) for work in everything])
    found = measure(everything)
    assert len(found.measures) == len(other.measures)
    for measured in found.measures:
        pair = tuple(sorted(names[who] for who in measured.pair))
        theirs = one(other, measured.name, measured.label, pair, measured.layer)
        assert theirs.count == measured.count
        if measured.estimate.value is None:
            assert theirs.estimate.value is None
        else:
            assert theirs.estimate.value == pytest.approx(measured.estimate.value, abs=1e-12)
    assert other.confusion == found.confusion


def test_work_agrees_with_itself(everything: list[Annotation]) -> None:
    first = [work for work in everything if work.annotator == "ann-1"]
    twins = [work.model_copy(update={"annotator": who}) for work in first for who in ("ann-1", "ann-2", "ann-3")]
    found = measure(twins)
    figures = [one.estimate.value for one in found.measures if one.estimate.value is not None]
    assert figures == pytest.approx([1.0] * len(figures))
    assert len(figures) > 40
    assert value(found, EXACT, "", (), "entities") == value(found, "F1, end to end") == 1.0
    assert value(found, "unitizing α") == pytest.approx(1.0)
    assert found.confusion == {}


def test_chance_is_about_zero() -> None:
    works, _ = simulated(11, 120, 3, 0.0)
    found = measure(works, text_of(WORDS))
    for name in ("Krippendorff α of label", "Fleiss κ of label", "Krippendorff α of token", "unitizing α, of labels"):
        assert value(found, name) == pytest.approx(0, abs=0.03)
    assert value(found, "Cohen κ of label", "", PAIR) == pytest.approx(0, abs=0.05)
    assert value(found, "Gwet AC1 of token") < 0.2
    assert value(found, EXACT) < 0.3


def test_more_agreement_is_higher() -> None:
    figures = [measure(simulated(2, 20, 2, agreeing)[0], text_of(WORDS)) for agreeing in (0.5, 0.7, 0.9)]
    for name in (EXACT, "Krippendorff α of label", "Krippendorff α of token", "unitizing α"):
        low, middle, high = (value(found, name) or 0 for found in figures)
        assert low < middle < high


def test_gamma_is_measured_when_asked_for() -> None:
    works, _ = simulated(4, 3, 2, 0.8)
    with_gamma = measure(works, text_of(WORDS), with_gamma=True)
    assert 0 < (value(with_gamma, "γ") or 0) < 1
    assert not [one for one in measure(works, text_of(WORDS)).measures if one.name == "γ"]


# Wrong input


def test_an_article_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInputError, match="one: annotated, and not among the articles") as raised:
        agreement([work("ann-1"), work("ann-2")], GRAMMAR, {}, tokenize)
    assert "goldkit check" in raised.value.next


def test_an_answer_that_is_none_is_named() -> None:
    strange = marked(mention("x", 0, 2, attributes={"level": "shouted"}))
    with pytest.raises(BadInputError, match="article 0: the answer 'shouted' is none of the ontology's"):
        measure(corpus([strange, marked(X)]))


def test_articles_must_stand_together() -> None:
    with pytest.raises(BadInputError, match="do not stand together"):
        measure(corpus([marked(X)], [marked(X)]) + corpus([{}, marked(X)])[1:])


def test_a_question_may_be_called_like_a_measure() -> None:
    from annotations.worlds import attribute

    from toolkit.annotations.grammar import Grammar

    odd = ONTOLOGY.model_copy(update={"mention_attributes": (attribute("token", "a", "b"),)})
    fresh = type(odd).model_validate(odd.model_dump())
    works = corpus([marked(mention("x", 0, 2, attributes={"token": answer})) for answer in "aab"])
    texts: Mapping[str, Text] = {"article 0": Text(TEXT, "story")}
    found = agreement(works, Grammar(fresh), texts, tokenize)
    assert one(found, "Krippendorff α of token (answer)").count == 3
    assert one(found, "Krippendorff α of token").count == 1
