"""The practice template: which field belongs to which section, and how much a section counts.

The fields are the union of the templates of URBACT, Climate-ADAPT, PANORAMA, Participedia and the UN-Habitat format. A
snapshot is the first section; the full case is all of them.
"""

from typing import Final

#: section → (weight, fields); the weights add up to 100.
SECTIONS: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "snapshot": (
        30,
        ("title", "one_line", "summary", "city", "status", "started_on", "organisation", "scale", "topics"),
    ),
    "why": (10, ("situation", "problem", "objectives", "policy_background")),
    "what": (15, ("actions", "building_blocks", "methods", "technology")),
    "who": (10, ("partners", "participation", "target_groups", "staff_and_skills")),
    "governance": (5, ("powers_needed", "legal_instruments")),
    "money": (5, ("cost_total", "funding_sources")),
    "results": (15, ("results", "evaluation", "co_benefits")),
    "learning": (5, ("success_factors", "limiting_factors", "lessons")),
    "transfer": (5, ("preconditions", "minimum_capacity", "time_to_copy")),
}

#: section → everything it holds, in the order in which it is read and asked for.
LAYOUT: Final[dict[str, tuple[str, ...]]] = {
    "snapshot": (
        *("title", "one_line", "summary", "language", "city", "organisation", "scale", "status", "stopped_why"),
        *("started_on", "ended_on", "themes", "topics", "sdgs", "contact_role"),
    ),
    "why": ("situation", "problem", "trigger", "objectives", "policy_background"),
    "what": ("actions", "building_blocks", "methods", "technology", "adapted_from", "key_dates"),
    "who": ("partners", "participation", "target_groups", "sponsor", "staff_and_skills"),
    "governance": ("powers_needed", "legal_instruments"),
    "money": (
        *("cost_total", "cost_capital", "cost_running", "cost_currency", "cost_year", "cost_note", "unit_cost"),
        *("funding_sources", "financing_instruments"),
    ),
    "results": (
        *("results", "sources", "evaluation", "evidence", "co_benefits", "unintended_effects", "equity_effects"),
    ),
    "learning": ("failures", "success_factors", "limiting_factors", "lessons"),
    "transfer": (
        *("preconditions", "minimum_capacity", "cost_to_copy", "time_to_copy", "adopters", "offers_to_others"),
        *("reuse_licence",),
    ),
    "classes": ("hazards", "keywords", "awards", "links"),
}
