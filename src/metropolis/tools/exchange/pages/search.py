"""Home, and the page of answers."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.engine_kit import Conflict
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange.engine import Weights
from metropolis.tools.exchange.forms import LAST_PAGE, PER_PAGE, WEIGHT, Asked, asked
from metropolis.tools.exchange.operations import keep_up
from metropolis.tools.exchange.pages.cards import FACTORS, cards_of, city_cards, kept
from metropolis.tools.exchange.queries import FACETS, answers, facet_label, facets, findables, kind_label
from metropolis.tools.exchange.queries import points as points_of
from metropolis.tools.exchange.values import ANSWERS, CITY, POOL, Answers, Question

#: Cities shown beside the records; the tab of cities shows them all.
CITIES_BESIDE = 6
NEWEST = 6
#: What people asked in their own words and language.
EXAMPLES = (
    ("es", "recuperar canales y riberas como corredores verdes para peatones"),
    ("en", "map informal settlements with residents by mobile phone"),
    ("fr", "financer des logements abordables près des gares"),
    ("pt", "reciclagem com cooperativas de catadores"),
    ("ar", "جمع مياه الأمطار في المدارس"),
    ("zh", "让老旧社区的公园更凉爽"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What does your city want to do? And what is new in the network."""
    keep_up()
    try:
        newest = answers(Question(limit=NEWEST), language=get_language(), most_cities=0)
    except Conflict:
        newest = Answers(total=0)
    kinds = newest.facets.get("kind", {})
    stats = [
        {"value": count, "label": kind_label(kind), "url": f"{reverse('exchange:search')}?kind={kind}"}
        for kind, count in sorted(kinds.items(), key=lambda item: -item[1])
    ]
    examples = [{"language": language, "text": text} for language, text in EXAMPLES]
    context = {"newest": cards_of(newest.answers, ""), "stats": stats, "examples": examples}
    return render(request, "exchange/home.html", context)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The answers to a question, with facets, fit, quotes and reasons; everything chosen is in the address."""
    keep_up()
    question = asked(request.GET)
    try:
        found = answers(question.question, language=get_language(), most_cities=_most_cities(question.question))
    except Conflict as building:
        context = {"asked": question, "building": building.message}
        return render(request, "exchange/search.html", context)
    return render(request, "exchange/search.html", _results(request, question, found))


def _most_cities(question: Question) -> int:
    return question.offset + question.limit if question.kinds == (CITY,) else CITIES_BESIDE


def _results(request: HttpRequest, question: Asked, found: Answers) -> dict[str, Any]:
    text, kinds = question.question.text, question.question.kinds
    only_cities = kinds == (CITY,)
    total = found.city_total if only_cities else found.total
    page = _page(total, question.page)
    cities = found.cities[page.start_index() - 1 : page.end_index()] if only_cities and total else ()
    return {
        "asked": question,
        "found": found,
        "cards": city_cards(cities) if only_cities else cards_of(found.answers, text),
        "cities": () if only_cities else city_cards(found.cities),
        "city_count": found.city_total,
        "total": total,
        "order": _order(question, total),
        "page": page,
        "tabs": _tabs(found, kinds),
        "facets": facets(found.facets, question.question.filters),
        "chosen": _chosen(question.question),
        "kept": kept(request.GET, *FACETS),
        "kept_kinds": kept(request.GET, *(name for name in FACETS if name != "kind")),
        "kept_by_weights": kept(request.GET, *(f"{WEIGHT}{name}" for name in Weights.model_fields)),
        "weights": _weights(question),
        "term": _only_term(question.question),
    }


def _only_term(question: Question) -> tuple[str, str] | None:
    """The vocabulary and code of the one topic or theme that a page of answers is about."""
    chosen = [(name, value) for name, values in question.filters.items() for value in values]
    about_one = len(chosen) == 1 and chosen[0][0] in {"topic", "theme"} and not question.text
    return chosen[0] if about_one else None


def _order(question: Asked, total: int) -> str:
    count = ngettext("%(count)d answer", "%(count)d answers", total) % {"count": total}
    if not question.question.text:
        return _("%(count)s, the newest first.") % {"count": count}
    if question.question.sort == "fit" and question.city:
        values = {"count": count, "pool": min(total, POOL), "city": question.city.name}
        return _("%(count)s; the %(pool)s most relevant ordered by their fit to %(city)s.") % values
    return _("%(count)s, the most relevant first.") % {"count": count}


def _page(total: int, number: int) -> Page[int]:
    return Paginator(range(min(total, PER_PAGE * LAST_PAGE)), PER_PAGE).get_page(number)


def _tabs(found: Answers, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    counts = found.facets.get("kind", {})
    entries = [("", _("Answers"), sum(counts.get(kind, 0) for kind in ANSWERS))]
    entries += [(kind, kind_label(kind), count) for kind, count in counts.items()]
    entries.append((CITY, kind_label(CITY), found.city_total))
    return [
        {"kind": kind or None, "label": label, "count": count, "here": kinds == ((kind,) if kind else ())}
        for kind, label, count in entries
    ]


def _chosen(question: Question) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value, "label": f"{FACETS[name]}: {facet_label(name)(value)}"}
        for name, values in question.filters.items()
        for value in values
    ]


def _weights(question: Asked) -> list[dict[str, Any]]:
    weights = question.question.weights
    return [
        {"name": f"{WEIGHT}{name}", "label": FACTORS[name], "value": getattr(weights, name)}
        for name in Weights.model_fields
    ]


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """What answers a question as points on a map (GeoJSON)."""
    keep_up()
    return JsonResponse(points_of(asked(request.GET).question))


@require_safe
def record(request: HttpRequest, kind: str, key: str) -> HttpResponse:  # noqa: ARG001 - a view gets one
    """Lead to the page of a public record."""
    found = findables([Reference(kind=kind, key=key)])
    if not found:
        raise Http404
    return redirect(next(iter(found.values())).url)
