"""What search engines are told: which addresses there are, and which are no use to them."""

from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.pages.answering import lasting

KEPT = 3600
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
#: Pages without end, or for one person: endless searches and comparisons, accounts, forms.
_OF_USE = "/account/organisations/"  # among the pages of accounts, and for all
_OF_NO_USE = ("/account/", "/search/", "/compare/", "/map/", "/api/", "/*/add/$", "/*/edit/$", "/*/history/$")


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """What robots leave aside, and where the sitemap is."""
    lines = ["User-agent: *", f"Allow: {_OF_USE}", *(f"Disallow: {path}" for path in _OF_NO_USE)]
    text = "\n".join([*lines, "", f"Sitemap: {request.build_absolute_uri(reverse('sharing:sitemap'))}", ""])
    return lasting(request, text, "text/plain; charset=utf-8", seconds=KEPT)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """The parts of the sitemap."""
    stream = StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("sitemapindex", AttributesImpl({"xmlns": _SITEMAP}))
    for name, part in queries.sitemap_parts():
        xml.startElement("sitemap", AttributesImpl({}))
        address = reverse("sharing:sitemap_part", kwargs={"name": name, "part": part})
        xml.addQuickElement("loc", request.build_absolute_uri(address))
        xml.endElement("sitemap")
    xml.endElement("sitemapindex")
    return lasting(request, stream.getvalue(), "application/xml; charset=utf-8", seconds=KEPT)


@require_safe
def sitemap_part(request: HttpRequest, name: str, part: int) -> HttpResponseBase:
    """Some thousand addresses of one kind of public page, each with its translations."""
    home = request.build_absolute_uri("/").rstrip("/")
    stream = StringIO()
    xml = SimplerXMLGenerator(stream, "utf-8")
    xml.startDocument()
    xml.startElement("urlset", AttributesImpl({"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML}))
    for entry in queries.sitemap_entries(name, part):
        address = f"{home}{entry.path}"
        alternates = [(language, f"{address}?language={language}") for language in entry.languages]
        default = [("x-default", address)] if alternates else []
        for url in (address, *(translated for _language, translated in alternates)):
            _write(xml, url, [*default, *alternates], entry.changed_at)
    xml.endElement("urlset")
    return lasting(request, stream.getvalue(), "application/xml; charset=utf-8", seconds=KEPT)


def _write(
    xml: SimplerXMLGenerator, url: str, alternates: Iterable[tuple[str, str]], changed_at: datetime | None
) -> None:
    """One address with all its versions, itself among them, as the protocol wants."""
    xml.startElement("url", AttributesImpl({}))
    xml.addQuickElement("loc", url)
    if changed_at:
        xml.addQuickElement("lastmod", changed_at.isoformat(timespec="seconds"))
    for language, address in alternates:
        xml.addQuickElement("xhtml:link", None, {"rel": "alternate", "hreflang": language, "href": address})
    xml.endElement("url")
