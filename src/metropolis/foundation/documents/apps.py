"""Files and publications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class DocumentsConfig(AppConfig):
    """The room of publications."""

    name = "metropolis.foundation.documents"
    label = "documents"
    personal_data = (PersonalData("documents.Publication.author", _("Publications you added")),)

    def ready(self) -> None:
        """Offer publications to the exchange and to the pages of initiatives."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.documents import pages, queries  # noqa: PLC0415
        from metropolis.foundation.records.values import Listing, PublicKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind  # noqa: PLC0415

        self.record_kinds = (
            RecordKind(
                "publication",
                _("Publication"),
                _("Publications"),
                queries.findable,
                queries.visible_keys,
                queries.panel,
            ),
        )
        self.public_kinds = (
            PublicKind("publication", "documents:publication", "DigitalDocument", queries.findable, queries.addresses),
        )
        self.listings = (Listing("documents:publications", _("Publications"), pages.latest, filters=pages.FILTERS),)
