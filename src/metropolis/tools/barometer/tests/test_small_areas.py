"""Small areas: against the published fit of the milk survey, and against simulated areas whose means are known."""

import numpy as np
import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.small_areas import fay_herriot, shrunk
from metropolis.tools.barometer.engine.surveys import Estimates
from metropolis.tools.barometer.engine.table import Table

# Spending on fresh milk in 43 areas of the United States, 1989: direct estimate, standard error and major area, from
# Arora & Lahiri (1997) and You & Chapman (2006); what the R package sae (Molina & Marhuenda 2015) makes of them by
# REML: the predictor and its mean squared error.
MILK = """
1.099 .163 1 1.0219703 .013460220; 1.075 .080 1 1.0476018 .005372876; 1.105 .083 1 1.0679513 .005701990
0.628 .109 1 0.7608170 .008541740; 0.753 .119 1 0.8461574 .009579594; 0.981 .141 1 0.9743727 .011670632
1.257 .202 1 1.0584523 .015926137; 1.095 .127 2 1.0977762 .010586518; 1.405 .168 2 1.2215449 .014184043
1.356 .178 2 1.1951455 .014901472; 0.615 .100 2 0.7852155 .007694262; 1.460 .201 2 1.2139456 .016336469
1.338 .148 2 1.2096593 .012562726; 0.854 .143 2 0.9834967 .012117378; 1.176 .149 3 1.1864247 .012031229
1.111 .145 3 1.1556982 .011709147; 1.257 .135 3 1.2263411 .010859780; 1.430 .172 3 1.2856486 .013690860
1.278 .137 3 1.2363247 .011034674; 1.292 .163 3 1.2349600 .013079686; 1.002 .125 3 1.0903019 .009948636
1.183 .247 3 1.1923057 .017243977; 1.044 .140 3 1.1216470 .011292325; 1.267 .171 3 1.2230296 .013625297
1.193 .106 3 1.1938054 .008065787; 0.791 .121 4 0.7627195 .009205133; 0.795 .121 4 0.7649550 .009205133
0.759 .259 4 0.7338443 .016476912; 0.796 .106 4 0.7699294 .007800626; 0.565 .089 4 0.6134418 .006098668
0.886 .225 4 0.7695558 .015441564; 0.952 .205 4 0.7958250 .014657866; 0.807 .119 4 0.7723187 .009024699
0.582 .067 4 0.6102302 .003870786; 0.684 .106 4 0.7001782 .007800626; 0.787 .126 4 0.7592787 .009646139
0.440 .092 4 0.5298867 .006404335; 0.759 .132 4 0.7434466 .010155645; 0.770 .100 4 0.7548996 .007209937
0.800 .113 4 0.7701918 .008470277; 0.756 .083 4 0.7481164 .005484860; 0.865 .121 4 0.8040773 .009205133
0.640 .129 4 0.6810870 .009903626
"""
DIRECT, ERROR, AREA, PREDICTED, SQUARED = np.array(
    [[float(cell) for cell in row.split()] for row in MILK.replace("\n", ";").split(";") if row.strip()]
).T
DUMMIES = (AREA[:, None] == np.array([2, 3, 4])).astype(float)


def test_the_milk_survey_comes_out_as_published():
    """That fit stopped once a round changed its variance by less than a ten-thousandth: it agrees to four digits."""
    found = fay_herriot(DIRECT, ERROR**2, DUMMIES)
    assert len(found.values) == 43
    assert found.coefficients == pytest.approx([0.9681890, 0.1327801, 0.2269462, -0.2413011], abs=2e-4)
    assert found.coefficient_errors == pytest.approx([0.06936208, 0.10300072, 0.09232981, 0.08161707], abs=2e-4)
    assert found.values == pytest.approx(PREDICTED, abs=2e-4)
    assert found.errors**2 == pytest.approx(SQUARED, abs=2e-5)


def areas(seed: int, count: int = 40, between: float = 1.0) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(seed)
    covariate = generator.normal(size=(count, 1))
    truth = 5 + 2 * covariate[:, 0] + np.sqrt(between) * generator.normal(size=count)
    variances = generator.uniform(0.3, 3.0, count)
    return truth, truth + np.sqrt(variances) * generator.normal(size=count), variances, covariate


def test_intervals_cover_the_true_means_as_often_as_they_say_and_errors_shrink():
    inside, gained, variances = [], [], []
    for seed in range(200):
        truth, direct, variance, covariate = areas(seed)
        direct[:4] = np.nan
        found = fay_herriot(direct, variance, covariate)
        inside.append(np.abs(found.values - truth) <= 1.6449 * found.errors)
        gained.append([((found.values - truth)[4:] ** 2).mean(), ((direct - truth)[4:] ** 2).mean()])
        variances.append(found.variance)
    assert np.mean(inside) == pytest.approx(0.90, abs=0.015)
    # Areas without a survey rest on the variance between areas alone, which 36 areas tell roughly.
    assert 0.82 < np.mean(inside, axis=0)[:4].mean() < 0.93
    assert np.mean(variances) == pytest.approx(1.0, abs=0.1)
    model, direct_error = np.mean(gained, axis=0)
    assert model < 0.62 * direct_error


def test_the_restricted_likelihood_is_greatest_at_the_variance_found():
    _, direct, variances, covariate = areas(3)
    found = fay_herriot(direct, variances, covariate).variance
    design = np.column_stack([np.ones(40), covariate])

    def likelihood(between: float) -> float:
        weights = 1 / (between + variances)
        cross = (design.T * weights) @ design
        left = direct - design @ np.linalg.solve(cross, design.T @ (weights * direct))
        return float(np.log(weights).sum() - np.linalg.slogdet(cross)[1] - (weights * left**2).sum())

    assert all(likelihood(found) > likelihood(found + step) for step in (-0.01, 0.01))


def test_a_large_sample_keeps_its_figure_and_a_tiny_one_leans_on_cities_like_it():
    generator = np.random.default_rng(1)
    units = tuple(f"city {k}" for k in range(30))
    income = generator.uniform(10, 50, 30)
    effective = np.where(np.arange(30) < 15, 1500.0, 12.0)
    truth = 30 + income + generator.normal(0, 3, 30)
    errors = np.sqrt(2400 / effective)
    direct = truth + errors * generator.normal(size=30)
    survey = Estimates(
        Table(units[:29], ("safety",), direct[:29, None]), errors[:29, None], effective[:29, None], effective[:29, None]
    )
    found = shrunk(survey, Table(units, ("income",), income[:, None]), columns=["income"])
    moved = np.abs(found.table.values[:29, 0] - direct[:29])
    assert moved[:15].max() < 2
    assert moved[15:].max() > 5
    assert found.errors[:15].max() < errors[0] * 1.02
    assert (found.errors[15:] < errors[15:].min() / 2).all()
    assert found.table.values[29, 0] == pytest.approx(truth[29], abs=3 * found.errors[29, 0])
    assert found.effective[29, 0] == 0


def test_what_a_model_cannot_be_made_of_is_refused():
    with pytest.raises(InvalidInput, match="too few"):
        fay_herriot(np.array([1.0, 2.0]), np.ones(2), np.ones((2, 1)))
    with pytest.raises(InvalidInput, match="must be known of every area, vary"):
        fay_herriot(np.arange(6.0), np.ones(6), np.ones((6, 1)))
    with pytest.raises(InvalidInput, match="variance above zero"):
        fay_herriot(np.arange(6.0), np.zeros(6), np.arange(6.0)[:, None] ** 2)
    survey = Estimates(Table(("Atlantis",), ("x",), np.ones((1, 1))), *[np.ones((1, 1))] * 3)
    with pytest.raises(InvalidInput, match="'Atlantis' is in the survey, but has no covariates"):
        shrunk(survey, Table(("Lima",), ("income",), np.ones((1, 1))), columns=["income"])
