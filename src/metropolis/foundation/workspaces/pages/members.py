"""The pages on which stewards say who belongs to an initiative, and people answer them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.forms import refusals_in
from metropolis.foundation.workspaces import operations, queries
from metropolis.foundation.workspaces.forms import InvitationForm, RoleForm
from metropolis.foundation.workspaces.pages.changing import workspace_for

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """The members with their roles, and who is invited; invites somebody."""
    workspace = workspace_for(request, slug, "workspaces.change_members")
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.invite_member(slug=slug, actor=signed_in(request.user), **form.cleaned_data)
            messages.success(request, _("The invitation is on its way."))
            return redirect("workspaces:members", slug)
    rows = [
        (member, RoleForm(initial={"role": member.role}, auto_id=f"member-{member.person_id}-%s"))
        for member in queries.members(workspace)
    ]
    page = Paginator(queries.invitations_of(workspace), PER_PAGE).get_page(request.GET.get("page"))
    context = {"initiative": workspace.initiative, "form": form, "rows": rows, "page": page}
    return render(request, "workspaces/members.html", context)


@require_POST
def member(request: HttpRequest, slug: str, person_id: int) -> HttpResponse:
    """Give a member another role, or take the member out (`remove`)."""
    actor = signed_in(request.user)
    workspace = queries.initiative(slug, actor)
    person = queries.member(workspace, person_id)
    form = RoleForm(request.POST)
    if "remove" in request.POST:
        operations.remove_member(slug=slug, actor=actor, person=person)
        messages.success(request, _("%(person)s is no longer a member.") % {"person": person})
    elif form.is_valid():
        operations.set_role(slug=slug, actor=actor, person=person, role=form.cleaned_data["role"])
        messages.success(request, _("%(person)s has another role now.") % {"person": person})
    may_still = "remove" not in request.POST or person != actor
    return redirect("workspaces:members", slug) if may_still else redirect("workspaces:own")


@require_POST
def revoke(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    operations.revoke_invitation(slug=slug, invitation_id=invitation_id, actor=signed_in(request.user))
    messages.success(request, _("The invitation is taken back."))
    return redirect("workspaces:members", slug)


@require_POST
def invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Accept an invitation, or decline it (`decline`)."""
    person = signed_in(request.user)
    if "decline" in request.POST:
        operations.decline_invitation(invitation_id=invitation_id, person=person)
        messages.success(request, _("The invitation is declined."))
        return redirect("workspaces:own")
    row = operations.accept_invitation(invitation_id=invitation_id, person=person)
    messages.success(request, _("You are a member of “%(initiative)s” now.") % {"initiative": row})
    return redirect(row)
