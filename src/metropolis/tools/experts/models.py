"""A profile of somebody who can be asked, and each consent to share a part of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Visibility
from metropolis.tools.experts.values import Audience, Availability, FeeKind, LanguageLevel, Level, Shared


class Expert(models.Model):
    """Somebody who knows a topic and may be asked.

    `author` wrote the profile, `person` is whom it is about: the same account, or none when a coordinator added
    somebody who has none. Everything personal is shown only by a `Consent`; the slug says nothing personal either.
    """

    slug = models.SlugField(max_length=120, unique=True)
    initiative = models.ForeignKey("workspaces.Initiative", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Who closes their account takes their profile along.
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=160, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    city = models.ForeignKey(
        "places.City", verbose_name=_("city"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    bio = models.TextField(_("about"), blank=True)
    language = models.CharField(_("language of the text"), max_length=12, default="en")
    methods = models.TextField(_("methods"), blank=True)
    availability = models.CharField(_("availability"), max_length=10, choices=Availability, blank=True)
    availability_note = models.CharField(_("how and when"), max_length=240, blank=True)
    fee_kind = models.CharField(_("fee"), max_length=10, choices=FeeKind, blank=True)
    conflicts = models.TextField(_("interests to declare"), blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    is_fictional = models.BooleanField(default=False)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-updated_at", "-id")
        indexes = (models.Index(fields=["visibility", "-updated_at"], name="experts_as_listed"),)

    def __str__(self) -> str:
        # Never the name: this text ends up in logs and error messages.
        return self.slug

    def get_absolute_url(self) -> str:
        """The page of the expert."""
        return reverse("experts:expert", args=[self.slug])


class Consent(models.Model):
    """One part of a profile may be shared with an audience; without a row nobody but insiders sees it."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="consents")
    field = models.CharField(max_length=15, choices=Shared)
    audience = models.CharField(max_length=10, choices=Audience)
    given_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["expert", "field"], name="one_consent_a_field"),
            models.CheckConstraint(
                condition=~Q(field=Shared.CONTACT, audience=Audience.PUBLIC), name="only_members_send_requests"
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert} {self.field}: {self.audience}"


class Topic(models.Model):
    """A topic the expert knows: the level declared, and the one a coordinator validated, until when."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="topics")
    term = models.ForeignKey("taxonomy.Term", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level)
    validated_level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    validated_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["expert", "term"], name="an_expert_has_a_topic_once"),
            models.CheckConstraint(
                condition=Q(validated_level=None, validated_on=None, expires_on=None)
                | Q(
                    # A comparison with nothing is neither true nor false, and would pass.
                    validated_level__isnull=False,
                    validated_on__isnull=False,
                    expires_on__isnull=False,
                    expires_on__gt=F("validated_on"),
                ),
                name="a_validation_has_dates",
            ),
        )

    def __str__(self) -> str:
        return f"{self.expert} {self.term}"


class SpokenLanguage(models.Model):
    """A language the expert speaks and how well."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField(max_length=12)
    level = models.CharField(max_length=10, choices=LanguageLevel)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["expert", "language"], name="a_language_is_spoken_once"),)

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Region(models.Model):
    """A region of the world (UN M49) the expert has worked in."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="regions")
    code = models.CharField(max_length=3)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["expert", "code"], name="a_region_is_named_once"),)

    def __str__(self) -> str:
        return self.code


class Evidence(models.Model):
    """A record of any tool that shows the expert's work, and what they did there."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="evidence")
    reference = models.CharField(max_length=160)
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["expert", "reference"], name="evidence_is_named_once"),)

    def __str__(self) -> str:
        return self.reference


class ContactRequest(models.Model):
    """A message from a member to an expert whose address they do not learn."""

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="requests")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.TextField(_("message"), max_length=2000)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["sender", "sent_at"], name="requests_of_a_sender"),)

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d} {self.expert}"
