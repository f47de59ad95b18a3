"""The card of the experts tool."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Listing, PersonalData, PublicKind
from metropolis.foundation.workspaces.values import Right, Role

#: What is held of people beside their own profile.
PERSONAL_DATA = (
    PersonalData("experts.Consent.expert__person", _("With whom you share your profile")),
    PersonalData("experts.Topic.expert__person", _("Topics you know")),
    PersonalData("experts.SpokenLanguage.expert__person", _("Languages you speak")),
    PersonalData("experts.Region.expert__person", _("Regions you have worked in")),
    PersonalData("experts.Evidence.expert__person", _("Records that show your work")),
    PersonalData("experts.ContactRequest.expert__person", _("Messages to you as an expert"), ("message", "sent_at")),
    PersonalData("experts.ContactRequest.sender", _("Messages you sent to experts"), ("expert", "message", "sent_at")),
    PersonalData("experts.Expert.author", _("Profiles of others that you wrote"), ("slug", "visibility")),
    PersonalData("experts.Topic.validated_by", _("Topics of experts that you confirmed"), ("term", "validated_on")),
)
NEEDS = {
    "experts.add_own_profile": Right(Role.CONTRIBUTOR, _("Add one’s own profile as an expert")),
    "experts.add_expert": Right(Role.COORDINATOR, _("Add the profile of an expert without an account")),
    "experts.change_expert": Right(Role.COORDINATOR, _("Change the profile of an expert")),
    "experts.publish_expert": Right(Role.COORDINATOR, _("Choose who may see an expert’s profile")),
    "experts.delete_expert": Right(Role.COORDINATOR, _("Delete an expert’s profile")),
    "experts.validate_topic": Right(Role.COORDINATOR, _("Validate what an expert knows")),
}


class ExpertsConfig(AppConfig):
    """Who knows what, in which languages, and may be asked."""

    name = "metropolis.tools.experts"
    label = "experts"

    def ready(self) -> None:
        """Show the card to the rest of the house."""
        # Models, and so queries, can only be imported once every app is loaded.
        from metropolis.foundation.workspaces.cards import RecordKind, ToolCard  # noqa: PLC0415
        from metropolis.tools.experts import operations, queries  # noqa: PLC0415
        from metropolis.tools.experts.pages import reading  # noqa: PLC0415

        self.personal_data = (
            PersonalData("experts.Expert.person", _("Your expert profile"), forget=operations.forget_person),
            *PERSONAL_DATA,
        )
        self.cards = (
            ToolCard(
                slug=queries.TOOL,
                title=_("Experts"),
                purpose=_("Who knows what, in which languages, and may be asked; nothing personal without consent."),
                needs=NEEDS,
                kinds=(RecordKind("expert", _("Expert"), _("Experts"), queries.findable, queries.visible_keys),),
                panel=queries.panel,
            ),
        )
        self.public_kinds = (
            PublicKind("expert", "experts:expert", "ProfilePage", queries.findable, queries.addresses),
        )
        self.listings = (Listing("experts:experts", _("Experts"), reading.latest, filters=reading.FILTERS),)
