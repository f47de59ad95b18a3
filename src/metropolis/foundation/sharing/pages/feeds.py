"""An Atom feed of every list and every search, at the list's own address behind the word feeds."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.pages.answering import address_in, interface_language, lasting, reading_language
from metropolis.foundation.sharing.values import PublicPage

KEPT = 300
#: An empty feed, and a record of which the history knows nothing, need a moment too: one that stays.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class _Feed(Atom1Feed):
    """Django's Atom feed, with the language of each entry, and the same for ever while nothing changes."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_NEVER)

    def item_attributes(self, item: dict[str, Any]) -> dict[str, Any]:
        return {"xml:lang": item["language"]}


@require_safe
def feed(request: HttpRequest, path: str) -> HttpResponseBase:
    """The records a page lists for a visitor, those changed last first."""
    address, language = address_in(request, path), reading_language(request)
    here = request.build_absolute_uri()
    with override(interface_language(language)):
        found = queries.listed(address, language)
        made = _Feed(
            title=f"{found.title} · Metropolis",
            link=request.build_absolute_uri(f"{address.url}?{address.query.urlencode()}".rstrip("?")),
            description=None,
            language=interface_language(language),
            subtitle=_("What is new and what has changed."),
            author_name="Metropolis",
            feed_url=here,
            feed_guid=here,
        )
        for page in found.pages:
            _add(made, page, request.build_absolute_uri(page.url))
        body = made.writeString("utf-8")
    return lasting(
        request,
        body,
        "application/atom+xml; charset=utf-8",
        seconds=KEPT,
        language=interface_language(language),
        changed_at=made.latest_post_date(),
    )


def _add(made: _Feed, page: PublicPage, link: str) -> None:
    told = [page.kind_label, *page.places[:3], page.line]
    if page.is_demonstration:
        told.insert(0, _("invented for the demonstration"))
    made.add_item(
        title=page.title,
        link=iri_to_uri(link),
        unique_id=iri_to_uri(link),
        description=escape(" · ".join(filter(None, told))),
        updateddate=page.changed_at or _NEVER,
        categories=[*page.themes.values(), *page.topics.values()],
        language=page.language,
    )
