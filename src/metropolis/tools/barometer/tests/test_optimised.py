"""What is found by optimising, as steps of a recipe: weights to a wanted influence, benefit of the doubt, Kemeny."""

from itertools import permutations

import numpy as np
import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import Framework, Node, Recipe, Table, build
from metropolis.tools.barometer.engine import outranking as ways
from metropolis.tools.barometer.engine.coherence import influence
from metropolis.tools.barometer.engine.normalising import MinMax
from metropolis.tools.barometer.engine.optimising import benefit_of_the_doubt
from metropolis.tools.barometer.engine.outranking import kemeny, outranking
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise, Weigh
from metropolis.tools.barometer.engine.uncertainty import replay, simulate
from metropolis.tools.barometer.engine.varying import StepOptions, Variation, WeightNoise
from metropolis.tools.barometer.engine.weighting import ByInfluence
from metropolis.tools.barometer.tests.test_uncertainty import small


def weighed(shares: dict[str, float]) -> Recipe:
    return Recipe(steps=(Normalise(), Weigh(how=ByInfluence(shares=shares), height=2), Aggregate()))


def test_weights_to_a_target_give_each_part_the_influence_asked_for():
    data, tree = small()
    found = build(data, tree, weighed({"x0": 2, "x1": 1, "x2": 1}))
    assert influence(found, "p") == pytest.approx({"x0": 0.5, "x1": 0.25, "x2": 0.25}, abs=1e-3)
    assert influence(found, "q") == pytest.approx(dict.fromkeys(("x3", "x4", "x5"), 1 / 3), abs=1e-3)
    assert found.framework.by_code["p"].weight == 2  # of another height: left alone


def test_a_node_with_one_part_keeps_it_and_a_half_given_target_is_refused():
    data = Table(("a", "b", "c"), ("x",), np.arange(3.0)[:, None])
    tree = Framework(nodes=(Node(code="i"), Node(code="x", parent="i", weight=3)))
    assert build(data, tree, weighed({})).framework.by_code["x"].weight == 1
    with pytest.raises(InvalidInput, match="A share of influence is given for x0, but not for x1, x2"):
        build(*small(), weighed({"x0": 2}))


DOUBT = Aggregate(but={"p": "benefit-of-the-doubt"}, bounds=(0.2, 0.5))


def test_benefit_of_the_doubt_gives_a_node_the_scores_of_its_definition():
    data, tree = small()
    found = build(data, tree, Recipe(steps=(Normalise(), DOUBT)))
    parts = np.column_stack([found.of(code) for code in ("x0", "x1", "x2")])
    assert found.of("p") == pytest.approx(np.array(benefit_of_the_doubt(parts, least=0.2, most=0.5).scores))
    assert found.of("p").max() == pytest.approx(1)
    assert found.of("q") == pytest.approx(np.column_stack([found.of(f"x{k}") for k in (3, 4, 5)]).mean(axis=1))


def test_benefit_of_the_doubt_says_whose_value_it_cannot_take():
    data, tree = small()
    data.values[4, 1] = np.nan
    with pytest.raises(InvalidInput, match="needs every value: 'x1' of 'city 4' is missing"):
        build(data, tree, Recipe(steps=(Normalise(), DOUBT)))
    data, tree = small()
    with pytest.raises(InvalidInput, match=r"values of zero or more: 'x.' of 'city .+' is -"):
        build(data, tree, Recipe(steps=(Normalise(how=MinMax(lower=-5)), DOUBT)))
    with pytest.raises(InvalidInput, match="bounds are two shares"):
        Aggregate(bounds=(0.5, 0.2))


def test_benefit_of_the_doubt_can_be_varied_like_any_mean():
    data, tree = small()
    variation = Variation(
        inputs=(WeightNoise(count=20), StepOptions(name="Mean", step=1, options=(Aggregate(), DOUBT)))
    )
    recipe = Recipe(steps=(Normalise(how=MinMax(upper=1)), Aggregate()))
    found = simulate(data, tree, recipe, variation=variation, replications=8, seed=2)
    for row in range(8):
        assert found.scores[row] == pytest.approx(replay(data, found, row).of("index"), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_an_order_that_is_solved_for_scores_as_the_best_of_all_orders(seed: int):
    values = np.random.default_rng(seed).normal(size=(7, 3))
    above = outranking(values, [1, 1, 1])
    best = max(ways._score(above, order) for order in permutations(range(7)))
    solved = ways._solved(above, range(7))
    assert solved is not None
    assert ways._score(above, solved) == pytest.approx(best)
    assert kemeny(above).score == pytest.approx(best)


def circle(units: int) -> np.ndarray:
    """Three columns, each beginning the same order a third later: one circle of all units."""
    places = np.arange(units, dtype=float)
    return outranking(
        np.column_stack([(places + shift) % units for shift in (0, units // 3, 2 * units // 3)]), [1, 1, 1]
    )


def test_a_circle_too_large_to_weigh_every_order_is_solved_exactly_and_a_huge_one_is_not():
    solved = kemeny(circle(20))
    assert solved.is_exact
    assert len(solved.rankings) == 1
    assert sorted(solved.rankings[0]) == list(range(20))
    assert solved.score >= ways._score(circle(20), ways._moved(circle(20), range(20))) - 1e-9
    assert not kemeny(circle(ways.SOLVED + 1)).is_exact
