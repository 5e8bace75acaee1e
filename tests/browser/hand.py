"""An annotator who labels a whole article with as few keys and clicks as the screen allows, and counts them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import TimeoutError as TooLong
from playwright.sync_api import expect

from toolkit.annotations.model import Annotation, Claim, Mention, SpanItem
from toolkit.ontology.model import ASSERTED, Ontology
from toolkit.spans import Span

from .screen import RESULT, Screen, spelt

Kind = Literal["mention", "claim", "cue", "relation", "written answer"]
Place = tuple[int, int, str]
Link = tuple[Place, Place, str, str]

LEFT = {f"Digit{digit}" for digit in range(1, 6)} | {f"Key{letter}" for letter in "QWERTASDFGZXCVB"}
"""The keys that the left hand reaches while the right one is at the mouse, by their places on the keyboard."""

# What the browser sees, not what this program means to do. A modifier counts with the key that it goes with, a drag as
# a click, typing as its keys. What is out of sight is scrolled to by the test, and not counted.
_COUNT = """
() => {
  if (window.counted) return;
  window.counted = {keys: [], clicks: 0};
  const silent = ['Shift', 'Alt', 'Control', 'Meta'];
  addEventListener('keydown', (event) => { if (!silent.includes(event.key)) counted.keys.push(event.code); }, true);
  addEventListener('mousedown', () => { counted.clicks += 1; }, true);
}
"""
_IS = """
const is = (region, [start, end, label]) => {
  const {value} = region.serialize();
  return value.start === start && value.end === end && region.labels.includes(label);
};
const store = window.Htx.annotationStore.selected;
"""
# Where a click selects a region: on its words, unless others lie on top of them all.
_THERE = f"(place) => {{ {_IS} return store.regionStore.regions.find((region) => is(region, place)); }}"
_WORDS = f"""
(place) => {{
  const spans = ({_THERE})(place)._spans;
  spans[0].scrollIntoView({{block: 'center'}});
  for (const span of spans) {{
    for (const box of span.getClientRects()) {{
      for (const part of [0.5, 0.1, 0.9]) {{
        const [x, y] = [box.left + part * box.width, box.top + box.height / 2];
        if (document.elementFromPoint(x, y)?.closest('.htx-highlight') === span) return [x, y];
      }}
    }}
  }}
  return null;
}}
"""
_SELECTED = f"(place) => {{ {_IS} const one = store.highlightedNode; return one && is(one, place); }}"
_ANSWERED = f"""
([name, answer]) => {{
  const given = ({RESULT})().filter((one) => one.from_name === name).map(({{value}}) => value.choices ?? value.text);
  return given.some((one) => one.includes(answer));
}}
"""
_LINKED = f"(count) => ({RESULT})().filter((one) => one.type === 'relation').length === count"


class Hand:
    """One article under way: how many items of each kind there are, and what was pressed and clicked for them."""

    def __init__(self, screen: Screen, ontology: Ontology) -> None:
        self.screen = screen
        self.page = screen.page
        self.ontology = ontology
        self.keys = {name: spelt(key) for name, key in ontology.hotkeys}
        self.items: Counter[Kind] = Counter()
        self.clicked: Counter[Kind] = Counter()
        self.codes: defaultdict[Kind, Counter[str]] = defaultdict(Counter)
        self._held: Place | None = None
        self.page.evaluate(_COUNT)

    def make(self, wanted: Annotation, shown: Annotation) -> None:
        """Make what is shown what is wanted: out with what is wrong; then mark; then answer and link, span by span."""
        standing = {self._place(item): item for item in shown.spans()}
        aims = {self._place(item): item for item in wanted.spans()}
        there, links = {*self._links(shown)}, [*self._links(wanted)]
        between = {link for link in there if {*link[:2]} <= aims.keys()}
        assert between <= {*links}, (
            "a wrong link between right ends; what it takes to delete it alone is not known here"
        )
        for place in sorted(standing.keys() - aims.keys()):
            with self._counting(_kind(place)):
                self._take_out(place)
        # The longer first: what is marked later lies on top, and only what is on top can be clicked.
        for place in sorted(aims, key=lambda one: (one[0], -one[1])):
            self.items[_kind(place)] += 1
            if place not in standing:
                with self._counting(_kind(place)):
                    self._mark(place)
        for place, item in sorted(aims.items()):
            self._answer(place, item, standing.get(place))
            for link in (link for link in links if link[0] == place):
                self.items["relation"] += 1
                if link not in there:
                    with self._counting("relation"):
                        self._link(*link)

    def _place(self, item: SpanItem) -> Place:
        claims = self.ontology.claims
        assert claims is not None
        name = claims.content.name if isinstance(item, Claim) else claims.cue.name
        return item.start, item.end, item.labels[0] if isinstance(item, Mention) else name

    def _links(self, work: Annotation) -> Iterator[Link]:
        """Head, tail, type and modality of every link."""
        places = {item.id: self._place(item) for item in work.spans()}
        for link in work.relations:
            yield places[link.head], places[link.tail], link.type, link.modality
        for claim in work.claims:
            roles = zip(self.ontology.claim_links, (claim.claimants, claim.cues, claim.values), strict=True)
            for name, ends in roles:
                yield from ((places[claim.id], places[end], name, ASSERTED) for end in ends)

    def _take_out(self, place: Place) -> None:
        self._select(place)
        self.page.keyboard.press("Backspace")
        self.page.wait_for_function(f"(place) => !({_THERE})(place)", arg=place)
        self._held = None

    def _mark(self, place: Place) -> None:
        start, end, label = place
        count = self._count("labels")
        rtl = "\u0590" <= self.screen.text[start] <= "\u08ff"
        chosen = self.page.locator(".lsf-label_selected")

        def act() -> None:
            self.page.keyboard.press(self.keys[label])
            expect(chosen).to_have_count(1, timeout=2_000)
            self.screen.draw(Span(start, end), rtl=rtl)
            self.page.wait_for_function(_THERE, arg=place, timeout=3_000)

        def undo() -> None:
            if chosen.count():
                self.page.keyboard.press(self.keys[label])
            if self._count("labels") > count:  # drawn before the label was chosen, and so with that of before
                self.page.keyboard.press("Control+z")

        self._until(act, undo)
        expect(chosen).to_have_count(0)

    def _answer(self, place: Place, item: SpanItem, shown: SpanItem | None) -> None:
        """Give the answers that are not there yet; what no answer means needs none."""
        there = shown.attributes if shown else {}
        for name, question in self.ontology.attributes_of(place[2]).items():
            answer = item.attributes.get(name, question.default)
            self.items["written answer"] += not question.options and answer is not None
            if answer == there.get(name, question.default) or answer is None:
                continue
            kind: Kind = _kind(place) if question.options else "written answer"
            with self._counting(kind):
                self._select(place)
                if question.options:
                    self.page.keyboard.press(self.keys[f"{name}={answer}"])
                    self.page.wait_for_function(_ANSWERED, arg=[name, answer])
                else:
                    self.page.locator(f"input[name={name}]").click()
                    self.page.keyboard.type(answer)
                    self.page.keyboard.press("Enter")
                    self.page.wait_for_function(_ANSWERED, arg=[name, answer])

    def _link(self, head: Place, tail: Place, type: str, modality: str) -> None:
        count = self._count("relation")
        self._select(head)
        self.page.keyboard.press("Alt+r")
        self._click(tail)
        self.page.wait_for_function(_LINKED, arg=count + 1)
        self._held = None
        told = len(self.ontology.joining([head[2]], [tail[2]])) == 1
        labels = [*([] if told else [type]), *([] if modality == ASSERTED else [modality])]
        if labels:
            self._panel("Relations")
            row = self.page.locator(".lsf-relations__item").last
            row.hover()
            row.get_by_label("Show Relation Labels").click()
            row.locator(".lsf-relation-meta button").first.click()
            for label in labels:
                self.page.get_by_role("option", name=label, exact=True).click()

    def _select(self, place: Place) -> None:
        if self._held == place:
            return

        def try_it() -> None:
            self._click(place)
            self.page.wait_for_function(_SELECTED, arg=place, timeout=3_000)

        self._until(try_it)
        self._held = place

    def _click(self, place: Place) -> None:
        if words := self.page.evaluate(_WORDS, place):
            self.page.mouse.click(*words)
            return
        self._panel("Regions")
        row = self.page.locator(".lsf-outliner-item").filter(has_text=place[2])
        row.filter(has_text=self.screen.text[place[0] : place[1]]).first.click()

    def _panel(self, name: str) -> None:
        tab = self.page.locator(".lsf-panel-tabs__tab").get_by_text(name, exact=True).filter(visible=True).first
        if "lsf-panel-tabs__tab_active" not in (tab.get_attribute("class") or ""):
            tab.click()

    def _until(self, act: Callable[[], None], undo: Callable[[], None] = lambda: None) -> None:
        """Whoever acts before the page is ready for it does it again: only the last time counts."""
        before = self.page.evaluate("() => [counted.keys.length, counted.clicks]")
        for attempt in range(5):
            try:
                return act()
            except (AssertionError, TooLong):
                if attempt == 4:
                    raise
                undo()
                self.page.evaluate(
                    "([keys, clicks]) => { counted.keys.length = keys; counted.clicks = clicks; }", before
                )
        raise AssertionError

    def _count(self, kind: str) -> int:
        return sum(one["type"] == kind for one in self.screen.result)

    @contextmanager
    def _counting(self, kind: Kind) -> Iterator[None]:
        self.page.evaluate("() => Object.assign(counted, {keys: [], clicks: 0})")
        yield
        keys, clicks = self.page.evaluate("() => [counted.keys, counted.clicks]")
        self.codes[kind].update(keys)
        self.clicked[kind] += clicks


def _kind(place: Place) -> Kind:
    names: dict[str, Kind] = {"CLAIM": "claim", "CUE": "cue"}
    return names.get(place[2], "mention")
