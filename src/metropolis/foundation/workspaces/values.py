"""Roles in a workspace, and the rows of what an initiative lists about itself."""

from typing import Any, NamedTuple

import pydantic
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from metropolis.engine_kit import Value

WEB_ADDRESS = r"^https?://[^\s<>\"]+$"


class Role(models.IntegerChoices):
    """What a member may do in an initiative; each role may all that the ones before it may."""

    VIEWER = 1, gettext_lazy("Viewer")
    CONTRIBUTOR = 2, gettext_lazy("Contributor")
    COORDINATOR = 3, gettext_lazy("Coordinator")
    STEWARD = 4, gettext_lazy("Steward")


class Right(NamedTuple):
    """A right in an initiative: the least role that has it, and what it is called."""

    least: Role
    label: Promise


class Figure(Value):
    """A fact or figure: what it is of, what it says, and who says so."""

    label: str = Field(min_length=1, max_length=160)
    text: str = Field(min_length=1, max_length=400)
    source: str = Field(default="", max_length=300)


class WebLink(Value):
    """An address on the web, under the words of its link."""

    title: str = Field(min_length=1, max_length=200)
    url: str = Field(pattern=WEB_ADDRESS, max_length=600)


class Source(Value):
    """A document the facts come from."""

    title: str = Field(min_length=1, max_length=300)
    publisher: str = Field(default="", max_length=200)
    year: int | None = Field(default=None, ge=1800, le=2100)
    url: str = Field(default="", pattern=rf"{WEB_ADDRESS}|^$", max_length=600)


def validate_figures(rows: Any) -> None:
    """Accept a list whose rows are of the form of `Figure`."""
    _validate(Figure, rows)


def validate_links(rows: Any) -> None:
    """Accept a list whose rows are of the form of `WebLink`."""
    _validate(WebLink, rows)


def validate_sources(rows: Any) -> None:
    """Accept a list whose rows are of the form of `Source`."""
    _validate(Source, rows)


def _validate(kind: type[Value], rows: Any) -> None:
    try:
        pydantic.TypeAdapter(list[kind]).validate_python(rows)  # type: ignore[valid-type]  # a type known at run time
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
        message = _("row %(place)s: %(message)s")
        raise ValidationError(message % {"place": place, "message": first["msg"]}) from error
