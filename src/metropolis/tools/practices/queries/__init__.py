"""Reaching practices: who asks gets what they may see, and nothing else."""

from metropolis.tools.practices.queries.cards import card_rows, practice_cards, practice_tags
from metropolis.tools.practices.queries.finding import findable, panel
from metropolis.tools.practices.queries.history import Deed, Difference, practice_history
from metropolis.tools.practices.queries.imports import import_key, imports_of, is_given_up, queued_import
from metropolis.tools.practices.queries.labels import SECTION_TITLES, field_label
from metropolis.tools.practices.queries.practices import (
    TOOL,
    TRANSLATABLE,
    addresses,
    countries_of_practices,
    initiatives_to_add_to,
    initiatives_to_import_to,
    initiatives_with_practices,
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
from metropolis.tools.practices.queries.sections import ToldField, ToldSection, snapshot_facts, told_sections

__all__ = [
    "COLUMNS",
    "SECTION_TITLES",
    "TOOL",
    "TRANSLATABLE",
    "Deed",
    "Difference",
    "Reading",
    "Text",
    "ToldField",
    "ToldSection",
    "Version",
    "addresses",
    "card_rows",
    "countries_of_practices",
    "field_label",
    "findable",
    "import_key",
    "imports_of",
    "initiatives_to_add_to",
    "initiatives_to_import_to",
    "initiatives_with_practices",
    "is_given_up",
    "languages_of_practices",
    "listed_practices",
    "panel",
    "practice",
    "practice_cards",
    "practice_completeness",
    "practice_content",
    "practice_history",
    "practice_tags",
    "practice_to_change",
    "practice_versions",
    "practices",
    "queued_import",
    "reading",
    "snapshot_facts",
    "told_sections",
    "visible_keys",
]
