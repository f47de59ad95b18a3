"""The judge of rights over the whole network; the rights in an initiative are judged by the room of initiatives."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metropolis.engine_kit import NotAllowed
from metropolis.foundation.accounts.models import NetworkRole, Person


class NetworkRight(NamedTuple):
    """A right over the network: the least role that has it, and what it is called."""

    least: NetworkRole
    label: Promise


#: From the least to the most; each role may all that the ones before it may.
_RANKS = (NetworkRole.MEMBER, NetworkRole.EDITOR, NetworkRole.SECRETARIAT)

#: Rights over the network, beside those in an initiative.
NETWORK_NEEDS = {
    "workspaces.start_initiative": NetworkRight(NetworkRole.MEMBER, gettext_lazy("Start an initiative")),
    "taxonomy.suggest_term": NetworkRight(NetworkRole.MEMBER, gettext_lazy("Suggest a term")),
    "taxonomy.settle_suggestion": NetworkRight(NetworkRole.EDITOR, gettext_lazy("Decide on suggested terms")),
    "accounts.register_organisation": NetworkRight(NetworkRole.MEMBER, gettext_lazy("Register an organisation")),
    "accounts.steward_organisations": NetworkRight(
        NetworkRole.SECRETARIAT, gettext_lazy("Decide for organisations in the place of their stewards")
    ),
    "accounts.confirm_domain": NetworkRight(
        NetworkRole.SECRETARIAT, gettext_lazy("Confirm the domain of an organisation")
    ),
    "accounts.confirm_organisation": NetworkRight(
        NetworkRole.SECRETARIAT, gettext_lazy("Confirm that an organisation is what it says")
    ),
    "contact.answer_message": NetworkRight(NetworkRole.SECRETARIAT, gettext_lazy("Read and answer messages")),
    "accounts.give_network_role": NetworkRight(NetworkRole.SECRETARIAT, gettext_lazy("Give roles in the network")),
    "upkeep.look_after_queue": NetworkRight(
        NetworkRole.SECRETARIAT, gettext_lazy("See what the site does in the background, and try failed tasks again")
    ),
}


def may_in_network(viewer: Person | None, right: str) -> bool:
    """Whether a viewer has a right over the network."""
    if viewer is None or not viewer.is_active:
        return False
    return _RANKS.index(NetworkRole(viewer.network_role)) >= _RANKS.index(NETWORK_NEEDS[right].least)


def require_in_network(viewer: Person | None, right: str) -> Person:
    """Give the viewer, or refuse with `NotAllowed` naming the role it takes."""
    if viewer is None:
        raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
    if not may_in_network(viewer, right):
        least = NETWORK_NEEDS[right].least.label
        raise NotAllowed(_("This takes the role of %(role)s in the network.") % {"role": least})
    return viewer
