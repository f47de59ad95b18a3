"""Following what happens: who follows what, what they are told, their inbox and their digests."""

from django.apps import AppConfig


class FollowingConfig(AppConfig):
    """The room of news."""

    name = "metropolis.foundation.following"
    label = "following"
