"""Following, telling, and sending digests."""

from metropolis.foundation.following.operations.digests import choose_frequency, plan_digests, send_digest, unsubscribe
from metropolis.foundation.following.operations.follows import follow, mark_read, unfollow
from metropolis.foundation.following.operations.telling import forget_old_notices, notify, tell_news

__all__ = [
    "choose_frequency",
    "follow",
    "forget_old_notices",
    "mark_read",
    "notify",
    "plan_digests",
    "send_digest",
    "tell_news",
    "unfollow",
    "unsubscribe",
]
