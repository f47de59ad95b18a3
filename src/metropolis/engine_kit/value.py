"""The one kind of object engines take and give."""

from pydantic import BaseModel


class Value(BaseModel, frozen=True, extra="forbid"):
    """A frozen, validated record: equal when its fields are equal, and a wrong or unknown field is an error.

    >>> class Point(Value):
    ...     x: float
    ...     y: float = 0.0
    >>> Point(x=1).model_copy(update={"y": 2.0})
    Point(x=1.0, y=2.0)
    >>> Point(x=1) == Point(x=1, y=0)
    True
    """
