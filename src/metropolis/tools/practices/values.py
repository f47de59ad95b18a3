"""A practice as it comes in, from a form, the API, an import or the demonstration: one shape, checked once."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from metropolis.engine_kit import Value
from metropolis.foundation.records.values import LONGEST_TEXT, PARTIAL_DATE


def _partial_date(text: str) -> str:
    if text and not PARTIAL_DATE.fullmatch(text):
        raise ValueError(_("Write a year, a month or a day, such as 2014, 2014-07 or 2014-07-30."))
    if len(text) == len("2014-07-30"):
        date.fromisoformat(text)  # the calendar has no 30 February
    return text


PartialDate = Annotated[str, AfterValidator(_partial_date)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=600)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]


#: Rows of a list at most: each city among them is looked up.
MOST_ROWS = 200


class Told(Value, str_strip_whitespace=True):
    """What somebody writes: without spaces around it, and without the one character no database keeps."""

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_kept(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError(_("A text must not contain the character NUL."))
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise ValueError(_("A text has at most %(most)s characters.") % {"most": LONGEST_TEXT})
        if isinstance(value, list | tuple) and len(value) > MOST_ROWS:
            raise ValueError(_("A list has at most %(most)s rows.") % {"most": MOST_ROWS})
        return value


class BuildingBlockInput(Told):
    """A re-usable part: core or adaptable."""

    title: str = Field(min_length=1, max_length=160)
    description: str = ""
    kind: Literal["core", "adaptable"]


class SourceInput(Told):
    """A public document; `url` is where it was read."""

    title: str = Field(min_length=1, max_length=300)
    publisher: str = Field(default="", max_length=200)
    year: int | None = Field(default=None, ge=1800, le=2100)
    url: WebAddress
    language: str = Field(default="", max_length=12)
    quote: str = Field(default="", max_length=400)
    accessed_on: str | None = Field(default=None, pattern=r"^\d{4}-\d\d-\d\d$")


class ResultInput(Told):
    """A measured effect; `source` is the position of its source in the practice's list, from 0."""

    indicator: str = Field(min_length=1, max_length=240)
    baseline: str = Field(default="", max_length=120)
    baseline_on: PartialDate = ""
    value: str = Field(min_length=1, max_length=120)
    unit: str = Field(default="", max_length=80)
    measured_on: PartialDate = ""
    method: str = Field(default="", max_length=300)
    source: int | None = Field(default=None, ge=0)


class KeyDateInput(Told):
    """A moment that mattered."""

    on: PartialDate = Field(min_length=4)
    event: str = Field(min_length=1, max_length=240)


class SupporterInput(Told):
    """A partner and what it gives."""

    name: str = Field(min_length=1, max_length=200)
    support: Literal["money", "people", "knowledge", "land", "equipment", "political", "other"] = "other"


class LinkInput(Told):
    """A page worth knowing beside the sources."""

    title: str = Field(min_length=1, max_length=200)
    url: WebAddress


class PracticeInput(Told):
    """Everything a practice can say; only title, one line, summary, language and city must be told.

    `city` and `adopters` are written "Rosario, AR"; `themes`, `topics` and `sdgs` are codes of the vocabularies.
    Dates are a year, a month or a day as ISO 8601 writes them. A stopped practice must say why.
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
    status: Literal["", "planned", "pilot", "running", "scaled", "ended", "stopped"] = ""
    stopped_why: str = Field(default="", validate_default=True)
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
    links: tuple[LinkInput, ...] = ()

    @field_validator("results")
    @classmethod
    def _name_their_sources(cls, results: tuple[ResultInput, ...], info: ValidationInfo) -> tuple[ResultInput, ...]:
        known = len(info.data.get("sources", ()))
        for result in results:
            if result.source is not None and result.source >= known:
                message = _("Source %(number)s is not in the list of sources, which is counted from 0.")
                raise ValueError(message % {"number": result.source})
        return results

    @field_validator("stopped_why")
    @classmethod
    def _says_why(cls, text: str, info: ValidationInfo) -> str:
        if info.data.get("status") == "stopped" and not text.strip():
            raise ValueError(_("Say why it stopped: that is what others learn most from."))
        return text

    @field_validator("ended_on")
    @classmethod
    def _ends_after_it_started(cls, end: str, info: ValidationInfo) -> str:
        start = info.data.get("started_on", "")
        # Dates of unlike precision are compared as far as both go.
        if end and end < start[: len(end)]:
            raise ValueError(_("The end must not be before the start."))
        return end


class PracticeFilter(Value):
    """Which practices to list, and in which order; an empty field does not narrow.

    `theme`, `topic` and `sdg` are codes (a topic includes those under it), `country` two letters, `initiative` a slug.
    """

    theme: str = ""
    topic: str = ""
    sdg: str = ""
    status: Literal["", "planned", "pilot", "running", "scaled", "ended", "stopped"] = ""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    language: str = Field(default="", max_length=12)
    initiative: str = ""
    sort: Literal["", "title", "city", "newest_start", "completeness"] = ""
