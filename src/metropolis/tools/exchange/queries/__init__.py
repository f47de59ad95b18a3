"""Reaching what the exchange holds: the index, its answers, cities, comparisons, needs and offers."""

from metropolis.tools.exchange.queries.cities import CityProfile, city_facts, city_profile, city_records
from metropolis.tools.exchange.queries.comparison import MOST, Comparison, comparison
from metropolis.tools.exchange.queries.documents import documents, every_findable, findables
from metropolis.tools.exchange.queries.facets import FACETS, Facet, facet_label, facets, kind_label
from metropolis.tools.exchange.queries.index import (
    built_stamp,
    ids_in_workspace,
    index,
    index_folder,
    index_state,
    is_built,
    is_up_to_date,
    stamp,
)
from metropolis.tools.exchange.queries.needs import (
    FoundMatch,
    findable,
    matches,
    need,
    need_choices,
    needs,
    open_among,
    own_needs,
    panel,
    slugs_to_match,
    visible_keys,
)
from metropolis.tools.exchange.queries.points import points
from metropolis.tools.exchange.queries.search import answers, suggestions, text_in

__all__ = [
    "FACETS",
    "MOST",
    "CityProfile",
    "Comparison",
    "Facet",
    "FoundMatch",
    "answers",
    "built_stamp",
    "city_facts",
    "city_profile",
    "city_records",
    "comparison",
    "documents",
    "every_findable",
    "facet_label",
    "facets",
    "findable",
    "findables",
    "ids_in_workspace",
    "index",
    "index_folder",
    "index_state",
    "is_built",
    "is_up_to_date",
    "kind_label",
    "matches",
    "need",
    "need_choices",
    "needs",
    "open_among",
    "own_needs",
    "panel",
    "points",
    "slugs_to_match",
    "stamp",
    "suggestions",
    "text_in",
    "visible_keys",
]
