"""Reaching practices: who asks gets what they may see, and nothing else."""

from metropolis.tools.practices.queries.finding import findable, panel
from metropolis.tools.practices.queries.history import Deed, Difference, practice_history
from metropolis.tools.practices.queries.labels import LANGUAGES, SECTION_TITLES, field_label, language_name
from metropolis.tools.practices.queries.practices import (
    TOOL,
    TRANSLATABLE,
    countries_of_practices,
    initiatives_to_add_to,
    languages_of_practices,
    listed_practices,
    practice,
    practice_to_change,
    practices,
    visible_keys,
)
from metropolis.tools.practices.queries.reading import (
    COLUMNS,
    Reading,
    Text,
    Version,
    practice_completeness,
    practice_content,
    practice_versions,
    reading,
)

__all__ = [
    "COLUMNS",
    "LANGUAGES",
    "SECTION_TITLES",
    "TOOL",
    "TRANSLATABLE",
    "Deed",
    "Difference",
    "Reading",
    "Text",
    "Version",
    "countries_of_practices",
    "field_label",
    "findable",
    "initiatives_to_add_to",
    "language_name",
    "languages_of_practices",
    "listed_practices",
    "panel",
    "practice",
    "practice_completeness",
    "practice_content",
    "practice_history",
    "practice_to_change",
    "practice_versions",
    "practices",
    "reading",
    "visible_keys",
]
