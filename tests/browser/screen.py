"""An annotator at Label Studio's labelling screen: keys and mouse, as a person uses them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

from toolkit.spans import Span

# Where a span lies on the screen. Offsets count code points and the browser counts UTF-16 units; a newline is a <br>.
# Of a range that runs over several lines the browser gives a box for each.
_BOXES = """
([start, end]) => {
  const root = document.querySelector('.lsf-htx-richtext');
  const point = (left) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeName === 'BR') left -= 1;
      if (node.nodeType !== Node.TEXT_NODE || node.parentElement.closest('style')) continue;
      const characters = [...node.data];
      if (left <= characters.length) return [node, characters.slice(0, left).join('').length];
      left -= characters.length;
    }
    throw new Error('past the end of the text');
  };
  const letter = (at) => {
    const range = document.createRange();
    range.setStart(...point(at));
    range.setEnd(...point(at + 1));
    const box = [...range.getClientRects()].find((one) => one.width > 0);
    return {left: box.left, right: box.right, middle: (box.top + box.bottom) / 2};
  };
  const [first] = point(start);
  first.parentElement.scrollIntoView({block: 'center'});
  return [letter(start), letter(end - 1)];
}
"""
RESULT = "() => window.Htx.annotationStore.selected.serializeAnnotation()"
_COUNT = """
kind => ({region: store => store.regionStore.regions, relation: store => store.relationStore.relations})[kind](
  window.Htx.annotationStore.selected).length
"""
_SELECTED = """
([start, end]) => {
  const value = window.Htx.annotationStore.selected.highlightedNode?.serialize().value;
  return value && value.start === start && value.end === end;
}
"""


def spelt(key: str) -> str:
    """A key of the ontology as the browser's driver calls it: ``shift+q`` is ``Shift+Q``."""
    *modifiers, last = key.split("+")
    last = last.upper() if "shift" in modifiers else last
    return "+".join((*(modifier.capitalize() for modifier in modifiers), last))


class Screen:
    """One browser page, logged in as one annotator."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def log_in(self, email: str, password: str) -> None:
        """Log in on Label Studio's own page."""
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/user/login" not in url)

    def open(self, project: int, task: int) -> None:
        """Open a task, and wait until its text can be labelled."""
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        expect(self.page.locator(".lsf-htx-richtext .lsf-richtext__line").first).to_be_visible(timeout=60_000)
        self.page.wait_for_function("window.Htx?.annotationStore?.selected")

    @property
    def text(self) -> str:
        """The text as the screen shows it."""
        read = "root => [...root.childNodes].map(n => n.nodeName === 'BR' ? '\\n' : n.textContent).join('')"
        return str(self.page.locator(".lsf-htx-richtext").evaluate(read))

    @property
    def result(self) -> list[dict[str, Any]]:
        """What stands on the screen, as Label Studio would save it."""
        result: list[dict[str, Any]] = self.page.evaluate(RESULT)
        return result

    def label(self, key: str, span: Span, *, rtl: bool = False) -> None:
        """Press a label's key, draw the mouse over the words, and let go of the new region."""
        wanted = self._count("region") + 1
        chosen = self.page.locator(".lsf-label_selected")

        def try_it() -> None:
            if self._count("region") < wanted:  # on a busy machine the last try may have come late
                if not chosen.count():
                    self.page.keyboard.press(spelt(key))
                    expect(chosen).to_have_count(1, timeout=1_000)
                self.draw(span, rtl)
            self._wait_for("region", wanted)

        self._until_it_works(try_it)
        self.page.keyboard.press("u")
        expect(chosen).to_have_count(0)

    def draw(self, span: Span, rtl: bool) -> None:
        first, last = self.page.evaluate(_BOXES, list(span))
        begin, finish = (first["right"] - 1, last["left"] + 1) if rtl else (first["left"] + 1, last["right"] - 1)
        mouse = self.page.mouse
        mouse.move(begin, first["middle"])
        mouse.down()
        mouse.move((begin + finish) / 2, (first["middle"] + last["middle"]) / 2, steps=4)
        mouse.move(finish, last["middle"], steps=4)
        mouse.up()

    def _until_it_works(self, try_it: Callable[[], None]) -> None:
        """A person who clicks too early, before the page is ready for it, does it again; so does this one."""
        for attempt in range(5):
            try:
                return try_it()
            except (AssertionError, TooLong):
                if attempt == 4:
                    raise
        raise AssertionError

    def select(self, span: Span) -> None:
        """Click on a region, where it shows: another one may lie on top of its beginning or end."""
        places = itertools.cycle((0, 1))

        def try_it() -> None:
            letter = self.page.evaluate(_BOXES, list(span))[next(places)]
            self.page.keyboard.press("u")
            self.page.mouse.click((letter["left"] + letter["right"]) / 2, letter["middle"])
            self.page.wait_for_function(_SELECTED, arg=list(span), timeout=500)

        self._until_it_works(try_it)

    def answer(self, span: Span, *keys: str) -> None:
        """Select a region, and answer its questions by the keys of the answers."""
        self.select(span)
        for key in keys:
            self.page.keyboard.press(spelt(key))
        self.page.keyboard.press("u")

    def fill(self, span: Span, **answers: str) -> None:
        """Select a region, and type answers into its fields."""
        self.select(span)
        for name, answer in answers.items():
            field = self.page.locator(f"input[name={name}]")
            field.fill(answer)
            field.press("Enter")
            field.blur()
        self.page.keyboard.press("u")

    def relate(self, head: Span, tail: Span, *labels: str) -> None:
        """Draw a relation from one region to another, and choose its labels in the panel."""
        wanted = self._count("relation") + 1

        def try_it() -> None:
            if self._count("relation") < wanted:
                self.select(head)
                self.page.keyboard.press("Alt+r")
                first, _ = self.page.evaluate(_BOXES, list(tail))
                self.page.mouse.click((first["left"] + first["right"]) / 2, first["middle"])
            self._wait_for("relation", wanted)

        self._until_it_works(try_it)
        self._panel("Relations")
        row = self.page.locator(".lsf-relations__item").last
        row.hover()
        row.get_by_label("Show Relation Labels").click()
        row.locator(".lsf-relation-meta").get_by_role("combobox").or_(
            row.locator(".lsf-relation-meta button")
        ).first.click()
        for label in labels:
            self.page.get_by_role("option", name=label, exact=True).click()
        self.page.keyboard.press("Escape")
        self._panel("Regions")
        self.page.keyboard.press("u")

    def _panel(self, name: str) -> None:
        self.page.locator(".lsf-panel-tabs__tab").get_by_text(name, exact=True).filter(visible=True).first.click()

    @property
    def submit_button(self) -> Locator:
        """The button that hands the work in."""
        return self.page.get_by_test_id("bottombar-submit-button")

    def submit(self) -> None:
        """Hand the work in, and wait until Label Studio has it."""
        with self.page.expect_response(
            lambda reply: "/annotations" in reply.url and reply.request.method == "POST" and reply.status == 201
        ):
            self.submit_button.click()

    def _count(self, kind: str) -> int:
        return int(self.page.evaluate(_COUNT, kind))

    def _wait_for(self, kind: str, count: int) -> None:
        self.page.wait_for_function(f"count => ({_COUNT})('{kind}') === count", arg=count, timeout=3_000)
