"""Plans for the laws of moving: any that the checks let through, on any ontology."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from toolkit.findings import Place
from toolkit.ontology.model import Ontology
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_checks import entangled
from toolkit.ontology.plan_file import PlanFile


def plan_of(ontology: Ontology, *steps: dict[str, Any]) -> Plan:
    """A plan as if it had been read; ``ontology`` gives the modalities and says what is symmetric."""
    file = PlanFile.model_validate({"from": "1.0.0", "to": "2.0.0", "steps": steps})
    return Plan(file, ontology, lambda loc: Place("plan.yaml"))


@st.composite
def plans(draw: st.DrawFn, ontology: Ontology) -> Plan:
    """Steps on some of an ontology's names, to new names or among themselves."""
    fresh = (f"New{number}" for number in range(1, 1000))
    claims = [ontology.claims.content.name, ontology.claims.cue.name] if ontology.claims else []
    relations = [relation.name for relation in ontology.all_relations]
    steps = [
        *draw(_moves("label", [*ontology.mention_types], fresh)),
        *draw(_moves("label", claims, fresh)),
        *draw(_moves("relation", relations, fresh)),
        *draw(_moves("attribute", [one.name for one in ontology.all_attributes], fresh, merge=False)),
    ]
    asked = [*ontology.all_attributes, *([ontology.modality] if ontology.modality else [])]
    for attribute in asked:
        options = [name for name in attribute.choices if name != "asserted"]
        steps += draw(_moves("option", options, fresh, of=attribute.name))
    taken = {step[verb].get("label") for step in steps for verb in step}
    free = sorted({*ontology.mention_types, *claims} - taken - {one for step in steps for one in _merged(step)})
    if free and ontology.all_attributes and draw(st.booleans()):
        by = draw(st.sampled_from(ontology.all_attributes))
        answers = draw(st.lists(st.sampled_from([*by.choices, "1", "a"]), min_size=1, unique=True))
        label = draw(st.sampled_from(free))
        into = {answer: next(fresh) for answer in answers}
        steps.append({"split": {"label": label, "by": by.name, "into": into, "otherwise": label}})
    if relations and draw(st.booleans()):
        ends = st.lists(st.sampled_from([*ontology.spans]), min_size=1, unique=True)
        relation = draw(st.sampled_from(relations))
        to = draw(st.sampled_from([relation, next(fresh)]))
        retype = {
            "relation": relation,
            "head": draw(ends),
            "tail": draw(ends),
            "to": to,
            "reverse": draw(st.booleans()),
        }
        steps = [step for step in steps if relation not in _names(step)] + [{"retype": retype}]
    assume(steps)
    plan = plan_of(ontology, *steps)
    assume(not list(entangled(plan)))
    return plan


@st.composite
def _moves(
    draw: st.DrawFn, kind: str, names: Sequence[str], fresh: Iterator[str], *, of: str = "", merge: bool = True
) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    left = list(draw(st.permutations(list(names))))
    about = {"of": of} if of else {}
    while left:
        name = left.pop()
        what = draw(st.sampled_from(["stay", "stay", "rename", "retire", "merge"]))
        if what == "rename":
            steps.append({"rename": {kind: name, "to": next(fresh), **about}})
        elif what == "retire":
            steps.append({"retire": {kind: name, **about}})
        elif what == "merge" and merge and left:
            both = [name, left.pop()]
            steps.append({"merge": {f"{kind}s": both, "into": draw(st.sampled_from([*both, next(fresh)])), **about}})
    return steps


def _merged(step: dict[str, Any]) -> list[str]:
    return [name for names in step.get("merge", {}).values() if isinstance(names, list) for name in names]


def _names(step: dict[str, Any]) -> list[str]:
    ((_, what),) = step.items()
    return [what[kind] for kind in ("label", "relation") if kind in what] + _merged(step)
