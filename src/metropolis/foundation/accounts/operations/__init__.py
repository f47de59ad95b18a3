"""Changing accounts and organisations: every way in which one is written."""

from metropolis.foundation.accounts.operations.domains import (
    check_domain,
    claim_domain,
    confirm_domain,
    give_up_domain,
    join_by_domain,
)
from metropolis.foundation.accounts.operations.joining import (
    accept_invitation,
    approve_join_request,
    ask_to_join,
    decline_invitation,
    decline_join_request,
    invite,
    resend_invitation,
    revoke_invitation,
    withdraw_join_request,
)
from metropolis.foundation.accounts.operations.organisations import (
    change_organisation,
    join_organisation,
    leave_organisation,
    register_organisation,
    remove_from_organisation,
    set_organisation_role,
)
from metropolis.foundation.accounts.operations.people import (
    change_account,
    change_password,
    check_sign_in,
    open_account,
)
from metropolis.foundation.accounts.operations.roles import give_network_role

__all__ = [
    "accept_invitation",
    "approve_join_request",
    "ask_to_join",
    "change_account",
    "change_organisation",
    "change_password",
    "check_domain",
    "check_sign_in",
    "claim_domain",
    "confirm_domain",
    "decline_invitation",
    "decline_join_request",
    "give_network_role",
    "give_up_domain",
    "invite",
    "join_by_domain",
    "join_organisation",
    "leave_organisation",
    "open_account",
    "register_organisation",
    "remove_from_organisation",
    "resend_invitation",
    "revoke_invitation",
    "set_organisation_role",
    "withdraw_join_request",
]
