"""Answers as the components of the pages show them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from metropolis.foundation.places.engine import language_name, region_name
from metropolis.foundation.places.values import CLIMATES, INCOME_GROUPS
from metropolis.tools.exchange.engine import Factor, Fit
from metropolis.tools.exchange.queries import facet_label
from metropolis.tools.exchange.queries.quotes import marked
from metropolis.tools.exchange.values import Answer, CityAnswer

Card = dict[str, Any]

#: What a city has to do with a record.
INVOLVEMENTS = {
    "runs": gettext_lazy("runs"),
    "ran": gettext_lazy("ran"),
    "wants": gettext_lazy("wants"),
    "knows": gettext_lazy("knows about"),
    "offers": gettext_lazy("offers"),
    "adopted": gettext_lazy("adopted"),
    "measured": gettext_lazy("is measured in"),
}
FACTORS = {
    "need": gettext_lazy("Answers the need"),
    "size": gettext_lazy("Like in size"),
    "climate": gettext_lazy("Like in climate"),
    "income": gettext_lazy("Like in income"),
    "region": gettext_lazy("Same region"),
    "distance": gettext_lazy("Near"),
    "language": gettext_lazy("Shared language"),
    "preconditions": gettext_lazy("Preconditions met"),
}
#: How the evidence of factors that compare two places is told.
PLACES: Mapping[str, Callable[[str], str]] = {
    "climate": lambda code: f"{code}, {CLIMATES[code]}" if code in CLIMATES else code,
    "income": lambda group: str(INCOME_GROUPS.get(group.replace("-", "_"), group)),
    "region": lambda code: region_name(code, get_language() or "en"),
}


def cards_of(answers: Iterable[Answer], text: str) -> list[Card]:
    """The cards of answers to a question whose words are `text`."""
    status, topics = facet_label("status"), facet_label("topic")
    return [_card(answer, text, status(answer.status), [topics(code) for code in answer.topics]) for answer in answers]


def _card(answer: Answer, text: str, status: str, topics: list[str]) -> Card:
    meta = [str(answer.year)] if answer.year else []
    if text:
        meta.append(_("relevance %(share)s") % {"share": percent(answer.score)})
    if answer.fit is not None:
        meta.append(fit_text(answer.fit))
    if answer.is_demonstration:
        meta.append(_("invented for the demonstration"))
    return {
        "kind": answer.reference.kind,
        "title": answer.title,
        "url": answer.url,
        "status": status,
        "city": answer.city,
        "meta": meta,
        "line": "" if text and answer.line == answer.quote else answer.line,
        "language": answer.language,
        "quote": quote_of(answer.quote, text) if text and answer.quote != answer.title else "",
        "quote_language": answer.quote_language,
        "reason": answer.reason if text or answer.fit else "",
        "factors": factors_of(answer.fit) if answer.fit else [],
        "tags": [*({"label": topic} for topic in topics[:4]), _compare(str(answer.reference))],
    }


def city_cards(answers: Iterable[CityAnswer]) -> list[Card]:
    """The cards of cities that run or want the same."""
    return [
        {
            "kind": "city",
            "title": answer.title,
            "url": answer.url,
            "meta": [fit_text(answer.fit)] if answer.fit else [],
            "line": "; ".join(
                f"{INVOLVEMENTS.get(item.involvement, item.involvement)}: {item.title}"
                for item in answer.involvements[:3]
            ),
            "reason": answer.reason if answer.fit else "",
            "factors": factors_of(answer.fit) if answer.fit else [],
            "tags": [_compare(f"city:{answer.city_id}")],
        }
        for answer in answers
    ]


def _compare(reference: str) -> Card:
    return {
        "label": _("＋ Compare"),
        "tone": "chosen",
        "url": f"{reverse('exchange:compare')}?{urlencode({'item': reference})}",
    }


def percent(share: float) -> str:
    """A share as people read it.

    >>> percent(0.824)
    '82 %'
    """
    return f"{number_format(round(100 * share), 0)} %"


def fit_text(fit: Fit) -> str:
    """How well something fits a city and how much of that is known, in a few words."""
    if fit.overall is None:
        return _("fit to %(city)s unknown") % {"city": fit.city.name}
    values = {"city": fit.city.name, "share": percent(fit.overall), "known": percent(fit.coverage)}
    return _("fit to %(city)s %(share)s (%(known)s of it known)") % values


def factors_of(fit: Fit) -> list[Card]:
    """The factors of a fit as bars, each with what it rests on."""
    return [
        {"label": str(FACTORS[factor.name]), "value": factor.value, "text": _evidence(factor)}
        for factor in fit.factors
        if getattr(fit.weights, factor.name) > 0
    ]


def _evidence(factor: Factor) -> str:
    told = factor.evidence
    if factor.name == "size":
        return _size(told)
    if factor.name in PLACES:
        name = PLACES[factor.name]
        both = {side: name(str(told[side])) if told.get(side) else _("unknown") for side in ("here", "there")}
        return _("here: %(here)s; there: %(there)s") % both
    if factor.name == "distance" and "km" in told:
        return _("%(km)s km") % {"km": _number(told["km"])}
    if factor.name == "language" and "shared" in told:
        return ", ".join(map(_language, _words(told["shared"]))) or _("none")
    if factor.name == "preconditions":
        return "; ".join(_words(told.get("needed")))
    return ""


def _size(told: Mapping[str, object]) -> str:
    values = {key.rpartition("_")[2]: _number(value) for key, value in told.items()}
    if values.keys() != {"here", "there"}:
        return ""
    if "metropolitan_population_here" in told:
        return _("metropolitan areas of %(here)s people here, %(there)s there") % values
    return _("%(here)s people here, %(there)s there") % values


def _number(value: object) -> str:
    return str(number_format(str(value), force_grouping=True))


def _words(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _language(code: str) -> str:
    return language_name(code, get_language() or "en")


def quote_of(quote: str, text: str) -> SafeString:
    """A quote with the words of the question marked."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part) if found else part,) for part, found in marked(quote, text))
    )


def kept(query: Mapping[str, Any], *without: str) -> list[tuple[str, str]]:
    """The pairs of an address that a form with other fields keeps."""
    lists = query.lists() if hasattr(query, "lists") else ()
    return [(name, value) for name, values in lists if name not in {"page", *without} for value in values]
