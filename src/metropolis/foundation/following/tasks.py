"""What workers do here."""

from django.utils import timezone
from django_tasks import task

from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.following import operations


@task()
def tell() -> None:
    """Tell followers what happened, and plan the digests that are due; what is left is told at once after that."""
    now = timezone.now()
    if operations.tell_news():
        enqueue(tell, key=f"tell on {now.timestamp()}")
    operations.plan_digests(now=now)


@task()
def send_digest(person: int) -> None:
    """Write one person's digest."""
    operations.send_digest(person=person)


@task()
def forget_old_notices() -> None:
    """Delete what was told long ago."""
    operations.forget_old_notices(now=timezone.now())
