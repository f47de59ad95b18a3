"""The history, and the lists of what follows from it: changes to index, and deeds to tell of."""

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One thing somebody did to one record; never changed afterwards."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    workspace = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=["kind", "key", "-id"], name="history_of_a_record"),
            models.Index(fields=["workspace", "-id"], name="history_of_a_workspace"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.kind}:{self.key}"


class Change(models.Model):
    """A record that changed and is not yet in the search index.

    Written in the transaction of the change itself, so that no change is missed, and removed by the index once it has
    taken the change in: a crash between the two only means that the record is indexed twice.
    """

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Untold(models.Model):
    """A deed that those who follow the record have not been told of yet.

    Written and removed as `Change` is: with the deed, and with the telling.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.entry)
