"""Changing what the exchange holds: the index, needs and offers, and what was found for them."""

from metropolis.tools.exchange.operations.index import (
    embed_ahead,
    keep_up,
    prepare_index,
    rebuild_index,
    renew_index,
    save_vectors,
    take_in_changes,
    warm_vectors,
)
from metropolis.tools.exchange.operations.matching import mark_match, match_need, match_waiting, see_matches
from metropolis.tools.exchange.operations.needs import (
    add_need,
    change_need,
    close_need,
    delete_need,
    set_need_visibility,
)

__all__ = [
    "add_need",
    "change_need",
    "close_need",
    "delete_need",
    "embed_ahead",
    "keep_up",
    "mark_match",
    "match_need",
    "match_waiting",
    "prepare_index",
    "rebuild_index",
    "renew_index",
    "save_vectors",
    "see_matches",
    "set_need_visibility",
    "take_in_changes",
    "warm_vectors",
]
