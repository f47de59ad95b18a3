"""The makers' page of an edition: its steps, its method, its text, and the day it is published."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from metropolis.engine_kit import Conflict, NotFound
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import refusals_in, rows_of
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine.material import Break
from metropolis.tools.barometer.forms import BreakRow, EditionTextForm, MethodForm, RecipeForm
from metropolis.tools.barometer.values import State

_GET_OR_POST = ["GET", "HEAD", "POST"]
#: Seconds after which the page of an edition that is being computed is asked for again.
_AGAIN_AFTER = 3


def address(found: queries.Draft, page: str) -> str:
    """The address of one of a draft's pages."""
    return reverse(f"barometer:{page}", args=[found.row.barometer.slug, found.row.label])


def draft(request: HttpRequest, slug: str, label: str, right: str = "change_edition") -> queries.Draft:
    """An edition to be changed; `Conflict` once it is published."""
    return queries.Draft(*queries.edition_to_change(slug, label, viewer_of(request.user), right))


def context_of(found: queries.Draft, title: str, **more: Any) -> dict[str, Any]:
    """What `barometer/make/step.html` needs, and `more`."""
    told = {"edition": found.row, "barometer": found.row.barometer, "title": title}
    return {**told, "make_url": address(found, "make_edition"), **more}


def _linked(found: queries.Draft, hints: Iterable[queries.Hint]) -> list[dict[str, str]]:
    return [{"text": hint.text, "action": hint.action, "url": address(found, hint.page)} for hint in hints]


@require_safe
def make_edition(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The steps of an edition, and how far it is; asked for again by itself while it is being computed."""
    row, workspace = queries.edition(slug, label, viewer_of(request.user))
    author = row.barometer.author
    found = queries.Draft(row, workspace.require("barometer.change_edition", author=author))
    told = {"title": row.barometer.title, "label": row.label}
    if row.published_at is not None:
        title = _("%(title)s %(label)s is published") % told
        context = context_of(found, title, deeds=queries.edition_history(row))
        return render(request, "barometer/make/published.html", context)
    is_given_up = queries.is_given_up(row)
    is_computing = row.progress == row.Progress.WAITING and not is_given_up
    refreshes = is_computing and "still" not in request.GET
    may_publish = workspace.allows("barometer.publish_edition")
    context = context_of(
        found,
        _("Make %(title)s %(label)s") % told,
        steps=[
            {"step": step, "url": address(found, step.page) if may_publish or step.page != "publish" else ""}
            for step in queries.steps(found)
        ],
        is_given_up=is_given_up,
        is_computing=is_computing,
        refreshes=refreshes,
        problems=_linked(found, queries.problems(found)),
        can_undo=queries.can_undo(found),
        deeds=queries.edition_history(row),
    )
    response = render(request, "barometer/make/edition.html", context)
    if refreshes:
        response.headers["Refresh"] = str(_AGAIN_AFTER)
    return response


@require_http_methods(_GET_OR_POST)
def make_method(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The usual choices of a method."""
    found = draft(request, slug, label)
    material = found.material
    told: dict[str, Any] = {"framework": found.framework, "recipe": material.recipe}
    told["variation"] = material.variation
    form = MethodForm(request.POST or None, **told)
    if request.method == "POST" and form.is_valid():
        row = operations.set_method(**found.place, recipe=form.recipe, variation=form.variation)
        return _saved(request, found, row)
    context = context_of(found, _("Method"), form=form, is_usual=form.is_usual, tabs=_method_tabs(found, "make_method"))
    return render(request, "barometer/make/method.html", context)


@require_http_methods(_GET_OR_POST)
def make_recipe(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The method as TOML."""
    found = draft(request, slug, label)
    material = found.material
    told: dict[str, Any] = {"framework": found.framework, "recipe": material.recipe}
    told["variation"] = material.variation
    form = RecipeForm(request.POST or None, request.FILES or None, **told)
    if request.method == "POST" and form.is_valid():
        row = operations.set_method(**found.place, recipe=form.made_recipe, variation=form.made_variation)
        return _saved(request, found, row)
    context = context_of(found, _("Method as TOML"), form=form, tabs=_method_tabs(found, "make_recipe"))
    return render(request, "barometer/make/recipe.html", context)


@require_http_methods(_GET_OR_POST)
def make_breaks(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The years from which indicators are measured otherwise."""
    found = draft(request, slug, label)
    made = rows_of(BreakRow, more=3)
    initial = BreakRow.told_by(found.material.breaks)
    rows = made(request.POST or None, initial=initial, form_kwargs={"framework": found.framework})
    if request.method == "POST" and rows.is_valid():
        breaks = tuple(Break.model_validate(row) for row in rows.filled())
        return _saved(request, found, operations.set_method(**found.place, breaks=breaks))
    context = context_of(found, _("Breaks in series"), rows=rows, tabs=_method_tabs(found, "make_breaks"))
    return render(request, "barometer/make/breaks.html", context)


def _method_tabs(found: queries.Draft, here: str) -> list[dict[str, Any]]:
    pages = {
        "make_method": _("Usual choices"),
        "make_recipe": _("Everything, as TOML"),
        "make_breaks": _("Breaks in series"),
    }
    return [{"label": text, "url": address(found, page), "here": page == here} for page, text in pages.items()]


def _saved(request: HttpRequest, found: queries.Draft, row: Any) -> HttpResponse:
    if row.progress == row.Progress.REFUSED and not queries.to_come(queries.material_of(row)):
        messages.warning(request, _("It is saved, but the index cannot be computed so."))
    else:
        messages.success(request, _("The method is saved."))
    return redirect(address(found, "make_edition"))


@require_http_methods(_GET_OR_POST)
def make_text(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """What the edition says of its data."""
    found = draft(request, slug, label)
    form = EditionTextForm(request.POST or None, initial=EditionTextForm.told_by(found.row))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            row = operations.change_edition(**found.place, content=form.content)
            messages.success(request, _("The text is saved."))
            return redirect("barometer:make_edition", slug, row.label)
    return render(request, "barometer/make/form.html", context_of(found, _("Text"), form=form))


@require_http_methods(["POST"])
def undo(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Take the last change of tables, method or survey back."""
    found = draft(request, slug, label)
    operations.undo_change(**found.place)
    messages.success(request, _("The last change is undone. Undo once more to have it back."))
    return redirect(address(found, "make_edition"))


@require_http_methods(["POST"])
def set_state(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Give the edition to its cities for comment, or take it back."""
    found = draft(request, slug, label)
    states: dict[str, State] = {"draft": "draft", "consultation": "consultation"}
    wanted = states.get(request.POST.get("state", ""))
    if wanted is None:
        raise NotFound(_("There is no such state."), field="state")
    try:
        operations.set_edition_state(**found.place, state=wanted)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect(address(found, "comments"))
    if wanted == "draft":
        messages.success(request, _("The edition is a draft again: only its makers see it."))
    else:
        messages.success(request, _("The cities can now see and comment on it; their officers are told by mail."))
    return redirect(address(found, "comments"))


@require_http_methods(_GET_OR_POST)
def publish(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Say what is missing, or what publishing means; then publish."""
    found = draft(request, slug, label, "publish_edition")
    missing, doubts = queries.missing(found), queries.doubts(found)
    if request.method == "POST" and not missing:
        row = operations.publish_edition(**found.place, now=timezone.now())
        messages.success(request, _("The edition is published."))
        return redirect(row)
    context = context_of(
        found, _("Publish this edition"), missing=_linked(found, missing), doubts=_linked(found, doubts)
    )
    return render(request, "barometer/make/publish.html", context)


@require_http_methods(_GET_OR_POST)
def delete_edition(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Ask before a draft is deleted, then delete it."""
    found = draft(request, slug, label)
    names = {"title": found.row.barometer.title, "label": label}
    return deletion(
        request,
        lambda: operations.delete_edition(**found.place),
        title=_("Delete this edition?"),
        text=_("The draft “%(title)s” %(label)s, its data and its comments will be gone for good.") % names,
        done=_("The draft “%(title)s” %(label)s is deleted.") % names,
        urls=(address(found, "make_edition"), reverse("barometer:make", args=[slug])),
    )
