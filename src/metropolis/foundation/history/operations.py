"""Writing the history: every operation that changes a record ends with `record`."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from metropolis.foundation.history.models import Change, Entry, Untold
from metropolis.foundation.records.values import Reference


def record(
    *,
    actor: AbstractBaseUser | None,
    verb: str,
    reference: Reference,
    workspace: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Note who did what to which record, to be indexed and told of, in the caller's transaction."""
    entry = Entry.objects.create(
        actor_id=_id(actor), verb=verb, kind=reference.kind, key=reference.key, workspace=workspace, data=data or {}
    )
    Untold.objects.create(entry=entry)
    Change.objects.create(kind=reference.kind, key=reference.key)


def _id(actor: AbstractBaseUser | None) -> int | None:
    return None if actor is None else actor.pk


def record_many(
    *, actor: AbstractBaseUser | None, verb: str, references: Iterable[Reference], workspace: str = ""
) -> None:
    """Note the same deed on many records with three statements, for imports."""
    rows = list(references)
    entries = Entry.objects.bulk_create(
        Entry(actor_id=_id(actor), verb=verb, kind=row.kind, key=row.key, workspace=workspace) for row in rows
    )
    Untold.objects.bulk_create(Untold(entry=entry) for entry in entries)
    Change.objects.bulk_create(Change(kind=row.kind, key=row.key) for row in rows)


def note_changes(*, references: Iterable[Reference]) -> None:
    """Mark records for the search index that appear or vanish with another one, and that nobody did anything to."""
    Change.objects.bulk_create(Change(kind=row.kind, key=row.key) for row in references)


def settle_changes(*, ids: Iterable[int]) -> None:
    """Forget changes that the search index has taken in."""
    rest = iter(ids)
    # SQLite takes so many values in one statement and no more.
    while some := list(islice(rest, 5000)):
        Change.objects.filter(id__in=some).delete()


def settle_untold(*, ids: Iterable[int]) -> None:
    """Forget deeds, by their entry's id, that everybody who follows the record has been told of."""
    Untold.objects.filter(pk__in=list(ids)).delete()
