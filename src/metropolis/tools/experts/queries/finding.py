"""What experts offer to search and to the page of their initiative."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.places.engine import region_name
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Fact, Findable, Reference, TextVersion
from metropolis.foundation.workspaces.cards import Panel
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.queries.profiles import ShownExperts, visible_rows, with_parts
from metropolis.tools.experts.queries.reading import Sight, shown, sight
from metropolis.tools.experts.values import Availability, FeeKind, Level, ShownExpert

#: Profiles read into memory at once when all are offered to the index.
BATCH = 1000


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose profile the viewer may know of."""
    return set(visible_rows(viewer).filter(slug__in=list(keys)).values_list("slug", flat=True))


def addresses() -> QuerySet[Expert, tuple[str]]:
    """The slug of every public profile, oldest first."""
    return visible_rows(None).order_by("pk").values_list("slug")


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public profiles offer to search: as a visitor sees them, so nothing that is not shared with everybody."""
    rows = with_parts(visible_rows(None)).order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    visitor = sight(None)
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from (_findable(row, visitor) for row in batch)
        last = batch[-1].pk


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """The experts of an initiative, for its page."""
    found = ShownExperts(visible_rows(viewer).filter(initiative_id=initiative_id), viewer)
    return Panel(
        title=_("Experts"),
        records=tuple((expert.title, expert.url) for expert in found[:6]),
        total=len(found),
        url=reverse("experts:experts"),
        add_url=reverse("experts:add"),
    )


def _findable(row: Expert, visitor: Sight) -> Findable:
    expert = shown(row, visitor)
    facts = _facts(expert)
    language = expert.language or settings.LANGUAGE_CODE
    # The texts are those of the profile's language, whoever asks for them.
    with override(language):
        expert = shown(row, visitor)
    return Findable(
        reference=Reference(kind="expert", key=expert.slug),
        url=expert.url,
        texts=(_text(expert, language),),
        workspace=expert.initiative,
        city_ids=(expert.city.id,) if expert.city else (),
        involvement="knows",
        topics=tuple(topic.code for topic in expert.topics),
        facts=facts,
        is_demonstration=expert.is_fictional,
        # A person only where the name is shared with everybody; else no more than a page.
        schema_type="Person" if expert.name else "",
    )


def _text(expert: ShownExpert, language: str) -> TextVersion:
    body = f"{expert.bio}\n{expert.methods}\n{expert.availability_note}".splitlines()
    return TextVersion(
        language=language,
        title=expert.title,
        summary=", ".join(filter(None, (expert.role, expert.organisation))),
        keywords=", ".join(topic.label for topic in expert.topics),
        paragraphs=tuple(line.strip() for line in body if line.strip()),
    )


def _facts(expert: ShownExpert) -> tuple[Fact, ...]:
    language = get_language() or "en"
    standings = {True: _("validated"), False: _("not validated")}
    told = {
        gettext("Topics"): "; ".join(
            f"{topic.label}: {Level(topic.level).label}, {standings[topic.is_validated]}" for topic in expert.topics
        ),
        gettext("Languages"): ", ".join(language_name(spoken.language) for spoken in expert.languages),
        gettext("Regions worked in"): ", ".join(region_name(code, language) for code in expert.regions),
        gettext("Availability"): str(Availability(expert.availability).label) if expert.availability else "",
        gettext("Fee"): str(FeeKind(expert.fee_kind).label) if expert.fee_kind else "",
    }
    return tuple(Fact(label=label, text=text or None) for label, text in told.items())
