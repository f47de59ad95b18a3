"""Reaching the search index."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict
from metropolis.foundation.history.queries import pending_changes
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange.engine import SearchIndex
from metropolis.tools.exchange.queries.documents import FORMAT

_LOOKED_AT = 2000


def index_folder() -> Path:
    """Where the search index is kept."""
    return Path(settings.SEARCH_FOLDER) / "index"


def built_stamp() -> Path:
    """The file that says from which format of documents and with which encoders the index was built."""
    return index_folder().with_suffix(".built")


def stamp(encoders: Sequence[str]) -> str:
    """What the stamp of an index built by this version with these encoders says."""
    return " ".join([str(FORMAT), *encoders])


def is_built() -> bool:
    """Whether there is an index to search in."""
    return built_stamp().is_file()


def is_up_to_date() -> bool:
    """Whether the index was built as this version and the settings would build it."""
    return is_built() and built_stamp().read_text() == stamp(settings.SEARCH_ENCODERS)


def index() -> SearchIndex:
    """The search index; `Conflict` while it is built for the first time."""
    if not is_built():
        raise Conflict(_("The search index is being built. Try again in a minute."), data={"index": "building"})
    return _opened(index_folder())


def ids_in_workspace(slug: str) -> set[str]:
    """The ids of all documents of a workspace that the index holds."""
    return set(index().ids({"workspace": (slug,)}))


def not_taken_in() -> set[Reference]:
    """Records that changed and that the index still holds as they were; there are none but for moments."""
    return set(pending_changes(_LOOKED_AT).values())


def index_state() -> list[tuple[str, str]]:
    """How the index is, for those who look after the site: a label and a text for each fact."""
    waiting = len(pending_changes(_LOOKED_AT))
    built = _("up to date") if is_up_to_date() else _("being built anew") if is_built() else _("being built")
    return [
        (_("Search index"), built),
        (_("Changes not yet in the index"), f"{waiting}+" if waiting == _LOOKED_AT else str(waiting)),
    ]


@lru_cache(maxsize=4)
def _opened(folder: Path) -> SearchIndex:
    return SearchIndex.open(folder)
