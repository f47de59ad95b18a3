"""``{% load charts %}``: charts drawn on the server, each a table whose figures can also be read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.functional import Promise

register = template.Library()

Text = str | Promise


def _scale(values: Iterable[float | None]) -> tuple[float, float]:
    known = [0.0, *(value for value in values if value is not None)]
    low, high = min(known), max(known)
    return low, (high - low) or 1.0


def _percent(value: float, low: float, span: float) -> str:
    # A string, because a template would write a number with the reader's decimal sign.
    return f"{100 * (value - low) / span:.2f}%"


@register.inclusion_tag("pages/charts/bars.html")
def bar_chart(caption: Text, rows: Sequence[Mapping[str, Any]], unit: Text = "") -> dict[str, Any]:
    """Horizontal bars from zero, one a row.

    ``rows``: mappings with ``label``, ``value`` (a number, or ``None`` for unknown) and, where wanted, ``text`` (the
    value as it is written) and ``url``. ``unit`` stands beside the caption.
    """
    low, span = _scale(row["value"] for row in rows)
    drawn = []
    for row in rows:
        value = row["value"]
        bar = {"label": row["label"], "url": row.get("url", ""), "text": row.get("text", value)}
        if value is not None:
            bar |= {"start": _percent(min(value, 0), low, span), "width": _percent(abs(value), 0, span)}
        drawn.append(bar)
    return {"caption": caption, "unit": unit, "rows": drawn, "zero": _percent(0, low, span)}


@register.inclusion_tag("pages/charts/dots.html")
def dot_chart(
    caption: Text, names: Sequence[Text], rows: Sequence[Mapping[str, Any]], unit: Text = ""
) -> dict[str, Any]:
    """One or two dots a row on one scale from zero: before and after, a city and its peers.

    ``names``: what the dots are. ``rows``: mappings with ``label`` and ``values``, a number or ``None`` (unknown) for
    each name.
    """
    low, span = _scale(value for row in rows for value in row["values"])
    drawn = []
    for row in rows:
        dots = [
            {"name": name, "text": value, "at": "" if value is None else _percent(value, low, span), "series": number}
            for number, (name, value) in enumerate(zip(names, row["values"], strict=True), start=1)
        ]
        known = [dot["at"] for dot in dots if dot["at"]]
        drawn.append({"label": row["label"], "dots": dots, "ends": known if len(known) > 1 else []})
    keys = [{"name": name, "series": number} for number, name in enumerate(names, start=1)]
    return {"caption": caption, "unit": unit, "keys": keys, "rows": drawn, "zero": _percent(0, low, span)}
