"""Messages to the secretariat, and problems reported on records."""

from django.conf import settings
from django.db import models

from metropolis.foundation.contact.values import LONGEST_MESSAGE, Outcome, Reason, Topic
from metropolis.foundation.records.values import validate_name


class Message(models.Model):
    """What somebody wrote, and who answered it."""

    topic = models.CharField(max_length=12, choices=Topic)
    name = models.CharField(max_length=120, validators=[validate_name])
    email = models.EmailField()
    text = models.TextField(max_length=LONGEST_MESSAGE)
    language = models.CharField(max_length=12)
    # Gone with the account, as what was sent from its address without signing in: it holds a name and an address.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = (models.Index(fields=["answered_at", "-id"], name="messages_not_answered"),)

    def __str__(self) -> str:
        return f"{self.get_topic_display()} · {self.name}"


class Problem(models.Model):
    """Something wrong with a record, and what became of it. The record is kept as it was named when it was reported."""

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    initiative = models.ForeignKey("workspaces.Initiative", null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    text = models.TextField(max_length=LONGEST_MESSAGE)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    note = models.TextField(blank=True, max_length=LONGEST_MESSAGE)

    class Meta:
        indexes = (models.Index(fields=["outcome", "-id"], name="problems_by_outcome"),)

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.title}"
