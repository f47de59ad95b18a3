"""Making barometers and their editions by the API."""

from datetime import datetime
from io import BytesIO
from typing import Annotated, Any, Literal

from django.core.files import File
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema, Status
from ninja.security import django_auth
from pydantic import Field

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.values import LONGEST_TEXT, Visibility
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.api.router import router
from metropolis.tools.barometer.api.shapes import TranslationOut
from metropolis.tools.barometer.engine import Recipe, Variation, read_estimates
from metropolis.tools.barometer.engine.material import Break
from metropolis.tools.barometer.forms.tables import as_paths
from metropolis.tools.barometer.values import BarometerInput, CommentInput, EditionInput, State

Slug = Annotated[str, Field(max_length=120)]
#: Tables as text: what is larger goes through the page.
Csv = Annotated[str, Field(max_length=2_000_000)]


class BarometerAdded(Schema):
    """What to begin, and in which initiative."""

    initiative: Slug
    content: BarometerInput


class BarometerChanged(Schema):
    """What a barometer says of itself, whole."""

    content: BarometerInput


class BarometerTranslated(Schema):
    """A translation: what the barometer says of itself by name, its other texts by the text as written.

    An empty one takes its translation away; what is left out stays as it is.
    """

    fields: dict[str, Annotated[str, Field(max_length=LONGEST_TEXT)]] = {}
    texts: dict[str, Annotated[str, Field(max_length=LONGEST_TEXT)]] = {}
    origin: Literal["author", "translator", "machine", "machine_checked"] = "translator"


class VisibilityChanged(Schema):
    """Who may see the barometer and its published editions: draft, internal or public."""

    visibility: Visibility


class MadeBarometer(Schema):
    """A barometer after a change."""

    slug: str
    url: Annotated[str, Field(validation_alias="get_absolute_url")]
    title: str
    visibility: Visibility
    updated_at: datetime


class EditionAdded(Schema):
    """An edition to begin; `like` is the label of one whose framework and method it takes over."""

    content: EditionInput
    like: str = Field(default="", max_length=40)


class EditionChanged(Schema):
    """What an edition says of its data, whole."""

    content: EditionInput


class MadeEdition(Schema):
    """An edition after a change: its `progress` is nothing, waiting, done or refused, the latter with a `problem`.

    `digest` is the SHA-256 of all it is computed from.
    """

    label: str
    url: Annotated[str, Field(validation_alias="get_absolute_url")]
    state: str
    progress: str
    problem: str
    digest: str
    published_at: datetime | None


class TablesChanged(Schema):
    """Tables as CSV, like COINr's iMeta and iData; what is left out stays as it is."""

    framework: Csv | None = None
    data: Csv | None = None


class FindingOut(Schema):
    """One thing to look at: its `code` stays the same, its `message` is in your language."""

    severity: str
    code: str
    row: int | None
    unit: str
    year: int | None
    column: str
    message: str
    perhaps: list[str]


class TablesTaken(Schema):
    """The edition after its tables were taken in, and what is to be looked at in them."""

    edition: MadeEdition
    findings: list[FindingOut]


class CitiesChanged(Schema):
    """Which city units are, by their code: "Rosario, AR"; "" for one that is no city."""

    cities: dict[str, Annotated[str, Field(max_length=250)]]


class MethodChanged(Schema):
    """The recipe, what varies, and breaks in series; what is left out stays as it is."""

    recipe: Recipe | None = None
    variation: Variation | None = None
    breaks: tuple[Break, ...] | None = None


class EstimatesAdded(Schema):
    """A survey's ready estimates as CSV: uCode, iCode, value, and error or answers (and deff); and their year."""

    estimates: Csv
    year: int | None = None


class StateChanged(Schema):
    """Draft, or with the cities for comment ("consultation")."""

    state: State


class Answered(Schema):
    """The answer to a comment."""

    answer: str = Field(min_length=1, max_length=4000)


class CommentOut(Schema):
    """A comment of a city and its answer, "" as long as there is none."""

    id: Annotated[int, Field(validation_alias="pk")]
    unit: str
    node: str
    text: str
    created_at: datetime
    answer: str
    answered_at: datetime | None


@router.post("", response={201: MadeBarometer}, auth=django_auth, summary="Begin a barometer")
def post_barometer(request: HttpRequest, added: BarometerAdded) -> Status[Any]:
    """Begin a barometer in an initiative, as a draft without editions."""
    actor = signed_in(request.user)
    return Status(201, operations.add_barometer(initiative=added.initiative, actor=actor, content=added.content))


@router.put("/{slug}", response=MadeBarometer, auth=django_auth, summary="Change what a barometer says")
def put_barometer(request: HttpRequest, slug: str, changed: BarometerChanged) -> Any:
    """Replace what a barometer says of itself; its editions stay as they are."""
    return operations.change_barometer(slug=slug, actor=signed_in(request.user), content=changed.content)


@router.put(
    "/{slug}/translations/{language}", response=TranslationOut, auth=django_auth, summary="Translate a barometer"
)
def put_translation(request: HttpRequest, slug: str, language: str, translated: BarometerTranslated) -> Any:
    """Keep a translation of what a barometer, its framework and its editions say; 422 for a text that is nowhere."""
    actor = signed_in(request.user)
    operations.translate_barometer(slug=slug, actor=actor, language=language, **translated.model_dump())
    row, _workspace = queries.barometer(slug, actor)
    return queries.translation(row, actor, language)


@router.put("/{slug}/visibility", response=MadeBarometer, auth=django_auth, summary="Show or withdraw a barometer")
def put_visibility(request: HttpRequest, slug: str, changed: VisibilityChanged) -> Any:
    """Show a barometer and its published editions to everybody, to members, or take it back."""
    actor = signed_in(request.user)
    return operations.set_barometer_visibility(slug=slug, actor=actor, visibility=changed.visibility)


@router.post("/{slug}/editions", response={201: MadeEdition}, auth=django_auth, summary="Begin an edition")
def post_edition(request: HttpRequest, slug: str, added: EditionAdded) -> Status[Any]:
    """Begin an edition as a draft; 409 when its label is in use."""
    actor = signed_in(request.user)
    row = operations.add_edition(barometer_slug=slug, actor=actor, content=added.content, like=added.like)
    return Status(201, row)


@router.put("/{slug}/editions/{label}", response=MadeEdition, auth=django_auth, summary="Change what an edition says")
def put_edition(request: HttpRequest, slug: str, label: str, changed: EditionChanged) -> Any:
    """Replace what a draft says of its data, and its label; 409 for a published edition."""
    return operations.change_edition(**_place(request, slug, label), content=changed.content)


@router.put(
    "/{slug}/editions/{label}/tables", response=TablesTaken, auth=django_auth, summary="Upload framework and data"
)
def put_tables(request: HttpRequest, slug: str, label: str, changed: TablesChanged) -> dict[str, Any]:
    """Check framework, data or both, and take them in.

    422 with all mistakes as `data.findings` where something stands in the way: then nothing changes.
    """
    place = _place(request, slug, label)
    row, _person = queries.edition_to_change(slug, label, place["actor"])
    with as_paths(_file(changed.framework, "iMeta.csv"), _file(changed.data, "iData.csv")) as (framework, data):
        checked = queries.checked_tables(row, framework, data)
    findings = [
        {
            "severity": finding.severity,
            "code": finding.code,
            "row": finding.row,
            "unit": finding.unit,
            "year": finding.year,
            "column": finding.column,
            "message": queries.told(finding).sentence,
            "perhaps": list(finding.perhaps),
        }
        for finding in checked.report.findings
    ]
    if not checked.is_taken:
        raise InvalidInput(_("The tables have errors; nothing was changed."), field="data", data={"findings": findings})
    made = operations.set_tables(**place, framework=checked.framework, data=checked.data)
    return {"edition": made, "findings": findings}


@router.put(
    "/{slug}/editions/{label}/cities", response=MadeEdition, auth=django_auth, summary="Say which city each unit is"
)
def put_cities(request: HttpRequest, slug: str, label: str, changed: CitiesChanged) -> Any:
    """Say of some units which city they are; 404 or 422 names the unit and the cities that may be meant."""
    return operations.set_unit_cities(**_place(request, slug, label), cities=changed.cities)


@router.put("/{slug}/editions/{label}/method", response=MadeEdition, auth=django_auth, summary="Change the method")
def put_method(request: HttpRequest, slug: str, label: str, changed: MethodChanged) -> Any:
    """Replace recipe, variation or breaks in series; scores follow at once, intervals in the background."""
    told = {name: getattr(changed, name) for name in MethodChanged.model_fields}
    return operations.set_method(**_place(request, slug, label), **told)


@router.post(
    "/{slug}/editions/{label}/estimates", response=MadeEdition, auth=django_auth, summary="Add a survey's estimates"
)
def post_estimates(request: HttpRequest, slug: str, label: str, added: EstimatesAdded) -> Any:
    """Put a survey's estimates into the data, with their standard errors; answers are estimated on the page."""
    with as_paths(_file(added.estimates, "estimates.csv")) as (path,):
        assert path is not None  # noqa: S101 - there is one file
        estimates = read_estimates(path)
    return operations.add_estimates(**_place(request, slug, label), estimates=estimates, year=added.year)


@router.post("/{slug}/editions/{label}/undo", response=MadeEdition, auth=django_auth, summary="Undo the last change")
def post_undo(request: HttpRequest, slug: str, label: str) -> Any:
    """Take the last change of tables, method or survey back; once more brings it back."""
    return operations.undo_change(**_place(request, slug, label))


@router.put(
    "/{slug}/editions/{label}/state", response=MadeEdition, auth=django_auth, summary="Give an edition to its cities"
)
def put_state(request: HttpRequest, slug: str, label: str, changed: StateChanged) -> Any:
    """Give an edition to its cities for comment, or take it back to a draft."""
    return operations.set_edition_state(**_place(request, slug, label), state=changed.state)


@router.post("/{slug}/editions/{label}/publish", response=MadeEdition, auth=django_auth, summary="Publish an edition")
def post_publication(request: HttpRequest, slug: str, label: str) -> Any:
    """Publish an edition for good; 409 as long as it is not computed, or a comment has no answer."""
    return operations.publish_edition(**_place(request, slug, label), now=timezone.now())


@router.get(
    "/{slug}/editions/{label}/comments", response=list[CommentOut], auth=django_auth, summary="Read comments of cities"
)
def read_comments(request: HttpRequest, slug: str, label: str) -> list[Any]:
    """All comments for the initiative's members, else those on one's own cities."""
    row, workspace = queries.edition(slug, label, signed_in(request.user))
    return list(queries.comments(row, workspace)[:1000])


@router.post(
    "/{slug}/editions/{label}/comments",
    response={201: CommentOut},
    auth=django_auth,
    summary="Comment on a city's data",
)
def post_comment(request: HttpRequest, slug: str, label: str, content: CommentInput) -> Status[Any]:
    """Say something of the data of one's own city, before they are published."""
    return Status(201, operations.add_comment(**_place(request, slug, label), content=content))


@router.put(
    "/{slug}/editions/{label}/comments/{comment_id}", response=CommentOut, auth=django_auth, summary="Answer a comment"
)
def put_answer(request: HttpRequest, slug: str, label: str, comment_id: int, answered: Answered) -> Any:
    """Answer what a city said: corrected, or why not."""
    place = _place(request, slug, label)
    return operations.answer_comment(**place, comment_id=comment_id, answer=answered.answer, now=timezone.now())


def _place(request: HttpRequest, slug: str, label: str) -> dict[str, Any]:
    return {"barometer_slug": slug, "label": label, "actor": signed_in(request.user)}


def _file(text: str | None, name: str) -> File[bytes] | None:
    return None if text is None else File(BytesIO(text.encode()), name=name)
