"""What the stewards of an organisation decide: who belongs to it, and which domains it holds."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.access import may_in_network, require_in_network
from metropolis.foundation.accounts.forms import DecisionForm, DomainForm, InvitationForm
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.records.forms import refusals_in

show_and_take = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 20


@require_safe
def organisation_people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who belongs to an organisation, and who asks to: those who have waited longest."""
    row, steward = queries.stewarded(slug, viewer_of(request.user))
    waiting = queries.waiting_requests(row)
    context = {
        "organisation": row,
        "members": Paginator(queries.members_of(row, steward), PER_PAGE).get_page(request.GET.get("page")),
        "requests": waiting[:PER_PAGE],
        "more": max(waiting.count() - PER_PAGE, 0),
    }
    return render(request, "accounts/organisation_people.html", context)


@show_and_take
def organisation_invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is invited to an organisation; invites somebody."""
    row, steward = queries.stewarded(slug, viewer_of(request.user))
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            told = form.cleaned_data
            operations.invite(slug=slug, actor=steward, email=told["email"], is_steward=bool(told["role"]))
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:organisation_invitations", slug)
    page = Paginator(queries.invitations_of(row), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/invitations.html", {"organisation": row, "form": form, "page": page})


@require_POST
def organisation_person(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    """Make a member a steward or no longer one (`role`), or take them out (`remove`)."""
    row, steward = queries.stewarded(slug, viewer_of(request.user))
    member = queries.member_of(row, person_id)
    if "remove" in request.POST:
        operations.remove_from_organisation(slug=slug, actor=steward, person=member)
        messages.success(request, _("%(person)s is no longer a member.") % {"person": member})
    else:
        is_steward = request.POST.get("role") == "steward"
        operations.set_organisation_role(slug=slug, actor=steward, person=member, is_steward=is_steward)
        messages.success(request, _("%(person)s has another role now.") % {"person": member})
    may_still = queries.may_steward(steward, row)
    return redirect("accounts:organisation_people" if may_still else "accounts:organisation", slug)


@show_and_take
def join_request(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """Read a request to join, and approve or decline it (`decline`)."""
    asked = queries.join_request(slug, request_id, viewer_of(request.user))
    actor = queries.signed_in(request.user)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            about: dict[str, Any] = {"slug": slug, "request_id": request_id, "actor": actor}
            if "decline" in request.POST:
                operations.decline_join_request(**about, reason=form.cleaned_data["reason"])
                messages.success(request, _("The request is declined."))
            else:
                operations.approve_join_request(**about)
                messages.success(request, _("%(person)s is a member now.") % {"person": asked.person})
            return redirect("accounts:organisation_people", slug)
    context = {"form": form, "asked": asked, "organisation": asked.organisation}
    return render(request, "accounts/join_request.html", context)


@require_POST
def sent_invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Send an invitation again, or take it back (`revoke`)."""
    _row, steward = queries.stewarded(slug, viewer_of(request.user))
    if "revoke" in request.POST:
        operations.revoke_invitation(slug=slug, invitation_id=invitation_id, actor=steward)
        messages.success(request, _("The invitation is taken back."))
    else:
        operations.resend_invitation(slug=slug, invitation_id=invitation_id, actor=steward)
        messages.success(request, _("The invitation is on its way."))
    return redirect("accounts:organisation_invitations", slug)


@require_POST
def organisation_confirmation(request: HttpRequest, slug: str) -> HttpResponse:
    """Say for the secretariat that an organisation is what it was seen to claim (`seen`), or not any more (`doubt`)."""
    actor = require_in_network(viewer_of(request.user), "accounts.confirm_organisation")
    row, is_confirmed = queries.organisation(slug), "doubt" not in request.POST
    if is_confirmed and request.POST.get("seen") != row.claim:
        messages.error(request, _("It has changed since you saw it: look at it again."))
        return redirect(row)
    operations.set_organisation_confirmed(slug=slug, actor=actor, is_confirmed=is_confirmed)
    messages.success(request, _("Saved."))
    return redirect(row)


@show_and_take
def domains(request: HttpRequest, slug: str) -> HttpResponse:
    """The domains of an organisation, with the proof each takes; names another one."""
    row, steward = queries.stewarded(slug, viewer_of(request.user))
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.claim_domain(slug=slug, actor=steward, domain=form.cleaned_data["domain"])
            messages.success(request, _("Now prove that the domain is yours."))
            return redirect("accounts:domains", slug)
    context = {
        "organisation": row,
        "form": form,
        "domains": [(domain, *queries.proof_of(domain)) for domain in queries.domains_of(row)],
        "may_confirm": may_in_network(steward, "accounts.confirm_domain"),
    }
    return render(request, "accounts/domains.html", context)


@require_POST
def domain(request: HttpRequest, slug: str, domain_id: int) -> HttpResponse:
    """Look for the proof of a domain, confirm it without (`confirm`), or give it up (`give_up`)."""
    _row, steward = queries.stewarded(slug, viewer_of(request.user))
    about: dict[str, Any] = {"slug": slug, "domain_id": domain_id, "actor": steward}
    if "give_up" in request.POST:
        operations.give_up_domain(**about)
        messages.success(request, _("The domain is taken away."))
        return redirect("accounts:domains", slug)
    verify = operations.confirm_domain if "confirm" in request.POST else operations.check_domain
    try:
        verify(**about)
    except (InvalidInput, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The domain is verified."))
    return redirect("accounts:domains", slug)
