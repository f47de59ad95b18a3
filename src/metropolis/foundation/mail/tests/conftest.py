"""Templates of invented mails, and a real mail server on this machine."""

import socket
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings

TEMPLATES = Path(__file__).parent / "templates"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Postbox:
    """What a mail server does with what it is handed: keep it, or answer with `answers`, one after the other."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answers: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self.before_the_answer: Callable[[], object] = bool

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answers["RCPT"]:
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        if self.answers["DATA"]:
            return self.answers["DATA"].pop(0)
        self.received.append(envelope)
        self.before_the_answer()
        return "250 OK"


@pytest.fixture
def templates(settings: Settings) -> None:
    engines: list[dict[str, Any]] = deepcopy(settings.TEMPLATES)
    engines[0]["DIRS"] = [TEMPLATES]
    settings.TEMPLATES = engines


@pytest.fixture
def start_server(settings: Settings) -> Iterator[Callable[[Postbox], Controller]]:
    """Call it to have a mail server listen where the site delivers its mails."""
    running: list[Controller] = []
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    def start(postbox: Postbox) -> Controller:
        controller = Controller(postbox, hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        return controller

    yield start
    for controller in running:
        controller.stop(no_assert=True)
