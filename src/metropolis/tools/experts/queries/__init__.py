"""Reaching experts: what leaves here holds only what each expert has agreed to share with the one who reads."""

from metropolis.tools.experts.queries.finding import addresses, findable, panel, visible_keys
from metropolis.tools.experts.queries.profiles import TOOL, experts, facets, known_regions
from metropolis.tools.experts.queries.single import (
    adds_others,
    contact_requests,
    expert,
    initiatives_to_add_to,
    own_profile,
    profile_input,
    reachable,
)

__all__ = [
    "TOOL",
    "addresses",
    "adds_others",
    "contact_requests",
    "expert",
    "experts",
    "facets",
    "findable",
    "initiatives_to_add_to",
    "known_regions",
    "own_profile",
    "panel",
    "profile_input",
    "reachable",
    "visible_keys",
]
