"""What every public page offers to be shared by."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """The room of feeds, cards, share images, the sitemap and larger maps."""

    name = "metropolis.foundation.sharing"
    label = "sharing"
