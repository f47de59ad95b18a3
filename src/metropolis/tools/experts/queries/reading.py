"""From a stored profile to what one reader may have of it: the only place where the two meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts.engine import Claim, Reader, may_read, standing
from metropolis.tools.experts.models import Expert, Topic
from metropolis.tools.experts.values import Shared, ShownCity, ShownConsent, ShownExpert, ShownLanguage, ShownTopic

#: Where the expert's own words stand: without any of them, the language they write is nobody's to know.
OWN_WORDS = ("role", "bio", "methods", "availability_note", "conflicts")


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads, the initiatives they coordinate, the day on which they read, and as whom an insider reads to check."""

    viewer: Viewer
    coordinated: frozenset[int]
    on: date
    pose: Reader = "insider"

    def reader(self, row: Expert) -> Reader:
        """What the viewer is to one profile."""
        if self.viewer is None:
            return "visitor"
        inside = self.viewer.is_editor or row.person_id == self.viewer.pk or row.initiative_id in self.coordinated
        return self.pose if inside else "member"


def sight(viewer: Viewer, pose: Reader = "insider") -> Sight:
    """How far a viewer sees today; one query for members, however many profiles they then read.

    An insider can `pose` as a visitor or a member, to see what these see; nobody sees more by posing.
    """
    coordinated = Member.objects.filter(person=viewer, role__gte=Role.COORDINATOR) if viewer else Member.objects.none()
    return Sight(viewer, frozenset(coordinated.values_list("initiative_id", flat=True)), timezone.localdate(), pose)


def shown(row: Expert, sight: Sight) -> ShownExpert:
    """A profile as the viewer may have it."""
    reader = sight.reader(row)
    audiences = {consent.field: consent.audience for consent in row.consents.all()}
    shared: dict[str, Any] = {}
    for field, values in _personal(row).items():
        if may_read(audiences.get(field), reader):
            shared |= values
    topics = tuple(_topic(topic, sight.on, reader) for topic in row.topics.all())
    return ShownExpert(
        slug=row.slug,
        url=row.get_absolute_url(),
        title=_title(shared, topics),
        initiative=row.initiative.slug,
        initiative_title=row.initiative.title,
        topics=topics,
        language=row.language if any(shared.get(name) for name in OWN_WORDS) else "",
        is_fictional=row.is_fictional,
        visibility=Visibility(row.visibility),
        takes_requests=Shared.CONTACT in audiences,
        contact_email=row.contact_email if reader == "insider" else "",
        consents=_consents(row) if reader == "insider" else (),
        **shared,
    )


def _personal(row: Expert) -> Mapping[Shared, Mapping[str, Any]]:
    """What each consent opens. A column that is not named here is shown to nobody."""
    return {
        Shared.NAME: {"name": row.name},
        Shared.ROLE: {"role": row.role},
        Shared.ORGANISATION: {"organisation": row.organisation},
        Shared.CITY: {"city": _city(row)},
        Shared.BIO: {"bio": row.bio},
        Shared.LANGUAGES: {"languages": tuple(_languages(row))},
        Shared.METHODS: {"methods": row.methods},
        Shared.REGIONS: {"regions": tuple(region.code for region in row.regions.all())},
        Shared.AVAILABILITY: {
            "availability": row.availability,
            "availability_note": row.availability_note,
            "fee_kind": row.fee_kind,
        },
        Shared.CONFLICTS: {"conflicts": row.conflicts},
    }


def _title(shared: Mapping[str, Any], topics: tuple[ShownTopic, ...]) -> str:
    """The name where it is shared, else the role and organisation, else only what the expert knows."""
    if shared.get("name"):
        return str(shared["name"])
    if shared.get("role"):
        return ", ".join(filter(None, (shared["role"], shared.get("organisation"))))
    return _("Expert in %(topic)s") % {"topic": topics[0].label}


def _city(row: Expert) -> ShownCity | None:
    city = row.city
    return None if city is None else ShownCity(id=city.pk, slug=city.slug, title=city.title, country=city.country)


def _languages(row: Expert) -> list[ShownLanguage]:
    return [ShownLanguage(language=spoken.language, level=spoken.level) for spoken in row.languages.all()]


def _topic(row: Topic, on: date, reader: Reader) -> ShownTopic:
    claim = Claim(
        level=row.level,
        validated_level=row.validated_level,
        validated_on=row.validated_on,
        expires_on=row.expires_on,
        on=on,
    )
    counts = standing(claim)
    return ShownTopic(
        code=row.term.code,
        label=row.term.label(),
        level=counts.level,
        declared_level=row.level,
        is_validated=counts.is_validated,
        has_expired=counts.has_expired,
        validated_on=row.validated_on,
        expires_on=row.expires_on,
        # Who validated is personal too, and theirs to tell.
        validated_by=str(row.validated_by or "") if reader == "insider" else "",
    )


def _consents(row: Expert) -> tuple[ShownConsent, ...]:
    given = {consent.field: consent for consent in row.consents.all()}
    return tuple(
        ShownConsent(
            field=field,
            audience=given[field].audience if field in given else "",
            given_on=given[field].given_on if field in given else None,
        )
        for field in Shared
    )
