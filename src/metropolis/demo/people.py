"""The demonstration's accounts. Whoever is in them is invented: every family name is a word for “example”."""

from dataclasses import dataclass

from pydantic import Field

from metropolis.demo.files import read
from metropolis.engine_kit import Value
from metropolis.foundation.accounts.models import NetworkRole, Person
from metropolis.foundation.accounts.operations import (
    join_organisation,
    open_account,
    register_organisation,
    set_organisation_confirmed,
)
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.operations import join_initiative
from metropolis.foundation.workspaces.values import Role


class OrganisationRow(Value):
    """An invented organisation; `city` is written "Rosario, AR"."""

    name: str
    kind: str
    city: str = ""


class PersonRow(Value):
    """An account. `roles` gives the person a role in initiatives, by their slugs."""

    email: str
    name: str
    language: str
    network_role: NetworkRole = NetworkRole.MEMBER
    organisation: OrganisationRow
    roles: dict[str, str] = {}


class People(Value):
    """The file `people.json`; all accounts have the same password, and the first is the network's secretariat."""

    password: str
    people: tuple[PersonRow, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people of the demonstration by their e-mail address, and the one of the secretariat."""

    secretariat: Person
    by_email: dict[str, Person]

    def author(self, email: str) -> Person:
        """The person with this address; the secretariat for an empty one."""
        return self.by_email[email] if email else self.secretariat


def people() -> People:
    """Who can sign in to the demonstration, and how."""
    return People.model_validate(read("people.json"))


def open_accounts() -> Accounts:
    """Open every account, let the people join their organisations and the secretariat confirm these."""
    told = people()
    by_email: dict[str, Person] = {}
    for row in told.people:
        person = open_account(
            email=row.email,
            name=row.name,
            password=told.password,
            language=row.language,
            network_role=row.network_role,
            is_confirmed=True,
        )
        body = row.organisation
        city_id = find_city(body.city).pk if body.city else None
        organisation = register_organisation(name=body.name, kind=body.kind, city_id=city_id)
        join_organisation(person=person, organisation=organisation, is_steward=True)
        by_email[row.email] = person
        first = by_email[told.people[0].email]
        set_organisation_confirmed(slug=organisation.slug, actor=first, is_confirmed=True)
    return Accounts(secretariat=by_email[told.people[0].email], by_email=by_email)


def give_roles(accounts: Accounts) -> None:
    """Make people members of initiatives, which must be there by now."""
    for row in people().people:
        for slug, role in row.roles.items():
            initiative = open_workspace(slug, viewer=accounts.secretariat).initiative
            join_initiative(initiative=initiative, person=accounts.by_email[row.email], role=Role[role.upper()])
