"""Reaching initiatives."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer, confirmed_addresses
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.queries import entries, kept
from metropolis.foundation.places.models import City
from metropolis.foundation.records.queries import (
    Catalogue,
    Rendering,
    Translations,
    labels_of,
    narrowed,
    text_versions,
    texts_of,
    translations,
)
from metropolis.foundation.records.values import Fact, Findable, Reference
from metropolis.foundation.workspaces.access import Workspace, enter, open_workspace, visible_to
from metropolis.foundation.workspaces.cards import Panel, ToolCard, cards, findables, record_kinds, visible_references
from metropolis.foundation.workspaces.models import Initiative, Invitation, Member, ToolInUse
from metropolis.foundation.workspaces.values import Role

TRANSLATABLE = ("title", "one_line", "story", "seeks", "offers", "stopped_why")
FACETS = ("theme", "topic", "status", "country", "tool")
#: Deeds on an initiative that concern nobody but a person: invitations, and follows, which earlier versions noted.
PRIVATE_VERBS = (
    "invite_member",
    "revoke_invitation",
    "decline_invitation",
    "follow_initiative",
    "unfollow_initiative",
)


@dataclass(frozen=True, slots=True)
class Tools:
    """An initiative's tools: what each shows of itself, those with nothing to show, and those asked for."""

    panels: list[Panel]
    plain: list[ToolCard]
    asked_for: list[ToolCard]


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of a history that the viewer may see, with the record's title and, while it is public, its page."""

    entry: Entry
    kind: str
    title: str
    url: str


def initiatives(viewer: Viewer) -> QuerySet[Initiative]:
    """The initiatives a viewer may see, with what a list of them shows."""
    rows = Initiative.objects.filter(visible_to(viewer, initiative=""))
    return rows.select_related("lead_city").prefetch_related("terms", "partners__city")


def catalogue(viewer: Viewer, chosen: Mapping[str, Sequence[str]]) -> Catalogue[Initiative]:
    """The initiatives a viewer may see that have one of the chosen values in every facet of `FACETS` chosen in.

    Seven queries, whatever there is.
    """
    keys, counts = narrowed(_traits(viewer), FACETS, chosen)
    return Catalogue(initiatives(viewer).filter(pk__in=keys), counts)


@kept(10)
def _traits(viewer: Viewer) -> dict[int, dict[str, set[str]]]:
    """What each initiative that a viewer may see can be filtered by, by facet."""
    rows = Initiative.objects.filter(visible_to(viewer, initiative=""))
    traits: dict[int, dict[str, set[str]]] = {
        key: {facet: set() for facet in FACETS} | {"sdg": set(), "status": {status} - {""}}
        for key, status in rows.values_list("pk", "status")
    }
    terms = rows.values_list("pk", "terms__vocabulary", "terms__code", "terms__parent__code")
    for key, vocabulary, *codes in terms:
        if vocabulary:
            traits[key][vocabulary].update(filter(None, codes))
    for key, tool in rows.values_list("pk", "tools_in_use__tool"):
        if tool:
            traits[key]["tool"].add(tool)
    for path in ("lead_city__country", "cities__country", "partners__city__country"):
        for key, country in rows.values_list("pk", path):
            if country:
                traits[key]["country"].add(country)
    return traits


def initiative(slug: str, viewer: Viewer) -> Workspace:
    """One initiative with its partners and tools; `NotFound` when the viewer may not see it."""
    found = _with_parts(Initiative.objects.filter(slug=slug)).first()
    if found is None:
        raise NotFound(_("There is no such initiative."), field="initiative")
    return enter(found, viewer=viewer)


def initiative_to_read(slug: str, viewer: Viewer) -> Workspace:
    """The same for who changes nothing in the row: it may be kept, and then takes one query."""
    found = _whole(slug)
    if found is None:
        raise NotFound(_("There is no such initiative."), field="initiative")
    return enter(found, viewer=viewer)


@kept(100)
def _whole(slug: str) -> Initiative | None:
    return _with_parts(Initiative.objects.filter(slug=slug)).first()


def _with_parts(rows: QuerySet[Initiative]) -> QuerySet[Initiative]:
    return rows.select_related("lead_city").prefetch_related("terms", "cities", "partners__city", "tools_in_use")


def card_rows(rows: QuerySet[Initiative]) -> QuerySet[Initiative]:
    """The initiatives with no more than what their cards show."""
    shown = rows.only("slug", "title", "one_line", "language", "visibility", "status", "lead", "lead_city")
    return shown.prefetch_related(None).prefetch_related("terms", "partners")


def initiative_texts(
    rows: Iterable[Initiative], language: str | None = None, *, names: Collection[str] = TRANSLATABLE
) -> dict[str, Rendering]:
    """The texts `names` of initiatives in `language` or the reader's, as far as they are translated, by slug."""
    return texts_of("initiative", rows, names, language)


def status_labels() -> dict[str, str]:
    """What each status is called."""
    return {str(value): str(label) for value, label in Initiative.Status.choices}


def field_labels() -> dict[str, str]:
    """What each text of an initiative that can be translated is called."""
    return labels_of(Initiative, TRANSLATABLE)


def map_points(rows: QuerySet[Initiative]) -> list[tuple[Initiative, City]]:
    """Each initiative with the city it stands at on the map: the one that leads, else the first where it happens."""
    placed = ((row, row.lead_city or next(iter(row.cities.all()), None)) for row in rows.prefetch_related("cities"))
    return [(row, city) for row, city in placed if city is not None]


def initiative_translations(slug: str) -> dict[str, dict[str, str]]:
    """Every translated text of an initiative, by language and field."""
    found = translations("initiative", [slug]).get(slug, {})
    return {language: {name: field.text for name, field in fields.items()} for language, fields in found.items()}


def tools(workspace: Workspace) -> Tools:
    """What the page of an initiative shows of its tools, and of the rooms whose records live in it."""
    on = {row.tool for row in workspace.initiative.tools_in_use.all()}
    found = [card for card in cards() if card.slug in on]
    makers = [card.panel for card in found] + [kind.panel for kind in record_kinds().values()]
    return Tools(
        panels=[make(workspace.initiative.pk, workspace.viewer) for make in makers if make is not None],
        plain=[card for card in found if card.is_built and card.panel is None],
        asked_for=[card for card in found if not card.is_built],
    )


def members(workspace: Workspace) -> list[Member]:
    """The members, stewards first: for members and the network's editors only, so an empty list for others."""
    rows = Member.objects.filter(initiative=workspace.initiative).select_related("person")
    found = list(rows.order_by("-role", "person__name"))
    viewer = workspace.viewer
    may_see = viewer is not None and (viewer.is_editor or any(row.person_id == viewer.pk for row in found))
    return found if may_see else []


def invitations_of(workspace: Workspace) -> QuerySet[Invitation]:
    """Who is invited to an initiative, the latest first, those that have expired among them."""
    return workspace.initiative.invitations.all()


def invitations_to(person: Person) -> list[Invitation]:
    """The open invitations to initiatives, to the addresses that are confirmed to be a person's."""
    wanted = Q(pk__in=())
    for address in confirmed_addresses(person):
        wanted |= Q(email__iexact=address)
    rows = Invitation.objects.filter(wanted, expires_at__gt=timezone.now())
    return list(rows.select_related("initiative", "invited_by"))


def stewarded_alone(person: Person) -> list[tuple[str, str]]:
    """The initiatives of which a person is the only steward, each with the page of its members."""
    stewards = Member.objects.filter(initiative=OuterRef("pk"), role=Role.STEWARD)
    rows = Initiative.objects.filter(Exists(stewards.filter(person=person)))
    alone = rows.exclude(Exists(stewards.exclude(person=person)))
    return [(row.title, reverse("workspaces:members", args=[row.slug])) for row in alone]


def member(workspace: Workspace, person_id: int) -> Person:
    """The person of this id who is a member; `NotFound` when there is none."""
    # Of a key, unlike an id, Django does not see that it is larger than the database's numbers get.
    people = Person.objects.filter(pk=person_id)
    found = Member.objects.filter(initiative=workspace.initiative, person__in=people).select_related("person").first()
    if found is None:
        raise NotFound(_("This person is not a member of the initiative."), field="person")
    return found.person


def deeds(workspace: Workspace, *, limit: int = 20) -> list[Deed]:
    """The latest deeds in an initiative on records the viewer may see, newest first.

    Left out is what concerns nobody but a person, and for who is no member what tools tell members alone.
    """
    inner = set() if workspace.role is not None else {verb for card in cards() for verb in card.inner_deeds}
    # An initiative of the same address may have been deleted before this one was started.
    found = takewhile(
        lambda entry: entry.verb != "delete_initiative", entries(workspace=workspace.initiative.slug, limit=limit)
    )
    return _deeds([entry for entry in found if entry.verb not in inner.union(PRIVATE_VERBS)], workspace.viewer)


def own_deeds(person: Person, *, limit: int = 100) -> list[Deed]:
    """The last deed of a person on each record among the latest `limit` deeds, newest first."""
    last: dict[tuple[str, str], Entry] = {}
    for entry in entries(actor=person, limit=limit):
        last.setdefault((entry.kind, entry.key), entry)
    return _deeds(list(last.values()), person)


def _deeds(found: Sequence[Entry], viewer: Viewer) -> list[Deed]:
    visible = visible_references(viewer, (Reference(kind=entry.kind, key=entry.key) for entry in found))
    public = _public_pages(frozenset(visible))
    return [
        Deed(entry, str(record_kinds()[entry.kind].title), *public.get(reference, (entry.key, "")))
        for entry in found
        if (reference := Reference(kind=entry.kind, key=entry.key)) in visible
    ]


@kept(100)
def _public_pages(references: frozenset[Reference]) -> dict[Reference, tuple[str, str]]:
    """The title and the page of each record that is public."""
    return {reference: (record.texts[0].title, record.url) for reference, record in findables(references).items()}


def workspaces_for(viewer: Viewer, tool: str | None = None) -> QuerySet[Initiative]:
    """The initiatives (with this tool) in which the viewer may contribute, open ones first."""
    rows = initiatives(viewer)
    if tool is not None:
        rows = rows.filter(pk__in=ToolInUse.objects.filter(tool=tool).values("initiative"))
    if viewer is None:
        return rows.none()
    if not viewer.is_editor:
        own = Member.objects.filter(person=viewer, role__gte=Role.CONTRIBUTOR).values("initiative")
        rows = rows.filter(Q(pk__in=own) | Q(is_open=True))
    return rows.order_by("-is_open", "title")


def own_memberships(person: Person) -> list[Member]:
    """The initiatives a person is a member of, with the role in each."""
    return list(Member.objects.filter(person=person).select_related("initiative").order_by("initiative__title"))


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose initiative the viewer may see."""
    rows = Initiative.objects.filter(visible_to(viewer, initiative=""), slug__in=list(keys))
    return set(rows.values_list("slug", flat=True))


def latest_records(slug: str, most: int) -> list[Reference]:
    """An initiative that is public, and the records in it that something was done to, latest first.

    `NotFound` when it is not public. Which of the records may be seen is for others to say.
    """
    open_workspace(slug, viewer=None)
    deeds = entries(workspace=slug, limit=10 * most)
    return list(dict.fromkeys(Reference(kind=deed.kind, key=deed.key) for deed in deeds))[:most]


def addresses() -> QuerySet[Initiative, tuple[str]]:
    """The slug of every public initiative, oldest first."""
    return initiatives(None).order_by("pk").values_list("slug")


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public initiatives offer to search."""
    rows = initiatives(None).prefetch_related("cities")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    found = list(rows)
    texts = translations("initiative", [row.slug for row in found])
    for row in found:
        yield _findable(row, texts)


def _findable(row: Initiative, texts: Translations) -> Findable:
    cities = [city.pk for city in row.cities.all()] + [p.city_id for p in row.partners.all() if p.city_id]
    if row.lead_city_id:
        cities.insert(0, row.lead_city_id)
    codes: dict[str, tuple[str, ...]] = {
        vocabulary: tuple(term.code for term in row.terms.all() if term.vocabulary == vocabulary)
        for vocabulary in ("theme", "topic")
    }
    return Findable(
        reference=Reference(kind="initiative", key=row.slug),
        url=row.get_absolute_url(),
        texts=text_versions(row, texts.get(row.slug, {}), summary=("one_line",), body=TRANSLATABLE[2:]),
        workspace=row.slug,
        city_ids=tuple(dict.fromkeys(cities)),
        involvement="ran" if row.status in {Initiative.Status.ENDED, Initiative.Status.STOPPED} else "runs",
        themes=codes["theme"],
        topics=codes["topic"],
        status=row.status,
        year=int(row.started_on[:4]) if row.started_on else None,
        facts=tuple(Fact(label=figure["label"], text=figure["text"]) for figure in row.figures),
    )
