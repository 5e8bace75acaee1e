"""What gold says of other articles: passages that they share, names, and relations between names."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampled import sample_workspace

from toolkit.annotations.codec import Codec
from toolkit.annotations.model import Claim, Cue, Mention, Origin, Relation
from toolkit.articles.model import Article, text_digest
from toolkit.findings import Finding
from toolkit.gold.model import Difference, Gold, Resolution
from toolkit.gold.store import load_gold
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer
from toolkit.spans import Span
from toolkit.stages import gold as gold_stage
from toolkit.stages import ingest, setup
from toolkit.suggest.carry import CarryOver
from toolkit.suggest.carry_tokens import Tokens
from toolkit.suggest.checks import check
from toolkit.suggest.model import Suggestions

MARKED = re.compile(r"\[([^]|]+)\|(\w+)(?: (\w+))?\]")
WIRE = (
    "Police detained 30 dockers in [Lassendry|GPE] on [Tuesday|DATETIME], the [Interior Ministry|ORGANIZATION] said. "
    "Minister [Karl Vessing|PERSON] said the men had blocked the gates of the [Olvane Terminal|FACILITY] since noon.\n"
    "The union’s leader, [Mara Tolk|PERSON], called it “an attack on every worker in the port”."
)


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology(setup.shipped_configs() / "ontology.yaml")


def article(id: str, text: str, story: str = "strike", copies: str = "") -> Article:
    digest = text_digest(text)
    return Article(article_id=id, text=text, text_sha256=digest, story_id=story, dup_group=copies)


def marked(id: str, text: str, story: str = "strike", copies: str = "") -> tuple[Article, Gold]:
    """An article and its gold, from a text in which "[Karl Vessing|PERSON]" is a mention; a level may follow."""
    plain, mentions = "", list[Mention]()
    end = 0
    for found in MARKED.finditer(text):
        plain += text[end : found.start()]
        words, label, level = found.groups()
        place = {"start": len(plain), "end": len(plain) + len(words), "text": words}
        answers = {"level": level} if level else {}
        mentions.append(Mention(id=f"m{len(mentions) + 1}", labels=(label,), attributes=answers, **place))
        plain, end = plain + words, found.end()
    one = article(id, plain + text[end:], story, copies)
    return one, gold(one, mentions)


def gold(of: Article, mentions: Sequence[Mention], **more: object) -> Gold:
    return Gold(
        article_id=of.article_id,
        text_sha256=of.text_sha256,
        ontology_version="1.1.0",
        resolution=Resolution.SINGLE,
        annotators=("a",),
        voters=1,
        mentions=tuple(mentions),
    ).model_copy(update=more)


def related(known: Gold, *relations: tuple[str, str, str], modality: str = "asserted") -> Gold:
    """With relations, by the texts of their ends."""
    ids = {one.text: one.id for one in known.mentions}
    made = [Relation(type=kind, head=ids[head], tail=ids[tail], modality=modality) for head, kind, tail in relations]
    return known.model_copy(update={"relations": (*known.relations, *made)})


def carried(
    ontology: Ontology,
    target: Article,
    *known: tuple[Article, Gold],
    copies: Sequence[tuple[str, str]] = (),
    layers: Sequence[Layer] = LAYERS,
) -> Suggestions:
    articles = {one.article_id: one for one, _ in known} | {target.article_id: target}
    source = CarryOver([own for _, own in known], articles, ontology, copies, layers)
    (found,) = source.suggest([target])
    assert isinstance(found, Suggestions)
    assert found.version == source.version
    for one in found.spans():
        assert target.text[one.start : one.end] == one.text
    return found


def said(found: Suggestions) -> list[tuple[str, str]]:
    return [(one.text, " ".join(one.labels)) for one in found.mentions]


def with_claim(known: tuple[Article, Gold]) -> tuple[Article, Gold]:
    """The wire text's first claim, its claimant and cue, and a relation."""
    one, own = known
    at = one.text.index("said")
    claim = Claim(
        id="c1",
        start=0,
        end=(end := one.text.index(", the Interior")),
        text=one.text[:end],
        attributes={"attribution": "indirect"},
        claimants=("m3",),
        cues=("q1",),
        values=("m2",),
    )
    cue = Cue(id="q1", start=at, end=at + 4, text="said")
    own = related(own, ("Karl Vessing", "located_in", "Olvane Terminal"), modality="attributed")
    return one, own.model_copy(update={"claims": (claim,), "cues": (cue,)})


class TestPassages:
    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text,
            lambda text: "By our own correspondents\n" + text + "\nMore on this at six.",
            lambda text: text.replace("“", '"').replace("”", '"').replace("’", "'"),
            lambda text: text.replace(" ", "\u00a0"),
            lambda text: text.replace(". ", ".\n\n"),
            lambda text: "🚢⚓ " + text.replace("since noon.", "since noon 👷🏽‍♀️.").replace("\n", "\n\n"),
            lambda text: "أضراب في الميناء\n" + text,
        ],
        ids=["as it is", "put in", "quotes", "spaces", "lines", "emoji", "arabic"],
    )
    def test_all_of_a_copy_moves(self, change: object, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, copies="w"))
        text = change(known[0].text)  # type: ignore[operator]
        found = carried(ontology, article("b", text, story="", copies="w"), known)
        assert [one.labels for one in found.mentions] == [one.labels for one in known[1].mentions]
        assert [one.text.split() for one in found.mentions] == [one.text.split() for one in known[1].mentions]
        (claim,), (cue,), (relation,) = found.claims, found.cues, found.relations
        by_id = {one.id: one.text.split() for one in found.mentions}
        assert claim.text.split() == known[1].claims[0].text.split()
        assert claim.attributes == {"attribution": "indirect"}
        assert [by_id[id] for id in claim.claimants] == [["Interior", "Ministry"]]
        assert [by_id[id] for id in claim.values] == [["Tuesday"]]
        assert claim.cues == (cue.id,)
        assert (by_id[relation.head], by_id[relation.tail]) == (["Karl", "Vessing"], ["Olvane", "Terminal"])
        assert (relation.type, relation.modality) == ("located_in", "attributed")

    def test_what_was_cut_or_changed_does_not_move(self, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, copies="w"))
        text = known[0].text.replace("30 dockers", "31 dockers").replace("Karl Vessing", "Interior Minister Vessing")
        found = carried(ontology, article("b", text, copies="w"), known)
        assert not found.claims
        assert not found.relations
        assert ("Lassendry", "GPE") in said(found)
        assert all("Vessing" not in one.text for one in found.mentions)

    def test_a_claim_moves_with_all_that_it_leads_to_or_not_at_all(self, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, copies="w"))
        text = known[0].text.replace("the Interior Ministry said", "officials there said")
        found = carried(ontology, article("b", text, copies="w"), known)
        assert known[1].claims[0].text in text
        assert not found.claims
        assert ("Tuesday", "DATETIME") in said(found)

    def test_an_edge_needs_its_neighbours(self, ontology: Ontology) -> None:
        known = marked("a", "In the end the strike was called off by the [Dockers Union|ORGANIZATION].")
        text = "In the end the strike was called off by the Dockers Union Council of Lassendry."
        assert not carried(ontology, article("b", text), known).mentions

    def test_a_passage_that_stands_twice_is_moved_once(self, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, copies="w"))
        text = known[0].text
        found = carried(ontology, article("b", f"{text}\n{text}", copies="w"), known)
        assert [one.start for one in found.claims] == [0]
        assert [one.text for one in found.mentions].count("Mara Tolk") == 2  # the second as a name
        assert len({one.head for one in found.relations}) == 2  # the second as between names

    def test_a_part_of_a_word_moves_and_white_space_does_not(self, ontology: Ontology) -> None:
        text = "والآن قال [وزير|ROLE_TITLE]ه إن الميناء سيبقى مغلقا حتى نهاية الأسبوع."
        known = marked("a", text)
        assert said(carried(ontology, article("b", known[0].text), known)) == [("وزير", "ROLE_TITLE")]
        one, own = marked("a", "It was said in the[ port|FACILITY] that the strike would go on.")
        assert not carried(ontology, article("b", one.text), (one, own)).mentions

    def test_a_few_words_in_a_row_are_no_passage(self, ontology: Ontology) -> None:
        known = marked("a", "Late at night [the minister|PERSON nominal] left the old harbour by boat.")
        assert not carried(ontology, article("b", "Once at night the minister left."), known).mentions
        found = carried(ontology, article("b", "Then at night the minister left the old harbour."), known)
        assert said(found) == [("the minister", "PERSON")]

    def test_a_score_is_the_share_of_the_sentence(self, ontology: Ontology) -> None:
        known = marked("a", WIRE)
        text = known[0].text.split("\n")[0]
        (whole,) = (one for one in carried(ontology, article("b", text), known).mentions if one.text == "Lassendry")
        longer = text.replace(" said. ", " said in a statement that was sent to all newspapers on the same day. ")
        (part,) = (one for one in carried(ontology, article("b", longer), known).mentions if one.text == "Lassendry")
        assert whole.score == 1
        assert part.score is not None
        assert 0.5 < part.score < 0.7

    def test_what_gold_left_unmarked_in_the_passage_is_not_sought_there(self, ontology: Ontology) -> None:
        text = "The ferry to [Lassendry|GPE] left late. Nobody on it spoke of Velmar or of anything else all night."
        known, other = marked("a", text), marked("c", "[Velmar|GPE] is cut off, all roads to [Velmar|GPE] are closed.")
        found = carried(ontology, article("b", known[0].text + " Then Velmar rose from the sea."), known, other)
        assert [one.start for one in found.mentions if one.text == "Velmar"] == [len(known[0].text) + len(" Then ")]

    def test_of_two_that_know_a_passage_the_closer_one_speaks(self, ontology: Ontology) -> None:
        far = marked("a", "[Vessing|ORGANIZATION] said on the radio that the port would open again soon.")
        near = marked("z", "[Vessing|PERSON] said on the radio that the port would open again soon. Few believed him.")
        found = carried(ontology, article("b", near[0].text), far, near)
        assert said(found) == [("Vessing", "PERSON")]

    def test_copies_of_other_stories_are_found_by_their_pairs(self, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, story="one"))
        target = article("b", known[0].text, story="two")
        assert not carried(ontology, target, known).claims
        assert carried(ontology, target, known, copies=[("a", "b")]).claims
        assert carried(ontology, target, known, copies=[("b", "a")]).claims

    def test_context_does_not_move(self, ontology: Ontology) -> None:
        one, own = with_claim(marked("a", WIRE, copies="w"))
        context = [mention.model_copy(update={"origin": Origin.CONTEXT}) for mention in own.mentions]
        target = article("b", one.text, copies="w")
        found = carried(ontology, target, (one, own.model_copy(update={"mentions": tuple(context)})))
        assert (found.items, len(found.cues)) == (1, 1)

    def test_a_text_of_one_word_over_and_over_takes_no_longer(self, ontology: Ontology) -> None:
        known = marked("a", "[no|EVENT] " + "no " * 20_000, copies="w")
        assert len(carried(ontology, article("b", "no " * 20_000, copies="w"), known).mentions) <= 1


class TestNames:
    def test_whole_words_the_longest_first(self, ontology: Ontology) -> None:
        known = marked("a", "[Vessing|PERSON] left the [Vessing Foundation|ORGANIZATION] of [Lassendry|GPE].")
        text = "Vessings met at the Vessing Foundation. Lassendry’s mayor saw Vessing. LASSENDRY slept."
        found = carried(ontology, article("b", text), known)
        assert said(found) == [("Vessing Foundation", "ORGANIZATION"), ("Lassendry", "GPE"), ("Vessing", "PERSON")]
        assert [one.id for one in found.mentions] == ["s1", "s2", "s3"]

    def test_white_space_and_quotes_may_differ(self, ontology: Ontology) -> None:
        known = marked("a", "They met at [St. Orla’s Hall|FACILITY] again.")
        text = "Nobody came to St.\u00a0Orla's  Hall 🏛️ that day.\nSt.\n\nOrla's Hall"
        assert said(carried(ontology, article("b", text), known)) == [("St.\u00a0Orla's  Hall", "FACILITY")]

    def test_arabic_and_scripts_without_spaces(self, ontology: Ontology) -> None:
        known = marked("a", "وصل [كارل فيسينغ|PERSON] إلى المدينة. 昨天[拉森德里|GPE]下雨。")
        found = carried(ontology, article("b", "قال كارل فيسينغ إن الميناء مغلق. 今天拉森德里很冷。"), known)
        assert said(found) == [("كارل فيسينغ", "PERSON"), ("拉森德里", "GPE")]

    def test_marks_belong_to_their_words(self, ontology: Ontology) -> None:
        known = marked("a", "नई [कार|FACILITY] आई।")
        assert not carried(ontology, article("b", "नई कार्ल आई।"), known).mentions

    def test_a_part_of_a_word_is_no_name(self, ontology: Ontology) -> None:
        known = marked("a", "The [Marrow|GPE]ans fled.")
        assert not carried(ontology, article("b", "No Marrowans came."), known).mentions
        assert Tokens("No Marrowans").form(Span(3, 9)) is None
        assert Tokens("No Marrowans").form(Span(3, 12)) == ("Marrowans",)

    def test_only_names_and_no_short_words(self, ontology: Ontology) -> None:
        known = marked(
            "a", "[Bo|PERSON] saw [her|PERSON pronominal] with [the minister|PERSON nominal] of the [UN|ORGANIZATION]."
        )
        found = carried(ontology, article("b", "Then Bo told her that the minister had left the UN."), known)
        assert said(found) == [("UN", "ORGANIZATION")]

    def test_a_piece_of_what_may_be_a_longer_name_is_left_out(self, ontology: Ontology) -> None:
        known = marked("a", "Then [Marrow|GPE] fell, and the [Minister|ROLE_TITLE] resigned.")
        for text in ("The Marrow District Hospital is full.", "In Old Marrow it rained."):
            assert not carried(ontology, article("b", text), known).mentions
        for text in (
            "Old Marrow",
            "the old Marrow hospital",
            "the Minister Marrow sent",
            "in Marrow. Then",
            "Marrow, District",
        ):
            found = carried(ontology, article("b", text), known)
            assert ("Marrow", "GPE") in said(found)
            assert (("Minister", "ROLE_TITLE") in said(found)) == ("Minister" in text)

    def test_a_name_of_two_kinds_is_scored_by_its_share(self, ontology: Ontology) -> None:
        person, place = "Then [Marrow|PERSON] spoke.", "Rain fell on [Marrow|GPE]."
        target = article("b", "And what of Marrow?")
        three = [marked(f"a{number}", person) for number in range(3)]
        (one,) = carried(ontology, target, *three, marked("z", place)).mentions
        assert one.labels == ("PERSON",)
        assert one.score == 0.7  # (3 + ½) / (4 + 1)
        assert not carried(ontology, target, three[0], marked("z", place)).mentions

    def test_words_that_gold_mostly_leaves_unmarked_are_left_out(self, ontology: Ontology) -> None:
        known = marked("a", "The [guard|ROLE_TITLE] saw a guard. No guard saw the guard.")
        assert not carried(ontology, article("b", "One guard slept."), known).mentions

    def test_within_a_longer_mention_is_no_place_of_its_own(self, ontology: Ontology) -> None:
        known = marked(
            "a", "[Velmar|GPE] and [Velmar Harbour|FACILITY], [Velmar Bridge|FACILITY], [Velmar Castle|FACILITY]"
        )
        assert said(carried(ontology, article("b", "In Velmar all is quiet."), known)) == [("Velmar", "GPE")]

    def test_a_common_word_that_begins_a_sentence_is_no_name(self, ontology: Ontology) -> None:
        known = marked("a", "The party [Courage|ORGANIZATION] lost, and it took courage to say so.")
        text = "“Courage is rare,” he said. Later he left Courage. Courage wept."
        assert [one.start for one in carried(ontology, article("b", text), known).mentions] == [text.index("Courage.")]
        small = marked("a", "A [landslide|EVENT] came down.")
        assert said(carried(ontology, article("b", "landslide near Velmar"), small)) == [("landslide", "EVENT")]

    def test_the_story_comes_before_the_project(self, ontology: Ontology) -> None:
        here, there = (
            marked("a", "So [Marrow|GPE] fell."),
            marked("z", "[Marrow|PERSON], then [Marrow|PERSON].", "other"),
        )
        (own,) = carried(ontology, article("b", "Near Marrow"), here, there).mentions
        (strange,) = carried(ontology, article("b", "Near Marrow", "third"), here, there).mentions
        assert (own.labels, own.score) == (("GPE",), 0.75)
        assert (strange.labels, strange.score) == (("PERSON",), 0.438)  # 0.7 times (2 + ½) / (3 + 1), rounded

    def test_what_is_chosen_goes_by_majority_and_what_is_written_by_unanimity(self, ontology: Ontology) -> None:
        answers = [
            {"number": "30", "unit": "dockers", "precision": "exact"},
            {"number": "30", "unit": "men", "precision": "exact"},
            {"number": "30", "unit": "dockers", "precision": "approx"},
        ]
        known = []
        for number, answer in enumerate(answers):
            one, own = marked(f"a{number}", "They took [30 dockers|QUANTITY] away.")
            mention = own.mentions[0].model_copy(update={"attributes": answer})
            known.append((one, own.model_copy(update={"mentions": (mention,)})))
        (same,) = carried(ontology, article("b", "It was 30 dockers, no less."), *known).mentions
        (other,) = carried(ontology, article("b", "It was 30 dockers, no less.", "other"), *known).mentions
        assert same.attributes == {"number": "30", "precision": "exact"}
        assert other.attributes == {"precision": "exact"}


class TestRelations:
    KNOWN = "[Karl Vessing|PERSON] leads the [Harrow Front|ARMED_GROUP]."

    def test_between_the_same_names_in_one_sentence(self, ontology: Ontology) -> None:
        one, own = marked("a", self.KNOWN)
        known = one, related(own, ("Karl Vessing", "leads", "Harrow Front"))
        text = "The Harrow Front waited for Karl Vessing. Karl Vessing slept. The Harrow Front did not."
        found = carried(ontology, article("b", text), known)
        assert found.relations == (Relation(type="leads", head="s2", tail="s1"),)
        assert not carried(ontology, article("b", text, "other"), known).relations
        apart = article("b", "Karl Vessing slept. The Harrow Front did not.")
        assert len(carried(ontology, apart, known).mentions) == 2
        assert not carried(ontology, apart, known).relations

    def test_between_the_nearest_two_once(self, ontology: Ontology) -> None:
        one, own = marked("a", self.KNOWN)
        known = one, related(own, ("Karl Vessing", "leads", "Harrow Front"))
        text = "Karl Vessing, the Harrow Front said, Karl Vessing is gone"
        assert [(it.head, it.tail) for it in carried(ontology, article("b", text), known).relations] == [("s1", "s2")]

    def test_a_symmetric_one_once_whichever_comes_first(self, ontology: Ontology) -> None:
        one, own = marked("a", "[Karl Vessing|PERSON] met [Mara Tolk|PERSON].")
        for ends in (("Karl Vessing", "met_with", "Mara Tolk"), ("Mara Tolk", "met_with", "Karl Vessing")):
            text = "Yes, Mara Tolk has met Karl Vessing."
            found = carried(ontology, article("b", text), (one, related(own, ends)))
            assert found.relations == (Relation(type="met_with", head="s1", tail="s2"),)

    def test_of_a_modality_that_is_always_the_same(self, ontology: Ontology) -> None:
        first, second = marked("a", self.KNOWN), marked("c", self.KNOWN)
        ends = ("Karl Vessing", "leads", "Harrow Front")
        target = article("b", "Nobody but Karl Vessing speaks for the Harrow Front.")
        for modality in ("asserted", "negated"):
            known = [(one, related(own, ends, modality=modality)) for one, own in (first, second)]
            assert [one.modality for one in carried(ontology, target, *known).relations] == [modality]
        mixed = (first[0], related(first[1], ends)), (second[0], related(second[1], ends, modality="negated"))
        assert not carried(ontology, target, *mixed).relations

    def test_not_where_gold_mostly_has_none(self, ontology: Ontology) -> None:
        one, own = marked("a", self.KNOWN)
        known = one, related(own, ("Karl Vessing", "leads", "Harrow Front"))
        others = [marked(f"c{number}", self.KNOWN.replace("leads", "left")) for number in range(2)]
        target = article("b", "Nobody but Karl Vessing speaks for the Harrow Front.")
        assert not carried(ontology, target, known, *others).relations

    def test_not_where_gold_has_looked_at_the_very_words(self, ontology: Ontology) -> None:
        same = "Last year [Karl Vessing|PERSON] wrote a long letter to the [Harrow Front|ARMED_GROUP] about the bridge."
        one, own = marked("c", self.KNOWN)
        known = one, related(own, ("Karl Vessing", "leads", "Harrow Front"))
        copied = marked("a", same)
        found = carried(ontology, article("b", copied[0].text), known, copied)
        assert len(found.mentions) == 2
        assert not found.relations


class TestSource:
    def test_an_article_with_gold_gets_none(self, ontology: Ontology) -> None:
        known = [marked(id, "So [Marrow|GPE] fell.") for id in ("a", "b")]
        assert carried(ontology, known[0][0], *known).items == 0

    def test_layers(self, ontology: Ontology) -> None:
        known = with_claim(marked("a", WIRE, copies="w"))
        target = article("b", known[0].text, copies="w")
        entities = carried(ontology, target, known, layers=["entities"])
        assert (len(entities.mentions), entities.items) == (6, 6)
        relations = carried(ontology, target, known, layers=["relations"])
        assert [one.text for one in relations.mentions] == ["Karl Vessing", "Olvane Terminal"]
        assert (len(relations.relations), relations.items) == (1, 3)
        claims = carried(ontology, target, known, layers=["claims"])
        assert [one.text for one in claims.mentions] == ["Tuesday", "Interior Ministry"]
        assert (len(claims.claims), len(claims.cues), claims.items) == (1, 1, 4)

    def test_gold_where_nobody_looked_for_entities_or_that_is_open_says_nothing(self, ontology: Ontology) -> None:
        one, own = marked("a", "So [Marrow|GPE] fell.")
        target = article("b", "Near Marrow")
        assert carried(ontology, target, (one, own)).items == 1
        assert carried(ontology, target, (one, own.model_copy(update={"layers": ("claims",)}))).items == 0
        still = (Difference(kind="mention", reason="label"),)
        assert carried(ontology, target, (one, own.model_copy(update={"differences": still}))).items == 0

    def test_gold_of_another_text_is_a_finding(self, ontology: Ontology) -> None:
        own = marked("a", "So [Marrow|GPE] fell.")[1]
        target = article("b", "Near Marrow")
        changed = article("a", "So Marrow rose.")
        for articles, why in (({"a": changed, "b": target}, "another text"), ({"b": target}, "not here")):
            source = CarryOver([own], articles, ontology)
            finding, found = source.suggest([target])
            assert list(source.suggest([target])) == [found]
            assert isinstance(finding, Finding)
            assert (finding.rule, finding.place.article_id) == ("carry-over-gold-unfit", "a")
            assert why in finding.message
            assert isinstance(found, Suggestions)
            assert found.items == 0

    def test_the_version_is_of_what_the_answers_depend_on(self, ontology: Ontology) -> None:
        first, second = marked("a", "So [Marrow|GPE] fell."), marked("c", "So [Velmar|GPE] fell.")
        articles = {"a": first[0], "c": second[0]}

        def version(*golds: Gold, layers: Sequence[Layer] = LAYERS) -> str:
            return CarryOver(golds, articles, ontology, layers=layers).version

        assert re.fullmatch(r"carry-over [0-9a-f]{8}", version(first[1]))
        assert version(first[1], second[1]) == version(second[1], first[1])
        assert version(first[1], layers=("claims", "entities")) == version(first[1], layers=("entities", "claims"))
        asked = {
            version(first[1]),
            version(second[1]),
            version(first[1], second[1]),
            version(),
            version(first[1], layers=["claims"]),
        }
        assert len(asked) == 5


def test_the_samples_own_suggestions_break_no_rule(tmp_path: Path, ontology: Ontology) -> None:
    workspace = sample_workspace(tmp_path)
    gold_stage.resolve(workspace)
    golds, articles = load_gold(workspace.gold), ingest.articles(workspace)
    codec, kept, said = Codec(ontology), 0, 0
    for own in golds:
        rest = [one for one in golds if one is not own]
        (found,) = CarryOver(rest, articles, ontology).suggest([articles[own.article_id]])
        assert isinstance(found, Suggestions)
        checked = check(found, articles[own.article_id], codec, LAYERS, 0)
        assert not checked.findings
        truth = {(one.span, one.labels) for one in own.mentions}
        said += len(found.mentions)
        kept += sum((one.span, one.labels) in truth for one in found.mentions)
    assert said > 150
    assert kept / said > 0.7  # the samples leave some names unmarked


NAMES = ("Karl Vessing", "Vessing", "Harrow Front", "Lassendry", "كارل", "拉森德里", "St. Orla’s", "👷🏽‍♀️ Union")
WORDS = st.sampled_from(
    [*NAMES, "said", "the", "port", "Courage", "courage", ".", ",", "“", '"', "'", "👍🏽", "30", "ميناء"]
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from([" ", " ", " ", "\u00a0", "\n", "", "  "])), min_size=1, max_size=60
).map(lambda parts: "".join(word + space for word, space in parts).strip())


@given(texts=st.lists(TEXTS.filter(bool), min_size=2, max_size=5), chance=st.randoms(use_true_random=False))
def test_never_a_wrong_offset_nor_two_in_one_place_whatever_the_order(
    texts: list[str], chance: random.Random, ontology: Ontology
) -> None:
    """The gold is any disjoint spans with any labels; texts share passages, as some are put together from others."""
    texts = [*texts, texts[0] + "\n" + texts[1], texts[-1] + " " + texts[0]]
    articles = {f"a{number}": article(f"a{number}", text) for number, text in enumerate(texts)}
    golds = [_any_gold(one, chance) for one in list(articles.values())[:-2]]
    targets = list(articles.values())
    found = list(CarryOver(golds, articles, ontology).suggest(targets))
    again = list(CarryOver(reversed(golds), dict(reversed(articles.items())), ontology).suggest(targets[::-1]))
    assert found == again[::-1]
    for one, suggested in zip(targets, found, strict=True):
        assert isinstance(suggested, Suggestions)
        ids = [item.id for item in suggested.spans()]
        assert len(set(ids)) == len(ids)
        end = 0
        for mention in suggested.mentions:
            assert mention.start >= end
            assert one.text[mention.start : mention.end] == mention.text
            assert mention.score is not None
            assert 0 < mention.score <= 1
            end = mention.end
        assert {id for relation in suggested.relations for id in (relation.head, relation.tail)} <= set(ids)


def _any_gold(of: Article, chance: random.Random) -> Gold:
    edges = sorted(chance.sample(range(len(of.text) + 1), min(len(of.text) + 1, chance.randrange(0, 12, 2))))
    spans = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False) if start < end]
    spans += [
        (found.start(), found.end())
        for name in NAMES
        for found in re.finditer(re.escape(name), of.text)
        if chance.random() < 0.7 and not any(found.start() < end and start < found.end() for start, end in spans)
    ]
    disjoint: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not disjoint or disjoint[-1][1] <= start:
            disjoint.append((start, end))
    mentions = [
        Mention(
            id=f"m{number}", start=start, end=end, text=of.text[start:end], labels=(chance.choice(("PERSON", "GPE")),)
        )
        for number, (start, end) in enumerate(disjoint)
    ]
    relations = [Relation(type="origin", head=head.id, tail=tail.id) for head, tail in pairwise(mentions)]
    return gold(of, mentions, relations=tuple(relations))
