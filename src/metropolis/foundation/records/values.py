"""The values in which tools speak of one another's records without importing one another."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import InvalidInput, Value

#: Characters of a long text at most: as much as anybody reads, and no more than keeps nobody waiting.
LONGEST_TEXT = 20_000
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
            message = f"A reference is written kind:key, such as practice:open-streets, not {text!r}."
            raise InvalidInput(message, field="reference")
        return cls(kind=kind, key=key)


class TextVersion(Value):
    """A record's text in one language; `origin` says who made it when it is a translation."""

    language: str
    title: str
    summary: str = ""
    paragraphs: tuple[str, ...] = ()
    origin: str = "original"


class Fact(Value):
    """A labelled figure or statement for comparison; `text` is None where it is not known."""

    label: str
    text: str | None


class Findable(Value):
    """What a record offers to search, to a city's profile and to comparison; the first text is the original.

    `workspace` is the slug of the initiative the record belongs to. `involvement` says what the record shows of its
    cities: they run it, ran it, want it, know it, offer it or adopted it.
    `requires` holds what a city needs to copy it, for the fit to a city: keys are those of the exchange engine.
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


def validate_partial_date(text: str) -> None:
    """Accept a year, a month or a day as ISO 8601 writes them (2014, 2014-07, 2014-07-30)."""
    if not PARTIAL_DATE.fullmatch(text):
        raise ValidationError(_("Write a year, a month or a day, such as 2014, 2014-07 or 2014-07-30."))
