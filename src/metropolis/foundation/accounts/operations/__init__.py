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

__all__ = [
    "change_account",
    "change_password",
    "check_sign_in",
    "join_organisation",
    "leave_organisation",
    "open_account",
    "register_organisation",
]
