"""Replications spread over processes: to the last bit what one process gives, whoever dies meanwhile."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from metropolis.tools.barometer.engine import Recipe
from metropolis.tools.barometer.engine.normalising import MinMax
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.engine.spreading import spread, workers
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import Variation
from metropolis.tools.barometer.tests.test_uncertainty import INPUTS, small

RECIPE = Recipe(steps=(Normalise(how=MinMax(lower=1)), Aggregate()))
VARIATION = Variation(inputs=tuple(INPUTS[name] for name in ("weights", "errors", "left out", "means")))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with workers(2) as found:
        yield found


def test_two_processes_give_what_one_gives(client: Any):
    data, tree = small()
    alone = simulate(data, tree, RECIPE, variation=VARIATION, replications=30_000, seed=5)
    told: list[int] = []
    found = spread(
        client,
        data,
        tree,
        RECIPE,
        variation=VARIATION,
        replications=30_000,
        seed=5,
        progress=lambda n, _: told.append(n),
    )
    assert np.array_equal(found.scores, alone.scores)
    assert np.array_equal(found.rows, alone.rows)
    assert told == sorted(told)
    assert told[-1] == 30_000


def test_a_worker_that_is_killed_changes_nothing(client: Any):
    data, tree = small()
    alone = simulate(data, tree, RECIPE, variation=VARIATION, replications=60_000, seed=6)
    before = set(client.run(os.getpid).values())
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if not killed and done < total:
            killed.append(min(before))
            os.kill(killed[0], signal.SIGKILL)

    found = spread(client, data, tree, RECIPE, variation=VARIATION, replications=60_000, seed=6, progress=kill)
    assert killed
    assert np.array_equal(found.scores, alone.scores)
