"""Describing public pages. Whatever an app's kinds and lists do not offer to everybody is not there."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, reduce
from importlib.resources import files
from math import ceil
from operator import or_

from django.apps import apps
from django.db.models import Max, Q
from django.http import QueryDict
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.queries import kept
from metropolis.foundation.pages.templatetags.pages import KINDS
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Findable, Listing, PublicKind, Reference, TextVersion
from metropolis.foundation.sharing.engine import Colours
from metropolis.foundation.sharing.values import ENTRIES, Address, Listed, PublicPage, SitemapEntry
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import labels

#: Deeds that change what a public page says, by the first word of the operation's name; others are nobody's business.
_TELLING = ("add", "change", "close", "import", "publish", "register", "review", "set", "start", "stop", "translate")
#: Addresses in one part of the sitemap; the protocol allows ten times as many.
SITEMAP_PART = 5000
MOST_PARTS = 10_000
LISTS = "lists"
LONGEST_LINE = 300
#: The filters that the title of a list names.
_TOLD = ("q", "city", "kind", "theme", "topic", "sdg", "region", "country", "status", "year", "language", "initiative")
#: Characters that no XML may hold.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NEVER = datetime.fromtimestamp(0, UTC)
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")


@cache
def public_kinds() -> dict[str, PublicKind]:
    """Every kind of public page, by its name."""
    return {kind.kind: kind for config in apps.get_app_configs() for kind in getattr(config, "public_kinds", ())}


@cache
def kinds_at(page: str) -> tuple[PublicKind, ...]:
    """The kinds of record that have their pages at an address of this name."""
    return tuple(kind for kind in public_kinds().values() if kind.page == page)


@cache
def listings() -> dict[str, Listing]:
    """Every page that lists public records, by the name of its address."""
    return {listing.page: listing for config in apps.get_app_configs() for listing in getattr(config, "listings", ())}


@cache
def colours() -> Mapping[str, str]:
    """The colours of the design tokens, as on a light page."""
    style = (files("metropolis.foundation.pages") / "static/pages/tokens.css").read_text(encoding="utf-8")
    return dict(_TOKEN.findall(style.partition("@media")[0]))


def picture_colours(themes: Iterable[str] = ()) -> Colours:
    """The colours of a share image: those of the first theme, else the site's."""
    token = colours()
    # "social-inclusion" has the colour "inclusion".
    theme = next(iter(themes), "").rpartition("-")[2]
    return Colours(
        page=token["page"],
        ink=token["ink"],
        soft=token["ink-soft"],
        band=token.get(theme, token["action"]),
        logo=token["action"],
        on_logo=token["on-action"],
        dots=token["quote"],
    )


def address_of(path: str, query: QueryDict) -> Address:
    """An address of the site taken apart; `NotFound` when no page has it."""
    try:
        match = resolve(path)
    except Resolver404:
        raise NotFound(_("There is no page at this address."), field="path") from None
    return Address(path, match.view_name, match.kwargs, query)


def page_at(address: Address, language: str) -> PublicPage:
    """The public page at an address; `NotFound` when nothing there may be read by everybody."""
    references = tuple(Reference(kind=kind.kind, key=address.key) for kind in kinds_at(address.page))
    found = _pages_kept(references, language)
    if not found:
        raise NotFound(_("There is no public page at this address."), field="path")
    return found[0]


@kept(500)
def _pages_kept(references: tuple[Reference, ...], language: str) -> list[PublicPage]:
    """Each page of a record says what it is for sharing, which takes ten queries."""
    return pages(references, language)


def listing_at(address: Address) -> Listing:
    """What the page at an address lists; `NotFound` when it lists nothing."""
    if address.page not in listings():
        raise NotFound(_("The page at this address lists no records."), field="path")
    return listings()[address.page]


def unknown_filters(address: Address, viewer: Viewer) -> list[tuple[str, str]]:
    """The names and values that the address of a list asks for and the list has not.

    A name that is a filter of no list, such as those that others add to count visits, asks for nothing.
    """
    listing = listings().get(address.page)
    if listing is None or listing.filters is None:
        return []
    filters, others = listing.filters, _filter_names()
    asked = ((name, value) for name, values in address.query.lists() for value in values if value.strip())
    return [
        (name, value)
        for name, value in asked
        if (not filters[name](value.strip(), viewer) if name in filters else name in others)
    ]


def _require_filters(address: Address) -> None:
    for name, value in unknown_filters(address, None):
        raise InvalidInput(told_filter(name, value), field=name)


@cache
def _filter_names() -> frozenset[str]:
    return frozenset(name for listing in listings().values() for name in listing.filters or ())


def told_filter(name: str, value: str) -> str:
    """What is said of a filter that a list has not."""
    asked = Truncator(_printable(f"{name}={value}")).chars(100)
    return _("The filter “%(filter)s” is not known here.") % {"filter": asked}


def list_title(address: Address, language: str) -> str:
    """What a list is called: by the record it is about, or by its own name and what was asked.

    `InvalidInput` for a filter it has not.
    """
    if kinds_at(address.page):
        return page_at(address, language).title
    _require_filters(address)
    title = str(listing_at(address).title)
    terms = {name: labels(name, language) for name in ("theme", "topic") if name in address.query}
    values = ((name, value.strip()) for name in _TOLD for value in address.query.getlist(name))
    asked = Truncator(", ".join(terms.get(name, {}).get(value, value) for name, value in values if value)).chars(200)
    return f"{title}: {_printable(asked)}" if asked else title


def listed(address: Address, language: str) -> Listed:
    """The public records a page lists for a visitor, changed last first.

    `NotFound` when it lists nothing, `InvalidInput` for a filter it has not.
    """
    _require_filters(address)
    latest = listing_at(address).latest
    if latest is None:
        raise NotFound(_("This page lists nothing that changes."), field="page")
    references = latest(address.query, ENTRIES, **address.arguments)
    found = sorted(pages(references, language), key=lambda page: page.changed_at or _NEVER, reverse=True)
    return Listed(list_title(address, language), found[:ENTRIES])


def pages(references: Iterable[Reference], language: str) -> list[PublicPage]:
    """Those of the records that have a public page, in `language` where they are translated, in their order.

    As many queries for many as for one of each kind.
    """
    wanted = list(dict.fromkeys(references))
    kinds = public_kinds()
    described: dict[Reference, Findable] = {}
    moments: dict[Reference, datetime] = {}
    for name in dict.fromkeys(reference.kind for reference in wanted if reference.kind in kinds):
        keys = [reference.key for reference in wanted if reference.kind == name]
        described |= {item.reference: item for item in kinds[name].findable(keys)}
        moments |= changed_at(name, keys)
    places = {id: city.title for id, city in cities_by_ids(_cities(described.values())).items()}
    terms = _terms(described.values(), language)
    return [
        _page(
            described[reference],
            kinds[reference.kind],
            language,
            places,
            terms,
            changed_at=moments.get(reference),
        )
        for reference in wanted
        if reference in described
    ]


def _page(
    item: Findable,
    kind: PublicKind,
    language: str,
    places: Mapping[int, str],
    terms: Mapping[tuple[str, str], str],
    *,
    changed_at: datetime | None,
) -> PublicPage:
    text = text_in(item, language)
    return PublicPage(
        reference=item.reference,
        kind_label=str(KINDS[kind.kind]),
        schema_type=item.schema_type or kind.schema_type,
        url=item.url,
        title=_printable(text.title),
        line=Truncator(_printable(text.summary.partition("\n")[0])).chars(LONGEST_LINE),
        language=text.language,
        languages=tuple(dict.fromkeys(version.language for version in item.texts)),
        places=tuple(places[id] for id in item.city_ids if id in places),
        topics={code: terms["topic", code] for code in item.topics if ("topic", code) in terms},
        themes={code: terms["theme", code] for code in item.themes if ("theme", code) in terms},
        changed_at=changed_at,
        is_demonstration=item.is_demonstration,
    )


def text_in(item: Findable, language: str) -> TextVersion:
    """The version of a record in a language, else its original."""
    return next((text for text in item.texts if text.language == language and text.title), item.texts[0])


def _terms(items: Iterable[Findable], language: str) -> dict[tuple[str, str], str]:
    """The label of each theme and topic of the records, by vocabulary and code."""
    codes = {code for item in items for code in (*item.themes, *item.topics)}
    rows = Term.objects.filter(vocabulary__in=("theme", "topic"), code__in=codes)
    return {(term.vocabulary, term.code): term.label(language) for term in rows}


def _cities(items: Iterable[Findable]) -> Iterator[int]:
    return (id for item in items for id in item.city_ids)


def _printable(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def changed_at(kind: str, keys: Sequence[str]) -> dict[Reference, datetime]:
    """When what each record says was last changed, as the history knows it: one query."""
    telling = reduce(or_, (Q(verb__startswith=f"{word}_") for word in _TELLING))
    rows = Entry.objects.filter(telling, kind=kind, key__in=keys).order_by().values_list("key").annotate(at=Max("at"))
    return {Reference(kind=kind, key=key): at for key, at in rows}


def sitemap_parts() -> list[tuple[str, int]]:
    """The parts of the sitemap: each kind of public page, so many addresses a part, and the lists."""
    counts = [(name, kind.addresses().count()) for name, kind in public_kinds().items()]
    return [(LISTS, 1), *((name, part + 1) for name, count in counts for part in range(ceil(count / SITEMAP_PART)))]


def sitemap_entries(name: str, part: int) -> list[SitemapEntry]:
    """The addresses of one part of the sitemap: three queries. `NotFound` when there is no such part."""
    if (name, part) == (LISTS, 1):
        return [SitemapEntry(path, (), None) for path in _paths_of_lists()]
    kind = public_kinds().get(name)
    cut = slice((part - 1) * SITEMAP_PART, part * SITEMAP_PART)
    rows = list(kind.addresses()[cut]) if kind and 0 < part < MOST_PARTS else []
    if kind is None or not rows:
        raise NotFound(_("The sitemap has no such part."), field="part")
    keys = [str(row[0]) for row in rows]
    moments = changed_at(name, keys)
    translated: dict[str, list[str]] = defaultdict(list)
    titles = Translation.objects.filter(kind=name, key__in=keys, field="title").order_by("language")
    for key, language in titles.values_list("key", "language"):
        translated[key].append(language)
    return [
        SitemapEntry(reverse(kind.page, args=row), tuple(translated[key]), moments.get(Reference(kind=name, key=key)))
        for key, row in zip(keys, rows, strict=True)
    ]


def _paths_of_lists() -> list[str]:
    """The lists that have an address without arguments: those with one are the pages of records."""
    paths = []
    for page in listings():
        with suppress(NoReverseMatch):
            paths.append(reverse(page))
    return paths
