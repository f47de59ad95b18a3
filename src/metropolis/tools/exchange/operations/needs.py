"""Changing needs and offers."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.access import Workspace, open_workspace
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.operations.matching import match_need
from metropolis.tools.exchange.queries import is_built, need, open_among
from metropolis.tools.exchange.queries.needs import TOOL
from metropolis.tools.exchange.values import NeedInput

#: Words that are addresses of their own beside the pages of needs.
_TAKEN = {"add", "mine"}


def add_need(
    *,
    initiative: str,
    actor: Person,
    content: NeedInput,
    slug: str = "",
    is_public: bool = False,
    is_demonstration: bool = False,
    form_key: str = "",
) -> Need:
    """Add a need or an offer to an initiative, as a draft or for everybody; then what answers it is sought at once.

    A `form_key` that comes again, because an answer was lost, gives what the same person added with it the first time.
    `NotAllowed` without the right to contribute; `InvalidInput` naming the field for a city that is unknown or
    ambiguous, a topic that does not exist or a time that is past.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("exchange.add_need")
    twin = Need.objects.filter(author=actor, form_key=form_key).first() if form_key else None
    if twin is not None:
        is_late = is_public and twin.visibility == Visibility.DRAFT
        return set_need_visibility(slug=twin.slug, actor=actor, visibility=Visibility.PUBLIC) if is_late else twin
    _require_time(content)
    with transaction.atomic():
        row = Need(
            initiative=workspace.initiative,
            author=actor,
            slug=slug or free_slug(Need, content.title, reserved=_TAKEN),
            visibility=Visibility.PUBLIC if is_public else Visibility.DRAFT,
            is_demonstration=is_demonstration,
            form_key=form_key,
        )
        _write(row, content)
        _record(row, actor, "add_need", workspace)
    _seek_answers(row)
    return row


def change_need(*, slug: str, actor: Person, content: NeedInput) -> Need:
    """Replace what a need or an offer says; what answers it is sought anew. What was in time once may stay."""
    row, workspace = need(slug, actor)
    workspace.require("exchange.change_need", author=row.author)
    if content.kind != row.kind:
        raise InvalidInput(_("A need stays a need and an offer an offer; add another one."), field="kind")
    _require_time(content, before=row)
    before = {"title": row.title, "text": row.text}
    with transaction.atomic():
        _write(row, content)
        _record(row, actor, "change_need", workspace, before=before)
    _seek_answers(row)
    return row


def set_need_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Need:
    """Publish a need or an offer, keep it to the initiative's members, or take it back to a draft.

    What answers it is sought as soon as it is public. `InvalidInput` for publishing it after its time.
    """
    row, workspace = need(slug, actor)
    workspace.require("exchange.publish_need", author=row.author)
    if visibility == Visibility.PUBLIC:
        _require_open(row)
    row.visibility = visibility
    with transaction.atomic():
        row.save(update_fields=["visibility", "updated_at"])
        _record(row, actor, "set_need_visibility", workspace, visibility=str(visibility))
    _seek_answers(row)
    return row


@transaction.atomic
def close_need(*, slug: str, actor: Person, status: str) -> Need:
    """Say that a need or an offer is met or withdrawn, or open it again while its time is not over."""
    row, workspace = need(slug, actor)
    workspace.require("exchange.change_need", author=row.author)
    if status not in Need.Status.values:
        raise InvalidInput(f"status: choose one of {', '.join(Need.Status.values)}.", field="status")
    row.status = status
    if status == Need.Status.OPEN:
        _require_open(row)
    row.save(update_fields=["status", "updated_at"])
    _record(row, actor, "close_need", workspace, status=status)
    return row


@transaction.atomic
def delete_need(*, slug: str, actor: Person) -> None:
    """Delete a need or an offer for good, with what was found for it."""
    row, workspace = need(slug, actor)
    workspace.require("exchange.delete_need", author=row.author)
    _record(row, actor, "delete_need", workspace)
    row.delete()


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Withdraw what somebody whose account is deleted still seeks or offers: nobody is left who would answer."""
    for row in Need.objects.filter(author=person_id, status=Need.Status.OPEN).select_related("initiative"):
        row.status = Need.Status.WITHDRAWN
        row.save(update_fields=["status", "updated_at"])
        reference = Reference(kind=row.kind, key=row.slug)
        data = {"status": str(row.status)}
        record(actor=None, verb="close_need", reference=reference, workspace=row.initiative.slug, data=data)


def _record(row: Need, actor: Person, verb: str, workspace: Workspace, **data: Any) -> None:
    reference = Reference(kind=row.kind, key=row.slug)
    record(actor=actor, verb=verb, reference=reference, workspace=workspace.initiative.slug, data=data)


def _seek_answers(row: Need) -> None:
    """At once where it can be; what is left is sought by the process that follows the changes."""
    if is_built() and open_among([row.slug]):
        match_need(slug=row.slug)


def _require_time(content: NeedInput, *, before: Need | None = None) -> None:
    """Refuse a time that is past, unless it was told before and stays."""
    today = timezone.localdate()
    # A year or a month is past when it ends before today.
    past = {
        "by_when": content.by_when < today.isoformat()[: len(content.by_when)],
        "open_until": content.open_until is not None and content.open_until < today,
    }
    for name, is_past in past.items():
        if is_past and (before is None or getattr(before, name) != getattr(content, name)):
            raise InvalidInput(_("This is past. Choose today or later."), field=name)


def _require_open(row: Need) -> None:
    if row.status == Need.Status.OPEN and not row.is_open(timezone.localdate()):
        message = _("Its time is over: change until when answers are wanted first.")
        raise InvalidInput(message, field="open_until")


def _write(row: Need, content: NeedInput) -> None:
    for name, value in content:
        if name not in {"city", "topics"}:
            setattr(row, name, value)
    row.city = find_city(content.city)
    row.matched_at = None
    require_valid(row, exclude=["initiative", "author"])
    topics = terms_by_code("topic", content.topics, field="topics")
    row.save()
    row.terms.set(topics)
