"""Sobol's indices: against functions whose indices are known, against SALib, and against the published runs."""

import numpy as np
import pytest
from SALib.analyze import sobol as salib

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.sensitivity import design, rank_shift, sensitivity, sobol_indices
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import DataNoise, StepOptions, Variation, WeightNoise
from metropolis.tools.barometer.tests.published import ASEM, asem, needs_published, rows
from metropolis.tools.barometer.tests.test_uncertainty import ASEM_RECIPE, INPUTS, published_variation, small

BASE = 8192


def ishigami(points: np.ndarray, a: float = 7.0, b: float = 0.1) -> np.ndarray:
    x = (2 * points - 1) * np.pi
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_exact(a: float = 7.0, b: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Ishigami & Homma (1990)."""
    one, two = (1 + b * np.pi**4 / 5) ** 2 / 2, a**2 / 8
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = one + two + both
    return np.array([one, two, 0]) / whole, np.array([one + both, two, both]) / whole


A = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(points: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4 * points - 2) + A) / (1 + A), axis=1)


def g_exact() -> tuple[np.ndarray, np.ndarray]:
    """Saltelli & Sobol' (1995)."""
    part = 1 / 3 / (1 + A) ** 2
    whole = np.prod(1 + part) - 1
    total = part * np.prod(1 + part) / (1 + part)
    return part / whole, total / whole


@pytest.mark.parametrize(
    ("function", "exact", "inputs"), [(ishigami, ishigami_exact, 3), (g_function, g_exact, 5)], ids=["ishigami", "g"]
)
def test_the_indices_of_known_functions_are_met_within_a_hundredth(function, exact, inputs):  # noqa: ANN001
    found = sobol_indices(function(design(inputs, BASE, seed=0))[:, None], inputs, resamples=20)
    first, total = exact()
    assert np.abs(found.first[:, 0] - first).max() < 0.01
    assert np.abs(found.total[:, 0] - total).max() < 0.01


def test_salib_agrees_on_the_same_samples():
    inputs, base = 3, 256
    points = design(inputs, base, seed=2)
    outputs = ishigami(points)
    found = sobol_indices(outputs[:, None], inputs, resamples=20)
    # SALib takes A, AB1 … ABd, B for each point in turn.
    a, b, *mixed = outputs.reshape(inputs + 2, base)
    problem = {"num_vars": inputs, "names": list("xyz"), "bounds": [[0, 1]] * inputs}
    order = np.column_stack([a, *mixed, b]).ravel()
    theirs = salib.analyze(problem, order, calc_second_order=False, num_resamples=10, seed=1)
    assert found.first[:, 0] == pytest.approx(theirs["S1"], abs=1e-12)
    assert found.total[:, 0] == pytest.approx(theirs["ST"], abs=1e-12)


def test_the_intervals_cover_the_exact_indices_as_often_as_they_say_and_narrow_with_the_sample():
    exact = np.concatenate(ishigami_exact())

    def interval(base: int, seed: int) -> np.ndarray:
        found = sobol_indices(ishigami(design(3, base, seed))[:, None], 3, resamples=100)
        return np.concatenate([found.first_interval, found.total_interval], axis=1)[:, :, 0]

    many = [interval(256, seed) for seed in range(10)]
    assert np.mean([(low <= exact) & (exact <= high) for low, high in many]) > 0.8
    wide, narrow = many[0], interval(4096, 0)
    assert (narrow[1] - narrow[0]).max() < (wide[1] - wide[0]).max() / 3


@needs_published
def test_the_published_indices_follow_from_our_runs_by_coinrs_formulas():
    """COINr does not take the mean off first: on twenty points its first-order indices need not make sense."""
    data, meta = asem()
    variation, chosen = published_variation()
    found = simulate(data, meta.framework, ASEM_RECIPE, variation=variation, rows=chosen)
    moved = rank_shift(found.ranks.astype(float), found.nominal.ranks.column("Index")).reshape(6, 20)
    a, b, mixed = moved[0], moved[1], moved[2:]
    variance = np.concatenate([a, b]).var(ddof=1)
    for place, row in enumerate(rows(ASEM / "sa_sobol.csv")):
        assert row["Variable"] == ("Winmax", "Normalisation", "Weights", "Aggregation")[place]
        assert (b * (mixed[place] - a)).mean() / variance == pytest.approx(float(row["Si"]), abs=1e-9)
        assert ((a - mixed[place]) ** 2).mean() / 2 / variance == pytest.approx(float(row["STi"]), abs=1e-9)


def test_an_input_that_moves_nothing_has_no_influence_and_each_unit_its_own_indices():
    data, tree = small()
    same = INPUTS["means"].options[0]
    variation = Variation(
        inputs=(
            WeightNoise(count=512),
            DataNoise(errors={"x1": 0.8}, count=512),
            StepOptions(name="Nothing", step=1, options=(same, same)),
        )
    )
    found = sensitivity(data, tree, variation=variation, base=256, seed=1)
    assert found.scores.total.shape == (3, 30)
    assert found.scores.total[2] == pytest.approx(0, abs=1e-12)
    assert np.ptp(found.scores.total[0]) > 0.2
    assert found.whole.total[2, 0] == 0


def test_a_sample_that_is_no_power_of_two_is_refused():
    with pytest.raises(InvalidInput, match="power of 2"):
        design(2, 100, seed=0)
