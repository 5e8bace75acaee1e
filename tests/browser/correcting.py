"""An annotator who corrects what was suggested: further moves at the labelling screen."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.spans import Span

from .screen import RESULT, Screen, spelt

_VERSIONS = "() => window.Htx.annotationStore.predictions.map((one) => one.createdBy)"
_AT = f"""
([start, end, label]) => ({RESULT})().filter(({{type, value}}) =>
  type === 'labels' && value.start === start && value.end === end && (!label || value.labels.includes(label))).length
"""


@dataclass(frozen=True)
class Corrector:
    """Works on a task that is open on a screen."""

    screen: Screen

    @property
    def versions(self) -> list[str]:
        """The versions of the predictions that the screen offers."""
        versions: list[str] = self.screen.page.evaluate(_VERSIONS)
        return versions

    def delete(self, span: Span) -> None:
        """Take a region out; what joins it to others goes with it."""
        self.screen.select(span)
        self.screen.page.keyboard.press("Backspace")
        self._wait_for(span, "", 0)

    def relabel(self, span: Span, label: str, key: str) -> None:
        """Give a region another label, by its key."""
        self.screen.select(span)
        self.screen.page.keyboard.press(spelt(key))
        self._wait_for(span, label, 1)
        self.screen.page.keyboard.press("u")

    def move(self, span: Span, to: Span, key: str) -> None:
        """Give a region other bounds: delete it, and draw it anew."""
        self.delete(span)
        self.screen.label(key, to)

    def _wait_for(self, span: Span, label: str, count: int) -> None:
        place = [span.start, span.end, label]
        self.screen.page.wait_for_function(f"(place) => ({_AT})(place) === {count}", arg=place)
