"""Workers that are killed between telling, writing and sending."""

import asyncio
import time
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db.models import QuerySet

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.background.tests.test_killed import Start, start
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.following.models import Delivery, Notice
from metropolis.foundation.following.values import Frequency
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.mail.tests.conftest import Postbox, free_port
from metropolis.foundation.records.models import Follow
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory

__all__ = ["start"]

PEOPLE = 30
KILLED = 3
LONGEST = 60  # seconds


class SlowPostbox(Postbox):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture(autouse=True)
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server that the workers know by their environment."""
    box = SlowPostbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    monkeypatch.setenv("METROPOLIS_MAIL_PORT", str(controller.port))
    yield box
    controller.stop(no_assert=True)


def not_sent() -> QuerySet[Notice]:
    return Notice.objects.filter(mailed_at=None)


def test_everybody_is_written_to_once_while_workers_are_killed(start: Start, postbox: Postbox) -> None:
    row = InitiativeFactory.create()
    people = PersonFactory.create_batch(PEOPLE)
    Follow.objects.bulk_create(Follow(person=one, kind="initiative", key=row.slug) for one in people)
    Delivery.objects.bulk_create(Delivery(person=one, frequency=Frequency.IMMEDIATELY) for one in people)
    publish(row)
    enqueue("metropolis.foundation.following.tasks.tell", key="now")
    worker = start()
    until = time.monotonic() + LONGEST
    for turn in range(1, KILLED + 1):
        while len(postbox.received) < turn * PEOPLE // (KILLED + 2):
            assert time.monotonic() < until, "it did not come true in time"
            time.sleep(0.01)
        worker.kill()
        worker = start()
    while not_sent().exists() or Mail.objects.filter(state=Mail.State.WAITING).exists() or not Notice.objects.exists():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
    assert Notice.objects.count() == Mail.objects.count() == PEOPLE
    # A mail taken by the server in the moment of the kill is sent again under its own Message-ID.
    told = {message_from_bytes(each.content, policy=policy.default)["Message-ID"] for each in postbox.received}
    assert len(told) == PEOPLE
    assert {each.rcpt_tos[0] for each in postbox.received} == {one.email for one in people}
