"""Making an edition, from an empty draft to the day it is published and never changes again."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import require_valid
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.operations.barometers import reference_to
from metropolis.tools.barometer.operations.comments import tell
from metropolis.tools.barometer.operations.material import hold
from metropolis.tools.barometer.queries import barometer, edition, edition_to_change, material_of
from metropolis.tools.barometer.values import EditionInput, State

#: Addresses beside those of editions.
RESERVED_LABELS = frozenset({"make"})


@transaction.atomic
def add_edition(*, barometer_slug: str, actor: Person, content: EditionInput, like: str = "") -> Edition:
    """Begin an edition: empty, or with the framework, the recipe and what varies of an earlier one, `like`.

    `Conflict` when the barometer has an edition of this label.
    """
    row, workspace = barometer(barometer_slug, actor)
    workspace.require("barometer.change_edition", author=row.author)
    _require_free(content.label)
    if row.editions.filter(label=content.label).exists():
        raise Conflict(_("There is an edition with this label already; choose another."), field="label")
    made = Edition(barometer=row, author=actor, **content.model_dump())
    require_valid(made, exclude=["author", "barometer"])
    start = Material()
    if like:
        model, _workspace = edition(barometer_slug, like, actor)
        earlier = material_of(model)
        start = earlier.model_copy(update={"data": None, "errors": {}, "answers": {}})
    hold(made, start)
    _record(made, actor, "begin_edition")
    return made


@transaction.atomic
def change_edition(*, barometer_slug: str, label: str, actor: Person, content: EditionInput) -> Edition:
    """Replace what an unpublished edition says of its data, and its label."""
    row, _person = edition_to_change(barometer_slug, label, actor)
    _require_free(content.label)
    if content.label != label and row.barometer.editions.filter(label=content.label).exists():
        raise Conflict(_("There is an edition with this label already; choose another."), field="label")
    for name, told in content:
        setattr(row, name, told)
    require_valid(row, exclude=["author", "barometer", "material", "outcome"])
    row.save(update_fields=[*content.model_dump(), "updated_at"])
    _record(row, actor, "revise_edition")
    return row


@transaction.atomic
def set_edition_state(*, barometer_slug: str, label: str, actor: Person, state: State) -> Edition:
    """Give an edition to its cities for comment, or take it back to a draft.

    `Conflict` as long as it cannot be computed: cities comment on figures.
    """
    row, _person = edition_to_change(barometer_slug, label, actor)
    if state == Edition.State.CONSULTATION.value and row.progress not in {
        Edition.Progress.DONE,
        Edition.Progress.WAITING,
    }:
        raise Conflict(_("There are no figures yet that the cities could comment on."), field="state")
    row.state = Edition.State(state)
    row.save(update_fields=["state", "updated_at"])
    if row.state == Edition.State.CONSULTATION:
        _tell_cities(row)
    _record(row, actor, "set_edition_state", state=state)
    return row


@transaction.atomic
def publish_edition(*, barometer_slug: str, label: str, actor: Person, now: datetime) -> Edition:
    """Publish an edition for good. From now on nothing of it changes.

    `Conflict` as long as intervals are being computed, cannot be, or a comment has no answer.
    """
    row, _person = edition_to_change(barometer_slug, label, actor, "publish_edition")
    if row.progress != Edition.Progress.DONE:
        raise Conflict(row.problem or _("Its figures are not computed yet: wait a moment."), field="progress")
    if row.comments.filter(answer="").exists():
        raise Conflict(_("Comments of cities have no answer yet."), field="comments")
    row.state, row.published_at = Edition.State.PUBLISHED, now
    row.former = row.refused = ""
    row.save(update_fields=["state", "published_at", "former", "refused", "updated_at"])
    _record(row, actor, "publish_edition", digest=row.digest)
    return row


@transaction.atomic
def delete_edition(*, barometer_slug: str, label: str, actor: Person) -> None:
    """Delete an edition that was never published."""
    row, _person = edition_to_change(barometer_slug, label, actor)
    _record(row, actor, "delete_edition")
    row.delete()


def _require_free(label: str) -> None:
    if label in RESERVED_LABELS:
        raise InvalidInput(_("This label is the address of a page; choose another."), field="label")


def _tell_cities(row: Edition) -> None:
    """Write to whoever speaks for a city in the edition; once for the same figures."""
    for person in queries.people_of_cities(row):
        tell(
            person,
            "barometer/mail/consultation",
            {"edition": row, "path": reverse("barometer:comments", args=[row.barometer.slug, row.label])},
            key=f"barometer consultation {row.pk} {row.version} {person.pk}",
        )


def _record(row: Edition, actor: Person, verb: str, **data: object) -> None:
    record(
        actor=actor,
        verb=verb,
        reference=reference_to(row.barometer),
        workspace=row.barometer.initiative.slug,
        data={"edition": row.label, **data},
    )
