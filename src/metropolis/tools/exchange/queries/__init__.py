"""Reaching what the exchange holds: the index, its answers, cities, comparisons, needs and offers."""

from metropolis.tools.exchange.queries.cities import CityProfile, city_facts, city_profile, city_records
from metropolis.tools.exchange.queries.city_pages import city_addresses, findable_cities
from metropolis.tools.exchange.queries.comparison import MOST, Comparison, comparison
from metropolis.tools.exchange.queries.documents import documents, every_findable, findables
from metropolis.tools.exchange.queries.facets import FACETS, Facet, facet_label, facet_values, facets, kind_label
from metropolis.tools.exchange.queries.following import described_cities, described_searches, described_terms
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
    addresses,
    findable,
    matches,
    need,
    need_choices,
    need_statuses,
    needs,
    open_among,
    own_needs,
    panel,
    slugs_to_match,
    visible_keys,
)
from metropolis.tools.exchange.queries.points import points
from metropolis.tools.exchange.queries.saved import (
    nearest,
    saved_search,
    saved_searches,
    searches_for,
    searches_to_try,
)
from metropolis.tools.exchange.queries.search import answers, suggestions, text_in, warm_up

__all__ = [
    "FACETS",
    "MOST",
    "CityProfile",
    "Comparison",
    "Facet",
    "FoundMatch",
    "addresses",
    "answers",
    "built_stamp",
    "city_addresses",
    "city_facts",
    "city_profile",
    "city_records",
    "comparison",
    "described_cities",
    "described_searches",
    "described_terms",
    "documents",
    "every_findable",
    "facet_label",
    "facet_values",
    "facets",
    "findable",
    "findable_cities",
    "findables",
    "ids_in_workspace",
    "index",
    "index_folder",
    "index_state",
    "is_built",
    "is_up_to_date",
    "kind_label",
    "matches",
    "nearest",
    "need",
    "need_choices",
    "need_statuses",
    "needs",
    "open_among",
    "own_needs",
    "panel",
    "points",
    "saved_search",
    "saved_searches",
    "searches_for",
    "searches_to_try",
    "slugs_to_match",
    "stamp",
    "suggestions",
    "text_in",
    "visible_keys",
    "warm_up",
]
