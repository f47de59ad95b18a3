"""The terms of each vocabulary, and the terms people miss."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def label_in(labels: Mapping[str, str], language: str | None = None) -> str:
    """Of the labels by language the one in `language` or the reader's, else in English."""
    wanted = (language or get_language() or "en").split("-")[0]
    return labels.get(wanted) or labels["en"]


class Term(models.Model):
    """One entry of a closed vocabulary, with its label in each language."""

    class Vocabulary(models.TextChoices):
        """The vocabularies there are."""

        THEME = "theme", _("Theme")
        TOPIC = "topic", _("Topic")
        SDG = "sdg", _("Sustainable Development Goal")

    vocabulary = models.CharField(max_length=10, choices=Vocabulary)
    code = models.SlugField(max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    labels = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("vocabulary", "position")
        constraints = (models.UniqueConstraint(fields=["vocabulary", "code"], name="one_term_per_code"),)

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str | None = None) -> str:
        """The label in `language` or the reader's, else in English."""
        return label_in(self.labels, language)


class TermSuggestion(models.Model):
    """A term somebody missed, for the editors to take up or not."""

    vocabulary = models.CharField(max_length=10, choices=Term.Vocabulary)
    label = models.CharField(_("term"), max_length=80)
    language = models.CharField(_("language"), max_length=12)
    reason = models.CharField(_("what it is needed for"), max_length=400, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_settled = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label
