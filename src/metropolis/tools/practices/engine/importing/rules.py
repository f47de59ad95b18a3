"""One rule of a mapping: what a field is made of."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.practices.engine.importing.plain_text import plain_text

_PLACE: Final = re.compile(r"\{([^{}]+)\}")


class Rule(Value, populate_by_name=True):
    """What a field is made of, in the order in which it is done; a mere text is the name of a column.

    - `from`: a column or several; or `template`: a text with columns in braces; or `value`: always the same.
    - `html`: keep the text of a web page. `split`: cut into a list at this text.
    - `without`: leave out pieces in which one of these texts stands.
    - `values`: what each piece becomes; `others`: what happens to the rest ("reject", "skip" or "keep").
    - `dates`: formats in which dates may be written, as `%d/%m/%Y`; the result is a day, month or year in ISO 8601.
    - `decimal`: the mark before decimals; other marks between digits are taken off.
    - `address`: put `https://` before an address without it.
    - `also`: pieces that every row has besides.
    - `shorten`: cut at the last word that fits into this many characters, with "…"; without it, too long is an error.
    - `otherwise`: what an empty field becomes.
    """

    columns: str | tuple[str, ...] = Field(default=(), alias="from")
    template: str = ""
    value: Any = None
    joined_by: str = "\n\n"
    html: bool = False
    split: str = ""
    without: tuple[str, ...] = ()
    values: dict[str, str] = {}
    others: Literal["reject", "skip", "keep"] = "reject"
    dates: tuple[str, ...] = ()
    decimal: Literal["", ".", ","] = ""
    address: bool = False
    also: tuple[str, ...] = ()
    shorten: int | None = Field(default=None, ge=2)
    otherwise: str = ""

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, rule: Any) -> Any:
        return {"from": rule} if isinstance(rule, str) else rule

    @model_validator(mode="after")
    def _one_origin(self) -> "Rule":
        if sum((bool(self.columns), bool(self.template), self.value is not None)) != 1:
            raise ValueError("give one of from, template and value")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns the rule reads."""
        if self.template:
            return tuple(_PLACE.findall(self.template))
        return (self.columns,) if isinstance(self.columns, str) else self.columns

    def apply(self, cells: Mapping[str, Any]) -> Any:
        """The field for a row: a text, or a list when `split` or `also` is given.

        What is a list or a record already stays one. Raises `InvalidInput` for a value, date or number that the rule
        does not foresee.
        """
        if self.value is not None:
            return self.value
        raw = [cells.get(name) for name in self.names]
        if not self.template and len(raw) == 1 and isinstance(raw[0], list | dict) and not self.values:
            return raw[0]
        pieces = [self._finished(piece) for piece in self._pieces(cells)]
        told = [piece for piece in pieces if piece]
        if self.split or self.also:
            return list(dict.fromkeys([*told, *self.also]))
        return self._shortened(self.joined_by.join(told)) or self.otherwise

    def _pieces(self, cells: Mapping[str, Any]) -> list[str]:
        if self.template:
            texts = [_PLACE.sub(lambda place: text_of(cells.get(place[1])), self.template)]
        else:
            texts = [text for name in self.names for text in _texts(cells.get(name))]
        if self.html:
            texts = [plain_text(text) for text in texts]
        if self.split:
            texts = [piece for text in texts for piece in text.split(self.split)]
        stripped = (text.replace("\xa0", " ").strip() for text in texts)
        return [text for text in stripped if text and not any(mark in text for mark in self.without)]

    def _finished(self, piece: str) -> str:
        if self.values and piece not in self.values and self.others == "reject":
            raise InvalidInput(f"The mapping has no value for {piece!r}.")
        if self.values:
            piece = self.values.get(piece, piece if self.others == "keep" else "")
        if self.dates and piece:
            return _iso_date(piece, self.dates)
        if self.decimal and piece:
            return _number(piece, self.decimal)
        if self.address and piece and not re.match(r"https?://", piece):
            return f"https://{piece}"
        return self._shortened(piece) if self.split else piece

    def _shortened(self, text: str) -> str:
        if self.shorten is None or len(text) <= self.shorten:
            return text
        kept = text[: self.shorten - 1]
        # A text without a space to cut at is cut where it is.
        at_word = kept.rsplit(None, 1)[0] if text[self.shorten - 1 : self.shorten].strip() else kept
        return f"{at_word.rstrip()}…"


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, midnight as a day, nothing for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _texts(value: Any) -> list[str]:
    return [text_of(item) for item in value] if isinstance(value, list) else [text_of(value)]


def _iso_date(text: str, formats: tuple[str, ...]) -> str:
    for form in formats:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        if "%d" in form or "%j" in form:
            return day.isoformat()
        return day.isoformat()[: 7 if "%m" in form or "%b" in form or "%B" in form else 4]
    raise InvalidInput(f"{text!r} is not a date as the mapping expects it ({', '.join(formats)}).")


def _number(text: str, decimal: str) -> str:
    digits = re.sub(rf"[^\d{re.escape(decimal)}-]", "", text).replace(decimal, ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", digits):
        raise InvalidInput(f"{text!r} is not a number written with {decimal!r} before its decimals.")
    return digits
