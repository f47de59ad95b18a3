"""A practice as it comes in, from a form, the API, an import or the demonstration: one shape, checked once."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from metropolis.engine_kit import Value

PartialDate = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]


class BuildingBlockInput(Value):
    """A re-usable part: core or adaptable."""

    title: str = Field(min_length=1, max_length=160)
    description: str = ""
    kind: Literal["core", "adaptable"]


class SourceInput(Value):
    """A public document; `url` is where it was read."""

    title: str = Field(min_length=1, max_length=300)
    publisher: str = Field(default="", max_length=200)
    year: int | None = Field(default=None, ge=1800, le=2100)
    url: str = Field(pattern=r"^https?://\S+$", max_length=600)
    language: str = Field(default="", max_length=12)
    quote: str = Field(default="", max_length=400)
    accessed_on: str | None = Field(default=None, pattern=r"^\d{4}-\d\d-\d\d$")


class ResultInput(Value):
    """A measured effect; `source` is the position of its source in the practice's list, from 0."""

    indicator: str = Field(min_length=1, max_length=240)
    baseline: str = Field(default="", max_length=120)
    baseline_on: PartialDate = ""
    value: str = Field(min_length=1, max_length=120)
    unit: str = Field(default="", max_length=80)
    measured_on: PartialDate = ""
    method: str = Field(default="", max_length=300)
    source: int | None = Field(default=None, ge=0)


class KeyDateInput(Value):
    """A moment that mattered."""

    on: PartialDate
    event: str = Field(min_length=1, max_length=240)


class SupporterInput(Value):
    """A partner and what it gives."""

    name: str = Field(min_length=1, max_length=200)
    support: Literal["money", "people", "knowledge", "land", "equipment", "political", "other"] = "other"


class PracticeInput(Value):
    """Everything a practice can say; only title, one line, summary, language and city must be told.

    `city` and `adopters` are written "Rosario, AR"; `themes`, `topics` and `sdgs` are codes of the vocabularies.
    """

    title: str = Field(min_length=3, max_length=160)
    one_line: str = Field(min_length=3, max_length=240)
    summary: str = Field(min_length=20, max_length=2400)
    language: Language
    city: str = Field(min_length=2)
    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    sdgs: tuple[str, ...] = ()
    organisation: str = Field(default="", max_length=200)
    scale: Literal["", "street", "neighbourhood", "district", "city", "metropolitan", "regional", "national"] = ""
    status: Literal["planned", "pilot", "running", "scaled", "ended", "stopped"] = "running"
    stopped_why: str = ""
    started_on: PartialDate = ""
    ended_on: PartialDate = ""
    situation: str = ""
    problem: str = ""
    trigger: str = ""
    objectives: str = ""
    policy_background: str = ""
    actions: str = ""
    methods: str = ""
    technology: str = ""
    adapted_from: str = Field(default="", max_length=240)
    participation: str = ""
    target_groups: str = ""
    sponsor: str = Field(default="", max_length=200)
    staff_and_skills: str = ""
    powers_needed: str = ""
    legal_instruments: str = ""
    cost_total: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    cost_capital: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    cost_running: Decimal | None = Field(default=None, ge=0, max_digits=16, decimal_places=2)
    cost_currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    cost_year: int | None = Field(default=None, ge=1800, le=2100)
    cost_note: str = Field(default="", max_length=400)
    funding_sources: str = ""
    financing_instruments: str = ""
    unit_cost: str = Field(default="", max_length=160)
    evaluation: str = ""
    evidence: Literal["", "reported", "measured", "evaluated", "compared"] = ""
    unintended_effects: str = ""
    equity_effects: str = ""
    co_benefits: str = ""
    success_factors: str = ""
    limiting_factors: str = ""
    failures: str = ""
    lessons: str = ""
    preconditions: str = ""
    minimum_capacity: str = ""
    cost_to_copy: str = Field(default="", max_length=240)
    time_to_copy: str = Field(default="", max_length=240)
    offers_to_others: str = ""
    adopters: tuple[str, ...] = ()
    reuse_licence: str = Field(default="", max_length=60)
    hazards: str = Field(default="", max_length=240)
    keywords: str = Field(default="", max_length=400)
    awards: str = ""
    contact_role: str = Field(default="", max_length=160)
    building_blocks: tuple[BuildingBlockInput, ...] = ()
    sources: tuple[SourceInput, ...] = ()
    results: tuple[ResultInput, ...] = ()
    key_dates: tuple[KeyDateInput, ...] = Field(default=(), max_length=5)
    partners: tuple[SupporterInput, ...] = ()
