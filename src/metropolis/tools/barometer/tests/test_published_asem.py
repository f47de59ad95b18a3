"""COINr's ASEM example, every stage: values to 1e-9, ranks equal."""

from collections.abc import Sequence
from functools import cache
from typing import Literal

import numpy as np
import pytest

from metropolis.tools.barometer.engine import Framework, Index, Recipe, Table, build, read_data
from metropolis.tools.barometer.engine.aggregating import Aggregation, aggregate
from metropolis.tools.barometer.engine.coherence import cronbach
from metropolis.tools.barometer.engine.imputing import impute_by_column, impute_within_pillars
from metropolis.tools.barometer.engine.normalising import (
    ByRank,
    MinMax,
    Normalisation,
    ToMaximum,
    ToReference,
    ToTarget,
    ZScore,
    normalise,
)
from metropolis.tools.barometer.engine.optimising import target_influence
from metropolis.tools.barometer.engine.outranking import copeland, outranking
from metropolis.tools.barometer.engine.statistics import correlations, kurtosis, skewness
from metropolis.tools.barometer.engine.treating import has_outliers, treat
from metropolis.tools.barometer.engine.trends import trend
from metropolis.tools.barometer.engine.weighting import first_component
from metropolis.tools.barometer.tests.published import ASEM, agree, asem, needs_published, rows, table

pytestmark = needs_published

RECIPE = Recipe.model_validate(
    {
        "steps": [
            {"do": "denominate"},
            {"do": "impute", "method": "mean", "group": "EurAsia_group"},
            {"do": "screen", "least": 0.9},
            {"do": "treat"},
            {"do": "normalise", "how": {"method": "min-max"}},
            {"do": "aggregate", "method": "arithmetic"},
        ]
    }
)


def framework() -> Framework:
    return asem()[1].framework


def codes() -> list[str]:
    return [node.code for node in framework().indicators]


def raw() -> Table:
    return asem()[0].select(codes())


def index() -> Index:
    return build(asem()[0], framework(), RECIPE)


def test_the_raw_stage_is_read():
    agree(raw(), "stage_Raw.csv")


@pytest.mark.parametrize(
    ("place", "name"),
    [(0, "Denominated"), (1, "Imputed"), (2, "Screened"), (3, "Treated"), (4, "Normalised"), (5, "Aggregated")],
)
def test_every_stage_of_the_build_agrees(place: int, name: str):
    stage = index().stages[place].table
    agree(stage if name == "Aggregated" else stage.select(codes()), f"stage_{name}.csv")


def test_results_and_ranks_agree():
    agree(index().scores, "results_full.csv")
    mine, theirs = index().ranks, table("results_ranks.csv")
    order = [theirs.units.index(unit) for unit in mine.units]
    apart = mine.values - theirs.select(mine.columns).values[order]
    # Where ranks differ, two units are equal but for the last bit, which depends on the order of a sum.
    for row, column in np.argwhere(apart):
        scores = index().scores.values[:, column]
        assert np.sum(np.abs(scores - scores[row]) < 1e-9) > 1
    assert not apart[:, [mine.place(node.code) for node in framework().aggregates]].any()


@pytest.mark.parametrize(
    ("middle", "group", "name"),
    [
        ("mean", None, "mean"),
        ("median", None, "median"),
        ("mean", "Pop_group", "mean_grp_Pop"),
        ("median", "EurAsia_group", "median_grp_EurAsia"),
    ],
)
def test_imputing_by_column_agrees(middle: str, group: str | None, name: str):
    groups = None if group is None else asem()[0].group(group)
    agree(raw().with_values(impute_by_column(raw().values, middle, groups)), f"impute_{name}.csv")


def test_imputing_within_pillars_agrees():
    agree(raw().with_values(impute_within_pillars(raw(), framework(), 2)), "impute_row_mean_level2.csv")


@pytest.mark.parametrize("points", [1, 2, 3, 4, 5])
def test_treatment_with_so_many_points_agrees(points: int):
    screened = table("stage_Screened.csv").select(codes())
    agree(screened.with_values(treat(screened.values, points=points).values), f"treat_winmax{points}.csv")


def test_the_points_moved_and_the_moments_agree():
    screened = table("stage_Screened.csv").select(codes())
    found = treat(screened.values)
    moved = {code: sum(1 for point in found.touched if point.column == place) for place, code in enumerate(codes())}
    points = rows(ASEM / "treat_points.csv")
    assert moved == {code: sum(1 for row in points if row[code]) for code in codes()}
    for row in rows(ASEM / "treat_details.csv"):
        place = codes().index(row["iCode"])
        assert bool(has_outliers(screened.values)[place]) == (row["check_SkewKurt0.Pass"] == "FALSE")
        assert skewness(screened.values)[place] == pytest.approx(float(row["check_SkewKurt0.Skew"]), abs=1e-9)
        assert kurtosis(screened.values)[place] == pytest.approx(float(row["check_SkewKurt0.Kurt"]), abs=1e-9)
        if row["winsorise.nwin"]:
            assert moved[row["iCode"]] == int(row["winsorise.nwin"])
            assert skewness(found.values)[place] == pytest.approx(float(row["check_SkewKurt1.Skew"]), abs=1e-9)
            assert kurtosis(found.values)[place] == pytest.approx(float(row["check_SkewKurt1.Kurt"]), abs=1e-9)


def test_the_statistics_of_the_raw_data_agree():
    for row in rows(ASEM / "stats_raw.csv"):
        series = raw().column(row["iCode"])
        known = series[~np.isnan(series)]
        figures = (known.min(), known.max(), known.mean(), np.median(known), known.std(ddof=1))
        moments = (skewness(series[:, None])[0], kurtosis(series[:, None])[0])
        wanted = [float(row[name]) for name in ("Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt")]
        assert [*figures, *moments] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
        assert len(known) == int(row["N.Avail"])
        assert bool(has_outliers(series[:, None])[0]) == (row["Flag.SkewKurt"] == "OUT")


@pytest.mark.parametrize(
    ("how", "name"),
    [
        (MinMax(lower=1), "minmax_1_100"),
        (ZScore(), "zscore_0_1"),
        (ZScore(mean=10, deviation=2), "zscore_10_2"),
        (ToMaximum(), "dist2max"),
        (ToMaximum(method="share-of-maximum"), "fracmax"),
        (ToTarget(), "dist2targ"),
        # The file is named after Singapore, and every figure in it is the distance to Thailand's row.
        (ToReference(unit="THA"), "dist2ref_SGP"),
    ],
)
def test_other_normalisations_agree(how: Normalisation, name: str):
    treated = table("stage_Treated.csv").select(codes())
    agree(
        treated.with_values(normalise(treated.values, framework().indicators, how, treated.units)), f"norm_{name}.csv"
    )


@pytest.mark.parametrize(("method", "name"), [("rank", "rank"), ("borda", "borda"), ("percentile", "prank")])
def test_normalisations_by_rank_agree_but_for_ties_in_the_last_bit(
    method: Literal["rank", "borda", "percentile"], name: str
):
    treated = table("stage_Treated.csv").select(codes())
    found = normalise(treated.values, framework().indicators, ByRank(method=method))
    theirs = table(f"norm_{name}.csv")
    apart = found - theirs.select(codes()).values[[theirs.units.index(unit) for unit in treated.units]]
    for row, column in np.argwhere(np.abs(apart) > 1e-9):
        assert np.sum(np.abs(treated.values[:, column] - treated.values[row, column]) < 1e-12) > 1
    assert (np.abs(apart) > 1e-9).sum() <= 3


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "harmonic"])
def test_aggregates_by_every_mean_agree(method: Aggregation):
    name = f"agg_a_{method[0]}mean.csv"
    scores = table(name)
    values = {code: scores.column(code) for code in codes()}
    found = aggregate(values, framework(), scores.units, {node.code: method for node in framework().aggregates})
    agree(Table(scores.units, tuple(found), np.column_stack(list(found.values()))), name)


def test_outranking_agrees():
    scaled = table("norm_minmax_1_100.csv").select(codes())
    found = outranking(scaled.values, [1.0] * len(codes()))
    published = table("outrank_matrix_all_indicators.csv")
    assert list(published.units) == list(scaled.units)
    assert np.abs(found - published.values).max() < 1e-9


def test_copeland_agrees_once_ties_are_rounded_as_r_does():
    """COINr adds 1/49 as often as needed: half of the weight then comes out a bit less than a half, and is lost."""
    values = table("norm_minmax_1_100.csv").select(codes()).values
    published = table("agg_copeland_all_indicators.csv").column("copeland")
    above = _summed_as_r_does(values, np.full(len(codes()), 1 / len(codes())))
    assert ((above > 0.5).sum(axis=1) - (above < 0.5).sum(axis=1) + 1).tolist() == published.tolist()
    exact = outranking(values, [1.0] * len(codes()))
    ties = (np.abs(exact - 0.5) < 1e-9).sum(axis=1)
    assert (np.abs(copeland(exact) - published) <= ties).all()


def _summed_as_r_does(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    def total(chosen: np.ndarray) -> float:
        return float(weights[chosen].astype(np.longdouble).sum())

    above = np.zeros((len(values), len(values)))
    for first in range(len(values)):
        for second in range(first + 1, len(values)):
            ahead, level = values[first] > values[second], values[first] == values[second]
            above[first, second] = total(ahead) + 0.5 * total(level)
            above[second, first] = 1 - above[first, second]
    return above


def test_component_weights_of_pillars_agree():
    normalised = table("stage_Normalised.csv")
    published = {row["iCode"]: float(row["Weight"]) for row in rows(ASEM / "pca_weights_level1.csv")}
    for node in framework().aggregates:
        if framework().heights[node.code] == 2:
            below = [part.code for part in framework().children[node.code]]
            assert _same_but_for_sign(first_component(normalised.select(below).values), [published[c] for c in below])


def test_component_weights_of_sub_indices_agree():
    aggregated = table("stage_Aggregated.csv")
    published = {row["iCode"]: float(row["Weight"]) for row in rows(ASEM / "pca_weights_level2.csv")}
    for code in ("Conn", "Sust"):
        below = [part.code for part in framework().children[code]]
        assert _same_but_for_sign(first_component(aggregated.select(below).values), [published[c] for c in below])


def _same_but_for_sign(found: np.ndarray, wanted: Sequence[float]) -> bool:
    """The sign of a component is arbitrary; prcomp leaves it as it comes."""
    return min(np.abs(found - wanted).max(), np.abs(found + wanted).max()) < 1e-9


def test_effective_weights_agree():
    shares = framework().shares()
    for row in rows(ASEM / "effective_weights.csv"):
        assert shares[row["iCode"]] == pytest.approx(float(row["EffWeight"]), abs=1e-12)


@pytest.mark.parametrize(("level", "name"), [(2, "L2"), (3, "L3")])
def test_leaving_out_each_element_agrees(level: int, name: str):
    nominal = table(f"remove_elements_{name}_ranks.csv")
    published = {row["removed"]: float(row["MeanAbsDiff"]) for row in rows(ASEM / f"remove_elements_{name}.csv")}
    for node in framework().aggregates:
        if framework().heights[node.code] != level:
            continue
        less = build(asem()[0], framework().without(node.code), RECIPE).ranks
        order = [nominal.units.index(unit) for unit in less.units]
        assert (less.column("Index") == nominal.column(node.code)[order]).all()
        change = np.abs(less.column("Index") - nominal.column("Nominal")[order]).mean()
        assert change == pytest.approx(published[node.code], abs=1e-9)


def test_alpha_of_every_pillar_agrees():
    normalised = table("stage_Normalised.csv")
    for row in rows(ASEM / "cronbach.csv"):
        below = codes() if row["pillar"] == "ALL" else [leaf.code for leaf in framework().leaves(row["pillar"])]
        assert cronbach(normalised.select(below).values) == pytest.approx(float(row["alpha"]), abs=1e-9)


def test_correlations_of_indicators_agree():
    found = correlations(table("stage_Normalised.csv").select(codes()).values)
    for row in rows(ASEM / "corr_indicators_long.csv"):
        pair = found[codes().index(row["Var1"]), codes().index(row["Var2"])]
        assert pair == pytest.approx(float(row["Correlation"]), abs=1e-9)


def test_correlations_of_indicators_with_the_index_agree():
    aggregated = table("stage_Aggregated.csv")
    for row in rows(ASEM / "corr_indicator_index.csv"):
        found = correlations(aggregated.select([row["Var1"], row["Var2"]]).values)[0, 1]
        assert found == pytest.approx(float(row["Correlation"]), abs=1e-9)


def test_wanted_influence_is_measured_as_coinr_does_and_met_more_closely():
    """The published search stopped after its first step; its figures stand by the alphabet, the step was SusEcFin's."""
    published = rows(ASEM / "opt_weights_level2_corr.csv")
    obtained = np.array([float(row["Obtained"]) for row in published])
    pillars = sorted(node.code for node in framework().aggregates if framework().heights[node.code] == 2)
    aggregated = table("stage_Aggregated.csv")
    values = {code: aggregated.column(code) for code in codes()}
    tree = framework().with_weights({"SusEcFin": 1.1})
    means = aggregate(values, tree, aggregated.units, {node.code: "arithmetic" for node in tree.aggregates})
    related = correlations(np.column_stack([*(means[code] for code in pillars), means["Index"]]))[:-1, -1]
    assert related / related.sum() == pytest.approx(obtained, abs=1e-9)
    found = target_influence(aggregated.select(pillars).values, pillars)
    assert found.left < ((obtained - 1 / 8) ** 2).sum() / 10


@cache
def panel() -> Table:
    return read_data(ASEM / "iData_panel.csv", asem()[1])


def test_five_years_treated_apart_and_normalised_together_agree():
    recipe = Recipe.model_validate(
        {"steps": [{"do": "screen", "least": 0.9}, {"do": "treat"}, {"do": "normalise"}, {"do": "aggregate"}]}
    )
    found = build(panel(), framework(), recipe).scores
    published = table("panel_aggregated.csv")
    place = {key: row for row, key in enumerate(zip(published.units, published.times, strict=True))}
    rows_ = [place[key] for key in zip(found.units, found.times, strict=True)]
    assert len(rows_) == len(published.units) == 230
    assert np.nanmax(np.abs(found.values - published.select(found.columns).values[rows_])) < 1e-9


def test_what_is_known_of_each_series_agrees():
    for row in rows(ASEM / "panel_trends_CAGR.csv"):
        found = trend(panel(), row["Trends.uCode"], row["Trends.iCode"])
        assert found.known == pytest.approx(float(row["Trends.Avail"]))
        assert found.first == (int(row["Trends.t_first"]) if row["Trends.t_first"] else None)
        assert found.last == (int(row["Trends.t_latest"]) if row["Trends.t_latest"] else None)
