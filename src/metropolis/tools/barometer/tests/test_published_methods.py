"""Other published indices, computed by the command line from two tables and a recipe alone."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from metropolis.cli import metropolis
from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat
from metropolis.tools.barometer.engine import (
    Framework,
    Goalposts,
    Meta,
    Node,
    Recipe,
    Table,
    build,
    read_framework,
    workbook,
    write_framework,
)
from metropolis.tools.barometer.engine.aggregating import aggregate_one
from metropolis.tools.barometer.engine.answering import Case
from metropolis.tools.barometer.engine.normalising import ToGoalposts, normalise
from metropolis.tools.barometer.engine.uncertainty import replay, simulate
from metropolis.tools.barometer.engine.varying import DataNoise, Variation, WeightNoise
from metropolis.tools.barometer.tests.published import HDI, needs_published, rows
from metropolis.tools.barometer.tests.test_published_hdi import INPUTS, TREE


def built(folder: Path, data: Sequence[Sequence[Any]], nodes: Sequence[Node], recipe: list[dict[str, Any]]) -> Any:
    """The column of the index that `metropolis barometer build` writes."""
    with (folder / "iData.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(data)
    write_framework(Meta(Framework(nodes=tuple(nodes)), (), ()), folder / "iMeta.csv")
    (folder / "recipe.json").write_text(json.dumps({"steps": recipe}))
    names = {"--data": "iData.csv", "--meta": "iMeta.csv", "--recipe": "recipe.json", "--out": "out"}
    words = [word for option, name in names.items() for word in (option, str(folder / name))]
    answer = CliRunner().invoke(metropolis, ["barometer", "build", *words], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    with (folder / "out" / "scores.csv").open(encoding="utf-8") as file:
        root = next(node.code for node in nodes if node.parent is None)
        return np.array([float(row[root] or "nan") for row in csv.DictReader(file)])


def goalposts(lower: float, upper: float) -> Goalposts:
    return Goalposts(lower=lower, upper=upper)


def test_the_global_hunger_index_of_india_is_that_of_three_years(tmp_path: Path):
    """Welthungerhilfe and Concern Worldwide, Global Hunger Index 2022, 2023 and 2024: 29.1, 28.7 and 27.3."""
    nodes = [
        Node(code="undernourished", parent="ghi", weight=2, goalposts=goalposts(0, 80)),
        Node(code="wasted", parent="children", goalposts=goalposts(0, 30)),
        Node(code="stunted", parent="children", goalposts=goalposts(0, 70)),
        Node(code="mortality", parent="ghi", weight=2, goalposts=goalposts(0, 35)),
        Node(code="children", parent="ghi", weight=2),
        Node(code="ghi"),
    ]
    data = [
        ("uCode", "undernourished", "wasted", "stunted", "mortality"),
        ("2022", 16.3, 19.3, 35.5, 3.3), ("2023", 16.6, 18.7, 35.5, 3.1), ("2024", 13.7, 18.7, 35.5, 2.9),
    ]  # fmt: skip
    recipe = [{"do": "normalise", "how": {"method": "goalposts"}}, {"do": "aggregate"}]
    assert built(tmp_path, data, nodes, recipe).round(1).tolist() == [29.1, 28.7, 27.3]


@needs_published
def test_the_human_development_index_by_the_command_line(tmp_path: Path):
    found = [row for row in rows(HDI / "hdi_2022.csv") if row["hdi_rank_2022"]]
    data = [("uCode", *INPUTS), *((row["iso3"], *(row[f"{code}_2022"] for code in INPUTS)) for row in found)]
    recipe = [
        {"do": "transform", "log": ["gnipc"]},
        {"do": "normalise", "how": {"method": "goalposts", "lower": 0, "upper": 1}},
        {"do": "aggregate", "but": {"hdi": "geometric"}},
    ]
    hdi = built(tmp_path, data, TREE.nodes, recipe)
    published = np.array([float(row["hdi_2022"]) for row in found])
    assert (hdi.round(3) == published).sum() == 193


@needs_published
def test_the_planetary_pressures_adjusted_hdi_is_a_product(tmp_path: Path):
    """HDR 2023-24, technical note 6: the maxima are Qatar's of 1997 and 2008."""
    wanted = ("hdi_2022", "co2_prod_2022", "mf_2022", "phdi_2022")
    found = [row for row in rows(HDI / "hdr2023_24_all_2022_columns.csv") if all(row[code] for code in wanted)]
    nodes = [
        Node(code="hdi_2022", parent="phdi", goalposts=goalposts(0, 1)),
        Node(code="co2_prod_2022", parent="pressure", direction=-1, goalposts=goalposts(0, 76.61294863)),
        Node(code="mf_2022", parent="pressure", direction=-1, goalposts=goalposts(0, 140.8157)),
        Node(code="pressure", parent="phdi"),
        Node(code="phdi"),
    ]
    data = [("uCode", *wanted[:3]), *((row["iso3"], *(row[code] for code in wanted[:3])) for row in found)]
    recipe = [
        {"do": "normalise", "how": {"method": "goalposts", "lower": 0, "upper": 1}},
        {"do": "aggregate", "but": {"phdi": "product"}},
    ]
    phdi = built(tmp_path, data, nodes, recipe)
    assert len(found) == 165
    assert (phdi.round(3) == np.array([float(row["phdi_2022"]) for row in found])).all()


@needs_published
def test_the_gender_development_index_is_a_ratio(tmp_path: Path):
    """HDR 2023-24, technical note 3: women live five years longer, and so have goalposts of their own."""
    lives = {"f": (22.5, 87.5), "m": (17.5, 82.5)}
    codes = [f"{what}_{who}_2022" for who in lives for what in ("le", "eys", "mys", "gni_pc")]
    found = [row for row in rows(HDI / "hdr2023_24_all_2022_columns.csv") if all(row[c] for c in (*codes, "gdi_2022"))]
    nodes = [Node(code="gdi")]
    for who, ends in lives.items():
        nodes += [
            Node(code=f"hdi_{who}", parent="gdi"),
            Node(code=f"education_{who}", parent=f"hdi_{who}"),
            Node(code=f"le_{who}_2022", parent=f"hdi_{who}", goalposts=goalposts(*ends)),
            Node(code=f"eys_{who}_2022", parent=f"education_{who}", goalposts=goalposts(0, 18)),
            Node(code=f"mys_{who}_2022", parent=f"education_{who}", goalposts=goalposts(0, 15)),
            Node(code=f"gni_pc_{who}_2022", parent=f"hdi_{who}", goalposts=goalposts(100, 75_000)),
        ]
    data = [("uCode", *codes), *((row["iso3"], *(row[code] for code in codes)) for row in found)]
    recipe = [
        {"do": "transform", "log": ["gni_pc_f_2022", "gni_pc_m_2022"]},
        {"do": "normalise", "how": {"method": "goalposts", "lower": 0, "upper": 1}},
        {"do": "aggregate", "but": {"hdi_f": "geometric", "hdi_m": "geometric", "gdi": "ratio"}},
    ]
    gdi = built(tmp_path, data, nodes, recipe)
    assert len(found) == 193
    assert (gdi.round(3) == np.array([float(row["gdi_2022"]) for row in found])).all()


@needs_published
def test_the_inequality_adjusted_hdi_takes_off_from_each_dimension(tmp_path: Path):
    """HDR 2023-24, technical note 2; the inequality of each dimension is published to one decimal."""
    wanted = ("le", "eys", "mys", "gnipc", "ineq_le", "ineq_edu", "ineq_inc", "ihdi")
    found = [
        row for row in rows(HDI / "hdr2023_24_all_2022_columns.csv") if all(row[f"{code}_2022"] for code in wanted)
    ]
    posts = {"le": ("health", 20, 85), "eys": ("schooling", 0, 18), "mys": ("schooling", 0, 15)}
    posts |= {"gnipc": ("income", 100, 75_000)}
    nodes = [Node(code="ihdi"), *(Node(code=code, parent="ihdi") for code in ("health", "education", "income"))]
    nodes += [Node(code="schooling", parent="education")]
    nodes += [Node(code=code, parent=told[0], goalposts=goalposts(*told[1:])) for code, told in posts.items()]
    nodes += [
        Node(code=f"ineq_{code}", parent=parent, direction=-1, goalposts=goalposts(0, 100))
        for code, parent in (("le", "health"), ("edu", "education"), ("inc", "income"))
    ]
    data = [("uCode", *wanted[:7]), *((row["iso3"], *(row[f"{code}_2022"] for code in wanted[:7])) for row in found)]
    products = {"health": "product", "education": "product", "income": "product"}
    recipe = [
        {"do": "transform", "log": ["gnipc"]},
        {"do": "normalise", "how": {"method": "goalposts", "lower": 0, "upper": 1}},
        {"do": "aggregate", "but": {"ihdi": "geometric", **products}},
    ]
    ihdi = built(tmp_path, data, nodes, recipe)
    assert len(found) > 150
    assert np.abs(ihdi - [float(row["ihdi_2022"]) for row in found]).max() < 0.0015


LINE = np.array([[0.0], [2.0], [4.0], [6.0], [108.0]])


@pytest.mark.parametrize("direction", [1, -1])
def test_goalposts_by_percentiles_are_counted_from_the_worst(direction: int):
    node = Node(code="a", direction=1 if direction == 1 else -1)
    how = ToGoalposts(percentiles=(25, 75))
    told = normalise(LINE * direction, [node], how).ravel().tolist()
    assert told == [0, 0, 50, 100, 100]
    own = node.model_copy(update={"goalposts": goalposts(0, 8) if direction == 1 else goalposts(-8, 0)})
    assert normalise(LINE * direction, [own], how).ravel().tolist() == [0, 25, 50, 75, 100]


def test_replications_of_goalposts_by_percentiles_are_each_computed_as_a_build_is():
    data = Table(tuple("ABCDE"), ("a", "b"), np.hstack([LINE, LINE[::-1] + LINE**0.5]))
    tree = Framework(nodes=(Node(code="a", parent="i"), Node(code="b", parent="i"), Node(code="i")))
    how = {"method": "goalposts", "percentiles": [10, 90]}
    recipe = Recipe.model_validate({"steps": [{"do": "normalise", "how": how}, {"do": "aggregate"}]})
    varied = Variation(inputs=(WeightNoise(spread=0.5), DataNoise(errors={"a": 1.0})))
    found = simulate(data, tree, recipe, variation=varied, replications=8)
    for row in range(8):
        assert found.scores[row] == pytest.approx(replay(data, found, row).of("i"), rel=1e-5)


def test_a_transformation_takes_goalposts_and_target_along():
    node = Node(code="a", parent="i", goalposts=goalposts(0, 99), target=9.0)
    data = Table(("X", "Y", "Z"), ("a",), np.array([[0.0], [9.0], [500.0]]))
    steps = [
        {"do": "transform", "log": ["a"], "plus": {"a": 1}, "clip": {"a": {"most": 99}}},
        {"do": "normalise", "how": {"method": "goalposts", "cut": False}},
        {"do": "aggregate"},
    ]
    index = build(data, Framework(nodes=(node, Node(code="i"))), Recipe.model_validate({"steps": steps}))
    assert index.of("i") == pytest.approx([0, 50, 100])
    assert index.framework.by_code["a"].target == pytest.approx(np.log(10))


def test_what_a_step_made_of_the_goalposts_is_not_made_of_them_again(tmp_path: Path):
    """A replication computed again, a move and a workbook begin with the framework as it was given."""
    nodes = (Node(code="a", parent="i", goalposts=goalposts(2, 1000)), Node(code="b", parent="i"), Node(code="i"))
    data = Table(("X", "Y", "Z"), ("a", "b"), np.array([[9.0, 1], [90, 3], [700, 2]]))
    posts = {"method": "goalposts"}
    steps = [
        {"do": "transform", "log": ["a"]},
        {"do": "normalise", "how": {"method": "min-max"}, "but": {"a": posts}},
        {"do": "aggregate"},
    ]
    recipe = Recipe.model_validate({"steps": steps})
    index = build(data, Framework(nodes=nodes), recipe)
    varied = Variation(inputs=(WeightNoise(spread=0.5),))
    found = simulate(data, Framework(nodes=nodes), recipe, variation=varied, replications=3)
    assert replay(data, found, 1).of("i") == pytest.approx(found.scores[1], rel=1e-5)
    (move, *_) = Case(data, index).explanation("Z").moves
    values = data.values.copy()
    values[2, data.place(move.code)] = move.needed
    assert build(data.with_values(values), Framework(nodes=nodes), recipe).ranks.column("i")[2] == 1
    (tmp_path / "index.xlsx").write_bytes(workbook(index, data))
    meta = read_framework(tmp_path / "index.xlsx", TableFormat(sheet="framework"))
    assert meta.framework == Framework(nodes=nodes)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"log": ["b"]}, "names 'b', which is no indicator"),
        ({"log": ["a"]}, "'a' of 'X' is 0: it has no logarithm"),
        ({"log": ["a"], "plus": {"a": 1}, "power": {"a": 2}}, "cannot be its logarithm and a power at once"),
        ({"power": {"a": 0.5}, "plus": {"a": -1}}, "'a' of 'X' is -1: it has no power of 0.5"),
        ({}, "names no indicator"),
    ],
)
def test_a_transformation_that_cannot_be_done_is_refused(step: dict[str, Any], told: str):
    data = Table(("X", "Y"), ("a",), np.array([[0.0], [9.0]]))
    tree = Framework(nodes=(Node(code="a", parent="i"), Node(code="i")))
    steps = [{"do": "transform", **step}, {"do": "normalise"}, {"do": "aggregate"}]
    with pytest.raises(InvalidInput, match=told):
        build(data, tree, Recipe.model_validate({"steps": steps}))


def test_the_least_the_greatest_and_the_product_of_parts():
    values = np.array([[2.0, 3.0, 5.0], [np.nan, 4.0, 6.0]])
    weights = np.array([1.0, 2.0, 0.0])
    assert aggregate_one(values, weights, "minimum").tolist() == [2, 4]
    assert aggregate_one(values, weights, "maximum").tolist() == [3, 4]
    product = aggregate_one(values, weights, "product")
    assert product[0] == 18
    assert np.isnan(product[1])
    ratio = aggregate_one(values, weights, "ratio")
    assert ratio[0] == 2 / 3
    assert np.isnan(ratio[1])
    with pytest.raises(InvalidInput, match="two parts with a weight, not of 3"):
        aggregate_one(values, np.ones(3), "ratio")


def test_a_ratio_by_nothing_is_refused_by_unit_and_part():
    tree = Framework(nodes=(Node(code="a", parent="i"), Node(code="z", parent="i"), Node(code="i")))
    data = Table(("X", "Y"), ("a", "z"), np.array([[1.0, 5.0], [2.0, 3.0]]))
    recipe = Recipe.model_validate({"steps": [{"do": "normalise"}, {"do": "aggregate", "method": "ratio"}]})
    with pytest.raises(InvalidInput, match="A ratio is by something above zero: 'z' of 'Y' is 0"):
        build(data, tree, recipe)
