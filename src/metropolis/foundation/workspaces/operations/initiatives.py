"""Making and changing initiatives."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.deletion import Collector
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.places.models import City
from metropolis.foundation.records.operations import forget_record, require_translation, require_valid, save_translation
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.cards import card
from metropolis.foundation.workspaces.models import Initiative, Member, Partner, ToolInUse
from metropolis.foundation.workspaces.queries import TRANSLATABLE
from metropolis.foundation.workspaces.values import Role

#: Addresses beside those of initiatives.
RESERVED_SLUGS = frozenset({"add", "invitations", "mine", "rights"})


def reference(initiative: Initiative) -> Reference:
    """The address of an initiative in the history."""
    return Reference(kind="initiative", key=initiative.slug)


def _save(initiative: Initiative) -> None:
    require_valid(initiative, exclude=["author"])
    initiative.save()


def _set_partners(initiative: Initiative, partners: Iterable[Partner]) -> None:
    initiative.partners.all().delete()
    for partner in partners:
        partner.initiative = initiative
        partner.save()


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
    require_in_network(author, "workspaces.start_initiative")
    initiative = Initiative(
        author=author, slug=slug or free_slug(Initiative, fields.get("title", ""), reserved=RESERVED_SLUGS), **fields
    )
    _save(initiative)
    Member.objects.create(initiative=initiative, person=author, role=Role.STEWARD)
    initiative.terms.set(terms)
    initiative.cities.set(cities)
    _set_partners(initiative, partners)
    ToolInUse.objects.bulk_create(ToolInUse(initiative=initiative, tool=card(tool).slug) for tool in tools)
    record(actor=author, verb="start_initiative", reference=reference(initiative), workspace=initiative.slug)
    return initiative


@transaction.atomic
def change_initiative(
    *,
    slug: str,
    actor: Person,
    fields: dict[str, Any],
    terms: Iterable[Term] | None = None,
    cities: Iterable[City] | None = None,
    partners: Iterable[Partner] | None = None,
) -> Initiative:
    """Change what an initiative says of itself; the values before are kept in the history.

    Terms, cities and partners replace those there are, and stay as they are when not given.
    """
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_initiative")
    initiative = workspace.initiative
    before = {name: getattr(initiative, name) for name in fields if name != "lead_city"}
    for name, value in fields.items():
        setattr(initiative, name, value)
    _save(initiative)
    if terms is not None:
        initiative.terms.set(terms)
    if cities is not None:
        initiative.cities.set(cities)
    if partners is not None:
        _set_partners(initiative, partners)
    record(
        actor=actor,
        verb="change_initiative",
        reference=reference(initiative),
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
        reference=reference(initiative),
        workspace=slug,
        data={"visibility": visibility},
    )
    return initiative


@transaction.atomic
def stop_initiative(*, slug: str, actor: Person, on: str, why: str) -> Initiative:
    """Note that an initiative was stopped, `on` which day, month or year, and why; what it holds stays to be read."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.stop_initiative")
    if not why.strip():
        raise InvalidInput(_("Say why it stopped: that is what others learn most from."), field="why")
    initiative = workspace.initiative
    initiative.status, initiative.ended_on = Initiative.Status.STOPPED, on
    initiative.stopped_why = why.strip()
    _save(initiative)
    record(actor=actor, verb="stop_initiative", reference=reference(initiative), workspace=slug, data={"on": on})
    return initiative


@transaction.atomic
def delete_initiative(*, slug: str, actor: Person) -> None:
    """Delete an initiative for good; `Conflict` while it holds records of any tool: stop it then instead."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.delete_initiative")
    held = _held(workspace.initiative)
    if held:
        message = _("The initiative holds records (%(kinds)s). Stop it, or delete or move them first.")
        raise Conflict(message % {"kinds": ", ".join(sorted(held))})
    about = reference(workspace.initiative)
    workspace.initiative.delete()
    forget_record(reference=about)
    record(actor=actor, verb="delete_initiative", reference=about, workspace=slug)


def _held(initiative: Initiative) -> set[str]:
    """The kinds of record of other rooms that would be deleted together with an initiative."""
    collector = Collector(using=DEFAULT_DB_ALIAS, origin=initiative)
    collector.collect([initiative])
    found = {*collector.data, *(rows.model for rows in collector.fast_deletes if rows.exists())}
    ours = Initiative._meta.app_label  # noqa: SLF001 - Django's public name for it
    models = (model._meta for model in found)  # noqa: SLF001
    return {
        str(capfirst(meta.verbose_name_plural)) for meta in models if not meta.auto_created and meta.app_label != ours
    }


@transaction.atomic
def translate_initiative(*, slug: str, actor: Person, language: str, fields: Mapping[str, str], origin: str) -> None:
    """Keep a translation of some of an initiative's texts, with its origin and the hash of its source."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.translate_initiative")
    initiative = workspace.initiative
    require_translation(initiative, language=language, fields=fields, origin=origin)
    originals = {name: str(getattr(initiative, name)) for name in TRANSLATABLE}
    about = reference(initiative)
    save_translation(
        reference=about, language=language, fields=fields, originals=originals, origin=origin, author=actor
    )
    record(actor=actor, verb="translate_initiative", reference=about, workspace=slug, data={"language": language})


@transaction.atomic
def set_tools(*, slug: str, actor: Person, tools: Iterable[str]) -> None:
    """Have exactly these tools switched on, asked-for ones among them; what a tool holds stays when it is off."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_tools")
    wanted = {card(tool).slug for tool in tools}
    now = set(workspace.initiative.tools_in_use.values_list("tool", flat=True))
    for tool in sorted(wanted ^ now):
        switch_tool(slug=slug, actor=actor, tool=tool, on=tool in wanted)


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
        reference=reference(workspace.initiative),
        workspace=slug,
        data={"tool": tool, "on": on},
    )
