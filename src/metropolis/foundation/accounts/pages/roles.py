"""The page on which the secretariat gives roles in the network."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.forms.roles import NetworkRoleForm
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.forms import refusals_in


@require_http_methods(["GET", "HEAD", "POST"])
def network_roles(request: HttpRequest) -> HttpResponse:
    """Who edits for the whole network, and who runs it; gives a person another role."""
    actor = signed_in(request.user)
    holders = queries.network_role_holders(actor)
    form = NetworkRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            person = queries.person_by_email(form.cleaned_data["email"])
            operations.give_network_role(actor=actor, person=person, role=form.cleaned_data["role"])
            messages.success(request, _("%(person)s has another role now.") % {"person": person})
            # Who has just left the secretariat may not see this page any more.
            return redirect("accounts:account" if person == actor else "accounts:network_roles")
    columns = [{"label": _("Person")}, {"label": _("E-mail address")}, {"label": _("Role")}]
    rows = [(person.name, person.email, person.get_network_role_display()) for person in holders]
    return render(request, "accounts/network_roles.html", {"form": form, "columns": columns, "rows": rows})
