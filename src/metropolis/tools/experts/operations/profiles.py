"""Adding, changing, publishing and deleting profiles."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.operations import require_valid, unlink_record
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.experts.models import Evidence, Expert, Region, SpokenLanguage, Topic
from metropolis.tools.experts.operations.consent import set_consents
from metropolis.tools.experts.operations.deeds import follow_evidence, note, reference, require
from metropolis.tools.experts.queries import TOOL, known_regions, reachable
from metropolis.tools.experts.values import ExpertInput

#: Parts of the input that are rows or links of their own and not columns of the profile.
PARTS = {"city", "topics", "languages", "regions", "evidence"}


@transaction.atomic
def add_expert(
    *,
    initiative: str,
    actor: Person,
    content: ExpertInput,
    consents: Mapping[str, str] | None = None,
    is_own: bool = True,
    is_fictional: bool = False,
    slug: str = "",
) -> str:
    """Add a profile to an initiative as a draft, and give its slug.

    One's own by default; somebody else's, who has no account (`is_own=False`), takes a coordinator, and so does an
    invented one. `consents` share fields from the start: field → `members` or `public`. A `slug` says nothing
    personal. `Conflict` when one has a profile already; `InvalidInput` names what is wrong.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    own = is_own and not is_fictional
    workspace.require("experts.add_own_profile" if own else "experts.add_expert")
    if own and Expert.objects.filter(person=actor).exists():
        raise Conflict(_("You have a profile already; change that one."))
    row = Expert(
        initiative=workspace.initiative,
        author=actor,
        person=actor if own else None,
        slug=slug or _new_slug(content),
        is_fictional=is_fictional,
    )
    _write(row, actor, content)
    set_consents(row, workspace, consents or {})
    note(row, actor, "add_expert")
    return row.slug


@transaction.atomic
def change_expert(*, slug: str, actor: Person, content: ExpertInput, consents: Mapping[str, str] | None = None) -> None:
    """Replace what a profile says, and the consents that are given; a topic that stays keeps its validation."""
    row, workspace = reachable(slug, actor)
    require(row, workspace, "experts.change_expert")
    _write(row, actor, content)
    set_consents(row, workspace, consents or {})
    note(row, actor, "change_expert")


@transaction.atomic
def set_expert_visibility(*, slug: str, actor: Person, visibility: Visibility) -> None:
    """Publish a profile, keep it to the initiative's members, or take it back to a draft.

    To publish is the expert's own decision; coordinators only do it for somebody without an account.
    """
    row, workspace = reachable(slug, actor)
    if visibility == Visibility.DRAFT:
        require(row, workspace, "experts.publish_expert")
    else:
        workspace.require("experts.publish_expert", author=row.person)
        if row.person_id not in {None, actor.pk}:
            raise NotAllowed(_("Only the expert can publish their profile."))
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    note(row, actor, "set_expert_visibility", visibility=str(visibility))


@transaction.atomic
def delete_expert(*, slug: str, actor: Person) -> None:
    """Delete a profile for good, its consents and requests too; the history keeps that it was, not what it said."""
    row, workspace = reachable(slug, actor)
    require(row, workspace, "experts.delete_expert")
    unlink_record(source=reference(row))
    note(row, actor, "delete_expert")
    row.delete()


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Delete the profile of somebody whose account is deleted, as `delete_expert` does."""
    for row in Expert.objects.filter(person=person_id):
        unlink_record(source=reference(row))
        note(row, None, "delete_expert")
        row.delete()


def _new_slug(content: ExpertInput) -> str:
    """A topic and a random end: the address tells nobody's name and is never given twice."""
    end = get_random_string(8, "abcdefghjkmnpqrstuvwxyz23456789")
    return f"{content.topics[0].topic}-{end}"


def _write(row: Expert, actor: Person, content: ExpertInput) -> None:
    for name, value in content:
        if name not in PARTS:
            setattr(row, name, value)
    row.city = find_city(content.city) if content.city else None
    require_valid(row, exclude=["initiative", "author", "person"])
    _check(content, actor)
    row.save()
    _write_topics(row, content)
    row.languages.all().delete()
    SpokenLanguage.objects.bulk_create(
        SpokenLanguage(expert=row, language=spoken.language, level=spoken.level) for spoken in content.languages
    )
    row.regions.all().delete()
    Region.objects.bulk_create(Region(expert=row, code=code) for code in content.regions)
    row.evidence.all().delete()
    Evidence.objects.bulk_create(
        Evidence(expert=row, reference=str(shows.reference), note=shows.note) for shows in content.evidence
    )
    follow_evidence(row)


def _check(content: ExpertInput, actor: Person) -> None:
    unknown = sorted(set(content.regions) - known_regions())
    if unknown:
        message = _("regions: there is no region %(codes)s; give UN M49 codes of subregions, such as 005.")
        raise InvalidInput(message % {"codes": ", ".join(unknown)}, field="regions")
    named = [shows.reference for shows in content.evidence]
    visible = visible_references(actor, named)
    missing = [str(reference) for reference in named if reference not in visible]
    if missing:
        message = _("evidence: there is no %(references)s that you can see.")
        raise InvalidInput(message % {"references": ", ".join(missing)}, field="evidence")


def _write_topics(row: Expert, content: ExpertInput) -> None:
    terms = terms_by_code("topic", (topic.topic for topic in content.topics), field="topics")
    row.topics.exclude(term__in=terms).delete()
    for term, topic in zip(terms, content.topics, strict=True):
        Topic.objects.update_or_create(expert=row, term=term, defaults={"level": topic.level})
