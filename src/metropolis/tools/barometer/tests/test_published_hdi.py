"""The Human Development Indices of 2023-24, recomputed from their inputs."""

import numpy as np

from metropolis.tools.barometer.engine import Framework, Goalposts, Node, Recipe, Table, build
from metropolis.tools.barometer.engine.aggregating import aggregate_one
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.tests.published import HDI, needs_published, rows

pytestmark = needs_published

#: HDR 2023-24, technical note 1: goalposts, logarithm of income, arithmetic mean of education, geometric mean of all.
TREE = Framework(
    nodes=(
        Node(code="le", parent="health", goalposts=Goalposts(lower=20, upper=85)),
        Node(code="eys", parent="education", goalposts=Goalposts(lower=0, upper=18)),
        Node(code="mys", parent="education", goalposts=Goalposts(lower=0, upper=15)),
        Node(code="gnipc", parent="income", goalposts=Goalposts(lower=100, upper=75000)),
        Node(code="health", parent="hdi"),
        Node(code="education", parent="hdi"),
        Node(code="income", parent="hdi"),
        Node(code="hdi"),
    )
)
RECIPE = Recipe.model_validate(
    {
        "steps": [
            {"do": "transform", "log": ["gnipc"]},
            {"do": "normalise", "how": {"method": "goalposts", "lower": 0, "upper": 1}},
            {"do": "aggregate", "method": "arithmetic", "but": {"hdi": "geometric"}},
        ]
    }
)
INPUTS = ("le", "eys", "mys", "gnipc")


def figures(found: list[dict[str, str]], columns: tuple[str, ...]) -> np.ndarray:
    return np.array([[float(row[column] or "nan") for column in columns] for row in found])


def test_every_hdi_since_1990_agrees_to_its_three_decimals():
    panel = [row for row in rows(HDI / "hdi_panel_1990_2022.csv") if row["hdi"] and all(row[c] for c in INPUTS)]
    units, years = tuple(row["iso3"] for row in panel), tuple(int(row["year"]) for row in panel)
    index = build(Table(units, INPUTS, figures(panel, INPUTS), times=years), TREE, RECIPE)
    published = figures(panel, ("hdi",))[:, 0]
    assert len(panel) == 6171
    assert (np.round(index.of("hdi"), 3) == published).sum() == 6171


def test_every_rank_of_2022_agrees():
    found = [row for row in rows(HDI / "hdi_2022.csv") if row["hdi_rank_2022"]]
    data = Table(tuple(row["iso3"] for row in found), INPUTS, figures(found, tuple(f"{c}_2022" for c in INPUTS)))
    index = build(data, TREE, RECIPE)
    mine = ranks(np.round(index.of("hdi"), 3))
    assert (mine == figures(found, ("hdi_rank_2022",))[:, 0]).sum() == len(found) == 193


def test_the_inequality_adjusted_hdi_agrees():
    """Technical note 2: each dimension less the inequality in it."""
    found = [row for row in rows(HDI / "hdr2023_24_all_2022_columns.csv") if row["ihdi_2022"]]
    data = Table(tuple(row["iso3"] for row in found), INPUTS, figures(found, tuple(f"{c}_2022" for c in INPUTS)))
    index = build(data, TREE, RECIPE)
    dimensions = np.column_stack([index.of(code) for code in ("health", "education", "income")])
    lost = figures(found, ("ineq_le_2022", "ineq_edu_2022", "ineq_inc_2022")) / 100
    adjusted = aggregate_one(dimensions * (1 - lost), np.ones(3), "geometric")
    apart = np.abs(adjusted - figures(found, ("ihdi_2022",))[:, 0])
    assert (apart <= 0.0015).sum() == len(found) == 176


def test_the_gender_inequality_index_agrees():
    """Technical note 4: geometric means over dimensions, a harmonic mean over women and men, one less their ratio."""
    columns = ("mmr", "abr", "pr_f", "se_f", "lfpr_f", "pr_m", "se_m", "lfpr_m")
    found = [row for row in rows(HDI / "hdr2023_24_all_2022_columns.csv") if row["gii_2022"]]
    data = figures(found, tuple(f"{column}_2022" for column in columns))
    # Parliament without women counts as 0.1 percent; mortality is held between 10 and 1000.
    mmr, abr = np.clip(data[:, 0], 10, 1000), data[:, 1]
    shares = np.where(data[:, 2:] == 0, 0.1, data[:, 2:]) / 100

    def mean(*parts: np.ndarray, method: str) -> np.ndarray:
        return aggregate_one(np.column_stack(parts), np.ones(len(parts)), method)  # type: ignore[arg-type]

    health = mean(10 / mmr, 1 / abr, method="geometric")
    power_f, power_m = (mean(shares[:, k], shares[:, k + 1], method="geometric") for k in (0, 3))
    women = mean(health, power_f, shares[:, 2], method="geometric")
    men = mean(np.ones(len(found)), power_m, shares[:, 5], method="geometric")
    equal = mean(
        mean(health, np.ones(len(found)), method="arithmetic"),
        mean(power_f, power_m, method="arithmetic"),
        mean(shares[:, 2], shares[:, 5], method="arithmetic"),
        method="geometric",
    )
    gii = 1 - mean(women, men, method="harmonic") / equal
    apart = np.abs(gii - figures(found, ("gii_2022",))[:, 0])
    assert (apart <= 0.0015).sum() == len(found) == 177
