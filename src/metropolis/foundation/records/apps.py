"""What every record has, whatever tool it belongs to: a reference, links, translations, a visibility."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class RecordsConfig(AppConfig):
    """The room of links and translations."""

    name = "metropolis.foundation.records"
    label = "records"
    personal_data = (
        PersonalData("records.Follow.person", _("What you follow")),
        PersonalData(
            "records.Translation.author",
            _("Your translations"),
            ("kind", "key", "field", "language", "text", "updated_at"),
        ),
    )
