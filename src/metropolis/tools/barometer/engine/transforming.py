"""Functions of single indicators before anything is compared: cut, moved, logarithm or power."""

from collections.abc import Callable, Sequence

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Goalposts, Node
from metropolis.tools.barometer.engine.recipe import Ends, Transform
from metropolis.tools.barometer.engine.table import Matrix


def clipped(values: Matrix, ends: Ends) -> Matrix:
    """Values beyond either end cut to it; as expected years of schooling at 18, UNDP, HDR 2023-24, technical note 1.

    >>> clipped(np.array([3.0, 21.0]), Ends(most=18)).tolist()
    [3.0, 18.0]
    """
    return values if ends == Ends() else np.clip(values, ends.least, ends.most)


def transformed(values: Matrix, code: str, step: Transform, units: Sequence[str]) -> Matrix:
    """One indicator's values, shape (units,), moved and then as logarithm or power.

    `InvalidInput` names the unit whose value has none. OECD/JRC Handbook (2008), step 5.

    >>> transformed(np.array([0.0, 99.0]), "a", Transform(log=("a",), plus={"a": 1}), ("X", "Y")).round(3).tolist()
    [0.0, 4.605]
    """
    return _moved(values, code, step, lambda row: f"{code!r} of {units[row]!r}")


def _moved(values: Matrix, code: str, step: Transform, subject: Callable[[int], str]) -> Matrix:
    moved = values + step.plus.get(code, 0.0)
    if code in step.log:
        _refuse(moved <= 0, moved, code, subject, "logarithm")
        return np.asarray(np.log(moved))
    power = step.power.get(code, 1.0)
    if power % 1:
        _refuse(moved < 0, moved, code, subject, f"power of {power:g}")
    return np.asarray(moved**power)


def with_transformed_ends(node: Node, step: Transform) -> Node:
    """The node with its goalposts and target transformed as its values are.

    >>> node = Node(code="income", parent="i", goalposts=Goalposts(lower=1, upper=100), target=10)
    >>> with_transformed_ends(node, Transform(power={"income": 0.5})).goalposts
    Goalposts(lower=1.0, upper=10.0)
    """

    def moved(end: float, name: str) -> float:
        return float(_moved(np.array([end]), node.code, step, lambda _row: f"{name} of {node.code!r}")[0])

    changes: dict[str, object] = {}
    if node.goalposts is not None:
        ends = moved(node.goalposts.lower, "The lower goalpost"), moved(node.goalposts.upper, "The upper goalpost")
        changes["goalposts"] = Goalposts(lower=ends[0], upper=ends[1])
    if node.target is not None:
        changes["target"] = moved(node.target, "The target")
    return node.model_copy(update=changes)


def _refuse(bad: np.ndarray, values: Matrix, code: str, subject: Callable[[int], str], what: str) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        message = f"{subject(rows[0])} is {values[rows[0]]:g}: it has no {what}."
        raise InvalidInput(message, field=code)
