"""The values in which tools speak of one another's records without importing one another."""

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import InvalidInput, Value

#: Characters of a long text at most: as much as anybody reads, and no more than keeps nobody waiting.
LONGEST_TEXT = 20_000
#: The code of a language, as IETF BCP 47 writes the usual ones: es, pt-BR.
LANGUAGE = re.compile(r"(?=.{2,12}$)[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Visibility(models.TextChoices):
    """Who may see a record: its author and coordinators, the workspace's members, or everybody."""

    DRAFT = "draft", _("Draft")
    INTERNAL = "internal", _("Internal")
    PUBLIC = "public", _("Public")


class Reference(Value):
    """The address of any record: its kind and its key within the kind.

    >>> Reference.parse("practice:medellin-metrocable")
    Reference(kind='practice', key='medellin-metrocable')
    >>> str(Reference(kind="city", key="3838583"))
    'city:3838583'
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Read `kind:key`; `InvalidInput` when it is not of that form."""
        kind, colon, key = text.partition(":")
        if not (kind and colon and key):
            message = _("A reference is written kind:key, such as practice:open-streets, not %(text)s.")
            raise InvalidInput(message % {"text": repr(text)}, field="reference")
        return cls(kind=kind, key=key)


class TextVersion(Value):
    """A record's text in one language; `origin` says who made it when it is a translation.

    `keywords` are searched with the summary, but are no sentence that anybody is shown.
    """

    language: str
    title: str
    summary: str = ""
    keywords: str = ""
    paragraphs: tuple[str, ...] = ()
    origin: str = "original"


class Fact(Value):
    """A labelled figure or statement for comparison; `text` is None where it is not known."""

    label: str
    text: str | None


class Findable(Value):
    """What a record offers to search, to a city's profile and to comparison; the first text is the original.

    `workspace` is the slug of the initiative the record belongs to. `involvement` says what the record shows of its
    cities: they run it, ran it, want it, know it, offer it, adopted it or are measured in it.
    `requires` holds what a city needs to copy it, for the fit to a city: keys are those of the exchange engine.
    `schema_type` is its type in schema.org where that is not the one of its kind.
    """

    reference: Reference
    url: str
    texts: tuple[TextVersion, ...]
    workspace: str = ""
    city_ids: tuple[int, ...] = ()
    adopter_city_ids: tuple[int, ...] = ()
    involvement: str = "runs"
    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    status: str = ""
    year: int | None = None
    requires: dict[str, str] = {}
    facts: tuple[Fact, ...] = ()
    is_demonstration: bool = False
    schema_type: str = ""


@dataclass(frozen=True, slots=True)
class PublicKind:
    """A kind of page everybody may read: sharing makes cards, pictures, feeds' entries and the sitemap of it.

    `page` names its address, whose first argument is the key. `findable(keys)` yields what the public ones of these
    keys say, and nothing of others. `addresses()` gives the arguments of the addresses of all that are public, in an
    order that stays, and can be cut. `schema_type` is the type of schema.org.

    An app declares its kinds in its AppConfig as `public_kinds`.
    """

    kind: str
    page: str
    schema_type: str
    findable: Callable[[Iterable[str]], Iterator[Findable]]
    addresses: Callable[[], models.QuerySet[Any, tuple[Any, ...]]]


#: Tells whether a filter of a list has a value, for a viewer.
Filter = Callable[[str, Any], bool]


def one_of(values: Callable[[], Container[str]]) -> Filter:
    """The filter that has these values, whoever asks."""
    return lambda value, _viewer: value in values()


def any_text(value: str, viewer: Any) -> bool:  # noqa: ARG001 - a filter's form
    """The filter in which anything may be asked for."""
    return True


def any_year(value: str, viewer: Any) -> bool:  # noqa: ARG001 - a filter's form
    """The filter that has every year written with four digits."""
    return value.isascii() and value.isdecimal() and len(value) == len("2014")


@dataclass(frozen=True, slots=True)
class Listing:
    """A page everybody may read that is not about one record.

    With `latest` it lists some and has a feed; with `points` it has a map on a page of its own.

    `page` names its address. `latest(query, most, **arguments)` gives up to `most` of the records that the address's
    query and arguments ask for as a visitor gets them, those changed last first. `points(viewer, query, **arguments)`
    gives the places as a GeoJSON.

    `filters` are those that its address may have, by name: any other of another list, and any value that a filter has
    not, gives nothing and is named. None where the address is not looked at.

    An app declares such pages in its AppConfig as `listings`.
    """

    page: str
    title: Promise
    latest: Callable[..., Iterable[Reference]] | None = None
    points: Callable[..., dict[str, Any]] | None = None
    filters: Mapping[str, Filter] | None = None


def validate_partial_date(text: str) -> None:
    """Accept a year, a month or a day as ISO 8601 writes them (2014, 2014-07, 2014-07-30)."""
    if not PARTIAL_DATE.fullmatch(text):
        raise ValidationError(_("Write a year, a month or a day, such as 2014, 2014-07 or 2014-07-30."))


def validate_name(text: str) -> None:
    """Refuse a name with more than one line: in a mail, the second would pass for ours."""
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in text):
        raise ValidationError(_("Write the name in one line."))


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Rows that a room or a tool keeps of a person; its AppConfig lists them as `personal_data`.

    By it people see what is held of them and take it along, and accounts are deleted. `key` names what ties the rows
    to the person: a model and its key, such as `workspaces.Member.person`, through other keys where needed
    (`experts.Consent.expert__person`); `is_address` says that it is an e-mail address of theirs. `fields` are what they
    get of each row, all columns when none are named.

    When an account is deleted the database does what the key says: rows of a key that cascades go, the others stay
    without the person. Rows of an address go, unless it may be blank: then only the address goes. What else it takes
    is done before by `forget(person_id=…)`.
    """

    key: str
    title: Promise
    fields: tuple[str, ...] = ()
    is_address: bool = False
    forget: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True)
class Stewardship:
    """What a person may be the only steward of; the AppConfig of its room or tool names it as `stewardship`.

    `alone(person)` gives each by its name, with the page on which somebody else is made a steward; `after` says who
    looks after it once the account is deleted.
    """

    alone: Callable[..., list[tuple[str, str]]]
    after: Promise
