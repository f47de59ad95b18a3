"""The Care barometer of the demonstration: its framework holds together, and its invented figures are what they say."""

import csv
import json
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pytest

from metropolis.demo.care_barometer.make_values import EXAMPLE, FOLDER, SOURCE, made_files, soft_measures
from metropolis.demo.care_barometer.world import YEARS, city_rows
from metropolis.tools.barometer.engine import (
    Estimates,
    Framework,
    Table,
    build,
    estimate,
    read_data,
    read_estimates,
    read_framework,
    read_recipe,
    read_survey,
    read_variation,
    simulate,
)
from metropolis.tools.barometer.engine.questionnaire import caring_city
from metropolis.tools.barometer.engine.varying import DataNoise, Variation


@pytest.fixture(scope="module")
def folder() -> Path:
    with as_file(FOLDER) as path:
        return Path(path)


@pytest.fixture(scope="module")
def framework(folder: Path) -> Framework:
    return read_framework(folder / "framework.csv").framework


def of_year(folder: Path, year: int) -> tuple[Table, DataNoise, Estimates]:
    """What is known of a year, the errors of its survey, and the estimates themselves."""
    estimates = read_estimates(folder / str(year) / "estimates.csv")
    return *estimates.beside(read_data(folder / str(year) / "figures.csv")), estimates


def of_all_years(folder: Path, framework: Framework) -> Table:
    codes = [node.code for node in framework.indicators]
    tables = [of_year(folder, year)[0].select(codes) for year in YEARS]
    units = tuple(unit for table in tables for unit in table.units)
    times = tuple(year for year, table in zip(YEARS, tables, strict=True) for _ in table.units)
    return Table(units, tuple(codes), np.vstack([table.values for table in tables]), units, times)


def test_the_script_makes_the_shipped_files_to_the_byte(folder: Path) -> None:
    made = made_files()
    shipped = {f"{year}/{name}.csv" for year in YEARS for name in ("figures", "estimates")} | {"survey.csv"}
    assert made.keys() == shipped
    for name, text in made.items():
        assert text.encode() == (folder / name).read_bytes(), f"{name}: run python -m {SOURCE.split()[-1]}.make_values"


def test_it_scores_at_least_forty_cities_in_each_of_three_years(folder: Path, framework: Framework) -> None:
    scores = build(of_all_years(folder, framework), framework, read_recipe(folder / "recipe.toml")).scores
    assert len(YEARS) == 3
    for year in YEARS:
        of_the_year = [time == year for time in scores.times]
        assert sum(of_the_year) >= 40
        index = scores.column("caring_city")[of_the_year]
        assert not np.isnan(index).any()
        assert index.max() - index.min() > 25


def test_a_city_without_a_survey_has_no_score(folder: Path, framework: Framework) -> None:
    late = {row.city for row in city_rows() if row.surveyed_since > YEARS[0]}
    scores = build(of_year(folder, YEARS[0])[0], framework, read_recipe(folder / "recipe.toml")).scores
    assert late
    assert {row.city for row in city_rows()} - set(scores.units) == late


def test_statistics_and_answers_count_the_same_in_every_pillar(framework: Framework) -> None:
    soft = [node.is_soft for node in framework.indicators]
    assert 0.4 <= np.mean(soft) <= 0.6
    for pillar in framework.children["caring_city"]:
        parts = framework.children[pillar.code]
        answers = sum(node.weight for node in parts if node.is_soft)
        assert answers == sum(node.weight for node in parts if not node.is_soft)


def test_soft_indicators_are_measures_of_the_questionnaire(framework: Framework) -> None:
    asked = {question.code: question for question in caring_city().questions if question.counted}
    for node in framework.indicators:
        if node.is_soft:
            assert node.direction == asked[node.code].direction
    assert len(soft_measures(framework)) == sum(node.is_soft for node in framework.indicators)


def test_every_node_has_a_topic_and_a_description(folder: Path) -> None:
    told = json.loads((files("metropolis.foundation.taxonomy") / "data/topics.json").read_text("utf-8"))
    topics = {topic["code"] for topic in told}
    with (folder / "framework.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["Topic"] in topics, row["iCode"]
            assert row["Description"].endswith("."), row["iCode"]


def test_every_value_says_that_it_is_synthetic(folder: Path, framework: Framework) -> None:
    for year in YEARS:
        for name in ("figures", "estimates"):
            with (folder / str(year) / f"{name}.csv").open(encoding="utf-8") as file:
                assert {row["source"] for row in csv.DictReader(file)} == {SOURCE}
    assert all(node.source.startswith("Synthetic") for node in framework.indicators)


def test_goalposts_hold_nearly_all_values(folder: Path, framework: Framework) -> None:
    data = of_all_years(folder, framework)
    for node in framework.indicators:
        assert node.goalposts is not None
        values = data.column(node.code)
        within = values[(values >= node.goalposts.lower) & (values <= node.goalposts.upper)]
        # Parity is the aim: a council with more women than men is cut on purpose.
        assert len(within) > (0.75 if node.code == "women_council" else 0.85) * (~np.isnan(values)).sum(), node.code


def test_the_example_survey_gives_its_citys_estimates(folder: Path, framework: Framework) -> None:
    found = estimate(read_survey(folder / "survey.csv"), soft_measures(framework))
    shipped = of_year(folder, YEARS[-1])[2]
    place = shipped.table.units.index(EXAMPLE)
    assert found.table.values[0] == pytest.approx(shipped.table.values[place], abs=0.006)
    assert found.errors[0] == pytest.approx(shipped.errors[place], abs=0.006)


def test_the_percentages_of_the_journeys_data_are_those_of_its_survey(framework: Framework) -> None:
    folder = Path(__file__).parent / "journeys/barometer"
    data = read_data(folder / "data.csv", read_framework(folder / "framework.csv"))
    survey = read_survey(folder / "survey.csv")
    measures = [measure for measure in soft_measures(framework) if measure.code in data.columns]
    found = estimate(survey, measures)
    assert found.table.units == data.units
    assert len(measures) == 2
    assert np.allclose(found.table.values, data.select(found.table.columns).values, atol=0.06)
    counts = [survey.units.count(unit) for unit in data.units]
    assert (min(counts), max(counts)) == (25, 400)


def test_errors_and_score_intervals_are_wider_where_fewer_are_asked(folder: Path, framework: Framework) -> None:
    data, noise, estimates = of_year(folder, YEARS[-1])
    asked = {row.city: row.respondents for row in city_rows()}
    errors = np.array([estimates.errors[place].mean() for place in range(len(estimates.table.units))])
    found = simulate(data, framework, read_recipe(folder / "recipe.toml"), variation=Variation(inputs=(noise,)))
    low, _, high = found.score_interval()
    for width, units in ((errors, estimates.table.units), (high - low, found.nominal.scores.units)):
        few = np.array([asked[unit] < 100 for unit in units])
        many = np.array([asked[unit] > 500 for unit in units])
        assert width[few].min() > width[many].max()


def test_the_whole_variation_can_be_computed(folder: Path, framework: Framework) -> None:
    data, noise, _ = of_year(folder, YEARS[-1])
    told = read_variation(folder / "variation.toml")
    left_out = next(one.codes for one in told.inputs if one.kind == "leave-out")
    assert set(left_out) == {node.code for node in framework.indicators}
    variation = Variation(inputs=(*told.inputs, noise))
    recipe = read_recipe(folder / "recipe.toml")
    found = simulate(data, framework, recipe, variation=variation, replications=300)
    assert np.isfinite(found.scores).all()
