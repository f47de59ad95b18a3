"""A challenge: a few characters that follow from a random name and the site's secret key, and are kept nowhere."""

import secrets
from datetime import timedelta
from random import Random
from typing import NamedTuple

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound, Value
from metropolis.foundation.human_check.engine import characters_of

#: How long a challenge can be answered, and an answer be used.
ANSWERED_WITHIN = timedelta(minutes=30)
USED_WITHIN = timedelta(hours=1)

_SIGNER = signing.TimestampSigner(salt="human-check")


class Challenge(Value):
    """What one is asked once. `token`, the signed name with its time, may be seen by anybody."""

    nonce: str
    token: str

    @classmethod
    def new(cls) -> "Challenge":
        """A challenge nobody has seen."""
        nonce = secrets.token_urlsafe(15)
        return cls(nonce=nonce, token=_SIGNER.sign(nonce))

    @classmethod
    def of(cls, token: str) -> "Challenge":
        """The challenge of a token; `NotFound` when it is not ours or too old."""
        try:
            return cls(nonce=_SIGNER.unsign(token, max_age=ANSWERED_WITHIN), token=token)
        except signing.BadSignature as error:
            raise NotFound(_("This picture is too old. Here is a new one.")) from error

    @property
    def answer(self) -> str:
        """The characters themselves."""
        return characters_of(self._secret("answer"))

    @property
    def hand(self) -> Random:
        """Draws the same picture whenever it is asked for: many pictures of one challenge would give it away."""
        return Random(self._secret("hand"))  # noqa: S311 - seeded by a secret

    def _secret(self, purpose: str) -> bytes:
        return salted_hmac(f"human-check {purpose}", self.nonce, algorithm="sha256").digest()


class Reply(NamedTuple):
    """What came back: the token of the challenge and what was typed, or the wish for another picture."""

    token: str = ""
    answer: str = ""
    wants_new: bool = False
