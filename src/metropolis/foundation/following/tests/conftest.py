"""A real mail server, as the mail room has it."""

from metropolis.foundation.mail.tests.conftest import start_server

__all__ = ["start_server"]
