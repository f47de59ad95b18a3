import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import enqueue, work_off
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.following.models import Delivery, Notice
from metropolis.foundation.following.operations import (
    choose_frequency,
    follow,
    mark_read,
    plan_digests,
    send_digest,
    tell_news,
    telling,
)
from metropolis.foundation.following.operations.digests import MOST
from metropolis.foundation.following.queries import due_digests, frequency_of
from metropolis.foundation.following.values import Frequency
from metropolis.foundation.history.models import Untold
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.mail.tests.conftest import Postbox
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[[Postbox], Controller]

#: A Wednesday.
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def told(number: int = 1, how_often: Frequency = Frequency.DAILY, **person: str) -> Person:
    """Somebody who was told of so many records."""
    row = InitiativeFactory.create(title="Green ways")
    reader = PersonFactory.create(**person)
    follow(person=reader, reference=Reference(kind="initiative", key=row.slug))
    choose_frequency(person=reader, frequency=how_often)
    for count in range(number):
        publish(row, title=f"Report {count} <&>")
    tell_news()
    return reader


def a_day_passes() -> None:
    Notice.objects.update(told_at=NOW - timedelta(days=1))


def read(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_worker_tells_and_sends_by_itself_to_a_real_mail_server(start_server: Start, settings: Settings):
    settings.SITE_ADDRESS = "https://network.example"
    start_server(postbox := Postbox())
    reader = told(2, Frequency.IMMEDIATELY)
    enqueue("metropolis.foundation.following.tasks.tell", key="now")
    work_off()
    (envelope,) = postbox.received
    assert envelope.rcpt_tos == [reader.email]
    message = read(envelope)
    assert message["Subject"] == "Report 1 <&>, and one more"
    text, dressed = body(message, "plain"), body(message, "html")
    assert "https://network.example/publications/report-1" in text
    assert "New: Report 0 <&> (Publication)" in text
    assert "You follow “Green ways”." in text
    assert "You get this mail because" in text
    assert "Report 0 &lt;&amp;&gt;</bdi>" in dressed
    assert '<html lang="en" dir="ltr">' in dressed
    enqueue("metropolis.foundation.following.tasks.tell", key="a minute later")
    work_off()
    assert len(postbox.received) == 1


def test_a_mail_program_ends_the_mails_by_one_click(start_server: Start):
    start_server(postbox := Postbox())
    reader = told(how_often=Frequency.IMMEDIATELY)
    send_digest(person=reader.pk)
    work_off()
    message = read(postbox.received[0])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(
        rf"<{re.escape(settings.SITE_ADDRESS)}(/following/mails/end/[^>]+)>", message["List-Unsubscribe"].strip()
    )
    assert found
    assert found[1] in body(message, "plain")
    Client(enforce_csrf_checks=True).post(found[1], {"List-Unsubscribe": "One-Click"})
    assert frequency_of(reader) == Frequency.NEVER
    Notice.objects.update(mailed_at=None)
    a_day_passes()
    assert due_digests(NOW) == {}


@pytest.mark.parametrize(
    ("language", "direction", "kind", "title"),
    [("es", "ltr", "Publicación", "Informe"), ("ar", "rtl", "منشور", "Report 0 <&>")],
)
def test_a_mail_speaks_the_language_of_its_reader(language: str, direction: str, kind: str, title: str):
    reader = told(language=language)
    slug = Publication.objects.get().slug
    Translation.objects.create(
        kind="publication", key=slug, field="title", language="es", text="Informe", origin="author"
    )
    send_digest(person=reader.pk)
    row = Mail.objects.get()
    assert (row.language, row.to) == (language, reader.email)
    assert f'<html lang="{language}" dir="{direction}">' in row.html
    assert kind in row.text
    assert title in row.text


def test_a_digest_waits_for_its_hour_and_gathers_what_came_before_it():
    daily, weekly, never = (told(how_often=each) for each in (Frequency.DAILY, Frequency.WEEKLY, Frequency.NEVER))
    at_once = told(how_often=Frequency.IMMEDIATELY)
    everybody = {row.person_id: row.pk for row in Notice.objects.order_by("pk")}
    del everybody[never.pk]
    Notice.objects.update(told_at=NOW)
    tomorrow = NOW.replace(hour=6) + timedelta(days=1)
    monday = tomorrow + timedelta(days=4)
    assert set(due_digests(NOW)) == {at_once.pk}
    assert set(due_digests(tomorrow - timedelta(minutes=1))) == {at_once.pk}
    assert set(due_digests(tomorrow)) == {at_once.pk, daily.pk}
    assert set(due_digests(monday - timedelta(minutes=1))) == {at_once.pk, daily.pk}
    assert due_digests(monday) == everybody
    assert weekly.pk in everybody


def test_who_has_chosen_nothing_gets_one_mail_a_day():
    reader = told()
    Delivery.objects.all().delete()
    a_day_passes()
    assert set(due_digests(NOW)) == {reader.pk}
    send_digest(person=reader.pk)
    assert due_digests(NOW) == {}


def test_each_due_digest_is_planned_once():
    told()
    told()
    a_day_passes()
    assert plan_digests(now=NOW) == 2
    assert plan_digests(now=NOW + timedelta(minutes=1)) == 0


def test_what_was_read_or_withdrawn_meanwhile_is_not_mailed():
    reader = told(2)
    Publication.objects.filter(slug="report-0").update(visibility=Visibility.DRAFT)
    send_digest(person=reader.pk)
    row = Mail.objects.get()
    assert "Report 1" in row.text
    assert "Report 0" not in row.text + row.html + row.subject
    other = told()
    mark_read(person=other)
    send_digest(person=other.pk)
    assert Mail.objects.count() == 1


def test_who_stopped_mails_or_whose_account_is_closed_gets_none():
    stopped, closed = told(), told()
    choose_frequency(person=stopped, frequency=Frequency.NEVER)
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    a_day_passes()
    for reader in (stopped, closed):
        send_digest(person=reader.pk)
    assert not Mail.objects.exists()
    assert due_digests(NOW) == {}


def test_a_worker_killed_between_writing_and_sending_loses_and_doubles_nothing(start_server: Start):
    start_server(postbox := Postbox())
    reader = told(2)

    def killed() -> None:
        with transaction.atomic():
            send_digest(person=reader.pk)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert not Mail.objects.exists()
    assert Notice.objects.filter(mailed_at=None).count() == 2
    for _ in range(2):
        send_digest(person=reader.pk)
        work_off()
    assert len(postbox.received) == 1


def test_a_long_digest_counts_the_rest():
    reader = told(MOST + 2)
    send_digest(person=reader.pk)
    row = Mail.objects.get()
    assert row.text.count("/publications/") == MOST
    assert "And 2 more in your inbox." in row.text


def test_two_digests_of_one_person_are_two_mails():
    reader = told()
    send_digest(person=reader.pk)
    publish(InitiativeFactory.create(), title="Elsewhere")
    Notice.objects.create(
        person=reader,
        key="x",
        what="match",
        record_kind="publication",
        record_key="elsewhere",
        why_kind="search",
        why_key="1",
    )
    send_digest(person=reader.pk)
    assert Mail.objects.count() == 2
    assert Mail.objects.latest("pk").subject == "Elsewhere"
    assert timezone.now() >= Mail.objects.latest("pk").created_at


def test_what_was_told_while_mails_were_off_is_not_mailed_later():
    reader = told(how_often=Frequency.NEVER)
    choose_frequency(person=reader, frequency=Frequency.IMMEDIATELY)
    assert due_digests(NOW) == {}
    send_digest(person=reader.pk)
    assert not Mail.objects.exists()


def test_a_worker_goes_on_at_once_while_there_is_more_to_tell(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(telling, "MOST_NOTICES", 1)
    reader = told()
    for title in ("One", "Two", "Three"):
        publish(Initiative.objects.get(), title=title)
    assert tell_news() < Untold.objects.count()
    enqueue("metropolis.foundation.following.tasks.tell", key="now")
    work_off()
    assert not Untold.objects.exists()
    assert Notice.objects.filter(person=reader).count() == 4


def test_mails_come_as_often_as_there_is_a_choice_for():
    with pytest.raises(InvalidInput):
        choose_frequency(person=PersonFactory.create(), frequency="hourly")
