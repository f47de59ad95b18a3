"""Delivering mails."""

from django_tasks import task

from metropolis.foundation.background.values import MAIL
from metropolis.foundation.mail import operations


@task(queue_name=MAIL)
def deliver_mail(mail: int) -> None:
    """Hand one mail to the mail server."""
    operations.deliver_mail(mail=mail)
