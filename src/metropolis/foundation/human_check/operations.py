"""Answering a challenge, and using the answer: each once."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.human_check.engine import normalised
from metropolis.foundation.human_check.models import Answered
from metropolis.foundation.human_check.queries import is_solved
from metropolis.foundation.human_check.values import USED_WITHIN, Challenge
from metropolis.foundation.limits.operations import refund, spend

#: Wrong answers of one address or account, and within which time.
WRONG_ANSWERS = 30
PICTURES_AND_SOUNDS = 120
WITHIN = timedelta(minutes=10)


def show_challenge(*, token: str, shown_to: Collection[str]) -> Challenge:
    """The challenge of a token, to be drawn or spoken to `shown_to` (as `limits.values.callers` names them).

    `NotFound` when it is too old, `TooMany` after `PICTURES_AND_SOUNDS` of one address or account.
    """
    challenge = Challenge.of(token)
    for caller in shown_to:
        spend(limit="human check shown", key=caller, most=PICTURES_AND_SOUNDS, within=WITHIN)
    return challenge


def answer_challenge(*, token: str, answer: str, answered_by: Collection[str] = ()) -> None:
    """Answer a challenge; capitals, small letters and spaces are all the same. A solved one needs no second answer.

    `InvalidInput` for a wrong answer and for a challenge that was answered before, `NotFound` for one that is too old,
    `TooMany` after `WRONG_ANSWERS` of one address or account. Not atomic: a wrong answer has to stay counted.
    """
    if is_solved(token):
        return
    challenge = Challenge.of(token)
    for caller in answered_by:
        spend(limit="human check wrong", key=caller, most=WRONG_ANSWERS, within=WITHIN)
    is_right = constant_time_compare(normalised(answer), challenge.answer)
    now = timezone.now()
    Answered.objects.filter(expires_at__lte=now).delete()
    answered = {"is_solved": is_right, "expires_at": now + USED_WITHIN}
    _row, is_first = Answered.objects.get_or_create(nonce=challenge.nonce, defaults=answered)
    if not is_first:
        raise InvalidInput(_("This picture was answered before. Here is a new one."))
    if not is_right:
        raise InvalidInput(_("These were not the characters. Here are new ones; you can also listen to them."))
    for caller in answered_by:
        refund(limit="human check wrong", key=caller)


def use_challenge(*, token: str) -> None:
    """Use the right answer for one deed; `InvalidInput` when there is none, or when it was used before."""
    solved = Answered.objects.filter(nonce=Challenge.of(token).nonce, is_solved=True, expires_at__gt=timezone.now())
    if not solved.update(is_solved=False):
        raise InvalidInput(_("This picture was answered before. Here is a new one."))
