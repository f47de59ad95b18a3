"""Reading the history."""

from django.contrib.auth.base_user import AbstractBaseUser

from metropolis.foundation.history.models import Change, Entry, Untold
from metropolis.foundation.records.values import Reference


def entries(
    *,
    reference: Reference | None = None,
    workspace: str | None = None,
    actor: AbstractBaseUser | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The latest deeds on a record, in a workspace or of a person, newest first, each with its actor."""
    rows = Entry.objects.select_related("actor").order_by("-id")
    if reference is not None:
        rows = rows.filter(kind=reference.kind, key=reference.key)
    if workspace is not None:
        rows = rows.filter(workspace=workspace)
    if actor is not None:
        rows = rows.filter(actor_id=actor.pk)
    return list(rows[:limit])


def latest_id() -> int:
    """The id of the latest deed of all; another one than before when anything was done meanwhile."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def pending_changes(limit: int) -> dict[int, Reference]:
    """Up to `limit` changes the search index has not taken in, oldest first, by their id."""
    return {row.pk: Reference(kind=row.kind, key=row.key) for row in Change.objects.order_by("id")[:limit]}


def untold_entries(limit: int) -> list[Entry]:
    """Up to `limit` deeds to tell of, oldest first, kept from other processes until the transaction ends."""
    rows = Untold.objects.select_for_update(skip_locked=True, of=("self",)).select_related("entry").order_by("pk")
    return [row.entry for row in rows[:limit]]


def references_in(workspace: str) -> set[Reference]:
    """Every record that anybody ever did something to in a workspace, those deleted since among them."""
    rows = Entry.objects.filter(workspace=workspace).values_list("kind", "key").distinct()
    return {Reference(kind=kind, key=key) for kind, key in rows}
