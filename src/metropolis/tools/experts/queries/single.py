"""One expert: the page's value, the profile as its form fills it in, and the requests they got."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.foundation.workspaces.access import Workspace, role_in
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.foundation.workspaces.queries import workspaces_for
from metropolis.tools.experts.engine import Reader, may_read
from metropolis.tools.experts.models import Evidence, Expert
from metropolis.tools.experts.queries.profiles import TOOL, visible_rows, with_parts
from metropolis.tools.experts.queries.reading import shown, sight
from metropolis.tools.experts.values import (
    EvidenceInput,
    ExpertInput,
    LanguageInput,
    Shared,
    ShownEvidence,
    ShownExpert,
    ShownRequest,
    TopicInput,
)

#: As many requests as the expert's page shows.
LATEST_REQUESTS = 50


def expert(slug: str, viewer: Viewer, *, pose: Reader = "insider") -> ShownExpert:
    """One expert, with only what is shared with the viewer; `NotFound` when the viewer may not know of them.

    An insider can `pose` as a visitor or a member, to check what these would see.
    """
    row, workspace = reachable(slug, viewer)
    seen_by = sight(viewer, pose)
    consent = next((given.audience for given in row.consents.all() if given.field == Shared.EVIDENCE), None)
    reader = seen_by.reader(row)
    evidence = row.evidence.all() if may_read(consent, reader) else ()
    told = tuple(_evidence(evidence, keep_unknown=reader == "insider"))
    return shown(row, seen_by).model_copy(update={"evidence": told, "may": _deeds(row, workspace)})


def reachable(slug: str, viewer: Viewer) -> tuple[Expert, Workspace]:
    """The stored profile, for operations only, and the workspace it lives in.

    One's own is reached even when the initiative has left or switched the tool off: it can always be withdrawn.
    """
    row = with_parts(visible_rows(viewer)).select_related("person").filter(slug=slug).first()
    if row is None:
        raise NotFound(_("There is no such expert."), field="expert")
    return row, Workspace(row.initiative, viewer, role_in(row.initiative, viewer))


def initiatives_to_add_to(viewer: Viewer) -> list[tuple[str, str]]:
    """The slug and title of each initiative in which the viewer may add a profile, open ones first."""
    return [(found.slug, found.title) for found in workspaces_for(viewer, TOOL)]


def adds_others(viewer: Viewer) -> bool:
    """Whether the viewer may anywhere add the profile of somebody without an account."""
    return viewer is not None and (viewer.is_editor or bool(sight(viewer).coordinated))


def own_profile(viewer: Viewer) -> str | None:
    """The slug of the viewer's own profile, if they have one."""
    return Expert.objects.filter(person=viewer).values_list("slug", flat=True).first() if viewer else None


def profile_input(slug: str, viewer: Viewer) -> ExpertInput:
    """A whole profile as its form fills it in; `NotAllowed` for all but the expert and the coordinators."""
    row, _workspace = reachable(slug, viewer)
    if sight(viewer).reader(row) != "insider":
        raise NotAllowed(_("Only the expert and the coordinators of the initiative change a profile."))
    plain = ("name", "role", "organisation", "bio", "language", "methods", "conflicts", "contact_email")
    choices = ("availability", "availability_note", "fee_kind")
    return ExpertInput(
        city=row.city.label if row.city else "",
        topics=tuple(TopicInput(topic=topic.term.code, level=topic.level) for topic in row.topics.all()),
        languages=tuple(
            LanguageInput.model_validate({"language": spoken.language, "level": spoken.level})
            for spoken in row.languages.all()
        ),
        regions=tuple(region.code for region in row.regions.all()),
        evidence=tuple(
            EvidenceInput(reference=Reference.parse(shows.reference), note=shows.note) for shows in row.evidence.all()
        ),
        **{name: getattr(row, name) for name in (*plain, *choices)},
    )


def contact_requests(slug: str, viewer: Viewer) -> list[ShownRequest]:
    """The latest requests to an expert: for the expert, or the coordinators of one without an account; else none."""
    row, workspace = reachable(slug, viewer)
    if not _reads_requests(row, workspace):
        return []
    latest = row.requests.select_related("sender")[:LATEST_REQUESTS]
    return [
        ShownRequest(
            sender=request.sender.name,
            sender_email=request.sender.email,
            message=request.message,
            sent_at=request.sent_at,
        )
        for request in latest
    ]


def _reads_requests(row: Expert, workspace: Workspace) -> bool:
    viewer = workspace.viewer
    if viewer is None:
        return False
    if row.person_id is not None:
        return row.person_id == viewer.pk
    return workspace.allows("experts.change_expert")


def _deeds(row: Expert, workspace: Workspace) -> frozenset[str]:
    """What the viewer may do; the operations ask again."""
    viewer = workspace.viewer
    own = viewer is not None and row.person_id == viewer.pk
    coordinates = workspace.allows("experts.change_expert")
    may = {
        "change": own or coordinates,
        "consent": own or (coordinates and row.person_id is None),
        "withdraw": own or coordinates,
        "publish": workspace.allows("experts.publish_expert", author=row.person) and (own or row.person_id is None),
        "unpublish": own or coordinates,
        "validate": workspace.allows("experts.validate_topic") and not own,
        "delete": own or coordinates,
        "ask": not own and any(given.field == Shared.CONTACT for given in row.consents.all()),
        "read_requests": _reads_requests(row, workspace),
    }
    return frozenset(deed for deed, allowed in may.items() if allowed)


def _evidence(rows: Iterable[Evidence], *, keep_unknown: bool) -> Iterable[ShownEvidence]:
    """The records named, by title and address as far as they are public: one query a kind."""
    named = [(Reference.parse(row.reference), row.note) for row in rows]
    public = _public_records(reference for reference, _note in named)
    for reference, note in named:
        record = public.get(reference)
        if record is not None:
            text = _in_reader_language(record)
            yield ShownEvidence(
                reference=reference, title=text.title, language=text.language, url=record.url, note=note
            )
        elif keep_unknown:
            yield ShownEvidence(reference=reference, title=str(reference), language="", url="", note=note)


def _public_records(references: Iterable[Reference]) -> dict[Reference, Findable]:
    keys: dict[str, list[str]] = {}
    for reference in references:
        keys.setdefault(reference.kind, []).append(reference.key)
    kinds = record_kinds()
    found = (record for kind, wanted in keys.items() if kind in kinds for record in kinds[kind].findable(wanted))
    return {record.reference: record for record in found}


def _in_reader_language(record: Findable) -> TextVersion:
    wanted = (get_language() or "en").split("-")[0]
    return next((text for text in record.texts if text.language == wanted and text.title), record.texts[0])
