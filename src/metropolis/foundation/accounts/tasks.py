"""Packing data, deleting accounts, looking domains up and forgetting what is over, in the background."""

from django.utils import timezone
from django_tasks import task

from metropolis.foundation.accounts import operations
from metropolis.foundation.background.values import SLOW


@task(queue_name=SLOW)
def make_archive(export: int) -> None:
    """Pack what is held of a person."""
    operations.make_archive(export=export)


@task()
def close_account(closing: int) -> None:
    """Delete one account whose time has come."""
    operations.close_account(closing=closing, now=timezone.now())


@task()
def close_due_accounts() -> None:
    """Look for accounts whose time has come."""
    operations.close_due_accounts(now=timezone.now())


@task(queue_name=SLOW)
def recheck_domains() -> None:
    """Have the verified domains looked up again."""
    operations.recheck_domains(now=timezone.now())


@task(queue_name=SLOW)
def recheck_domain(domain: int) -> None:
    """Look up one domain, which takes as long as its name servers take."""
    operations.recheck_domain(domain=domain)


@task()
def forget_archives() -> None:
    """Delete archives that were kept long enough."""
    operations.forget_archives(now=timezone.now())


@task(queue_name=SLOW)
def forget_unconfirmed() -> None:
    """Delete accounts whose address nobody has confirmed."""
    operations.forget_unconfirmed(now=timezone.now())


@task()
def forget_sessions() -> None:
    """Delete sessions that have expired."""
    operations.forget_sessions(now=timezone.now())
