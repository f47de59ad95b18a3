"""What is asked of the exchange and what it answers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange.engine import Fit, Weights

PartialDate = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]
Sort = Literal["relevance", "fit"]

#: A kind of answer that is no record: cities, gathered from the records found.
CITY = "city"
#: The kinds of record that answer a question. Needs and offers are questions of others, and so are found only when they
#: are asked for; of all kinds come the cities that run or want the same.
ANSWERS = ("initiative", "practice", "expert", "publication", "barometer")
#: What a record shows of cities that did nothing for it: these neither run nor want what it is about.
MEASURED = "measured"
#: How many of the most relevant records are ordered by fit, or looked through for cities.
POOL = 100
#: Characters of a question.
LONGEST_QUESTION = 800


class Question(Value):
    """What somebody asks: `text` in their words and, where given, the city (GeoNames id) it is for.

    `kinds` and `filters` keep what has any of the values; `kinds` may hold "city", and none means `ANSWERS`. `sort` is
    by relevance, or by fit to the city among the `POOL` most relevant records.
    """

    text: str = Field(default="", max_length=LONGEST_QUESTION)
    city_id: int | None = None
    kinds: tuple[str, ...] = ()
    filters: dict[str, tuple[str, ...]] = {}
    weights: Weights = Weights()
    sort: Sort = "relevance"
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0)


class Answer(Value):
    """One record that answers, and why.

    `score` is the relevance (0 to 1), `fit` how well it fits the city asked for (None when none was); they are never
    mixed. `title` and `line` are in `language`, the reader's where there is such a version; `quote` is the passage
    nearest to the question, in its own language, and `reason` one sentence in the reader's.
    """

    reference: Reference
    title: str
    line: str = ""
    language: str = ""
    url: str
    city: str = ""
    city_ids: tuple[int, ...] = ()
    score: float
    fit: Fit | None = None
    quote: str = ""
    quote_language: str = ""
    reason: str = ""
    involvement: str = ""
    status: str = ""
    year: int | None = None
    topics: tuple[str, ...] = ()
    is_demonstration: bool = False


class Involvement(Value):
    """How a city has to do with a record: it runs it, ran it, wants it, knows it, offers it or adopted it."""

    involvement: str
    reference: Reference
    title: str
    language: str = ""


class CityAnswer(Value):
    """A city that runs, wants, knows, offers or adopted what was asked for; `score` is that of its best record."""

    city_id: int
    title: str
    label: str
    url: str
    latitude: float
    longitude: float
    score: float
    fit: Fit | None = None
    reason: str = ""
    involvements: tuple[Involvement, ...]


class Answers(Value):
    """A page of answers with what there is besides.

    `total` counts every record found, `facets` how many of them have each value; `language` is that of the question.
    `cities` are gathered from the most relevant records; `city_total` counts them, those not told of among them.
    """

    total: int
    answers: tuple[Answer, ...] = ()
    city_total: int = 0
    cities: tuple[CityAnswer, ...] = ()
    facets: dict[str, dict[str, int]] = {}
    language: str = ""


class NeedInput(Value):
    """What a need or an offer says; `city` is written "Rosario, AR", `topics` are codes of the vocabulary."""

    kind: Literal["need", "offer"] = "need"
    title: str = Field(min_length=3, max_length=160)
    text: str = Field(min_length=10, max_length=4000)
    language: Language
    city: str = Field(min_length=2)
    topics: tuple[str, ...] = ()
    constraints: str = Field(default="", max_length=2000)
    by_when: PartialDate = ""
    open_until: date | None = None
