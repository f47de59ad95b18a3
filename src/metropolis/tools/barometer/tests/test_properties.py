"""What holds of every index, whatever the figures: found by Hypothesis, or not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metropolis.tools.barometer.engine import Framework, Node, Recipe, Table, build
from metropolis.tools.barometer.engine.aggregating import aggregate_one
from metropolis.tools.barometer.engine.calibrating import calibrated
from metropolis.tools.barometer.engine.normalising import ByRank, MinMax, Normalisation, ToGoalposts, ZScore, normalise
from metropolis.tools.barometer.engine.outranking import kemeny, outranking
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.engine.small_areas import fay_herriot
from metropolis.tools.barometer.engine.statistics import kurtosis, ranks
from metropolis.tools.barometer.engine.surveys import Measure, Survey, estimate
from metropolis.tools.barometer.engine.treating import has_outliers
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import DataNoise, LeaveOut, Variation, WeightNoise


def always(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Forty examples of each, however long one takes on a busy machine."""
    quiet = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    return lambda test: quiet(given(*strategies)(test))


UNITS, COLUMNS = 8, 4
figures = st.integers(-1000, 1000).map(lambda whole: whole / 8)
values = arrays(np.float64, (UNITS, COLUMNS), elements=figures).filter(lambda found: (np.ptp(found, axis=0) > 0).all())
weights = arrays(np.float64, COLUMNS, elements=st.integers(1, 20).map(float))
cells = st.tuples(st.integers(0, UNITS - 1), st.integers(0, COLUMNS - 1))
directions = st.tuples(*[st.sampled_from([1, -1])] * COLUMNS)
positive = arrays(np.float64, (UNITS, COLUMNS), elements=st.integers(1, 800).map(lambda whole: whole / 8))


def tree(own: np.ndarray, ways: tuple[int, ...] = (1,) * COLUMNS) -> Framework:
    """Two pillars of two indicators each."""
    nodes = [Node(code="index"), Node(code="p0", parent="index", weight=2), Node(code="p1", parent="index")]
    nodes += [
        Node(code=f"x{k}", parent=f"p{k // 2}", weight=own[k], direction=1 if ways[k] == 1 else -1)
        for k in range(COLUMNS)
    ]
    return Framework(nodes=tuple(nodes))


def table(found: np.ndarray) -> Table:
    return Table(tuple(f"u{k}" for k in range(len(found))), tuple(f"x{k}" for k in range(COLUMNS)), found)


def near(one: np.ndarray, other: np.ndarray) -> None:
    assert one == pytest.approx(other, abs=1e-8, nan_ok=True)


@always(values, weights, directions, st.tuples(st.integers(1, 50), figures), st.integers(0, COLUMNS - 1))
def test_another_unit_of_measure_changes_nothing_after_min_max(
    found: np.ndarray, own: np.ndarray, ways: tuple[int, ...], unit: tuple[int, float], column: int
):
    changed = found.copy()
    changed[:, column] = changed[:, column] * unit[0] + unit[1]
    framework = tree(own, ways)
    near(build(table(changed), framework).of("index"), build(table(found), framework).of("index"))


@always(values, weights, directions)
def test_turning_a_column_and_its_direction_round_changes_nothing(
    found: np.ndarray, own: np.ndarray, ways: tuple[int, ...]
):
    turned = table(found * np.array([-1, 1, 1, 1]))
    near(build(turned, tree(own, (-ways[0], *ways[1:]))).of("index"), build(table(found), tree(own, ways)).of("index"))


@always(values, weights, st.permutations(range(UNITS)))
def test_the_order_of_the_units_is_only_that(found: np.ndarray, own: np.ndarray, order: list[int]):
    plain, shuffled = build(table(found), tree(own)), build(table(found[order]), tree(own))
    near(shuffled.of("index"), plain.of("index")[order])
    assert np.array_equal(shuffled.ranks.column("index"), plain.ranks.column("index")[order])


@always(values, weights, st.integers(2, 9))
def test_weights_count_beside_their_siblings_alone(found: np.ndarray, own: np.ndarray, factor: int):
    near(build(table(found), tree(own * factor)).of("index"), build(table(found), tree(own)).of("index"))
    assert sum(tree(own).shares()[f"x{k}"] for k in range(COLUMNS)) == pytest.approx(1)


MEANS = ("arithmetic", "geometric", "harmonic", "power", "median")


@always(positive, weights, cells, st.integers(1, 100))
@pytest.mark.parametrize("method", MEANS)
def test_a_better_part_never_makes_a_mean_worse(
    method: str, found: np.ndarray, own: np.ndarray, cell: tuple[int, int], more: int
):
    better = found.copy()
    better[cell] += more
    assert aggregate_one(better, own, method)[cell[0]] >= aggregate_one(found, own, method)[cell[0]] - 1e-9  # type: ignore[arg-type]


@always(values, weights, cells, st.integers(1, 100))
@pytest.mark.parametrize("how", [MinMax(), ByRank(), ToGoalposts(), ZScore()], ids=lambda how: how.method)
def test_who_gets_better_in_an_indicator_does_not_fall_behind_who_stays(
    how: Normalisation, found: np.ndarray, own: np.ndarray, cell: tuple[int, int], more: int
):
    """Scores of the others may change with the scale, but nobody passes the one who got better by it."""
    row, column = cell
    better = found.copy()
    better[cell] += more
    posts = {"goalposts": {"lower": -200, "upper": 300}}
    nodes = [
        Node.model_validate(node.model_dump() | (posts if node.code.startswith("x") else {}))
        for node in tree(own).nodes
    ]
    before, after = (normalise(some, nodes[3:], how)[:, column] for some in (found, better))
    behind = before <= before[row]
    assert (after[behind] <= after[row] + 1e-9).all()


@always(positive, weights)
def test_means_lie_between_the_extremes_and_in_their_known_order(found: np.ndarray, own: np.ndarray):
    harmonic, geometric, arithmetic, square = (
        aggregate_one(found, own, method) for method in ("harmonic", *MEANS[1::-1], "power")
    )
    assert (found.min(axis=1) <= harmonic + 1e-9).all()
    assert (harmonic <= geometric + 1e-9).all()
    assert (geometric <= arithmetic + 1e-9).all()
    assert (arithmetic <= square + 1e-9).all()
    assert (square <= found.max(axis=1) + 1e-9).all()


@always(positive, weights, st.integers(0, COLUMNS - 1))
@pytest.mark.parametrize("method", MEANS)
def test_a_gap_counts_as_if_the_part_were_not_there(method: str, found: np.ndarray, own: np.ndarray, column: int):
    gap = found.copy()
    gap[:, column] = np.nan
    rest = np.delete(np.arange(COLUMNS), column)
    near(aggregate_one(gap, own, method), aggregate_one(found[:, rest], own[rest], method))  # type: ignore[arg-type]


@always(values)
def test_ranks_are_whole_and_rise_as_scores_fall(found: np.ndarray):
    given_ranks = ranks(found)
    for column in range(COLUMNS):
        series, rank = found[:, column], given_ranks[:, column]
        assert (rank == 1 + (series[None] > series[:, None]).sum(axis=1)).all()


@always(arrays(np.float64, (6, 3), elements=figures), st.permutations(range(6)))
def test_a_kemeny_ranking_keeps_the_order_of_units_that_are_better_in_everything(found: np.ndarray, order: list[int]):
    assume(len(np.unique(found, axis=0)) == len(found))
    consensus = kemeny(outranking(found[order], [1, 2, 3]))
    place = {order[unit]: position for position, unit in enumerate(consensus.rankings[0])}
    for one in range(6):
        for other in range(6):
            if (found[one] > found[other]).all():
                assert place[one] < place[other]


@always(values, weights, st.integers(0, 1000))
def test_replications_are_those_of_the_seed_and_each_is_within_the_scale(found: np.ndarray, own: np.ndarray, seed: int):
    variation = Variation(inputs=(WeightNoise(spread=0.9), DataNoise(errors={"x1": 3.0}), LeaveOut(codes=("x0", "x3"))))
    recipe = Recipe(steps=(Normalise(), Aggregate()))
    once, again = (
        simulate(table(found), tree(own), recipe, variation=variation, replications=12, seed=seed) for _ in range(2)
    )
    assert np.array_equal(once.scores, again.scores)
    assert (once.scores >= -1e-3).all()
    assert (once.scores <= 100 + 1e-3).all()
    assert (once.rank_counts.sum(axis=1) == 12).all()
    assert (once.rank_counts.sum(axis=0) == 12).all()


answers = st.lists(
    st.tuples(st.sampled_from("yn"), st.integers(1, 9), st.sampled_from("abc")), min_size=12, max_size=30
)


@always(answers, st.integers(2, 9), st.randoms())
def test_a_survey_estimate_does_not_depend_on_the_order_of_respondents_or_the_unit_of_weights(
    rows: list[tuple[str, int, str]], factor: int, random: object
):
    def found(some: list[tuple[str, int, str]], times: int = 1) -> tuple[np.ndarray, np.ndarray]:
        asked, own, clusters = zip(*some, strict=True)
        survey = Survey(
            units=("u",) * len(some),
            answers={"q": asked},
            weights=np.array(own, dtype=float) * times,
            clusters=clusters,
        )
        told = estimate(survey, [Measure(code="s", question="q", counted=("y",))])
        return told.table.values, told.errors

    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for one, other in zip(found(rows), found(shuffled, factor), strict=True):
        near(one, other)


@always(
    st.lists(st.tuples(st.sampled_from("oy"), st.sampled_from("fm")), min_size=8, max_size=30),
    st.integers(1, 9),
    st.integers(1, 9),
)
def test_raked_weights_meet_every_margin_and_keep_their_sum(rows: list[tuple[str, str]], old: int, women: int):
    assume(len(set(rows)) == 4)
    age, sex = zip(*rows, strict=True)
    margins = {"age": {"o": old, "y": 10 - old}, "sex": {"f": women, "m": 10 - women}}
    found = calibrated(np.ones(len(rows)), {"age": age, "sex": sex}, margins)
    assert (found > 0).all()
    assert found.sum() == pytest.approx(len(rows))
    assert found[np.array(age) == "o"].sum() / len(rows) == pytest.approx(old / 10)
    assert found[np.array(sex) == "f"].sum() / len(rows) == pytest.approx(women / 10)


@always(arrays(np.float64, 12, elements=figures), arrays(np.float64, 12, elements=st.integers(1, 80).map(float)))
def test_a_small_area_lies_between_its_own_figure_and_the_mean_of_all(direct: np.ndarray, variances: np.ndarray):
    found = fay_herriot(direct, variances, np.empty((12, 0)))
    fitted = found.coefficients[0]
    low, high = np.minimum(direct, fitted), np.maximum(direct, fitted)
    assert (found.values >= low - 1e-6).all()
    assert (found.values <= high + 1e-6).all()
    assert found.variance >= 0
    assert (found.errors > 0).all()


@always(arrays(np.float64, (3, COLUMNS), elements=st.floats(-1e6, 1e6)))
def test_three_values_have_no_kurtosis_and_so_no_outliers(found: np.ndarray):
    assert np.isnan(kurtosis(found)).all()
    assert not has_outliers(found).any()
