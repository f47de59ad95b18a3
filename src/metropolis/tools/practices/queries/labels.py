"""What a reader calls the sections and fields of a practice, and the languages it may be written in."""

from typing import Final

from babel import Locale, UnknownLocaleError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language
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
#: Languages offered in forms; any other may come in through the API or an import.
LANGUAGES: Final = (
    "am", "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gl", "gu",
    "ha", "he", "hi", "hr", "ht", "hu", "hy", "id", "ig", "it", "ja", "ka", "kk", "km", "ko", "lo", "lt", "lv", "mn",
    "mr", "ms", "my", "nb", "ne", "nl", "om", "pa", "pl", "ps", "pt", "qu", "ro", "ru", "rw", "si", "sk", "sl", "sn",
    "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "wo", "yo", "zh", "zu",
)  # fmt: skip


def field_label(name: str) -> str:
    """The name of one field of a practice in the reader's language, beginning with a capital."""
    label = _PARTS.get(name) or Practice._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001
    return capfirst(str(label))


def language_name(code: str) -> str:
    """The name of a language in the reader's language, or the code itself where the name is not known."""
    try:
        name = Locale.parse(get_language() or "en", sep="-").languages.get(code)
    except (UnknownLocaleError, ValueError):
        name = None
    return capfirst(name or code)
