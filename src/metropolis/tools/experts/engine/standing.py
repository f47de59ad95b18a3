"""Which level in a topic counts on a day: the one somebody validated, as long as that holds, else the one declared."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from metropolis.engine_kit import Value

#: From 1, novice, to 4, leading.
Level = Annotated[int, Field(ge=1, le=4)]


class Claim(Value):
    """What an expert says of a topic, what was validated of it, from when until when, and the day it is asked `on`."""

    level: Level
    validated_level: Level | None = None
    validated_on: date | None = None
    expires_on: date | None = None
    on: date

    @model_validator(mode="after")
    def _a_validation_is_whole(self) -> "Claim":
        if len({part is None for part in (self.validated_level, self.validated_on, self.expires_on)}) > 1:
            raise ValueError("validated_level, validated_on and expires_on are given together or not at all.")
        return self


class Standing(Value):
    """The level that counts; whether it is validated; whether it was and the validation has run out."""

    level: Level
    is_validated: bool
    has_expired: bool


def standing(claim: Claim) -> Standing:
    """The level that counts in a topic on a day.

    A validation holds from `validated_on` to `expires_on`, both days included, and then goes before the declared
    level, be it higher or lower. Before and after, the declared level counts and the topic is not validated.

    >>> standing(Claim(level=4, validated_level=3, validated_on="2024-01-10", expires_on="2026-01-10", on="2026-01-11"))
    Standing(level=4, is_validated=False, has_expired=True)
    """
    if claim.validated_level is None or claim.validated_on is None or claim.expires_on is None:
        return Standing(level=claim.level, is_validated=False, has_expired=False)
    holds = claim.validated_on <= claim.on <= claim.expires_on
    level = claim.validated_level if holds else claim.level
    return Standing(level=level, is_validated=holds, has_expired=claim.on > claim.expires_on)
