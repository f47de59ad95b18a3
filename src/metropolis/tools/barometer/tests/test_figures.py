"""What an edition stores: nothing is lost on the way into JSON and back, and each year stands for itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import Estimates, Framework, Node, Recipe, Table, Variation
from metropolis.tools.barometer.engine.figures import Figures, figures, in_year, replications, sure_figures
from metropolis.tools.barometer.engine.material import Material, StoredTable
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.engine.varying import LeaveOut, StepOptions

from .factories import data, framework

NUMBERS = st.one_of(st.just(float("nan")), st.floats(allow_nan=False, allow_infinity=False))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_a_stored_table_comes_back_to_the_last_bit(rows: list[tuple[float, float]]) -> None:
    table = Table(tuple(f"u{row}" for row in range(len(rows))), ("a", "b"), np.array(rows))
    text = StoredTable.of(table).model_dump_json()
    again = StoredTable.model_validate_json(text).table
    assert again.values.tobytes() == np.where(np.isnan(table.values), np.nan, table.values).tobytes()
    assert StoredTable.of(again).model_dump_json() == text


def test_material_and_figures_come_back_equal_and_are_computed_again_equal() -> None:
    material = Material(framework=framework(), data=StoredTable.of(data()))
    found = sure_figures(material)
    again = Material.model_validate_json(material.model_dump_json())
    assert again.digest() == material.digest() == found.digest
    assert Figures.model_validate_json(found.model_dump_json()) == found
    assert sure_figures(again) == found


def test_ranks_and_their_intervals_are_those_within_the_year() -> None:
    material = Material(framework=framework(), data=StoredTable.of(data()))
    found = sure_figures(material)
    assert [one.year for one in found.years] == [2024, 2025]
    for one in found.years:
        assert one.sure is not None
        ranks = [row[-1] for row in one.ranks]
        assert sorted(ranks, key=lambda rank: rank or 0) == list(range(1, 9))
        assert all(
            1 <= (best or 0) <= (worst or 0) <= 8 for best, worst in zip(one.sure.best, one.sure.worst, strict=True)
        )
        first, last = ranks.index(1), ranks.index(8)
        assert one.sure.above_next[last] is None
        following = ranks.index(2)
        alone = in_year(replications(material), one.year)
        assert one.sure.above_next[first] == alone.above(one.units[first], one.units[following])


def test_the_uncertainty_of_a_year_is_not_changed_by_another_one() -> None:
    both = Material(framework=framework(), data=StoredTable.of(data()), replications=200)
    year = in_year(replications(both), 2025)
    assert year.scores.shape == (200, 8)
    assert year.nominal.scores.times == ()
    assert int(year.ranks.max()) == 8


def test_a_table_without_years_has_one_set_of_figures_and_no_progress() -> None:
    plain = data(years=(2025,))
    table = Table(plain.units, plain.columns, plain.values, plain.names)
    found = sure_figures(Material(framework=framework(), data=StoredTable.of(table)))
    assert [one.year for one in found.years] == [None]
    assert all(not steps for steps in found.progress.values())
    assert found.of_year(1999) == found.latest


def test_a_draft_says_which_table_is_missing() -> None:
    with pytest.raises(InvalidInput, match="framework"):
        figures(Material())
    with pytest.raises(InvalidInput, match="data"):
        figures(Material(framework=framework()))


def test_errors_of_another_number_of_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="3 errors for 16 rows"):
        Material(framework=framework(), data=StoredTable.of(data()), errors={"trust": (1.0, 2.0, 3.0)})


def test_survey_errors_widen_the_interval_of_the_city_that_has_them() -> None:
    material = Material(framework=framework(), data=StoredTable.of(data()))
    errors = np.zeros((8, 1))
    errors[2] = 12.0
    table = data().of_year(2025)
    trust = Table(table.units, ("trust",), table.values[:, [2]])
    estimates = Estimates(trust, errors, np.full((8, 1), 20.0), np.full((8, 1), 18.0))
    unsure = material.with_estimates(estimates, 2025)
    assert unsure.data == material.data
    assert unsure.answers["trust"][8:] == (18.0,) * 8

    def widths(one: Material) -> list[float]:
        sure = sure_figures(one).latest.sure
        assert sure is not None
        return [(upper or 0) - (lower or 0) for lower, upper in zip(sure.lower, sure.upper, strict=True)]

    before, after = widths(material), widths(unsure)
    assert after[2] > before[2] * 1.2
    assert max(abs(after[place] - before[place]) for place in (0, 1, 3, 4, 5, 6, 7)) < 0.5


def test_what_cannot_be_computed_is_named() -> None:
    zero = data()
    zero.values[0, 0] = 0.0
    recipe = Recipe(steps=(Normalise(), Aggregate(method="geometric")))
    with pytest.raises(InvalidInput, match="zero"):
        figures(Material(framework=framework(), data=StoredTable.of(zero), recipe=recipe))


def test_a_code_that_the_framework_lacks_has_no_survey_error() -> None:
    tree = Framework(nodes=(Node(code="places", parent="i"), Node(code="waiting", parent="i"), Node(code="i")))
    stored = StoredTable.of(data())
    material = Material(framework=tree, data=stored, errors={"trust": (1.0,) * 16})
    assert [one.name for one in material.varying.inputs] == ["Weights", "Leaving out"]


def test_benefit_of_the_doubt_has_as_many_replications_as_can_be_computed_in_minutes() -> None:
    plain = Material(framework=framework(), data=StoredTable.of(data()))
    assert (plain.affordable().replications, plain.affordable().base) == (1000, 256)
    doubt = Recipe(steps=(Normalise(), Aggregate(but={"care": "benefit-of-the-doubt"})))
    cities = tuple(f"City {number}" for number in range(200))
    dear = Material(framework=framework(), data=StoredTable.of(data(cities, years=(2025,))), recipe=doubt).affordable()
    assert (dear.replications, dear.base) == (100, 16)
    assert dear.model_copy(update={"recipe": Recipe()}).affordable().replications == 1000
    searched = StepOptions(name="Order", step=1, options=(Aggregate(), Aggregate(but={"care": "kemeny"})))
    varied = plain.model_copy(update={"data": dear.data, "variation": Variation(inputs=(searched,))}).affordable()
    assert (varied.replications, varied.base) == (606, 128)
    with pytest.raises(InvalidInput, match="takes too long"):
        Material(
            framework=framework(), data=StoredTable.of(data(cities, years=tuple(range(2000, 2010)))), recipe=doubt
        ).affordable()


def test_an_indicator_without_weight_and_the_last_one_with_it_are_not_left_out() -> None:
    nodes = [node.model_copy(update={"weight": 0.0}) if node.code == "parks" else node for node in framework().nodes]
    material = Material(framework=Framework(nodes=tuple(nodes)), data=StoredTable.of(data()), replications=200)
    left_out = next(one for one in material.varying.inputs if isinstance(one, LeaveOut))
    assert left_out.codes == ("places", "waiting"), "trust is all that counts of its node"
    found = sure_figures(material).latest.sure
    assert found is not None
    assert None not in found.median
    asked = Variation(inputs=(LeaveOut(codes=("trust",)),))
    with pytest.raises(InvalidInput, match="nothing is left"):
        sure_figures(material.model_copy(update={"variation": asked}))


def test_cities_without_a_score_count_for_no_quarter_and_follow_nobody() -> None:
    table = data(years=(2025,))
    table.values[[0, 1, 2, 3], :] = np.nan
    recipe = Recipe(steps=(Normalise(), Aggregate()))
    found = sure_figures(Material(framework=framework(), data=StoredTable.of(table), recipe=recipe)).latest
    assert found.sure is not None
    ranks = [row[-1] for row in found.ranks]
    assert ranks[:4] == [None] * 4
    assert sum(found.sure.top_quarter[4:]) == pytest.approx(1.0), "the best of four is a quarter of them"
    assert found.sure.above_next[ranks.index(4)] is None
    assert found.sure.above_next[:4] == (None,) * 4
