import socket
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.background.tests.workers import wait_until, workers_on_the_test_database
from metropolis.foundation.background.values import KEEP_FAILED, MOST_ATTEMPTS
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.mail.operations import NotDelivered, deliver_mail, forget_undelivered, send_mail
from metropolis.foundation.mail.tests.conftest import Postbox, free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("templates")]

Start = Callable[[Postbox], Controller]


def _send(to: str = "ana@rosario.example", template: str = "hello", word: str = "Ana", **more: object) -> None:
    send_mail(to=to, template=f"mail_tests/{template}", context={"word": word}, **more)  # type: ignore[arg-type]


def _read(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _all_are_due() -> None:
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_mail_is_delivered_in_the_language_asked_for_and_then_forgotten(start_server: Start, settings: Settings):
    settings.SITE_ADDRESS = "https://network.example"
    start_server(postbox := Postbox())
    _send(word="Añá & <Co>", language="es", key="welcome 1")
    assert work_off() == 1
    (envelope,) = postbox.received
    assert envelope.rcpt_tos == ["ana@rosario.example"]
    message = _read(envelope)
    assert message["Subject"] == "Idioma: Añá & <Co>"
    assert message["To"] == "ana@rosario.example"
    assert message["Content-Language"] == "es"
    assert message.get_content().replace("\r\n", "\n") == "Dear Añá & <Co>,\n\nread https://network.example/about/\n"
    row = Mail.objects.get()
    assert (row.state, row.to, row.subject, row.text, row.headers) == (Mail.State.SENT, "", "", "", {})


def test_a_dressed_mail_has_the_text_too_and_its_words_are_escaped(start_server: Start):
    start_server(postbox := Postbox())
    _send(template="dressed", word="<b>", headers={"List-Unsubscribe": "<https://network.example/off>"})
    work_off()
    message = _read(postbox.received[0])
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "&lt;b&gt;" in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<b>" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message["List-Unsubscribe"] == "<https://network.example/off>"


def test_the_same_key_is_sent_once_also_after_it_was_delivered(start_server: Start):
    start_server(postbox := Postbox())
    for _ in range(2):
        _send(key="digest 7 2026-11-24")
        _send(key="digest 7 2026-11-24", to="other@rosario.example")
        work_off()
    _send(key="digest 7 2026-11-25")
    _send()
    _send()
    work_off()
    assert len(postbox.received) == 4
    assert len({_read(envelope)["Message-ID"] for envelope in postbox.received}) == 4


def test_a_mail_of_a_transaction_that_is_rolled_back_is_never_sent(start_server: Start):
    start_server(postbox := Postbox())
    with transaction.atomic():
        _send(key="never")
        transaction.set_rollback(True)
    assert work_off() == 0
    assert not postbox.received


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ana",
        "ana@rosario.example\nBcc: all@rosario.example",
        "ana@rosario.example, other@rosario.example",
        "Ana <ana@rosario.example>",
    ],
)
def test_an_address_is_one_address(to: str):
    with pytest.raises(InvalidInput) as refusal:
        _send(to=to)
    assert refusal.value.field == "to"
    assert not Mail.objects.exists()


@pytest.mark.parametrize("headers", [{"Reply-To": "a@b.example\r\nBcc: c@d.example"}, {"X\nBcc": "a"}, {"": "a"}])
def test_a_header_has_one_line(headers: dict[str, str]):
    with pytest.raises(InvalidInput):
        _send(headers=headers)


def test_a_line_break_in_what_somebody_wrote_makes_no_header(start_server: Start):
    start_server(postbox := Postbox())
    _send(word="Ana\r\nBcc: all@rosario.example\r\n\r\n<script>")
    work_off()
    (envelope,) = postbox.received
    message = _read(envelope)
    assert envelope.rcpt_tos == ["ana@rosario.example"]
    assert message["Bcc"] is None
    assert message["Subject"] == "Language: Ana Bcc: all@rosario.example <script>"


def test_a_mail_waits_for_a_server_that_is_down(start_server: Start, settings: Settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    _send()
    assert work_off() == 1
    assert work_off() == 0  # not before the pause is over
    assert Mail.objects.get().state == Mail.State.WAITING
    start_server(postbox := Postbox())
    _all_are_due()
    assert work_off() == 1
    assert len(postbox.received) == 1


def test_a_mail_put_off_by_the_server_is_tried_again_under_the_same_id(start_server: Start):
    start_server(postbox := Postbox())
    postbox.answers = {"RCPT": ["450 try later"], "DATA": ["451 try later"]}
    _send(key="once")
    for _ in range(3):
        work_off()
        _all_are_due()
    assert [_read(envelope)["Message-ID"] for envelope in postbox.received] == [Mail.objects.get().message_id]
    assert Mail.objects.get().state == Mail.State.SENT


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_mail_refused_for_good_is_not_tried_again(start_server: Start, step: str):
    start_server(postbox := Postbox())
    postbox.answers[step] = ["550 no such person"]
    _send()
    work_off()
    row = Mail.objects.get()
    assert (row.state, row.to, row.text) == (Mail.State.REFUSED, "", "")
    assert not DBTaskResult.objects.ready().exists()


def test_a_server_that_never_answers_is_given_up_and_seen_among_the_failed(settings: Settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    _send()
    for _ in range(MOST_ATTEMPTS + 2):
        work_off()
        _all_are_due()
    failed = DBTaskResult.objects.failed().get()
    assert len(failed.worker_ids) == MOST_ATTEMPTS
    assert "ana@" not in failed.traceback
    assert failed.exception_class_path.endswith("NotDelivered")


def test_a_mail_that_could_not_be_delivered_is_kept_as_long_as_it_can_be_tried_again():
    for number in (1, 2):
        send_mail(to=f"{number}@example.org", template="mail_tests/hello", context={"name": "Ana"})
    _waiting, sent = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=sent.pk).update(state=Mail.State.SENT)
    later = sent.created_at + KEEP_FAILED
    assert forget_undelivered(now=later - timedelta(seconds=1)) == 0
    assert forget_undelivered(now=later) == 1
    assert Mail.objects.get() == sent


def test_a_silent_server_is_waited_for_no_longer_than_the_timeout(settings: Settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 1
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        _send()
        began = time.monotonic()
        with pytest.raises(NotDelivered):
            deliver_mail(mail=Mail.objects.get().pk)
        assert time.monotonic() - began < 5


def test_a_mail_whose_worker_is_killed_before_it_hears_the_answer_is_known_as_one(start_server: Start, tmp_path: Path):
    controller = start_server(postbox := Postbox())
    where = {"METROPOLIS_MAIL_HOST": controller.hostname, "METROPOLIS_MAIL_PORT": str(controller.port)}
    _send(key="once")
    with workers_on_the_test_database(tmp_path, **where) as start_worker:
        first = start_worker()
        postbox.before_the_answer = first.kill
        wait_until(lambda: first.poll() is not None)
        postbox.before_the_answer = bool
        start_worker()
        wait_until(lambda: Mail.objects.get().state == Mail.State.SENT)
    assert [_read(envelope)["Message-ID"] for envelope in postbox.received] == [Mail.objects.get().message_id] * 2


def test_no_address_is_in_the_log(start_server: Start, settings: Settings, caplog: pytest.LogCaptureFixture):
    start_server(postbox := Postbox())
    postbox.answers = {"RCPT": ["450 ana@rosario.example is busy", "550 ana@rosario.example is gone"], "DATA": []}
    _send()
    for _ in range(2):
        work_off()
        _all_are_due()
    assert "failed: NotDelivered" in caplog.text
    assert "rosario" not in caplog.text


def test_a_delivered_mail_is_not_delivered_again(start_server: Start):
    start_server(postbox := Postbox())
    _send()
    work_off()
    deliver_mail(mail=Mail.objects.get().pk)
    assert len(postbox.received) == 1


def test_a_demonstration_keeps_its_mails(settings: Settings):
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"demonstration": True})
    _send()
    work_off()
    row = Mail.objects.get()
    assert (row.state, row.to) == (Mail.State.SENT, "ana@rosario.example")
    assert "Dear Ana" in row.text
