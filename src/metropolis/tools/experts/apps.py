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
        from metropolis.foundation.workspaces.values import Right, Role  # noqa: PLC0415
        from metropolis.tools.experts import queries  # noqa: PLC0415

        self.cards = (
            ToolCard(
                slug=queries.TOOL,
                title=_("Experts"),
                purpose=_("Who knows what, in which languages, and may be asked; nothing personal without consent."),
                needs={
                    "experts.add_own_profile": Right(Role.CONTRIBUTOR, _("Add one’s own profile as an expert")),
                    "experts.add_expert": Right(Role.COORDINATOR, _("Add the profile of an expert without an account")),
                    "experts.change_expert": Right(Role.COORDINATOR, _("Change the profile of an expert")),
                    "experts.publish_expert": Right(Role.COORDINATOR, _("Choose who may see an expert’s profile")),
                    "experts.delete_expert": Right(Role.COORDINATOR, _("Delete an expert’s profile")),
                    "experts.validate_topic": Right(Role.COORDINATOR, _("Validate what an expert knows")),
                },
                kinds=(RecordKind("expert", _("Expert"), _("Experts"), queries.findable, queries.visible_keys),),
                panel=queries.panel,
            ),
        )
