"""Rules of a recipe for single nodes: how much has to be known, other goalposts, and codes that there are none of."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import (
    Framework,
    Goalposts,
    Node,
    Table,
    Variation,
    build,
    read_data,
    read_framework,
    simulate,
)
from metropolis.tools.barometer.engine.explaining import difference
from metropolis.tools.barometer.engine.normalising import (
    ByRank,
    MinMax,
    Normalisation,
    ToGoalposts,
    ToMaximum,
    ToReference,
    ToTarget,
    ZScore,
)
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise, Recipe, Step, Transform, Weigh
from metropolis.tools.barometer.engine.uncertainty import replay
from metropolis.tools.barometer.engine.varying import DataNoise, StepOptions, WeightNoise
from metropolis.tools.barometer.engine.weighting import ByBudget, ByHierarchy, ByInfluence, Equal, Given, Weighting

GAP = float("nan")
TREE = Framework(
    nodes=(
        *(Node(code=code, parent="p", goalposts=Goalposts(lower=0, upper=10)) for code in ("a", "b", "c")),
        *(Node(code=code, parent="q", goalposts=Goalposts(lower=0, upper=10)) for code in ("d", "e", "f")),
        Node(code="p", parent="i"),
        Node(code="q", parent="i"),
        Node(code="i"),
    )
)
DATA = Table(
    ("X", "Y"),
    ("a", "b", "c", "d", "e", "f"),
    np.array([[4.0, GAP, GAP, 4.0, GAP, GAP], [2.0, 4.0, 6.0, 1.0, 2.0, 3.0]]),
)


def test_each_node_may_say_how_much_of_it_has_to_be_known():
    recipe = Recipe(steps=(Normalise(how=ToGoalposts()), Aggregate(least=0.2, least_of={"p": 0.5})))
    index = build(DATA, TREE, recipe)
    assert np.isnan(index.of("p")[0]), "a third is known where half is needed"
    assert index.of("q")[0] == 40, "where a fifth is needed, a third is enough"
    assert index.of("i")[0] == 40
    stricter = Recipe(steps=(Normalise(how=ToGoalposts()), Aggregate(least=0.2, least_of={"p": 0.5, "i": 0.6})))
    assert np.isnan(build(DATA, TREE, stricter).of("i")[0])


@pytest.mark.parametrize("method", ["arithmetic", "median"])
def test_replications_keep_to_the_rule_of_each_node(method: str):
    steps: tuple[Step, ...] = (
        Normalise(how=ToGoalposts()),
        Aggregate(least_of={"p": 0.9, "i": 0.9}, but={"p": method}),  # type: ignore[dict-item]
    )
    found = simulate(DATA, TREE, Recipe(steps=steps), variation=Variation(inputs=(WeightNoise(),)), replications=100)
    assert np.isnan(found.scores[:, 0]).all()
    assert not np.isnan(found.scores[:, 1]).any()


def test_goalposts_of_the_recipe_go_before_those_of_the_framework_and_can_be_varied():
    other = ToGoalposts(goalposts={"a": Goalposts(lower=0, upper=20)})
    plain = Recipe(steps=(Normalise(how=ToGoalposts()), Aggregate()))
    assert build(DATA, TREE, plain).of("a").tolist() == [40, 20]
    assert build(DATA, TREE, Recipe(steps=(Normalise(how=other), Aggregate()))).of("a").tolist() == [20, 10]
    options = StepOptions(name="Goalposts", step=0, options=(Normalise(how=ToGoalposts()), Normalise(how=other)))
    variation = Variation(inputs=(options, DataNoise(errors={"a": 0.5})))
    found = simulate(DATA, TREE, plain, variation=variation, replications=50)
    assert set(found.rows[:, 0]) == {0, 1}
    for row in range(10):
        assert found.scores[row] == pytest.approx(replay(DATA, found, row).of("i"), rel=1e-5)


@pytest.mark.parametrize(
    "steps",
    [
        (Normalise(but={"zz": MinMax()}), Aggregate()),
        (Normalise(but={"p": MinMax()}), Aggregate()),
        (Normalise(how=ToGoalposts(goalposts={"zz": Goalposts(lower=0, upper=1)})), Aggregate()),
        (Normalise(how=ToGoalposts()), Aggregate(but={"zz": "median"})),
        (Normalise(how=ToGoalposts()), Aggregate(but={"a": "median"})),
        (Normalise(how=ToGoalposts()), Aggregate(least_of={"zz": 0.5})),
    ],
)
def test_a_rule_for_a_code_there_is_none_of_is_refused_and_not_ignored(steps: tuple[Step, ...]):
    with pytest.raises(InvalidInput, match="which is no"):
        build(DATA, TREE, Recipe(steps=steps))


@pytest.mark.parametrize("year", ["1e300", "-1", "2024.5", "soon"])
@pytest.mark.parametrize("heading", ["uCode,Time,a", "uCode,Time,iCode,value"])
def test_what_is_no_year_is_refused_with_its_row(tmp_path: Path, heading: str, year: str):
    table = tmp_path / "data.csv"
    last = "1" if heading.endswith("a") else "a,1"
    table.write_text(f"{heading}\nX,2024,{last}\nX,{year},{last}\n")
    with pytest.raises(InvalidInput, match="row 3, column Time"):
        read_data(table)


def test_a_row_of_the_framework_that_is_no_node_is_left_alone(tmp_path: Path):
    table = tmp_path / "meta.csv"
    table.write_text("iCode,Parent,Type\na,i,Indicator\nb,i,\ni,,Aggregate\nnote,,Other\nregion,,Group\n")
    meta = read_framework(table)
    assert [node.code for node in meta.framework.nodes] == ["a", "b", "i"]
    assert meta.groups == ("region",)
    table.write_text("iCode,Parent,Type\na,i,Indicator\ni,,Aggregate\nnote,,Remark\n")
    with pytest.raises(InvalidInput, match="row 4, column Type: 'Remark' is none of"):
        read_framework(table)


PAIR = Framework(nodes=(Node(code="a", parent="i", target=1), Node(code="b", parent="i", target=9), Node(code="i")))
FOUR = Table(("L", "O", "B"), ("a", "b"), np.array([[1.0, 5.0], [2.5, GAP], [4.0, 7.0]]))


@pytest.mark.parametrize(
    ("how", "values", "told"),
    [
        (ToReference(unit="O"), None, "The reference 'O' has no value of 'b'"),
        (ToReference(unit="L"), None, "'a' of 'L' has no finite score: the reference has the worst value itself"),
        (ToTarget(), None, "'a' of 'L' has no finite score: the target is the worst value itself"),
        (ToMaximum(), [[4.0, 5.0], [4.0, 6.0], [4.0, 7.0]], "Every unit has the same value of 'a'"),
        (
            ToMaximum(method="share-of-maximum"),
            [[-4.0, 5], [0, 6], [-1, 7]],
            "'a' of 'L' .*: the greatest value is zero",
        ),
        (ToMaximum(method="share-of-maximum"), [[0.0, 5], [0, 6], [0, 7]], "'a' of 'L' .*: the greatest value is zero"),
    ],
)
def test_a_scale_that_divides_by_nothing_is_refused_and_not_infinite(how: Normalisation, values: object, told: str):
    data = FOUR if values is None else FOUR.with_values(np.array(values))
    with pytest.raises(InvalidInput, match=told):
        build(data, PAIR, Recipe(steps=(Normalise(how=how), Aggregate())))


def test_a_rank_takes_a_column_of_one_value_as_coinr_does():
    data = FOUR.with_values(np.array([[4.0, 5.0], [4.0, 6.0], [4.0, 7.0]]))
    assert build(data, PAIR, Recipe(steps=(Normalise(how=ByRank()), Aggregate()))).of("a").tolist() == [1, 1, 1]


@pytest.mark.parametrize(("power", "lower"), [(0.5, None), (2, None), (-1, 0)])
def test_a_power_mean_of_what_it_cannot_take_is_refused_with_unit_year_and_part(power: float, lower: float | None):
    panel = Table(("L", "O", "L"), ("a", "b"), np.array([[9.0, 5], [5, 6], [1, 7]]), times=(2024, 2024, 2025))
    how = ZScore() if lower is None else MinMax(lower=lower)
    steps = (Normalise(how=how), Aggregate(method="power", power=power))
    told = (
        "'b' of 'L' in 2024 is " if lower is None else "A power mean needs values above zero: 'b' of 'L' in 2024 is 0"
    )
    with pytest.raises(InvalidInput, match=told):
        build(panel, PAIR, Recipe(steps=steps))
    options = StepOptions(name="Mean", step=1, options=(Aggregate(), steps[1]))
    plain = Recipe(steps=(steps[0], Aggregate()))
    with pytest.raises(InvalidInput, match=told):
        simulate(panel, PAIR, plain, variation=Variation(inputs=(options,)), replications=50)


def test_a_power_mean_takes_what_rounding_alone_puts_below_zero():
    nodes = (
        Node(code="a", parent="p", weight=0.1),
        Node(code="b", parent="p", weight=0.7),
        Node(code="p", parent="i", direction=-1),
    )
    tree = Framework(nodes=(*nodes, Node(code="i")))
    data = Table(("L", "O"), ("a", "b"), np.array([[9.0, 5], [5, 1]]))
    turned = build(data, tree)
    for power in (0.5, 2):
        recipe = Recipe(steps=(Normalise(), Aggregate(but={"i": "power"}, power=power)))
        assert build(data, tree, recipe).of("i") == pytest.approx(turned.of("i"), abs=1e-6)
        found = simulate(data, tree, recipe, variation=Variation(inputs=(WeightNoise(),)), replications=200)
        assert not np.isnan(found.scores).any()


def test_a_geometric_mean_of_zero_is_refused_with_the_year():
    panel = Table(("L", "O", "L"), ("a", "b"), np.array([[9.0, 5], [5, 6], [1, 7]]), times=(2024, 2024, 2025))
    with pytest.raises(InvalidInput, match="'b' of 'L' in 2024 is 0"):
        build(panel, PAIR, Recipe(steps=(Normalise(), Aggregate(method="geometric"))))


@pytest.mark.parametrize(
    ("how", "height", "told"),
    [
        (Equal(), 9, "'weigh' is for nodes of height 9; there are those of 2 to 3"),
        (Given(weights={"a": 3, "zz": 1}), None, "names 'zz', which is no part of a node"),
        (Given(weights={"p": 3}), 2, "names 'p', which is no part of a node of height 2"),
        (ByBudget(points=({"a": 60, "zz": 40},)), None, "names 'zz'"),
        (ByInfluence(shares={"a": 0.9, "zz": 0.1}), None, "names 'zz'"),
        (
            ByHierarchy(codes=("p", "x"), comparisons=((1, 3), (2, 1))),
            None,
            "compares p, x, which are not all the parts",
        ),
        (ByHierarchy(codes=("p", "q"), comparisons=((1, 3), (2, 1))), None, "Each comparison needs its reciprocal"),
        (ByHierarchy(codes=("p", "q"), comparisons=((1, 3, 1), (2, 1))), None, "Of 2 codes there must be 2 rows of 2"),
    ],
)
def test_weights_of_parts_there_are_none_of_are_refused_and_not_ignored(how: Weighting, height: int | None, told: str):
    steps = (Normalise(how=ToGoalposts()), Weigh(how=how, height=height), Aggregate())
    with pytest.raises(InvalidInput, match=told):
        build(DATA, TREE, Recipe(steps=steps))


def test_weights_of_some_nodes_may_be_given_and_others_keep_theirs():
    steps = (Normalise(how=ToGoalposts()), Weigh(how=Given(weights={"a": 3, "p": 2, "i": 1})), Aggregate())
    found = build(DATA, TREE, Recipe(steps=steps)).framework.by_code
    assert [found[code].weight for code in ("a", "b", "p", "q")] == [3, 1, 2, 1]


def test_a_scale_without_width_and_a_negative_error_are_refused():
    for how in (MinMax, ToGoalposts):
        with pytest.raises(InvalidInput, match="A scale from 5 to 5"):
            how(lower=5, upper=5)
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        DataNoise(errors={"a": -1})


def test_a_goalpost_without_a_logarithm_is_named_as_that():
    steps = (Transform(log=("a",)), Normalise(how=ToGoalposts()), Aggregate())
    with pytest.raises(InvalidInput, match="The lower goalpost of 'a' is 0: it has no logarithm"):
        build(DATA, TREE, Recipe(steps=steps))


def test_the_typical_unit_is_told_without_a_warning_where_an_indicator_is_unknown_in_a_year():
    values = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, GAP], [4.0, GAP]])
    panel = Table(("L", "O", "L", "O"), ("a", "b"), values, times=(2024, 2024, 2025, 2025))
    assert difference(build(panel, PAIR), 2).gap == pytest.approx(-100 / 6)
