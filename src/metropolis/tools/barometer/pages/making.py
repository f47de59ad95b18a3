"""Beginning a barometer, saying what it is, and beginning its editions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import VisibilityForm, refusals_in
from metropolis.foundation.records.values import Visibility
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.forms import BarometerForm, BeginEditionForm
from metropolis.tools.barometer.values import EditionInput

_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(_GET_OR_POST)
def add(request: HttpRequest) -> HttpResponse:
    """The form of a new barometer."""
    initiatives, actor = queries.initiatives_to_add_to(viewer_of(request.user))
    first = {"initiative": request.GET.get("initiative", initiatives[0].slug), "language": get_language()}
    form = BarometerForm(request.POST or None, initiatives=initiatives, initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            home = form.cleaned_data["initiative"]
            row = operations.add_barometer(initiative=home, actor=actor, content=form.content)
            messages.success(request, _("The barometer is begun, and a draft. Begin its first edition."))
            return redirect("barometer:make", row.slug)
    return render(request, "barometer/make/add.html", {"form": form})


@require_http_methods(_GET_OR_POST)
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """The makers' page of a barometer: its editions, and the form that begins another."""
    row, actor = queries.barometer_to_change(slug, viewer_of(request.user), "change_edition")
    editions = queries.editions(row, actor)
    form = BeginEditionForm(request.POST or None, editions=editions)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            label = form.cleaned_data["label"]
            like = form.cleaned_data.get("like", "")
            content = EditionInput(label=label)
            operations.add_edition(barometer_slug=slug, actor=actor, content=content, like=like)
            messages.success(request, _("The edition is begun. Its steps stand below."))
            return redirect("barometer:make_edition", slug, label)
    context = {
        "barometer": row,
        "editions": editions,
        "form": form,
        "visibility": VisibilityForm(initial={"visibility": row.visibility}),
        "is_published": any(edition.published_at for edition in editions),
    }
    return render(request, "barometer/make/barometer.html", context)


@require_http_methods(_GET_OR_POST)
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of what a barometer says of itself."""
    row, actor = queries.barometer_to_change(slug, viewer_of(request.user), "change_barometer")
    form = BarometerForm(request.POST or None, initial=BarometerForm.told_by(row))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_barometer(slug=slug, actor=actor, content=form.content)
            messages.success(request, _("What the barometer says is saved."))
            return redirect("barometer:make", slug)
    return render(request, "barometer/make/change.html", {"form": form, "barometer": row})


@require_http_methods(["POST"])
def set_visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the barometer to everybody, to members, or take it back."""
    _row, actor = queries.barometer_to_change(slug, viewer_of(request.user), "publish_barometer")
    form = VisibilityForm(request.POST)
    if form.is_valid():
        wanted = Visibility(form.cleaned_data["visibility"])
        operations.set_barometer_visibility(slug=slug, actor=actor, visibility=wanted)
        messages.success(request, _("Who may see the barometer is saved."))
    else:
        messages.error(request, _("Choose who may see the barometer."))
    return redirect("barometer:make", slug)


@require_http_methods(_GET_OR_POST)
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask before a barometer is deleted, then delete it."""
    row, actor = queries.barometer_to_change(slug, viewer_of(request.user), "delete_barometer")
    return deletion(
        request,
        lambda: operations.delete_barometer(slug=slug, actor=actor),
        title=_("Delete this barometer?"),
        text=_("“%(title)s” and its drafts will be gone for good.") % {"title": row.title},
        done=_("The barometer “%(title)s” is deleted.") % {"title": row.title},
        urls=(reverse("barometer:make", args=[slug]), "barometer:barometers"),
    )
