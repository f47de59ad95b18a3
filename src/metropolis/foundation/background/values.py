"""The queues, and how often something is tried."""

from datetime import timedelta
from uuid import UUID, uuid5

#: Short tasks. Each runs in the transaction in which it is marked as done, so that its effects in the database happen
#: once, whenever a worker is killed.
QUICK = "default"
#: Tasks that wait for the mail server.
MAIL = "mail"
#: Tasks that take long. They run outside a transaction, and must do no harm when they are done twice.
SLOW = "slow"
QUEUES = (QUICK, MAIL, SLOW)

#: How often a task is begun before it counts as failed, and the pauses in between: about half a day in all.
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=4)

#: How long what is done is remembered, and with it that its key was used; what failed is kept longer, to be looked at.
KEEP_DONE = timedelta(days=14)
KEEP_FAILED = timedelta(days=60)

_KEYS = UUID("5b0f7a52-6b0c-4b8f-9a58-0d6b8a1f6c11")


def task_id(key: str) -> UUID:
    """The id of the task with a key: the same for the same key, so that the primary key keeps a second one out."""
    return uuid5(_KEYS, key)


def pause_after(attempts: int) -> timedelta:
    """How long to wait before trying again.

    >>> [str(pause_after(attempts)) for attempts in (1, 2, 3, 7)]
    ['0:00:15', '0:01:00', '0:04:00', '4:00:00']
    """
    factor: int = 4 ** (attempts - 1)
    return min(factor * FIRST_PAUSE, LONGEST_PAUSE)
