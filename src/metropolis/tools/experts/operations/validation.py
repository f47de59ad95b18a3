"""Validating what an expert says of a topic, for a while."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.tools.experts.models import Expert, Topic
from metropolis.tools.experts.operations.deeds import note
from metropolis.tools.experts.queries import reachable
from metropolis.tools.experts.values import Level

#: As long as a validation holds at most: knowledge of a field ages.
LONGEST = timedelta(days=5 * 366)


@transaction.atomic
def validate_topic(
    *, slug: str, topic: str, actor: Person, level: int, expires_on: date, validated_on: date | None = None
) -> None:
    """Confirm the level an expert has in a topic, from `validated_on` (today) to `expires_on`, at most five years on.

    Takes a coordinator, and never for their own profile. A later validation replaces the earlier one.
    """
    row, found = _topic(slug, topic, actor)
    start = validated_on or timezone.localdate()
    if level not in Level.values:
        raise InvalidInput(_("level goes from 1 (novice) to 4 (leading)."), field="level")
    if start > timezone.localdate():
        raise InvalidInput(_("A validation cannot begin in the future."), field="validated_on")
    if not start < expires_on <= start + LONGEST:
        raise InvalidInput(_("Give a last day after the first one and at most five years later."), field="expires_on")
    found.validated_level, found.validated_by = level, actor
    found.validated_on, found.expires_on = start, expires_on
    found.save()
    note(row, actor, "validate_topic", topic=topic, level=level, expires_on=expires_on.isoformat())


@transaction.atomic
def withdraw_validation(*, slug: str, topic: str, actor: Person) -> None:
    """Take back the validation of a topic: only what the expert declares counts then."""
    row, found = _topic(slug, topic, actor)
    found.validated_level = found.validated_by = found.validated_on = found.expires_on = None
    found.save()
    note(row, actor, "withdraw_validation", topic=topic)


def _topic(slug: str, code: str, actor: Person) -> tuple[Expert, Topic]:
    row, workspace = reachable(slug, actor)
    workspace.require("experts.validate_topic")
    if row.person_id == actor.pk:
        raise NotAllowed(_("Nobody validates their own topics; ask another coordinator."))
    found = next((topic for topic in row.topics.all() if topic.term.code == code), None)
    if found is None:
        raise NotFound(_("This expert does not have that topic."), field="topic")
    return row, found
