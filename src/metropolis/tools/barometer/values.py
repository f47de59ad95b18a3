"""A barometer and its editions as they come in, from a form, the API or the demonstration: one shape, checked once."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints, field_validator

from metropolis.engine_kit import Value

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]
#: A label stands in addresses.
LABEL = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Label = Annotated[str, StringConstraints(pattern=LABEL, max_length=40)]
State = Literal["draft", "consultation"]


class Told(Value, str_strip_whitespace=True):
    """What somebody writes: without spaces around it, and without the one character no database keeps."""

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_kept(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError(_("A text must not contain the character NUL."))
        return value


class BarometerInput(Told):
    """What a barometer says of itself; `themes`, `topics` and `sdgs` are codes of the vocabularies."""

    title: str = Field(min_length=3, max_length=160)
    one_line: str = Field(min_length=3, max_length=240)
    summary: str = Field(min_length=20, max_length=4000)
    language: Language
    themes: tuple[str, ...] = Field(default=(), max_length=20)
    topics: tuple[str, ...] = Field(default=(), max_length=20)
    sdgs: tuple[str, ...] = Field(default=(), max_length=17)


class EditionInput(Told):
    """What an edition says of its data; a `synthetic_note` is shown on every page and chart."""

    label: Label
    source_note: str = Field(default="", max_length=2000)
    synthetic_note: str = Field(default="", max_length=400)
    licence: str = Field(default="", max_length=60)


class CommentInput(Told):
    """What a city says of its own data: of one node of the framework, or of all."""

    unit: str = Field(min_length=1, max_length=120)
    node: str = Field(default="", max_length=120)
    text: str = Field(min_length=3, max_length=4000)
