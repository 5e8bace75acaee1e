"""Nothing of an article is in a stand-off release, and all of it comes back."""

from __future__ import annotations

import re
import string
import tempfile
from collections.abc import Iterator
from pathlib import Path

from georgian import GEORGIAN, labelled, set_text, texts, words
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import World, make_ontology, span_type, vote
from sweep import examples

from toolkit.articles.clean import clean
from toolkit.articles.rules import Rules, load_rules
from toolkit.dataset.build import Built
from toolkit.dataset.opened import open_dataset
from toolkit.dataset.standoff import CLEANING, cleaning_yaml, spans, tokens, with_text, without_text
from toolkit.files import parse_yaml


def everything_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a dataset, as it is and, of Parquet, as it is read; in which a letter may also be escaped."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")
    opened = open_dataset(folder)
    for config in opened.features:
        yield config, str(list(opened.named(config)))


@given(st.lists(st.tuples(words, texts), min_size=1, max_size=3))
@settings(max_examples=examples(15))
def test_no_letter_of_any_article_is_in_any_file_of_a_stand_off_release(written: list[tuple[str, str]]) -> None:
    made = [labelled(f"a{number}", title, text) for number, (title, text) in enumerate(written)]
    world = World(articles={article.article_id: article for article, _ in made}, votes=[vote for _, vote in made])
    rules = Rules.model_validate(
        {"rules": [{"name": "ad", "why": "no text", "where": "tail", "line": "ad", "spares": [made[0][0].text]}]}
    )
    with tempfile.TemporaryDirectory() as folder:
        built = set_text(world, "stand-off").build(Path(folder) / "off", beside={CLEANING: cleaning_yaml(rules)})
        assert built.rows["claims"] == built.rows["relations"] == len(made)
        assert CLEANING in built.files
        for name, content in everything_in(built.folder):
            assert not set(content) & set(GEORGIAN), name
            assert "\\u10" not in content, name
        full = set_text(world, "included").build(Path(folder) / "full").folder
        assert all(any(text.split()[0] in content for _, content in everything_in(full)) for _, text in written)


def test_what_annotators_typed_stays(tmp_path: Path) -> None:
    folder = set_text(World(), "stand-off").build(tmp_path / "d").folder
    opened = open_dataset(folder)
    assert not opened.has_text
    assert [claim["values"] for claim in opened.named("claims")] == [
        [{"id": "m6", "start": 72, "end": 83, "label": "QUANTITY", "number": "30", "precision": "exact"}],
        [],
    ]
    assert "tokens" not in opened.features["entities"]
    assert {"token_starts", "token_ends", "text_sha256"} <= opened.features["entities"].keys()


def test_with_text_puts_back_what_without_text_took(built: Built, world: World) -> None:
    opened = open_dataset(built.folder)
    for config in opened.features:
        for row in opened.rows(config):
            bare = without_text(config, row)
            assert not {"title", "tokens"} & bare.keys()
            assert "'text'" not in str(bare)
            assert with_text(config, bare, world.articles.__getitem__) == row


def test_spans_at_any_depth_and_tokens_apart() -> None:
    row = {
        "article_id": "a1",
        "start": 1,
        "end": 9,
        "context": {"start": 0, "end": 12},
        "values": [{"start": 3, "end": 4}, {"start": 5, "end": 6, "nested": [{"start": 7, "end": 8}]}],
        "nobody": None,
        "elsewhere": {"article_id": "a2", "start": 0, "end": 5},
        "token_starts": [0, 4],
        "token_ends": [3, 7],
    }
    found = [("a1", (1, 9)), ("a1", (0, 12)), ("a1", (3, 4)), ("a1", (5, 6)), ("a1", (7, 8)), ("a2", (0, 5))]
    assert list(spans(row)) == found
    assert tokens(row) == [(0, 3), (4, 7)]


def test_the_rules_of_a_release_clean_as_ours_do_and_hold_no_examples(repository: Path) -> None:
    ours = load_rules(repository / "configs" / CLEANING)
    text = cleaning_yaml(ours)
    theirs = Rules.model_validate(parse_yaml(text, CLEANING))
    assert "matches" not in text
    assert "Ferry strike" not in text
    for rule in ours.rules:
        for line in (*rule.matches, *rule.spares):
            raw = f"{line}\nThe harbour was quiet.\n{line}"
            assert clean(raw, theirs, "The harbour").text == clean(raw, ours, "The harbour").text
    assert len(theirs.rules) == len(ours.rules)
    assert theirs.longest_line == ours.longest_line


rule_lines = st.text(string.ascii_letters + " :'\"#|[]-{}&*!%@`,?\\\n\téß", min_size=1, max_size=30)


@given(rule_lines, rule_lines.filter(str.strip))
def test_any_pattern_survives_the_file(line: str, why: str) -> None:
    rules = Rules.model_validate(
        {"longest_line": 7, "rules": [{"name": "a", "why": why, "where": "head", "line": re.escape(line)}]}
    )
    assert Rules.model_validate(parse_yaml(cleaning_yaml(rules), CLEANING)) == rules


def test_an_ontology_without_claims_has_a_stand_off_release_too(tmp_path: Path) -> None:
    ontology = make_ontology(
        entities=[span_type("PERSON")], values=[], mention_attributes=[], relations=[], modality=None, claims=None
    )
    world = set_text(World(ontology=ontology), "stand-off")
    world.votes = [vote(world.articles["a5"], "annotator-7f")]
    assert world.build(tmp_path / "d").rows == {"annotations": 1, "documents": 5, "entities": 1}
