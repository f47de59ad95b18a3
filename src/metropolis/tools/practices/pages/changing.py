"""The pages to add, change, publish, translate, check and delete a practice on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.pages.pages import deletion
from metropolis.foundation.records.forms import LANGUAGES, refusals_in
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Visibility
from metropolis.tools.practices.engine import LAYOUT
from metropolis.tools.practices.forms import CaseForm, ReviewForm, TranslationForm, TranslationLanguageForm
from metropolis.tools.practices.operations import (
    add_practice,
    change_practice,
    delete_practice,
    review_practice,
    set_practice_visibility,
    translate_practice,
)
from metropolis.tools.practices.queries import (
    SECTION_TITLES,
    TRANSLATABLE,
    initiatives_to_add_to,
    practice_content,
    practice_to_change,
    practice_versions,
)

_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(_GET_OR_POST)
def add(request: HttpRequest) -> HttpResponse:
    """The form of a snapshot: publishable in ten minutes, or kept as a draft."""
    initiatives, actor = initiatives_to_add_to(viewer_of(request.user))
    first = {"initiative": request.GET.get("initiative", initiatives[0].slug)}
    form = CaseForm("snapshot", request.POST or None, initiatives=initiatives, initial=first)
    if request.method == "POST" and form.is_valid() and form.content:
        home = form.fields.cleaned_data["initiative"]
        try:
            slug = add_practice(initiative=home, actor=actor, content=form.content, import_key=form.key).slug
        except (Conflict, InvalidInput, NotFound) as error:
            # A form that comes again, because its answer was lost, leads to the practice it made the first time.
            slug = error.data.get("practice", "")
            if not slug:
                form.refuse(error)
        if slug:
            if "publish" in request.POST:
                set_practice_visibility(slug=slug, actor=actor, visibility=Visibility.PUBLIC)
                messages.success(request, _("The practice is published. You can make it a full case at any time."))
            else:
                messages.success(request, _("The practice is saved as a draft."))
            return redirect("practices:practice", slug)
    return render(request, "practices/add.html", {"form": form})


@require_http_methods(_GET_OR_POST)
def edit(request: HttpRequest, slug: str, section: str = "snapshot") -> HttpResponse:
    """The form of one section of a practice."""
    if section not in LAYOUT:
        raise NotFound(_("There is no such section."), field="section")
    row, actor = practice_to_change(slug, viewer_of(request.user), "change_practice")
    form = CaseForm(section, request.POST or None, content=practice_content(row), version=row.version)
    if request.method == "POST" and form.is_valid() and form.content:
        sent = form.fields.cleaned_data
        try:
            change_practice(
                slug=slug,
                actor=actor,
                content=form.content,
                updating_note=sent["updating_note"],
                version=sent["version"],
            )
        except (Conflict, InvalidInput, NotFound) as error:
            form.refuse(error)
        else:
            messages.success(request, _("The section “%(title)s” is saved.") % {"title": SECTION_TITLES[section]})
            return redirect(_after(section, request, slug))
    return render(
        request, "practices/edit.html", {"form": form, "practice": row, "sections": _section_tabs(slug, section)}
    )


def _after(section: str, request: HttpRequest, slug: str) -> str:
    names = list(LAYOUT)
    following = names[names.index(section) + 1 :]
    if "next" in request.POST and following:
        return reverse("practices:edit_section", args=[slug, following[0]])
    return reverse("practices:practice", args=[slug])


def _section_tabs(slug: str, here: str) -> list[dict[str, Any]]:
    return [
        {"label": title, "url": reverse("practices:edit_section", args=[slug, name]), "here": name == here}
        for name, title in SECTION_TITLES.items()
    ]


@require_POST
def set_visibility(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a practice, keep it to members, or make it a draft again."""
    row, actor = practice_to_change(slug, viewer_of(request.user), "publish_practice")
    wanted = request.POST.get("visibility", "")
    if wanted not in Visibility.values:
        raise NotFound(_("There is no such visibility."), field="visibility")
    set_practice_visibility(slug=slug, actor=actor, visibility=Visibility(wanted))
    told = {
        Visibility.PUBLIC: _("The practice is published."),
        Visibility.INTERNAL: _("The practice is for the members of the initiative."),
        Visibility.DRAFT: _("The practice is a draft again."),
    }
    messages.success(request, told[Visibility(wanted)])
    return redirect(row)


@require_http_methods(_GET_OR_POST)
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask before a practice is deleted, then delete it."""
    row, actor = practice_to_change(slug, viewer_of(request.user), "delete_practice")
    return deletion(
        request,
        lambda: delete_practice(slug=slug, actor=actor),
        title=_("Delete this practice?"),
        text=_("“%(title)s” and its translations will be gone for good.") % {"title": row.title},
        done=_("The practice “%(title)s” is deleted.") % {"title": row.title},
        urls=(row.get_absolute_url(), "practices:practices"),
    )


@require_http_methods(_GET_OR_POST)
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Note that a practice was checked against its sources."""
    row, actor = practice_to_change(slug, viewer_of(request.user), "review_practice")
    today = timezone.localdate()
    form = ReviewForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            review_practice(slug=slug, actor=actor, reviewed_on=today, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The check is noted."))
            return redirect(row)
    return render(request, "practices/review.html", {"form": form, "practice": row})


@require_safe
def translations(request: HttpRequest, slug: str) -> HttpResponse:
    """The translations there are, and the choice of another language."""
    row, actor = practice_to_change(slug, viewer_of(request.user), "translate_practice")
    form = TranslationLanguageForm(request.GET or None, original=row.language)
    if form.is_bound and form.is_valid():
        return redirect("practices:translate", slug, form.cleaned_data["language"])
    there = [
        {
            "label": language_name(language),
            "url": reverse("practices:translate", args=[slug, language]),
            "stale": any(is_stale for _text, _origin, is_stale in fields.values()),
        }
        for language, fields in practice_versions(slug, actor).items()
    ]
    return render(request, "practices/translations.html", {"form": form, "practice": row, "there": there})


@require_http_methods(_GET_OR_POST)
def translate(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The form of one translation, beside the original."""
    row, actor = practice_to_change(slug, viewer_of(request.user), "translate_practice")
    there = practice_versions(slug, actor).get(language, {})
    if language not in LANGUAGES and not there:
        raise NotFound(_("Practices cannot be translated into that language here."), field="language")
    originals = {name: str(getattr(row, name)) for name in TRANSLATABLE if getattr(row, name)}
    initial = {name: text for name, (text, _origin, _stale) in there.items()}
    if there:
        initial["origin"] = next(iter(there.values()))[1]
    form = TranslationForm(request.POST or None, originals=originals, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            translate_practice(
                slug=slug, actor=actor, language=language, fields=form.texts(), origin=form.cleaned_data["origin"]
            )
        if not form.errors:
            messages.success(request, _("The translation is saved."))
            return redirect(f"{row.get_absolute_url()}?language={language}" if any(form.texts().values()) else row)
    context = {
        "form": form,
        "practice": row,
        "language": language,
        "language_name": language_name(language),
        "original_name": language_name(row.language),
        "stale": [name for name, (_text, _origin, stale) in there.items() if stale],
    }
    return render(request, "practices/translate.html", context)
