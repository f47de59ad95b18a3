import pytest
from pydantic import ValidationError

from metropolis.engine_kit import (
    Computation,
    Conflict,
    InvalidInput,
    MetropolisError,
    NotAllowed,
    NotFound,
    TooMany,
    Value,
)


class Side(Value):
    length: float


class Area(Value):
    square_metres: float


def square(side: Side) -> Area:
    """The area of a square."""
    return Area(square_metres=side.length**2)


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Side(length=1).length = 2  # type: ignore[misc]


def test_a_value_refuses_a_field_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="width"):
        Side.model_validate({"length": 1, "width": 2})


@pytest.mark.parametrize(
    ("kind", "status"), [(InvalidInput, 422), (NotFound, 404), (NotAllowed, 403), (Conflict, 409), (TooMany, 429)]
)
def test_each_refusal_has_its_own_code_and_http_status(kind: type[MetropolisError], status: int) -> None:
    error = kind("No.", field="city", data={"candidates": ["Rosario, AR"]})
    assert (error.status, error.field, error.message) == (status, "city", "No.")
    assert error.data == {"candidates": ["Rosario, AR"]}
    assert isinstance(error, MetropolisError)


def test_a_computation_runs_on_plain_fields_and_describes_itself() -> None:
    computation = Computation(name="square", title="Square", function=square, input=Side, output=Area)
    assert computation.run({"length": 2}) == Area(square_metres=4)
    assert computation.description == "The area of a square."


def test_a_computation_name_must_be_fit_for_a_url() -> None:
    with pytest.raises(InvalidInput, match="Square Area"):
        Computation(name="Square Area", title="", function=square, input=Side, output=Area)
