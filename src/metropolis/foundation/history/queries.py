"""Reading the history, and keeping what was read until it goes on."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from time import time
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils.translation import get_language

from metropolis.foundation.history.models import Change, Entry, Untold
from metropolis.foundation.records.values import Reference

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

_OVERTAKEN = """
SELECT latest, (SELECT COUNT(*) FROM history_entry WHERE id > latest - 1000)
FROM (SELECT MAX(id) AS latest FROM history_entry) AS highest
"""

#: How much longer than a page its parts are kept, which no deed changes unseen.
_LONGER = 60


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


def deeds_so_far() -> Hashable:
    """What stands for all that has been done: another one than before when anything was done meanwhile.

    The highest id alone would not do on PostgreSQL, where a deed may be committed after another with a higher id; so
    the deeds among the latest thousand ids are counted as well. One that a thousand others overtake goes unnoticed.
    """
    # Asked for at every request, and written out because putting it together takes ten times as long as answering it.
    with connection.cursor() as cursor:
        cursor.execute(_OVERTAKEN if connection.vendor == "postgresql" else "SELECT MAX(id) FROM history_entry")
        return tuple(cursor.fetchone())


def kept(
    most: int, *, follows: Callable[[], Hashable] = deeds_so_far
) -> Callable[[Callable[Arguments, Answer]], Callable[Arguments, Answer]]:
    """Let a function answer the same as before, in the same language, as long as nobody has done anything since.

    Or as long as what it `follows` is the same, `str` being always the same: what no deed changes need not ask.
    The `most` latest answers are kept in this process, for sixty times `settings.PAGE_MEMORY` seconds because of what
    happens outside the history; with 0, none is. Arguments are hashable, and nobody changes what is answered.
    """

    def keeping(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
        def answer_in(_state: Hashable, *arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
            return function(*arguments, **named)

        # With another state, what is kept is no longer asked for.
        answer: Callable[..., Answer] = lru_cache(most)(answer_in)

        @wraps(function)
        def asked(*arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
            memory = _LONGER * settings.PAGE_MEMORY
            # What a transaction does may come to nothing, and another deed then gets the id it took.
            if not memory or connection.in_atomic_block:
                return function(*arguments, **named)
            return answer((follows(), time() // memory, get_language()), *arguments, **named)

        return asked

    return keeping


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
