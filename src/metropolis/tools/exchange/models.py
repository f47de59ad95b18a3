"""What cities want and can give, what was found for them, and the searches people keep."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.values import Visibility, validate_partial_date


class Need(models.Model):
    """Something a city wants to do, or can give to others, in its own words."""

    class Kind(models.TextChoices):
        """Whether the city asks or gives."""

        NEED = "need", _("Need")
        OFFER = "offer", _("Offer")

    class Status(models.TextChoices):
        """Whether an answer is still wanted."""

        OPEN = "open", _("Open")
        MET = "met", _("Met")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.NEED)
    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    city = models.ForeignKey("places.City", verbose_name=_("city"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("in your own words"), max_length=4000)
    language = models.CharField(_("language of the text"), max_length=12, default="en")
    terms = models.ManyToManyField("taxonomy.Term", related_name="+")
    constraints = models.TextField(_("constraints"), max_length=2000, blank=True)
    by_when = models.CharField(_("by when"), max_length=10, blank=True, validators=[validate_partial_date])
    open_until = models.DateField(_("open until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    is_demonstration = models.BooleanField(default=False, editable=False)
    form_key = models.CharField(max_length=120, blank=True, editable=False)
    matched_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["kind", "visibility", "-created_at"], name="needs_as_listed"),
            models.Index(fields=["id"], condition=Q(matched_at=None), name="needs_to_be_matched"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["author", "form_key"], condition=~Q(form_key=""), name="a_form_makes_one_need"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the need or offer."""
        return reverse("exchange:need", args=[self.slug])

    def is_open(self, today: date) -> bool:
        """Whether an answer is still wanted on a day."""
        return self.status == self.Status.OPEN and (self.open_until is None or self.open_until >= today)

    def status_on(self, today: date) -> str:
        """What its author said of it, or that its time is over by a day."""
        is_over = self.status == self.Status.OPEN and not self.is_open(today)
        return str(_("No longer open")) if is_over else self.get_status_display()


class Match(models.Model):
    """A record that was found to answer a need, kept as an alert until its author has looked at it."""

    class State(models.TextChoices):
        """What the author made of it."""

        NEW = "new", _("New")
        KEPT = "kept", _("Kept")
        DISMISSED = "dismissed", pgettext_lazy("state of a match", "Set aside")

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="matches")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    score = models.FloatField()
    fit = models.FloatField(null=True)
    quote = models.TextField(blank=True)
    quote_language = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    found_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "id")
        constraints = (models.UniqueConstraint(fields=["need", "kind", "key"], name="a_match_is_found_once"),)

    def __str__(self) -> str:
        return f"{self.need_id} · {self.kind}:{self.key}"


class SavedSearch(models.Model):
    """A search somebody keeps, and is told of as long as they follow it.

    `query` is what its address says, `question` what that asks for. `known` are the records it had found before (None
    until it has been tried): what comes besides is new. Without `matched_at` it waits to be tried.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    query = models.CharField(max_length=2000, blank=True)
    question = models.JSONField()
    known = models.JSONField(null=True)
    matched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=["id"], condition=Q(matched_at=None), name="searches_to_be_tried"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of its answers."""
        return f"{reverse('exchange:search')}?{self.query}"
