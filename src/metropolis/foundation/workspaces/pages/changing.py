"""The pages that start and change initiatives."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import TranslationForm, language_choices, refusals_in
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces import operations, queries
from metropolis.foundation.workspaces.access import Workspace
from metropolis.foundation.workspaces.forms import PublicForm, StartForm, StopForm, ToolsForm, WholeInitiative

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


def workspace_for(request: HttpRequest, slug: str, right: str) -> Workspace:
    """An initiative in which the signed-in person has a right."""
    workspace = queries.initiative(slug, signed_in(request.user))
    workspace.require(right)
    return workspace


@show_and_take
def start(request: HttpRequest) -> HttpResponse:
    """Start an initiative with what it needs at least."""
    author = signed_in(request.user)
    form = StartForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            cities = [city] if (city := form.cleaned_data["lead_city"]) else []
            row = operations.start_initiative(
                author=author, fields=form.fields_of_initiative, terms=form.terms, cities=cities
            )
            messages.success(request, _("The initiative is started, as a draft. Complete it, then say who may see it."))
            return redirect(row)
    return render(request, "workspaces/start.html", {"form": form})


@show_and_take
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change everything an initiative says of itself."""
    workspace = workspace_for(request, slug, "workspaces.change_initiative")
    whole = WholeInitiative(workspace.initiative, request.POST if request.method == "POST" else None)
    if request.method == "POST" and whole.is_valid():
        with refusals_in(whole.form):
            row = operations.change_initiative(
                slug=slug,
                actor=signed_in(request.user),
                fields=whole.fields_of_initiative,
                terms=whole.form.terms,
                cities=whole.form.cleaned_data["cities"],
                partners=whole.partners,
            )
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(request, "workspaces/change.html", {"initiative": workspace.initiative, "whole": whole})


@show_and_take
def translate(request: HttpRequest, slug: str) -> HttpResponse:
    """Translate an initiative's texts into the language of the address: `?language=fr`."""
    row = workspace_for(request, slug, "workspaces.translate_initiative").initiative
    names = {code: name for code, name in language_choices() if code != row.language}
    language = request.GET.get("language", "")
    context = {"record": row, "languages": names, "language_name": language_name(language)}
    if language not in names:
        return render(request, "records/translate.html", context)
    text = queries.initiative_texts([row], language)[slug]
    originals = {name: (label, getattr(row, name)) for name, label in queries.field_labels().items()}
    form = TranslationForm(
        {name: told for name, told in originals.items() if told[1]},
        request.POST or None,
        text=text if text.language == language else None,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.translate_initiative(
                slug=slug,
                actor=signed_in(request.user),
                language=language,
                fields=form.translated,
                origin=form.cleaned_data["origin"],
            )
            messages.success(request, _("The translation is saved."))
            return redirect(f"{row.get_absolute_url()}?language={language}")
    return render(request, "records/translate.html", context | {"form": form})


@show_and_take
def visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an initiative, or take it back."""
    row = workspace_for(request, slug, "workspaces.publish_initiative").initiative
    form = PublicForm(request.POST or None, initial={"visibility": row.visibility})
    if request.method == "POST" and form.is_valid():
        chosen = Visibility(form.cleaned_data["visibility"])
        operations.set_initiative_visibility(slug=slug, actor=signed_in(request.user), visibility=chosen)
        messages.success(request, _("Saved."))
        return redirect(row)
    return render(request, "workspaces/form.html", {"initiative": row, "form": form, "title": _("Who may see it")})


@show_and_take
def tools(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose an initiative's tools."""
    row = workspace_for(request, slug, "workspaces.change_tools").initiative
    now = [use.tool for use in row.tools_in_use.all()]
    form = ToolsForm(request.POST if request.method == "POST" else None, initial={"in_use": now, "asked_for": now})
    if request.method == "POST" and form.is_valid():
        operations.set_tools(slug=slug, actor=signed_in(request.user), tools=form.tools)
        messages.success(request, _("Saved."))
        return redirect(row)
    return render(request, "workspaces/form.html", {"initiative": row, "form": form, "title": _("Tools")})


@show_and_take
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that an initiative was stopped, and why."""
    row = workspace_for(request, slug, "workspaces.stop_initiative").initiative
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.stop_initiative(slug=slug, actor=signed_in(request.user), **form.cleaned_data)
            messages.success(request, _("The initiative is shown as stopped, with the reason."))
            return redirect(row)
    return render(request, "workspaces/form.html", {"initiative": row, "form": form, "title": _("Stop the initiative")})


@show_and_take
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete an initiative that holds nothing, after asking."""
    row = workspace_for(request, slug, "workspaces.delete_initiative").initiative
    return deletion(
        request,
        lambda: operations.delete_initiative(slug=slug, actor=signed_in(request.user)),
        title=_("Delete “%(title)s”?") % {"title": row.title},
        text=_(
            "This cannot be undone. An initiative that was carried out is better stopped, so that others can learn."
        ),
        done=_("The initiative is deleted."),
        urls=(row.get_absolute_url(), "workspaces:initiatives"),
    )
