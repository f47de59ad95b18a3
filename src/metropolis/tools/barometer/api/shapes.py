"""What the API tells of barometers and their editions, and what it is asked."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from metropolis.foundation.records.values import Visibility
from metropolis.tools.barometer.engine.advancing import Move, Progress
from metropolis.tools.barometer.engine.coherence import Alpha, Finding
from metropolis.tools.barometer.engine.figures import Influence
from metropolis.tools.barometer.engine.framework import Node
from metropolis.tools.barometer.engine.material import Break
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.varying import Variation

Year = Annotated[int | None, Field(ge=0, le=9999, description="The last one there is, if left out.")]
Code = Annotated[str, Field(max_length=120)]
Weight = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class InYear(Schema):
    """The year wanted."""

    year: Year = None


class UnitWanted(InYear):
    """The year wanted, and whether to compute what would bring the unit up, which may take long."""

    moves: bool = False


class OfUnit(Schema):
    """The code of the unit wanted, if any."""

    unit: Code = ""


class Slice(InYear):
    """Which part of a list is wanted, and of which year."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class NodeSlice(Slice):
    """The same of one node; of the index if none is named."""

    node: Code = ""


class Pair(InYear):
    """Two units by their codes."""

    first: Code
    second: Code


class BarometerItem(Schema):
    """A barometer in a list, in its original language; `latest` is the label of its last published edition."""

    slug: str
    url: Annotated[str, Field(validation_alias="get_absolute_url")]
    title: str
    one_line: str
    language: str
    visibility: Visibility
    updated_at: datetime
    latest: str | None

    @staticmethod
    def resolve_latest(row: Any) -> str | None:
        """The label of the last published edition."""
        return next((edition.label for edition in row.published_editions), None)


class BarometerPage(Schema):
    """A slice of the barometers you may see, and how many there are in all."""

    items: list[BarometerItem]
    count: int


class EditionItem(Schema):
    """An edition in a list; `digest` is the SHA-256 of all it is computed from."""

    label: str
    url: Annotated[str, Field(validation_alias="get_absolute_url")]
    state: str
    digest: str
    published_at: datetime | None


class BarometerOut(Schema):
    """A barometer and the editions of it that you may see, newest first."""

    slug: str
    url: str
    initiative: str
    title: str
    one_line: str
    summary: str
    language: str
    visibility: Visibility
    updated_at: datetime
    editions: list[EditionItem]


class FileOut(Schema):
    """A file to download, and of what kind it is."""

    name: str
    url: str
    media_type: str


class TranslatedOut(Schema):
    """A text as written and its translation, "" where there is none; stale when the original has changed since."""

    original: str
    text: str
    is_stale: bool


class TranslationOut(Schema):
    """What a barometer says of itself, by name, and what its frameworks and editions say, in a language."""

    language: str
    origin: str
    fields: dict[str, TranslatedOut]
    texts: list[TranslatedOut]


class EditionOut(EditionItem):
    """An edition. A `synthetic_note` must be said wherever its figures are shown.

    `progress` is nothing, waiting, done or refused, the latter with a `problem`; `index` is the code of the whole.
    """

    progress: str
    problem: str
    synthetic_note: str
    source_note: str
    licence: str
    citation: str
    index: str | None
    years: list[int]
    units: int
    breaks: list[Break]
    files: list[FileOut]


class NodeOut(Schema):
    """A node with the weight used and the share it has in the index; `alpha` is Cronbach's, of three parts or more."""

    node: Node
    weight: float
    share: float
    alpha: Alpha | None


class FrameworkOut(Schema):
    """The tree of nodes, and what stands out in how its parts go together."""

    nodes: list[NodeOut]
    findings: list[Finding]


class RecipeOut(Schema):
    """How an edition is computed, and what is varied for its intervals."""

    recipe: Recipe
    variation: Variation
    replications: int
    seed: int


class ScoreOut(Schema):
    """A unit's score and rank in one node; `city_id` is its GeoNames id, where it is a city we know."""

    unit: str
    name: str
    city_id: int | None
    score: float | None
    rank: int | None


class ScorePage(Schema):
    """Scores of one node in one year."""

    year: int | None
    node: str
    items: list[ScoreOut]
    count: int


class StandingOut(ScoreOut):
    """A unit in the ranking, with the 90 % intervals of its score and rank.

    `top_quarter` and `above_next` are the probabilities of being in the best quarter and above the unit that comes
    next.
    """

    is_tied: bool
    lower: float | None
    upper: float | None
    best: int | None
    worst: int | None
    top_quarter: float | None
    above_next: float | None


class RankingPage(Schema):
    """The ranking of one year, best first; those without a score come last."""

    year: int | None
    synthetic_note: str
    items: list[StandingOut]
    count: int


class DataRow(Schema):
    """A unit's figures in one year as they were given, by indicator.

    `errors` are standard errors of surveys; `imputed` holds what gaps were filled with, None where that is in another
    unit; `moved` what outliers count as.
    """

    unit: str
    year: int | None
    values: dict[str, float | None]
    errors: dict[str, float]
    imputed: dict[str, float | None]
    moved: dict[str, float]


class DataPage(Schema):
    """A slice of the figures."""

    items: list[DataRow]
    count: int


class ProgressOut(Schema):
    """Whether a unit is really better in a year than in one before."""

    before: int
    after: int
    progress: Progress


class UnitOut(Schema):
    """Why a unit scores what it does.

    `parts` say, by indicator, what makes it score otherwise than the typical unit, which has every median; they add up
    to the gap. `moves` are the smallest changes that would bring it up one place, None unless `moves=true` asks for
    them: in large editions they take long.
    """

    standing: StandingOut
    year: int | None
    typical: float | None
    parts: dict[str, float]
    progress: list[ProgressOut]
    moves: list[Move] | None


class ComparisonOut(Schema):
    """Two units: the probability that the first stands above the second, and what makes the gap, by indicator.

    No probability is given where it would take minutes.
    """

    year: int | None
    first: str
    second: str
    above: float | None
    gap: float | None
    parts: dict[str, float]


class SensitivityOut(Schema):
    """What moves all ranks of the last year together, and the score of the unit asked for."""

    year: int | None
    whole: list[Influence]
    unit: list[Influence]


class WhatIf(Schema):
    """Other weights for some nodes, by code; the others keep theirs."""

    weights: dict[Code, Weight] = Field(max_length=2000)
    year: Year = None


class WhatIfLine(Schema):
    """A unit's rank and score under other weights, and its rank in the edition."""

    unit: str
    rank: int | None
    score: float | None
    published_rank: int | None


class WhatIfOut(Schema):
    """The ranking that other weights give, best first, and the share each node then has. How sure it is, is unknown."""

    year: int | None
    shares: dict[str, float]
    ranking: list[WhatIfLine]
