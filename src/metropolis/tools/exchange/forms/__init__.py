"""The shape of what is asked in an address, and of a need or an offer."""

from metropolis.tools.exchange.forms.asked import LAST_PAGE, PER_PAGE, WEIGHT, Asked, asked, saved_query
from metropolis.tools.exchange.forms.need import NeedForm, initial_of
from metropolis.tools.exchange.forms.saved import SavedSearchForm

__all__ = [
    "LAST_PAGE",
    "PER_PAGE",
    "WEIGHT",
    "Asked",
    "NeedForm",
    "SavedSearchForm",
    "asked",
    "initial_of",
    "saved_query",
]
