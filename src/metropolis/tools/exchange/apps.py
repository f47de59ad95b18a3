"""The card of the exchange tool."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """A city asks, and finds what worked, who runs it and who can help."""

    name = "metropolis.tools.exchange"
    label = "exchange"
