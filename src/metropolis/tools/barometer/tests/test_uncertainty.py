"""Replications: against the 120 published runs, against `build` one by one, and reproducible by their seed."""

import numpy as np
import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import Framework, Node, Recipe, Table
from metropolis.tools.barometer.engine.framework import Goalposts
from metropolis.tools.barometer.engine.normalising import MinMax, ToGoalposts, ZScore
from metropolis.tools.barometer.engine.recipe import Aggregate, Denominate, Impute, Normalise, Screen, Treat, Weigh
from metropolis.tools.barometer.engine.replicating import Study
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.engine.uncertainty import Uncertainty, replay, simulate
from metropolis.tools.barometer.engine.varying import (
    DataNoise,
    LeaveOut,
    StepOptions,
    Variation,
    WeightNoise,
    WeightSets,
)
from metropolis.tools.barometer.engine.weighting import ByComponent
from metropolis.tools.barometer.tests.published import ASEM, asem, needs_published, rows, table

ASEM_RECIPE = Recipe(
    steps=(Denominate(), Impute(group="EurAsia_group"), Screen(least=0.9), Treat(), Normalise(), Aggregate())
)


def published_variation() -> tuple[Variation, np.ndarray]:
    """What COINr varied, and what it chose in each of its 120 runs."""
    weights = rows(ASEM / "sa_weight_sets.csv")
    inputs = (
        StepOptions(name="Winmax", step=3, options=tuple(Treat(points=points) for points in range(1, 6))),
        StepOptions(
            name="Normalisation",
            step=4,
            options=(Normalise(how=MinMax(lower=1)), Normalise(how=ZScore(mean=10, deviation=2))),
        ),
        WeightSets(sets=tuple({row["iCode"]: float(row[str(k)]) for row in weights} for k in range(1, 21))),
        StepOptions(name="Aggregation", step=5, options=(Aggregate(), Aggregate(method="geometric"))),
    )
    chosen = [
        (int(run["winmax"]) - 1, run["norm"] == "n_zscore", int(run["weight_set"]) - 1, run["f_ag"] == "a_gmean")
        for run in rows(ASEM / "sa_parameters.csv")
    ]
    return Variation(inputs=inputs), np.array(chosen, dtype=np.int64)


def published_runs(name: str, units: tuple[str, ...]) -> np.ndarray:
    found = table(name)
    return found.values[[found.units.index(unit) for unit in units]][:, 1:].T


@needs_published
def test_the_120_published_runs_agree_in_scores_and_ranks():
    data, meta = asem()
    variation, chosen = published_variation()
    found = simulate(data, meta.framework, ASEM_RECIPE, variation=variation, rows=chosen)
    units = found.nominal.scores.units
    assert np.abs(found.scores / published_runs("sa_scores.csv", units) - 1).max() < 1e-6  # kept with 24 bits
    assert (found.ranks == published_runs("sa_ranks.csv", units)).sum() == 6120


@needs_published
def test_each_published_run_is_replayed_from_its_row_in_full_precision():
    data, meta = asem()
    variation, chosen = published_variation()
    found = simulate(data, meta.framework, ASEM_RECIPE, variation=variation, rows=chosen)
    published = published_runs("sa_scores.csv", found.nominal.scores.units)
    for run in range(len(chosen)):
        again = replay(data, found, run).of("Index")
        assert np.abs(again - published[run]).max() < 1e-9
        assert (ranks(again) == published_runs("sa_ranks.csv", found.nominal.scores.units)[run]).all()


@needs_published
def test_the_published_summary_of_ranks_agrees():
    """COINr takes it from the runs of its two independent samples of twenty alone."""
    data, meta = asem()
    variation, chosen = published_variation()
    found = simulate(data, meta.framework, ASEM_RECIPE, variation=variation, rows=chosen)
    for row in rows(ASEM / "sa_rankstats.csv"):
        series = found.ranks[:40, found.nominal.scores.units.index(row["uCode"])]
        figures = (series.mean(), np.median(series), *np.quantile(series, [0.05, 0.95]))
        assert figures == pytest.approx([float(row[name]) for name in ("Mean", "Median", "Q5", "Q95")], abs=1e-9)


def small() -> tuple[Table, Framework]:
    """Thirty units by six indicators under two pillars."""
    generator = np.random.default_rng(5)
    tree = [Node(code="index"), Node(code="p", parent="index", weight=2), Node(code="q", parent="index")]
    tree += [Node(code=f"x{k}", parent="p" if k < 3 else "q", direction=-1 if k == 4 else 1) for k in range(6)]
    units = tuple(f"city {k}" for k in range(30))
    return Table(units, tuple(f"x{k}" for k in range(6)), generator.uniform(1, 9, (30, 6))), Framework(
        nodes=tuple(tree)
    )


INPUTS = {
    "weights": WeightNoise(spread=0.4, count=50),
    "errors": DataNoise(errors={"x1": 0.5, "x4": tuple([0.1, 0.9] * 15)}, count=700),
    "left out": LeaveOut(codes=("x0", "q")),
    "means": StepOptions(name="Mean", step=1, options=tuple(Aggregate(method=m) for m in ("arithmetic", "harmonic"))),
    "outranking": StepOptions(name="Mean", step=1, options=(Aggregate(method="median"), Aggregate(method="copeland"))),
    "scales": StepOptions(
        name="Scale", step=0, options=(Normalise(how=MinMax(lower=1)), Normalise(how=ZScore(mean=9)))
    ),
}


@pytest.mark.parametrize(
    "names",
    [
        ("weights",),
        ("errors",),
        ("weights", "errors"),
        ("weights", "errors", "scales"),
        ("left out", "means"),
        ("weights", "outranking"),
        ("errors", "outranking"),
        ("weights", "errors", "left out", "means"),
    ],
)
def test_every_replication_is_what_build_gives_for_its_row(names: tuple[str, ...]):
    data, tree = small()
    recipe = Recipe(steps=(Normalise(how=MinMax(lower=1)), Aggregate()))
    variation = Variation(inputs=tuple(INPUTS[name] for name in names))
    found = simulate(data, tree, recipe, variation=variation, replications=40, seed=3)
    for row in (0, 1, 17, 39):
        assert found.scores[row] == pytest.approx(replay(data, found, row).of("index"), rel=2e-5, abs=2e-5)


def posted() -> tuple[Table, Framework]:
    """The same with goalposts, gaps, a denominator and a pillar of which less is better."""
    data, tree = small()
    values = np.column_stack([data.values, np.linspace(1, 3, 30)])
    values[::7, 0] = values[3, 3] = values[8, [3, 4, 5]] = np.nan
    nodes = [
        node.model_copy(
            update={
                "goalposts": Goalposts(lower=1.5, upper=8) if node.code.startswith("x") else None,
                "denominator": "people" if node.code == "x2" else None,
                "direction": -1 if node.code in {"q", "x4"} else 1,
            }
        )
        for node in tree.nodes
    ]
    return Table(data.units, (*data.columns, "people"), values), Framework(nodes=tuple(nodes))


POSTS = ToGoalposts(lower=1, upper=100)


@pytest.mark.parametrize(
    ("steps", "is_quick"),
    [
        ((Normalise(how=POSTS), Aggregate()), True),
        ((Normalise(how=POSTS), Aggregate(method="geometric", least=0.5)), True),
        ((Normalise(how=POSTS), Aggregate(method="power", but={"p": "harmonic"})), True),
        ((Normalise(how=MinMax(lower=5)), Aggregate()), True),
        ((Denominate(), Impute(method="median"), Normalise(how=POSTS), Aggregate()), True),
        ((Screen(least=0.95), Normalise(how=MinMax(lower=5)), Aggregate()), True),
        ((Screen(least=0.95, least_nonzero=0.1), Normalise(how=POSTS), Aggregate()), False),
        ((Denominate(), Impute(method="within-pillar"), Normalise(how=POSTS), Aggregate()), False),
        ((Denominate(), Treat(), Normalise(how=POSTS), Aggregate()), False),
        ((Normalise(how=ZScore(mean=50)), Aggregate()), False),
        ((Normalise(how=POSTS), Weigh(how=ByComponent(), height=2), Aggregate()), False),
    ],
    ids=lambda steps: " ".join(step.do for step in steps) if isinstance(steps, tuple) else None,
)
def test_errors_redone_together_are_what_build_gives_one_by_one(
    steps: tuple,
    is_quick: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
):
    data, tree = posted()
    one_by_one: list[int] = []
    alone = Study.alone
    monkeypatch.setattr(Study, "alone", lambda study, row: (one_by_one.append(1), alone(study, row))[1])
    errors: dict = {"x1": 2.0, "x4": tuple([0.1, 0.9] * 15)}
    if any(step.do == "impute" for step in steps):
        del errors["x4"]  # it has a gap, filled from values that vary
    variation = Variation(inputs=(WeightNoise(count=5000), DataNoise(errors=errors, count=5000)))
    found = simulate(
        data, tree, Recipe(steps=steps), variation=variation, replications=3500 if is_quick else 12, seed=3
    )
    assert (not one_by_one) == is_quick
    for row in (0, 3, 11, 3400 if is_quick else 5):
        assert found.scores[row] == pytest.approx(replay(data, found, row).of("index"), rel=3e-5, abs=3e-5, nan_ok=True)


def weighed(seed: int = 0, replications: int = 600) -> Uncertainty:
    data, tree = small()
    variation = Variation(inputs=(WeightNoise(), DataNoise(errors={"x1": 0.5})))
    return simulate(data, tree, variation=variation, replications=replications, seed=seed)


def test_the_same_seed_gives_the_same_to_the_last_bit_and_another_does_not():
    assert np.array_equal(weighed(1).scores, weighed(1).scores)
    assert not np.array_equal(weighed(1).scores, weighed(2).scores)


def test_more_replications_begin_with_the_same_ones():
    assert np.array_equal(weighed(1, 1200).scores[:600], weighed(1, 600).scores)


def test_ranks_counts_and_probabilities_tell_the_same():
    found = weighed()
    by_definition = np.array([ranks(row.astype(np.float64)) for row in found.scores])
    assert np.array_equal(found.ranks, by_definition)
    counts = np.array([np.bincount(found.ranks[:, unit], minlength=31)[1:] for unit in range(30)])
    assert np.array_equal(found.rank_counts, counts)
    assert found.within(7) == pytest.approx((found.ranks <= 7).mean(axis=0))
    one, other = found.nominal.scores.units[:2]
    assert found.above(one, other) == pytest.approx((found.scores[:, 0] > found.scores[:, 1]).mean())
    assert found.above(one, other) + found.above(other, one) == pytest.approx(1)


def test_intervals_are_quantiles():
    found = weighed()
    assert found.score_interval(0.9) == pytest.approx(np.quantile(found.scores, [0.05, 0.5, 0.95], axis=0), abs=1e-4)
    low, middle, high = found.rank_interval(0.9)
    assert (low <= middle).all()
    assert (middle <= high).all()
    inside = ((found.ranks >= low) & (found.ranks <= high)).mean(axis=0)
    assert (inside >= 0.9).all()


def test_negative_scores_are_ranked_as_any():
    data, tree = small()
    variation = Variation(inputs=(WeightNoise(),))
    found = simulate(
        data, tree, Recipe(steps=(Normalise(how=ZScore()), Aggregate())), variation=variation, replications=50
    )
    assert (found.scores < 0).any()
    assert np.array_equal(found.ranks, [ranks(row.astype(np.float64)) for row in found.scores])


def test_a_unit_without_score_ranks_last():
    data, tree = small()
    data.values[4] = np.nan
    found = simulate(data, tree, variation=Variation(inputs=(WeightNoise(),)), replications=20)
    assert np.isnan(found.scores[:, 4]).all()
    assert (found.ranks[:, 4] == 30).all()


def test_an_error_that_takes_a_value_below_what_its_mean_allows_is_refused():
    data, tree = small()
    posts = {"goalposts": Goalposts(lower=1, upper=9)}
    nodes = [node.model_copy(update=posts if node.code.startswith("x") else {}) for node in tree.nodes]
    recipe = Recipe(steps=(Normalise(how=ToGoalposts(lower=1, cut=False)), Aggregate(method="geometric")))
    variation = Variation(inputs=(DataNoise(errors={"x1": 3.0}),))
    with pytest.raises(InvalidInput, match="In some replication a value of 'x1' is zero or less"):
        simulate(data, Framework(nodes=tuple(nodes)), recipe, variation=variation, replications=50)


def test_inputs_that_do_not_go_together_are_refused():
    with pytest.raises(InvalidInput, match="same step"):
        Variation(inputs=(INPUTS["means"], INPUTS["outranking"].model_copy(update={"name": "Other"})))
    data, tree = small()
    with pytest.raises(InvalidInput, match="'x9' is no node's code"):
        simulate(data, tree, variation=Variation(inputs=(DataNoise(errors={"x9": 1.0}),)), replications=2)
