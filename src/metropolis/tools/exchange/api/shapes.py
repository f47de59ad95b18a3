"""The shapes in which the API takes questions and gives answers."""

from datetime import date
from typing import Any, Literal

from ninja import Field, Schema

from metropolis.tools.exchange.engine import Fit
from metropolis.tools.exchange.values import Answer, CityAnswer


class FactorOut(Schema):
    """One factor of a fit: `value` from 0 to 1, null where not known, and the facts it rests on."""

    name: str
    value: float | None
    evidence: dict[str, Any]


class FitOut(Schema):
    """Fit to the city asked for: the weighted mean of the known factors, and the share of the weight that is known."""

    overall: float | None
    coverage: float
    factors: list[FactorOut]


class AnswerOut(Schema):
    """One record that answers; `score` is its relevance (0 to 1) and `fit` stands beside it, never mixed with it."""

    kind: str
    id: str
    title: str
    line: str
    language: str
    url: str
    city: str
    city_ids: list[int]
    score: float
    fit: FitOut | None
    quote: str
    quote_language: str
    reason: str
    involvement: str
    status: str
    year: int | None
    topics: list[str]
    is_demonstration: bool


class InvolvementOut(Schema):
    """What a city has to do with a record (kind:key): runs, ran, wants, knows, offers or adopted."""

    involvement: str
    record: str
    title: str


class CityAnswerOut(Schema):
    """A city that runs, wants, knows, offers or adopted what was asked for."""

    id: int
    title: str
    label: str
    url: str
    score: float
    fit: FitOut | None
    reason: str
    involvements: list[InvolvementOut]


class AnswersOut(Schema):
    """A page of answers; `total` counts all records found, `facets` how many of them have each value."""

    total: int
    language: str = Field(description="Language of the question, as detected.")
    items: list[AnswerOut]
    cities: list[CityAnswerOut]
    facets: dict[str, dict[str, int]]


class SearchIn(Schema):
    """What to search for; every facet may be given several times."""

    q: str = Field("", max_length=800, description="The question, in any language.")
    city: str = Field("", description="The city it is for, with its country: Rosario, AR.")
    kind: list[str] = Field([], description="practice, initiative, expert, publication, need, offer, city …")
    theme: list[str] = []
    topic: list[str] = []
    region: list[str] = Field([], description="UN M49 codes of subregions.")
    country: list[str] = Field([], description="ISO 3166 codes of two letters.")
    size: list[str] = Field([], description="small, medium, large, very-large, mega.")
    climate: list[str] = Field([], description="Main groups of Köppen's classes, A to E.")
    status: list[str] = []
    year: list[str] = []
    language: list[str] = Field([], description="Languages the record can be read in.")
    sort: Literal["relevance", "fit"] = "relevance"
    reader: str = Field("", description="Language of titles and reasons; that of the request unless given.")
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=10_000)


class WeightsIn(Schema):
    """How much each factor of the fit counts, from 0 (left out) to 5."""

    weight_need: float = Field(3.0, ge=0, le=5)
    weight_size: float = Field(1.0, ge=0, le=5)
    weight_climate: float = Field(1.0, ge=0, le=5)
    weight_income: float = Field(1.0, ge=0, le=5)
    weight_region: float = Field(0.5, ge=0, le=5)
    weight_distance: float = Field(0.5, ge=0, le=5)
    weight_language: float = Field(1.0, ge=0, le=5)
    weight_preconditions: float = Field(2.0, ge=0, le=5)


class SuggestIn(Schema):
    """What was typed so far."""

    q: str = Field(max_length=800)
    limit: int = Field(5, ge=1, le=20)


class NeedsIn(Schema):
    """Which needs and offers to list; what is left empty does not count."""

    kind: Literal["", "need", "offer"] = ""
    status: Literal["", "open", "met", "withdrawn"] = ""
    topic: str = ""
    country: str = Field("", description="ISO 3166 code of two letters.")
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=100_000)


class SuggestionOut(Schema):
    """A record whose meaning is near to what was typed."""

    kind: str
    id: str
    title: str
    url: str


class CitySuggestionOut(Schema):
    """A city whose name, in any script, begins with what was typed."""

    id: int
    label: str


class SuggestionsOut(Schema):
    """What may be meant."""

    records: list[SuggestionOut]
    cities: list[CitySuggestionOut]


class CityRecordOut(Schema):
    """A record a city has to do with."""

    kind: str
    title: str
    url: str
    reference: str


class CityProfileOut(Schema):
    """A city: its situation with sources and years (null is unknown), and its records by its part in them."""

    id: int
    label: str
    context: dict[str, Any]
    records: dict[str, list[CityRecordOut]]


class NeedIn(Schema):
    """A need or an offer; `city` is written "Rosario, AR"."""

    initiative: str = "metropolis-initiatives"
    kind: Literal["need", "offer"] = "need"
    title: str = Field(min_length=3, max_length=160)
    text: str = Field(min_length=10, max_length=4000)
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)
    city: str
    topics: list[str] = []
    constraints: str = Field("", max_length=2000)
    by_when: str = Field("", pattern=r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$")
    open_until: date | None = None
    publish: bool = False


class NeedOut(Schema):
    """A need or an offer."""

    id: str
    kind: str
    title: str
    text: str
    language: str
    city: str
    city_id: int
    initiative: str
    topics: list[str]
    constraints: str
    by_when: str
    open_until: date | None
    status: str
    visibility: str
    is_demonstration: bool
    url: str


class NeedsOut(Schema):
    """A page of needs and offers."""

    total: int
    items: list[NeedOut]


class MatchOut(Schema):
    """A record found for a need, with its relevance and its fit to the need's city."""

    kind: str
    reference: str
    title: str
    url: str
    score: float
    fit: float | None
    quote: str
    quote_language: str
    state: str


def answer_out(answer: Answer) -> AnswerOut:
    """An answer as the API gives it."""
    given = answer.model_dump(exclude={"reference", "fit"})
    given |= {"kind": answer.reference.kind, "id": answer.reference.key, "fit": _fit(answer.fit)}
    return AnswerOut.model_validate(given)


def _fit(fit: Fit | None) -> FitOut | None:
    if fit is None:
        return None
    return FitOut(
        overall=fit.overall,
        coverage=fit.coverage,
        factors=[FactorOut.model_validate(factor.model_dump()) for factor in fit.factors],
    )


def city_answer_out(answer: CityAnswer) -> CityAnswerOut:
    """A city that answers, as the API gives it."""
    return CityAnswerOut(
        id=answer.city_id,
        title=answer.title,
        label=answer.label,
        url=answer.url,
        score=answer.score,
        fit=_fit(answer.fit),
        reason=answer.reason,
        involvements=[
            InvolvementOut(involvement=item.involvement, record=str(item.reference), title=item.title)
            for item in answer.involvements
        ],
    )


def need_out(row: Any) -> NeedOut:
    """A need or an offer as the API gives it."""
    return NeedOut(
        id=row.slug,
        kind=row.kind,
        title=row.title,
        text=row.text,
        language=row.language,
        city=row.city.label,
        city_id=row.city_id,
        initiative=row.initiative.slug,
        topics=[term.code for term in row.terms.all() if term.vocabulary == "topic"],
        constraints=row.constraints,
        by_when=row.by_when,
        open_until=row.open_until,
        status=row.status,
        visibility=row.visibility,
        is_demonstration=row.is_demonstration,
        url=row.get_absolute_url(),
    )
