"""People, the organisations they belong to, and how they sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room of people and organisations."""

    name = "metropolis.foundation.accounts"
    label = "accounts"
