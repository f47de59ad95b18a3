"""The queue's own housekeeping."""

from django.utils import timezone
from django_tasks import task

from metropolis.foundation.background import operations


@task()
def forget_finished() -> int:
    """Forget tasks that ended long ago; how many."""
    return operations.forget_finished(now=timezone.now())
