"""What was spent of each limit."""

from django.db import models


class Allowance(models.Model):
    """The moments (seconds since 1970) at which one key spent of one limit, oldest first.

    `key` is a keyed hash: neither the address nor the account can be read from it.
    """

    key = models.CharField(max_length=64, unique=True)
    moments = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
