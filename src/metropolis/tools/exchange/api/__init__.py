"""The API of the tool: search, suggestions, cities, needs and offers, and their matches."""

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.security import django_auth

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.places.queries import city as city_by_id
from metropolis.foundation.places.queries import city_context, find_city, suggest_cities
from metropolis.tools.exchange import operations, queries
from metropolis.tools.exchange.api.shapes import (
    AnswersOut,
    CityProfileOut,
    CityRecordOut,
    CitySuggestionOut,
    MatchOut,
    NeedIn,
    NeedOut,
    NeedsIn,
    NeedsOut,
    SearchIn,
    SuggestIn,
    SuggestionOut,
    SuggestionsOut,
    WeightsIn,
    answer_out,
    city_answer_out,
    need_out,
)
from metropolis.tools.exchange.engine import Weights
from metropolis.tools.exchange.queries.vocabulary import check_filters, check_reader
from metropolis.tools.exchange.values import NeedInput, Question

router = Router(tags=["exchange"])


@router.get("/search", response=AnswersOut, summary="Ask the network")
def search(request: HttpRequest, asked: Query[SearchIn], weights: Query[WeightsIn]) -> AnswersOut:
    """Answers to a question in any language, best first, each with its quote, its reason and its fit to a city.

    409 while the index is built for the first time; 404 or 422 for a city that is unknown or ambiguous; 422 for a
    parameter that there is not, and for a value that a filter cannot have.
    """
    _refuse_unknown(request, SearchIn, WeightsIn)
    facets = {name: tuple(getattr(asked, name)) for name in queries.FACETS if name != "kind"}
    check_filters({"kind": asked.kind, **facets})
    if asked.reader:
        check_reader(asked.reader)
    given = {name.removeprefix("weight_"): value for name, value in weights.dict().items()}
    question = Question(
        text=asked.q,
        city_id=find_city(asked.city).id if asked.city else None,
        kinds=tuple(asked.kind),
        filters={name: values for name, values in facets.items() if values},
        weights=Weights.model_validate(given),
        sort=asked.sort,
        limit=asked.limit,
        offset=asked.offset,
    )
    operations.keep_up()
    found = queries.answers(question, language=asked.reader or get_language(), most_cities=asked.limit)
    return AnswersOut(
        total=found.total,
        language=found.language,
        items=[answer_out(answer) for answer in found.answers],
        cities=[city_answer_out(answer) for answer in found.cities],
        facets={name: values for name, values in found.facets.items() if name in queries.FACETS},
    )


def _refuse_unknown(request: HttpRequest, *shapes: type[Schema]) -> None:
    known = sorted({name for shape in shapes for name in shape.model_fields})
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        message = _("There is no parameter %(names)s. There are %(known)s.")
        details = {"names": ", ".join(unknown), "known": ", ".join(known)}
        raise InvalidInput(message % details, field=unknown[0], data={"unknown": unknown, "allowed": known})


@router.get("/suggest", response=SuggestionsOut, summary="Suggest records and cities")
def suggest(request: HttpRequest, typed: Query[SuggestIn]) -> SuggestionsOut:  # noqa: ARG001 - a view gets one
    """Records near to what was typed so far, and cities whose name begins with it."""
    operations.keep_up()
    found = queries.suggestions(typed.q, language=get_language() or "en", limit=typed.limit)
    return SuggestionsOut(
        records=[
            SuggestionOut(kind=item.reference.kind, id=item.reference.key, title=item.title, url=item.url)
            for item in found
        ],
        cities=[CitySuggestionOut(id=city.id, label=city.label) for city in suggest_cities(typed.q, limit=typed.limit)],
    )


@router.get("/cities/{city_id}", response=CityProfileOut, summary="What is known of a city")
def city(request: HttpRequest, city_id: int) -> CityProfileOut:  # noqa: ARG001 - a view gets one
    """A city by its GeoNames id: its situation, and what it runs, wants, knows, offers and has adopted."""
    operations.keep_up()
    found = city_by_id(city_id)
    return CityProfileOut(
        id=found.id,
        label=found.label,
        context=city_context(found).model_dump(mode="json"),
        records={
            involvement: [CityRecordOut.model_validate(record._asdict()) for record in records]
            for involvement, records in queries.city_records(city_id).items()
        },
    )


@router.get("/needs", response=NeedsOut, summary="Needs and offers")
def needs(request: HttpRequest, asked: Query[NeedsIn]) -> NeedsOut:
    """What cities want and what they offer, newest first."""
    filters = asked.dict(exclude={"limit", "offset"})
    rows = queries.needs(viewer_of(request.user), **filters)
    page = rows[asked.offset : asked.offset + asked.limit]
    return NeedsOut(total=rows.count(), items=[need_out(row) for row in page])


@router.get("/needs/{slug}", response=NeedOut, summary="One need or offer")
def need(request: HttpRequest, slug: str) -> NeedOut:
    """A need or an offer by the last part of its address."""
    return need_out(queries.need(slug, viewer_of(request.user))[0])


@router.post("/needs", response={201: NeedOut}, auth=django_auth, summary="Add a need or an offer")
def add_need(request: HttpRequest, content: NeedIn) -> Status[NeedOut]:
    """Add a need or an offer, for members; what answers it is sought as soon as it is public."""
    given = content.dict()
    initiative, publish = given.pop("initiative"), given.pop("publish")
    actor = viewer_of(request.user)
    if actor is None:
        raise NotAllowed(_("Sign in to add a need or an offer."), data={"sign_in": True})
    row = operations.add_need(
        initiative=initiative, actor=actor, content=NeedInput.model_validate(given), is_public=publish
    )
    return Status(201, need_out(row))


@router.get("/match/{slug}", response=list[MatchOut], summary="What was found for a need or an offer")
def match(request: HttpRequest, slug: str) -> list[MatchOut]:
    """The matches kept for a need or an offer, best first; those set aside only for who may change it."""
    row, workspace = queries.need(slug, viewer_of(request.user))
    may_change = workspace.allows("exchange.change_need", author=row.author)
    return [MatchOut.model_validate(found._asdict()) for found in queries.matches(row, set_aside=may_change)]
