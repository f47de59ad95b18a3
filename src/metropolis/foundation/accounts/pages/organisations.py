"""Organisations: finding, registering, joining and leaving them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.forms import JoinForm, NewOrganisationForm, OrganisationForm, OrganisationsForm
from metropolis.foundation.accounts.queries import Viewer, signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.records.values import Filter, Reference

show_and_take = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 20


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of the network."""
    form = OrganisationsForm(request.GET)
    page = Paginator(_found(form, viewer_of(request.user)), PER_PAGE).get_page(request.GET.get("page"))
    cards = [
        {
            "kind": "organisation",
            "kind_label": row.get_kind_display(),
            "title": row.name,
            "url": row.get_absolute_url(),
            "city": row.city.title if row.city else "",
            "status": "" if row.is_confirmed else _("Not confirmed"),
        }
        for row in page.object_list
    ]
    return render(request, "accounts/organisations.html", {"form": form, "page": page, "cards": cards})


def _found(form: OrganisationsForm, viewer: Viewer) -> QuerySet[Any]:
    wanted = form.cleaned_data if form.is_valid() else {}
    told = {name: wanted.get(name, "") for name in ("kind", "confirmed")}
    return queries.organisations_found(viewer, text=wanted.get("q", ""), **told)


def _has(value: str, _viewer: Viewer, *, name: str) -> bool:
    return OrganisationsForm({name: value}).is_valid()


#: What the address of the list may ask for.
FILTERS: dict[str, Filter] = {name: partial(_has, name=name) for name in OrganisationsForm.base_fields}


def latest(query: QueryDict, most: int) -> list[Reference]:
    """The organisations an address of the list asks for, the newest first."""
    rows = _found(OrganisationsForm(query), None).order_by("-pk")
    return [Reference(kind="organisation", key=row.slug) for row in rows[:most]]


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation."""
    row, viewer = queries.organisation(slug), viewer_of(request.user)
    facts = [
        {"label": _("Kind"), "value": row.get_kind_display()},
        {"label": _("City"), "value": row.city.title if row.city else None},
        {"label": _("Website"), "value": row.website, "url": row.website},
        {"label": _("Verified domain"), "value": ", ".join(queries.verified_domains(row)) or _("None")},
        {"label": _("People here"), "value": queries.member_count(row)},
    ]
    context = {
        "organisation": row,
        "facts": facts,
        "is_confirmed": queries.is_confirmed(row),
        "may_confirm": may_in_network(viewer, "accounts.confirm_organisation"),
        "is_member": queries.belongs_to(viewer, row),
        "may_steward": queries.may_steward(viewer, row),
        "members": Paginator(queries.members_of(row, viewer), PER_PAGE).get_page(request.GET.get("page")),
        "last_request": queries.last_request(row, viewer),
        "invitation": queries.invitation_to(row, viewer),
    }
    return render(request, "accounts/organisation.html", context)


@show_and_take
def add_organisation(request: HttpRequest) -> HttpResponse:
    """Register an organisation and be its steward; one that is there already is shown, to ask it.

    So are those of the same name elsewhere, once, before another one is made.
    """
    person = signed_in(request.user)
    form = NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, city = form.cleaned_data["name"], form.cleaned_data["city"]
        others = queries.namesakes(name)
        if others and form.cleaned_data["shown"] != name and city not in [row.city for row in others]:
            again = NewOrganisationForm({**request.POST.dict(), "shown": name})
            return render(request, "accounts/add_organisation.html", {"form": again, "others": others})
        with refusals_in(form):
            row = operations.register_organisation(**_told(form), actor=person)
            if queries.belongs_to(person, row):
                messages.success(request, _("You are a steward of %(organisation)s.") % {"organisation": row})
            else:
                messages.info(request, _("This organisation is there already. Ask to join it."))
            return redirect(row)
    return render(request, "accounts/add_organisation.html", {"form": form})


@show_and_take
def change_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what an organisation says of itself."""
    row, steward = queries.stewarded(slug, viewer_of(request.user))
    now = {"name": row.name, "kind": row.kind, "city": row.city, "website": row.website}
    form = OrganisationForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_organisation(slug=slug, actor=steward, **_told(form))
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(request, "accounts/change_organisation.html", {"form": form, "organisation": row})


def _told(form: OrganisationForm) -> dict[str, Any]:
    told = form.cleaned_data
    city = told["city"]
    return {name: told[name] for name in ("name", "kind", "website")} | {"city_id": city.pk if city else None}


@show_and_take
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to join an organisation, or take the request back (`withdraw`)."""
    person, row = signed_in(request.user), queries.organisation(slug)
    if "withdraw" in request.POST:
        operations.withdraw_join_request(slug=slug, person=person)
        messages.success(request, _("Your request is taken back."))
        return redirect(row)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.ask_to_join(slug=slug, person=person, message=form.cleaned_data["message"])
            messages.success(request, _("Your request is sent. You get a mail with the answer."))
            return redirect(row)
    return render(request, "accounts/join.html", {"form": form, "organisation": row})


@require_POST
def membership(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave an organisation."""
    person, row = signed_in(request.user), queries.organisation(slug)
    operations.leave_organisation(person=person, organisation=row)
    messages.success(request, _("You no longer belong to %(organisation)s.") % {"organisation": row})
    return redirect(row)


@require_safe
def own_organisations(request: HttpRequest) -> HttpResponse:
    """What a person has to decide, has asked, and is invited to."""
    person = signed_in(request.user)
    page = Paginator(queries.requests_to_decide(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "memberships": queries.memberships(person),
        "own_requests": queries.own_requests(person),
        "invitations": queries.invitations_to(person),
        "addresses": sorted(queries.confirmed_addresses(person)),
    }
    return render(request, "accounts/own_organisations.html", context)


@require_POST
def invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Accept an invitation, or decline it (`decline`)."""
    person = signed_in(request.user)
    if "decline" in request.POST:
        operations.decline_invitation(invitation_id=invitation_id, person=person)
        messages.success(request, _("The invitation is declined."))
        return redirect("accounts:own_organisations")
    row = operations.accept_invitation(invitation_id=invitation_id, person=person)
    messages.success(request, _("You belong to %(organisation)s now.") % {"organisation": row})
    return redirect(row)
