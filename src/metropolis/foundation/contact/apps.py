"""Writing to the people behind the network, and reporting what is wrong with a record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Listing, PersonalData


class ContactConfig(AppConfig):
    """The room of messages and reported problems."""

    name = "metropolis.foundation.contact"
    label = "contact"
    listings = (Listing("contact:write", _("Contact")),)
    personal_data = (
        PersonalData("contact.Message.email", _("Messages to the secretariat"), is_address=True),
        PersonalData("contact.Message.author", _("Messages you sent while signed in"), ("topic", "text", "created_at")),
        PersonalData("contact.Message.answered_by", _("Messages you answered"), ("topic", "created_at", "answered_at")),
        PersonalData("contact.Problem.email", _("Problems reported from your e-mail addresses"), is_address=True),
        PersonalData(
            "contact.Problem.author", _("Problems you reported"), ("title", "reason", "text", "created_at", "outcome")
        ),
    )
