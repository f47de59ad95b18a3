"""Which challenges were answered; those that were not leave no trace."""

from django.db import models


class Answered(models.Model):
    """A challenge that was answered, so that nobody answers it again.

    `is_solved`: the answer was right and has not been used yet.
    """

    nonce = models.CharField(max_length=32, unique=True)
    is_solved = models.BooleanField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce
