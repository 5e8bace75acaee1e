"""The sample stories' truth, and how the sample annotators depart from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit import samples
from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.files import load_yaml, parse_yaml
from toolkit.gold.store import load_gold
from toolkit.links.consistency import AGAINST_DATES, NOT_TRANSITIVE, Contradiction, contradictions
from toolkit.links.model import ClaimLink, ClaimPair, Entity, LinkedClaim, LinkedMention, Register
from toolkit.ontology.model import Ontology
from toolkit.samples import links as across
from toolkit.stages import gold, ingest, setup

STORIES = ("dam", "harbour", "memorandum")


@dataclass(frozen=True)
class Sample:
    """The sample articles, and all that annotators or the gold mark in them, by story."""

    articles: dict[str, Article]
    ontology: Ontology
    golds: dict[str, Register]
    registers: dict[str, Register]
    pairs: dict[str, list[ClaimPair]]

    @property
    def published(self) -> dict[str, str]:
        return {id: article.published for id, article in self.articles.items()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    workspace = sample_workspace(tmp_path_factory.mktemp("links") / "work")
    gold.resolve(workspace)
    articles, ontology = ingest.articles(workspace), setup.ontology(workspace)
    golds = list(load_gold(workspace.gold))
    works = [one for name in samples.ANNOTATORS for one in samples.work(name, articles, ontology)]

    def register(story: str, items: list) -> Register:
        found = {
            (item.article_id, mention.start, mention.end): mention
            for item in items
            if articles[item.article_id].story_id == story
            for mention in item.mentions
            if ontology.linked_types.intersection(mention.labels)
        }
        return Register(
            story_id=story,
            mentions=tuple(
                LinkedMention(article_id=id, start=start, end=end, text=one.text, labels=one.labels)
                for (id, start, end), one in sorted(found.items())
            ),
            entities=(),
        )

    def pairs(story: str) -> list[ClaimPair]:
        found = {
            (articles[item.article_id].published, item.article_id, claim.start, claim.end): claim.text
            for item in [*golds, *works]
            if articles[item.article_id].story_id == story
            for claim in item.claims
        }
        claims = [
            LinkedClaim(article_id=id, start=s, end=e, text=text) for (_, id, s, e), text in sorted(found.items())
        ]
        return [
            ClaimPair(story_id=story, left=left, right=right, score=0.5)
            for left, right in combinations(claims, 2)
            if left.article_id != right.article_id
        ]

    return Sample(
        articles=articles,
        ontology=ontology,
        golds={story: register(story, golds) for story in STORIES},
        registers={story: register(story, works) for story in STORIES},
        pairs={story: pairs(story) for story in STORIES},
    )


def _wrong(sample: Sample, links: Iterator[ClaimLink]) -> list[Contradiction]:
    return list(contradictions({one.key: one for one in links}.values(), sample.ontology, sample.published, {}))


@pytest.mark.parametrize("story", STORIES)
def test_every_gold_mention_is_in_an_entity_of_its_own_type(sample: Sample, story: str) -> None:
    register = sample.golds[story]
    assert len(register.mentions) > 50
    entities = across.truth_entities(register)
    types = {entity["name"]: entity["type"] for entity in load_yaml(across.TRUTH)[story]["entities"]}
    assert [one for one in register.mentions if types.get(entities[one.key]) not in one.labels] == []


@pytest.mark.parametrize("story", STORIES)
def test_every_form_in_the_truth_is_somebodys_mention(sample: Sample, story: str) -> None:
    said = {across.Quote(id, one.text) for one in sample.registers[story].mentions for id in (one.article_id, "")}
    assert set(across._truth()[story].entities) <= said


def test_a_form_before_which_an_article_stands_is_meant_there_only(sample: Sample) -> None:
    she = {
        one.article_id: across.truth_entities(sample.golds["memorandum"])[one.key]
        for one in sample.golds["memorandum"].mentions
        if one.text == "She"
    }
    assert set(she.values()) == {"Ilva Marren"}
    elsewhere = LinkedMention(article_id="memorandum-02-courier", start=0, end=3, text="She", labels=("PERSON",))
    alone = Register(story_id="memorandum", mentions=(elsewhere,), entities=())
    assert across.truth_entities(alone) == {elsewhere.key: elsewhere.key}


@pytest.mark.parametrize("story", STORIES)
def test_every_link_is_between_two_claims_that_somebody_made(sample: Sample, story: str) -> None:
    pairs, truth = sample.pairs[story], across._truth()[story]
    for type, head, tail, _ in truth.links:
        found = [
            {one.key for one in (pair.left, pair.right)}
            for pair in pairs
            if (head.means(pair.left) and tail.means(pair.right)) or (head.means(pair.right) and tail.means(pair.left))
        ]
        assert found, (type, head, tail)
    claims = {claim.key: claim for pair in pairs for claim in (pair.left, pair.right)}.values()
    for _, *quotes, _ in truth.links:
        for quote in quotes:
            meant = [claim for claim in claims if quote.means(claim)]
            assert max(claim.start for claim in meant) < min(claim.end for claim in meant), f"{quote} is in two claims"
    made = Counter(across.true_link(pair).type for pair in pairs)
    assert made["unrelated"] > sum(made.values()) / 2


def test_the_truth_has_links_of_every_type_and_answers_every_question(sample: Sample) -> None:
    links = [across.true_link(pair) for pairs in sample.pairs.values() for pair in pairs]
    types = sample.ontology.claim_link_types
    assert {one.type for one in links} == set(types)
    assert tuple(name for name, one in types.items() if one.symmetric) == across.SYMMETRIC
    for one in links:
        questions = {question.name: question for question in types[one.type].attributes}
        assert set(one.attributes) == {name for name, question in questions.items() if question.required}
        assert all(
            value in {option.name for option in questions[name].options} for name, value in one.attributes.items()
        )


@pytest.mark.parametrize("story", STORIES)
def test_the_truth_does_not_contradict_itself(sample: Sample, story: str) -> None:
    pairs = sample.pairs[story]
    assert _wrong(sample, (across.true_link(pair) for pair in pairs)) == []


@pytest.mark.parametrize("story", STORIES)
def test_claims_that_say_the_same_have_the_same_links(sample: Sample, story: str) -> None:
    links = {link.key: link for pair in sample.pairs[story] if (link := across.true_link(pair))}
    twins = [(link.head, link.tail) for link in links.values() if link.type == "equivalent"]
    claims = {claim.key: claim for pair in sample.pairs[story] for claim in (pair.left, pair.right)}
    assert twins
    for one, other in twins:
        for third in claims.keys() - {one, other}:
            keys = [" ".join(sorted((claim, third))) for claim in (one, other)]
            types = {links[key].type for key in keys if key in links}
            assert len(types) == 1 or len([key for key in keys if key in links]) < 2, (one, other, third)


def test_a_link_is_the_same_whichever_claim_comes_first(sample: Sample) -> None:
    for pairs in sample.pairs.values():
        for pair in pairs:
            turned = pair.model_copy(update={"left": pair.right, "right": pair.left})
            for link in (across.true_link, *(lambda p, n=n: across.claim_link(n, p) for n in samples.ANNOTATORS)):
                assert link(pair).key == pair.key
                assert link(pair) == link(turned)
                if link(pair).type in across.SYMMETRIC:
                    assert [link(pair).head, link(pair).tail] == sorted([pair.left.key, pair.right.key])


@pytest.mark.parametrize("annotator", samples.ANNOTATORS)
@pytest.mark.parametrize("story", STORIES)
def test_a_vote_places_every_mention_once(sample: Sample, story: str, annotator: str) -> None:
    register = sample.registers[story]
    vote = across.entity_vote(annotator, register)
    placed = [*(key for entity in vote.entities for key in entity.mentions), *vote.unsure]
    assert sorted(placed) == sorted(vote.mentions) == sorted(one.key for one in register.mentions)
    assert len({entity.id for entity in vote.entities}) == len(vote.entities)
    assert (vote.lead_time or 0) > 0


@pytest.mark.parametrize("annotator", samples.ANNOTATORS)
def test_every_deviation_is_one(sample: Sample, annotator: str) -> None:
    """What a file says otherwise is not what the truth says, and no two lines say it of the same."""
    for story, word in across._annotator(annotator).words.items():
        register, truth = sample.registers[story], across._truth()[story]
        shown = {quote: one for one in register.mentions for quote in (across._here(one), across.Quote("", one.text))}
        for quote, name in word.entities.items():
            assert truth.entity(shown[quote]) != name
            entity = truth.entity(shown[quote])
            others = [one for one in register.mentions if truth.entity(one) == entity and one != shown[quote]]
            assert name or others, f"{quote} is alone already"
        assert all(quote in shown for quote in word.unsure)
        differ = {
            link.key for pair in sample.pairs[story] if (link := across.claim_link(annotator, pair)) and word.link(pair)
        }
        same = {pair.key for pair in sample.pairs[story] if word.link(pair) == across.true_link(pair)}
        assert not same
        assert len(differ) >= len(word.links)


def test_the_annotators_disagree_as_people_do(sample: Sample) -> None:
    """One unsure, one update the wrong way round, one triangle that is not transitive: one person each."""
    unsure = {
        name: [key for register in sample.golds.values() for key in across.entity_vote(name, register).unsure]
        for name in samples.ANNOTATORS
    }
    assert {name: len(keys) for name, keys in unsure.items()} == {"amina": 0, "boris": 1, "chen": 0}
    broken = {
        name: {
            one.rule
            for pairs in sample.pairs.values()
            for one in _wrong(sample, (across.claim_link(name, pair) for pair in pairs))
        }
        for name in samples.ANNOTATORS
    }
    assert broken == {"amina": set(), "boris": {AGAINST_DATES}, "chen": {NOT_TRANSITIVE}}


def test_boris_takes_two_people_of_one_surname_for_one(sample: Sample) -> None:
    names = {"Viktor Hallek", "Tomas Hallek"}
    texts = {one.key: one.text for one in sample.golds["dam"].mentions}
    entities = across.entity_vote("boris", sample.golds["dam"]).entities
    assert any(names <= {texts[key] for key in entity.mentions} for entity in entities)


def test_a_vote_keeps_the_ids_of_the_candidates_that_it_shares_most_with(sample: Sample) -> None:
    mentions = sample.golds["dam"].mentions
    truth = across.truth_entities(sample.golds["dam"])
    halleks = tuple(sorted(key for key, name in truth.items() if name.endswith("Hallek")))
    others = [one.key for one in mentions if one.key not in halleks]
    candidates = (
        Entity(id="e1", name="Hallek", type="PERSON", mentions=halleks),
        *(Entity(id=f"e{n}", name=key, type="PERSON", mentions=(key,)) for n, key in enumerate(others, 2)),
    )
    register = Register(story_id="dam", mentions=mentions, entities=candidates)
    ids = {entity.name: entity.id for entity in across.entity_vote("amina", register).entities}
    assert (ids["Tomas Hallek"], ids["Viktor Hallek"]) == ("e1", "new1")
    backwards = Register(story_id="dam", mentions=mentions[::-1], entities=candidates[::-1])
    assert across.entity_vote("amina", backwards) == across.entity_vote("amina", register)


def test_a_pair_has_the_annotators_word_and_time(sample: Sample) -> None:
    pair = next(pair for pair in sample.pairs["dam"] if across.true_link(pair).type == "updates")
    votes = [across.claim_vote(name, pair) for name in samples.ANNOTATORS]
    assert [vote.pair for vote in votes] == [pair.key] * 3
    assert len({vote.lead_time for vote in votes}) == 3


def test_a_story_that_is_no_sample_has_nothing_in_common() -> None:
    one, other = (
        LinkedMention(article_id=id, start=0, end=4, text="Juna", labels=("PERSON",)) for id in ("new-01", "new-02")
    )
    register = Register(story_id="new", mentions=(one, other), entities=())
    assert len(across.entity_vote("chen", register).entities) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("entities: [{name: Pelvara, type: GPE, mentions: [Atlantis]}]", "no article of dam says 'Atlantis'"),
        ('entities: [{name: P, type: GPE, mentions: ["dam-01-meridian: Karel Fising"]}]', "no article of dam says"),
        ("entities: [{name: P, type: GPE, mentions: [Pelvara, Pelvara]}]", "'Pelvara' has no one entity"),
        ("moved: {Pelvara: Nowhere}", "'Pelvara' has no one entity"),
        ("unsure: [Atlantis]", "no article of dam says 'Atlantis'"),
        (
            'links: [{type: supports, head: "dam-01-meridian: it rained", tail: "dam-02-sada: he"}]',
            "no article of dam says 'dam-01-meridian: it rained'",
        ),
    ],
)
def test_what_no_article_says_is_an_error(content: str, told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        across._word(Path("file.yaml"), "dam", parse_yaml(content, "file.yaml"), {"Somebody": "PERSON"})
