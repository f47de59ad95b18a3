"""Organisations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.forms import OrganisationForm, OrganisationsForm
from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in

show_and_take = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 20


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of the network."""
    form = OrganisationsForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = queries.organisations_found(text=wanted.get("q", ""), kind=wanted.get("kind", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    cards = [
        {
            "kind": "organisation",
            "kind_label": row.get_kind_display(),
            "title": row.name,
            "url": row.get_absolute_url(),
            "city": row.city.title if row.city else "",
        }
        for row in page.object_list
    ]
    return render(request, "accounts/organisations.html", {"form": form, "page": page, "cards": cards})


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation."""
    row = queries.organisation(slug)
    facts = [
        {"label": _("Kind"), "value": row.get_kind_display()},
        {"label": _("City"), "value": row.city.title if row.city else None},
        {"label": _("Website"), "value": row.website, "url": row.website},
        {"label": _("People here"), "value": queries.member_count(row)},
    ]
    is_member = queries.belongs_to(viewer_of(request.user), row)
    return render(request, "accounts/organisation.html", {"organisation": row, "facts": facts, "is_member": is_member})


@show_and_take
def add_organisation(request: HttpRequest) -> HttpResponse:
    """Register an organisation and belong to it."""
    person = signed_in(request.user)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            told = form.cleaned_data
            row = operations.register_organisation(
                name=told["name"],
                kind=told["kind"],
                city_id=told["city"].pk if told["city"] else None,
                website=told["website"],
                actor=person,
            )
            operations.join_organisation(person=person, organisation=row)
            messages.success(request, _("You belong to %(organisation)s now.") % {"organisation": row})
            return redirect(row)
    return render(request, "accounts/add_organisation.html", {"form": form})


@require_POST
def membership(request: HttpRequest, slug: str) -> HttpResponse:
    """Join an organisation, or leave it (`joining` empty)."""
    person = signed_in(request.user)
    row = queries.organisation(slug)
    change = operations.join_organisation if request.POST.get("joining") else operations.leave_organisation
    change(person=person, organisation=row)
    return redirect(row)
