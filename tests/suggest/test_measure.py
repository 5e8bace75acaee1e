"""What suggestions did: every count by hand on a few invented articles, and the laws on random ones."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.project import article, at, mention, work

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.ontology.load import load_ontology
from toolkit.stages.setup import shipped_configs
from toolkit.suggest.contrast import Timed, medians, within
from toolkit.suggest.fates import Change, Fate, outcomes
from toolkit.suggest.measure import ANCHORING, TOUCHED, UNCONTROLLED, UNKNOWN, measure
from toolkit.suggest.model import Suggestions
from toolkit.suggest.shown import FILE, Shown, load_shown, load_suggestions, write_shown
from toolkit.suggest.use import SuggestionUse, Use

TEXT = "The harbour of Lassendry opened on Monday.\nMayor Ilka Tornay said 30 boats left.\nNobody saw the coast guard."
V = "rules-1"
ONTOLOGY = load_ontology(shipped_configs() / "ontology.yaml")
GRAMMAR = Grammar(ONTOLOGY)
ANSWERS = {"attribution": "indirect", "certainty": "certain", "kind": "event", "check_worthy": "yes"}

PERSON = mention(TEXT, "m1", "Ilka Tornay", "PERSON")
TOWN = mention(TEXT, "m2", "Lassendry", "GPE")
GUARD = mention(TEXT, "m3", "coast guard", "ORGANIZATION")
HARBOUR = mention(TEXT, "m4", "harbour", "FACILITY")
CUE = Cue(id="q1", **at(TEXT, "said"))
CLAIM = Claim(id="c1", **at(TEXT, "30 boats left"), attributes=ANSWERS, claimants=("m1",), cues=("q1",))
IN_TOWN = Relation(type="located_in", head="m4", tail="m2")


def changed(item: Any, **more: Any) -> Any:
    return item.model_copy(update=more)


def moved(item: Mention, quote: str) -> Mention:
    moved_to: Mention = changed(item, **at(TEXT, quote))
    return moved_to


def suggestions(about: Article, **more: Any) -> Suggestions:
    everything: dict[str, Any] = {
        "mentions": (PERSON, TOWN, GUARD, HARBOUR),
        "cues": (CUE,),
        "claims": (CLAIM,),
        "relations": (IN_TOWN,),
    }
    return Suggestions(article_id=about.article_id, text_sha256=about.text_sha256, version=V, **(everything | more))


def measured(
    works: Sequence[Annotation],
    shown: Sequence[Shown],
    about: Sequence[Article],
    said: Sequence[Suggestions] | None = None,
) -> SuggestionUse:
    said = [suggestions(one) for one in about] if said is None else said
    by_version = {(one.article_id, one.version): one for one in said}
    return measure(works, shown, by_version, {one.article_id: one for one in about}, ONTOLOGY)


def counts(use: Use) -> tuple[int, int, int, int]:
    return use.accepted, use.changed, use.deleted, use.added


def by_name(found: SuggestionUse) -> dict[tuple[str, str], Use]:
    return {(one.layer, one.label): one for one in found.uses}


def rules(found: SuggestionUse) -> Counter[str]:
    return Counter(one.rule for one in found.findings)


SUGGESTED = article("a1", TEXT, story_id="s1")
CONTROL = article("c1", TEXT, story_id="s2")
SHOWN = (
    Shown(article_id="a1", arm="suggested", version=V, project="trial"),
    Shown(article_id="c1", arm="control", project="trial"),
)
STRICT = work(
    SUGGESTED,
    "ann-a",
    mentions=(
        changed(PERSON, origin=Origin.ACCEPTED),
        changed(moved(TOWN, "harbour of Lassendry"), origin=Origin.CHANGED),
        changed(GUARD, labels=("ARMED_GROUP",), origin=Origin.CHANGED),
        mention(TEXT, "x1", "Monday", "DATETIME"),
    ),
    cues=(changed(CUE, origin=Origin.ACCEPTED),),
    claims=(changed(CLAIM, attributes=ANSWERS | {"certainty": "possible"}, origin=Origin.ACCEPTED),),
)
LENIENT = work(
    SUGGESTED,
    "ann-b",
    mentions=tuple(changed(one, origin=Origin.ACCEPTED) for one in (PERSON, TOWN, GUARD, HARBOUR)),
    cues=(changed(CUE, origin=Origin.ACCEPTED),),
    claims=(changed(CLAIM, claimants=(), origin=Origin.ACCEPTED),),
    relations=(changed(IN_TOWN, modality="negated"), Relation(type="located_in", head="m1", tail="m2")),
)


def test_every_item_is_counted_by_what_became_of_it() -> None:
    found = by_name(measured([STRICT, LENIENT], SHOWN, [SUGGESTED]))
    assert {name: counts(one) for name, one in found.items()} == {
        ("entities", ""): (5, 2, 1, 1),
        ("entities", "PERSON"): (2, 0, 0, 0),
        ("entities", "GPE"): (1, 1, 0, 0),
        ("entities", "ORGANIZATION"): (1, 1, 0, 0),  # a changed label counts where it was suggested
        ("entities", "FACILITY"): (1, 0, 1, 0),
        ("entities", "DATETIME"): (0, 0, 0, 1),
        ("claims", ""): (2, 2, 0, 0),
        ("claims", "CLAIM"): (0, 2, 0, 0),
        ("claims", "CUE"): (2, 0, 0, 0),
        ("relations", ""): (0, 1, 1, 1),
        ("relations", "located_in"): (0, 1, 1, 1),
    }
    changes = {name: dict(one.changes) for name, one in found.items() if one.changes and name[1]}
    assert changes == {
        ("entities", "GPE"): {Change.BOUNDARIES: 1},
        ("entities", "ORGANIZATION"): {Change.LABEL: 1},
        ("claims", "CLAIM"): {Change.ANSWER: 1, Change.LINKS: 1},
        ("relations", "located_in"): {Change.ANSWER: 1},
    }
    assert found["entities", ""].suggested == 8
    assert found["entities", ""].rate.value == pytest.approx(5 / 8)
    assert found["entities", "DATETIME"].rate.value is None
    assert {one.version for one in found.values()} == {V}


def test_an_interval_draws_stories() -> None:
    """Of two stories one takes everything, the other nothing: the draws are 1, 1/2 and 0."""
    other = article("a2", TEXT, story_id="s3")
    shown = [*SHOWN, Shown(article_id="a2", arm="suggested", version=V)]
    works = [work(SUGGESTED, "ann-a", mentions=(PERSON, TOWN, GUARD, HARBOUR)), work(other, "ann-a")]
    rate = by_name(measured(works, shown, [SUGGESTED, other]))["entities", ""].rate
    assert (rate.value, rate.low, rate.high, rate.clusters) == (0.5, 0.0, 1.0, 2)
    alone = by_name(measured(works[:1], shown, [SUGGESTED, other]))["entities", ""].rate
    assert (alone.value, alone.low, alone.high) == (1.0, None, None)


def test_an_answer_that_is_the_default_is_no_change() -> None:
    (name, question), *_ = ((k, q) for k, q in GRAMMAR.questions["PERSON"].items() if q.default)
    other = next(choice for choice in question.choices if choice != question.default)
    only = suggestions(SUGGESTED, mentions=(PERSON,), cues=(), claims=(), relations=())
    for answer, fate in ((question.default, Fate.ACCEPTED), (other, Fate.CHANGED)):
        mine = work(SUGGESTED, "ann-a", mentions=(changed(PERSON, attributes={name: answer}),))
        assert [one.fate for one in outcomes(mine, only, GRAMMAR)] == [fate]


def test_another_label_asks_other_questions() -> None:
    """So their answers are no change beside the label's."""
    only = suggestions(SUGGESTED, mentions=(PERSON,), cues=(), claims=(), relations=())
    mine = work(SUGGESTED, "ann-a", mentions=(changed(PERSON, labels=("DATETIME",), attributes={"iso": "2031"}),))
    (one,) = outcomes(mine, only, GRAMMAR)
    assert (one.label, one.fate, one.changes) == ("PERSON", Fate.CHANGED, frozenset([Change.LABEL]))


def test_context_is_nobodys_work() -> None:
    """What stands there from another project is neither kept nor added."""
    only = suggestions(SUGGESTED, mentions=(PERSON,), cues=(), claims=(), relations=())
    context = (PERSON, mention(TEXT, "x1", "Monday", "DATETIME"))
    mine = work(SUGGESTED, "ann-a", mentions=tuple(changed(one, origin=Origin.CONTEXT) for one in context))
    assert [one.fate for one in outcomes(mine, only, GRAMMAR)] == [Fate.DELETED]


def test_a_symmetric_relation_may_be_turned_and_another_may_not() -> None:
    symmetric = next(one.name for one in ONTOLOGY.relations if one.symmetric)
    both = (Relation(type=symmetric, head="m1", tail="m3"), IN_TOWN)
    turned = tuple(changed(one, head=one.tail, tail=one.head) for one in both)
    mine = work(SUGGESTED, "ann-a", relations=turned, layers=("relations",))
    found = outcomes(mine, suggestions(SUGGESTED, relations=both), GRAMMAR)
    assert Counter((one.label, one.fate) for one in found) == {
        (symmetric, Fate.ACCEPTED): 1,
        ("located_in", Fate.DELETED): 1,
        ("located_in", Fate.ADDED): 1,
    }


def test_only_what_was_asked_for_counts() -> None:
    """Neither a layer that the annotator was not asked for, nor what was skipped, nor context of another project."""
    town = changed(TOWN, origin=Origin.CONTEXT)
    context = changed(mention(TEXT, "x1", "Monday", "DATETIME"), origin=Origin.CONTEXT)
    works = [
        work(SUGGESTED, "ann-a", claims=(CLAIM,), cues=(CUE,), mentions=(PERSON, town, context), layers=("claims",)),
        work(SUGGESTED, "ann-b", skipped=True),
    ]
    found = measured(works, SHOWN, [SUGGESTED])
    assert {name: counts(one) for name, one in by_name(found).items()} == {
        ("claims", ""): (2, 0, 0, 0),
        ("claims", "CLAIM"): (1, 0, 0, 0),
        ("claims", "CUE"): (1, 0, 0, 0),
    }
    assert (found.labelled, found.labelled_by_two) == ({"suggested": 1}, {"suggested": 0})


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (SHOWN, []),  # the version is gone
        ((*SHOWN, changed(SHOWN[0], project="other", version="rules-2")), None),  # two versions of one layer
        (SHOWN, [suggestions(article("a1", TEXT + " "))]),  # it is about another text
        ((*SHOWN, Shown(article_id="a1", arm="control", project="other")), None),  # projects differ
    ],
)
def test_what_was_shown_must_be_known(shown: Sequence[Shown], said: Sequence[Suggestions] | None) -> None:
    found = measured([STRICT, LENIENT], shown, [SUGGESTED], said)
    assert (found.uses, found.labelled) == ((), {"none": 1})
    assert rules(found) == {UNKNOWN.id: 1}
    assert found.findings[0].place.article_id == "a1"


def test_two_projects_may_show_the_same_and_a_third_nothing() -> None:
    shown = [*SHOWN, changed(SHOWN[0], project="other"), Shown(article_id="a1", arm="none", project="third")]
    found = measured([STRICT, LENIENT], shown, [SUGGESTED])
    assert found == measured([STRICT, LENIENT], SHOWN, [SUGGESTED])


def test_layers_may_have_suggestions_of_their_own() -> None:
    """Claims stand on the mentions of another project there, so that what they are linked with is not compared."""
    shown = [
        changed(SHOWN[0], layers=("entities",)),
        changed(SHOWN[0], project="claims", version="rules-2", layers=("relations", "claims")),
    ]
    later = changed(suggestions(SUGGESTED), version="rules-2")
    found = measured([STRICT, LENIENT], shown, [SUGGESTED], [suggestions(SUGGESTED), later])
    assert {(one.version, one.layer): counts(one) for one in found.uses if not one.label} == {
        (V, "entities"): (5, 2, 1, 1),
        ("rules-2", "claims"): (3, 1, 0, 0),
    }
    only = measured([STRICT, LENIENT], shown[:1], [SUGGESTED])
    assert {one.layer for one in only.uses} == {one.layer for one in only.agreement} == {"entities"}


def test_an_annotation_of_an_unknown_article_is_refused() -> None:
    with pytest.raises(BadInputError, match="a1: annotated, and not among the articles"):
        measured([STRICT], SHOWN, [CONTROL])


def test_without_a_control_that_two_labelled_nothing_is_known_of_agreement() -> None:
    alone = [STRICT, LENIENT, work(CONTROL, "ann-a", mentions=(PERSON,))]
    both = [*alone, work(CONTROL, "ann-b", mentions=(PERSON,))]
    about = [SUGGESTED, CONTROL]
    assert rules(measured(alone, SHOWN, about)) == {UNCONTROLLED.id: 1}
    assert rules(measured(both, SHOWN, about)) == {}
    assert rules(measured(both[2:], SHOWN, about)) == {}  # nothing was suggested


def test_agreement_is_told_by_arm() -> None:
    """With suggestions both have PERSON, one of four or four has the others; without both have one, one has two."""
    works = [
        STRICT,
        LENIENT,
        work(CONTROL, "ann-a", mentions=(PERSON, TOWN)),
        work(CONTROL, "ann-b", mentions=(PERSON,)),
    ]
    found = measured(works, SHOWN, [SUGGESTED, CONTROL])
    exact, independent = (one for one in found.agreement if one.layer == "entities")
    assert (exact.measure, independent.measure) == ("F1, exact", "F1, exact, without accepted suggestions")
    assert exact.contrast.suggested.value == pytest.approx(2 / (2 + 3 + 3))
    assert exact.contrast.control.value == pytest.approx(2 / 3)
    assert exact.contrast.difference.value == pytest.approx(2 / 8 - 2 / 3)
    assert exact.contrast.difference.low is None  # one story each
    assert exact.contrast.counts == (7, 2)
    assert independent.contrast.suggested.value == 0.0
    assert (independent.contrast.control.value, independent.contrast.difference.value) == (None, None)


def test_suggestions_that_all_take_over_are_a_finding() -> None:
    """All accepted, and nobody agrees where nothing is suggested; not where they agree there too, nor change some."""
    about = [SUGGESTED, CONTROL]
    everything = {"mentions": (PERSON, TOWN, GUARD, HARBOUR), "layers": ("entities",)}
    suggested = [work(SUGGESTED, who, **everything) for who in ("ann-a", "ann-b")]
    apart = [work(CONTROL, who, mentions=(one,)) for who, one in (("ann-a", PERSON), ("ann-b", TOWN))]
    alike = [work(CONTROL, who, mentions=(PERSON,)) for who in ("ann-a", "ann-b")]
    found = measured([*suggested, *apart], SHOWN, about)
    assert rules(found) == {ANCHORING.id: 1}
    assert "entities: 100.0 %" in found.findings[0].message
    assert rules(measured([*suggested, *alike], SHOWN, about)) == {}
    some = [work(SUGGESTED, who, mentions=(PERSON, TOWN, GUARD), layers=("entities",)) for who in ("ann-a", "ann-b")]
    assert rules(measured([*some, *apart], SHOWN, about)) == {}


def test_a_control_article_with_suggestions_in_it_is_a_finding() -> None:
    works = [work(CONTROL, who, mentions=(changed(PERSON, origin=Origin.ACCEPTED),)) for who in ("ann-a", "ann-b")]
    found = measured(works, SHOWN, [CONTROL])
    assert rules(found) == {TOUCHED.id: 2}
    assert [one.place.annotator for one in found.findings] == ["ann-a", "ann-b"]


def test_what_came_from_another_suggestion_is_a_finding() -> None:
    """It counts as added; what is known is silent, and so is what an annotator marked by hand."""
    stranger = mention(TEXT, "x1", "Monday", "DATETIME", origin=Origin.CHANGED)
    by_hand = mention(TEXT, "x2", "boats", "WEAPON_EQUIPMENT")
    known = changed(PERSON, origin=Origin.ACCEPTED)
    found = measured([work(SUGGESTED, "ann-a", mentions=(known, stranger, by_hand))], SHOWN, [SUGGESTED])
    assert counts(by_name(found)["entities", ""]) == (1, 0, 3, 2)
    (one,) = (one for one in found.findings if one.rule == UNKNOWN.id)
    assert one.message == "1 item was suggested by what is not known, and counted as added"


def test_time_with_and_without() -> None:
    stories = [article(f"{arm}{n}", TEXT + "x" * n, story_id=f"{arm}{n}") for arm in "ac" for n in range(3)]
    shown = [
        Shown(article_id=one.article_id, arm="suggested", version=V)
        if one.article_id.startswith("a")
        else Shown(article_id=one.article_id, arm="control")
        for one in stories
    ]
    seconds = dict(zip((one.article_id for one in stories), (60, 100, 400, 120, 200, 300), strict=True))
    works = [work(one, "ann-a", lead_time=float(seconds[one.article_id])) for one in stories]
    works += [work(stories[3], "ann-b", lead_time=None), work(stories[4], "ann-b", lead_time=-1.0)]
    found = measured(works, shown, stories)
    assert (found.seconds.suggested.value, found.seconds.control.value) == (100.0, 200.0)
    assert (found.seconds.difference.value, found.seconds.counts) == (-100.0, (3, 3))
    assert (found.seconds.suggested.low, found.seconds.suggested.high) == (60.0, 400.0)
    pace = {one.article_id: 1000 * seconds[one.article_id] / len(one.text) for one in stories}
    expected = median(pace[f"a{n}"] for n in range(3))
    assert found.seconds_per_1000.suggested.value == pytest.approx(expected, rel=0.005)
    logs = {arm: sum(math.log(pace[f"{arm}{n}"]) for n in range(3)) / 3 for arm in "ac"}
    assert found.ratio.value == pytest.approx(math.exp(logs["a"] - logs["c"]))
    assert found.people == 1


def test_within_annotators_it_does_not_matter_who_worked_where() -> None:
    """Everybody takes half as long with suggestions; the slow one has most of them, so the medians say otherwise."""
    suggested = [Timed(f"s{n}", "slow", 400.0) for n in range(9)] + [Timed("s9", "quick", 50.0)]
    control = [Timed("s9", "slow", 800.0)] + [Timed(f"s{n}", "quick", 100.0) for n in range(9)]
    suggested.append(Timed("s1", "elsewhere", 1.0))  # who worked on one side only says nothing
    ratio, people = within(suggested, control)
    assert people == 2
    assert [ratio.low, ratio.value, ratio.high] == [pytest.approx(0.5)] * 3
    difference = medians(suggested, control).difference.value
    assert difference is not None
    assert difference > 0
    assert within(suggested, []) == (within([], [])[0], 0)


def test_annotators_weigh_by_what_they_did_on_both_sides() -> None:
    """One halves the time with 1 · 3 / 4 of weight, one doubles it with 1 · 1 / 2: 2 to the (-0.75 + 0.5) / 1.25."""
    suggested = [Timed("s1", "ann-a", 100.0), Timed("s2", "ann-b", 400.0)]
    control = [Timed("s2", "ann-a", 200.0)] * 3 + [Timed("s1", "ann-b", 200.0)]
    ratio, people = within(suggested, control)
    assert (people, ratio.clusters) == (2, 2)
    assert ratio.value == pytest.approx(2 ** (-0.25 / 1.25))


def test_each_side_needs_two_stories_for_an_interval() -> None:
    suggested = [Timed("s1", "ann-a", 100.0), Timed("s2", "ann-a", 200.0)]
    found = medians(suggested, [Timed("s2", "ann-a", 300.0)])
    assert (found.suggested.low, found.suggested.high, found.suggested.clusters) == (100.0, 200.0, 2)
    assert (found.control.value, found.control.low, found.control.high) == (300.0, None, None)
    assert (found.difference.value, found.difference.low, found.difference.clusters) == (-150.0, None, 1)


TIMES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 999)), max_size=12)


@given(TIMES, TIMES)
def test_medians_are_medians(left: list[tuple[str, int]], right: list[tuple[str, int]]) -> None:
    found = medians(*([Timed(story, "ann-a", float(value)) for story, value in side] for side in (left, right)))
    for side, estimate in ((left, found.suggested), (right, found.control)):
        assert estimate.value == (median(value for _, value in side) if side else None)
        assert estimate.clusters == len({story for story, _ in side})
        if estimate.low is not None and estimate.high is not None:
            assert min(value for _, value in side) <= estimate.low <= estimate.high <= max(value for _, value in side)
    swapped = medians(*([Timed(story, "ann-a", float(value)) for story, value in side] for side in (right, left)))
    assert (swapped.suggested.value, swapped.control.value) == (found.control.value, found.suggested.value)


ITEMS = (PERSON, TOWN, GUARD, HARBOUR)
PARTS = st.lists(st.sampled_from(range(6)), unique=True)


@st.composite
def random_work(draw: st.DrawFn, who: str) -> Annotation:
    """Some of what was suggested, some of it changed, and some more."""
    mentions = []
    for item in ITEMS:
        kept = draw(st.sampled_from(("as it is", "moved", "named", "gone")))
        if kept == "moved":
            mentions.append(moved(item, "Monday"))
        elif kept != "gone":
            mentions.append(changed(item, labels=("NORP",)) if kept == "named" else item)
    mentions += [mention(TEXT, f"x{n}", "boats", "WEAPON_EQUIPMENT") for n in draw(PARTS)]
    ids = [one.id for one in mentions]
    ends = st.tuples(*[st.sampled_from(ids or [""])] * 2)
    pairs = draw(st.lists(ends.filter(lambda pair: pair[0] != pair[1]), unique=True, max_size=3)) if ids[1:] else []
    cues = (CUE,) * draw(st.integers(0, 1))
    claimants = ("m1",) if "m1" in ids else ()
    layers = draw(st.sampled_from((("entities", "relations", "claims"), ("entities",), ("relations", "claims"))))
    return work(
        SUGGESTED,
        who,
        mentions=tuple(mentions),
        cues=cues,
        claims=(changed(CLAIM, claimants=claimants, cues=tuple(cue.id for cue in cues)),) * draw(st.integers(0, 1)),
        relations=tuple(Relation(type="located_in", head=head, tail=tail) for head, tail in pairs),
        layers=layers,
        skipped=draw(st.booleans()) and not mentions,
    )


@given(random_work("ann-a"), random_work("ann-b"))
def test_nothing_that_was_suggested_or_made_is_lost(one: Annotation, other: Annotation) -> None:
    """Suggested = accepted + changed + deleted, and what stands = accepted + changed + added, for each annotator."""
    said = suggestions(SUGGESTED)
    sizes = {"entities": 4, "claims": 2, "relations": 1}
    for mine in (one, other):
        found = Counter((each.layer, each.fate) for each in outcomes(mine, said, GRAMMAR))
        layers = () if mine.skipped else mine.layers
        stands = {"entities": len(mine.mentions), "claims": len(mine.claims) + len(mine.cues)}
        stands["relations"] = len(mine.relations)
        for layer, size in sizes.items():
            fates = {fate: found[layer, fate] for fate in Fate}  # type: ignore[index]
            kept = fates[Fate.ACCEPTED] + fates[Fate.CHANGED]
            assert kept + fates[Fate.DELETED] == (size if layer in layers else 0)
            assert kept + fates[Fate.ADDED] == (stands[layer] if layer in layers else 0)
    both = measured([one, other], SHOWN, [SUGGESTED])
    for use in both.uses:
        parts = [each for each in both.uses if each.layer == use.layer and each.label]
        if not use.label:
            assert counts(use) == tuple(map(sum, zip(*map(counts, parts), strict=True)))
    assert json.dumps(both.as_dict()) == json.dumps(measured([other, one], SHOWN, [SUGGESTED]).as_dict())


def test_the_result_is_plain_json() -> None:
    found = measured([STRICT, LENIENT], SHOWN, [SUGGESTED])
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    (claims,) = (one for one in told["uses"] if (one["layer"], one["label"]) == ("claims", "CLAIM"))
    assert (claims["suggested"], claims["changes"]) == (2, {"answer": 1, "links": 1})
    assert [one["rule"] for one in told["findings"]] == [UNCONTROLLED.id]


def test_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert load_shown(path) == ()
    assert write_shown(path, reversed(SHOWN)) == 2
    first = path.read_bytes()
    assert load_shown(path) == SHOWN
    write_shown(path, SHOWN)
    assert path.read_bytes() == first
    said = suggestions(SUGGESTED)
    (tmp_path / "rules.jsonl").write_text(said.model_dump_json() + "\n", encoding="utf-8")
    assert list(load_suggestions(tmp_path)) == [said]
    assert list(load_suggestions(tmp_path / "nowhere")) == []
    path.write_text('{"article_id": "a1", "arm": "both"}\n', encoding="utf-8")
    with pytest.raises(BadInputError, match=r"shown\.jsonl:1: not valid\n  arm"):
        load_shown(path)
