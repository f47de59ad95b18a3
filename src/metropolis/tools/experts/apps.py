"""The card of the experts tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExpertsConfig(AppConfig):
    """Who knows what, in which languages, and may be asked."""

    name = "metropolis.tools.experts"
    label = "experts"

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.foundation.workspaces.values import Role  # noqa: PLC0415
        from metropolis.tools.experts import queries  # noqa: PLC0415

        self.cards = (
            ToolCard(
                slug=queries.TOOL,
                title=_("Experts"),
                purpose=_("Who knows what, in which languages, and may be asked; nothing personal without consent."),
                needs={
                    "experts.add_own_profile": Role.CONTRIBUTOR,
                    "experts.add_expert": Role.COORDINATOR,
                    "experts.change_expert": Role.COORDINATOR,
                    "experts.publish_expert": Role.COORDINATOR,
                    "experts.delete_expert": Role.COORDINATOR,
                    "experts.validate_topic": Role.COORDINATOR,
                },
                kinds=(RecordKind("expert", _("Expert"), _("Experts"), queries.findable, queries.visible_keys),),
                panel=queries.panel,
            ),
        )
