"""The rules by which changes between two versions of an ontology are told, each with a stable id.

A rule says what its change breaks: the *project* that people label in, the *annotations* that are stored, or the
*dataset* for those who load it. What breaks one of them needs a new major version, what adds a minor one, what is only
said, shown or ordered otherwise a patch. ``compare/`` finds the changes.
"""

from __future__ import annotations

from toolkit.findings import Rule, Severity
from toolkit.ontology.across import LINKS
from toolkit.ontology.changes import Change, ChangeRule, Contract
from toolkit.ontology.versions import Bump

_P, _A, _D = Contract
_MIGRATE = "goldkit schema migrate --plan FILE (brings what was labelled over)"
_PUSH = "goldkit schema compile, then goldkit push"
_TELL = "tell those who load the dataset, in its next release"
_ANEW = "give what it means now a new name and retire this one: goldkit schema migrate --plan FILE"
_LINK = "goldkit link push"
_ASK = (
    "have the answers put right in Label Studio while the ontology still has it (a plan moves nothing across articles)"
)
_NEW_LINK = "give what it means now a new name and retire this one"


def _breaking(id: str, breaks: tuple[Contract, ...], purpose: str, next: str = _MIGRATE) -> ChangeRule:
    return ChangeRule(id, purpose, Severity.NOTE, next, breaks, Bump.MAJOR)


def _addition(id: str, purpose: str, next: str = _PUSH) -> ChangeRule:
    return ChangeRule(id, purpose, Severity.NOTE, next, (), Bump.MINOR)


def _wording(id: str, purpose: str) -> ChangeRule:
    return ChangeRule(id, purpose, Severity.NOTE, _PUSH, (), Bump.PATCH)


_NAMES = (
    _breaking("label-removed", (_P, _A, _D), "A label stays: its regions would be rejected, and a class be gone."),
    _breaking("relation-removed", (_P, _A, _D), "A relation stays: its links would be rejected, and a class be gone."),
    _breaking(
        "attribute-removed", (_P, _A, _D), "A question stays: its answers would be rejected, and a column be gone."
    ),
    _breaking("option-removed", (_P, _A, _D), "An answer stays: where it was given it would be rejected."),
    _breaking(
        "modality-removed", (_P, _A, _D), "A modality stays: what was negated would be read as plainly asserted."
    ),
    _breaking("label-renamed", (_P, _A, _D), "A label keeps its name: another name is another label."),
    _breaking("relation-renamed", (_P, _A, _D), "A relation keeps its name: another name is another relation."),
    _breaking(
        "attribute-renamed", (_P, _A, _D), "A question keeps its name: it is a control on the screen, and a column."
    ),
    _breaking("option-renamed", (_P, _A, _D), "An answer keeps its name: it is what is stored, and a class."),
    _breaking("modality-renamed", (_P, _A, _D), "A modality keeps its name: relations bear it, and it is a class."),
    _addition("label-added", "A new label breaks nothing: nobody has used it."),
    _addition("relation-added", "A new relation breaks nothing: nobody has used it."),
    _addition("attribute-added", "A new question breaks nothing as long as it may be left open."),
    _addition("option-added", "A new answer breaks nothing: nobody has given it."),
    _addition("modality-added", "A new modality breaks nothing: nobody has used it."),
)

_MEANING = (
    _breaking(
        "label-role-changed",
        (_P, _A, _D),
        "A mention stays a mention, a claim a claim, a cue a cue: also in storage.",
        _ANEW,
    ),
    _breaking(
        "label-moved",
        (_D,),
        "An entity stays an entity, and a value a value: the columns of a claim's values hang on it.",
        _TELL,
    ),
    _breaking(
        "relation-role-changed",
        (_P, _A, _D),
        "What joins mentions, and what leads from a claim, goes on doing so.",
        _ANEW,
    ),
    _breaking(
        "class-numbers-shifted",
        (_D,),
        "A class keeps its number: who stored numbers would read other classes. A new entity moves every value.",
        "put what is new last in its list, and tell those who load the dataset; a new entity moves the values in any "
        "case, for they are numbered after the entities",
    ),
    _breaking("relation-ends-narrowed", (_A,), "A relation goes on joining what it joined: links would be rejected."),
    _addition("relation-ends-widened", "A relation that joins more breaks nothing that is there."),
    _breaking("relation-same-type-added", (_A,), "Ends of two types stay allowed: links would be rejected."),
    _addition("relation-same-type-dropped", "Ends of two types, where they had to be of one, break nothing."),
    _breaking(
        "unlabelled-relation-ambiguous",
        (_A,),
        "An arrow without a label goes on meaning what only it could mean: where there is a choice now it is rejected.",
        "goldkit schema migrate --plan FILE (writes the labels), or keep the ends of the two apart",
    ),
    ChangeRule(
        "unlabelled-relation-changed",
        "An arrow without a label never gets a second meaning: nobody who drew one meant the new relation.",
        Severity.ERROR,
        "goldkit schema migrate --plan FILE (writes the labels); or keep a choice between those ends",
        (_A,),
        Bump.MAJOR,
    ),
    _breaking(
        "relation-became-symmetric",
        (_A, _D),
        "A direction keeps its meaning: of two links there and back one would be rejected.",
        _ANEW,
    ),
    _breaking(
        "relation-became-directed",
        (_A, _D),
        "A link without a direction gets none: it was drawn from either end.",
        _ANEW,
    ),
)

_QUESTIONS = (
    _breaking(
        "attribute-form-changed",
        (_P, _A, _D),
        "A choice stays a choice, a text a text: answers would be rejected.",
        _ANEW,
    ),
    _breaking(
        "attribute-required",
        (_P, _A),
        "An answer that could be left out still can: spans without would be rejected.",
        "leave it open until it is answered everywhere in Label Studio, then goldkit pull, and make it a must",
    ),
    _addition("attribute-made-optional", "An answer that need not be given breaks nothing; its column may hold nulls."),
    _breaking(
        "attribute-default-changed",
        (_A, _D),
        "No answer goes on meaning what it meant when people gave none.",
        "keep what no answer means; what it was meant to be, people have to say",
    ),
    _addition(
        "attribute-pattern-changed", "Another form of a text breaks nothing; answers in the old one are reported."
    ),
    _breaking(
        "attribute-asked-less", (_P, _A, _D), "A question goes on being asked: answers would be rejected.", _ANEW
    ),
    _addition("attribute-asked-more", "A question about more labels breaks nothing as long as it may be left open."),
)

_CLAIMS = (
    _breaking(
        "claims-removed", (_P, _A, _D), "Claims stay: their layer, their config and all of theirs would be gone."
    ),
    _addition("claims-added", "A new layer breaks nothing; a project has to ask for it."),
    _breaking("claims-value-removed", (_P, _A, _D), "A claim keeps its values: the links to them would be rejected."),
    _addition("claims-value-added", "A link to a claim's values breaks nothing: nobody has drawn one."),
    _addition(
        "claims-no-claimant-changed", "Which claims need no claimant changes what is reported, not what is kept."
    ),
)

_LINKS = (
    _breaking(
        "claim-link-removed",
        (_P, _A, _D),
        "A link between claims stays: answers of before would be rejected, and a class be gone.",
        _ASK,
    ),
    _breaking(
        "claim-link-renamed",
        (_P, _A, _D),
        "A link between claims keeps its name: it is an answer that is stored, and a class.",
        _ASK,
    ),
    _addition("claim-link-added", "A new link between claims breaks nothing: nobody has chosen it.", _LINK),
    _breaking(
        "claim-link-meaning-changed",
        (_A, _D),
        "A link goes on meaning what it meant to the checks: from answers of before, other links would follow.",
        _NEW_LINK,
    ),
    _breaking(
        "claim-link-became-symmetric",
        (_P, _A, _D),
        "A direction between claims keeps its meaning: answers have it, and the screen asks for it.",
        _NEW_LINK,
    ),
    _breaking(
        "claim-link-became-directed",
        (_A, _D),
        "A link between claims without a direction gets none: nobody was asked for it.",
        _NEW_LINK,
    ),
    _breaking(
        "linked-type-removed",
        (_P, _A, _D),
        "A type whose mentions are linked across articles goes on being linked: rows and a class would be gone.",
        _TELL,
    ),
    _addition("linked-type-added", "Mentions of one more type that are linked break nothing.", _LINK),
    _breaking(
        "links-removed",
        (_P, _A, _D),
        "The layer across articles stays: its tables and all of its work would be gone.",
        _TELL,
    ),
    _addition("links-added", "A layer across articles breaks nothing: nobody has linked anything.", _LINK),
)

_WORDING = (
    _addition("ontology-renamed", "Another name breaks nothing, but cards and records of before tell the old one."),
    _addition("definition-changed", "Other words may draw another line; what is stored was labelled by the old ones."),
    _wording("question-changed", "How a question is put is for the annotator's eyes."),
    _wording("examples-changed", "Examples are for the annotator's eyes."),
    _wording("colour-changed", "A colour is for the annotator's eyes."),
    _wording("hotkey-changed", "A key is in the annotators' fingers: tell them."),
    ChangeRule(
        "decisions-changed",
        "How names are told apart is for the annotator's eyes.",
        Severity.NOTE,
        f"{_PUSH}; {_LINK} where it is about links between claims",
        (),
        Bump.PATCH,
    ),
    _wording("order-changed", "The order of questions, types or answers is what people and columns show, no more."),
)

_RETIRED = (
    ChangeRule(
        "name-reused",
        "A name never gets a second meaning: data of before would be read as what they are not.",
        Severity.ERROR,
        "choose a name that was never used",
        (_A, _D),
        Bump.MAJOR,
    ),
    ChangeRule(
        "vanished-not-retired",
        "A name that goes is listed under retired, so that nobody gives it another meaning.",
        Severity.ERROR,
        "list it under retired: with the version in `since`, and `replaced_by` where another name takes its place",
        (),
        Bump.PATCH,
    ),
    ChangeRule(
        "retired-name-forgotten",
        "A retired name stays listed: data of before bear it.",
        Severity.WARNING,
        "put it back under retired:",
        (),
        Bump.PATCH,
    ),
    _wording("retirement-changed", "When a name was retired, and for which one, is for people and for plans."),
)

VERSION_TOO_SMALL = Rule(
    "version-bump-too-small",
    "A version tells how much changed: what breaks a contract raises the first number, what adds the second.",
    Severity.ERROR,
    "raise `version`, or take the changes back",
)
VERSION_WENT_BACK = Rule(
    "version-went-back", "A version only rises.", Severity.ERROR, "raise `version` above that of before"
)

CHANGES = {rule.id: rule for rule in (*_NAMES, *_MEANING, *_QUESTIONS, *_CLAIMS, *_LINKS, *_WORDING, *_RETIRED)}
"""The rules of changes by id, in the order in which changes are told."""

RULES: tuple[Rule, ...] = (*CHANGES.values(), VERSION_TOO_SMALL, VERSION_WENT_BACK)


def next_step(change: Change) -> str:
    """What to do about a change: what is said across articles is on other screens, and no plan moves it."""
    across = {_PUSH: _LINK, _MIGRATE: _ASK, _ANEW: _NEW_LINK}
    return across.get(change.rule.next, change.rule.next) if change.loc[:1] == (LINKS,) else change.rule.next
