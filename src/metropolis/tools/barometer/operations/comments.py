"""What cities say of their own data before these are published, and what the makers answer."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.mail.operations import send_mail
from metropolis.tools.barometer.models import Comment, Edition
from metropolis.tools.barometer.operations.barometers import reference_to
from metropolis.tools.barometer.queries import comment, edition, makers, material_of, units_to_comment_on
from metropolis.tools.barometer.values import CommentInput


@transaction.atomic
def add_comment(*, barometer_slug: str, label: str, actor: Person, content: CommentInput) -> Comment:
    """Say something of a city's data: of one's own city, or of any as a contributor of the initiative.

    `Conflict` once the edition is published; `InvalidInput` names a unit or a node that is not in it.
    """
    row, workspace = edition(barometer_slug, label, actor)
    if not row.units.filter(code=content.unit).exists():
        raise InvalidInput(_("There is no unit %(code)s in the data.") % {"code": content.unit}, field="unit")
    if content.unit not in units_to_comment_on(row, workspace):
        raise NotAllowed(_("Cities comment on their own data: you do not speak for this one."))
    if row.state == Edition.State.PUBLISHED:
        raise Conflict(_("This edition is published: write to the contact of the initiative instead."), field="edition")
    framework = material_of(row).framework
    if content.node and (framework is None or content.node not in framework.by_code):
        raise InvalidInput(_("There is no node %(code)s in the framework.") % {"code": content.node}, field="node")
    made = Comment.objects.create(edition=row, author=actor, **content.model_dump())
    _record(made, actor, "comment_on_edition")
    for person in makers(row):
        if person != actor:
            tell(person, "barometer/mail/comment", _told(made), key=f"barometer comment {made.pk} {person.pk}")
    return made


@transaction.atomic
def answer_comment(
    *, barometer_slug: str, label: str, comment_id: int, actor: Person, answer: str, now: datetime
) -> Comment:
    """Answer what a city said: corrected, or why not; `Conflict` once the edition is published."""
    row, workspace = comment(barometer_slug, label, comment_id, actor)
    workspace.require("barometer.answer_comment")
    if row.edition.state == Edition.State.PUBLISHED:
        raise Conflict(_("A published edition stays as it is: make a new one to correct it."), field="edition")
    if not answer.strip():
        raise InvalidInput(_("Write an answer."), field="answer")
    row.answer, row.answered_by, row.answered_at = answer.strip(), actor, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    _record(row, actor, "answer_comment")
    if row.author is not None and row.author != actor:
        tell(row.author, "barometer/mail/answer", _told(row), key=f"barometer answer {row.pk} {now.timestamp()}")
    return row


def tell(person: Person, template: str, context: dict[str, Any], *, key: str) -> None:
    """Write a mail to somebody in their language."""
    send_mail(to=person.email, template=template, context=context, language=person.language, key=key)


def _told(row: Comment) -> dict[str, Any]:
    path = reverse("barometer:comments", args=[row.edition.barometer.slug, row.edition.label])
    name = row.edition.units.filter(code=row.unit).values_list("name", flat=True).first() or row.unit
    return {"comment": row, "edition": row.edition, "unit": name, "path": f"{path}#comment-{row.pk}"}


def _record(row: Comment, actor: Person, verb: str) -> None:
    home = row.edition.barometer
    data = {"edition": row.edition.label, "unit": row.unit}
    record(actor=actor, verb=verb, reference=reference_to(home), workspace=home.initiative.slug, data=data)
