"""What a reader calls the sections and fields of a practice."""

from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from metropolis.tools.practices.models import Practice

SECTION_TITLES: Final[dict[str, Promise]] = {
    "snapshot": _("Snapshot"),
    "why": _("Why"),
    "what": _("What was done"),
    "who": _("Who takes part"),
    "governance": _("Powers"),
    "money": _("Money"),
    "results": _("Results"),
    "learning": _("What was learned"),
    "transfer": _("For other cities"),
    "classes": _("Keywords"),
}
#: The fields that are no columns of a practice; the others are called what the model calls them.
_PARTS: Final[dict[str, Promise]] = {
    "themes": _("Themes"),
    "topics": _("Topics"),
    "sdgs": _("Sustainable Development Goals"),
    "building_blocks": _("Re-usable parts"),
    "sources": _("Sources"),
    "results": _("Measured results"),
    "key_dates": _("Key dates"),
    "partners": _("Partners"),
}


def field_label(name: str) -> str:
    """The name of one field of a practice in the reader's language, beginning with a capital."""
    label = _PARTS.get(name) or Practice._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001
    return capfirst(str(label))
