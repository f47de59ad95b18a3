"""The card of the practices tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """What worked, and what did not, told so that another city can learn from it."""

    name = "metropolis.tools.practices"
    label = "practices"

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.foundation.workspaces.values import Role  # noqa: PLC0415
        from metropolis.tools.practices import queries  # noqa: PLC0415

        self.cards = (
            ToolCard(
                slug="practices",
                title=_("Practices"),
                purpose=_("What the city tried, with its parts, costs, results and lessons."),
                needs={
                    "practices.add_practice": Role.CONTRIBUTOR,
                    "practices.change_practice": Role.COORDINATOR,
                    "practices.publish_practice": Role.COORDINATOR,
                    "practices.delete_practice": Role.COORDINATOR,
                    "practices.translate_practice": Role.CONTRIBUTOR,
                    "practices.review_practice": Role.COORDINATOR,
                    "practices.import_practices": Role.COORDINATOR,
                },
                kinds=(RecordKind("practice", _("Practice"), _("Practices"), queries.findable, queries.visible_keys),),
                panel=queries.panel,
            ),
        )
