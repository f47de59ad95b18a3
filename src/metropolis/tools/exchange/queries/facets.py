"""The facets of a page of answers, with labels in the reader's language."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.places.engine import country_facts, country_name, language_name, region_name
from metropolis.foundation.taxonomy.queries import labels as term_labels
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.tools.exchange.queries.documents import SIZES

#: The facets a reader may filter by, in the order shown. `kind` is shown as tabs.
FACETS = {
    "kind": _("Kind"),
    "theme": _("Theme"),
    "topic": _("Topic"),
    "region": _("Region"),
    "country": _("Country"),
    "size": _("Size of the city"),
    "climate": _("Climate"),
    "status": _("Status"),
    "year": _("Start"),
    "language": _("Language"),
}
STATUSES = {
    "planned": _("Planned"),
    "pilot": _("Pilot"),
    "running": _("Running"),
    "scaled": _("Scaled up"),
    "ended": _("Ended"),
    "stopped": _("Stopped"),
    "open": _("Open"),
    "met": _("Met"),
}
_SIZES = {
    "small": _("Under 100,000 people"),
    "medium": _("100,000 to 500,000"),
    "large": _("500,000 to 1 million"),
    "very-large": _("1 to 5 million"),
    "mega": _("5 million and more"),
}
_CLIMATES = {"A": _("Tropical"), "B": _("Dry"), "C": _("Temperate"), "D": _("Continental"), "E": _("Polar")}
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet that may be chosen, and how many records have it."""

    value: str
    label: str
    count: int
    chosen: bool


class Facet(NamedTuple):
    """A facet with its choices, the commonest first."""

    name: str
    label: str
    choices: list[Choice]


def facets(counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, tuple[str, ...]]) -> list[Facet]:
    """The facets to show for these counts: the commonest values of each, and those that are chosen."""
    shown = []
    for name, title in FACETS.items():
        if name == "kind":
            continue
        values = {
            **counts.get(name, {}),
            **{value: counts.get(name, {}).get(value, 0) for value in chosen.get(name, ())},
        }
        if values:
            label = facet_label(name)
            choices = [
                Choice(value, label(value), count, value in chosen.get(name, ())) for value, count in values.items()
            ]
            shown.append(Facet(name, str(title), _ordered(name, choices)))
    return shown


def facet_label(name: str) -> Callable[[str], str]:
    """How values of a facet are called in the reader's language."""
    language = get_language() or "en"
    if name in {"theme", "topic"}:
        terms = term_labels(name, language)
        return lambda code: terms.get(code, code)
    words: dict[str, Callable[[str], str]] = {
        "region": lambda code: region_name(code, language),
        "country": lambda code: country_name(code, language),
        "language": lambda code: language_name(code, language),
        "kind": kind_label,
        "size": lambda code: str(_SIZES.get(code, code)),
        "climate": lambda code: str(_CLIMATES.get(code, code)),
        "status": lambda code: str(STATUSES.get(code, code)),
    }
    return words.get(name, str)


def facet_values(name: str) -> Collection[str]:
    """The values there are of the facets whose values are few and ours."""
    regions = {country.region for country in country_facts().values()}
    return {"region": regions, "size": _SIZES, "climate": _CLIMATES, "status": STATUSES}.get(name, ())


def kind_label(kind: str) -> str:
    """What several records of a kind are called."""
    if kind == "city":
        return str(_("Cities"))
    return str(record_kinds()[kind].plural) if kind in record_kinds() else kind


def _ordered(name: str, choices: list[Choice]) -> list[Choice]:
    common = sorted(choices, key=lambda choice: (not choice.chosen, -choice.count, choice.label))[:_SHOWN]
    if name == "year":
        return sorted(common, key=lambda choice: choice.value, reverse=True)
    if name == "size":
        return sorted(
            common, key=lambda choice: list(SIZES).index(choice.value) if choice.value in SIZES else len(SIZES)
        )
    return common
