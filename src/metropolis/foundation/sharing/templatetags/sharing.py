"""``{% load sharing %}``: what a page says to those who share it, follow it and look for it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from metropolis.engine_kit import MetropolisError
from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.values import READ_IN, Address, PublicPage

register = template.Library()

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


def shared_at(request: HttpRequest, address: Address) -> Shared:
    """What the page at an address offers; `NotFound` when everybody may not read it."""
    reading = get_language() or "en"
    home = request.build_absolute_uri("/").rstrip("/")
    listing = queries.listings().get(address.page)
    asked = address.query.urlencode()
    followed = {
        "feed_url": _under("feeds", address, reading) if listing else "",
        "map_url": f"{_prefixed('larger_map', address)}{'?' if asked else ''}{asked}"
        if listing and listing.points
        else "",
    }
    if not queries.kinds_at(address.page):
        page = address.query.get("page", "")
        here = f"{home}{address.url}" + (f"?page={page}" if page.isdecimal() and page != "1" else "")
        return Shared(home=home, title=queries.list_title(address, reading), canonical=here, **followed)
    page = queries.page_at(address, address.query.get("language", reading))
    return _of_record(home, page, address, **followed)


def _of_record(home: str, page: PublicPage, address: Address, **followed: str) -> Shared:
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
        **followed,
    )


def _prefixed(name: str, address: Address) -> str:
    return reverse(f"sharing:{name}", kwargs={"path": address.path.removeprefix("/")})


def _under(name: str, address: Address, language: str) -> str:
    """The address of what is made of a page: with its filters, but the language, which is told in so many words."""
    query = address.query.copy()
    for dropped in ("page", READ_IN, *(() if name == "feeds" else ("language", "as"))):
        query.pop(dropped, None)
    query[READ_IN] = language
    return f"{_prefixed(name, address)}?{query.urlencode()}"


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
