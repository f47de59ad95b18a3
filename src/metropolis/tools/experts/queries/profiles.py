"""Lists of experts, narrowed only by what each of them has agreed to share."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.queries import kept
from metropolis.foundation.places.engine import country_facts, country_name, region_name
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.access import visible_to
from metropolis.tools.experts.engine import audiences
from metropolis.tools.experts.models import Consent, Expert
from metropolis.tools.experts.queries.reading import shown, sight
from metropolis.tools.experts.values import Availability, ExpertFilters, FacetCount, Shared, ShownExpert

TOOL = "experts"


class ShownExperts(Sequence[ShownExpert]):
    """A list read page by page: each slice costs the same few queries, whatever its length."""

    def __init__(self, rows: QuerySet[Expert], viewer: Viewer) -> None:
        self._rows = rows
        self._viewer = viewer

    def __len__(self) -> int:
        return self._rows.count()

    @overload
    def __getitem__(self, at: int) -> ShownExpert: ...
    @overload
    def __getitem__(self, at: slice) -> list[ShownExpert]: ...
    def __getitem__(self, at: int | slice) -> ShownExpert | list[ShownExpert]:
        """The experts of a slice, or one; positions count from the start."""
        rows = with_parts(self._rows)
        seen_by = sight(self._viewer)
        if isinstance(at, slice):
            return [shown(row, seen_by) for row in rows[at]]
        return shown(rows[at], seen_by)

    def __iter__(self) -> Iterator[ShownExpert]:
        return iter(self[:])


def experts(viewer: Viewer, filters: ExpertFilters | None = None) -> ShownExperts:
    """The experts a viewer may see, latest changed first, each with only what is shared with the viewer."""
    return ShownExperts(_narrowed(viewer, filters or ExpertFilters()), viewer)


@kept(20)
def facets(viewer: Viewer, filters: ExpertFilters) -> dict[str, list[FacetCount]]:
    """The values each filter can take, most frequent first, with the experts each leaves under the other filters.

    A value that is chosen is always among them, so that it can be taken off.
    """
    return {name: _counted(name, viewer, filters) for name in _FILTERS}


def visible_rows(viewer: Viewer) -> QuerySet[Expert]:
    """The profiles whose existence a viewer may know of; one's own is always among them."""
    open_here = visible_to(viewer) & Q(initiative__tools_in_use__tool=TOOL)
    # A join finds an initiative's tool once; with the alternative beside it, a row could come once a tool.
    found = Expert.objects.filter(open_here)
    if viewer is None:
        return found
    return Expert.objects.filter(Q(pk__in=found.values("pk")) | Q(person=viewer))


def with_parts(rows: QuerySet[Expert]) -> QuerySet[Expert]:
    """The rows with everything `shown` reads of them."""
    parts = ("consents", "topics__term", "topics__validated_by", "languages", "regions")
    return rows.select_related("city", "initiative").prefetch_related(*parts)


def _shares(field: Shared | None, viewer: Viewer) -> Q:
    """Profiles that share a field with the viewer; what a coordinator sees beyond that is not searched."""
    if field is None:
        return Q()
    wide_enough = audiences("member" if viewer else "visitor")
    return Q(Exists(Consent.objects.filter(expert=OuterRef("pk"), field=field, audience__in=wide_enough)))


#: By what a list is narrowed: where its values stand, and the consent it takes; topics are always shared.
_FILTERS: dict[str, tuple[str, Shared | None]] = {
    "topic": ("topics__term__code", None),
    "language": ("languages__language", Shared.LANGUAGES),
    "region": ("regions__code", Shared.REGIONS),
    "country": ("city__country", Shared.CITY),
    "availability": ("availability", Shared.AVAILABILITY),
}


def _narrowed(viewer: Viewer, filters: ExpertFilters, *, leave_out: str = "") -> QuerySet[Expert]:
    rows = visible_rows(viewer)
    for name, (path, consent) in _FILTERS.items():
        wanted = getattr(filters, name)
        if wanted and name != leave_out:
            having = Q(**{f"{path}__in": wanted})
            if name == "topic":
                having |= Q(topics__term__parent__code__in=wanted)
            rows = rows.filter(_shares(consent, viewer), pk__in=Expert.objects.filter(having).values("pk"))
    return rows


def _counted(name: str, viewer: Viewer, filters: ExpertFilters) -> list[FacetCount]:
    path, consent = _FILTERS[name]
    rows = _narrowed(viewer, filters, leave_out=name).filter(_shares(consent, viewer))
    counted = _counts(rows, path)
    if name == "topic":
        # Who knows a topic knows something of the one above it, and counts there once.
        counted |= _counts(rows, Coalesce("topics__term__parent__code", path))
    counts = dict.fromkeys(getattr(filters, name), 0) | {value: count for value, count in counted.items() if value}
    label = _labels(name)
    found = [FacetCount(value=value, label=label(value), count=count) for value, count in counts.items()]
    return sorted(found, key=lambda facet: (-facet.count, facet.label))


def _counts(rows: QuerySet[Expert], by: str | Coalesce) -> dict[str, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk", distinct=True)))


def _labels(name: str) -> Callable[[str], str]:
    language = get_language() or "en"
    if name == "topic":
        topics = labels("topic")
        return lambda code: topics.get(code, code)
    if name == "region":
        return lambda code: region_name(code, language)
    if name == "country":
        return lambda code: country_name(code, language)
    states = {str(state): str(title) for state, title in Availability.choices}
    return language_name if name == "language" else lambda state: states.get(state, state)


def known_regions() -> set[str]:
    """The UN M49 codes of the regions that have countries."""
    return {country.region for country in country_facts().values() if country.region}
