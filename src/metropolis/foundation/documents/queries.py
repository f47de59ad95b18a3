"""Reaching publications: every query starts from what the viewer may see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.core.files import File
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.documents.models import Publication
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
from metropolis.foundation.workspaces.access import Workspace, enter, visible_to
from metropolis.foundation.workspaces.cards import Panel, latest_of

TRANSLATABLE = ("title", "summary")
FACETS = ("language", "theme", "topic", "year")
#: Publications read into memory at once when all are offered to the index.
BATCH = 200


def publications(viewer: Viewer) -> QuerySet[Publication]:
    """The publications a viewer may see, without their text."""
    rows = Publication.objects.filter(visible_to(viewer)).defer("text")
    return rows.select_related("initiative").prefetch_related("terms")


def catalogue(viewer: Viewer, chosen: Mapping[str, Sequence[str]]) -> Catalogue[Publication]:
    """The publications a viewer may see that have one of the chosen values in every facet of `FACETS` chosen in."""
    visible = Publication.objects.filter(visible_to(viewer)).order_by()
    traits: dict[int, dict[str, set[str]]] = {
        key: {"language": {language}, "year": {str(year)} if year else set(), "theme": set(), "topic": set()}
        for key, language, year in visible.values_list("pk", "language", "year")
    }
    terms = visible.filter(terms__vocabulary__in=("theme", "topic"))
    columns = ("pk", "terms__vocabulary", "terms__code", "terms__parent__code")
    for key, vocabulary, *codes in terms.values_list(*columns):
        traits[key][vocabulary].update(filter(None, codes))
    keys, counts = narrowed(traits, FACETS, chosen)
    return Catalogue(publications(viewer).filter(pk__in=keys), counts)


def publication(slug: str, viewer: Viewer) -> tuple[Publication, Workspace]:
    """One publication and the workspace it lives in; `NotFound` when the viewer may not see it."""
    found = publications(viewer).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such publication."), field="publication")
    return found, enter(found.initiative, viewer=viewer)


def publication_file(slug: str, viewer: Viewer) -> File[bytes]:
    """The file of a publication; `NotFound` when there is none or the viewer may not see it."""
    row, _workspace = publication(slug, viewer)
    if not row.file:
        raise NotFound(_("This publication has no file here."), field="file")
    return row.file.open("rb")


def publication_texts(rows: Iterable[Publication], language: str | None = None) -> dict[str, Rendering]:
    """The title and summary of publications in `language` or the reader's, as far as they are translated, by slug."""
    return texts_of("publication", rows, TRANSLATABLE, language)


def field_labels() -> dict[str, str]:
    """What each text of a publication that can be translated is called."""
    return labels_of(Publication, TRANSLATABLE)


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose publication the viewer may see."""
    rows = Publication.objects.filter(visible_to(viewer), slug__in=list(keys))
    return set(rows.values_list("slug", flat=True))


def addresses() -> QuerySet[Publication, tuple[str]]:
    """The slug of every public publication, oldest first."""
    return publications(None).order_by("pk").values_list("slug")


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public publications offer to search, the text of their files with it, read in batches."""
    rows = publications(None).defer(None).order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        texts = translations("publication", [row.slug for row in batch])
        for row in batch:
            yield _findable(row, texts)
        last = batch[-1].pk


def _findable(row: Publication, texts: Translations) -> Findable:
    original, *translated = text_versions(row, texts.get(row.slug, {}), summary=("summary",))
    original = original.model_copy(update={"paragraphs": tuple(filter(None, row.text.split("\n\n")))})
    codes = {
        name: tuple(term.code for term in row.terms.all() if term.vocabulary == name) for name in ("theme", "topic")
    }
    return Findable(
        reference=Reference(kind="publication", key=row.slug),
        url=row.get_absolute_url(),
        texts=(original, *translated),
        workspace=row.initiative.slug,
        themes=codes["theme"],
        topics=codes["topic"],
        year=row.year,
        facts=(
            Fact(label=_("Publisher"), text=row.publisher or None),
            Fact(label=_("Year"), text=str(row.year) if row.year else None),
            Fact(label=_("Licence"), text=row.licence or None),
        ),
    )


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """The latest publications of an initiative, for its page."""
    records, total = latest_of(publications(viewer).filter(initiative_id=initiative_id))
    return Panel(
        title=_("Publications"),
        records=records,
        total=total,
        url=reverse("documents:publications"),
        add_url=reverse("documents:add"),
    )
