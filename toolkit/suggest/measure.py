"""What suggestions did: what became of them, and what they changed in the annotators' time and agreement.

Only articles of two arms are compared: those that were shown suggestions, and the control, which was drawn to be
labelled without. What was labelled without for another reason was not drawn, and may differ in more than that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from toolkit.annotations.grammar import Grammar
from toolkit.annotations.model import Annotation, Origin
from toolkit.articles.model import Article
from toolkit.errors import BadInputError
from toolkit.findings import Finding, Place, Rule, Severity
from toolkit.gold.compare.article import answered_layers, by_article, compare
from toolkit.gold.measures import OVERALL, About, Series, f1, measured, share
from toolkit.gold.tally import tallies
from toolkit.ontology.model import Ontology
from toolkit.project import LAYERS, Layer
from toolkit.suggest.contrast import Timed, contrast, medians, within
from toolkit.suggest.fates import Change, Fate, outcomes
from toolkit.suggest.model import Suggestions
from toolkit.suggest.shown import Arm, Shown
from toolkit.suggest.use import Agreed, SuggestionUse, Use

UNCONTROLLED = Rule(
    "suggestions-uncontrolled",
    "Where suggestions are shown, two annotators label some control articles without.",
    Severity.WARNING,
    "raise control under suggestions in configs/project.yaml, and assign control articles to two annotators",
)
ANCHORING = Rule(
    "suggestions-anchoring",
    "Annotators do not take over what is suggested to them.",
    Severity.WARNING,
    "read some accepted suggestions against the guidelines; show annotators fewer, and let a second one work without",
)
UNKNOWN = Rule(
    "suggestions-unknown",
    "What an annotator was shown can be told.",
    Severity.WARNING,
    "keep the files in exports/<project>/suggestions as they were when the tasks were pushed",
)
TOUCHED = Rule(
    "suggestions-in-control",
    "Nothing in a control article was suggested.",
    Severity.WARNING,
    "look at the task: a prediction came from elsewhere, or the article was pushed before it was drawn",
)
RULES = (UNCONTROLLED, ANCHORING, UNKNOWN, TOUCHED)

ACCEPTED_MOST = 0.95
"""Above this share of accepted suggestions, and …"""

AGREED_MORE = 0.1
"""… with an F1 this much above the control's, people may be following the suggestions and not the text."""

_COMPARED: Mapping[Layer, str] = {"entities": "F1, exact", "relations": "F1, end to end", "claims": "F1, exact"}
"""What is compared of the annotators' agreement, as ``gold.agree`` names it."""

_APART = "F1, exact, without accepted suggestions"
"""Not compared: without them other items are left, of which the control has nothing like."""

_Name = tuple[str, Layer, str]  # version, layer, label
_Said = list[tuple[Suggestions, frozenset[Layer]]]  # of one article: of each version the layers that were shown


def measure(
    works: Iterable[Annotation],
    shown: Iterable[Shown],
    suggestions: Mapping[tuple[str, str], Suggestions],
    articles: Mapping[str, Article],
    ontology: Ontology,
) -> SuggestionUse:
    """Measure what suggestions did; the order of nothing matters.

    Args:
        works: everybody's annotations.
        shown: what they were shown.
        suggestions: by article and version.
        articles: all articles by id.
        ontology: what can be labelled.

    Raises BadInputError where the annotations do not fit each other, the articles or the ontology.
    """
    measuring = _Measuring(_by_article(shown), suggestions, articles, Grammar(ontology))
    for article in by_article(sorted(works, key=lambda work: (work.article_id, work.annotator))):
        measuring.add([work for work in article if answered_layers(work)])
    return measuring.result()


def _by_article(shown: Iterable[Shown]) -> dict[str, list[Shown]]:
    """What was shown of each article, or kept from being shown."""
    found: defaultdict[str, list[Shown]] = defaultdict(list)
    for row in shown:
        if row.arm != "none":
            found[row.article_id].append(row)
    return found


class _Measuring:
    """The pass through the articles."""

    def __init__(
        self,
        shown: Mapping[str, Sequence[Shown]],
        suggestions: Mapping[tuple[str, str], Suggestions],
        articles: Mapping[str, Article],
        grammar: Grammar,
    ) -> None:
        self.shown, self.suggestions, self.articles, self.grammar = shown, suggestions, articles, grammar
        self.labelled: Counter[Arm] = Counter()
        self.labelled_by_two: Counter[Arm] = Counter()
        self.fates: defaultdict[_Name, Counter[Fate]] = defaultdict(Counter)
        self.changes: defaultdict[_Name, Counter[Change]] = defaultdict(Counter)
        self.rates: defaultdict[About, Series] = defaultdict(Series)
        self.stories: set[str] = set()
        self.seconds: defaultdict[Arm, list[Timed]] = defaultdict(list)
        self.paces: defaultdict[Arm, list[Timed]] = defaultdict(list)
        self.tallies: defaultdict[tuple[Layer, str, Arm], list[tuple[str, Sequence[float]]]] = defaultdict(list)
        self.findings: list[Finding] = []

    def add(self, works: Sequence[Annotation]) -> None:
        """One article's annotations that say something."""
        if not works:
            return
        article_id = works[0].article_id
        if (article := self.articles.get(article_id)) is None:
            message = f"{article_id}: annotated, and not among the articles"
            raise BadInputError(message, next="goldkit check (it collects the annotations anew)")
        arm, suggested = self._shown(article)
        self.labelled[arm] += 1
        self.labelled_by_two[arm] += len(works) > 1
        if arm == "none":
            return
        story = article.story_id or article.article_id
        for work in works:
            self._count(work, suggested, story)
            self._look_for_others(work, suggested)
            if work.lead_time and work.lead_time > 0:
                pace = 1000 * work.lead_time / len(article.text)
                self.seconds[arm].append(Timed(story, work.annotator, work.lead_time))
                self.paces[arm].append(Timed(story, work.annotator, pace))
        layers = {layer for _, shown in suggested for layer in shown} or LAYERS
        for left, right in combinations(works, 2):
            for (layer, name, label), tally in tallies(compare(left, right, self.grammar)).items():
                wanted = name == _COMPARED[layer] or (name == _APART and arm == "suggested")
                if label == OVERALL and wanted and layer in layers:
                    self.tallies[layer, name, arm].append((story, (tally.both, tally.left, tally.right)))

    def _shown(self, article: Article) -> tuple[Arm, _Said]:
        """The article's arm, and what was suggested; none of the two arms where that cannot be told."""
        rows = self.shown.get(article.article_id, ())
        arms = {row.arm for row in rows}
        layers: defaultdict[str, set[Layer]] = defaultdict(set)
        for row in rows:
            layers[row.version] |= {*row.layers}
        if len(arms) != 1:
            return "none", self._unknown(article, "control in one project, and suggested in another") if arms else []
        if arms == {"control"}:
            return "control", []
        if sum(map(len, layers.values())) > len(set().union(*layers.values())):
            return "none", self._unknown(article, "two versions were suggested for one layer")
        suggested = []
        for version, shown in sorted(layers.items()):
            said = self.suggestions.get((article.article_id, version))
            if said is None:
                return "none", self._unknown(article, f"what {version} suggested is in no file")
            if said.text_sha256 != article.text_sha256:
                return "none", self._unknown(article, f"what {version} suggested is about another text")
            suggested.append((said, frozenset(shown)))
        return "suggested", suggested

    def _unknown(self, article: Article, why: str) -> _Said:
        self.findings.append(UNKNOWN.at(Place(article_id=article.article_id), f"{why}; left out of what is measured"))
        return []

    def _look_for_others(self, work: Annotation, suggested: _Said) -> None:
        """Items that Label Studio took from a suggestion which is none of those that we know of."""
        known = {item.id for said, _ in suggested for item in said.spans()}
        marked = (item for item in work.spans() if item.origin in (Origin.ACCEPTED, Origin.CHANGED))
        if strange := sum(item.id not in known for item in marked):
            place = Place(article_id=work.article_id, annotator=work.annotator, url=work.source)
            rule, count = (UNKNOWN, "as added") if suggested else (TOUCHED, "all the same")
            number = "1 item was" if strange == 1 else f"{strange} items were"
            self.findings.append(rule.at(place, f"{number} suggested by what is not known, and counted {count}"))

    def _count(self, work: Annotation, suggested: _Said, story: str) -> None:
        counted: defaultdict[_Name, Counter[Fate]] = defaultdict(Counter)
        for said, layers in suggested:
            for one in outcomes(work, said, self.grammar, layers):
                for label in (OVERALL, one.label):
                    name = (said.version, one.layer, label)
                    counted[name][one.fate] += 1
                    self.changes[name].update(one.changes)
        for name, fates in counted.items():
            self.stories.add(story)
            self.fates[name].update(fates)
            version, layer, label = name
            self.rates[About(layer, version, label)].add((fates[Fate.ACCEPTED], _count_of_shown(fates)), story)

    def result(self) -> SuggestionUse:
        """Everything, sorted."""
        uses = tuple(sorted(self._uses(), key=lambda one: (one.version, LAYERS.index(one.layer), one.label)))
        agreement = tuple(self._agreement())
        seconds, paces = ((times["suggested"], times["control"]) for times in (self.seconds, self.paces))
        ratio, people = within(*paces)
        return SuggestionUse(
            labelled=dict(sorted(self.labelled.items())),
            labelled_by_two=dict(sorted(self.labelled_by_two.items())),
            uses=uses,
            seconds=medians(*seconds),
            seconds_per_1000=medians(*paces),
            ratio=ratio,
            people=people,
            agreement=agreement,
            findings=tuple(sorted((*self.findings, *self._warnings(uses, agreement)))),
        )

    def _uses(self) -> Iterator[Use]:
        for one in measured(self.rates, self.stories, {"": share}, lambda sums: sums[..., 1]):
            name = (one.name, one.layer, one.label)
            fates, changes = self.fates[name], self.changes[name]
            yield Use(
                version=one.name,
                layer=one.layer,
                label=one.label,
                accepted=fates[Fate.ACCEPTED],
                changed=fates[Fate.CHANGED],
                deleted=fates[Fate.DELETED],
                added=fates[Fate.ADDED],
                changes={change: changes[change] for change in Change if changes[change]},
                rate=one.estimate,
            )

    def _agreement(self) -> Iterator[Agreed]:
        for layer in LAYERS:
            for name in (_COMPARED[layer], _APART):
                suggested, control = (self.tallies[layer, name, arm] for arm in ("suggested", "control"))
                counts = (_items(suggested), _items(control))
                if suggested or control:
                    yield Agreed(layer, name, contrast(suggested, control, 3, f1, counts))

    def _warnings(self, uses: Iterable[Use], agreement: Iterable[Agreed]) -> Iterator[Finding]:
        shown, control = self.labelled["suggested"], self.labelled_by_two["control"]
        if shown and not control:
            message = f"two annotators labelled no control article, and {shown} articles were labelled with suggestions"
            yield UNCONTROLLED.at(Place(), f"{message}: how far they agree without is not known")
        more = {one.layer: one.contrast.difference.value for one in agreement if one.measure != _APART}
        for use in uses:
            rate, difference = use.rate.value or 0.0, more.get(use.layer) or 0.0
            if use.label == OVERALL and rate > ACCEPTED_MOST and difference > AGREED_MORE:
                yield ANCHORING.at(
                    Place(),
                    f"{use.layer}: {100 * rate:.1f} % of what {use.version} suggested was accepted as it was, and with "
                    f"suggestions annotators agree better by {difference:.2f} in F1 than without",
                )


def _count_of_shown(fates: Counter[Fate]) -> int:
    return fates[Fate.ACCEPTED] + fates[Fate.CHANGED] + fates[Fate.DELETED]


def _items(rows: Iterable[tuple[str, Sequence[float]]]) -> int:
    return int(sum(sum(row) for _, row in rows))
