"""People, organisations of every kind, and memberships."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


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
        person = self.model(email=email, name=name, network_role=NetworkRole.SECRETARIAT)
        person.set_password(password)
        person.full_clean()
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody who can sign in."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
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

    slug = models.SlugField(max_length=120, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    city = models.ForeignKey("places.City", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    website = models.URLField(_("website"), blank=True)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the organisation."""
        return reverse("accounts:organisation", args=[self.slug])


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


class FailedSignIn(models.Model):
    """A wrong password within the last hour, to slow down guessing.

    Guesses from a device on which the person has signed in before are counted apart, so that somebody else's guesses do
    not lock the person out.
    """

    email = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    is_known_device = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["email", "at"], name="guesses_of_an_account"),
            models.Index(fields=["address", "at"], name="guesses_from_an_address"),
        )

    def __str__(self) -> str:
        return self.email
