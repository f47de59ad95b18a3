"""Organisations as everybody is shown them: those that are confirmed, and none of their people."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import get_language

from metropolis.foundation.accounts.models import Organisation
from metropolis.foundation.accounts.queries.organisations import confirmed_organisations
from metropolis.foundation.records.values import Findable, Reference, TextVersion

#: The types of schema.org of those that have one of their own.
_GOVERNMENT = dict.fromkeys(Organisation.GOVERNMENTS, "GovernmentOrganization")
_SCHEMA_TYPES = {**_GOVERNMENT, Organisation.Kind.UNIVERSITY: "CollegeOrUniversity"}


def findable_organisations(keys: Iterable[str]) -> Iterator[Findable]:
    """What the pages of these organisations say, by slug, in the reader's language."""
    language = get_language() or "en"
    for row in confirmed_organisations().filter(slug__in=list(keys)):
        yield Findable(
            reference=Reference(kind="organisation", key=row.slug),
            url=row.get_absolute_url(),
            texts=(TextVersion(language=language, title=row.name, summary=row.get_kind_display()),),
            city_ids=(row.city_id,) if row.city_id else (),
            schema_type=_SCHEMA_TYPES.get(Organisation.Kind(row.kind), ""),
        )


def organisation_addresses() -> QuerySet[Organisation, tuple[str]]:
    """The slug of every confirmed organisation, oldest first."""
    return confirmed_organisations().order_by("pk").values_list("slug")
