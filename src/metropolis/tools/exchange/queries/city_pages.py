"""The pages of cities as others are shown them."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.tools.exchange.engine import Query
from metropolis.tools.exchange.queries.index import index, is_built

#: Values a database takes in one statement.
_MOST = 30_000


def findable_cities(keys: Iterable[str]) -> Iterator[Findable]:
    """What the page of each of these cities (GeoNames ids) is about, in the reader's language."""
    language = get_language() or "en"
    for city in cities_by_ids(int(key) for key in keys if key.isdecimal()).values():
        line = _("What %(city)s runs, wants, knows and offers, and its situation.") % {"city": city.title}
        yield Findable(
            reference=Reference(kind="city", key=str(city.pk)),
            url=reverse("exchange:city", args=[city.pk, city.slug]),
            texts=(TextVersion(language=language, title=city.title, summary=line),),
            city_ids=(city.pk,),
        )


def city_addresses() -> QuerySet[City, tuple[int, str]]:
    """The id and slug of every city of which the network knows something; none while there is no index."""
    known = index().search(Query(limit=1)).facets.get("city", {}) if is_built() else {}
    return City.objects.filter(pk__in=list(known)[:_MOST]).order_by("pk").values_list("pk", "slug")
