"""Initiatives as the components of a page take them; a row is one of `queries.initiatives`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.access import NETWORK_NEEDS
from metropolis.foundation.accounts.queries import name_of
from metropolis.foundation.history.values import deed_name
from metropolis.foundation.pages.values import Item, facet
from metropolis.foundation.places.queries import countries
from metropolis.foundation.records.queries import follower_count, language_name
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces import queries
from metropolis.foundation.workspaces.access import Workspace, needs
from metropolis.foundation.workspaces.cards import cards

#: What the rooms of the foundation are called, beside the tools, in the table of rights.
ROOMS: dict[str, Promise] = {
    "workspaces": gettext_lazy("The initiative itself"),
    "documents": gettext_lazy("Publications"),
}

FACET_LABELS: dict[str, Promise] = {
    "theme": gettext_lazy("Theme"),
    "topic": gettext_lazy("Topic"),
    "status": gettext_lazy("Status"),
    "country": gettext_lazy("Country"),
    "tool": gettext_lazy("Tool"),
}


def initiative_cards(rows: Iterable[Any]) -> list[Item]:
    """Cards of initiatives, in the reader's language where there is a translation."""
    rows = list(rows)
    texts = queries.initiative_texts(rows, names=("title", "one_line"))
    return [_card(row, texts[row.slug].fields, texts[row.slug].language) for row in rows]


def _card(row: Any, fields: Mapping[str, str], language: str) -> Item:
    partners = len(row.partners.all())
    hidden = [] if row.visibility == Visibility.PUBLIC else [row.get_visibility_display()]
    meta = [row.lead] if row.lead else []
    if partners:
        meta.append(ngettext("%(count)s partner", "%(count)s partners", partners) % {"count": partners})
    return {
        "kind": "initiative",
        "title": fields["title"],
        "line": fields["one_line"],
        "language": language,
        "url": row.get_absolute_url(),
        "status": " · ".join(map(str, filter(None, [*hidden, row.get_status_display()]))),
        "city": row.lead_city.title if row.lead_city else "",
        "meta": meta,
        "tags": term_tags(row, "theme"),
    }


def term_tags(row: Any, vocabulary: str) -> list[Item]:
    """The terms of one vocabulary, each a link to the initiatives that have it; themes have colours."""
    listed = reverse("workspaces:initiatives")
    return [
        {
            "label": term.label(),
            "url": f"{listed}?{vocabulary}={term.code}" if vocabulary in queries.FACETS else "",
            "tone": term.code.rpartition("-")[2] if vocabulary == "theme" else "",
        }
        for term in row.terms.all()
        if term.vocabulary == vocabulary
    ]


def facets(counts: Mapping[str, Counter[str]], chosen: Mapping[str, Sequence[str]]) -> list[Item]:
    """The filters: each choice that gives something or is chosen, most frequent first."""
    names = _names()
    made = (facet(name, FACET_LABELS[name], counts[name], chosen[name], names[name]) for name in queries.FACETS)
    return [one for one in made if one["choices"]]


def _names() -> dict[str, Mapping[str, str]]:
    """What each value of a facet is called."""
    return {
        "theme": labels("theme"),
        "topic": labels("topic"),
        "status": queries.status_labels(),
        "country": dict(countries(get_language() or "en")),
        "tool": {card.slug: str(card.title) for card in cards()},
    }


def facts(workspace: Workspace, language: str) -> list[Item]:
    """The facts beside the text of an initiative, which is read in `language`."""
    row = workspace.initiative
    languages = ", ".join(language_name(code) for code in row.working_languages)
    return [
        {"label": _("Lead"), "value": row.lead},
        {"label": _("City that leads"), **_city(row.lead_city)},
        {"label": _("Status"), "value": row.get_status_display()},
        {"label": _("Start"), "value": row.started_on},
        {"label": _("End"), "value": row.ended_on or (_("not yet") if row.status in {"planned", "running"} else "")},
        {"label": _("Working languages"), "value": languages},
        {
            "label": _("Whom to ask"),
            "value": row.contact_role,
            "language": row.language,
            "note": language_name(row.language) if row.contact_role and row.language != language else "",
        },
        {"label": _("Followers"), "value": follower_count(Reference(kind="initiative", key=row.slug))},
    ]


def _city(city: Any) -> Item:
    return {"value": city.title if city else None, "url": city_url(city) if city else ""}


def city_url(city: Any) -> str:
    """The page of a city, which the exchange has where it is installed."""
    try:
        return reverse("exchange:city", args=[city.pk, city.slug])
    except NoReverseMatch:
        return ""


def partners(workspace: Workspace) -> list[Item]:
    """The partners, each with the part it takes."""
    return [
        {
            "label": partner.part or _("Partner"),
            "value": str(partner),
            "note": partner.city.title if partner.organisation and partner.city else "",
            "url": city_url(partner.city) if partner.city else "",
        }
        for partner in workspace.initiative.partners.all()
    ]


def figures(workspace: Workspace) -> list[Item]:
    """Facts and figures, each with its source."""
    rows = workspace.initiative.figures
    return [{"label": row["label"], "value": row["text"], "note": row.get("source", "")} for row in rows]


def places(workspace: Workspace) -> Item:
    """The cities of an initiative on the map, each with what it has to do with it."""
    row = workspace.initiative
    parts: dict[Any, list[str]] = {}
    if row.lead_city:
        parts.setdefault(row.lead_city, []).append(_("leads"))
    for partner in row.partners.all():
        if partner.city:
            parts.setdefault(partner.city, []).append(partner.part or _("partner"))
    for city in row.cities.all():
        parts.setdefault(city, [])
    return feature_collection(
        (city, city.title, city_url(city) or row.get_absolute_url(), ", ".join(part)) for city, part in parts.items()
    )


def feature_collection(points: Iterable[tuple[Any, str, str, str]]) -> Item:
    """A GeoJSON of cities, each with a title, an address and a line; degrees, WGS 84."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [city.longitude, city.latitude]},
                "properties": {"title": title, "url": url, "line": line},
            }
            for city, title, url, line in points
        ],
    }


def timeline(workspace: Workspace, *, with_names: bool) -> list[Item]:
    """The history, what was done again and again once; who did it is for members."""
    told = (
        {
            "when": date_format(deed.entry.at, "DATE_FORMAT"),
            "title": deed_name(deed.entry.verb),
            "text": "" if deed.entry.kind == "initiative" else f"{deed.kind}: {deed.title}",
            "url": "" if deed.entry.kind == "initiative" else deed.url,
            "who": name_of(deed.entry.actor) if with_names else "",
        }
        for deed in queries.deeds(workspace)
    )
    return [one for one, _same in groupby(told)]


def rights() -> list[Item]:
    """The whole table of rights, by room: what may be done, and from which role on."""
    named = {card.slug: card.title for card in cards()}
    sections: dict[str, list[tuple[Promise, str | Promise]]] = {}
    for name, right in needs().items():
        room = name.partition(".")[0]
        sections.setdefault(room, []).append((right.label, right.least.label))
    return [{"title": named.get(room, ROOMS.get(room, room)), "rows": rows} for room, rows in sections.items()]


def network_rights() -> list[tuple[Promise, str | Promise]]:
    """The rights over the network: what may be done, and from which role on."""
    return [(right.label, right.least.label) for right in NETWORK_NEEDS.values()]
