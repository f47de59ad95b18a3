"""The state of the machinery, for those who look after it."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise

from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.background import queries as background
from metropolis.foundation.mail.queries import mail_counts

RIGHT = "upkeep.look_after_queue"


def state(viewer: Viewer) -> dict[str, Any]:
    """The queue, its workers, the mails, and what other rooms tell: each an app's `state()` in its AppConfig.

    `NotAllowed` for everybody but the secretariat.
    """
    require_in_network(viewer, RIGHT)
    return {
        "queues": background.queue_counts(),
        "running": background.running_tasks(),
        "again": background.tasks_to_try_again(),
        "failed": background.failed_tasks(),
        "workers": background.living_workers(),
        "mails": mail_counts(),
        "facts": facts_of_rooms(),
    }


def facts_of_rooms() -> list[tuple[str | Promise, str | Promise]]:
    """What each app says of its own state: a label and a text."""
    states = (getattr(config, "state", None) for config in apps.get_app_configs())
    return [fact for told in states if told is not None for fact in told()]
