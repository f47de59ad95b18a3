"""``{% load sharing %}``: what a page says to those who share it, follow it and look for it."""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from metropolis.engine_kit import MetropolisError
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.values import READ_IN, Address, PublicPage

register = template.Library()

#: Unknown filters that a page tells of.
_MOST_TOLD = 5
#: Networks that take an address in a plain link; the name of each is a name and not translated.
_NETWORKS = (
    ("WhatsApp", "https://wa.me/", {"text": "{title} {url}"}),
    ("Telegram", "https://t.me/share/url", {"url": "{url}", "text": "{title}"}),
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/", {"url": "{url}"}),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php", {"u": "{url}"}),
    ("Bluesky", "https://bsky.app/intent/compose", {"text": "{title} {url}"}),
)
#: As Django's `json_script` has it: nothing in the data can end the element.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the page of a request offers; `page` is None unless it is about one record that everybody may read."""

    home: str
    title: str
    canonical: str
    page: PublicPage | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    feed_url: str = ""
    map_url: str = ""
    image_url: str = ""
    embed_url: str = ""

    @property
    def networks(self) -> list[tuple[str, str]]:
        """The name of each network, and the address at which it takes this page."""
        said = {"title": self.title, "url": self.canonical}
        return [
            (name, f"{address}?{urlencode({key: text.format(**said) for key, text in query.items()})}")
            for name, address, query in _NETWORKS
        ]

    @property
    def linked_data(self) -> SafeString:
        """The page as schema.org's data: data and no script, which the Content-Security-Policy lets pass."""
        data = json.dumps(linked_data(self)).translate(_ESCAPED)
        return format_html('<script type="application/ld+json">{}</script>', mark_safe(data))  # noqa: S308 - escaped


@register.simple_tag(takes_context=True)
def shared(context: template.Context) -> Shared | None:
    """What the page offers to be shared by; None on a page that is nobody's to share: a form, a draft, an error."""
    request = context.get("request")
    if request is None or request.resolver_match is None or request.method not in {"GET", "HEAD"}:
        return None
    match = request.resolver_match
    if not queries.kinds_at(match.view_name) and match.view_name not in queries.listings():
        return None
    try:
        return shared_at(request, Address(request.path, match.view_name, match.kwargs, request.GET))
    except MetropolisError:
        return None


@register.simple_tag(takes_context=True)
def unknown_filters(context: template.Context) -> dict[str, Any] | None:
    """What a list says in place of its rows when its address has filters that it has not; None when it has them all."""
    request = context.get("request")
    if request is None or request.resolver_match is None or not request.GET:
        return None
    match = request.resolver_match
    if match.view_name not in queries.listings():
        return None
    address = Address(request.path, match.view_name, match.kwargs, request.GET)
    found = queries.unknown_filters(address, viewer_of(request.user))[:_MOST_TOLD]
    told = [{"name": name, "value": value, "label": queries.told_filter(name, value)} for name, value in found]
    return {"title": queries.listings()[match.view_name].title, "filters": told} if told else None


@register.inclusion_tag("sharing/part_head.html", takes_context=True)
def shared_part(context: template.Context, *, of: str, title: str, line: str = "") -> dict[str, Any]:
    """What a page that is part of a record is shared by: it has the picture of the record, whose path `of` is."""
    request = context["request"]
    record = Address(of, "", {}, QueryDict())
    return {
        "title": title,
        "line": line,
        "canonical": request.build_absolute_uri(iri_to_uri(request.path)),
        "image_url": request.build_absolute_uri(_under("image", record, get_language() or "en")),
    }


def shared_at(request: HttpRequest, address: Address) -> Shared:
    """What the page at an address offers; `NotFound` when everybody may not read it."""
    reading = get_language() or "en"
    home = request.build_absolute_uri("/").rstrip("/")
    listing = queries.listings().get(address.page)
    if queries.kinds_at(address.page):
        offered = _record(home, queries.page_at(address, address.query.get("language", reading)), address)
    else:
        offered = _list(home, queries.list_title(address, reading), address, reading)
    return replace(
        offered,
        feed_url=_under("feeds", address, reading) if listing and listing.latest else "",
        map_url=_under("larger_map", address) if listing and listing.points else "",
    )


def _list(home: str, title: str, address: Address, language: str) -> Shared:
    number = address.query.get("page", "1")
    turned = f"?page={number}" if number.isdecimal() and number != "1" else ""
    picture = f"{home}{_under('image', address._replace(query=QueryDict()), language)}"
    return Shared(home=home, title=title, canonical=f"{home}{address.url}{turned}", image_url=picture)


def _record(home: str, page: PublicPage, address: Address) -> Shared:
    url = f"{home}{page.url}"
    original, *translated = page.languages
    versions = ((original, url), *((language, f"{url}?language={language}") for language in translated))
    chosen = address.query.get("language", "")
    return Shared(
        home=home,
        title=page.title,
        canonical=f"{url}?language={chosen}" if chosen in translated else url,
        page=page,
        alternates=(*versions, ("x-default", url)) if translated else (),
        image_url=f"{home}{_under('image', address, page.language)}",
        embed_url=f"{home}{_under('embed', address, page.language)}",
    )


def _under(name: str, address: Address, language: str = "") -> str:
    """The address of what is made of a page: behind a word, with the page's filters, and in which language."""
    query = address.query.copy()
    # On the page of a record, the query only says how to show it.
    for dropped in (READ_IN, "page", *(query if queries.kinds_at(address.page) else ())):
        query.pop(dropped, None)
    if language:
        query[READ_IN] = language
    url = reverse(f"sharing:{name}", kwargs={"path": address.path.removeprefix("/")})
    return f"{url}?{query.urlencode()}".rstrip("?")


def linked_data(shared: Shared) -> dict[str, Any]:
    """A public page in the terms of schema.org; what is not known is left out."""
    page = shared.page
    site = {"@type": "Organization", "name": "Metropolis", "url": f"{shared.home}/"}
    about = {"@context": "https://schema.org", "url": shared.canonical}
    if page is None:
        return about | {"@type": "CollectionPage", "name": shared.title}
    data: dict[str, Any] = about | {
        "@type": page.schema_type,
        "@id": f"{shared.home}{page.url}",
        "name": page.title,
        "description": page.line,
        "image": shared.image_url,
    }
    if page.schema_type in _WORKS:
        data |= {
            "headline": page.title,
            "inLanguage": page.language,
            "publisher": site,
            "dateModified": page.changed_at.isoformat() if page.changed_at else "",
            "keywords": [*page.themes.values(), *page.topics.values()],
            "about": [{"@type": "City", "name": place} for place in page.places],
        }
    elif page.schema_type == "Person":
        data |= {"knowsAbout": list(page.topics.values())}
    return {name: value for name, value in data.items() if value}


#: Schema.org's creative works among our types: those that have a language, a publisher and a date.
_WORKS = frozenset({"Article", "CreativeWork", "DigitalDocument", "ProfilePage"})
