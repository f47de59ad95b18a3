"""The card of the barometer tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData

#: What is done to an edition before it is published, of which only members of the initiative are told.
DRAFT_DEEDS = frozenset(
    (
        "begin_edition", "revise_edition", "revise_material", "undo_change", "set_unit_cities", "set_edition_state",
        "delete_edition", "comment_on_edition", "answer_comment",
    )
)  # fmt: skip


class BarometerConfig(AppConfig):
    """Composite indicators of cities: statistics and surveys, weighed, explained and followed over the years."""

    name = "metropolis.tools.barometer"
    label = "barometer"
    personal_data = (
        PersonalData("barometer.Barometer.author", _("Barometers you began"), ("slug", "title", "created_at")),
        PersonalData("barometer.Edition.author", _("Editions you began"), ("label", "created_at", "published_at")),
        PersonalData(
            "barometer.Comment.author", _("Comments on your city's data"), ("unit", "node", "text", "created_at")
        ),
        PersonalData("barometer.Comment.answered_by", _("Comments of cities you answered"), ("answer", "answered_at")),
    )

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.records.values import Listing, PublicKind  # noqa: PLC0415
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.foundation.workspaces.values import Right, Role  # noqa: PLC0415
        from metropolis.tools.barometer import queries  # noqa: PLC0415
        from metropolis.tools.barometer.pages import reading  # noqa: PLC0415

        kind = RecordKind("barometer", _("Barometer"), _("Barometers"), queries.findable, queries.visible_keys)
        self.cards = (
            ToolCard(
                slug=queries.TOOL,
                title=_("Barometer"),
                purpose=_("Measure and follow cities with statistics and surveys."),
                needs={
                    "barometer.add_barometer": Right(Role.COORDINATOR, _("Begin a barometer")),
                    "barometer.change_barometer": Right(Role.COORDINATOR, _("Change what a barometer says of itself")),
                    "barometer.translate_barometer": Right(Role.CONTRIBUTOR, _("Translate a barometer")),
                    "barometer.publish_barometer": Right(Role.COORDINATOR, _("Choose who may see a barometer")),
                    "barometer.delete_barometer": Right(Role.STEWARD, _("Delete a barometer")),
                    "barometer.change_edition": Right(Role.COORDINATOR, _("Make an edition: data, method, cities")),
                    "barometer.publish_edition": Right(Role.STEWARD, _("Publish an edition for good")),
                    "barometer.comment": Right(Role.CONTRIBUTOR, _("Comment on the data of any city")),
                    "barometer.answer_comment": Right(Role.COORDINATOR, _("Answer the comments of cities")),
                },
                kinds=(kind,),
                panel=queries.panel,
                inner_deeds=DRAFT_DEEDS,
            ),
        )
        self.public_kinds = (
            PublicKind("barometer", "barometer:barometer", "Dataset", queries.findable, queries.addresses),
        )
        self.listings = (
            Listing("barometer:barometers", _("Barometers"), reading.latest, filters={}),
            Listing("barometer:questionnaire", _("Questionnaire of a caring city")),
        )
