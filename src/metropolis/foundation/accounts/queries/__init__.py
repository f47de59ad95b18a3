"""Reaching people and organisations."""

from metropolis.foundation.accounts.queries.organisations import (
    belongs_to,
    member_count,
    memberships,
    organisation,
    organisations,
    organisations_found,
)
from metropolis.foundation.accounts.queries.people import Viewer, person_by_email, signed_in, viewer_of
from metropolis.foundation.accounts.queries.roles import network_role_holders

__all__ = [
    "Viewer",
    "belongs_to",
    "member_count",
    "memberships",
    "network_role_holders",
    "organisation",
    "organisations",
    "organisations_found",
    "person_by_email",
    "signed_in",
    "viewer_of",
]
