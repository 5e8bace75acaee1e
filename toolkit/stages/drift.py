"""Where the live Label Studio projects have drifted from the ontology: in what they offer, and in what is in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.project import LAYERS
from toolkit.stages.setup import ontology
from toolkit.stages.sync import connected
from toolkit.stages.talk import Say, no_word
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.studio.drift import Name, Sight

PROJECT_MISSING = Rule(
    "project-missing",
    "Every project of configs/project.yaml is on the server.",
    Severity.ERROR,
    "goldkit push (makes it)",
)
UNKNOWN_IN_USE = Rule(
    "name-unknown-in-use",
    "Annotations use only names that the ontology has.",
    Severity.ERROR,
    "goldkit schema migrate --plan FILE, or bring it into the ontology",
)
NOT_OFFERED_IN_USE = Rule(
    "name-not-offered-in-use",
    "What annotations use is offered on the screen.",
    Severity.ERROR,
    "goldkit push (offers what the ontology has for the project's layers)",
)
CONTROL_REFORMED = Rule(
    "control-reformed",
    "A question has the same form in the live config as in the ontology.",
    Severity.WARNING,
    "goldkit push --overwrite-config; where it is in use, goldkit schema migrate --plan FILE first",
)
ONLY_LIVE = Rule(
    "config-only-live",
    "The live config has no name that the ontology does not have for the project's layers.",
    Severity.WARNING,
    "goldkit push --overwrite-config (takes it away), or bring it into the ontology: goldkit schema import",
)
ONLY_HERE = Rule(
    "config-only-here",
    "The live config has every name that the ontology has for the project's layers.",
    Severity.WARNING,
    "goldkit push (adds it)",
)
ARRANGED_OTHERWISE = Rule(
    "config-arranged-otherwise",
    "The live config is arranged as goldkit would arrange it.",
    Severity.NOTE,
    "goldkit push (brings it up to date)",
)

RULES = (
    PROJECT_MISSING,
    UNKNOWN_IN_USE,
    NOT_OFFERED_IN_USE,
    CONTROL_REFORMED,
    ONLY_LIVE,
    ONLY_HERE,
    ARRANGED_OTHERWISE,
)


@dataclass(frozen=True, slots=True)
class DriftedName:
    """A name that is not the same here and there; ``used`` counts its uses by annotator, a pseudonym."""

    project: str
    name: str
    where: str
    used: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs between the live projects and the ontology, and in how many nothing does."""

    names: tuple[DriftedName, ...]
    findings: tuple[Finding, ...]
    alike: int

    @property
    def summary(self) -> str:
        """How many projects are as they should be, for people; empty for none."""
        agree = "project agrees" if self.alike == 1 else "projects agree"
        return f"{self.alike} {agree} with the ontology" if self.alike else ""

    @property
    def rows(self) -> list[tuple[str, str, str, int, int]]:
        """For people: project, name, where it is, how often it is used, and by how many annotators."""
        return [(one.project, one.name, one.where, sum(one.used.values()), len(one.used)) for one in self.names]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "names": [asdict(one) for one in self.names],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def drift(workspace: Workspace, *, url: str = "", token: str = "", say: Say = no_word) -> Drift:
    """Compare every Label Studio project of the workspace with its ontology; changes nothing.

    Raises StudioError where the server fails, or two projects say that they are the same one.
    """
    from toolkit.annotations.pseudonyms import load_pseudonyms
    from toolkit.ontology.labelconfig import compile_label_config
    from toolkit.studio.drift import look
    from toolkit.studio.projects import find_project

    schema = ontology(workspace)
    lacking = {layer for layer, part in (("relations", schema.relations), ("claims", schema.claims)) if not part}
    whole = compile_label_config(schema, [layer for layer in LAYERS if layer not in lacking])
    pseudonym = load_pseudonyms(workspace.private).of
    names: list[DriftedName] = []
    findings: list[Finding] = []
    alike = 0
    with connected(workspace, url, token, say) as client:
        for wanted in workspace.project.studio.projects:
            project = find_project(client, workspace.project.name, wanted)
            if project is None:
                place = Place(file="configs/project.yaml", url=client.url)
                findings.append(PROJECT_MISSING.at(place, f"the project “{wanted.title}” is not on the server"))
                continue
            sight = look(client, project, compile_label_config(schema, wanted.layers), whole, pseudonym)
            before = len(findings)
            for drifted, rule, message in _drifted(wanted.title, sight):
                names.append(drifted)
                findings.append(rule.at(Place(url=project.url), message))
            if sight.arranged_otherwise:
                message = f"“{wanted.title}”: the live config has the same names, arranged otherwise"
                findings.append(ARRANGED_OTHERWISE.at(Place(url=project.url), message))
            alike += len(findings) == before
    return Drift(tuple(names), tuple(findings), alike)


def _drifted(title: str, sight: Sight) -> Iterator[tuple[DriftedName, Rule, str]]:
    """Every name that drifted, once: with the worst rule that it breaks, and what is to be said."""
    from toolkit.studio.labels import shown

    by_rule = {name.name: (name, rule) for name in sight.names if (rule := _rule(name, sight.reformed))}
    for key in shown(by_rule):
        name, rule = by_rule[key]
        message = f"“{title}”: {_message(name, rule, sight.reformed)}"
        yield DriftedName(title, name.name, _where(name), name.used), rule, message


def _rule(name: Name, reformed: Mapping[str, tuple[str, str]]) -> Rule | None:
    if name.used and not name.known:
        return UNKNOWN_IN_USE
    if name.used and not name.live:
        return NOT_OFFERED_IN_USE
    if name.name.partition("/")[0] in reformed:
        return CONTROL_REFORMED if name.name in reformed else None
    if name.live == name.here:
        return None
    return ONLY_LIVE if name.live else ONLY_HERE


def _message(name: Name, rule: Rule, reformed: Mapping[str, tuple[str, str]]) -> str:
    uses, by = sum(name.used.values()), len(name.used)
    people = "1 annotator" if by == 1 else f"{by} annotators"
    drafts = f", {_times(name.drafted)} in drafts" if name.drafted else ""
    used = f"used {_times(uses)} by {people}{drafts}" if uses else "unused"
    if rule is UNKNOWN_IN_USE:
        return f"{name.name} is {used}, and {'only the live config' if name.live else 'no config'} has it"
    if rule is NOT_OFFERED_IN_USE:
        return f"{name.name} is {used}, and the live config does not offer it"
    if rule is CONTROL_REFORMED:
        live, here = reformed[name.name]
        return f"{name.name} ({used}) is {live} in the live config and {here} in the ontology's"
    if rule is ONLY_LIVE:
        layers = "; the ontology has it for other layers" if name.known else ""
        return f"{name.name} ({used}) is only in the live config{layers}"
    return f"{name.name} is not in the live config"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _where(name: Name) -> str:
    places = [place for place, there in (("live config", name.live), ("ontology", name.here)) if there]
    return ", ".join(places) or ("ontology (other layers)" if name.known else "annotations")
