"""People, organisations of every kind, and memberships."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.records.values import validate_name


class NetworkRole(models.TextChoices):
    """What a person may do across the whole network."""

    MEMBER = "member", _("Member")
    EDITOR = "editor", _("Editor")
    SECRETARIAT = "secretariat", _("Secretariat")


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the e-mail address they sign in with, whatever its letters' case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person who signs in with this address."""
        return self.get(email__iexact=username)

    def create_superuser(self, email: str, name: str, password: str | None = None) -> "Person":
        """Somebody of the secretariat: what ``metropolis manage createsuperuser`` makes on a new site."""
        person = self.model(email=email.lower(), name=name, network_role=NetworkRole.SECRETARIAT)
        person.set_password(password)
        person.full_clean()
        person.save()
        # Whoever runs the command vouches for the address.
        person.emailaddress_set.create(email=person.email, verified=True, primary=True)
        return person


class Person(AbstractBaseUser):
    """Somebody who can sign in."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, validators=[validate_name])
    language = models.CharField(_("language"), max_length=12, blank=True)
    network_role = models.CharField(max_length=12, choices=NetworkRole, default=NetworkRole.MEMBER)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="one_person_per_email_in_any_case"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_editor(self) -> bool:
        """Whether this person edits and publishes for the whole network."""
        return self.network_role in {NetworkRole.EDITOR, NetworkRole.SECRETARIAT}


class Organisation(models.Model):
    """A body that leads, supports or takes part."""

    class Kind(models.TextChoices):
        """The kinds of organisation the network knows."""

        CITY = "city", _("City government")
        METROPOLITAN = "metropolitan", _("Metropolitan authority")
        NATIONAL = "national", _("National or regional government")
        BUSINESS = "business", _("Business")
        UNIVERSITY = "university", _("University or research institute")
        ASSOCIATION = "association", _("Association")
        CLUB = "club", _("Club")
        FOUNDATION = "foundation", _("Foundation")
        INTERNATIONAL = "international", _("International body")

    #: The kinds that can speak for a city.
    GOVERNMENTS = (Kind.CITY, Kind.METROPOLITAN, Kind.NATIONAL)

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=200, validators=[validate_name])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    city = models.ForeignKey("places.City", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    website = models.URLField(_("website"), blank=True)
    #: When the secretariat found that it is what it says: its name, its kind and its city.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the organisation."""
        return reverse("accounts:organisation", args=[self.slug])

    @property
    def claim(self) -> str:
        """What the secretariat confirms, in one text: it differs once a steward has changed it."""
        return f"{self.name} · {self.kind} · {self.city_id}"


class Membership(models.Model):
    """A person belongs to an organisation."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    is_steward = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "organisation"], name="one_membership_each"),)

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class JoinRequest(models.Model):
    """Somebody asks to belong to an organisation; one that was decided stays for the person to read the reason."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", pgettext_lazy("a request", "Waiting")
        APPROVED = "approved", pgettext_lazy("a request", "Approved")
        DECLINED = "declined", pgettext_lazy("a request", "Declined")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="join_requests")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="join_requests")
    message = models.TextField(_("message"), max_length=1000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "person"],
                condition=models.Q(state="waiting"),
                name="one_asks_an_organisation_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_state_display()})"


class Invitation(models.Model):
    """Whoever holds this e-mail address may become a member of an organisation, until a day; gone once it is used."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    is_steward = models.BooleanField(_("as a steward"), default=False)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(_("invited at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("open until"))

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("organisation", Lower("email"), name="one_invitation_an_address_and_organisation"),
        )

    def __str__(self) -> str:
        # Never the address: this text ends up in logs and error messages.
        return f"{self.organisation} · {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.expires_at > timezone.now()


class VerifiedDomain(models.Model):
    """A domain of an organisation; once verified, people with a confirmed address of it become members."""

    class Proof(models.TextChoices):
        """How the domain was verified."""

        DNS = "dns", _("By a record in its DNS")
        SECRETARIAT = "secretariat", _("By the network’s secretariat")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=40)
    proof = models.CharField(_("verified"), max_length=12, choices=Proof, blank=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    verified_at = models.DateTimeField(_("verified at"), null=True)

    class Meta:
        ordering = ("domain",)
        constraints = (
            models.UniqueConstraint(fields=["organisation", "domain"], name="a_domain_is_named_once"),
            # Anybody may claim a domain; only one organisation can hold it.
            models.UniqueConstraint(
                fields=["domain"], condition=models.Q(verified_at__isnull=False), name="a_domain_has_one_organisation"
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at=None, proof="")
                | models.Q(verified_at__isnull=False) & ~models.Q(proof=""),
                name="a_verified_domain_has_a_proof",
            ),
        )

    def __str__(self) -> str:
        return self.domain


class DataExport(models.Model):
    """A copy of a person's data that was asked for; its file is made in the background and kept for some days."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_exports")
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready at"), null=True)
    file = models.FileField(upload_to="exports/", blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class AccountClosing(models.Model):
    """A person wants their account deleted; until `due_at` they can come back."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="closing")
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    due_at = models.DateTimeField(_("to be deleted at"), db_index=True)

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d}"
