"""Initiatives, their partners, members and tools in use."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Visibility, validate_partial_date
from metropolis.foundation.workspaces.values import Role, validate_figures, validate_links, validate_sources


class Initiative(models.Model):
    """A project or service led by a city and made together with others; also the workspace it is made in."""

    class Status(models.TextChoices):
        """Where an initiative stands."""

        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        STOPPED = "stopped", _("Stopped")

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    title = models.CharField(_("title"), max_length=160)
    one_line = models.CharField(_("in one line"), max_length=240)
    story = models.TextField(_("story"), blank=True)
    language = models.CharField(_("language of the text"), max_length=12, default="en")
    lead = models.CharField(_("lead"), max_length=200, blank=True)
    lead_city = models.ForeignKey(
        "places.City",
        verbose_name=_("city that leads"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    cities = models.ManyToManyField("places.City", verbose_name=_("cities where it happens"), related_name="+")
    terms = models.ManyToManyField("taxonomy.Term", related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, blank=True, default="")
    stopped_why = models.TextField(_("why it stopped"), blank=True)
    started_on = models.CharField(_("start"), max_length=10, blank=True, validators=[validate_partial_date])
    ended_on = models.CharField(_("end"), max_length=10, blank=True, validators=[validate_partial_date])
    seeks = models.TextField(_("what it seeks"), blank=True)
    offers = models.TextField(_("what it offers"), blank=True)
    contact_role = models.CharField(_("whom to ask (a role, not a name)"), max_length=160, blank=True)
    working_languages = models.JSONField(_("working languages"), default=list, blank=True)
    figures = models.JSONField(_("facts and figures"), default=list, blank=True, validators=[validate_figures])
    links = models.JSONField(_("links"), default=list, blank=True, validators=[validate_links])
    sources = models.JSONField(_("sources"), default=list, blank=True, validators=[validate_sources])
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.DRAFT)
    is_open = models.BooleanField(_("every member of the network may contribute"), default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the initiative."""
        return reverse("workspaces:initiative", args=[self.slug])


class Partner(models.Model):
    """A city or an organisation that takes part, and as what."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="partners")
    city = models.ForeignKey("places.City", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=200, blank=True)
    part = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(city__isnull=False) | ~models.Q(organisation=""), name="a_partner_has_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.organisation or (self.city.title if self.city else "")


class Member(models.Model):
    """A person with a role in an initiative."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.PositiveSmallIntegerField(choices=Role)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["initiative", "person"], name="one_role_each"),)

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()}"


class Invitation(models.Model):
    """Whoever holds this e-mail address may become a member of an initiative, until a day; gone once it is used."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.PositiveSmallIntegerField(_("role"), choices=Role)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(_("open until"))

    class Meta:
        ordering = ("-expires_at", "-id")
        constraints = (
            models.UniqueConstraint("initiative", Lower("email"), name="one_invitation_an_address_and_initiative"),
        )

    def __str__(self) -> str:
        # Never the address: this text ends up in logs and error messages.
        return f"{self.initiative} · {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.expires_at > timezone.now()


class ToolInUse(models.Model):
    """A tool an initiative has switched on."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="tools_in_use")
    tool = models.CharField(max_length=30)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["initiative", "tool"], name="a_tool_is_on_once"),)

    def __str__(self) -> str:
        return self.tool
