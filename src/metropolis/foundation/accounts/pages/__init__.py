"""The pages of the room."""

from metropolis.foundation.accounts.pages.organisations import add_organisation, membership, organisation, organisations
from metropolis.foundation.accounts.pages.people import account, password, sign_in, sign_out, sign_up
from metropolis.foundation.accounts.pages.roles import network_roles

__all__ = [
    "account",
    "add_organisation",
    "membership",
    "network_roles",
    "organisation",
    "organisations",
    "password",
    "sign_in",
    "sign_out",
    "sign_up",
]
