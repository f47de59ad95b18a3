"""``{% load charts %}``: charts drawn on the server, each a table whose figures can also be read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine import Chart, Look
from metropolis.foundation.pages.engine import charts as drawn
from metropolis.foundation.pages.values import look

register = template.Library()

Text = str | Promise
Given = TypeVar("Given", bound=Value)
#: The widths for which a drawing is made in a column and on a phone, in its own units.
COLUMN, PHONE = 560, 328


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


def _all(kind: type[Given], rows: Iterable[Given | Mapping[str, Any]]) -> tuple[Given, ...]:
    return tuple(row if isinstance(row, kind) else kind.model_validate(_plain(row)) for row in rows)


def _plain(value: Any) -> Any:
    """What a template was given, texts yet to be translated being translated."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Promise) else value


def _figure(draw: Callable[[Look], Chart]) -> dict[str, Any]:
    """A chart drawn twice, for a wide and for a narrow column, with its figures as a table."""
    wide, narrow = (draw(look(width=width, inline=True)) for width in (COLUMN, PHONE))
    columns = [{"label": label, "number": number > 0} for number, label in enumerate(wide.columns)]
    links = wide.links or [""] * len(wide.rows)
    rows = [
        [format_html('<a href="{}">{}</a>', link, row[0]) if link else row[0], *row[1:]]
        for row, link in zip(wide.rows, links, strict=True)
    ]
    return {"chart": wide, "narrow": narrow.svg, "columns": columns, "rows": rows}


@register.inclusion_tag("pages/charts/figure.html")
def interval_chart(caption: Text, rows: Iterable[Any], unit: Text = "", digits: int | None = None) -> dict[str, Any]:
    """A ranking: a point with its interval a row.

    ``rows``: ``IntervalRow``s, or mappings with their fields: ``label``, ``value``, ``lower``, ``upper``, ``rank`` and
    ``tie`` as they are written, ``url``, ``is_chosen``.
    """
    given = _all(drawn.IntervalRow, rows)
    return _figure(lambda seen: drawn.interval_chart(str(caption), given, unit=str(unit), digits=digits, look=seen))


@register.inclusion_tag("pages/charts/figure.html")
def line_chart(caption: Text, series: Iterable[Any], unit: Text = "", digits: int | None = None) -> dict[str, Any]:
    """Lines over years: ``Series`` of ``name``, ``points`` (``year``, ``value``, ``lower``, ``upper``), ``breaks``."""
    given = _all(drawn.Series, series)
    return _figure(lambda seen: drawn.line_chart(str(caption), given, unit=str(unit), digits=digits, look=seen))


@register.inclusion_tag("pages/charts/figure.html")
def parts_chart(
    caption: Text,
    parts: Iterable[Any],
    start: Any = None,
    end: Any = None,
    unit: Text = "",
    *,
    digits: int | None = None,
) -> dict[str, Any]:
    """What a value or a gap is made of: ``Part``s of ``label``, ``value``, ``url``, from ``start`` to ``end``.

    ``start`` and ``end``: ``End``s of ``label`` and ``value``, or nothing.
    """
    given = _all(drawn.Part, parts)
    first, last = (_all(drawn.End, [each])[0] if each else None for each in (start, end))
    return _figure(
        lambda seen: drawn.parts_chart(
            str(caption), given, start=first, end=last, unit=str(unit), digits=digits, look=seen
        )
    )


@register.inclusion_tag("pages/charts/figure.html")
def profile_chart(
    caption: Text, rows: Iterable[Any], name: Text, unit: Text = "", *, is_shared: bool = True
) -> dict[str, Any]:
    """The city ``name`` among all: ``ProfileRow``s of ``label``, ``value``, ``peers``, ``minimum``, ``quartile_1`` ….

    ``is_shared=False`` gives each row a scale of its own.
    """
    given = _all(drawn.ProfileRow, rows)
    return _figure(
        lambda seen: drawn.profile_chart(
            str(caption), given, name=str(name), unit=str(unit), is_shared=is_shared, look=seen
        )
    )


@register.inclusion_tag("pages/charts/figure.html")
def sensitivity_chart(caption: Text, rows: Iterable[Any], digits: int = 2) -> dict[str, Any]:
    """Sobol's indices: ``SensitivityRow``s of ``label``, ``first``, ``total`` and their two ``…_interval``s."""
    given = _all(drawn.SensitivityRow, rows)
    return _figure(lambda seen: drawn.sensitivity_chart(str(caption), given, digits=digits, look=seen))


@register.inclusion_tag("pages/charts/figure.html")
def tree_chart(caption: Text, nodes: Iterable[Any], digits: int = 1) -> dict[str, Any]:
    """The weights of a framework: ``TreeNode``s of ``code``, ``label``, ``parent``, ``weight``, ``url``."""
    given = _all(drawn.TreeNode, nodes)
    return _figure(lambda seen: drawn.tree_chart(str(caption), given, digits=digits, look=seen))


@register.inclusion_tag("pages/charts/heat.html")
def heat_table(caption: Text, columns: Sequence[Text], rows: Iterable[Any]) -> dict[str, Any]:
    """A table whose cells have a tone: ``HeatRow``s of ``label``, ``cells`` (``text``, ``tone``), ``url``.

    Tones are ``good``, ``caution``, ``bad``, ``tint`` and ``plain``.
    """
    return {"caption": caption, "columns": columns, "rows": _all(drawn.HeatRow, rows)}
