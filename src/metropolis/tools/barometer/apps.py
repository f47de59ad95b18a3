"""The card of the barometer tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BarometerConfig(AppConfig):
    """Composite indicators of cities; so far its engine and the command line, no pages."""

    name = "metropolis.tools.barometer"
    label = "barometer"

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models can only be imported once every app is loaded.
        from metropolis.foundation.workspaces.cards import ToolCard  # noqa: PLC0415

        self.cards = (
            ToolCard("barometer", _("Barometer"), _("Measure and follow cities with statistics and surveys.")),
        )
