"""The pages of the room."""

from metropolis.foundation.accounts.pages.organisations import (
    add_organisation,
    change_organisation,
    invitation,
    join,
    membership,
    organisation,
    organisations,
    own_organisations,
)
from metropolis.foundation.accounts.pages.own_data import (
    archive,
    close,
    export,
    keep,
    own_data,
    own_rows,
)
from metropolis.foundation.accounts.pages.people import account, sessions, sign_out
from metropolis.foundation.accounts.pages.roles import network_roles
from metropolis.foundation.accounts.pages.stewardship import (
    domain,
    domains,
    join_request,
    organisation_confirmation,
    organisation_invitations,
    organisation_people,
    organisation_person,
    sent_invitation,
)

__all__ = [
    "account",
    "add_organisation",
    "archive",
    "change_organisation",
    "close",
    "domain",
    "domains",
    "export",
    "invitation",
    "join",
    "join_request",
    "keep",
    "membership",
    "network_roles",
    "organisation",
    "organisation_confirmation",
    "organisation_invitations",
    "organisation_people",
    "organisation_person",
    "organisations",
    "own_data",
    "own_organisations",
    "own_rows",
    "sent_invitation",
    "sessions",
    "sign_out",
]
