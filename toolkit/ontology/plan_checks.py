"""A plan read from the file that a person wrote, and refused where it would not do what it seems to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit.errors import BadInputError
from toolkit.files import parse_yaml, read_text
from toolkit.findings import Place
from toolkit.ontology.across import LINKS, located_link_attributes
from toolkit.ontology.consistency import Loc
from toolkit.ontology.model import Ontology
from toolkit.ontology.places import locate
from toolkit.ontology.plan import Lead, Plan
from toolkit.ontology.plan_file import PlanFile, Ref, Retype
from toolkit.ontology.versions import numbers
from toolkit.settings import in_words

_Problem = tuple[Loc, str]


def load_plan(path: Path, ontology: Ontology) -> Plan:
    """Read a plan, and hold it against itself and the new ontology.

    Refused are a version that is not the ontology's, names that the new ontology does not have or has across articles
    alone, steps that take away all of a name that it keeps, two steps that begin at one name, and steps that lead to
    where others begin: which of them came first would decide what they do.

    Raises:
        BadInputError: with every problem and its place in the file.
    """
    text = read_text(path)
    place = locate(text, str(path))
    try:
        file = PlanFile.model_validate(parse_yaml(text, path))
    except ValidationError as error:
        problems = [(place(problem["loc"]), _in_words(problem)) for problem in _own(error.errors())]
        raise _refused(path, problems) from None
    plan = Plan(file, ontology, place)
    checks = (_wrong_version, _across_articles, _unknown_targets, _kept, _begun_twice, entangled)
    _refuse(path, plan, [problem for check in checks for problem in check(plan)])
    return plan


def check_from(path: Path, plan: Plan, version: str, where: str) -> None:
    """Hold the version that a plan begins at against the one ``where`` the annotations are.

    That may be the plan's last, too: a label config that was brought up to date before the annotations were.

    Raises:
        BadInputError: with the place of the version.
    """
    if version not in (plan.file.from_, plan.file.to):
        _refuse(path, plan, [(("from",), f"the plan begins at {plan.file.from_}, and {where} is {version}")])


def check_names(path: Path, plan: Plan, old: Mapping[Ref, str], used: Mapping[Ref, str]) -> None:
    """Hold a plan against the names that are there.

    Args:
        path: the plan's file.
        plan: the plan.
        old: the names of the old label config, each with its control or type of answer (``Plan.names_in_config``).
        used: the names in use, likewise.

    Raises:
        BadInputError: with the place of each step that names what is not there, leads to something of another kind,
            or renames onto a name that is taken.
    """
    there = {**used, **old}
    _refuse(path, plan, [*_unknown_sources(plan, there), *_other_kinds(plan, there), *_taken(plan, old)])


def _refuse(path: Path, plan: Plan, problems: Iterable[_Problem]) -> None:
    if found := [(plan.place(loc), message) for loc, message in problems]:
        raise _refused(path, found)


def _refused(path: Path, problems: Iterable[tuple[Place, str]]) -> BadInputError:
    lines = "\n".join(f"  {place}: {message}" for place, message in problems)
    return BadInputError(f"{path}: not a plan that can be carried out\n{lines}", next=f"correct {path} and run again")


def _own(problems: Sequence[Any]) -> Iterator[Any]:
    """The problems but those that only follow from others: a list is too short where none of its items can be read."""
    for problem in problems:
        loc = problem["loc"]
        if problem["type"] != "too_short" or not any(other["loc"][:-1][: len(loc)] == loc for other in problems):
            yield problem


def _in_words(problem: Any) -> str:
    key = next((part for part in reversed(problem["loc"]) if isinstance(part, str)), "the plan")
    match problem["type"]:
        case "missing":
            return f"{key} is missing"
        case "extra_forbidden":
            return f"{key}: {in_words(problem, PlanFile)}"
        case "too_short":
            least = problem["ctx"]["min_length"]
            return f"{key} needs at least {least} {'step' if key == 'steps' else 'name'}{'s' * (least > 1)}"
        case "tuple_type" if problem["input"] is None:
            return f"{key} is empty"
    return f"{key}: {in_words(problem)}"


def _loc(step: int) -> Loc:
    return ("steps", step - 1)


def _wrong_version(plan: Plan) -> Iterator[_Problem]:
    if plan.file.to != plan.ontology.version:
        yield ("to",), f"the plan leads to {plan.file.to}, and the ontology is {plan.ontology.version}"
    if numbers(plan.file.from_) >= numbers(plan.file.to):
        yield ("from",), f"a plan leads to a higher version, and {plan.file.to} is not above {plan.file.from_}"


def _across_articles(plan: Plan) -> Iterator[_Problem]:
    """Steps for links between claims: a plan moves annotations, and these are of one article."""
    for lead in plan.leads:
        if across := [ref for ref in (lead.old, *lead.new) if _is_across(plan, ref)]:
            why = f"{across[0].name} is said across articles, and a plan moves what is labelled in one"
            yield _loc(lead.step), f"{why}: leave the step out (see links between claims in docs/schema.md)"


def _is_across(plan: Plan, ref: Ref) -> bool:
    """Whether a name that is none of an annotation is, or was until it was retired, one of the links'."""
    ontology = plan.ontology
    questions = {question.name for question, _ in located_link_attributes(ontology)}
    here = {one.name for one in ontology.retired if one.of is None}
    match ref.kind:
        case "relation":
            links = {*ontology.claim_link_types} | {one.name for one in ontology.retired if one.of == LINKS}
            return ref not in plan.known and ref.name in links - here
        case "attribute":
            return ref.name in questions
        case "option":
            return ref.of in questions
    return False


def _unknown_targets(plan: Plan) -> Iterator[_Problem]:
    for lead in plan.leads:
        for new in lead.new:
            if new not in plan.known and not _is_across(plan, new):
                yield _loc(lead.step), f"the ontology {plan.ontology.version} has no {new}"


def _kept(plan: Plan) -> Iterator[_Problem]:
    """Names that would lose all their items, and that the new ontology has: what it means would be gone.

    A retyping takes some of a relation's links, by their ends, so the relation may well stay.
    """
    for lead in plan.leads:
        verb = plan.step(lead.step).verb
        stays = lead.old._replace(of=plan.attributes.get(lead.old.of, lead.old.of))
        if verb != "retype" and stays in plan.known and stays not in lead.new:
            why = f"the ontology {plan.ontology.version} keeps {stays}"
            yield _loc(lead.step), f"{why}, and this {verb} would leave nothing of it"


def _begun_twice(plan: Plan) -> Iterator[_Problem]:
    begun: dict[Ref, list[Lead]] = {}
    for lead in plan.leads:
        others = begun.setdefault(lead.old, [])
        if twice := [other for other in others if not _apart(plan, lead, other)]:
            where = plan.place(_loc(twice[0].step)).line
            yield _loc(lead.step), f"{lead.old} is moved in line {where} already"
        others.append(lead)


def _apart(plan: Plan, one: Lead, other: Lead) -> bool:
    """Whether two steps that begin at one name never mean the same relation."""
    left, right = (plan.step(lead.step).retype for lead in (one, other))
    if left is None or right is None:
        return False
    return {*left.head}.isdisjoint(right.head) or {*left.tail}.isdisjoint(right.tail)


def entangled(plan: Plan) -> Iterator[_Problem]:
    """Steps that would see each other's results."""
    begin = {lead.old: lead for lead in plan.leads}
    for lead in plan.leads:
        if plan.step(lead.step).verb == "rename" and lead.new == (lead.old,):
            yield _loc(lead.step), f"{lead.old} is renamed to itself"
        for new in lead.new:
            onward = begin.get(_under_old_attribute(lead, new))
            if onward is not None and onward.step != lead.step and new != lead.old:
                what = "a circle" if _leads_back(plan, onward, lead) else "a chain"
                where = plan.place(_loc(onward.step)).line
                yield _loc(lead.step), f"{new} is moved on in line {where}: {what}, and all steps work at once"
        for step, asked in _asked(plan):
            for new in lead.new:
                if new != lead.old and _under_old_attribute(lead, new) in asked:
                    where = plan.place(_loc(step)).line
                    yield _loc(lead.step), f"line {where} asks for {new}, and would find others when it is run again"


def _under_old_attribute(lead: Lead, new: Ref) -> Ref:
    """A new option by its attribute's old name, as steps name it where they begin."""
    return new._replace(of=lead.old.of)


def _leads_back(plan: Plan, onward: Lead, start: Lead) -> bool:
    seen, waiting = set[Ref](), [onward]
    while waiting:
        lead = waiting.pop()
        if lead.old == start.old:
            return True
        seen.add(lead.old)
        reached = {_under_old_attribute(lead, new) for new in lead.new} - seen
        waiting += [other for other in plan.leads if other.old in reached]
    return False


def _asked(plan: Plan) -> Iterator[tuple[int, set[Ref]]]:
    """What a step looks at to decide where an item goes, besides the name that it begins at."""
    for number, step in plan.steps:
        if step.retype is not None:
            yield number, _ends(step.retype)
        elif step.split is not None:
            yield number, {Ref("option", answer, step.split.by) for answer in step.split.into}


def _ends(retype: Retype) -> set[Ref]:
    return {Ref("label", end) for end in (*retype.head, *retype.tail)}


def _unknown_sources(plan: Plan, there: Mapping[Ref, str]) -> Iterator[_Problem]:
    named = [(lead.step, lead.old) for lead in plan.leads]
    for number, step in plan.steps:
        if step.retype is not None:
            named += [(number, end) for end in sorted(_ends(step.retype))]
        elif step.split is not None:
            named.append((number, Ref("attribute", step.split.by)))
    for number, ref in named:
        if ref not in there:
            yield _loc(number), f"there is no {ref}: the live label config does not offer it, and nothing uses it"


def _other_kinds(plan: Plan, there: Mapping[Ref, str]) -> Iterator[_Problem]:
    for lead in plan.leads:
        place = there.get(lead.old)
        for new in lead.new:
            if place and plan.known[new] != place:
                yield _loc(lead.step), f"{lead.old} belongs to {place}, and {new} to {plan.known[new]}"


def _taken(plan: Plan, old: Mapping[Ref, str]) -> Iterator[_Problem]:
    for lead in plan.leads:
        if plan.step(lead.step).verb == "rename" and lead.new[0] in old:
            yield _loc(lead.step), f"{lead.new[0]} is there already; if the two are to be one, merge them"
