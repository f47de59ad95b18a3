"""A barometer of cities, its editions with all they are computed from, and what cities say of their own data."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.values import Visibility
from metropolis.tools.barometer.values import LABEL


class Barometer(models.Model):
    """An index of cities that appears in editions."""

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    one_line = models.CharField(_("in one line"), max_length=240)
    summary = models.TextField(_("what it measures, and why"), max_length=4000)
    language = models.CharField(_("language of the text"), max_length=12, default="en")
    terms = models.ManyToManyField("taxonomy.Term", related_name="+")
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of its last edition."""
        return reverse("barometer:barometer", args=[self.slug])


class Edition(models.Model):
    """One issue of a barometer. Once published nothing of it changes: a correction is another edition.

    `material` is all it is computed from, `outcome` what was computed, both as JSON in full precision. Of a draft,
    `former` is the material before its last change, and `refused` the report on the last tables that were not taken.
    """

    class State(models.TextChoices):
        """Who may see it: its makers, the cities in it too, or whoever sees the barometer."""

        DRAFT = "draft", pgettext_lazy("edition", "Draft")
        CONSULTATION = "consultation", _("With the cities for comment")
        PUBLISHED = "published", pgettext_lazy("edition", "Published")

    class Progress(models.TextChoices):
        """How far intervals and sensitivity are computed."""

        NOTHING = "nothing", _("Nothing to compute yet")
        WAITING = "waiting", _("Being computed")
        DONE = "done", _("Computed")
        REFUSED = "refused", _("Cannot be computed")

    barometer = models.ForeignKey(Barometer, on_delete=models.CASCADE, related_name="editions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    label = models.SlugField(
        _("label"),
        max_length=40,
        validators=[RegexValidator(LABEL, _("Use small letters, digits and hyphens."))],
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    # Said on every page and chart of the edition where it is so.
    synthetic_note = models.CharField(_("where synthetic values come from"), max_length=400, blank=True)
    source_note = models.TextField(_("where the data come from"), max_length=2000, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    material = models.TextField(default="{}", editable=False)
    former = models.TextField(default="", blank=True, editable=False)
    refused = models.TextField(default="", blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    outcome = models.TextField(default="", editable=False)
    progress = models.CharField(max_length=8, choices=Progress, default=Progress.NOTHING)
    problem = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        # The newest first: by when they were published, drafts before all.
        ordering = (models.F("published_at").desc(nulls_first=True), "-id")
        constraints = (
            models.UniqueConstraint(fields=["barometer", "label"], name="an_edition_has_its_own_label"),
            models.CheckConstraint(
                condition=models.Q(state="published") ^ models.Q(published_at=None),
                name="a_published_edition_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(progress="done"),
                name="a_published_edition_is_computed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.barometer} {self.label}"

    def get_absolute_url(self) -> str:
        """Its overview."""
        return reverse("barometer:edition", args=[self.barometer.slug, self.label])


class Unit(models.Model):
    """One of an edition's units: the city it is, once that is known."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="units")
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    city = models.ForeignKey("places.City", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["edition", "code"], name="a_unit_has_its_own_code"),)

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    """What a city says of its own data before they are published, and what the makers answer."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="comments")
    unit = models.CharField(max_length=120)
    node = models.CharField(max_length=120, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text[:80]
