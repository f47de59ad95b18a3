"""Parts of a gap, strengths, peers, progress and moves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import Framework, Goalposts, Node, Recipe, Table, build
from metropolis.tools.barometer.engine.advancing import Situation, moves_up, progress
from metropolis.tools.barometer.engine.explaining import difference, peers, strengths, weaknesses
from metropolis.tools.barometer.engine.normalising import MinMax, ToGoalposts
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import DataNoise, Variation, WeightNoise
from metropolis.tools.barometer.tests.published import ASEM, asem, needs_published, rows
from metropolis.tools.barometer.tests.test_published_hdi import RECIPE as HDI_RECIPE
from metropolis.tools.barometer.tests.test_published_hdi import TREE as HDI_TREE
from metropolis.tools.barometer.tests.test_uncertainty import small

MEANS = ("arithmetic", "geometric", "harmonic", "power")


@given(
    over=st.sampled_from(MEANS), under=st.sampled_from(MEANS), first=st.integers(0, 29), second=st.integers(0, 29),
    gaps=st.lists(st.tuples(st.integers(0, 29), st.integers(0, 5)), max_size=4),
)  # fmt: skip
def test_the_parts_of_a_gap_add_up_whatever_the_means(
    over: str, under: str, first: int, second: int, gaps: list[tuple[int, int]]
):
    data, tree = small()
    values = data.values.copy()
    for row, column in gaps:
        values[row, column] = np.nan
    but = {"index": over}
    recipe = Recipe(steps=(Normalise(how=MinMax(lower=1)), Aggregate(method=under, but=but)))  # type: ignore[arg-type]
    index = build(data.with_values(values), tree, recipe)
    found = difference(index, first, second)
    assert found.first == pytest.approx(index.of("index")[first], rel=1e-9)
    assert found.second == pytest.approx(index.of("index")[second], rel=1e-9)
    assert sum(found.parts.values()) == pytest.approx(found.gap, rel=1e-7, abs=1e-8)


def test_parts_of_arithmetic_means_are_weights_times_gaps():
    data, tree = small()
    index = build(data, tree)
    shares = index.framework.shares()
    found = difference(index, 3, 8)
    for code, part in found.parts.items():
        assert part == pytest.approx(shares[code] * (index.of(code)[3] - index.of(code)[8]), abs=1e-10)


def test_a_unit_is_compared_with_the_typical_one():
    data, tree = small()
    index = build(data, tree)
    found = difference(index, 0)
    shares = index.framework.shares()
    middle = sum(shares[f"x{k}"] * np.median(index.of(f"x{k}")) for k in range(6))
    assert found.second == pytest.approx(middle)
    assert sum(found.parts.values()) == pytest.approx(found.gap)


def test_the_typical_unit_is_that_of_the_same_year():
    data, tree = years(5.0)
    index = build(data, tree, Recipe(steps=(Normalise(how=ToGoalposts()), Aggregate())))
    now = index.scores.of_year(2025)
    row = list(zip(index.scores.units, index.scores.times, strict=True)).index(("city 3", 2025))
    assert difference(index, row).second == pytest.approx(difference(replace(index, scores=now), 3).second)


def test_a_better_indicator_never_has_a_negative_part():
    data = Table(("A", "B"), ("le", "eys", "mys", "gnipc"), np.array([[80.0, 15, 10, 30000], [70.0, 15, 9, 40000]]))
    parts = difference(build(data, HDI_TREE, HDI_RECIPE), 0, 1).parts
    assert parts["le"] > 0
    assert parts["eys"] == pytest.approx(0)
    assert parts["mys"] > 0
    assert parts["gnipc"] < 0


def test_an_outranking_has_no_parts():
    data, tree = small()
    index = build(data, tree, Recipe(steps=(Normalise(), Aggregate(method="copeland"))))
    with pytest.raises(InvalidInput, match="has no parts"):
        difference(index, 0, 1)


@needs_published
def test_the_published_strengths_of_spain_agree():
    data, meta = asem()
    found = strengths(data, meta.framework, "ESP")
    published = rows(ASEM / "strengths_ESP.csv")
    names = meta.framework.by_code
    assert sorted((one.rank, one.code) for one in found) == sorted((int(row["Rank"]), row["Code"]) for row in published)
    for one in found:
        row = next(row for row in published if row["Code"] == one.code)
        assert names[one.code].name == row["Name"]
        assert names[one.code].parent == row["Pillar"]
        assert one.value == pytest.approx(float(row["Value"]), rel=0.01)  # printed with three digits


def test_weaknesses_are_the_other_end():
    data, tree = small()
    worst, best = weaknesses(data, tree, "city 4", 6), strengths(data, tree, "city 4", 6)
    assert [one.code for one in worst] == [one.code for one in best][::-1]


def test_peers_are_alike_in_figures_and_words():
    context = Table(
        ("A", "B", "C", "D"),
        ("population", "income"),
        np.array([[1.0, 10.0], [1.1, 11.0], [9.0, 10.0], [np.nan, np.nan]]),
        groups={"climate": ("Cfa", "Cfa", "Aw", "")},
    )
    assert peers(context, "A", 2) == ("B", "C")
    assert "A" not in peers(context, "A")


def years(rise: float) -> tuple[Table, Framework]:
    generator = np.random.default_rng(8)
    posts = Goalposts(lower=0, upper=10)
    tree = Framework(nodes=(Node(code="i"), *(Node(code=f"x{k}", parent="i", goalposts=posts) for k in range(4))))
    first = generator.uniform(3, 6, (12, 4))
    values = np.vstack([first, first + rise])
    units = tuple(f"city {k}" for k in range(12)) * 2
    return Table(units, tuple(f"x{k}" for k in range(4)), values, times=(2024,) * 12 + (2025,) * 12), tree


@pytest.mark.parametrize(("rise", "least", "most"), [(2.0, 0.99, 1.0), (0.0, 0.4, 0.6), (-2.0, 0.0, 0.01)])
def test_progress_is_as_sure_as_the_errors_allow(rise: float, least: float, most: float):
    data, tree = years(rise)
    errors = DataNoise(errors={f"x{k}": 0.5 for k in range(4)})
    recipe = Recipe(steps=(Normalise(how=ToGoalposts()), Aggregate()))
    found = simulate(data, tree, recipe, variation=Variation(inputs=(WeightNoise(), errors)), replications=400)
    told = progress(found, "city 3", 2024, 2025)
    assert least <= told.probability <= most
    assert told.after - told.before == pytest.approx(10 * rise)
    assert told.interval[0] < 10 * rise < told.interval[1]


def test_a_move_brings_the_unit_exactly_where_it_says():
    data, tree = small()
    now = Situation(data, tree, None, "city 7")
    own = now.rank()
    found = moves_up(now, rank=own - 3)
    assert any(move.is_feasible for move in found)
    for move in found:
        values = data.values.copy()
        values[7, data.place(move.code)] = move.needed
        reached = now.rank(data.with_values(values))
        assert (reached <= own - 3) == move.is_feasible
        if move.is_feasible:
            values[7, data.place(move.code)] -= move.change * 0.05
            assert now.rank(data.with_values(values)) > own - 3


def test_a_move_says_how_often_such_a_change_was_made():
    data, tree = years(0.5)
    now = Situation(data.of_year(2025), tree, None, "city 3", history=data)
    for move in moves_up(now):
        if move.is_feasible:
            assert move.precedent == (1.0 if move.change <= 0.5 else 0.0)


def test_the_first_has_nowhere_to_go():
    data, tree = small()
    best = build(data, tree).ranks.column("index").argmin()
    assert moves_up(Situation(data, tree, None, data.units[best])) == ()
