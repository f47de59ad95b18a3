"""Links between records of any two tools, who follows what, and translations of what people write, row by row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Link(models.Model):
    """One record points to another: a practice adapted from a practice, a need answered by an expert."""

    from_kind = models.CharField(max_length=30)
    from_key = models.CharField(max_length=120)
    relation = models.CharField(max_length=40)
    to_kind = models.CharField(max_length=30)
    to_key = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["from_kind", "from_key", "relation", "to_kind", "to_key"], name="one_link_of_a_relation"
            ),
        )
        indexes = (models.Index(fields=["to_kind", "to_key"], name="links_to_a_record"),)

    def __str__(self) -> str:
        return f"{self.from_kind}:{self.from_key} {self.relation} {self.to_kind}:{self.to_key}"


class Follow(models.Model):
    """A person wants to hear of a record, or of anything else with an address: a city, a topic, a saved search."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "kind", "key"], name="a_person_follows_once"),)
        indexes = (models.Index(fields=["kind", "key"], name="followers_of_a_record"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}:{self.key}"


class Translation(models.Model):
    """One field of one record in one other language, with where it comes from and the source it was made of."""

    class Origin(models.TextChoices):
        """Who made the translation."""

        AUTHOR = "author", _("By the author")
        TRANSLATOR = "translator", _("By a translator")
        MACHINE = "machine", _("By a machine, not checked")
        MACHINE_CHECKED = "machine_checked", _("By a machine, checked by a person")

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    field = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    text = models.TextField()
    origin = models.CharField(max_length=20, choices=Origin)
    source_hash = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "field", "language"], name="one_translation_of_a_field"),
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.key} {self.field} ({self.language})"
