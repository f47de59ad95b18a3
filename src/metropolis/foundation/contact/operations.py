"""Writing a message, reporting a problem, and settling either."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.contact import queries
from metropolis.foundation.contact.models import Message, Problem
from metropolis.foundation.contact.values import Outcome
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.mail.operations import send_mail
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Initiative

MESSAGES_AN_HOUR = 10
PROBLEMS_AN_HOUR = 20
_AN_HOUR = timedelta(hours=1)
_UNFILLED = ("author", "answered_at", "answered_by", "initiative")


def write_message(
    *, topic: str, name: str, email: str, text: str, language: str, author: Viewer, sent_by: Collection[str]
) -> Message:
    """Keep a message and send it to the readers of its topic, who answer straight to `email`.

    `sent_by` are whom it counts for (`limits.values.callers`): `TooMany` after `MESSAGES_AN_HOUR`. `InvalidInput` names
    the field that is wrong. Only the message itself is atomic: the count stays, whatever becomes of it.
    """
    for caller in sent_by:
        spend(limit="messages", key=caller, most=MESSAGES_AN_HOUR, within=_AN_HOUR)
    row = Message(topic=topic, name=name, email=email, text=text, language=language, author=author)
    with transaction.atomic():
        require_valid(row, exclude=_UNFILLED)
        row.save()
        for to, spoken in queries.readers(topic):
            send_mail(
                to=to,
                template="contact/mail/message",
                context={"message": row},
                language=spoken,
                key=f"message {row.pk} {to}",
                headers={"Reply-To": email},
            )
        record(actor=author, verb="write_message", reference=queries.reference_of(row))
    return row


@transaction.atomic
def set_message_answered(*, id: int, actor: Person, is_answered: bool) -> Message:
    """Note that a message is answered, or that it is not after all."""
    require_in_network(actor, "contact.answer_message")
    row = queries.message(id, actor)
    row.answered_at, row.answered_by = (timezone.now(), actor) if is_answered else (None, None)
    row.save()
    verb = "answer_message" if is_answered else "reopen_message"
    record(actor=actor, verb=verb, reference=queries.reference_of(row))
    return row


def report_problem(
    *,
    reference: Reference,
    reason: str,
    text: str,
    language: str,
    author: Viewer,
    sent_by: Collection[str],
    email: str = "",
) -> Problem:
    """Keep a problem with a public record and tell the secretariat and, where it is of an initiative, the coordinators.

    A member is answered at the address of the account, somebody else at `email`, where given. `NotFound` when the
    record is not public, `TooMany` after `PROBLEMS_AN_HOUR`; counted as in `write_message`.
    """
    for caller in sent_by:
        spend(limit="problems", key=caller, most=PROBLEMS_AN_HOUR, within=_AN_HOUR)
    found = queries.reported(reference)
    row = Problem(
        kind=reference.kind,
        key=reference.key,
        title=found.texts[0].title,
        url=found.url,
        initiative=Initiative.objects.filter(slug=found.workspace).first(),
        reason=reason,
        text=text,
        email="" if author else email,
        language=language,
        author=author,
    )
    with transaction.atomic():
        require_valid(row, exclude=_UNFILLED)
        row.save()
        for to, spoken in queries.problem_readers(row.initiative):
            send_mail(
                to=to,
                template="contact/mail/problem",
                context={"problem": row},
                language=spoken,
                key=f"problem {row.pk} {to}",
            )
        record(actor=author, verb="report_problem", reference=queries.reference_of(row))
    return row


@transaction.atomic
def settle_problem(*, id: int, actor: Person, outcome: str, note: str = "") -> Problem:
    """Resolve or dismiss an open problem, and tell whoever reported it, with the note, where there is an address.

    `NotFound` for who neither coordinates the initiative nor edits the network; `Conflict` when it is settled already.
    """
    row = queries.problem(id, actor)
    if row.initiative is not None:
        open_workspace(row.initiative.slug, viewer=actor).require("contact.settle_problem")
    if row.outcome != Outcome.OPEN:
        raise Conflict(_("This report is settled already."))
    if outcome not in {Outcome.RESOLVED, Outcome.DISMISSED}:
        raise InvalidInput(_("Choose whether the problem is resolved or dismissed."), field="outcome")
    row.outcome, row.note = outcome, note
    require_valid(row, exclude=_UNFILLED)
    row.save()
    email = row.author.email if row.author else row.email
    if email:
        send_mail(
            to=email,
            template="contact/mail/settled",
            context={"problem": row},
            language=row.language,
            key=f"settled problem {row.pk}",
        )
    verb = "resolve_problem" if outcome == Outcome.RESOLVED else "dismiss_problem"
    record(actor=actor, verb=verb, reference=queries.reference_of(row))
    return row
