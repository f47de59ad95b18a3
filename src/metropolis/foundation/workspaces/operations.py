"""Making and changing initiatives."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.places.models import City
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.cards import card
from metropolis.foundation.workspaces.models import Follower, Initiative, Member, Partner, ToolInUse
from metropolis.foundation.workspaces.values import Role


def _reference(initiative: Initiative) -> Reference:
    return Reference(kind="initiative", key=initiative.slug)


def _save(initiative: Initiative) -> None:
    try:
        initiative.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(f"{field}: {messages[0]}", field=field) from error
    initiative.save()


@transaction.atomic
def start_initiative(
    *,
    author: Person,
    fields: dict[str, Any],
    terms: Iterable[Term] = (),
    cities: Iterable[City] = (),
    partners: Iterable[Partner] = (),
    tools: Iterable[str] = (),
    slug: str = "",
) -> Initiative:
    """Start an initiative as a draft; its author becomes its steward. `InvalidInput` names the field that is wrong."""
    initiative = Initiative(author=author, slug=slug or free_slug(Initiative, fields.get("title", "")), **fields)
    _save(initiative)
    Member.objects.create(initiative=initiative, person=author, role=Role.STEWARD)
    initiative.terms.set(terms)
    initiative.cities.set(cities)
    for partner in partners:
        partner.initiative = initiative
        partner.save()
    ToolInUse.objects.bulk_create(ToolInUse(initiative=initiative, tool=card(tool).slug) for tool in tools)
    record(actor=author, verb="start_initiative", reference=_reference(initiative), workspace=initiative.slug)
    return initiative


@transaction.atomic
def change_initiative(
    *, slug: str, actor: Person, fields: dict[str, Any], terms: Iterable[Term] | None = None
) -> Initiative:
    """Change what an initiative says of itself; the values before are kept in the history."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_initiative")
    initiative = workspace.initiative
    before = {name: getattr(initiative, name) for name in fields if name != "lead_city"}
    for name, value in fields.items():
        setattr(initiative, name, value)
    _save(initiative)
    if terms is not None:
        initiative.terms.set(terms)
    record(
        actor=actor,
        verb="change_initiative",
        reference=_reference(initiative),
        workspace=slug,
        data={"before": before},
    )
    return initiative


@transaction.atomic
def set_initiative_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Initiative:
    """Publish an initiative, keep it to its members, or take it back to a draft."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.publish_initiative")
    initiative = workspace.initiative
    initiative.visibility = visibility
    initiative.save(update_fields=["visibility", "updated_at"])
    record(
        actor=actor,
        verb="set_initiative_visibility",
        reference=_reference(initiative),
        workspace=slug,
        data={"visibility": visibility},
    )
    return initiative


@transaction.atomic
def set_role(*, slug: str, actor: Person, person: Person, role: Role) -> Member:
    """Give a person a role in an initiative."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_members")
    member, _ = Member.objects.update_or_create(
        initiative=workspace.initiative, person=person, defaults={"role": role}
    )
    record(
        actor=actor,
        verb="set_role",
        reference=_reference(workspace.initiative),
        workspace=slug,
        data={"person": person.pk, "role": int(role)},
    )
    return member


@transaction.atomic
def switch_tool(*, slug: str, actor: Person, tool: str, on: bool) -> None:
    """Switch a tool on or off; what it holds stays and is there again when it is switched on."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_tools")
    if on:
        ToolInUse.objects.get_or_create(initiative=workspace.initiative, tool=card(tool).slug)
    else:
        ToolInUse.objects.filter(initiative=workspace.initiative, tool=tool).delete()
    record(
        actor=actor,
        verb="switch_tool",
        reference=_reference(workspace.initiative),
        workspace=slug,
        data={"tool": tool, "on": on},
    )


@transaction.atomic
def follow_initiative(*, slug: str, person: Person, following: bool) -> None:
    """Follow an initiative, or stop following it."""
    initiative = open_workspace(slug, viewer=person).initiative
    if following:
        Follower.objects.get_or_create(initiative=initiative, person=person)
    else:
        Follower.objects.filter(initiative=initiative, person=person).delete()
    verb = "follow_initiative" if following else "unfollow_initiative"
    record(actor=person, verb=verb, reference=_reference(initiative), workspace=slug)
