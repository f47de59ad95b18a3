"""Sending mails: kept with what they tell of, delivered by a worker, tried again when the mail server is away."""

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.background.values import KEEP_FAILED
from metropolis.foundation.mail.models import Mail

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LONGEST_SUBJECT = 300
#: The least SMTP code that says never.
_FOR_GOOD = 500


class NotDelivered(Exception):
    """The mail server could not be reached, or asks to try again later. It says no address, because it is logged."""


@transaction.atomic
def send_mail(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    language: str = "",
    key: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """Write a mail and have it delivered once the caller's transaction is committed.

    The subject is `<template>_subject.txt`, the text `<template>.txt` and, where there is one, `<template>.html` says
    it with more dress. They get `context` and `site`, the address of the site without a slash in the end, and speak
    `language`, or the default language. A mail with a `key` that was used before is not written again, whatever became
    of the first. `InvalidInput` for an address or a header that a mail cannot have.
    """
    _require_address(to)
    _require_headers(headers or {})
    message_id = _message_id(key)
    if Mail.objects.filter(message_id=message_id).exists():
        return
    given = context | {"site": settings.SITE_ADDRESS}
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = " ".join(_plain(f"{template}_subject.txt", given).split())[:_LONGEST_SUBJECT]
        texts = {"subject": subject, "text": _plain(f"{template}.txt", given).strip() + "\n"}
        texts["html"] = _dressed(f"{template}.html", given)
        spoken = translation.get_language()
    row, is_new = Mail.objects.get_or_create(
        message_id=message_id,
        defaults={"to": to, "language": spoken, "headers": headers or {}, **texts},
    )
    if is_new:
        enqueue("metropolis.foundation.mail.tasks.deliver_mail", key=f"mail {row.pk}", mail=row.pk)


def _require_address(to: str) -> None:
    try:
        validate_email(to)
    except ValidationError as error:
        raise InvalidInput(_("Write one e-mail address, such as name@city.example."), field="to") from error


def _require_headers(headers: dict[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or not value.isprintable():
            raise InvalidInput(_("A header of a mail is a name and one line of text."), field="headers")


def _plain(name: str, context: dict[str, Any]) -> str:
    """A text in which nothing stands for something else, as in HTML."""
    return str(get_template(name).template.render(Context(context, autoescape=False)))  # type: ignore[attr-defined]


def _dressed(name: str, context: dict[str, Any]) -> str:
    try:
        return get_template(name).render(context)
    except TemplateDoesNotExist as error:
        if error.args != (name,):  # one that it includes
            raise
        return ""


def _message_id(key: str) -> str:
    """The same for the same key, so that a mail that reaches somebody twice is known as one."""
    name = sha256(key.encode()).hexdigest()[:32] if key else uuid4().hex
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{name}@{domain}>"


def deliver_mail(*, mail: int) -> None:
    """Hand a waiting mail to the mail server; nothing for one that is settled.

    `NotDelivered` when that has to be tried again. A worker that is killed after the server took the mail and before
    that is noted sends it again, under the same Message-ID.
    """
    row = Mail.objects.filter(pk=mail, state=Mail.State.WAITING).first()
    if row is None:
        return
    state = Mail.State.SENT
    try:
        _message(row).send()
    except SMTPRecipientsRefused as error:
        state = _refused(code for code, _said in error.recipients.values())
    except SMTPDataError as error:
        state = _refused([error.smtp_code])
    except (SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", "")
        raise NotDelivered(f"The mail server failed: {type(error).__name__} {code}".strip()) from None
    _settle(row, state)


def forget_undelivered(*, now: datetime) -> int:
    """Delete mails that could not be delivered, once nobody can try again; how many these were."""
    return Mail.objects.filter(state=Mail.State.WAITING, created_at__lte=now - KEEP_FAILED).delete()[0]


def _message(row: Mail) -> EmailMultiAlternatives:
    headers = row.headers | {"Message-ID": row.message_id, "Date": format_datetime(row.created_at)}
    headers |= {"Content-Language": row.language, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(row.subject, row.text, to=[row.to], headers=headers)
    if row.html:
        message.attach_alternative(row.html, "text/html")
    return message


def _refused(codes: Iterable[int]) -> Mail.State:
    """Refused for good, or `NotDelivered` when the server asks to come back."""
    last = max(codes)
    if last < _FOR_GOOD:
        raise NotDelivered(f"The mail server said {last}.") from None
    return Mail.State.REFUSED


def _settle(row: Mail, state: Mail.State) -> None:
    row.state, row.settled_at = state, timezone.now()
    if not settings.ENVIRONMENT.demonstration:
        row.to = row.subject = row.text = row.html = ""
        row.headers = {}
    row.save()
