"""``DATASHEET.md``: a datasheet in seven parts (Gebru et al. 2021, "Datasheets for Datasets").

The data answer what data can; a person answers the rest, in ``configs/card.md``. A question without an answer is left
out, and found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import NamedTuple

from toolkit.dataset.about import About
from toolkit.dataset.documentation import across, rai
from toolkit.dataset.documentation.contents import ROWS, counted, listed, several
from toolkit.dataset.documentation.markdown import code, link, plain
from toolkit.dataset.documentation.terms import conditions
from toolkit.findings import Finding, Place, Rule, Severity

QUESTIONS_OPEN = Rule(
    "datasheet-questions-open",
    "Every question of the datasheet has an answer.",
    Severity.NOTE,
    "write the sections that are missing in configs/card.md",
)


class Question(NamedTuple):
    """A question, and what answers it; an empty answer is none."""

    words: str
    answer: Callable[[About], str]


def _prose(section: str) -> Callable[[About], str]:
    return lambda about: about.prose.get(section)


def _instances(about: About) -> str:
    rows = (
        f"- {code(config)}: {several(about.summary.rows(config), 'row')}, each {ROWS[config]}"
        for config in ROWS
        if config in about.opened.features
    )
    return "\n".join([counted(about), "", *rows])


def _labels(about: About) -> str:
    columns = {
        "Mentions": ("entities", "entities", "label"),
        "Relations": ("relations", "type"),
        "Links between claims": ("claim_links", "type"),
    }
    counts = {what: listed(about.summary.counts(*column)) for what, column in columns.items()}
    return "\n".join(f"- {what}: {found}" for what, found in counts.items() if found)


def _missing(about: About) -> str:
    status = listed(about.summary.counts("documents", "status"))
    text = "" if about.opened.has_text else " The texts and headlines of the articles are not in it."
    stories = f" {told}" if (told := across.stories(about)) else ""
    return f"Articles: {status}. Only those with gold have rows in `entities`, `relations` and `claims`.{stories}{text}"


def _ties(about: About) -> str:
    stories, copies = (
        sum(1 for name, count in about.summary.counts("documents", column).items() if name and count > 1)
        for column in ("story_id", "dup_group")
    )
    return (
        f"Articles about one event share a `story_id` ({stories} of these have more than one article), near-copies a "
        f"`dup_group` ({copies}). Relations and claims point to mentions of their article."
        + (" Entities and links between claims join the articles of a story." if across.stories(about) else "")
    )


def _splits(about: About) -> str:
    sizes = ", ".join(
        f"{split} {several(about.summary.rows('documents', split), 'article')}" for split in about.opened.splits
    )
    return f"{sizes}. Stories and near-copies are never in two splits; an article stays in its split in later versions."


def _self_contained(about: About) -> str:
    if about.opened.has_text:
        return "Yes: the articles' texts are in it, and nothing has to be fetched."
    return (
        "No: the texts have to be had from the outlets or an archive (`url`). Nobody vouches that they stay there; "
        "`text_sha256` tells whether a text is the one that was labelled."
    )


def _drawn(about: About) -> str:
    facts = about.facts
    order = "" if facts.order == "plain" else f", in the order of {facts.order}"
    if facts.drawn is None:
        return f"All that were at hand were to be labelled{order}."
    return (
        f"Of {several(facts.corpus, 'article')} at hand {facts.drawn} were drawn to be labelled{order}: of near-copies "
        "one, and with the shares of languages, outlets, months and stories as far as the number allowed."
    )


def _time(about: About) -> str:
    days = sorted(day[:10] for (day,) in about.summary.columns("documents", "published") if day)
    return f"The articles were published from {plain(days[0])} to {plain(days[-1])}." if days else ""


def _sources(about: About) -> str:
    outlets, languages = (about.summary.counts("documents", column) for column in ("outlet", "language"))
    return f"Outlets: {listed(outlets)}.\n\nLanguages: {listed(languages)}." if outlets else ""


def _agreement(about: About) -> str:
    return "\n".join(f"- {plain(line)}" for line in rai.analysis(about))


def _suggested(about: About) -> str:
    return rai.machines(about) or "No item is marked as one that was suggested to an annotator."


def _licences(about: About) -> str:
    counts = about.summary.counts("documents", "licence")
    texts = "\n".join(
        f"- {plain(name) or '(not known)'}: {several(count, 'article')}; {conditions(name)}"
        for name, count in counts.items()
    )
    return f"The annotations: {plain(about.project.dataset.licence)}. The texts keep their own:\n\n{texts}"


def _published(about: About) -> str:
    date, url = about.project.dataset.date, about.url
    return " ".join([f"Published on {date}." if date else "", f"Its home is {link(url)}." if url else ""]).strip()


def _versions(about: About) -> str:
    return (
        f"This is version {about.project.dataset.version}. The first number rises where what loads today would break "
        "or mean something else, or where articles change their split; the second with new data, the third with "
        "corrections."
    )


PARTS = MappingProxyType(
    {
        "Motivation": (Question("Why was it made, by whom, and who paid for it?", _prose("Motivation")),),
        "Composition": (
            Question("What is in it, and how much?", _instances),
            Question("Which labels are there?", _labels),
            Question("Is anything missing?", _missing),
            Question("What belongs together?", _ties),
            Question("Which splits are there?", _splits),
            Question("What in it is known to be wrong, or hard?", _prose("Limitations")),
            Question("Does it stand by itself?", _self_contained),
            Question(
                "Whom does it speak of, and what of that is sensitive?", _prose("Personal and sensitive information")
            ),
        ),
        "Collection": (
            Question("How were the articles chosen and had?", _prose("Collection")),
            Question("Which of them were to be labelled?", _drawn),
            Question("From which sources?", _sources),
            Question("From which time?", _time),
            Question("Who took part, and how were they paid?", _prose("Annotators")),
        ),
        "Cleaning and labelling": (
            Question("What was done to the texts?", lambda _: rai.CLEANING),
            Question("How was it labelled?", rai.protocol),
            Question("How far do the annotators agree?", _agreement),
            Question("Did a machine suggest anything?", _suggested),
        ),
        "Uses": (
            Question("What is it good for?", _prose("Uses")),
            Question("What is it not for?", _prose("Out of scope")),
            Question("Whose view does it bring in?", _prose("Biases")),
            Question("Whom could it help or harm?", _prose("Social impact")),
        ),
        "Distribution": (
            Question("When and where was it published?", _published),
            Question("On which terms may it be used?", _licences),
        ),
        "Maintenance": (
            Question("Who looks after it?", _prose("Maintenance")),
            Question("What do its versions promise?", _versions),
        ),
    }
)
"""The seven parts and their questions."""


def datasheet(about: About) -> str:
    """The whole ``DATASHEET.md``; a part of which nothing is answered is left out."""
    blocks = [f"# Datasheet: {plain(about.title)}"]
    for part, questions in PARTS.items():
        answers = {question.words: text for question in questions if (text := question.answer(about).strip())}
        if answers:
            blocks.append(f"## {part}")
            blocks += [block for words, text in answers.items() for block in (f"**{words}**", text)]
    return "\n\n".join(blocks) + "\n"


def unanswered(about: About) -> Iterator[Question]:
    """The questions that nothing answers."""
    for questions in PARTS.values():
        yield from (question for question in questions if not question.answer(about).strip())


def findings(about: About) -> Iterator[Finding]:
    """One finding that lists the questions without an answer."""
    if words := [question.words for question in unanswered(about)]:
        message = f"{len(words)} of its questions have no answer and are left out: {' '.join(words)}"
        yield QUESTIONS_OPEN.at(Place(file="DATASHEET.md"), message)
