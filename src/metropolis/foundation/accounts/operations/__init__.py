"""Changing accounts and organisations: every way in which one is written."""

from metropolis.foundation.accounts.operations.organisations import (
    join_organisation,
    leave_organisation,
    register_organisation,
)
from metropolis.foundation.accounts.operations.people import (
    change_account,
    change_password,
    check_sign_in,
    open_account,
)
from metropolis.foundation.accounts.operations.roles import give_network_role

__all__ = [
    "change_account",
    "change_password",
    "check_sign_in",
    "give_network_role",
    "join_organisation",
    "leave_organisation",
    "open_account",
    "register_organisation",
]
