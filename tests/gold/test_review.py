"""What an adjudicator is shown, and what their decisions make of it."""

from __future__ import annotations

from hashlib import sha256
from itertools import permutations
from pathlib import Path

import pytest
from gold.disputes import (
    ADA,
    ADJUDICATOR,
    ANNOTATORS,
    ARTICLE,
    BRIDGE,
    CODEC,
    COST,
    FIVE,
    HURT,
    MEETING,
    ONTOLOGY,
    OSTRIA,
    SAID,
    TAXES,
    TEO,
    TEXT,
    TOLD,
    VELDA,
    Hand,
    case_of,
    claim,
    marks,
    mention,
    open_article,
    relation,
    work,
    works,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep import examples

from toolkit import samples
from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Origin
from toolkit.files import to_json
from toolkit.findings import Place
from toolkit.gold.model import Gold, Provenance, Resolution, relation_key
from toolkit.gold.resolve import resolve
from toolkit.gold.review.board import make_case
from toolkit.gold.review.case import Case, blind, renamed, strange_names, voters, work_digest, worst_first
from toolkit.gold.review.fates import Fate
from toolkit.gold.review.marks import OPEN, bare
from toolkit.gold.review.reading import Reviewed, read_review
from toolkit.gold.review.rounds import HandedIn, ReviewTask, read_rounds
from toolkit.gold.review.words import differences_in_words
from toolkit.ontology.model import LENIENT, Ontology
from toolkit.project import GoldSettings
from toolkit.stages import ingest, setup
from toolkit.workspace import Workspace


@pytest.fixture
def case() -> Case:
    return case_of(open_article())


@pytest.fixture
def hand(case: Case) -> Hand:
    return Hand(case)


def reasons(gold: Gold) -> list[tuple[str, str]]:
    return [(one.kind, one.reason) for one in gold.differences]


def why(reviewed: Reviewed, id: str) -> Provenance:
    return reviewed.gold.provenance[id]


# What is shown


def test_the_article_has_a_difference_of_every_kind() -> None:
    assert sorted(reasons(open_article())) == sorted(
        [
            *(("mention", reason) for reason in ("presence", "label", "boundaries", "level")),
            *(("claim", reason) for reason in ("presence", "check_worthy", "claimants", "cues", "values")),
            *(("relation", reason) for reason in ("presence", "type", "direction", "modality", "end-open")),
        ]
    )


def test_what_is_open_is_marked_and_says_who_proposes_it(case: Case) -> None:
    found = marks(case.result)
    assert found.keys() >= case.spans.keys()
    assert found["GPE_Dunmere"] == [OPEN, "by amina", "by boris"]
    assert found["PERSON_minister"] == [OPEN, "by chen"]
    assert found[f"{ADA} > {VELDA}"] == [OPEN, "by amina", "by boris"]
    settled = {item.id for item in (*case.open.mentions, *case.open.cues, *case.open.claims)}
    assert not settled & found.keys()


def test_only_what_all_say_is_filled_in(case: Case) -> None:
    answers = {
        (one["id"], one["from_name"]): one["value"].get("choices")
        for one in case.result
        if one["type"] == "choices" and one["id"] in case.spans
    }
    assert ("CLAIM_rain_will_come", "check_worthy") not in answers
    assert answers["CLAIM_rain_will_come", "certainty"] == ["certain"]
    assert ("PERSON_she", "level") not in answers
    assert answers["CLAIM_the_bridge_fell", "check_worthy"] == ["yes"]


def test_the_end_of_a_link_that_was_voted_down_is_shown_again_and_can_be_accepted() -> None:
    ends = mention("Ada Bly", "PERSON"), mention("reporters", "PERSON")
    alone = work("amina", mentions=ends, relations=(relation("met_with", *(end.id for end in ends)),))
    others = [work(who, mentions=ends[:1], layers=("entities",)) for who in ("boris", "chen")]
    (article,) = resolve([alone, *others], ONTOLOGY).open
    assert reasons(article) == [("relation", "end-missing")]
    hand = Hand(case_of(article))
    assert marks(hand.result) == {
        "PERSON_reporters": [OPEN, "by amina"],
        "PERSON_Ada_Bly > PERSON_reporters": [OPEN, "by amina"],
    }
    untouched = hand.hand_in()
    assert untouched.gold.voted_down == article.voted_down
    accepted = hand.accept("reporters")
    hand.accept_arrow(ADA, accepted)
    reviewed = hand.hand_in()
    assert (reviewed.gold.differences, reviewed.gold.voted_down) == ((), ())
    assert (why(reviewed, accepted).support, why(reviewed, accepted).voters) == (1, 3)


def test_a_link_is_not_accepted_before_what_it_ends_in() -> None:
    ends = mention("Ada Bly", "PERSON"), mention("reporters", "PERSON")
    alone = work("amina", mentions=ends, relations=(relation("met_with", *(end.id for end in ends)),))
    others = [work(who, mentions=ends[:1], layers=("entities",)) for who in ("boris", "chen")]
    hand = Hand(case_of(resolve([alone, *others], ONTOLOGY).open[0]))
    hand.accept_arrow(ADA, "PERSON_reporters")
    reviewed = hand.hand_in()
    assert [finding.rule for finding in reviewed.findings] == ["review-end-open"]
    assert reasons(reviewed.gold) == [("relation", "end-missing")]


def test_annotators_are_letters_in_an_order_that_tells_nothing() -> None:
    def order(key: int) -> tuple[str, ...]:
        return tuple(blind(ANNOTATORS, lambda who: sha256(f"{key} {who}".encode()).hexdigest()))

    orders = {order(key) for key in range(50)}
    assert len(orders) == 6
    letters = blind((str(number) for number in range(30)), lambda who: who)
    assert sorted(letters.values(), key=lambda name: (len(name), name))[24:28] == ["Y", "Z", "AA", "AB"]


def test_the_screen_is_the_same_whoever_is_called_what() -> None:
    screens = set()
    for letters in permutations("ABC"):
        shown = case_of(open_article(), dict(zip(ANNOTATORS, letters, strict=True))).result
        arrows = (one for one in shown if one["type"] == "relation")
        regions = {(one["id"], one["value"]["start"]) for one in shown if one["type"] == "labels"}
        screens.add(frozenset(regions | {(one["from_id"], one["to_id"], *bare(one["labels"])) for one in arrows}))
    (screen,) = screens
    assert (*MEETING, "met_with", "negated") in screen


def test_no_pseudonym_is_in_a_blind_case() -> None:
    pseudonyms = {who: f"ann-{who}xyz" for who in ANNOTATORS}
    everybody = [one.model_copy(update={"annotator": pseudonyms[one.annotator]}) for one in works()]
    gold = open_article(everybody)
    names = blind(voters(gold), lambda who: who[::-1])
    case = make_case(gold, TEXT, CODEC, names, lambda who: str(len(who)), round=1, work_sha256="")
    shown = case.model_dump_json() + differences_in_words(case.open, CODEC.grammar, TEXT)
    assert "ann-" not in shown
    back = {name: who for who, name in names.items()}
    assert renamed(case.open, back) == gold
    assert (
        read_review(case, list(case.result), TEXT, CODEC, ADJUDICATOR, back, Place()).gold.differences
        == gold.differences
    )


def test_the_words_say_who_says_what() -> None:
    words = differences_in_words(open_article(), CODEC.grammar, TEXT)
    assert "“minister”: what is it?\namina, boris: ROLE_TITLE\nchen: PERSON" in words
    assert "“Dunmere”: is it there?\namina, boris: GPE\nchen: nothing" in words
    assert "amina: ARMED_GROUP “the Harrow Front”\nboris, chen: ARMED_GROUP “Harrow Front”" in words
    assert "level?\namina: PERSON, level pronominal\nboris: PERSON, level nominal\nchen: PERSON, level named" in words
    assert "claim “taxes rose”: by which words?\namina, boris: claim, cues “told”\nchen: claim, cues none" in words
    assert "amina, boris: “Velda” supports “Ostria”\nchen: “Ostria” supports “Velda”" in words
    assert "boris: “Ada Bly” met_with (negated) “Teo Quill”" in words
    numbers = [line.partition(".")[0] for line in words.splitlines() if line[:1].isdigit()]
    assert numbers == [str(number) for number in range(1, 15)]


def test_the_worst_comes_first() -> None:
    few = open_article([one.model_copy(update={"claims": ()}) for one in works()]).model_copy(
        update={"article_id": "few"}
    )
    many = open_article()
    other = few.model_copy(update={"article_id": "a-few"})
    assert [case.article_id for case in worst_first(map(case_of, (few, many, other)))] == ["quarrel", "a-few", "few"]


def test_a_case_is_the_same_whatever_the_order() -> None:
    assert {case_of(open_article(order)).model_dump_json() for order in permutations(works())} == {
        case_of(open_article()).model_dump_json()
    }


def test_names_that_the_ontology_lost_are_named() -> None:
    article = open_article()
    assert strange_names(article, CODEC.grammar) == set()
    written = ONTOLOGY.model_dump()
    written |= {"entities": written["entities"][1:], "mention_attributes": ()}
    smaller = Ontology.model_validate(written, context=LENIENT)
    assert strange_names(article, Codec(smaller).grammar) == {"PERSON", "level"}


def test_context_is_there_for_links_and_nobodys_vote() -> None:
    """Claims that are labelled apart from the entities."""
    shown = mention("Ada Bly", "PERSON").model_copy(update={"origin": Origin.CONTEXT, "meta": {"note": 1}})
    linked = claim("the dam is safe", claimants=[ADA])
    both = [
        work("amina", layers=("claims",), mentions=(shown,), claims=(linked,)),
        work("boris", layers=("claims",), mentions=(shown,), claims=(claim("the dam is safe"),)),
    ]
    (article,) = resolve(both, ONTOLOGY).open
    assert reasons(article) == [("claim", "claimants")]
    hand = Hand(case_of(article))
    assert hand.hand_in().gold.mentions == article.mentions == (shown,)
    hand.accept("the dam is safe")
    hand.accept_arrow(linked.id, ADA)
    reviewed = hand.hand_in()
    assert (reviewed.gold.differences, reviewed.findings) == ((), ())
    assert reviewed.gold.mentions == (shown,)
    assert ADA not in reviewed.gold.provenance


# What nobody touches


def test_an_untouched_review_changes_nothing(case: Case, hand: Hand) -> None:
    reviewed = hand.hand_in()
    assert reviewed.gold == open_article().model_copy(update={"work_sha256": work_digest(works())})
    assert set(reviewed.fates) == {Fate.KEPT, Fate.LEFT}
    assert (reviewed.decided, reviewed.left, reviewed.findings) == (0, len(case.open.differences), ())


@pytest.mark.parametrize("rule", ["majority", "unanimous"])
def test_an_untouched_review_of_the_samples_changes_nothing(rule: str, tmp_path: Path) -> None:
    setup.init(tmp_path, "samples")
    ingest.add_articles(Workspace(tmp_path), [samples.ARTICLES])
    articles = ingest.articles(Workspace(tmp_path))
    everybody = [one for name in samples.ANNOTATORS for one in samples.work(name, articles, ONTOLOGY)]
    rules = GoldSettings.model_validate({"rule": rule})
    opened = resolve(everybody, ONTOLOGY, rules).open
    assert len(opened) > 1
    for article in opened:
        text = articles[article.article_id].text
        names = blind(voters(article), lambda who: who)
        back = {name: who for who, name in names.items()}
        case = make_case(article, text, CODEC, names, lambda who: who, round=1, work_sha256="")
        assert read_review(case, list(case.result), text, CODEC, ADJUDICATOR, back, Place()).gold == article


def test_what_label_studio_changes_by_itself_is_not_touched(hand: Hand) -> None:
    for element in hand.result:
        element["origin"] = "prediction-changed"
        if element["type"] == "labels":
            element["value"]["labels"].reverse()
            element["value"]["text"] = element["value"]["text"].replace(" ", "  ")
        element.setdefault("meta", {"lead_time": 3})
    hand.result.reverse()
    assert hand.hand_in().gold.model_copy(update={"work_sha256": ""}) == open_article()


# Every kind of difference, accepted and rejected


def left(reviewed: Reviewed, *decided: tuple[str, str]) -> None:
    """What is left open: all but what was decided."""
    assert reviewed.findings == ()
    gone = sorted(set(reasons(open_article())) - set(reasons(reviewed.gold)))
    assert gone == sorted(decided)
    assert reviewed.decided == len(decided)


def test_a_mention_is_accepted(hand: Hand) -> None:
    id = hand.accept("Dunmere")
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "presence"))
    (found,) = [item for item in reviewed.gold.mentions if item.text == "Dunmere"]
    assert (found.labels, found.origin, found.meta) == (("GPE",), Origin.MANUAL, {})
    provenance = why(reviewed, id)
    assert (provenance.resolution, provenance.adjudicator) == (Resolution.ADJUDICATED, ADJUDICATOR)
    assert (provenance.support, provenance.voters) == (2, 3)
    assert [(vote.annotator, vote.value is None) for vote in provenance.votes] == [
        ("amina", False),
        ("boris", False),
        ("chen", True),
    ]


def test_a_mention_is_rejected_and_its_votes_are_kept(hand: Hand) -> None:
    hand.reject("Dunmere")
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "presence"))
    assert all(item.text != "Dunmere" for item in reviewed.gold.mentions)
    (down,) = reviewed.gold.voted_down
    assert (down.kind, down.resolution, down.adjudicator) == ("mention", Resolution.ADJUDICATED, ADJUDICATOR)
    assert (down.support, down.voters, len(down.votes)) == (1, 3, 3)


def test_of_two_labels_one_is_chosen_and_the_other_goes(hand: Hand) -> None:
    id = hand.accept("minister", "PERSON")
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "label"))
    assert [item.labels for item in reviewed.gold.mentions if item.text == "minister"] == [("PERSON",)]
    assert (why(reviewed, id).support, why(reviewed, id).voters) == (1, 3)
    assert reviewed.fates[Fate.REJECTED] == 1


def test_a_third_label_is_given(hand: Hand) -> None:
    hand.region(hand.id("minister", "PERSON"))["value"]["labels"] = ["ORGANIZATION", "by chen"]
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "label"))
    (found,) = [item for item in reviewed.gold.mentions if item.text == "minister"]
    assert found.labels == ("ORGANIZATION",)
    assert (why(reviewed, found.id).support, why(reviewed, found.id).voters) == (0, 3)


def test_boundaries_are_chosen_and_the_links_follow(hand: Hand) -> None:
    """The relation was drawn to both forms; the one to the form that goes is the same relation."""
    chosen = hand.accept("Harrow Front")
    hand.reject("the Harrow Front")
    hand.accept_arrow(chosen, VELDA)
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "boundaries"), ("relation", "end-open"))
    (link,) = [link for link in reviewed.gold.relations if link.type == "opposes"]
    assert (link.head, link.tail) == (chosen, VELDA)
    provenance = why(reviewed, relation_key(link))
    assert (provenance.support, provenance.voters) == (3, 3)


def test_a_relation_that_went_with_a_rejected_form_is_still_open(hand: Hand) -> None:
    hand.reject("Harrow Front")
    chosen = hand.accept("the Harrow Front")
    hand.accept_arrow(chosen, VELDA)
    left(hand.hand_in(), ("mention", "boundaries"), ("relation", "end-open"))
    hand.result = [one for one in hand.result if one.get("from_id") != chosen]
    hand.relate("ARMED_GROUP_Harrow_Front", VELDA, OPEN, "opposes")
    hand.result = [one for one in hand.result if one.get("from_id") != "ARMED_GROUP_Harrow_Front"]
    assert ("relation", "end-open") not in reasons(hand.hand_in().gold)  # deleted by hand, both ends in place


def test_other_boundaries_are_drawn(hand: Hand) -> None:
    hand.reject("Harrow Front")
    hand.reject("the Harrow Front")
    drawn = hand.label("Front", "ARMED_GROUP")
    hand.relate(drawn, VELDA, "opposes")
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "boundaries"), ("relation", "end-open"))
    assert len(why(reviewed, drawn).votes) == 3
    assert (why(reviewed, drawn).support, why(reviewed, drawn).voters) == (0, 3)
    assert reviewed.gold.voted_down == ()  # it was not turned down: it got another form


def test_an_answer_is_given(hand: Hand) -> None:
    hand.answer("she", "level", "nominal")
    id = hand.accept("she")
    reviewed = hand.hand_in()
    left(reviewed, ("mention", "level"))
    assert next(item for item in reviewed.gold.mentions if item.id == id).attributes == {"level": "nominal"}
    assert why(reviewed, id).support == 3


def test_a_required_answer_is_given(hand: Hand) -> None:
    hand.answer("rain will come", "check_worthy", "maybe")
    id = hand.accept("rain will come")
    reviewed = hand.hand_in()
    left(reviewed, ("claim", "check_worthy"))
    (found,) = [item for item in reviewed.gold.claims if item.id == id]
    assert found.attributes["check_worthy"] == "maybe"
    assert (found.claimants, found.cues) == ((ADA,), (SAID,))


def test_without_a_required_answer_a_claim_stays_open(hand: Hand) -> None:
    hand.accept("rain will come")
    reviewed = hand.hand_in()
    assert [finding.rule for finding in reviewed.findings] == ["claim-attribute-missing"]
    assert reviewed.findings[0].next.endswith("goldkit review pull")
    assert reasons(reviewed.gold) == reasons(open_article())
    assert reviewed.decided == 0


def test_a_relation_to_what_breaks_a_rule_stays_open(hand: Hand) -> None:
    hand.accept_arrow(ADA, VELDA)
    hand.region(VELDA)["value"]["labels"] = ["SUBURB"]
    reviewed = hand.hand_in()
    findings = [(finding.rule, finding.message) for finding in reviewed.findings]
    assert ("unknown-label", "entities has no label 'SUBURB'") in findings
    assert ("review-end-open", "“Ada Bly” located_in “Velda” is accepted, and what it joins broke a rule") in findings
    assert len(findings) == 2
    assert reasons(reviewed.gold) == [*reasons(open_article()), ("mention", "presence")]


def test_a_claim_is_accepted(hand: Hand) -> None:
    id = hand.accept("the bridge fell")
    reviewed = hand.hand_in()
    left(reviewed, ("claim", "presence"))
    (found,) = [item for item in reviewed.gold.claims if item.id == id]
    assert (found.claimants, found.cues) == ((TEO,), (TOLD,))


def test_a_claim_is_rejected(hand: Hand) -> None:
    hand.reject("the bridge fell")
    reviewed = hand.hand_in()
    left(reviewed, ("claim", "presence"))
    assert BRIDGE not in {item.id for item in reviewed.gold.claims}


@pytest.mark.parametrize("claimant", [TEO, OSTRIA])
def test_who_claims_is_decided(hand: Hand, claimant: str) -> None:
    (other,) = {TEO, OSTRIA} - {claimant}
    hand.accept("nobody was hurt")
    hand.accept_arrow(HURT, claimant)
    hand.reject_arrow(HURT, other)
    reviewed = hand.hand_in()
    left(reviewed, ("claim", "claimants"))
    assert next(item for item in reviewed.gold.claims if item.id == HURT).claimants == (claimant,)


@pytest.mark.parametrize(("claim", "role", "end"), [(TAXES, "cues", TOLD), (COST, "values", FIVE)])
@pytest.mark.parametrize("linked", [True, False])
def test_other_links_of_a_claim_are_decided(hand: Hand, claim: str, role: str, end: str, linked: bool) -> None:
    hand.accept({TAXES: "taxes rose", COST: "it cost $5"}[claim])
    (hand.accept_arrow if linked else hand.reject_arrow)(claim, end)
    reviewed = hand.hand_in()
    left(reviewed, ("claim", role))
    found = next(item for item in reviewed.gold.claims if item.id == claim)
    assert getattr(found, role) == ((end,) if linked else ())
    assert found.claimants == (TEO,)


def test_a_claim_with_a_link_that_is_open_stays_open(hand: Hand) -> None:
    hand.accept("nobody was hurt")
    hand.accept_arrow(HURT, TEO)
    reviewed = hand.hand_in()
    assert [(finding.rule, finding.place.region) for finding in reviewed.findings] == [("review-link-open", HURT)]
    assert "“nobody was hurt” claimed_by “Ostria”" in reviewed.findings[0].message
    assert reasons(reviewed.gold) == reasons(open_article())


def links(reviewed: Reviewed) -> set[tuple[str, str, str, str]]:
    return {(link.type, link.head, link.tail, link.modality) for link in reviewed.gold.relations}


@pytest.mark.parametrize("accepted", [True, False])
def test_whether_a_relation_is_there_is_decided(hand: Hand, accepted: bool) -> None:
    (hand.accept_arrow if accepted else hand.reject_arrow)(ADA, VELDA)
    reviewed = hand.hand_in()
    left(reviewed, ("relation", "presence"))
    assert (("located_in", ADA, VELDA, "asserted") in links(reviewed)) is accepted
    if accepted:
        key = next(name for name in reviewed.gold.provenance if "located_in" in name)
        assert (why(reviewed, key).support, why(reviewed, key).voters) == (2, 3)


@pytest.mark.parametrize(("type", "support"), [("supports", 2), ("opposes", 1), ("met_with", 0)])
def test_the_type_of_a_relation_is_decided(hand: Hand, type: str, support: int) -> None:
    hand.arrow(TEO, VELDA)["labels"] = [type, "by amina"]
    reviewed = hand.hand_in()
    left(reviewed, ("relation", "type"))
    assert (type, TEO, VELDA, "asserted") in links(reviewed)
    key = next(name for name in reviewed.gold.provenance if type in name and VELDA in name)
    assert (why(reviewed, key).support, len(why(reviewed, key).votes)) == (support, 3)


@pytest.mark.parametrize(("ends", "support"), [((VELDA, OSTRIA), 2), ((OSTRIA, VELDA), 1)])
def test_the_direction_of_a_relation_is_decided(hand: Hand, ends: tuple[str, str], support: int) -> None:
    hand.accept_arrow(*ends)
    reviewed = hand.hand_in()  # the other one goes by itself
    left(reviewed, ("relation", "direction"))
    assert reviewed.fates[Fate.REJECTED] == 1
    assert {link for link in links(reviewed) if link[0] == "supports"} == {("supports", *ends, "asserted")}
    key = next(name for name in reviewed.gold.provenance if "supports" in name)
    assert why(reviewed, key).support == support


def test_an_arrow_that_is_turned_round_is_another(hand: Hand) -> None:
    hand.reject_arrow(OSTRIA, VELDA)
    arrow = hand.arrow(VELDA, OSTRIA)
    arrow["labels"].remove(OPEN)
    arrow["direction"] = "left"
    reviewed = hand.hand_in()
    left(reviewed, ("relation", "direction"))
    assert ("supports", OSTRIA, VELDA, "asserted") in links(reviewed)


@pytest.mark.parametrize(("modality", "support"), [("asserted", 2), ("negated", 1), ("hypothetical", 0)])
def test_the_modality_of_a_relation_is_decided(hand: Hand, modality: str, support: int) -> None:
    hand.arrow(*MEETING)["labels"] = ["met_with"] if modality == "asserted" else ["met_with", modality]
    reviewed = hand.hand_in()
    left(reviewed, ("relation", "modality"))
    assert ("met_with", *MEETING, modality) in links(reviewed)
    key = next(name for name in reviewed.gold.provenance if "met_with" in name)
    assert why(reviewed, key).support == support


def test_everything_can_be_decided_in_one_go(hand: Hand) -> None:
    hand.answer("she", "level", "pronominal")
    hand.answer("rain will come", "check_worthy", "yes")
    for element in hand.result:
        labels = element["labels"] if element["type"] == "relation" else element["value"].get("labels", [])
        if OPEN in labels:
            labels.remove(OPEN)
    for ends in ((OSTRIA, VELDA), (HURT, OSTRIA)):
        hand.reject_arrow(*ends)
    hand.arrow(TEO, VELDA)["labels"] = ["opposes"]
    hand.arrow(*MEETING)["labels"] = ["met_with", "negated"]
    hand.reject("minister", "PERSON")
    hand.reject("the Harrow Front")
    reviewed = hand.hand_in()
    assert (reviewed.findings, reviewed.gold.differences) == ((), ())
    resolved = resolve(works(), ONTOLOGY, GoldSettings(rule="unanimous"), [reviewed.gold])
    assert (resolved.gold, resolved.awaiting, resolved.findings) == ((reviewed.gold,), (), ())
    assert reviewed.gold.resolution is Resolution.ADJUDICATED
    kept = {name for name, one in reviewed.gold.provenance.items() if one.resolution is Resolution.UNANIMOUS}
    assert {ADA, TEO, VELDA, OSTRIA, FIVE, SAID, TOLD, "CLAIM_the_dam_is_safe"} <= kept


# What else can be done


def test_a_settled_item_can_be_changed_deleted_and_added_to(hand: Hand) -> None:
    hand.region(OSTRIA)["value"]["labels"] = ["ORGANIZATION"]
    hand.reject("the dam is safe")
    drawn = hand.label("reporters", "PERSON")
    hand.relate(TEO, drawn, "met_with")
    hand.arrow(TEO, OSTRIA)["labels"] = ["member_of"]
    reviewed = hand.hand_in()
    left(reviewed)
    assert next(item for item in reviewed.gold.mentions if item.id == OSTRIA).labels == ("ORGANIZATION",)
    assert (why(reviewed, OSTRIA).support, why(reviewed, OSTRIA).voters) == (0, 3)
    assert why(reviewed, OSTRIA).resolution is Resolution.ADJUDICATED
    assert "CLAIM_the_dam_is_safe" not in {item.id for item in reviewed.gold.claims}
    assert (why(reviewed, drawn).support, len(why(reviewed, drawn).votes)) == (0, 3)
    assert {link[:2] for link in links(reviewed)} == {("met_with", TEO), ("member_of", TEO)}
    assert [down.kind for down in reviewed.gold.voted_down] == ["claim", "relation"]
    assert why(reviewed, TEO) == open_article().provenance[TEO]
    assert (reviewed.added, reviewed.fates[Fate.ADDED]) == (3, 3)


def test_a_settled_claim_whose_links_change_is_adjudicated(hand: Hand) -> None:
    hand.relate("CLAIM_the_dam_is_safe", VELDA, "claimed_by")
    reviewed = hand.hand_in()
    left(reviewed)
    found = next(item for item in reviewed.gold.claims if item.text == "the dam is safe")
    assert found.claimants == (VELDA, ADA)
    assert why(reviewed, found.id).resolution is Resolution.ADJUDICATED


def test_what_is_changed_and_keeps_its_mark_is_open_and_named(hand: Hand) -> None:
    hand.answer("she", "level", "nominal")
    reviewed = hand.hand_in()
    assert [(finding.rule, finding.place.region) for finding in reviewed.findings] == [
        ("review-still-open", "PERSON_she")
    ]
    assert reviewed.gold.differences == open_article().differences


def test_a_settled_item_that_is_marked_is_open_again(hand: Hand) -> None:
    hand.region(VELDA)["value"]["labels"].append(OPEN)
    reviewed = hand.hand_in()
    assert ("mention", "presence") in reasons(reviewed.gold)[len(open_article().differences) :]
    assert VELDA not in {item.id for item in reviewed.gold.mentions}
    again = Hand(case_of(reviewed.gold, round=2))
    assert marks(again.result)[VELDA] == [OPEN, "by amina", "by boris", "by chen"]


def test_what_breaks_a_rule_is_named_and_leaves_its_difference_open(hand: Hand) -> None:
    hand.arrow(TEO, VELDA)["labels"] = ["uses"]  # joins no such two
    hand.arrow(VELDA, OSTRIA)["labels"] = ["supports"]
    hand.arrow(VELDA, OSTRIA)["direction"] = "bi"
    hand.reject_arrow(OSTRIA, VELDA)
    hand.region(OSTRIA)["value"]["labels"] = ["DATETIME"]  # nobody comes from a date
    reviewed = hand.hand_in()
    assert sorted(finding.rule for finding in reviewed.findings) == [
        "relation-direction",
        "relation-end-type",
        "relation-end-type",
    ]
    assert reasons(reviewed.gold)[: len(open_article().differences)] == reasons(open_article())
    assert reasons(reviewed.gold)[len(open_article().differences) :] == [("relation", "presence")]  # origin, settled


def test_nothing_that_comes_back_can_break_the_reading(hand: Hand) -> None:
    strange = [None, 3, {"type": "labels"}, {"type": "relation", "from_id": 1}, {"id": "x", "type": "choices"}]
    hand.result += strange  # type: ignore[arg-type]
    hand.label("reporters", OPEN)
    hand.relate("nowhere", VELDA, "supports")
    reviewed = hand.hand_in()
    assert {finding.rule for finding in reviewed.findings} >= {"malformed-result", "dangling-relation"}
    assert reviewed.gold.differences == open_article().differences
    for result in (None, "x", 7, {"a": 1}, [[]]):
        hand.result = result  # type: ignore[assignment]
        assert hand.hand_in().gold.mentions == ()  # all of it was deleted; whether it is a review is told before


# Rounds


def test_a_second_round_shows_the_first_ones_decisions_as_settled(hand: Hand) -> None:
    chosen = hand.accept("Dunmere")
    hand.reject("minister", "PERSON")  # and leaves the other label open
    first = hand.hand_in().gold
    again = Hand(case_of(first, round=2))
    assert chosen not in marks(again.result)
    assert marks(again.result)["ROLE_TITLE_minister"] == [OPEN, "by amina", "by boris"]
    assert "PERSON_minister" not in marks(again.result)
    assert again.hand_in().gold.provenance[chosen].adjudicator == ADJUDICATOR
    assert again.hand_in().gold == first
    again.accept("minister")
    second = again.hand_in()
    assert ("mention", "label") not in reasons(second.gold)
    assert why(second, chosen) == first.provenance[chosen]
    assert len(why(second, "ROLE_TITLE_minister").votes) == 3


def test_links_to_what_was_chosen_are_drawn_there_in_the_next_round(hand: Hand) -> None:
    chosen = hand.accept("the Harrow Front")
    again = Hand(case_of(hand.hand_in().gold, round=2))
    assert marks(again.result)[f"{chosen} > {VELDA}"] == [OPEN, "by amina", "by boris", "by chen"]


def reviewed_task(case: Case, *results: Hand, skipped: bool = False, text: str = TEXT) -> ReviewTask:
    handed = tuple(
        HandedIn(hand.result, f"dara-{number}", (f"2031-0{number}", number)) for number, hand in enumerate(results, 1)
    )
    return ReviewTask("quarrel", text, case, "https://studio.example/1", handed, skipped)


def rounds(*those: ReviewTask) -> tuple[Gold | None, list[str], dict[str, int]]:
    found = read_rounds(those, {"quarrel": ARTICLE}, CODEC, lambda case: {})
    assert found.counts.add_up
    return found.by_article.get("quarrel"), [finding.rule for finding in found.findings], found.counts.as_dict()


def test_the_latest_of_several_reviews_counts(case: Case) -> None:
    first, last = Hand(case), Hand(case)
    first.reject("Dunmere")
    last.accept("Dunmere")
    gold, findings, counts = rounds(reviewed_task(case, first, last))
    assert gold is not None
    assert gold.provenance["GPE_Dunmere"].adjudicator == "dara-2"
    assert findings == ["reviewed-twice"]
    assert (counts["articles_reviewed"], counts["differences"], counts["differences_decided"]) == (1, 14, 1)


def test_a_review_that_began_with_an_empty_screen_does_not_count(case: Case) -> None:
    good, blank, broken = Hand(case), Hand(case), Hand(case)
    good.accept("Dunmere")
    blank.result = []
    blank.label("reporters", "PERSON")
    broken.result = None  # type: ignore[assignment]
    gold, findings, counts = rounds(reviewed_task(case, good, blank, broken))
    assert gold is not None
    assert gold.provenance["GPE_Dunmere"].adjudicator == "dara-1"
    assert findings == ["review-from-scratch", "review-from-scratch"]
    assert rounds(reviewed_task(case, blank))[0] is None
    assert counts["articles_reviewed"] == 1


def test_all_that_is_open_can_be_rejected_where_nothing_is_settled() -> None:
    alone = [work("amina", mentions=(mention("Ada Bly", "PERSON"),)), work("boris"), work("chen")]
    hand = Hand(case_of(open_article(alone)))
    hand.reject("Ada Bly")
    gold, findings, _ = rounds(reviewed_task(hand.case, hand))
    assert (gold is not None and gold.differences, findings) == ((), [])


def test_a_skipped_task_leaves_the_article_open(case: Case) -> None:
    gold, findings, counts = rounds(reviewed_task(case, skipped=True))
    assert (gold, findings) == (None, [])
    assert (counts["articles_skipped"], counts["articles_waiting"]) == (1, 0)
    assert rounds(reviewed_task(case))[2]["articles_waiting"] == 1


def test_the_latest_round_counts_and_a_change_of_an_earlier_one_is_named(case: Case) -> None:
    first = Hand(case)
    first.accept("Dunmere")
    between = first.hand_in().gold
    second = Hand(case_of(between, round=2))
    second.accept("minister", "PERSON")
    tasks = reviewed_task(second.case, second), reviewed_task(case, first)
    gold, findings, _ = rounds(*tasks)
    assert gold is not None
    assert {"GPE_Dunmere", "PERSON_minister"} <= gold.provenance.keys()
    assert findings == ["review-round-changed"]  # this one's reviewer has another name
    waiting = rounds(reviewed_task(second.case), reviewed_task(case, first))
    assert waiting[0] is not None
    assert "PERSON_minister" not in waiting[0].provenance


def test_a_task_that_is_not_as_it_was_pushed_is_named(case: Case) -> None:
    gold, findings, counts = rounds(reviewed_task(case, Hand(case), text="another"))
    assert (gold, findings, counts["articles_rejected"]) == (None, ["text-changed"], 1)
    assert rounds(ReviewTask("quarrel", TEXT, None, "", (), False))[1] == ["review-unreadable"]
    assert read_rounds([reviewed_task(case)], {}, CODEC, lambda case: {}).findings[0].rule == "unknown-article"


def test_a_review_stands_when_the_annotators_change_their_work(hand: Hand) -> None:
    hand.accept("Dunmere")
    review = hand.hand_in().gold
    assert resolve(works(), ONTOLOGY, GoldSettings(rule="unanimous"), [review]).findings == ()
    later = [one.model_copy(update={"claims": ()}) if one.annotator == "chen" else one for one in works()]
    resolved = resolve(later, ONTOLOGY, GoldSettings(rule="unanimous"), [review])
    assert resolved.open == (review,)
    (finding,) = resolved.findings
    assert (finding.rule, finding.place.article_id) == ("reviewed-work-changed", "quarrel")
    assert "goldkit review push" in finding.next
    saved = [one.model_copy(update={"updated_at": "2031", "lead_time": 3.0}) for one in works()]
    assert resolve(saved, ONTOLOGY, GoldSettings(rule="unanimous"), [review]).findings == ()


# Laws


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[int, str, int]]:
    actions = ("delete", "unmark", "mark", "relabel", "move", "turn", "answer", "add", "relate")
    numbers = st.integers(0, 200)
    return draw(st.lists(st.tuples(numbers, st.sampled_from(actions), numbers), max_size=25))


def edit(hand: Hand, number: int, action: str, other: int) -> None:
    """One thing that can be done at the screen, to one of the elements."""
    element = hand.result[number % len(hand.result)] if hand.result else None
    partner = hand.result[other % len(hand.result)] if hand.result else None
    if element is None or partner is None:
        return
    labels = element["labels"] if element["type"] == "relation" else element["value"].get("labels", [])
    offered = (*ONTOLOGY.mention_types, "CLAIM", "CUE", *ONTOLOGY.relation_types, "claimed_by", "negated")
    if action == "delete" and element["type"] == "relation":
        hand.result.remove(element)
    elif action == "delete":
        gone = element["id"]
        hand.result = [one for one in hand.result if gone not in (one.get("id"), one.get("from_id"), one.get("to_id"))]
    elif action == "unmark" and OPEN in labels:
        labels.remove(OPEN)
    elif action == "mark" and labels:
        labels.append(OPEN)
    elif action == "relabel" and labels:
        labels[other % len(labels)] = offered[other % len(offered)]
    elif action == "move" and "start" in element.get("value", {}):
        element["value"]["start"] = min(other, element["value"]["end"] - 1)
        element["value"].pop("text", None)
    elif action == "turn" and element["type"] == "relation":
        element["direction"] = ("left", "bi", "right")[other % 3]
    elif action == "answer" and "choices" in element.get("value", {}):
        element["value"]["choices"] = [("yes", "named", "certain", "nonsense")[other % 4]]
    elif action == "add":
        hand.label(("reporters", "quiet", "morning")[other % 3], offered[other % 14])
    elif action == "relate" and "id" in element and "id" in partner:
        hand.relate(element["id"], partner["id"], offered[14 + other % (len(offered) - 14)])


def every_vote(gold: Gold) -> set[str]:
    those = (*gold.provenance.values(), *gold.differences, *gold.voted_down)
    return {to_json(vote.model_dump()) for one in those for vote in one.votes if vote.value is not None}


@settings(max_examples=examples(80))
@given(edits())
def test_whatever_is_done_nothing_is_lost_and_the_gold_holds_together(done: list[tuple[int, str, int]]) -> None:
    article = open_article()
    hand = Hand(case_of(article))
    for number, action, other in done:
        edit(hand, number, action, other)
    reviewed = hand.hand_in()  # which counts
    gold = reviewed.gold
    assert every_vote(article) <= every_vote(gold)
    spans = {item.id for part in (gold.mentions, gold.cues, gold.claims) for item in part}
    keys = {relation_key(link) for link in gold.relations}
    assert gold.provenance.keys() == spans | keys
    ends = {item.id for part in (gold.mentions, gold.cues) for item in part}
    assert {end for link in gold.relations for end in (link.head, link.tail)} <= ends
    assert {end for one in gold.claims for end in (*one.claimants, *one.cues, *one.values)} <= ends
    assert all(
        item.text == TEXT[item.start : item.end] for part in (gold.mentions, gold.cues, gold.claims) for item in part
    )
    assert 0 <= reviewed.decided <= reviewed.differences
    assert len(gold.differences) >= reviewed.left
    again = Hand(case_of(gold, round=2)).hand_in()
    assert again.gold == gold
    assert again.findings == ()
