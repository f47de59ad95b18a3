"""People, the organisations they belong to, and how they sign in."""

from typing import Any

from allauth.account.signals import email_confirmed
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Listing, PersonalData, PublicKind, Stewardship


class AccountsConfig(AppConfig):
    """The room of people and organisations."""

    name = "metropolis.foundation.accounts"
    label = "accounts"
    personal_data = (
        PersonalData(
            "accounts.Person.pk",
            _("Your account"),
            ("email", "name", "language", "network_role", "joined_at", "last_login"),
        ),
        PersonalData("account.EmailAddress.user", _("Your e-mail addresses"), ("email", "verified", "primary")),
        PersonalData(
            "mfa.Authenticator.user",
            _("Your passkeys and other second steps"),
            ("type", "created_at", "last_used_at"),
        ),
        PersonalData(
            "socialaccount.SocialAccount.user",
            _("Identity providers you sign in by"),
            ("provider", "uid", "date_joined"),
        ),
        PersonalData(
            "usersessions.UserSession.user",
            _("Where you are signed in"),
            ("ip", "user_agent", "created_at", "last_seen_at"),
        ),
        PersonalData("accounts.Membership.person", _("Organisations you belong to")),
        PersonalData(
            "accounts.JoinRequest.person",
            _("Your requests to join organisations"),
            ("organisation", "message", "state", "reason", "asked_at", "decided_at"),
        ),
        PersonalData(
            "accounts.JoinRequest.decided_by",
            _("Requests to join that you decided"),
            ("organisation", "state", "reason", "decided_at"),
        ),
        PersonalData(
            "accounts.Invitation.email",
            _("Invitations to your e-mail addresses"),
            ("organisation", "email", "is_steward", "invited_at", "expires_at"),
            is_address=True,
        ),
        PersonalData(
            "accounts.Invitation.invited_by",
            _("Invitations you sent"),
            ("organisation", "is_steward", "invited_at", "expires_at"),
        ),
        PersonalData(
            "accounts.VerifiedDomain.asked_by",
            _("Domains you named for organisations"),
            ("organisation", "domain", "asked_at", "verified_at"),
        ),
        PersonalData("accounts.DataExport.person", _("Archives of your data"), ("asked_at", "ready_at")),
        PersonalData("accounts.AccountClosing.person", _("Your wish to have the account deleted")),
    )

    def ready(self) -> None:
        """Offer organisations to be shared, and hear of addresses that were confirmed."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.accounts.pages.organisations import FILTERS, latest  # noqa: PLC0415
        from metropolis.foundation.accounts.queries import public, stewarded_alone  # noqa: PLC0415

        self.public_kinds = (
            PublicKind(
                "organisation",
                "accounts:organisation",
                "Organization",
                public.findable_organisations,
                public.organisation_addresses,
            ),
        )
        self.stewardship = Stewardship(
            stewarded_alone,
            _("Organisations of which you are the only steward: until they have another, the secretariat decides."),
        )
        self.listings = (Listing("accounts:organisations", _("Organisations"), latest, filters=FILTERS),)
        # Several of allauth's ways confirm an address, and have only a signal in common.
        email_confirmed.connect(_keep_confirmed_email)


def _keep_confirmed_email(email_address: Any, **_options: Any) -> None:
    # Imported here because the models are not there yet when this module is.
    from metropolis.foundation.accounts.operations import confirm_email  # noqa: PLC0415

    confirm_email(person=email_address.user, email=email_address.email)
