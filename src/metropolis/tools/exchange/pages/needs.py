"""Needs and offers: their list, their pages and their forms."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.engine_kit import InvalidInput, MetropolisError, NotAllowed
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.queries import workspaces_for
from metropolis.tools.exchange import operations, queries
from metropolis.tools.exchange.forms import PER_PAGE, NeedForm, initial_of
from metropolis.tools.exchange.pages.cards import percent

TOOL = "exchange"
RIGHTS = {
    "change": "exchange.change_need",
    "publish": "exchange.publish_need",
    "delete": "exchange.delete_need",
}


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """What cities want and what they offer."""
    viewer = viewer_of(request.user)
    names = ("kind", "status", "topic", "country")
    filters = {name: request.GET.get(name, "") for name in names}
    rows = queries.needs(viewer, **filters)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    tabs = [("", _("All")), ("need", _("Needs")), ("offer", pgettext("several offers", "Offers"))]
    context = {
        "page": page,
        "cards": [_card(row) for row in page],
        "tabs": [{"kind": kind or None, "label": label, "here": filters["kind"] == kind} for kind, label in tabs],
        "choices": queries.need_choices(viewer),
        "filters": filters,
        "signed_in": viewer is not None,
    }
    return render(request, "exchange/needs.html", context)


@require_safe
def my_needs(request: HttpRequest) -> HttpResponse:
    """What somebody has asked for or offered, with the matches not yet looked at."""
    viewer = viewer_of(request.user)
    if viewer is None:
        raise NotAllowed(_("Sign in to see your needs and offers."), data={"sign_in": True})
    page = Paginator(queries.own_needs(viewer), PER_PAGE).get_page(request.GET.get("page"))
    cards = [_card(row) | {"meta": [_new_matches(row.new_matches)]} for row in page]
    return render(request, "exchange/my_needs.html", {"page": page, "cards": cards})


def _new_matches(count: int) -> str:
    return _("%(count)s new matches") % {"count": count} if count else _("no new matches")


def _card(row: Any) -> dict[str, Any]:
    meta = [_("by %(when)s") % {"when": row.by_when}] if row.by_when else []
    if row.is_demonstration:
        meta.append(_("invented for the demonstration"))
    if row.visibility != Visibility.PUBLIC:
        meta.append(row.get_visibility_display())
    return {
        "kind": row.kind,
        "title": row.title,
        "url": row.get_absolute_url(),
        "status": row.status_on(timezone.localdate()),
        "city": row.city.title,
        "meta": meta,
        "line": row.text if len(row.text) <= 240 else f"{row.text[:240].rsplit(' ', 1)[0]} …",  # noqa: PLR2004
        "language": row.language,
        "tags": [{"label": term.label()} for term in row.terms.all()],
    }


@require_safe
def need(request: HttpRequest, slug: str) -> HttpResponse:
    """One need or offer, with what was found for it."""
    viewer = viewer_of(request.user)
    row, workspace = queries.need(slug, viewer)
    rights = {name: workspace.allows(right, author=row.author) for name, right in RIGHTS.items()}
    is_open = row.is_open(timezone.localdate())
    context = {
        "need": row,
        "initiative": workspace.initiative,
        "topics": [term.label() for term in row.terms.all()],
        "is_open": is_open,
        "is_found": row.visibility == Visibility.PUBLIC and (is_open or row.status == "met"),
        "status": row.status_on(timezone.localdate()),
        "matches": [_match(match) for match in queries.matches(row, set_aside=rights["change"])],
        **{f"may_{name}": allowed for name, allowed in rights.items()},
    }
    answer = render(request, "exchange/need.html", context)
    if viewer is not None and viewer == row.author and request.method == "GET":
        operations.see_matches(slug=slug, actor=viewer)
    return answer


def _match(match: queries.FoundMatch) -> dict[str, Any]:
    fit = None if match.fit is None else percent(match.fit)
    return match._asdict() | {"share": percent(match.score), "fit_share": fit}


@require_http_methods(["GET", "HEAD", "POST"])
def add_need(request: HttpRequest) -> HttpResponse:
    """Say what a city wants or can give."""
    viewer = viewer_of(request.user)
    if viewer is None:
        raise NotAllowed(_("Sign in to add a need or an offer."), data={"sign_in": True})
    given = {"language": get_language(), "kind": request.GET.get("kind", "need"), "city": request.GET.get("city", "")}
    form = NeedForm(request.POST or None, initial=given, initiatives=workspaces_for(viewer, TOOL))
    if form.is_valid():
        try:
            row = operations.add_need(
                initiative=form.cleaned_data["initiative"],
                actor=viewer,
                content=form.content(),
                is_public="publish" in request.POST,
                form_key=form.key(),
            )
        except MetropolisError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Saved. What answers it is shown below."))
            return redirect(row)
    return render(request, "exchange/need_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change_need(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a need or an offer says."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    actor = workspace.require(RIGHTS["change"], author=row.author)
    form = NeedForm(request.POST or None, initial=initial_of(row))
    if form.is_valid():
        try:
            operations.change_need(slug=slug, actor=actor, content=form.content(row.kind))
        except MetropolisError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(request, "exchange/need_form.html", {"form": form, "need": row}, status=422 if form.errors else 200)


def _refuse(form: NeedForm, error: MetropolisError) -> None:
    """Beside the field it names, with what was typed still there."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


@require_POST
def set_visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a need or an offer, or take it back."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    actor = workspace.require(RIGHTS["publish"], author=row.author)
    wanted = request.POST.get("visibility", "")
    if wanted not in Visibility.values:
        raise InvalidInput(_("A record is a draft, internal or public."), field="visibility")
    row = operations.set_need_visibility(slug=slug, actor=actor, visibility=Visibility(wanted))
    messages.success(request, _("It is now: %(visibility)s.") % {"visibility": row.get_visibility_display()})
    return redirect(row)


@require_POST
def close_need(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a need or an offer is met or withdrawn, or open it again."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    actor = workspace.require(RIGHTS["change"], author=row.author)
    row = operations.close_need(slug=slug, actor=actor, status=request.POST.get("status", ""))
    messages.success(request, _("It is now: %(status)s.") % {"status": row.get_status_display()})
    return redirect(row)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_need(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, then delete a need or an offer."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    actor = workspace.require(RIGHTS["delete"], author=row.author)
    return deletion(
        request,
        lambda: operations.delete_need(slug=slug, actor=actor),
        title=_("Delete “%(title)s”?") % {"title": row.title},
        text=_("What was found for it is deleted too. This cannot be undone."),
        done=_("Deleted."),
        urls=(row.get_absolute_url(), "exchange:needs"),
    )


@require_POST
def mark_match(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a match or set it aside."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    actor = workspace.require(RIGHTS["change"], author=row.author)
    reference = Reference.parse(request.POST.get("reference", ""))
    operations.mark_match(slug=slug, actor=actor, reference=reference, state=request.POST.get("state", ""))
    return redirect(f"{row.get_absolute_url()}#matches")
