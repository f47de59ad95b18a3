"""Asking an expert without learning their address."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.values import Reference
from metropolis.tools.experts.models import ContactRequest
from metropolis.tools.experts.queries import reachable
from metropolis.tools.experts.values import Shared

#: As many requests as one member sends in a day, and of those to one expert.
MOST_A_DAY = 10
MOST_TO_ONE_A_DAY = 2
LONGEST_MESSAGE = 2000


@transaction.atomic
def ask_expert(*, slug: str, actor: Viewer, message: str) -> None:
    """Send a message to an expert who takes requests; they read it on their own page.

    `NotAllowed` for visitors and when the expert takes none, `Conflict` after ten requests in 24 hours or two to the
    same expert.
    """
    row = reachable(slug, actor)[0]
    if actor is None:
        raise NotAllowed(_("Sign in first: experts are asked by members."), data={"sign_in": True})
    if not row.consents.filter(field=Shared.CONTACT).exists():
        raise NotAllowed(_("This expert takes no requests at present."))
    if row.person_id == actor.pk:
        raise InvalidInput(_("This is your own profile."), field="message")
    if not message.strip() or len(message) > LONGEST_MESSAGE:
        raise InvalidInput(_("Write a message of at most 2,000 characters."), field="message")
    # Two requests at once wait for one another here, so that both are counted.
    Person.objects.select_for_update().get(pk=actor.pk)
    today = ContactRequest.objects.filter(sender=actor, sent_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= MOST_A_DAY or today.filter(expert=row).count() >= MOST_TO_ONE_A_DAY:
        raise Conflict(_("You have sent as many requests as a day allows; try again tomorrow."), field="message")
    sent = ContactRequest.objects.create(expert=row, sender=actor, message=message.strip())
    # A record of its own and outside any initiative: who asks whom is between the two.
    record(actor=actor, verb="ask_expert", reference=Reference(kind="contact_request", key=str(sent.pk)))
