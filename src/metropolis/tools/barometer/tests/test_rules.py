"""Rules of a recipe for single nodes: how much has to be known, other goalposts, and codes that there are none of."""

from pathlib import Path

import numpy as np
import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import (
    Framework,
    Goalposts,
    Node,
    Recipe,
    Table,
    Variation,
    build,
    read_data,
    read_framework,
    simulate,
)
from metropolis.tools.barometer.engine.normalising import MinMax, ToGoalposts
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise, Step
from metropolis.tools.barometer.engine.uncertainty import replay
from metropolis.tools.barometer.engine.varying import DataNoise, StepOptions, WeightNoise

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
