"""Initiatives: the workspaces in which cities work together, each with the tools it has switched on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspacesConfig(AppConfig):
    """The room of initiatives."""

    name = "metropolis.foundation.workspaces"
    label = "workspaces"

    def ready(self) -> None:
        """Offer initiatives to the exchange."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.workspaces import queries  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.planned import PLANNED  # noqa: PLC0415

        self.cards = PLANNED
        self.record_kinds = (
            RecordKind("initiative", _("Initiative"), _("Initiatives"), queries.findable, queries.visible_keys),
        )
