"""Looking at the mails."""

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.mail.models import Mail


def mails() -> QuerySet[Mail]:
    """All mails, the newest first."""
    return Mail.objects.order_by("-pk")


def mail(pk: int) -> Mail:
    """One mail; `NotFound` when there is none."""
    found = Mail.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such mail."), field="mail")
    return found


def mail_counts() -> list[tuple[str, int]]:
    """How many mails are in each state, by the state's name."""
    counted = dict(Mail.objects.values_list("state").annotate(Count("pk")).order_by())
    return [(str(label), counted.get(state, 0)) for state, label in Mail.State.choices]
