"""The five ways an operation can refuse, shared by the library, the command line, the API and the pages.

A message names what is wrong and how to put it right; `field` names the input it is about; `data` carries what a
program needs to react (the candidates of an ambiguous name, the row of a rejected import).
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class MetropolisError(Exception):
    """What all refusals have in common; raise one of the kinds below.

    >>> error = InvalidInput("limit must be 1 to 200, not 0.", field="limit", data={"allowed": [1, 200]})
    >>> str(error), error.code, error.status, error.field
    ('limit must be 1 to 200, not 0.', 'invalid_input', 422, 'limit')
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, field: str | None = None, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.data: dict[str, Any] = dict(data or {})


class InvalidInput(MetropolisError):
    """The input is not of the form asked for."""

    code = "invalid_input"
    status = 422


class NotFound(MetropolisError):
    """There is no such object, or the viewer may not know of it."""

    code = "not_found"
    status = 404


class NotAllowed(MetropolisError):
    """The viewer knows of the object but lacks the right."""

    code = "not_allowed"
    status = 403


class Conflict(MetropolisError):
    """The state does not allow it now: someone else was faster, or a step is missing."""

    code = "conflict"
    status = 409


class TooMany(MetropolisError):
    """It was tried too often of late; `data["retry_after"]` are the seconds to wait."""

    code = "too_many_requests"
    status = 429
