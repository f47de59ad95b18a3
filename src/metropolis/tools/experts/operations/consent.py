"""Giving and withdrawing consent, a field at a time."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.workspaces.access import Workspace
from metropolis.tools.experts.models import Consent, Expert
from metropolis.tools.experts.operations.deeds import follow_evidence, note, require
from metropolis.tools.experts.queries import reachable
from metropolis.tools.experts.values import Audience, Shared


@transaction.atomic
def give_consent(*, slug: str, actor: Person, field: str, audience: str) -> None:
    """Share a field with the network's `members` or with the `public`, from today.

    Only the expert can; for somebody without an account, a coordinator notes what they agreed to. `InvalidInput` for
    a field or an audience that does not exist, and for requests from the public: those come from members only.
    """
    row, workspace = reachable(slug, actor)
    set_consents(row, workspace, {field: audience})


@transaction.atomic
def withdraw_consent(*, slug: str, actor: Person, field: str) -> None:
    """Share a field with nobody any more, at once and everywhere; withdrawing what was not given changes nothing."""
    row, workspace = reachable(slug, actor)
    set_consents(row, workspace, {field: ""})


def set_consents(row: Expert, workspace: Workspace, wanted: Mapping[str, str]) -> None:
    """Bring the consents to these fields to what is wanted (empty: none), each right checked; not atomic by itself."""
    known = {consent.field: consent.audience for consent in Consent.objects.filter(expert=row)}
    for field, audience in wanted.items():
        _check(field, audience)
        if audience != known.get(field, ""):
            _set_consent(row, workspace, field, audience)
    follow_evidence(row)


def _check(field: str, audience: str) -> None:
    if field not in Shared.values:
        message = _("There is no field %(field)s to share; choose one of %(fields)s.")
        raise InvalidInput(message % {"field": field, "fields": ", ".join(Shared.values)}, field="field")
    if audience and audience not in Audience.values:
        message = _("%(audience)s is no audience; choose one of %(audiences)s.")
        details = {"audience": audience, "audiences": ", ".join(Audience.values)}
        raise InvalidInput(message % details, field="audience")
    if field == Shared.CONTACT and audience == Audience.PUBLIC:
        raise InvalidInput(_("Requests come from members of the network only; choose members."), field="audience")


def _set_consent(row: Expert, workspace: Workspace, field: str, audience: str) -> None:
    actor = require(row, workspace, "experts.change_expert")
    if not audience:
        Consent.objects.filter(expert=row, field=field).delete()
        note(row, actor, "withdraw_consent", field=field)
        return
    if row.person_id not in {None, actor.pk}:
        raise NotAllowed(_("Only the expert can agree to share a part of their profile."))
    today = timezone.localdate()
    Consent.objects.update_or_create(expert=row, field=field, defaults={"audience": audience, "given_on": today})
    note(row, actor, "give_consent", field=field, audience=audience)
