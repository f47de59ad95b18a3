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
