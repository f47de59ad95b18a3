"""Weights of a survey made to agree with what is known of the population: post-stratification and raking."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.table import Matrix

#: By unit, by question (age, district), by answer: how many people, or which share of them.
Margins = Mapping[str, Mapping[str, Mapping[str, float]]]
SETTLED = 1e-10
ROUNDS = 1000


def calibrated(
    weights: Matrix, columns: Mapping[str, Sequence[str]], margins: Mapping[str, Mapping[str, float]], unit: str = ""
) -> Matrix:
    """Weights of one unit's respondents whose shares by each question are the population's; their sum stays.

    One question is post-stratification: an answer's weights are all multiplied by the same number. Several are raked in
    turn until all agree: Deming & Stephan (1940). `InvalidInput` for an answer without a margin, for a margin without
    respondents (join cells then), and when margins contradict one another.

    >>> calibrated(np.ones(3), {"age": ["old", "young", "young"]}, {"age": {"old": 2, "young": 2}}).tolist()
    [1.5, 0.75, 0.75]
    """
    found, whole = weights.astype(np.float64), weights.sum()
    cells = {name: _checked(columns[name], margins[name], name, unit) for name in margins}
    for _ in range(ROUNDS):
        furthest = 0.0
        for name, members in cells.items():
            total = sum(margins[name].values())
            for answer, rows in members.items():
                factor = margins[name][answer] / total * whole / found[rows].sum()
                found[rows] *= factor
                furthest = max(furthest, abs(factor - 1))
        if furthest < SETTLED:
            return found
    message = f"The margins of {', '.join(margins)} of {unit!r} cannot be met together."
    raise InvalidInput(message, field="margins")


def _checked(
    column: Sequence[str], margin: Mapping[str, float], name: str, unit: str
) -> Mapping[str, NDArray[np.intp]]:
    answers = np.asarray(column)
    unknown = sorted(set(column) - margin.keys())
    if unknown:
        message = f"No margin of {name!r} is given for {unknown[0]!r} in {unit!r}, which a respondent answered"
        raise InvalidInput(f"{message}; its margins are: {', '.join(margin)}.", field=name)
    empty = [answer for answer in margin if margin[answer] > 0 and answer not in set(column)]
    if empty:
        message = f"Nobody in {unit!r} is {empty[0]!r} by {name!r}: join it with another cell."
        raise InvalidInput(message, field=name)
    wrong = [answer for answer in set(column) if not margin[answer] > 0]
    if wrong:
        raise InvalidInput(f"The margin of {wrong[0]!r} by {name!r} in {unit!r} must be above zero.", field=name)
    return {answer: np.flatnonzero(answers == answer) for answer in dict.fromkeys(column)}


def dummies(columns: Mapping[str, Sequence[str]]) -> Matrix:
    """A column of 0 and 1 for every answer to every question, shape (respondents, answers).

    >>> dummies({"sex": ("f", "m", "f")}).tolist()
    [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    found = [np.asarray(column) == answer for column in columns.values() for answer in dict.fromkeys(column)]
    return np.column_stack(found).astype(np.float64)
