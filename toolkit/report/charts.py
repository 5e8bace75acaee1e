"""Charts as SVG that needs nothing around it: drawn by Vega-Lite here, not in the reader's browser.

All are as wide as a phone allows and stand side by side on wider screens, so that text is never scaled. What a chart
shows, its ``aria-label`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolkit.errors import GoldkitError

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 340
INK, MUTED, GRID, BAR = "#1f2933", "#52606d", "#e4e7eb", "#2f6690"
LIGHT, DARK = "#f0f4f8", "#124e78"  # the ends of a heat map's scale,
_TURN = 0.73  # on which black and white text stand out equally well here
HUES = ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#8a8a8a")
"""Okabe and Ito's palette, which colour-blind people can tell apart."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_VERSION = "5.21"
_ROW = 21  # pixels of a row
_TEXT = 12
_LABELS = 160  # pixels that names may take
_CROWD = 8  # columns of a heat map beyond which its text is set smaller

Row = Mapping[str, Any]


def require() -> None:
    """Raise GoldkitError where the packages that draw the report are not installed."""
    try:
        import jinja2  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise GoldkitError(
            f"the report needs {error.name}, which is not installed", next="pip install 'goldkit[report]'"
        ) from None


def bars(title: str, counts: Sequence[tuple[str, int]]) -> Markup:
    """A bar for each name, its count beside it."""
    rows = [{"name": name, "value": value, "text": f"{value:,}"} for name, value in counts]
    y = _names(rows)
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False}}
    layers = [
        {"mark": {"type": "bar", "color": BAR, "height": {"band": 0.72}}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4},
            "encoding": {"x": x, "y": y, "text": {"field": "text"}},
        },
    ]
    return _drawn(title, rows, {"layer": layers}, (f"{name} {value}" for name, value in counts))


def columns(title: str, values: Sequence[tuple[str, float]], *, digits: int = 0) -> Markup:
    """A column for each period, in their order."""
    rows = [{"name": name, "value": value} for name, value in values]
    spec = {
        "height": 130,
        "mark": {"type": "bar", "color": BAR},
        "encoding": {
            "x": {
                "field": "name",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "labelAngle": 0, "labelOverlap": True, "labelPadding": 6, "ticks": False},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "axis": {"title": None, "tickCount": 4, "tickMinStep": 10**-digits, "domain": False, "ticks": False},
            },
        },
    }
    return _drawn(title, rows, spec, (f"{name} {value:.{digits}f}" for name, value in values))


def shares(title: str, counts: Sequence[tuple[str, str, int]], hues: Mapping[str, str]) -> Markup:
    """A full bar for each name, divided into parts; ``counts`` are (name, part, count), ``hues`` the parts' colours."""
    order = list(hues)
    rows = [{"name": name, "part": part, "value": value, "order": order.index(part)} for name, part, value in counts]
    legend = {"title": None, "orient": "bottom", "columns": 3, "symbolType": "square", "labelLimit": 110}
    spec = {
        "mark": {"type": "bar", "height": {"band": 0.72}},
        "encoding": {
            "y": _names(rows),
            "x": {
                "field": "value",
                "type": "quantitative",
                "stack": "normalize",
                "axis": {"format": "%", "title": None, "tickCount": 4, "ticks": False, "domain": False},
            },
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": order, "range": list(hues.values())},
                "legend": legend,
            },
            "order": {"field": "order"},
        },
    }
    return _drawn(title, rows, spec, (f"{name}, {part} {value}" for name, part, value in counts))


def intervals(title: str, values: Sequence[tuple[str, float | None, float | None, float | None]]) -> Markup:
    """A point and its interval for each name: (name, value, low, high), None where there is none."""
    rows = [
        {"name": name, "value": value, "low": low, "high": high, "text": figure(value)}
        for name, value, low, high in values
    ]
    numbers = [number for _, *three in values for number in three if number is not None]
    lowest = min([0.0, *numbers])
    axis = {"title": None, "values": [0, 0.5, 1], "format": ".1f", "ticks": False, "domain": False, "labelFlush": False}
    x = {"type": "quantitative", "scale": {"domain": [lowest, 1]}, "axis": axis}
    y = _names(rows)
    layers = [
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "color": BAR, "strokeWidth": 2.5, "opacity": 0.45},
            "encoding": {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y},
        },
        {
            "transform": [{"filter": "datum.value != null"}],
            "mark": {"type": "point", "filled": True, "color": BAR, "size": 48, "opacity": 1},
            "encoding": {"x": x | {"field": "value"}, "y": y},
        },
        {
            "mark": {"type": "text", "align": "left", "x": "width", "dx": 8},
            "encoding": {"y": y, "text": {"field": "text"}},
        },
    ]
    said = (
        f"{name} {figure(value)}" + ("" if low is None else f", {figure(low)} to {figure(high)}")
        for name, value, low, high in values
    )
    return _drawn(title, rows, {"layer": layers}, said)


def heat(
    title: str,
    cells: Sequence[tuple[str, str, float, str]],
    row_names: Sequence[str],
    column_names: Sequence[str],
) -> Markup:
    """A map of (row, column, how dark from 0 to 1, text), rows and columns in the order given."""
    rows = [{"row": row, "column": column, "value": value, "text": text} for row, column, value, text in cells]
    crowded = len(column_names) > _CROWD
    y = _names([{"name": name} for name in row_names], field="row", limit=_LABELS - 50 * crowded)
    x = {
        "field": "column",
        "type": "nominal",
        "sort": list(column_names),
        "scale": {"domain": list(column_names)},
        "axis": {
            "title": None,
            "orient": "top",
            "labelAngle": -90,
            "labelLimit": 130,
            "ticks": False,
            "domain": False,
        },
    }
    colour = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [LIGHT, DARK]},
        "legend": None,
    }
    layers = [
        {"mark": {"type": "rect", "stroke": "white"}, "encoding": {"x": x, "y": y, "color": colour}},
        {
            "mark": {"type": "text", "fontSize": _TEXT - 2 * crowded},
            "encoding": {
                "x": x,
                "y": y,
                "text": {"field": "text"},
                "color": {"condition": {"test": f"datum.value > {_TURN}", "value": "white"}, "value": "black"},
            },
        },
    ]
    return _drawn(title, rows, {"layer": layers}, (f"{row} and {column} {text}" for row, column, _, text in cells))


def figure(value: float | None) -> str:
    """A figure with two digits; a coefficient is undefined where nothing varies."""
    return "undefined" if value is None else f"{value:.2f}"


def _names(rows: Sequence[Row], *, field: str = "name", limit: int = _LABELS) -> dict[str, Any]:
    """Names down the left side, in the order of the rows."""
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    axis = {"title": None, "ticks": False, "domain": False, "labelLimit": limit, "labelPadding": 6}
    return {"field": field, "type": "nominal", "sort": names, "scale": {"domain": names}, "axis": axis}


def _drawn(title: str, rows: Sequence[Row], spec: Mapping[str, Any], said: Iterable[str]) -> Markup:
    import vl_convert
    from markupsafe import Markup, escape

    svg = vl_convert.vegalite_to_svg(
        {
            "$schema": _SCHEMA,
            "data": {"values": list(rows)},
            "width": WIDTH,
            "height": {"step": _ROW},
            "padding": {"left": 4, "right": 6, "top": 1, "bottom": 1},
            "autosize": {"type": "fit-x", "contains": "padding"},
            "background": None,
            "config": _CONFIG,
            **spec,
        },
        vl_version=_VERSION,
        allowed_base_urls=[],
    )
    start = svg.index("viewBox")
    label = escape(f"{title}: {'; '.join(said)}")
    return Markup('<svg role="img" aria-label="{}" ').format(label) + Markup(svg[start:])  # noqa: S704 - escaped by Vega


_CONFIG: Mapping[str, Any] = {
    "aria": False,
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "text": {"color": INK, "fontSize": _TEXT},
    "axis": {"labelColor": INK, "labelFontSize": _TEXT, "gridColor": GRID},
    "legend": {"labelColor": INK, "labelFontSize": _TEXT},
}
