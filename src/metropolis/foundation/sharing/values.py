"""A public page, told once: feeds, cards, share images and search engines all read it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.encoding import escape_uri_path

from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Reference

#: The parameter that says in which language a feed, a card or a picture is: whoever fetches it has no cookie of ours.
READ_IN = "read_in"
#: Languages written from the right.
FROM_RIGHT = frozenset({"ar", "fa", "he", "ps", "ur"})
#: Records in a feed, those changed last.
ENTRIES = 50


class PublicPage(Value):
    """What a public page says of itself, in one of the `languages` it can be read in, the original's first.

    `url` is its path. `places` are cities with their countries, `topics` and `themes` terms by code and label.
    `schema_type` is its type in schema.org; `changed_at` is None where the history knows of nothing.
    """

    reference: Reference
    kind_label: str
    schema_type: str
    url: str
    title: str
    line: str
    language: str
    languages: tuple[str, ...]
    places: tuple[str, ...] = ()
    topics: dict[str, str] = {}
    themes: dict[str, str] = {}
    changed_at: datetime | None = None
    is_demonstration: bool = False


class Address(NamedTuple):
    """An address of the site taken apart: the name of its page, that page's arguments, and the query."""

    path: str
    page: str
    arguments: dict[str, Any]
    query: QueryDict

    @property
    def url(self) -> str:
        """The path as an address writes it."""
        return escape_uri_path(self.path)

    @property
    def key(self) -> str:
        """The key of the record the page is about: its first argument."""
        return str(next(iter(self.arguments.values()), ""))


class Listed(NamedTuple):
    """What a page that lists records is called, and the records changed last."""

    title: str
    pages: list[PublicPage]


class SitemapEntry(NamedTuple):
    """An address for search engines: its path, the languages it is translated to, and when it changed."""

    path: str
    languages: tuple[str, ...]
    changed_at: datetime | None
