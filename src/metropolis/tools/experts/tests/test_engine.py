"""Which level counts, and who may read."""

from datetime import date, timedelta

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.tools.experts.engine import COMPUTATIONS, Claim, may_read, standing

TODAY = date(2026, 6, 1)


def claim(**told: object) -> Claim:
    whole = {"level": 4, "validated_level": 3, "validated_on": "2025-06-01", "expires_on": "2027-06-01", "on": TODAY}
    return Claim.model_validate(whole | told)


def test_a_validation_in_force_goes_before_what_is_declared():
    result = standing(claim())
    assert (result.level, result.is_validated, result.has_expired) == (3, True, False)


def test_an_expired_validation_counts_as_none():
    result = standing(claim(expires_on="2026-05-31"))
    assert (result.level, result.is_validated, result.has_expired) == (4, False, True)


@pytest.mark.parametrize("edge", ["2025-06-01", "2027-06-01"])
def test_the_first_and_the_last_day_count(edge: str):
    assert standing(claim(on=edge)).is_validated


def test_before_its_first_day_a_validation_has_neither_begun_nor_expired():
    result = standing(claim(on="2025-05-31"))
    assert (result.level, result.is_validated, result.has_expired) == (4, False, False)


def test_without_validation_the_declared_level_counts():
    nothing = {"validated_level": None, "validated_on": None, "expires_on": None}
    assert standing(claim(level=2, **nothing)).level == 2


@pytest.mark.parametrize("missing", ["validated_level", "validated_on", "expires_on"])
def test_half_a_validation_is_refused(missing: str):
    with pytest.raises(pydantic.ValidationError, match="together or not at all"):
        claim(**{missing: None})


@pytest.mark.parametrize("level", [0, 5])
def test_levels_go_from_one_to_four(level: int):
    with pytest.raises(pydantic.ValidationError):
        claim(level=level)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(-800, 800), st.integers(1, 700))
def test_a_level_is_validated_exactly_while_its_validation_holds(declared: int, validated: int, day: int, length: int):
    on = TODAY + timedelta(days=day)
    told = {"level": declared, "validated_level": validated, "validated_on": TODAY}
    result = standing(claim(**told, expires_on=TODAY + timedelta(days=length), on=on))
    assert result.is_validated == (0 <= day <= length)
    assert result.level == (validated if result.is_validated else declared)
    assert not (result.is_validated and result.has_expired)


def test_the_computation_runs_from_plain_fields():
    result = COMPUTATIONS[0].run({"level": 1, "on": "2026-01-01"})
    assert result.model_dump() == {"level": 1, "is_validated": False, "has_expired": False}


@pytest.mark.parametrize(
    ("audience", "readers"),
    [(None, {"insider"}), ("members", {"insider", "member"}), ("public", {"insider", "member", "visitor"})],
)
def test_a_field_is_read_by_its_audience_and_by_insiders(audience: str | None, readers: set[str]):
    assert {reader for reader in ("insider", "member", "visitor") if may_read(audience, reader)} == readers
