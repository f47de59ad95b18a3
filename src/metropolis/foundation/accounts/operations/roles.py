"""Giving roles in the network."""

from django.db import transaction
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict
from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.values import Reference


@transaction.atomic
def give_network_role(*, actor: Person, person: Person, role: NetworkRole) -> Person:
    """Give a person a role in the network; `Conflict` when the secretariat would lose its last person."""
    require_in_network(actor, "accounts.give_network_role")
    # Locked, so that two people of the secretariat cannot take one another out at the same moment.
    locked = Person.objects.select_for_update(of=("self",))
    staying = locked.filter(network_role=NetworkRole.SECRETARIAT, is_active=True, closing=None)
    others = [member for member in staying if member != person]
    if role != NetworkRole.SECRETARIAT and person.network_role == NetworkRole.SECRETARIAT and not others:
        raise Conflict(_("The secretariat needs somebody: give this role to somebody else first."), field="role")
    before, person.network_role = person.network_role, role
    person.save(update_fields=["network_role"])
    data = {"before": str(before), "role": str(role)}
    record(actor=actor, verb="give_network_role", reference=Reference(kind="person", key=str(person.pk)), data=data)
    return person
