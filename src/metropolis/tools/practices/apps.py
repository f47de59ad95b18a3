"""The card of the practices tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class PracticesConfig(AppConfig):
    """What worked, and what did not, told so that another city can learn from it."""

    name = "metropolis.tools.practices"
    label = "practices"
    personal_data = (
        PersonalData("practices.Practice.author", _("Practices you told")),
        PersonalData("practices.Import.author", _("Files of practices you took in")),
        PersonalData("practices.Practice.reviewer", _("Practices you reviewed"), ("slug", "title", "reviewed_on")),
    )

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.records.values import Listing, PublicKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.foundation.workspaces.values import Right, Role  # noqa: PLC0415
        from metropolis.tools.practices import queries  # noqa: PLC0415
        from metropolis.tools.practices.pages import reading  # noqa: PLC0415

        self.cards = (
            ToolCard(
                slug="practices",
                title=_("Practices"),
                purpose=_("What the city tried, with its parts, costs, results and lessons."),
                needs={
                    "practices.add_practice": Right(Role.CONTRIBUTOR, _("Add a practice")),
                    "practices.change_practice": Right(Role.COORDINATOR, _("Change a practice")),
                    "practices.publish_practice": Right(Role.COORDINATOR, _("Choose who may see a practice")),
                    "practices.delete_practice": Right(Role.COORDINATOR, _("Delete a practice")),
                    "practices.translate_practice": Right(Role.CONTRIBUTOR, _("Translate a practice")),
                    "practices.review_practice": Right(Role.COORDINATOR, _("Check a practice against its sources")),
                    "practices.import_practices": Right(Role.COORDINATOR, _("Take in practices from a file")),
                },
                kinds=(RecordKind("practice", _("Practice"), _("Practices"), queries.findable, queries.visible_keys),),
                panel=queries.panel,
            ),
        )
        self.public_kinds = (
            PublicKind("practice", "practices:practice", "Article", queries.findable, queries.addresses),
        )
        self.listings = (Listing("practices:practices", _("Practices"), reading.latest, filters=reading.FILTERS),)
