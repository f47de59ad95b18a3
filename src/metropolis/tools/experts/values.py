"""What a profile is made of, as it comes in and as a reader gets it."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import Field, StringConstraints, field_validator

from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Reference, Visibility

LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]
#: As many rows of a kind as one profile has at most.
MOST_ROWS = 12


class Level(models.IntegerChoices):
    """How far somebody is in a topic."""

    NOVICE = 1, _("Novice")
    PRACTISED = 2, _("Practised")
    EXPERIENCED = 3, _("Experienced")
    LEADING = 4, _("Leading")


class LanguageLevel(models.TextChoices):
    """How well somebody speaks a language, by the Common European Framework of Reference."""

    A2 = "A2", _("A2, simple exchanges")
    B1 = "B1", _("B1, familiar matters")
    B2 = "B2", _("B2, independent")
    C1 = "C1", _("C1, fluent")
    C2 = "C2", _("C2, near native")
    NATIVE = "native", _("Native")


class Availability(models.TextChoices):
    """Whether somebody can be asked now."""

    AVAILABLE = "available", _("Available")
    LIMITED = "limited", _("Available for little")
    NOT_NOW = "not_now", _("Not now")


class FeeKind(models.TextChoices):
    """What help costs."""

    PRO_BONO = "pro_bono", _("Without a fee")
    FEE = "fee", _("For a fee")
    EITHER = "either", _("With or without a fee")


class Shared(models.TextChoices):
    """What is shared only by consent, each with a consent of its own; topics are what a profile always shows."""

    NAME = "name", _("Name")
    ROLE = "role", _("Role")
    ORGANISATION = "organisation", _("Organisation")
    CITY = "city", _("City")
    BIO = "bio", _("About")
    LANGUAGES = "languages", _("Languages")
    METHODS = "methods", _("Methods")
    REGIONS = "regions", _("Regions worked in")
    EVIDENCE = "evidence", _("Work to show")
    AVAILABILITY = "availability", _("Availability and fee")
    CONFLICTS = "conflicts", _("Interests declared")
    CONTACT = "contact", _("Requests through the platform")


class Audience(models.TextChoices):
    """With whom a field is shared; what is shared with nobody has no consent."""

    MEMBERS = "members", _("Members of the network")
    PUBLIC = "public", _("Everybody")


class TopicInput(Value):
    """A topic by its code, and the level the expert declares, from 1 (novice) to 4 (leading)."""

    topic: str = Field(min_length=1, max_length=40)
    level: int = Field(ge=1, le=4)


class LanguageInput(Value):
    """A language spoken and how well."""

    language: LanguageCode
    level: Literal["A2", "B1", "B2", "C1", "C2", "native"]


class EvidenceInput(Value):
    """A record of the platform that shows the expert's work, such as `practice:open-streets`, and what they did."""

    reference: Reference
    note: str = Field(default="", max_length=240)

    @field_validator("reference", mode="before")
    @classmethod
    def _read(cls, given: object) -> object:
        return Reference.parse(given) if isinstance(given, str) else given


class ExpertInput(Value):
    """Everything a profile can say; only a name and one topic must be told.

    `city` is written "Rosario, AR", `regions` are UN M49 codes, `language` is the one the texts are written in.
    """

    name: str = Field(min_length=1, max_length=120)
    topics: tuple[TopicInput, ...] = Field(min_length=1, max_length=MOST_ROWS)
    role: str = Field(default="", max_length=160)
    organisation: str = Field(default="", max_length=200)
    city: str = ""
    bio: str = Field(default="", max_length=2400)
    language: LanguageCode = "en"
    languages: tuple[LanguageInput, ...] = Field(default=(), max_length=MOST_ROWS)
    methods: str = Field(default="", max_length=1200)
    regions: tuple[str, ...] = ()
    evidence: tuple[EvidenceInput, ...] = Field(default=(), max_length=MOST_ROWS)
    availability: Literal["", "available", "limited", "not_now"] = ""
    availability_note: str = Field(default="", max_length=240)
    fee_kind: Literal["", "pro_bono", "fee", "either"] = ""
    conflicts: str = Field(default="", max_length=1200)
    contact_email: str = Field(default="", max_length=254)

    @field_validator("topics", "languages", "regions", "evidence")
    @classmethod
    def _nothing_twice(cls, rows: tuple[object, ...]) -> tuple[object, ...]:
        keys = [next(iter(row))[1] if isinstance(row, Value) else row for row in rows]
        twice = [key for position, key in enumerate(keys) if key in keys[:position]]
        if twice:
            message = f"{twice[0]} is there twice; keep one."
            raise ValueError(message)
        return rows


class ExpertFilters(Value):
    """What a list of experts is narrowed to: any of the values of each, all of those that have some."""

    topic: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    availability: tuple[str, ...] = ()


class FacetCount(Value):
    """A value a list can be narrowed to, and how many experts that leaves."""

    value: str
    label: str
    count: int


class ShownTopic(Value):
    """A topic and the level that counts today; `validated_by` is told to insiders only."""

    code: str
    label: str
    level: int
    declared_level: int
    is_validated: bool
    has_expired: bool
    validated_on: date | None
    expires_on: date | None
    validated_by: str = ""


class ShownLanguage(Value):
    """A language spoken and how well."""

    language: str
    level: str


class ShownCity(Value):
    """A city: its GeoNames id, slug, name with country in the reader's language, and the country's code."""

    id: int
    slug: str
    title: str
    country: str


class ShownEvidence(Value):
    """A record that shows the expert's work; no `url` when the record itself is not public."""

    reference: Reference
    title: str
    language: str
    url: str
    note: str


class ShownConsent(Value):
    """What may be shared, with whom it is (empty: with nobody) and since when."""

    field: Shared
    audience: str
    given_on: date | None


class ShownExpert(Value):
    """A profile as one reader may have it: what was not agreed to be shared with them is not in it.

    Empty means untold or not shared, which a reader cannot tell apart. `evidence` is told of a single expert and not
    in lists. `contact_email` and `consents` are told to insiders only: the expert, and the coordinators of the
    initiative. `may` are the deeds open to the reader, told of a single expert too. `language` is that of the expert's
    own words, where some are told.
    """

    slug: str
    url: str
    title: str
    initiative: str
    initiative_title: str
    topics: tuple[ShownTopic, ...]
    language: str
    is_fictional: bool
    visibility: Visibility
    takes_requests: bool
    name: str = ""
    role: str = ""
    organisation: str = ""
    city: ShownCity | None = None
    bio: str = ""
    languages: tuple[ShownLanguage, ...] = ()
    methods: str = ""
    regions: tuple[str, ...] = ()
    evidence: tuple[ShownEvidence, ...] = ()
    availability: str = ""
    availability_note: str = ""
    fee_kind: str = ""
    conflicts: str = ""
    contact_email: str = ""
    consents: tuple[ShownConsent, ...] = ()
    may: frozenset[str] = frozenset()


class ShownRequest(Value):
    """A request as the expert reads it."""

    sender: str
    sender_email: str
    message: str
    sent_at: datetime
