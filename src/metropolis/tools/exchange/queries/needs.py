"""Reaching needs and offers, and what was found for them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.queries import kept
from metropolis.foundation.places.engine import country_name
from metropolis.foundation.records.values import Fact, Findable, Reference, TextVersion
from metropolis.foundation.taxonomy.queries import branch, labels
from metropolis.foundation.workspaces.access import Workspace, enter, visible_to
from metropolis.foundation.workspaces.cards import Panel, latest_of
from metropolis.tools.exchange.models import Match, Need
from metropolis.tools.exchange.queries.documents import findables
from metropolis.tools.exchange.queries.search import text_in

TOOL = "exchange"
_BATCH = 1000
#: How the exchange speaks of the city of a need and of an offer.
_INVOLVEMENTS = {"need": "wants", "offer": "offers"}


class FoundMatch(NamedTuple):
    """A match with what it is shown by."""

    reference: str
    kind: str
    title: str
    language: str
    line: str
    url: str
    score: float
    fit: float | None
    quote: str
    quote_language: str
    state: str
    is_new: bool


def needs(viewer: Viewer, *, kind: str = "", status: str = "", topic: str = "", country: str = "") -> QuerySet[Need]:
    """The needs and offers a viewer may see, newest first, with what a list of them shows."""
    rows = Need.objects.filter(visible_to(viewer), initiative__tools_in_use__tool=TOOL)
    if kind:
        rows = rows.filter(kind=kind)
    if status:
        rows = rows.filter(status=status).exclude(_over())
    if topic:
        tagged = Need.terms.through.objects.filter(term__in=branch("topic", topic))
        rows = rows.filter(pk__in=tagged.values("need"))
    if country:
        rows = rows.filter(city__country=country)
    return rows.select_related("city", "initiative").prefetch_related("terms")


def need_statuses() -> list[str]:
    """The codes of what a need or an offer can be."""
    return list(Need.Status.values)


class Choices(NamedTuple):
    """The values a list of needs and offers may be filtered by, each with its label."""

    topics: list[tuple[str, str]]
    countries: list[tuple[str, str]]
    statuses: list[tuple[str, str]]


@kept(100)
def need_choices(viewer: Viewer) -> Choices:
    """The topics, countries and statuses of the needs and offers a viewer may see."""
    rows = needs(viewer).order_by()
    language = get_language() or "en"
    tagged = rows.filter(terms__vocabulary="topic").values_list("terms__code", "terms__parent__code")
    codes = {code for pair in tagged for code in pair}
    countries = set(rows.values_list("city__country", flat=True))
    return Choices(
        topics=[(code, label) for code, label in labels("topic").items() if code in codes],
        countries=sorted(((code, country_name(code, language)) for code in countries), key=lambda pair: pair[1]),
        statuses=[(value, str(label)) for value, label in Need.Status.choices],
    )


def need(slug: str, viewer: Viewer) -> tuple[Need, Workspace]:
    """One need or offer and the workspace it lives in; `NotFound` when the viewer may not see it."""
    found = needs(viewer).select_related("author").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such need or offer."), field="need")
    return found, enter(found.initiative, viewer=viewer)


def own_needs(viewer: Viewer) -> QuerySet[Any]:
    """What somebody has asked for or offered, each with the number of matches not yet looked at as `new_matches`."""
    new = Count("matches", filter=Q(matches__state=Match.State.NEW, matches__seen_at=None))
    rows = needs(viewer).annotate(new_matches=new).order_by("-created_at", "-id")
    return rows.filter(author=viewer) if viewer is not None else rows.none()


def matches(need: Need, *, set_aside: bool = False) -> list[FoundMatch]:
    """What was found for a need and is still public, best first; what was `set_aside` comes last, for who set it so."""
    found = need.matches.all() if set_aside else need.matches.exclude(state=Match.State.DISMISSED)
    rows = sorted(found, key=lambda row: row.state == Match.State.DISMISSED)
    items = findables(Reference(kind=row.kind, key=row.key) for row in rows)
    pairs = ((row, items.get(Reference(kind=row.kind, key=row.key))) for row in rows)
    return [_match(row, item) for row, item in pairs if item is not None]


def _match(row: Match, item: Findable) -> FoundMatch:
    text = text_in(item, get_language() or "en")
    return FoundMatch(
        reference=str(item.reference),
        kind=row.kind,
        title=text.title,
        language=text.language,
        line=text.summary.partition("\n")[0],
        url=item.url,
        score=row.score,
        fit=row.fit,
        quote=row.quote if _says(item, row.quote) else "",
        quote_language=row.quote_language,
        state=row.state,
        is_new=row.state == Match.State.NEW and row.seen_at is None,
    )


def _says(item: Findable, quote: str) -> bool:
    """Whether the record still says what was quoted of it when it was found; white space is left aside."""
    said = "".join(part for text in item.texts for part in (text.title, text.summary, *text.paragraphs))
    return "".join(quote.split()) in "".join(said.split())


def slugs_to_match(limit: int) -> list[str]:
    """The slugs of open needs and offers for which nothing has been sought yet, oldest first."""
    rows = Need.objects.filter(_findable(), matched_at=None, status=Need.Status.OPEN)
    return list(rows.order_by("id").values_list("slug", flat=True)[:limit])


def open_among(slugs: Iterable[str]) -> list[str]:
    """Those of the slugs whose need or offer is public and still open today."""
    rows = Need.objects.filter(_findable(), slug__in=list(slugs))
    today = timezone.localdate()
    return [row.slug for row in rows if row.is_open(today)]


def visible_keys(kind: str, viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose need (or offer) the viewer may see and may find."""
    rows = _to_be_found(kind, viewer).filter(slug__in=list(keys))
    return set(rows.values_list("slug", flat=True))


def addresses(kind: str) -> QuerySet[Need, tuple[str]]:
    """The slug of every public need (or offer) that is to be found, oldest first."""
    rows = _to_be_found(kind, None)
    return rows.order_by("pk").values_list("slug")


def findable(kind: str, keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public needs (or offers) offer to search, read in batches of a thousand."""
    rows = _to_be_found(kind, None).order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        yield from map(_offered, batch)
        last = batch[-1].pk


def overdue() -> QuerySet[Need]:
    """The needs and offers nobody has closed though the day until which they were open is past."""
    return Need.objects.filter(_over())


def _over() -> Q:
    return Q(status=Need.Status.OPEN, open_until__lt=timezone.localdate())


def _to_be_found(kind: str, viewer: Viewer) -> QuerySet[Need]:
    """What is withdrawn, and what nobody has closed though its time is over, is not to be found."""
    return needs(viewer, kind=kind).exclude(Q(status=Need.Status.WITHDRAWN) | _over())


def _findable() -> Q:
    return visible_to(None) & Q(initiative__tools_in_use__tool=TOOL)


def _offered(row: Need) -> Findable:
    codes: dict[str, list[str]] = {}
    for term in row.terms.all():
        codes.setdefault(term.vocabulary, []).append(term.code)
    summary, *paragraphs = [line.strip() for line in f"{row.text}\n{row.constraints}".splitlines() if line.strip()]
    return Findable(
        reference=Reference(kind=row.kind, key=row.slug),
        url=row.get_absolute_url(),
        texts=(TextVersion(language=row.language, title=row.title, summary=summary, paragraphs=tuple(paragraphs)),),
        workspace=row.initiative.slug,
        city_ids=(row.city_id,),
        involvement=_INVOLVEMENTS[row.kind],
        themes=tuple(codes.get("theme", ())),
        topics=tuple(codes.get("topic", ())),
        status=row.status,
        year=row.created_at.year,
        facts=(
            Fact(label=_("Status"), text=row.status_on(timezone.localdate())),
            Fact(label=_("By when"), text=row.by_when or None),
            Fact(label=_("Constraints"), text=row.constraints or None),
        ),
        is_demonstration=row.is_demonstration,
    )


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """The latest needs and offers of an initiative, for its page."""
    records, total = latest_of(needs(viewer).filter(initiative_id=initiative_id))
    return Panel(
        title=_("Needs and offers"),
        records=records,
        total=total,
        url=reverse("exchange:needs"),
        add_url=reverse("exchange:add_need"),
    )
