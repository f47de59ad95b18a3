"""The pages that show initiatives."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.queries import Viewer, signed_in, viewer_of
from metropolis.foundation.pages.values import chosen_tags
from metropolis.foundation.places.engine import country_facts
from metropolis.foundation.records.queries import any_language, language_name
from metropolis.foundation.records.values import Filter, Reference, one_of
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces import queries
from metropolis.foundation.workspaces.access import Workspace
from metropolis.foundation.workspaces.cards import cards
from metropolis.foundation.workspaces.pages import presenting
from metropolis.foundation.workspaces.values import Role

PER_PAGE = 20


def _chosen(query: QueryDict) -> dict[str, list[str]]:
    return {facet: query.getlist(facet) for facet in queries.FACETS}


@require_safe
def initiatives(request: HttpRequest) -> HttpResponse:
    """The list of initiatives, with filters and a map."""
    chosen = _chosen(request.GET)
    found = queries.catalogue(viewer_of(request.user), chosen)
    rows = queries.card_rows(found.rows).order_by("title", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    facets = presenting.facets(found.counts, chosen)
    context = {
        "page": page,
        "cards": presenting.initiative_cards(page.object_list),
        "facets": facets,
        "chosen": chosen_tags(facets),
        "points_url": f"{reverse('workspaces:points')}?{request.GET.urlencode()}",
    }
    return render(request, "workspaces/initiatives.html", context)


@require_safe
def points(request: HttpRequest) -> JsonResponse:
    """The same initiatives as a GeoJSON for the map."""
    return JsonResponse(points_of(viewer_of(request.user), request.GET), content_type="application/geo+json")


def points_of(viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Where the initiatives are that an address of the list asks for."""
    placed = queries.map_points(queries.catalogue(viewer, _chosen(query)).rows)
    texts = queries.initiative_texts([row for row, _city in placed])
    features = (
        (city, texts[row.slug].fields["title"], row.get_absolute_url(), row.lead or city.title) for row, city in placed
    )
    return presenting.feature_collection(features)


def latest(query: QueryDict, most: int) -> list[Reference]:
    """The public initiatives that an address of the list asks for, changed last first."""
    rows = queries.catalogue(None, _chosen(query)).rows.order_by("-updated_at", "-pk")
    return [Reference(kind="initiative", key=row.slug) for row in rows[:most]]


#: The filters that the address of the list may have.
FILTERS: dict[str, Filter] = {
    "theme": one_of(partial(labels, "theme")),
    "topic": one_of(partial(labels, "topic")),
    "status": one_of(queries.status_labels),
    "country": one_of(country_facts),
    "tool": one_of(lambda: {card.slug for card in cards()}),
}


def latest_within(query: QueryDict, most: int, slug: str) -> list[Reference]:  # noqa: ARG001 - a list's form
    """An initiative and the records in it that somebody did something to, latest first."""
    return queries.latest_records(slug, most)


def places_of(viewer: Viewer, query: QueryDict, slug: str) -> dict[str, Any]:  # noqa: ARG001 - a list's form
    """Where an initiative happens."""
    return presenting.places(queries.initiative(slug, viewer))


@require_safe
def initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """One initiative: what it is, its tools, its people and its history."""
    viewer = viewer_of(request.user)
    workspace = queries.initiative_to_read(slug, viewer)
    text = queries.initiative_texts([workspace.initiative], request.GET.get("language"))[slug]
    members = queries.members(workspace)
    context = {
        "initiative": workspace.initiative,
        "text": text,
        "languages": [
            {"label": language_name(code), "url": f"?language={code}", "here": code == text.language}
            for code in text.languages
        ],
        "original_language": language_name(workspace.initiative.language),
        "facts": presenting.facts(workspace, text.language),
        "figures": presenting.figures(workspace),
        "partners": presenting.partners(workspace),
        "places": presenting.places(workspace),
        "themes": presenting.term_tags(workspace.initiative, "theme"),
        "topics": presenting.term_tags(workspace.initiative, "topic"),
        "sdgs": presenting.term_tags(workspace.initiative, "sdg"),
        "tools": queries.tools(workspace),
        "members": members,
        "events": presenting.timeline(workspace, with_names=bool(members)),
        "actions": actions(workspace),
        "may_add": workspace.role is not None and workspace.role >= Role.CONTRIBUTOR,
    }
    return render(request, "workspaces/initiative.html", context)


#: The address of one initiative says in which language to read it, and narrows nothing.
FILTERS_WITHIN: dict[str, Filter] = {"language": any_language}


def actions(workspace: Workspace) -> list[dict[str, str]]:
    """What the viewer may do with an initiative, each with its page."""
    offered = [
        ("change", "workspaces.change_initiative", _("Edit")),
        ("translate", "workspaces.translate_initiative", _("Translate")),
        ("visibility", "workspaces.publish_initiative", _("Who may see it")),
        ("tools", "workspaces.change_tools", _("Tools")),
        ("members", "workspaces.change_members", _("Members")),
        ("stop", "workspaces.stop_initiative", _("Stop")),
        ("delete", "workspaces.delete_initiative", _("Delete")),
    ]
    return [
        {"label": label, "url": reverse(f"workspaces:{name}", args=[workspace.initiative.slug])}
        for name, right, label in offered
        if workspace.allows(right)
    ]


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The initiatives the signed-in person belongs or is invited to, and the records the person worked on."""
    person = signed_in(request.user)
    context = {
        "invitations": queries.invitations_to(person),
        "memberships": queries.own_memberships(person),
        "deeds": queries.own_deeds(person),
    }
    return render(request, "workspaces/own.html", context)


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Who may do what: the whole table."""
    context = {
        "network_rights": presenting.network_rights(),
        "may_give_roles": may_in_network(viewer_of(request.user), "accounts.give_network_role"),
        "sections": presenting.rights(),
        "columns": [{"label": _("What may be done")}, {"label": _("Least role")}],
    }
    return render(request, "workspaces/rights.html", context)
