"""Initiatives: the workspaces in which cities work together, each with the tools it has switched on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class WorkspacesConfig(AppConfig):
    """The room of initiatives."""

    name = "metropolis.foundation.workspaces"
    label = "workspaces"
    personal_data = (
        PersonalData("workspaces.Member.person", _("Initiatives you are a member of")),
        PersonalData("workspaces.Initiative.author", _("Initiatives you started")),
        PersonalData(
            "workspaces.Invitation.email",
            _("Invitations to initiatives"),
            ("initiative", "email", "role", "expires_at"),
            is_address=True,
        ),
        PersonalData(
            "workspaces.Invitation.invited_by",
            _("Invitations to initiatives that you sent"),
            ("initiative", "role", "expires_at"),
        ),
    )

    def ready(self) -> None:
        """Offer initiatives to the exchange."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.records.values import Listing, PublicKind, Stewardship  # noqa: PLC0415
        from metropolis.foundation.workspaces import queries  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.pages import reading  # noqa: PLC0415
        from metropolis.foundation.workspaces.planned import PLANNED  # noqa: PLC0415

        self.cards = PLANNED
        self.record_kinds = (
            RecordKind("initiative", _("Initiative"), _("Initiatives"), queries.findable, queries.visible_keys),
        )
        self.public_kinds = (
            PublicKind("initiative", "workspaces:initiative", "Project", queries.findable, queries.addresses),
        )
        self.stewardship = Stewardship(
            queries.stewarded_alone,
            _("Initiatives of which you are the only steward: until they have another, the network’s editors decide."),
        )
        self.listings = (
            Listing("workspaces:initiatives", _("Initiatives"), reading.latest, reading.points_of, reading.FILTERS),
            Listing(
                "workspaces:initiative",
                _("Initiative"),
                reading.latest_within,
                reading.places_of,
                reading.FILTERS_WITHIN,
            ),
            Listing("workspaces:rights", _("Who may do what")),
            Listing("pages:about", _("About Metropolis")),  # the pages room is below the records and cannot say so
        )
