"""``{% load pages %}``: what templates need and a plain include cannot do."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

Text = str | Promise

#: The main navigation. A tool that is not installed has no address, and its entry is left out.
NAVIGATION: tuple[tuple[str, Text], ...] = (
    ("exchange:search", _("Search")),
    ("workspaces:initiatives", _("Initiatives")),
    ("practices:practices", _("Practices")),
    ("experts:experts", _("Experts")),
    ("barometer:barometers", _("Barometers")),
    ("exchange:needs", _("Needs and offers")),
    ("documents:publications", _("Publications")),
    ("pages:about", _("About")),
)

#: What a record can be: its name and its icon of the same key.
KINDS: dict[str, Text] = {
    "practice": _("Practice"),
    "initiative": _("Initiative"),
    "city": _("City"),
    "expert": _("Expert"),
    "publication": _("Publication"),
    "barometer": _("Barometer"),
    "need": _("Need"),
    "offer": _("Offer"),
    "organisation": _("Organisation"),
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The drawing ``name`` of ``icons.svg``, in the colour of the text, hidden from screen readers."""
    return format_html(
        '<svg class="icon icon--{0}" aria-hidden="true" focusable="false"><use href="{1}#{0}"></use></svg>',
        name,
        static("pages/icons.svg"),
    )


@register.simple_tag
def kind_badge(kind: str, label: Text = "") -> SafeString:
    """A badge with icon and name for a ``kind`` of record; ``label`` replaces the name."""
    name = label or KINDS.get(kind, kind)
    return format_html('<span class="kind kind--{}">{}{}</span>', kind, icon(kind), name)


@register.inclusion_tag("pages/components/navigation.html", takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    """The main navigation, the entry of the present page marked."""
    request = context.get("request")
    path = request.path if request else ""
    entries = [
        {"label": label, "url": url, "current": "page" if path == url else "true" if path.startswith(url) else ""}
        for url, label in _installed(NAVIGATION)
    ]
    return {"entries": entries}


def _installed(entries: Iterable[tuple[str, Text]]) -> Iterable[tuple[str, Text]]:
    for name, label in entries:
        try:
            yield reverse(name), label
        except NoReverseMatch:
            continue


def _query(context: template.Context) -> QueryDict:
    request = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The address's query with ``changes`` set: ``{% query_with sort="year" %}`` → ``?q=water&sort=year``.

    A value of ``None`` removes the parameter. The page number is dropped unless it is what changes, because other
    filters have other pages. Lists give a parameter several values.
    """
    query = _query(context)
    query.pop("page", None)
    for name, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        query.setlist(name, [str(each) for each in values if each is not None])
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_without(context: template.Context, name: str, value: Any = None) -> str:
    """The address's query without one ``value`` of parameter ``name``, or without the parameter altogether."""
    query = _query(context)
    query.pop("page", None)
    kept = [each for each in query.getlist(name) if value is not None and each != str(value)]
    query.setlist(name, kept)
    return f"?{query.urlencode()}"


@register.inclusion_tag("pages/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the other pages of ``page``, every other parameter of the address kept."""

    def address(number: int) -> str:
        return query_with(context, page=number)

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "entries": [{"number": each, "url": address(each) if isinstance(each, int) else ""} for each in numbers],
    }


@register.inclusion_tag("pages/components/table.html", takes_context=True)
def table(
    context: template.Context, caption: Text, columns: Iterable[Mapping[str, Any]], rows: Iterable[Iterable[Any]]
) -> dict[str, Any]:
    """A table that scrolls sideways on a phone.

    ``columns``: mappings with ``label`` and, where wanted, ``number`` (align as figures) and ``sort`` (the key by which
    a link in the head sorts: ``?sort=year``, then ``?sort=-year``). ``rows``: one cell per column, the first being the
    row's head; ``None`` is shown as unknown.
    """
    sorted_by = _query(context).get("sort", "")
    heads = [dict(column) for column in columns]
    for head in heads:
        key = head.get("sort")
        if key:
            head["direction"] = {key: "ascending", f"-{key}": "descending"}.get(sorted_by, "")
            head["url"] = query_with(context, sort=f"-{key}" if sorted_by == key else key)
    cells = [[{"value": value, "column": head} for value, head in zip(row, heads, strict=True)] for row in rows]
    return {"caption": caption, "columns": heads, "rows": cells}


@register.inclusion_tag("pages/components/comparison.html")
def comparison(
    caption: Text, columns: Sequence[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Up to four things side by side; on a phone, one below the other under each row's head.

    ``columns``: mappings with ``title`` and, where wanted, ``url`` and ``line``. ``rows``: mappings with ``label`` and
    ``cells``, one for each column, ``None`` being unknown.
    """
    paired = [{"label": row["label"], "cells": list(zip(columns, row["cells"], strict=True))} for row in rows]
    return {"caption": caption, "columns": columns, "rows": paired}
