"""Who is who in a story, before a person has settled it."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from sampled import sample_workspace

from toolkit.annotations.model import Mention, Origin, Relation
from toolkit.articles.model import Article, text_digest
from toolkit.gold.model import Gold, Resolution
from toolkit.links.model import Register
from toolkit.links.register import by_story, register, registers
from toolkit.links.scores import scores
from toolkit.ontology.load import load_ontology
from toolkit.ontology.model import Ontology
from toolkit.samples.links import truth_entities
from toolkit.stages import gold, ingest, setup

TYPES = {"P": "PERSON", "O": "ORGANIZATION", "A": "ARMED_GROUP", "G": "GPE", "L": "LOCATION", "F": "FACILITY"}
TYPES |= {"E": "EVENT", "R": "ROLE_TITLE", "Q": "QUANTITY"}
LEVELS = {"n": "nominal", "p": "pronominal"}
MARKED = re.compile(r"\[([^]|]+)\|(\w)(\w?)\]")


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology(setup.shipped_configs() / "ontology.yaml")


def story(*texts: str, relations: Sequence[tuple[str, str, str]] = ()) -> tuple[list[Gold], dict[str, Article]]:
    """Articles a1, a2 … of texts in which "[Karl Vessing|P]" is a mention, "[he|Pp]" one that is a pronoun.

    Relations are (head, type, tail), by the first mentions with these texts of an article.
    """
    golds, articles = [], {}
    for number, marked in enumerate(texts, start=1):
        text, mentions, at = "", [], 0
        for found in MARKED.finditer(marked):
            text += marked[at : found.start()]
            at = found.end()
            level = {"level": LEVELS[found[3]]} if found[3] else {}
            place = {"start": len(text), "end": len(text) + len(found[1]), "text": found[1]}
            mentions.append(Mention(id=f"m{len(mentions)}", labels=(TYPES[found[2]],), attributes=level, **place))
            text += found[1]
        text += marked[at:]
        first = {one.text: one.id for one in reversed(mentions)}
        joined = [
            Relation(type=type, head=first[head], tail=first[tail])
            for head, type, tail in relations
            if {head, tail} <= first.keys()
        ]
        id = f"a{number}"
        articles[id] = Article(article_id=id, text=text, text_sha256=text_digest(text), story_id="s")
        golds.append(gold_of(articles[id], mentions, joined))
    return golds, articles


def gold_of(article: Article, mentions: Iterable[Mention], relations: Iterable[Relation] = ()) -> Gold:
    return Gold(
        article_id=article.article_id,
        text_sha256=article.text_sha256,
        ontology_version="1.0.0",
        resolution=Resolution.SINGLE,
        annotators=("amina",),
        voters=1,
        mentions=tuple(mentions),
        relations=tuple(relations),
    )


def told(found: Register) -> list[list[str]]:
    """The entities as "article text", in the register's order, mentions by their place."""
    by_key = {one.key: one for one in found.mentions}
    ordered = (sorted((by_key[key] for key in entity.mentions), key=_place) for entity in found.entities)
    return [[f"{one.article_id} {one.text}" for one in mentions] for mentions in ordered]


def _place(one: object) -> tuple[str, int]:
    return one.article_id, one.start  # type: ignore[attr-defined]


def together(found: Register) -> set[frozenset[str]]:
    return {frozenset(entity) for entity in told(found)}


CASES: Mapping[str, tuple[tuple[str, ...], list[str]]] = {
    "spellings across outlets": (
        ("[Karl Vessing|P] spoke. [Vessing|P] left.", "[Karel Fising|P] denied it.", "كارل [كارل فيسنغ|P] قال"),
        ["a1 Karl Vessing, a1 Vessing, a2 Karel Fising, a3 كارل فيسنغ"],
    ),
    "given names that disagree": (
        ("[Tomas Hallek|P] met [Viktor Hallek|P]. [Hallek|P] left.", "[Tomas Hallek|P] came.", "[Hallek|P] spoke."),
        ["a1 Tomas Hallek, a2 Tomas Hallek", "a1 Viktor Hallek", "a1 Hallek", "a3 Hallek"],
    ),
    "a surname in its article first": (
        ("[Tomas Hallek|P] came. [Hallek|P] spoke.", "[Viktor Hallek|P] came. [Hallek|P] spoke."),
        ["a1 Tomas Hallek, a1 Hallek", "a2 Viktor Hallek, a2 Hallek"],
    ),
    "a surname in the story": (("[Tomas Hallek|P] came.", "[Hallek|P] spoke."), ["a1 Tomas Hallek, a2 Hallek"]),
    "a surname that nobody has in full": (("[Hallek|P] came.", "[Hallek|P] spoke."), ["a1 Hallek, a2 Hallek"]),
    "a surname that two have, and roles": (
        (
            "[General|R] [Ozar Belmek|P] met [mayor|R] [Selim Belmek|P].",
            "[Mayor|R] [Belmek|P] left.",
            "Генерал [Бельмек|P].",
            "[Belmek|P] slept. [Belmek|P] woke.",
            "General [Belmek|P] left.",
        ),
        ["a1 Ozar Belmek, a5 Belmek", "a1 Selim Belmek, a2 Belmek", "a3 Бельмек", "a4 Belmek, a4 Belmek"],
    ),
    "a surname that two have, with one role that neither has": (
        ("[Ozar Belmek|P] came.", "[Selim Belmek|P] came.", "Judge [Belmek|P] sat.", "The judge [Belmek|P] rose."),
        ["a1 Ozar Belmek", "a2 Selim Belmek", "a3 Belmek, a4 Belmek"],
    ),
    "titles of a man and a woman": (
        (
            "[Mr|R] [Karn|P] and Mrs. [Karn|P] came. [Karn|P] left. [Karn|P] sang.",
            "[Mr Karn|P] left.",
            "[Karn|P] slept.",
        ),
        ["a1 Karn, a2 Mr Karn", "a1 Karn", "a1 Karn, a1 Karn", "a3 Karn"],
    ),
    "a man and a woman, and who may be either": (
        ("[Jo Karn|P] and Mr [Karn|P] saw Mrs [Karn|P].", "[Jo Karn|P] left."),
        ["a1 Jo Karn, a2 Jo Karn", "a1 Karn", "a1 Karn"],
    ),
    "Mr and Mr": (("Mr [Dray|P] saw [Ansel Dray|P].", "Mr. [Dray|P] left."), ["a1 Dray, a1 Ansel Dray, a2 Dray"]),
    "an initial": (("[Ivan Dorro|P] came.", "[I. Dorro|P] left."), ["a1 Ivan Dorro, a2 I. Dorro"]),
    "an initial that two have": (
        ("[Ivan Dorro|P] met [Igor Dorro|P].", "[I. Dorro|P] left.", "[I. Dorro|P] came.", "[Ivan Dorro|P] sang."),
        ["a1 Ivan Dorro, a4 Ivan Dorro", "a1 Igor Dorro", "a2 I. Dorro", "a3 I. Dorro"],
    ),
    "a family": (
        ("[Jan Novak|P] and [Petra Novak|P] came.", "[Petr Novak|P] and [Jana Novak|P] left."),
        ["a1 Jan Novak", "a1 Petra Novak", "a2 Petr Novak", "a2 Jana Novak"],
    ),
    "words in another order, and a part of them": (
        ("The [Tide Brigades|A] left.", "The [Brigades of the Tide|A] came; [the Brigades|A] sang."),
        ["a1 Tide Brigades, a2 Brigades of the Tide, a2 the Brigades"],
    ),
    "a part that two have": (
        ("The [Pelvaran navy|O] and the [Sarrundi navy|O] met.", "The [navy|O] said no."),
        ["a1 Pelvaran navy", "a1 Sarrundi navy", "a2 navy"],
    ),
    "numbers": (("[Pier 6|F] burns.", "[Pier Six|F] and [Pier 7|F] burn."), ["a1 Pier 6, a2 Pier Six", "a2 Pier 7"]),
    "an acronym": (
        ("The [Civic Harbour Forum|O] met.", "The [CHF|O] met."),
        ["a1 Civic Harbour Forum, a2 CHF"],
    ),
    "types that people confuse": (
        ("[Pelvara|G] agreed.", "[Pelvara|O] agreed.", "[Belfara|L] agreed."),
        ["a1 Pelvara, a2 Pelvara", "a3 Belfara"],
    ),
    "types that nobody confuses": (("[Lassendry|P] left.", "[Lassendry|G] burns."), ["a1 Lassendry", "a2 Lassendry"]),
    "a place in a name": (("A [depot in Lassendry|F] burns.", "[Lassendry|G] burns."), None),
    "pronouns": (
        ("[Ilva Marren|P] met [Karl Vessing|P]. [She|Pp] left. [Mr Dray|P] came, [who|Pp] sang.",),
        ["a1 Ilva Marren, a1 She", "a1 Karl Vessing", "a1 Mr Dray, a1 who"],
    ),
    "genders": (
        ("[Mrs Ilva Marren|P] saw [Mr Karl Vessing|P]. There [he|Pp] slept. [Vessing|P] woke.",),
        ["a1 Mrs Ilva Marren", "a1 Mr Karl Vessing, a1 he, a1 Vessing"],
    ),
    "whoever speaks": (("[Ilva Marren|P] smiled. “[I|Pp] won.”",), ["a1 Ilva Marren", "a1 I"]),
    "a noun for a body": (
        ("The [State Dam Inspectorate|O] warned. The [inspectorate|On] waits.", "The [inspectorate|On] slept."),
        ["a1 State Dam Inspectorate, a1 inspectorate", "a2 inspectorate"],
    ),
    "side by side": (("The [engineer|Pn] [Orla Venn|P] fled.",), ["a1 engineer, a1 Orla Venn"]),
    "a role in the text": (
        ("Defence minister [Ilva Marren|P] met [Karl Vessing|P]. The [minister|Pn] left.",),
        ["a1 Ilva Marren, a1 minister", "a1 Karl Vessing"],
    ),
    "somebody": (
        ("A [spokesman|Pn] came.", "A [spokesman|Pn] left.", "Two [soldiers|Pn] and two [soldiers|Pn] left."),
        ["a1 spokesman", "a2 spokesman", "a3 soldiers", "a3 soldiers"],
    ),
    "one noun": (("The [strike|E] began.", "A [strike|E] ended."), ["a1 strike, a2 strike"]),
    "hers, and hers": (("[Her office|On] burns.", "[Her office|On] burns."), ["a1 Her office", "a2 Her office"]),
}


@pytest.mark.parametrize("case", CASES)
def test_who_is_who(case: str, ontology: Ontology) -> None:
    texts, expected = CASES[case]
    found = register("s", *story(*texts), ontology)
    if expected is None:
        assert len(found.entities) == len(found.mentions)
    else:
        assert {frozenset(entity) for entity in told(found)} == {frozenset(entity.split(", ")) for entity in expected}


def test_a_role_that_a_relation_gives(ontology: Ontology) -> None:
    texts = (
        "[Ilva Marren|P], [minister|R], met [Karl Vessing|P], [judge|R]. The [judge|Pn] left.",
        "The [judge|Pn] sat.",
    )
    given = [("Ilva Marren", "holds_role", "minister"), ("Karl Vessing", "holds_role", "judge")]
    found = register("s", *story(*texts, relations=given), ontology)
    assert frozenset({"a1 Karl Vessing", "a1 judge", "a2 judge"}) in together(found)


def test_a_name_that_says_little_needs_company(ontology: Ontology) -> None:
    texts = ("[Benoît Achterval|P], [premier|R], came.", "[Bunwa Akhtarfal|P], [premier|R], came.")
    without = register("s", *story(*(text.replace("premier", "x") for text in texts[:1]), texts[1]), ontology)
    assert len(without.entities) == 2
    assert len(register("s", *story(*texts), ontology).entities) == 1


def test_the_order_name_and_type_of_entities(ontology: Ontology) -> None:
    found = register(
        "s",
        *story(
            "[Sarrund|G] and [Vessing|P]. [Vessing|P]. [Vessing|P].",
            "[Sarrund|G], the [Dockers|O], [Minister Karl Vessing|P], [the CHF|O], [the Civic Harbour Forum|O].",
            "[Sarrund|O] and [Karl Vessing|P].",
        ),
        ontology,
    )
    told_of = [(entity.id, entity.name, entity.type, len(entity.mentions)) for entity in found.entities]
    assert told_of == [
        ("e1", "Karl Vessing", "PERSON", 5),
        ("e2", "Sarrund", "GPE", 3),
        ("e3", "Civic Harbour Forum", "ORGANIZATION", 2),
        ("e4", "Dockers", "ORGANIZATION", 1),
    ]


@pytest.mark.parametrize(
    ("texts", "called"),
    [
        (("[Ozar Belmeck|P].", "[Ozar Belmek|P]. [Belmek|P] left."), "Ozar Belmek"),
        (("[Ozar Belmeck|P].", "[Ozar Belmek|P].", "[Озар Бельмек|P]."), "Ozar Belmek"),
        (("[Ozar Belmeck|P]. [Ozar Belmeck|P].", "[Ozar Belmek|P]. [Belmek|P]."), "Ozar Belmeck"),
        (("[T. Olun|P]. [T. Olun|P].", "[Tarek Olun|P]."), "Tarek Olun"),
        (("[T. Olun|P].", "[Olun|P]. [Olun|P]."), "T. Olun"),
        (("[Озар Бельмек|P].", "[Ozar Belmek|P].", "[Belmek|P]."), "Ozar Belmek"),
    ],
)
def test_an_entity_is_called_by_its_full_name_as_most_spell_it(
    texts: tuple[str, ...], called: str, ontology: Ontology
) -> None:
    assert [entity.name for entity in register("s", *story(*texts), ontology).entities] == [called]


def test_what_is_not_linked_is_left_out(ontology: Ontology) -> None:
    golds, articles = story("[Ilva Marren|P], [minister|R], saw [30 dockers|Q] in [Lassendry|G].")
    place = golds[0].mentions[-1].model_copy(update={"origin": Origin.CONTEXT})
    golds[0] = golds[0].model_copy(update={"mentions": (*golds[0].mentions[:-1], place)})
    assert told(register("s", golds, articles, ontology)) == [["a1 Ilva Marren"]]


def test_two_mentions_on_one_place_are_one(ontology: Ontology) -> None:
    golds, articles = story("[Lassendry|G] burns.")
    second = golds[0].mentions[0].model_copy(update={"id": "z", "labels": ("FACILITY",)})
    golds[0] = golds[0].model_copy(update={"mentions": (second, *golds[0].mentions)})
    found = register("s", golds, articles, ontology)
    assert [one.labels for one in found.mentions] == [("FACILITY", "GPE")]
    assert [entity.type for entity in found.entities] == ["GPE"]


def test_without_a_question_for_it_the_form_tells_a_pronoun(ontology: Ontology) -> None:
    bare = ontology.model_copy(update={"mention_attributes": ()})
    found = register("s", *story("[Ilva Marren|P] left. [She|P] met the [dockers|P].", "[dockers|P] sang."), bare)
    assert together(found) == {frozenset({"a1 Ilva Marren", "a1 She"}), frozenset({"a1 dockers", "a2 dockers"})}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Gold], dict[str, Article], Ontology]:
    workspace = sample_workspace(tmp_path_factory.mktemp("register") / "work")
    gold.resolve(workspace)
    golds = [Gold.model_validate_json(line) for line in workspace.gold.read_text(encoding="utf-8").splitlines()]
    return golds, dict(ingest.articles(workspace)), setup.ontology(workspace)


def test_the_sample_stories(sample: tuple[list[Gold], dict[str, Article], Ontology]) -> None:
    found = list(registers(*sample))
    assert [one.story_id for one in found] == ["dam", "harbour", "memorandum"]
    for one in found:
        truth = truth_entities(one)
        assert all(len({truth[key] for key in entity.mentions}) == 1 for entity in one.entities)  # no wrong merge
    agreed = scores((truth_entities(one), _partition(one)) for one in found)
    assert (agreed["LEA"].recall or 0) > 0.93


def test_every_mention_is_in_one_entity_whatever_the_order(
    sample: tuple[list[Gold], dict[str, Article], Ontology],
) -> None:
    golds, articles, ontology = sample
    expected = list(registers(golds, articles, ontology))
    for seed in range(5):
        chance = random.Random(seed)
        mixed = [
            one.model_copy(
                update={
                    "mentions": tuple(chance.sample(one.mentions, len(one.mentions))),
                    "relations": tuple(chance.sample(one.relations, len(one.relations))),
                }
            )
            for one in chance.sample(golds, len(golds))
        ]
        back = dict(reversed(articles.items()))
        assert [one.model_dump_json() for one in registers(mixed, back, ontology)] == [
            one.model_dump_json() for one in expected
        ]
        stories = by_story(mixed, back)
        assert register("dam", stories["dam"][::-1], back, ontology) == expected[0]
    for one in expected:
        keys = [key for entity in one.entities for key in entity.mentions]
        assert sorted(keys) == [mention.key for mention in one.mentions]
        assert len(set(keys)) == len(keys)
        assert Register.model_validate_json(one.model_dump_json()) == one


def _partition(found: Register) -> dict[str, str]:
    return {key: entity.id for entity in found.entities for key in entity.mentions}


SEEDS = {
    "PERSON": r"(?:Salah|Saladin)\w*(?: al-Din)? (?:[aA]l-)?N[aei]mr\w+|Khal[ei]d [aA]l[ -]M\w+|[aA]l-(?:Nimr|Mish)\w+"
    r"|(?<!-)(?<!\w )N[aei]mrou\w+|Khalifa Haftar|Haftar|Hulusi Akar|Akar\b|Khaled Karrouad|Yasar Guler",
    "GPE": r"Libya\b|Turkey\b|Tripoli\b|Ankara",
    "ORGANIZATION": r"Government of National Accord|GNA",
}


def test_four_spellings_of_two_names_in_real_articles(shared_data: Path, ontology: Ontology) -> None:
    golds, articles = [], {}
    for file in sorted((shared_data / "seeds").glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        articles[file.stem] = Article(article_id=file.stem, text=text, text_sha256=text_digest(text), story_id="visit")
        marked = sorted(
            (m.start(), m.end(), m[0], t) for t, pattern in SEEDS.items() for m in re.finditer(pattern, text)
        )
        golds.append(
            gold_of(
                articles[file.stem],
                (Mention(id=f"{s}", start=s, end=e, text=words, labels=(type,)) for s, e, words, type in marked),
            )
        )
    found = register("visit", golds, articles, ontology)
    texts: dict[str, set[str]] = defaultdict(set)
    entity = _partition(found)
    for one in found.mentions:
        texts[entity[one.key]].add(one.text)
    by_last = {words.split()[-1]: id for id, said in texts.items() for words in said}
    minister = {"Al-Nimroush", "Namroush", "Nemrush", "al-Namrous", "al-Nimrush", "Namrous"}
    chairman = {"Al-Mashri", "al-Mashri", "Meshri", "al-Mishri", "Al-Mishri"}
    assert minister | chairman <= by_last.keys()
    assert len({by_last[one] for one in minister}) == len({by_last[one] for one in chairman}) == 1
    assert {"Government of National Accord", "GNA"} in [texts[id] for id in texts]
    assert {"Khaled Karrouad"} in texts.values()
    assert sorted(texts.values(), key=len)[-1] >= {"Salah al-Din al-Nimrush"}


def test_ecb_plus_is_better_than_its_baselines(shared_data: Path) -> None:
    from benchmarks import ecbplus

    ecb = ecbplus.read(shared_data / "ecbplus", ecbplus.ENTITIES)
    assert (len(ecb.articles), len(ecb.chains), len(set(ecb.chains.values()))) == (146, 643, 209)
    ours = ecbplus.ours(ecb)
    for form in (str.casefold, ecbplus.head):
        theirs = ecbplus.baseline(ecb, form)
        for measure in ("LEA", "CoNLL"):
            assert (ours[measure].f1 or 0) > (theirs[measure].f1 or 1) + 0.02
    assert (ours["LEA"].f1 or 0) > 0.7
    assert (ours["B³"].precision or 0) > 0.93
