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
    forget_person,
    set_need_visibility,
)
from metropolis.tools.exchange.operations.saved import change_search, delete_search, match_search, save_search

__all__ = [
    "add_need",
    "change_need",
    "change_search",
    "close_need",
    "delete_need",
    "delete_search",
    "embed_ahead",
    "forget_person",
    "keep_up",
    "mark_match",
    "match_need",
    "match_search",
    "match_waiting",
    "prepare_index",
    "rebuild_index",
    "renew_index",
    "save_search",
    "save_vectors",
    "see_matches",
    "set_need_visibility",
    "take_in_changes",
    "warm_vectors",
]
