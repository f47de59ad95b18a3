"""Following what happens: who follows what, what they are told, their inbox and their digests."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class FollowingConfig(AppConfig):
    """The room of news."""

    name = "metropolis.foundation.following"
    label = "following"
    personal_data = (
        PersonalData(
            "following.Notice.person",
            _("What you were told"),
            ("record_kind", "record_key", "what", "told_at", "read_at", "mailed_at"),
        ),
        PersonalData("following.Delivery.person", _("How you want to be told")),
    )
