"""The list of experts and the page of one."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.pages.values import chosen_tags
from metropolis.foundation.places.engine import country_facts, region_name
from metropolis.foundation.records.queries import any_language, language_name
from metropolis.foundation.records.values import Filter, Reference, Visibility, one_of
from metropolis.foundation.taxonomy.queries import labels
from metropolis.tools.experts import queries
from metropolis.tools.experts.engine import Reader
from metropolis.tools.experts.forms import filters_of
from metropolis.tools.experts.values import (
    Audience,
    Availability,
    ExpertFilters,
    FeeKind,
    LanguageLevel,
    Level,
    Shared,
    ShownExpert,
    ShownTopic,
)

PAGE = 20
#: Topics a card names; the page has them all.
TOPICS_ON_A_CARD = 4
POSES: dict[str, Reader] = {"visitor": "visitor", "member": "member"}


@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    """The experts the viewer may see, narrowed by the filters in the address."""
    viewer = viewer_of(request.user)
    filters = filters_of(request.GET)
    facets = _facets(filters, queries.facets(viewer, filters))
    page = Paginator(queries.experts(viewer, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": [_card(expert) for expert in page],
        "facets": facets,
        "chosen": chosen_tags(facets),
        "own": queries.own_profile(viewer),
    }
    return render(request, "experts/experts.html", context)


def latest(query: QueryDict, most: int) -> list[Reference]:
    """The experts that an address of the list shows a visitor, changed last first."""
    return [Reference(kind="expert", key=each.slug) for each in queries.experts(None, filters_of(query))[:most]]


#: The filters that the address of the list may have.
FILTERS: dict[str, Filter] = {
    "topic": one_of(partial(labels, "topic")),
    "language": any_language,
    "region": one_of(queries.known_regions),
    "country": one_of(country_facts),
    "availability": one_of(lambda: Availability.values),
}


@require_safe
def expert(request: HttpRequest, slug: str) -> HttpResponse:
    """One expert; insiders also see who sees what and the requests, and can look at the page as others do."""
    viewer = viewer_of(request.user)
    pose = request.GET.get("as", "")
    found = queries.expert(slug, viewer, pose=POSES.get(pose, "insider"))
    posing = pose in POSES and "change" in found.may
    if posing:
        found = found.model_copy(update={"may": found.may & {"ask"}})
    context = {
        "expert": found,
        "line": _line(found),
        "language": _language_of_title(found),
        "status": _status(found),
        "facts": _facts(found),
        "topics": [_topic(topic) for topic in found.topics],
        "consents": [
            {
                "part": given.field.label,
                "field": given.field.value,
                "audience": Audience(given.audience).label if given.audience else "",
                "given_on": given.given_on,
            }
            for given in found.consents
        ],
        "requests": queries.contact_requests(slug, viewer) if "read_requests" in found.may else [],
        "posing": posing,
        "Visibility": Visibility,
        "trail": [{"label": _("Experts"), "url": reverse("experts:experts")}],
    }
    return render(request, "experts/expert.html", context)


def _facets(filters: ExpertFilters, counts: dict[str, list[Any]]) -> list[dict[str, Any]]:
    titles = {
        "topic": _("Topic"),
        "language": _("Language"),
        "country": _("Country"),
        "region": _("Region worked in"),
        "availability": _("Availability"),
    }
    return [
        {
            "name": name,
            "label": label,
            "choices": [
                {
                    "value": counted.value,
                    "label": counted.label,
                    "count": counted.count,
                    "chosen": counted.value in getattr(filters, name),
                }
                for counted in counts[name]
            ],
        }
        for name, label in titles.items()
        if counts[name]
    ]


def _card(expert: ShownExpert) -> dict[str, Any]:
    tags = [
        {"label": topic.label, "tone": "good" if topic.is_validated else ""}
        for topic in expert.topics[:TOPICS_ON_A_CARD]
    ]
    spoken = ", ".join(language_name(each.language) for each in expert.languages)
    availability = str(Availability(expert.availability).label) if expert.availability else ""
    return {
        "kind": "expert",
        "title": expert.title,
        "url": expert.url,
        "status": _status(expert),
        "city": expert.city.title if expert.city else "",
        "meta": [part for part in (_line(expert), spoken, availability) if part],
        "line": Truncator(expert.bio).chars(200),
        "language": _language_of_title(expert),
        "tags": tags,
    }


def _line(expert: ShownExpert) -> str:
    """The role and organisation below a name; nothing when they are the title themselves."""
    told = (expert.role, expert.organisation) if expert.name else () if expert.role else (expert.organisation,)
    return ", ".join(filter(None, told))


def _language_of_title(expert: ShownExpert) -> str:
    """The title is the expert's own words, or ours in the reader's language."""
    return expert.language if expert.name or expert.role else ""


def _status(expert: ShownExpert) -> str:
    if expert.visibility != Visibility.PUBLIC:
        return str(expert.visibility.label)
    return _("Invented for the demonstration") if expert.is_fictional else ""


def _facts(expert: ShownExpert) -> list[dict[str, Any]]:
    language = get_language() or "en"
    spoken = "; ".join(
        f"{language_name(each.language)}: {LanguageLevel(each.level).label}" for each in expert.languages
    )
    regions = ", ".join(region_name(code, language) for code in expert.regions)
    return [
        {
            "label": Shared.CITY.label,
            "value": expert.city.title if expert.city else None,
            "url": _city_url(expert),
        },
        {"label": Shared.LANGUAGES.label, "value": spoken},
        {"label": Shared.REGIONS.label, "value": regions},
        {
            "label": _("Availability"),
            "value": Availability(expert.availability).label if expert.availability else None,
            "note": expert.availability_note,
        },
        {"label": _("Fee"), "value": FeeKind(expert.fee_kind).label if expert.fee_kind else None},
    ]


def _city_url(expert: ShownExpert) -> str:
    """The city's page, if the tool that has it is installed."""
    try:
        return reverse("exchange:city", args=[expert.city.id, expert.city.slug]) if expert.city else ""
    except NoReverseMatch:
        return ""


def _topic(topic: ShownTopic) -> dict[str, Any]:
    return {
        "code": topic.code,
        "label": topic.label,
        "level": Level(topic.level).label,
        "declared": Level(topic.declared_level).label if topic.declared_level != topic.level else "",
        "is_validated": topic.is_validated,
        "has_expired": topic.has_expired,
        "expires_on": topic.expires_on,
        "validated_by": topic.validated_by,
    }
