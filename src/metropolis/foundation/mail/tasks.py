"""Delivering mails."""

from django.utils import timezone
from django_tasks import task

from metropolis.foundation.background.values import MAIL
from metropolis.foundation.mail import operations


@task()
def forget_undelivered() -> None:
    """Delete mails that could not be delivered."""
    operations.forget_undelivered(now=timezone.now())


@task(queue_name=MAIL)
def deliver_mail(mail: int) -> None:
    """Hand one mail to the mail server."""
    operations.deliver_mail(mail=mail)
