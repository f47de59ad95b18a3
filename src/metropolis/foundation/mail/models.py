"""The mails that are on their way, and that earlier ones went out."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Mail(models.Model):
    """One mail to one person, written in the transaction of what it tells of.

    Its Message-ID follows from its key. Once it is settled its texts and its address are taken away: what stays is that
    a mail with this key went out.
    """

    class State(models.TextChoices):
        """How far a mail is."""

        WAITING = "waiting", pgettext_lazy("mail", "Waiting")
        SENT = "sent", pgettext_lazy("mail", "Sent")
        REFUSED = "refused", pgettext_lazy("mail", "Refused by the mail server")

    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    to = models.EmailField(blank=True)
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["state"], name="mails_by_state"),)

    def __str__(self) -> str:
        return self.message_id
