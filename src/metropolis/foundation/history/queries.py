"""Reading the history."""

from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.records.values import Reference


def entries(*, reference: Reference | None = None, workspace: str | None = None, limit: int = 50) -> list[Entry]:
    """The latest deeds on a record or in a workspace, newest first, each with its actor."""
    rows = Entry.objects.select_related("actor").order_by("-id")
    if reference is not None:
        rows = rows.filter(kind=reference.kind, key=reference.key)
    if workspace is not None:
        rows = rows.filter(workspace=workspace)
    return list(rows[:limit])


def pending_changes(limit: int) -> dict[int, Reference]:
    """Up to `limit` changes the search index has not taken in, oldest first, by their id."""
    return {row.pk: Reference(kind=row.kind, key=row.key) for row in Change.objects.order_by("id")[:limit]}
