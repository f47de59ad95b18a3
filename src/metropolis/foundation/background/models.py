"""Who works; the queue itself are the rows of ``django-tasks-db``."""

import uuid

from django.db import models


class Worker(models.Model):
    """A process that works the queue off. When `alive_until` has passed, its tasks go to another one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    alive_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
