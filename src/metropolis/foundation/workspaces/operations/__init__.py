"""Making and changing initiatives, and who belongs to them."""

from metropolis.foundation.workspaces.operations.initiatives import (
    change_initiative,
    delete_initiative,
    set_initiative_visibility,
    set_tools,
    start_initiative,
    stop_initiative,
    switch_tool,
    translate_initiative,
)
from metropolis.foundation.workspaces.operations.members import (
    INVITATION_LASTS,
    accept_invitation,
    decline_invitation,
    invite_member,
    join_initiative,
    remove_member,
    revoke_invitation,
    set_role,
)

__all__ = [
    "INVITATION_LASTS",
    "accept_invitation",
    "change_initiative",
    "decline_invitation",
    "delete_initiative",
    "invite_member",
    "join_initiative",
    "remove_member",
    "revoke_invitation",
    "set_initiative_visibility",
    "set_role",
    "set_tools",
    "start_initiative",
    "stop_initiative",
    "switch_tool",
    "translate_initiative",
]
