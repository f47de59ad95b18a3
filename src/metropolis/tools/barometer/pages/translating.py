"""The page on which a barometer is translated."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.records.forms import TranslationForm, language_choices, refusals_in
from metropolis.foundation.records.queries import Rendering, language_name
from metropolis.tools.barometer import operations, queries


@require_http_methods(["GET", "HEAD", "POST"])
def translate(request: HttpRequest, slug: str) -> HttpResponse:
    """Translate what a barometer, its framework and its editions say into the language of the address: `?language=fr`.

    A text that stands at several nodes, or in several editions, is translated once.
    """
    row, actor = queries.barometer_to_change(slug, viewer_of(request.user), "translate_barometer")
    names = {code: name for code, name in language_choices() if code != row.language}
    language = request.GET.get("language", "")
    context = {"record": row, "languages": names, "language_name": language_name(language)}
    if language not in names:
        return render(request, "records/translate.html", context)
    texts = {queries.text_key(text): text for text in queries.texts_to_translate(queries.editions(row, actor))}
    labels = queries.own_labels()
    originals = {name: (labels[name], getattr(row, name)) for name in queries.OWN_WORDS}
    originals |= {key: (_label(number), text) for number, (key, text) in enumerate(texts.items(), start=1)}
    there = _there(queries.wording(row, language), originals)
    form = TranslationForm(originals, request.POST or None, text=there)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            told = form.translated
            operations.translate_barometer(
                slug=slug,
                actor=actor,
                language=language,
                fields={name: told[name] for name in queries.OWN_WORDS},
                texts={text: told[key] for key, text in texts.items()},
                origin=form.cleaned_data["origin"],
            )
            messages.success(request, _("The translation is saved."))
            return redirect("barometer:make", slug)
    return render(request, "records/translate.html", context | {"form": form})


def _label(number: int) -> str:
    return pgettext("one of many texts of a framework", "Text %(number)s") % {"number": number}


def _there(wording: queries.Wording, originals: dict[str, tuple[str, str]]) -> Rendering | None:
    """The translation there is, of the texts as they are now."""
    told = {name: wording.fields[name].text for name in originals if name in wording.fields}
    if not told:
        return None
    language = wording.language
    return Rendering(
        language=language, fields=told, translated=tuple(told), origin=wording.origin, languages=(language,)
    )
