from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from papers import describe, project

from toolkit.dataset.about import About, Facts
from toolkit.dataset.documentation import document
from toolkit.dataset.documentation.datasheet import PARTS, datasheet, findings, unanswered
from toolkit.dataset.prose import SECTIONS, Prose
from toolkit.findings import Severity


@pytest.fixture(scope="module")
def about(tmp_path_factory: pytest.TempPathFactory) -> About:
    return describe(tmp_path_factory.mktemp("datasheet") / "2.0.0")


def answer(text: str, question: str) -> str:
    return re.split(r"\n\n(?:\*\*[^*]+\?\*\*|## .*)\n\n", text.split(f"**{question}**\n\n")[1])[0].strip()


def test_seven_parts_in_their_order(about: About) -> None:
    parts = ["Motivation", "Composition", "Collection", "Cleaning and labelling", "Uses", "Distribution", "Maintenance"]
    assert list(PARTS) == parts
    text = datasheet(about)
    assert text.startswith("# Datasheet: Harbour\n\n## Motivation\n\n")
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == parts


def test_a_person_s_answers_are_all_in_it(about: About) -> None:
    text = datasheet(about)
    for name in SECTIONS:
        assert (f"What is said of {name.lower()}." in text) == (name != "Summary")  # which stands on the card


def test_data_answer_what_they_can(about: About) -> None:
    text = datasheet(about)
    assert "- `entities`: 2 rows, each an article with gold" in answer(text, "What is in it, and how much?")
    assert "- Mentions: PERSON 4, GPE 3, LOCATION 2, ORGANIZATION 1, QUANTITY 1" in answer(
        text, "Which labels are there?"
    )
    assert answer(text, "Is anything missing?").startswith(
        "Articles: gold 2, awaiting-adjudication 1, skipped 1, unlabelled 1."
    )
    assert "Outlets: not known 3, Meridian \\| Wire 1, Sada 1.\n\nLanguages:" in answer(text, "From which sources?")
    assert answer(text, "How far do the annotators agree?") == (
        "- entities: F1, exact 0.67 (95 % interval 0.50 to 0.75; of 6)\n"
        "- entities: Krippendorff α of level undefined (95 % interval -; of 2)"
    )
    assert answer(text, "Did a machine suggest anything?") == (
        "Annotators were shown suggestions: 1 accepted as they were, 0 changed."
    )
    assert answer(text, "When and where was it published?") == (
        "Published on 2031-05-20. Its home is <https://huggingface.co/datasets/owner/harbour>."
    )
    assert "- Apache-2.0: 1 article; see the licence" in answer(text, "On which terms may it be used?")
    assert answer(text, "Does it stand by itself?").startswith("Yes")


def test_a_stand_off_release_does_not_stand_by_itself(tmp_path: Path) -> None:
    assert answer(datasheet(describe(tmp_path / "d", text="stand-off")), "Does it stand by itself?").startswith("No")


def test_a_question_without_an_answer_is_left_out_and_found(about: About) -> None:
    bare = replace(about, project=project(hub="", date=""), prose=Prose(), facts=Facts())
    text = datasheet(bare)
    assert "## Motivation" not in text
    assert "## Uses" not in text
    words = [question.words for question in unanswered(bare)]
    assert words == [
        "Why was it made, by whom, and who paid for it?",
        "What in it is known to be wrong, or hard?",
        "Whom does it speak of, and what of that is sensitive?",
        "How were the articles chosen and had?",
        "From which time?",
        "Who took part, and how were they paid?",
        "How far do the annotators agree?",
        "What is it good for?",
        "What is it not for?",
        "Whose view does it bring in?",
        "Whom could it help or harm?",
        "When and where was it published?",
        "Who looks after it?",
    ]
    assert not any(f"**{question}**" in text for question in words)
    (finding,) = findings(bare)
    assert (finding.rule, finding.severity) == ("datasheet-questions-open", Severity.NOTE)
    assert finding.message.startswith("13 of its questions have no answer and are left out: Why was it made")


def test_every_question_is_answered_where_all_is_known(about: About) -> None:
    assert [question.words for question in unanswered(about)] == ["From which time?"]  # no article is dated here


def test_all_papers_are_written_and_what_they_lack_is_told(tmp_path: Path) -> None:
    about = describe(tmp_path / "d")
    found = document(about.opened.folder, replace(about, prose=Prose()))
    assert {"README.md", "DATASHEET.md", "croissant.json"} <= {path.name for path in about.opened.folder.iterdir()}
    assert [one.rule for one in found] == ["card-section-missing"] * len(SECTIONS) + ["datasheet-questions-open"]
