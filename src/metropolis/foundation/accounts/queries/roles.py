"""Who has a role in the network beyond that of a member."""

from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.queries.people import Viewer


def network_role_holders(viewer: Viewer) -> list[Person]:
    """The secretariat and the editors, by name: `NotAllowed` for who may not give roles."""
    require_in_network(viewer, "accounts.give_network_role")
    return list(Person.objects.exclude(network_role=NetworkRole.MEMBER).order_by("-network_role", "name", "pk"))
