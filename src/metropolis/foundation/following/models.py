"""What people were told, and how they want to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.following.values import Frequency, What
from metropolis.foundation.records.values import Reference

#: What is neither read nor mailed.
WAITING = Q(read_at=None, mailed_at=None)


class Notice(models.Model):
    """Something a person is told: what happened to which record, and why they are told.

    It holds no title: what a record says is read when it is shown, by who may see it then. The same `key` tells a
    person once, however often it is tried.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    what = models.CharField(max_length=8, choices=What)
    record_kind = models.CharField(max_length=30)
    record_key = models.CharField(max_length=120)
    why_kind = models.CharField(max_length=30)
    why_key = models.CharField(max_length=120)
    told_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "key"], name="told_once"),)
        indexes = (
            models.Index(fields=["person", "-id"], name="notices_as_listed"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notices_not_read"),
            models.Index(fields=["told_at"], condition=WAITING, name="notices_not_mailed"),
            models.Index(fields=["record_kind", "record_key"], name="notices_of_a_record"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"

    @property
    def reference(self) -> Reference:
        """The record it tells of."""
        return Reference(kind=self.record_kind, key=self.record_key)

    @property
    def why(self) -> Reference:
        """What the person follows, or asked for, that they are told of it."""
        return Reference(kind=self.why_kind, key=self.why_key)


class Delivery(models.Model):
    """How often somebody is sent a mail; who has no row has chosen nothing yet, and is sent one a day."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    frequency = models.CharField(_("mails"), max_length=12, choices=Frequency, default=Frequency.DAILY)

    def __str__(self) -> str:
        return f"{self.person_id} {self.frequency}"
