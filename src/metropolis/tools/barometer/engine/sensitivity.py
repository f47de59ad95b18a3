"""Which uncertain input moves scores and ranks: Sobol's indices, for every unit and for the whole."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.uncertainty import Progress, Uncertainty, simulate
from metropolis.tools.barometer.engine.varying import Variation


class Indices(NamedTuple):
    """First-order and total indices, shape (inputs, outputs), and the ends of their 90 % bootstrap intervals."""

    first: Matrix
    total: Matrix
    first_interval: Matrix  # (2, inputs, outputs)
    total_interval: Matrix


class Sensitivity(NamedTuple):
    """Indices of each unit's score and rank, and of the whole: the mean absolute change of rank from the nominal one.

    `names` are the inputs; outputs are the units in the order of `found`, the whole has one.
    """

    names: tuple[str, ...]
    found: Uncertainty
    scores: Indices
    ranks: Indices
    whole: Indices


def design(inputs: int, base: int, seed: int) -> Matrix:
    """Points of the unit cube, shape (base · (inputs + 2), inputs): A, B, then A with each column of B in turn.

    Two independent samples out of one scrambled Sobol sequence of twice the dimensions; `base` a power of 2. Saltelli
    et al. (2010), table 2.

    >>> design(inputs=2, base=8, seed=0).shape
    (32, 2)
    """
    if base < 2 or base & (base - 1):  # noqa: PLR2004 a variance takes two
        raise InvalidInput(f"The size of the sample must be a power of 2, not {base}.", field="base")
    both = scipy.stats.qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed)).random(base)
    first, second = both[:, :inputs], both[:, inputs:]
    mixed = [np.where(np.arange(inputs) == place, second, first) for place in range(inputs)]
    return np.vstack([first, second, *mixed])


def sobol_indices(outputs: Matrix, inputs: int, *, resamples: int = 200, seed: int = 0) -> Indices:
    """First-order and total indices of each output from a run of `design`, shape (base · (inputs + 2), outputs).

    The estimators of Saltelli et al. (2010), b and f of table 2 (Jansen 1999 for the total), of outputs less their
    mean: without that, the first can leave −1 … 1 widely. An output that never changes has nan. Intervals resample
    whole rows of the design, for all inputs and outputs together.

    >>> points = design(2, 256, seed=0)
    >>> found = sobol_indices(points[:, :1] + 3 * points[:, 1:], 2)
    >>> found.first.ravel().round(1).tolist()
    [0.1, 0.9]
    """
    base = len(outputs) // (inputs + 2)
    if base * (inputs + 2) != len(outputs):
        message = f"{len(outputs)} runs are not a design of {inputs} inputs: they must divide by {inputs + 2}."
        raise InvalidInput(message, field="outputs")
    centred = (outputs - outputs.mean(axis=0)).reshape(inputs + 2, base, -1)
    first, total = _estimate(centred)
    generator = np.random.default_rng(seed)
    again = [_estimate(centred[:, generator.integers(base, size=base)]) for _ in range(resamples)]
    ends = [np.quantile([one[which] for one in again], [0.05, 0.95], axis=0) for which in (0, 1)]
    return Indices(first, total, ends[0], ends[1])


def _estimate(runs: Matrix) -> tuple[Matrix, Matrix]:
    a, b, mixed = runs[0], runs[1], runs[2:]
    variance = runs[:2].reshape(-1, runs.shape[2]).var(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = (b * (mixed - a)).mean(axis=1) / variance
        total = ((a - mixed) ** 2).mean(axis=1) / 2 / variance
    return first, total


def sensitivity(
    data: Table,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    variation: Variation,
    base: int = 512,
    seed: int = 0,
    progress: Progress | None = None,
) -> Sensitivity:
    """How much each input of `variation` moves each unit's score and rank, and all ranks together.

    Takes base · (inputs + 2) replications, from which scores, ranks and the whole are all judged. Saltelli et al.
    (2010); Saisana, Saltelli & Tarantola (2005) for ranks.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> told = sensitivity(data, framework, variation=usual_variation(framework), base=64)
    >>> told.names, told.whole.total.shape
    (('Weights', 'Leaving out'), (2, 1))
    """
    rows = variation.chosen(design(len(variation.inputs), base, seed))
    return judged(simulate(data, framework, recipe, variation=variation, seed=seed, rows=rows, progress=progress))


def judged(found: Uncertainty) -> Sensitivity:
    """The indices from the replications of a `design` that are there already.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> variation = usual_variation(framework)
    >>> rows = variation.chosen(design(2, 16, seed=0))
    >>> judged(simulate(data, framework, variation=variation, rows=rows)).names
    ('Weights', 'Leaving out')
    """
    inputs = len(found.variation.inputs)
    ranks = found.ranks.astype(np.float64)
    moved = rank_shift(ranks, found.nominal.ranks.values[:, -1])
    return Sensitivity(
        names=tuple(one.name for one in found.variation.inputs),
        found=found,
        scores=sobol_indices(found.scores.astype(np.float64), inputs, seed=found.seed),
        ranks=sobol_indices(ranks, inputs, seed=found.seed),
        whole=sobol_indices(moved[:, None], inputs, seed=found.seed),
    )


def rank_shift(ranks: Matrix, nominal: Sequence[float] | Matrix) -> Matrix:
    """The mean absolute change of rank in each replication, shape (replications,): Saisana et al. (2005).

    >>> rank_shift(np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 3.0]]), [1, 2, 3]).round(2).tolist()
    [0.0, 0.67]
    """
    return np.asarray(np.abs(ranks - np.asarray(nominal)).mean(axis=1))
