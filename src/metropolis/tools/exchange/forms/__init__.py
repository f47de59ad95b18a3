"""The shape of what is asked in an address, and of a need or an offer."""

from metropolis.tools.exchange.forms.asked import LAST_PAGE, PER_PAGE, WEIGHT, Asked, asked
from metropolis.tools.exchange.forms.need import NeedForm, initial_of

__all__ = ["LAST_PAGE", "PER_PAGE", "WEIGHT", "Asked", "NeedForm", "asked", "initial_of"]
