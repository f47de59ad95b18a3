"""One definition of an engine function, from which its five doors derive: library, command line, API, page and docs."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any

from metropolis.engine_kit.errors import InvalidInput
from metropolis.engine_kit.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """An engine function with what a door needs to offer it.

    `name` is its address, unique in the engine and fit for a URL and a command ("fit-to-city"); `title` is what a
    reader sees; `function` takes one value of type `input` and gives one of type `output`.

    >>> class Side(Value):
    ...     length: float
    >>> class Area(Value):
    ...     square_metres: float
    >>> def square(side: Side) -> Area:
    ...     "The area of a square, from its side in metres."
    ...     return Area(square_metres=side.length**2)
    >>> computation = Computation(name="square", title="Square", function=square, input=Side, output=Area)
    >>> computation.run({"length": 3})
    Area(square_metres=9.0)
    >>> computation.description
    'The area of a square, from its side in metres.'
    """

    name: str
    title: str
    function: Callable[[Any], Value]
    input: type[Value]
    output: type[Value]

    def __post_init__(self) -> None:
        if not self.name.replace("-", "").isalnum() or self.name != self.name.lower():
            message = f"A computation's name is lower-case words joined by hyphens, not {self.name!r}."
            raise InvalidInput(message, field="name")

    @property
    def description(self) -> str:
        """The function's docstring: the one text that help, docs and pages show."""
        return getdoc(self.function) or ""

    def run(self, fields: dict[str, Any]) -> Value:
        """Validate plain `fields` (from JSON, a form or the command line) and compute."""
        return self.function(self.input.model_validate(fields))
