"""Results moved one by one, with books kept on every item: what a dry run shows, and what counts when it is applied."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from toolkit.annotations.checks import RULES
from toolkit.annotations.grammar import well_formed
from toolkit.annotations.migrate import move
from toolkit.annotations.moves import Fate, Move, Moved, digest, items, names
from toolkit.findings import Severity
from toolkit.ontology.plan import Plan
from toolkit.ontology.plan_file import Ref
from toolkit.stages.migration import Found, Migration, Person, Refused, Tally, Uncovered, Way
from toolkit.workspace import Workspace

if TYPE_CHECKING:
    from toolkit.annotations.collect import Collected
    from toolkit.studio.snapshots import Snapshot


@dataclass
class Survey:
    """The books of one dry run."""

    plan: Plan
    counts: Counter[Move] = field(default_factory=Counter)
    people: dict[str, Counter[Fate]] = field(default_factory=lambda: defaultdict(Counter))
    changing: Counter[str] = field(default_factory=Counter)  # annotations, by annotator
    before: dict[Ref, str] = field(default_factory=dict)  # names in use, each with its control
    after: dict[Ref, str] = field(default_factory=dict)
    uses: Counter[Ref] = field(default_factory=Counter)  # after the move
    where: dict[Ref, str] = field(default_factory=dict)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    annotations: dict[str, Found] = field(default_factory=dict)

    def annotation(self, id: str, annotation: Mapping[str, Any], annotator: str, where: str) -> Any:
        """Move an annotation's result and enter it in the books; returns the new result."""
        result = annotation.get("result")
        moved = self.other(result, where)
        self.counts += moved.counts
        for one, count in moved.counts.items():
            self.people[annotator][one.fate] += count * one.counts
        self.changing[annotator] += moved.result != result
        shared = {"annotation": id, "annotator": annotator, "where": where}
        for gone in moved.withdrawn:
            row = {"step": self._step(gone.step), "name": str(gone.old), "element": well_formed(gone.element)}
            self.withdrawn.append(shared | row)
        self.annotations[id] = Found(
            before=digest(result),
            after=digest(moved.result),
            updated_at=str(annotation.get("updated_at", "")),
            where=where,
        )
        return moved.result

    def other(self, result: Any, where: str) -> Moved:
        """Move a result that is nobody's finished work (a prediction, a draft): only its names are entered."""
        moved = move(result, self.plan)
        self.before |= names(result, self.plan)
        self.after |= names(moved.result, self.plan)
        for element in moved.result if isinstance(moved.result, list) else ():
            for ref in items(element, self.plan):
                self.uses[ref] += 1
                self.where.setdefault(ref, where)
                if ref.of:  # an answer uses its question, too
                    self.uses[Ref("attribute", ref.of)] += 1
                    self.where.setdefault(Ref("attribute", ref.of), where)
        return moved

    def migration(
        self, workspace: Workspace, snapshot: str, collected: Collected, old: Mapping[Ref, str], **more: Any
    ) -> Migration:
        """The books closed, as a record.

        Args:
            workspace: whose ontology it leads to.
            snapshot: what was surveyed.
            collected: what the checks say of it after the move.
            old: the names of the old label config.
            more: further fields of the record.
        """
        return Migration(
            plan=self.plan.digest,
            versions=(self.plan.file.from_, self.plan.file.to),
            ontology_sha256=ontology_digest(workspace),
            snapshot=snapshot,
            names=tuple((*ref, place) for ref, place in sorted(old.items())),
            items=self.tally(),
            ways=self.ways(),
            people=self.by_annotator(),
            uncovered=self.uncovered(old),
            refused=_refused(collected),
            annotations=self.annotations,
            **more,
        )

    def tally(self) -> Tally:
        """What becomes of all items."""
        fates: Counter[Fate] = Counter()
        for one, count in self.counts.items():
            fates[one.fate] += count * one.counts
        return _tally(fates)

    def ways(self) -> tuple[Way, ...]:
        """What becomes of each old name that does not just stay, step by step; a step that means no item, too."""
        found: dict[tuple[int, str, str], Counter[Fate]] = defaultdict(Counter)
        for one, count in self.counts.items():
            if one.fate is not Fate.KEPT:
                found[one.step, str(one.old), str(one.new or "")][one.fate] += count
        means_some = {step for step, _, _ in found}
        for lead in self.plan.leads:
            if lead.step not in means_some:
                found[lead.step, str(lead.old), ", ".join(map(str, lead.new))] = Counter()
        return tuple(
            Way(step=self._step(step), old=old, new=new, items=_tally(fates))
            for (step, old, new), fates in sorted(found.items())
        )

    def by_annotator(self) -> tuple[Person, ...]:
        """What becomes of each annotator's work."""
        return tuple(
            Person(annotator=annotator, annotations=self.changing[annotator], items=_tally(fates))
            for annotator, fates in sorted(self.people.items())
        )

    def uncovered(self, old: Mapping[Ref, str]) -> tuple[Uncovered, ...]:
        """The names in use after the move that the new ontology does not know, or knows in another form.

        Args:
            old: the names of the old label config. One that stays and is asked for in another way (chosen before,
                written now) would not be shown any more.
        """
        found = []
        for ref, place in sorted(self.after.items()):
            new = self.plan.known.get(ref)
            unasked = ref.of and self.plan.known.get(Ref("attribute", ref.of)) != "choices"  # its question says it
            reformed = new is not None and place != new and old.get(ref) == place
            if reformed or (new is None and not unasked):
                what = f"{ref} ({place} before, {new} now)" if reformed else str(ref)
                found.append(Uncovered(name=what, items=self.uses[ref], where=self.where[ref]))
        return tuple(found)

    def _step(self, number: int) -> str:
        return f"{number} {self.plan.step(number).verb}" if number else ""


def _tally(fates: Mapping[Fate, int]) -> Tally:
    return Tally(
        kept=fates.get(Fate.KEPT, 0),
        moved=fates.get(Fate.MOVED, 0),
        together=fates.get(Fate.JOINED, 0),
        withdrawn=fates.get(Fate.WITHDRAWN, 0),
    )


def ontology_digest(workspace: Workspace) -> str:
    """The digest of the ontology's file."""
    return hashlib.sha256(workspace.ontology.read_bytes()).hexdigest()


def annotator_names(workspace: Workspace, snapshot: Snapshot) -> Callable[[Any], str]:
    """A function from what stands in ``completed_by`` to a pseudonym."""
    from toolkit.annotations.pseudonyms import load_pseudonyms

    pseudonyms = load_pseudonyms(workspace.private)
    return lambda completed_by: pseudonyms.of(snapshot.identity(completed_by)) if completed_by else "(nobody)"


def _refused(collected: Collected) -> tuple[Refused, ...]:
    rows = Counter(
        (row.rule, row.label or _control(row.element))
        for row in collected.rejected
        if row.kind == "item" and RULES[row.rule].severity is Severity.ERROR
    )
    return tuple(Refused(rule=rule, name=name, items=count) for (rule, name), count in sorted(rows.items()))


def _control(element: Any) -> str:
    return str(element.get("from_name", "")) if isinstance(element, dict) else ""
