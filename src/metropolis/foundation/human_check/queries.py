"""What is known of a challenge."""

from django.utils import timezone

from metropolis.engine_kit import NotFound
from metropolis.foundation.human_check.models import Answered
from metropolis.foundation.human_check.values import Challenge


def is_solved(token: str) -> bool:
    """Whether the challenge was answered rightly, and the answer has not been used yet."""
    try:
        nonce = Challenge.of(token).nonce
    except NotFound:
        return False
    return Answered.objects.filter(nonce=nonce, is_solved=True, expires_at__gt=timezone.now()).exists()
