"""The pages of publications, and their files."""

import re
import textwrap
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.documents import operations, queries
from metropolis.foundation.documents.forms import AddForm, PublicationForm, initial_of
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.pages.values import Item, chosen_tags, facet
from metropolis.foundation.records.forms import TranslationForm, VisibilityForm, language_choices, refusals_in
from metropolis.foundation.records.queries import any_language, language_name
from metropolis.foundation.records.values import Filter, Reference, Visibility, any_year, one_of
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.access import Workspace

PER_PAGE = 20
#: A file from outside may do nothing at all, even where a browser were to show it.
LOCKED = "default-src 'none'; style-src 'none'; sandbox"
CJK = "\u2e7f"
#: What no SVG may hold, as XML 1.0 says it.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    """The list of publications, with filters."""
    chosen = _chosen(request.GET)
    found = queries.catalogue(viewer_of(request.user), chosen)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    words: dict[str, tuple[Any, dict[str, str]]] = {
        "language": (_("Language"), {code: language_name(code) for code in found.counts["language"]}),
        "theme": (_("Theme"), labels("theme")),
        "topic": (_("Topic"), labels("topic")),
        "year": (_("Year"), {}),
    }
    facets = [facet(name, label, found.counts[name], chosen[name], names) for name, (label, names) in words.items()]
    context = {
        "page": page,
        "cards": _cards(page.object_list),
        "facets": [each for each in facets if each["choices"]],
        "chosen": chosen_tags(facets),
    }
    return render(request, "documents/publications.html", context)


def _chosen(query: QueryDict) -> dict[str, list[str]]:
    return {name: query.getlist(name) for name in queries.FACETS}


def latest(query: QueryDict, most: int) -> list[Reference]:
    """The public publications that an address of the list asks for, changed last first."""
    rows = queries.catalogue(None, _chosen(query)).rows.order_by("-updated_at", "-pk")
    return [Reference(kind="publication", key=row.slug) for row in rows[:most]]


#: The filters that the address of the list may have.
FILTERS: dict[str, Filter] = {
    "language": any_language,
    "theme": one_of(partial(labels, "theme")),
    "topic": one_of(partial(labels, "topic")),
    "year": any_year,
}


def _cards(rows: Iterable[Any]) -> list[Item]:
    rows = list(rows)
    texts = queries.publication_texts(rows)
    return [
        {
            "kind": "publication",
            "title": texts[row.slug].fields["title"],
            "language": texts[row.slug].language,
            "url": row.get_absolute_url(),
            "status": "" if row.visibility == Visibility.PUBLIC else row.get_visibility_display(),
            "meta": [str(fact) for fact in (row.publisher, row.year, language_name(row.language)) if fact],
            "image_url": reverse("documents:cover", args=[row.slug]),
        }
        for row in rows
    ]


@require_safe
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """One publication."""
    row, workspace = queries.publication(slug, viewer_of(request.user))
    text = queries.publication_texts([row], request.GET.get("language"))[slug]
    context = {
        "publication": row,
        "text": text,
        "languages": [
            {"label": language_name(code), "url": f"?language={code}", "here": code == text.language}
            for code in text.languages
        ],
        "original_language": language_name(row.language),
        "facts": [
            {"label": _("Publisher"), "value": row.publisher},
            {"label": _("Year"), "value": str(row.year or "")},
            {"label": _("Language"), "value": language_name(row.language)},
            {"label": _("Licence"), "value": row.licence},
            {"label": _("Pages"), "value": row.pages},
            {
                "label": _("Initiative"),
                "value": workspace.initiative.title,
                "url": workspace.initiative.get_absolute_url(),
            },
        ],
        "terms": [{"label": term.label()} for term in row.terms.all()],
        "actions": _actions(row, workspace),
    }
    return render(request, "documents/publication.html", context)


def _actions(row: Any, workspace: Workspace) -> list[Item]:
    offered = [
        ("change", "documents.change_publication", _("Edit")),
        ("translate", "documents.translate_publication", _("Translate")),
        ("visibility", "documents.publish_publication", _("Who may see it")),
        ("delete", "documents.delete_publication", _("Delete")),
    ]
    return [
        {"label": label, "url": reverse(f"documents:{name}", args=[row.slug])}
        for name, right, label in offered
        if workspace.allows(right, author=row.author)
    ]


@require_safe
def file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The PDF, to be saved: never shown by the browser as a page of this site."""
    opened = queries.publication_file(slug, viewer_of(request.user))
    response = FileResponse(opened, as_attachment=True, filename=f"{slug}.pdf", content_type="application/pdf")
    return _locked(response)


@require_safe
def cover(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The cover picture; where there is none, a plain one with the title, in the colour of the theme."""
    row, _workspace = queries.publication(slug, viewer_of(request.user))
    if row.cover:
        with row.cover.open("rb") as picture:
            return _locked(HttpResponse(picture.read(), content_type="image/webp"))
    themes = [term.code for term in row.terms.all() if term.vocabulary == "theme"]
    title, publisher = (NOT_IN_XML.sub("", text) for text in (row.title, row.publisher))
    width = 9 if any(letter > CJK for letter in title) else 16
    lines = textwrap.wrap(title, width, max_lines=7, placeholder=" …")
    context = {
        "theme": themes[0] if themes else "",
        "lines": [{"text": line, "y": 190 + 66 * number} for number, line in enumerate(lines)],
        "publisher": textwrap.shorten(publisher, 40, placeholder=" …"),
        "year": row.year or "",
    }
    return _locked(render(request, "documents/cover.svg", context, content_type="image/svg+xml"))


def _locked(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@show_and_take
def add(request: HttpRequest) -> HttpResponse:
    """Add a publication to an initiative."""
    actor = signed_in(request.user)
    initial = {"language": get_language(), "initiative": request.GET.get("initiative")}
    form = AddForm(actor, request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            row = operations.add_publication(
                initiative=form.cleaned_data["initiative"],
                actor=actor,
                content=form.content,
                file=form.cleaned_data["file"],
                cover=form.cleaned_data["cover"],
            )
            messages.success(request, _("The publication is saved as a draft. Look at it, then say who may see it."))
            return redirect(row)
    return render(request, "documents/form.html", {"form": form, "title": _("Add a publication")})


@show_and_take
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a publication; its file and cover stay where no other is sent."""
    actor = signed_in(request.user)
    row, workspace = queries.publication(slug, actor)
    workspace.require("documents.change_publication", author=row.author)
    form = PublicationForm(request.POST or None, request.FILES or None, initial=initial_of(row))
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_publication(
                slug=slug,
                actor=actor,
                content=form.content,
                file=form.cleaned_data["file"],
                cover=form.cleaned_data["cover"],
            )
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(
        request, "documents/form.html", {"form": form, "title": _("Edit the publication"), "publication": row}
    )


@show_and_take
def translate(request: HttpRequest, slug: str) -> HttpResponse:
    """Translate a publication's title and summary into the language of the address: `?language=fr`."""
    actor = signed_in(request.user)
    row, workspace = queries.publication(slug, actor)
    workspace.require("documents.translate_publication", author=row.author)
    names = {code: name for code, name in language_choices() if code != row.language}
    language = request.GET.get("language", "")
    context = {"record": row, "languages": names, "language_name": language_name(language)}
    if language not in names:
        return render(request, "records/translate.html", context)
    text = queries.publication_texts([row], language)[slug]
    originals = {name: (label, getattr(row, name)) for name, label in queries.field_labels().items()}
    form = TranslationForm(originals, request.POST or None, text=text if text.language == language else None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.translate_publication(
                slug=slug, actor=actor, language=language, fields=form.translated, origin=form.cleaned_data["origin"]
            )
            messages.success(request, _("The translation is saved."))
            return redirect(f"{row.get_absolute_url()}?language={language}")
    return render(request, "records/translate.html", context | {"form": form})


@show_and_take
def visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a publication, or take it back."""
    actor = signed_in(request.user)
    row, workspace = queries.publication(slug, actor)
    workspace.require("documents.publish_publication", author=row.author)
    form = VisibilityForm(request.POST or None, initial={"visibility": row.visibility})
    if request.method == "POST" and form.is_valid():
        chosen = Visibility(form.cleaned_data["visibility"])
        operations.set_publication_visibility(slug=slug, actor=actor, visibility=chosen)
        messages.success(request, _("Saved."))
        return redirect(row)
    return render(request, "documents/form.html", {"form": form, "title": _("Who may see it"), "publication": row})


@show_and_take
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a publication, after asking."""
    actor = signed_in(request.user)
    row, workspace = queries.publication(slug, actor)
    workspace.require("documents.delete_publication", author=row.author)
    return deletion(
        request,
        lambda: operations.delete_publication(slug=slug, actor=actor),
        title=_("Delete “%(title)s”?") % {"title": row.title},
        text=_("This cannot be undone. Its file is deleted with it."),
        done=_("The publication is deleted."),
        urls=(row.get_absolute_url(), "documents:publications"),
    )
