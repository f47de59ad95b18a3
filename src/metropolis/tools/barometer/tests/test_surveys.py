"""Survey estimates: against published examples, hand computation and repeated sampling; and into scores and ranks."""

from pathlib import Path

import numpy as np
import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import Framework, Node, Table
from metropolis.tools.barometer.engine.calibrating import calibrated
from metropolis.tools.barometer.engine.reading_surveys import read_estimates, read_margins, read_survey
from metropolis.tools.barometer.engine.surveys import Measure, Survey, estimate
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import Variation

MEAN = [Measure(code="m", question="q")]
SHARE = [Measure(code="safety", question="safe", counted=("yes", "rather"), ignored=("unsure",))]


def survey(values: list[float], weights: list[float] | None = None, **design: tuple[str, ...]) -> Survey:
    return Survey(
        units=("here",) * len(values),
        answers={"q": tuple(map(str, values))},
        weights=np.array(weights or [1.0] * len(values)),
        **design,
    )


def test_the_cluster_sample_of_lohrs_textbook_comes_out_as_printed():
    """Five suites of four students each out of a hundred: Lohr, "Sampling: Design and Analysis", example 5.2."""
    grades = [3.08, 2.60, 3.44, 3.04, 2.36, 3.04, 3.28, 2.68, 2.00, 2.56, 2.52, 1.88, 3.00, 2.88, 3.44, 3.64]
    grades += [2.68, 1.92, 3.28, 3.20]
    found = estimate(survey(grades, clusters=tuple(f"suite {k // 4}" for k in range(20))), MEAN)
    assert found.table.values[0, 0] == pytest.approx(2.826, abs=5e-4)
    without_replacement = found.errors[0, 0] * np.sqrt(1 - 5 / 100)
    assert without_replacement == pytest.approx(0.164, abs=5e-4)


def test_a_stratified_weighted_sample_is_as_by_hand():
    values, weights = [1.0, 3.0, 2.0, 10.0, 14.0, 12.0], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    found = estimate(survey(values, weights, strata=("a",) * 3 + ("b",) * 3), MEAN, least=2)
    assert found.table.values[0, 0] == pytest.approx((2 + 2 * 12) / 3)
    by_hand = (1 / 3) ** 2 * 1 / 3 + (2 / 3) ** 2 * 4 / 3  # of the strata: share² · s² / n
    assert found.errors[0, 0] ** 2 == pytest.approx(by_hand)


def test_without_a_design_it_is_the_error_of_a_plain_sample_and_the_design_effect_is_one():
    values = np.random.default_rng(0).normal(size=50).tolist()
    found = estimate(survey(values), MEAN)
    assert found.errors[0, 0] == pytest.approx(np.std(values, ddof=1) / np.sqrt(50))
    assert found.design_effects[0, 0] == pytest.approx(1)
    assert found.effective[0, 0] == pytest.approx(50)


def population(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two strata of sixty clusters of ten people, who are alike in their clusters; with their age groups."""
    generator = np.random.default_rng(seed)
    old = generator.uniform(size=(2, 60, 10)) < 0.4
    values = generator.normal(50, 4, (2, 60, 1)) + 20 * old + generator.normal(0, 6, (2, 60, 10))
    return values, old, np.array([1.0, 2.0])


@pytest.mark.parametrize("is_calibrated", [False, True])
def test_the_errors_are_how_far_repeated_samples_lie_apart(is_calibrated: bool):  # noqa: FBT001
    values, old, weights = population(7)
    generator = np.random.default_rng(1)
    truth = (values.mean(axis=(1, 2)) * weights).sum() / 3
    share = (old.mean(axis=(1, 2)) * weights).sum() / 3
    margins = {"here": {"age": {"True": share, "False": 1 - share}}} if is_calibrated else None
    found = []
    for _ in range(300):
        drawn = [generator.integers(60, size=12) for _ in range(2)]
        picked = np.concatenate([values[stratum, clusters].ravel() for stratum, clusters in enumerate(drawn)])
        ages = np.concatenate([old[stratum, clusters].ravel() for stratum, clusters in enumerate(drawn)])
        sample = Survey(
            units=("here",) * 240,
            answers={"q": tuple(map(str, picked)), "age": tuple(map(str, ages))},
            weights=np.repeat(weights, 120),
            strata=tuple(np.repeat(["s0", "s1"], 120)),
            clusters=tuple(np.repeat([f"c{k}" for k in range(24)], 10)),
        )
        one = estimate(sample, MEAN, margins=margins)
        found.append([one.table.values[0, 0], one.errors[0, 0]])
    figures, errors = np.array(found).T
    assert figures.mean() == pytest.approx(truth, abs=0.2)
    assert errors.mean() == pytest.approx(figures.std(), rel=0.1)
    assert (np.abs(figures - truth) < 1.6449 * errors).mean() == pytest.approx(0.88, abs=0.04)
    if is_calibrated:
        assert errors.mean() < 1.0
    else:
        assert errors.mean() > 1.0


def test_post_stratified_weights_meet_the_margin_and_raked_ones_all_margins():
    columns = {"age": ["o", "y", "y", "y", "o", "o"], "sex": ["f", "f", "m", "m", "m", "m"]}
    margins = {"age": {"o": 60, "y": 40}, "sex": {"f": 0.5, "m": 0.5}}
    found = calibrated(np.ones(6), columns, margins)
    assert found.sum() == pytest.approx(6)
    assert found[[0, 4, 5]].sum() == pytest.approx(3.6)
    assert found[[0, 1]].sum() == pytest.approx(3.0)


def test_the_figure_of_a_post_stratified_sample_is_the_mean_of_its_cells_by_their_size():
    whole = Survey(
        units=("here",) * 4, answers={"q": ("1", "2", "3", "10"), "age": ("y", "y", "y", "o")}, weights=np.ones(4)
    )
    found = estimate(whole, MEAN, margins={"here": {"age": {"y": 1, "o": 1}}}, least=2)
    assert found.table.values[0, 0] == pytest.approx(6)


def test_a_share_counts_its_answers_and_leaves_out_who_is_unsure():
    words = ("yes",) * 12 + ("rather",) * 12 + ("no",) * 8 + ("unsure",) * 20 + ("",) * 4
    found = estimate(Survey(units=("Lima",) * 56, answers={"safe": words}, weights=np.ones(56)), SHARE)
    assert found.table.values[0, 0] == pytest.approx(75)
    assert found.answers[0, 0] == 32
    assert [flag.kind for flag in found.flags] == ["few"]
    assert "32 answers, worth 3" in found.flags[0].words


def test_few_answers_give_no_figure_and_agreement_no_certainty():
    words = ("yes",) * 5 + ("yes",) * 40
    both = Survey(units=("Lima",) * 5 + ("Quito",) * 40, answers={"safe": words}, weights=np.ones(45))
    found = estimate(both, SHARE)
    assert np.isnan(found.table.values[0, 0])
    assert found.table.values[1, 0] == 100
    assert found.errors[1, 0] == pytest.approx(100 * np.sqrt(42 / 44 * 2 / 44 / 44))
    assert [(flag.unit, flag.kind) for flag in found.flags] == [("Lima", "withheld"), ("Quito", "unanimous")]


def test_a_stratum_with_one_cluster_is_said_and_a_single_cluster_gives_no_figure():
    values = np.random.default_rng(0).normal(size=30).tolist()
    strata = ("a",) * 20 + ("b",) * 10
    clusters = ("1",) * 10 + ("2",) * 10 + ("3",) * 10
    found = estimate(survey(values, strata=strata, clusters=clusters), MEAN)
    assert "lone cluster" in {flag.kind for flag in found.flags}
    totals = np.array(values).reshape(3, 10).sum(axis=1) / 30 - np.mean(values) / 3
    assert found.errors[0, 0] ** 2 == pytest.approx(2 * totals[:2].var() * 2 + totals[2] ** 2)
    alone = estimate(survey(values, clusters=("1",) * 30), MEAN)
    assert np.isnan(alone.table.values[0, 0])
    assert [flag.kind for flag in alone.flags] == ["withheld"]


def test_intervals_of_scores_and_ranks_widen_where_few_were_asked():
    generator = np.random.default_rng(4)
    units = tuple(f"city {k}" for k in range(20))
    sizes = [40 if k % 2 else 1000 for k in range(20)]
    people = [unit for unit, size in zip(units, sizes, strict=True) for _ in range(size)]
    words = tuple("yes" if generator.uniform() < 0.3 + 0.02 * units.index(unit) else "no" for unit in people)
    asked = estimate(Survey(units=tuple(people), answers={"safe": words}, weights=np.ones(len(people))), SHARE)
    hard = Table(units, ("parks",), generator.uniform(0, 9, (20, 1)))
    data, noise = asked.beside(hard)
    tree = Framework(nodes=(Node(code="i"), Node(code="parks", parent="i"), Node(code="safety", parent="i")))
    found = simulate(data, tree, variation=Variation(inputs=(noise,)), replications=2000, seed=1)
    low, _, high = found.score_interval()
    best, _, worst = found.rank_interval()
    small = np.array(sizes) == 40
    assert (high - low)[small].min() > 1.5 * (high - low)[~small].max()
    assert (worst - best)[small].mean() > 1.5 * (worst - best)[~small].mean()


def test_a_unit_without_survey_stays_empty_beside_hard_data_and_a_strange_one_is_refused():
    asked = estimate(Survey(units=("Lima",) * 20, answers={"safe": ("yes", "no") * 10}, weights=np.ones(20)), SHARE)
    data, noise = asked.beside(Table(("Quito", "Lima"), ("parks",), np.ones((2, 1))))
    assert np.isnan(data.column("safety")[0])
    assert data.column("safety")[1] == 50
    assert noise.errors["safety"][0] == 0
    with pytest.raises(InvalidInput, match="'Lima' is in the survey, but not in the data"):
        asked.beside(Table(("Quito",), ("parks",), np.ones((1, 1))))


@pytest.mark.parametrize(
    ("margin", "message"),
    [
        ({"y": 1}, "No margin of 'age' is given for 'o' in 'here'"),
        ({"y": 1, "o": 1, "x": 1}, "Nobody in 'here' is 'x' by 'age': join it"),
        ({"y": 1, "o": 0}, "The margin of 'o' by 'age' in 'here' must be above zero"),
    ],
)
def test_margins_that_do_not_fit_are_refused(margin: dict[str, float], message: str):
    with pytest.raises(InvalidInput, match=message):
        calibrated(np.ones(3), {"age": ["o", "y", "y"]}, {"age": margin}, "here")


def write(folder: Path, text: str) -> Path:
    path = folder / "told.csv"
    path.write_text(text.replace(" ", ""), encoding="utf-8")
    return path


def test_a_survey_is_read_with_its_design(tmp_path: Path):
    found = read_survey(write(tmp_path, "uCode,weight,cluster,safe,age\nLima,1.5,1,yes,o\nLima,2,2,,y\n"))
    assert found.units == ("Lima", "Lima")
    assert found.weights.tolist() == [1.5, 2]
    assert (found.strata, found.clusters) == ((), ("1", "2"))
    assert found.answers == {"safe": ("yes", ""), "age": ("o", "y")}


def test_margins_are_read_by_unit_question_and_answer(tmp_path: Path):
    found = read_margins(write(tmp_path, "uCode,question,answer,population\nLima,age,o,4\nLima,age,y,6\n"))
    assert found == {"Lima": {"age": {"o": 4, "y": 6}}}


def test_aggregates_are_read_with_their_errors_or_with_what_they_follow_from(tmp_path: Path):
    text = "uCode,iCode,value,error,answers,deff\nLima,safety,50,2.5,,\nQuito,safety,20,,400,4\nCali,safety,0,,96,\n"
    found = read_estimates(write(tmp_path, text))
    assert found.errors[:, 0] == pytest.approx([2.5, 4.0, 100 * np.sqrt(0.02 * 0.98 / 96)])
    assert found.effective[1, 0] == 100
    assert found.flags == ()


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (read_survey, "city,weight,safe\nLima,0,yes\n", "row 2, column weight: a weight must be above zero"),
        (read_survey, "town,safe\nLima,yes\n", "has no column uCode"),
        (read_survey, "uCode,safe\nLima,yes\n,no\n", "row 3, column uCode: it is empty"),
        (read_margins, "uCode,question,answer,population\nLima,age,o,-1\n", "row 2, column population"),
        (read_estimates, "uCode,iCode,value\nLima,s,50\n", "row 2, column error: there is no standard error"),
        (read_estimates, "uCode,iCode,value,answers\nLima,s,150,9\n", "row 2, column value: 150 is no percentage"),
        (read_estimates, "uCode,iCode,value,error\nLima,s,1,1\nLima,s,1,1\n", "row 3, column value: 's' of 'Lima'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_row_and_column(tmp_path: Path, reader, text: str, message: str):  # noqa: ANN001
    with pytest.raises(InvalidInput, match=message):
        reader(write(tmp_path, text))
