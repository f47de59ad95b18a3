"""What can be followed here that is no record: cities, topics, themes and saved searches."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.following.values import Described
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.taxonomy.queries import labels
from metropolis.tools.exchange.models import SavedSearch

#: Digits of the longest number a database takes.
_LONGEST = 18


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key) for key in keys if key.isdecimal() and len(key) <= _LONGEST]


def described_cities(viewer: Viewer, keys: Iterable[str]) -> dict[str, Described]:  # noqa: ARG001 - cities are for all
    """Those of the cities (GeoNames ids) that there are."""
    return {
        str(number): Described(title=city.title, url=reverse("exchange:city", args=[number, city.slug]), kind=_("City"))
        for number, city in cities_by_ids(_numbers(keys)).items()
    }


def described_terms(vocabulary: str, viewer: Viewer, keys: Iterable[str]) -> dict[str, Described]:  # noqa: ARG001 - likewise
    """Those of the codes of a vocabulary that there are."""
    kind = {"topic": _("Topic"), "theme": _("Theme")}[vocabulary]
    names = labels(vocabulary)
    address = reverse("exchange:search")
    return {
        code: Described(title=names[code], url=f"{address}?{urlencode({vocabulary: code})}", kind=kind)
        for code in keys
        if code in names
    }


def described_searches(viewer: Viewer, keys: Iterable[str]) -> dict[str, Described]:
    """Those of the saved searches, by id, that are the viewer's own."""
    if viewer is None:
        return {}
    rows = SavedSearch.objects.filter(person=viewer, pk__in=_numbers(keys))
    return {str(row.pk): Described(title=row.name, url=row.get_absolute_url(), kind=_("Saved search")) for row in rows}
