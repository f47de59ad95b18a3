"""The command line: from two tables to files that can be checked, and one clear line for what is wrong with them."""

import csv
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from metropolis.cli import main
from metropolis.engine_kit.tables import TableFormat
from metropolis.tools.barometer.engine import build, read_data, read_framework, read_recipe
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import read_variation, usual_variation

META = """iCode,Parent,Weight,Direction
index,,,
care,index,2,
calm,index,1,
clinics,care,1,1
waiting,care,1,-1
parks,calm,1,1
"""
DATA = """uCode,uName,clinics,waiting,parks
LIM,Lima,4,30,12
QUI,Quito,7,12,9
BOG,Bogotá,5,20,15
CAL,Cali,9,25,3
LAP,La Paz,3,18,8
"""
RECIPE = """[[steps]]
do = "normalise"
how = { method = "min-max", lower = 1, upper = 100 }
[[steps]]
do = "aggregate"
method = "geometric"
"""
VARY = """[[inputs]]
kind = "weight-noise"
spread = 0.5
[[inputs]]
kind = "step"
name = "Mean"
step = 1
options = [{ do = "aggregate" }, { do = "aggregate", method = "geometric" }]
"""


class Desk:
    """A folder with the tables, and the command run upon them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        self.write("data.csv", DATA)
        self.write("meta.csv", META)

    def write(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def run(self, command: str, *words: str) -> str:
        """What the command prints."""
        told = ["--data", "data.csv", "--meta", "meta.csv", "--out", "out", *words]
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setattr(sys, "argv", ["metropolis", "barometer", command, *told])
        with pytest.raises(SystemExit) as left:
            main()
        printed = self.capsys.readouterr()
        self.status, self.refusal = left.value.code, printed.err
        return printed.out

    def refused(self, command: str, *words: str) -> str:
        """The one line that the command is refused with."""
        self.run(command, *words)
        assert self.status == 2
        assert self.refusal.splitlines()[:-1] in ([], ["Replications"])  # the bar may have begun
        assert not (self.folder / "out").exists()
        return self.refusal.splitlines()[-1]

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / "out" / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_build_writes_what_the_library_computes_in_full_precision(desk: Desk):
    recipe = desk.write("recipe.toml", RECIPE)
    assert desk.run("build", "--recipe", "recipe.toml") == "5 units by 6 nodes written to out.\n"
    assert desk.status == 0
    meta = read_framework(desk.folder / "meta.csv")
    index = build(read_data(desk.folder / "data.csv", meta), meta.framework, read_recipe(recipe))
    for code in ("index", "care", "waiting"):
        assert [float(row[code]) for row in desk.table("scores.csv")] == index.of(code).tolist()
    assert [int(row["index"]) for row in desk.table("ranks.csv")] == index.ranks.column("index").tolist()
    assert read_recipe(desk.folder / "out" / "recipe.json") == index.recipe
    assert {path.name for path in (desk.folder / "out" / "steps").iterdir()} == {
        "01_normalise.csv", "02_aggregate.csv", "touched.csv"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("meta.csv", "waiting,care", "waiting,cure", "meta.csv, row 6, column Parent: The parent of 'waiting' is"),
        ("meta.csv", "waiting", "queues", "data.csv has no column queues, which the framework names."),
        ("meta.csv", "care,index,2", "care,waiting,2", "column Parent: The tree of nodes goes round in a circle: "),
        ("meta.csv", "parks,calm", "clinics,calm", "meta.csv, row 7, column iCode: The code 'clinics' is given to 2"),
        ("meta.csv", "waiting,care,1,-1", "waiting,care,1,-2", "meta.csv, row 6, column Direction: -2 is neither 1"),
        ("meta.csv", "waiting,care,1", "waiting,care,-1", "meta.csv, row 6, column Weight: -1 is less than zero."),
        ("data.csv", "CAL,Cali,9,25", "CAL,Cali,9,long", "data.csv, row 5, column waiting: 'long' is not a number."),
        ("data.csv", "CAL,Cali", "LIM,Lima", "data.csv, row 5, column uCode: 'LIM' stands there twice, first in"),
        ("data.csv", "QUI,Quito", ",Quito", "data.csv, row 3, column uCode: it is empty."),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_named_by_row_and_column(desk: Desk, file: str, old: str, new: str, told: str):
    text = (desk.folder / file).read_text(encoding="utf-8")
    desk.write(file, text.replace(old, new, 1))
    assert told in desk.refused("build")


def changed(column: int, cells: list[str]) -> str:
    lines = [line.split(",") for line in DATA.splitlines()]
    for line, cell in zip(lines[1:], cells, strict=True):
        line[column] = cell
    return "\n".join(",".join(line) for line in lines) + "\n"


def test_a_column_that_is_missing_throughout_or_the_same_throughout_is_named(desk: Desk):
    desk.write("data.csv", changed(3, ["NA", "", "n/a", "NA", ".."]))
    assert desk.refused("build") == "metropolis: There is no value at all of 'waiting'."
    desk.write("data.csv", changed(4, ["7"] * 5))
    assert "Every unit has the same value of 'parks': it cannot tell them apart." in desk.refused("build")


@pytest.mark.parametrize(("lower", "value"), [(0, "0"), (-10, "-10")])
def test_zero_or_less_in_a_geometric_mean_is_named_by_city_and_indicator(desk: Desk, lower: int, value: str):
    desk.write("recipe.toml", RECIPE.replace("lower = 1", f"lower = {lower}"))
    told = desk.refused("build", "--recipe", "recipe.toml")
    assert f"A geometric mean needs values above zero: 'waiting' of 'LIM' is {value}." in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("steps = [", "recipe.toml cannot be read: "),
        (RECIPE.replace("geometric", "cubic"), "recipe.toml, steps.1.aggregate.method: Input should be 'arithmetic'"),
        (RECIPE.replace("lower", "lowest"), "recipe.toml, steps.0.normalise.how.min-max.lowest: Extra inputs"),
        ("steps = []", "A recipe has one step that normalises"),
    ],
)
def test_a_mistake_in_the_recipe_is_named_by_its_step(desk: Desk, text: str, told: str):
    desk.write("recipe.toml", text)
    assert told in desk.refused("build", "--recipe", "recipe.toml")


def test_uncertainty_writes_intervals_that_the_library_gives_and_what_made_each_replication(desk: Desk):
    desk.write("recipe.toml", RECIPE)
    desk.write("vary.toml", VARY)
    words = ("--recipe", "recipe.toml", "--vary", "vary.toml", "--replications", "300", "--seed", "7", "--level", "0.8")
    assert desk.run("uncertainty", *words) == "300 replications of 5 units written to out.\n"
    meta = read_framework(desk.folder / "meta.csv")
    variation = read_variation(desk.folder / "vary.toml")
    data, recipe = read_data(desk.folder / "data.csv", meta), read_recipe(desk.folder / "recipe.toml")
    found = simulate(data, meta.framework, recipe, variation=variation, replications=300, seed=7)
    scores, ranks = desk.table("scores.csv"), desk.table("ranks.csv")
    assert [float(row["score"]) for row in scores] == found.nominal.of("index").tolist()
    for place, name in enumerate(("lower", "median", "upper")):
        assert [float(row[name]) for row in scores] == found.score_interval(0.8)[place].tolist()
    for place, name in enumerate(("best", "median", "worst")):
        assert [float(row[name]) for row in ranks] == found.rank_interval(0.8)[place].tolist()
    assert [float(row["topQuartile"]) for row in ranks] == found.within(2).tolist()
    rows = desk.table("parameters.csv")
    assert [[int(row["Weights"]), int(row["Mean"])] for row in rows] == found.rows.tolist()
    told = json.loads((desk.folder / "out" / "variation.json").read_text(encoding="utf-8"))
    assert told.pop("seed") == 7
    assert type(variation).model_validate(told) == variation


@pytest.mark.parametrize(
    "command", [("build",), ("uncertainty", "--replications", "50"), ("sensitivity", "--base", "16")]
)
def test_a_folder_that_cannot_be_written_to_is_one_line(desk: Desk, command: tuple[str, ...]):
    desk.write("file", "")
    desk.run(*command, "--out", "file/out")
    assert desk.status == 2
    assert desk.refusal.splitlines()[-1] == "metropolis: file/out cannot be written to: Not a directory."


def test_without_a_choice_weights_vary_and_each_indicator_with_siblings_is_left_out(desk: Desk):
    desk.run("uncertainty", "--replications", "200")
    tree = read_framework(desk.folder / "meta.csv").framework
    assert usual_variation(tree).inputs[1].codes == ("clinics", "waiting")
    assert {row["Leaving out"] for row in desk.table("parameters.csv")} == {"0", "1", "2"}
    assert not np.isnan([float(row["lower"]) for row in desk.table("scores.csv")]).any()


def test_sensitivity_writes_indices_of_every_unit_and_of_all_ranks(desk: Desk):
    desk.write("vary.toml", VARY)
    desk.write("recipe.toml", RECIPE)
    words = ("--recipe", "recipe.toml", "--vary", "vary.toml", "--base", "64")
    assert desk.run("sensitivity", *words) == "256 replications of 2 inputs written to out.\n"
    rows = desk.table("sobol.csv")
    assert len(rows) == 2 * (5 + 5 + 1)
    assert {(row["uCode"], row["of"]) for row in rows if not row["uCode"]} == {("", "rank shift")}
    for row in rows:
        if row["total"]:
            assert float(row["totalLower"]) <= float(row["total"]) + 0.2
            assert -0.5 < float(row["first"]) < 1.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("inputs = []", "vary.toml, inputs: Tuple should have at least 1 item"),
        ('[[inputs]]\nkind = "leave-out"\ncodes = ["hospitals"]', "Leaving out: 'hospitals' is no node's code."),
        (
            '[[inputs]]\nkind = "data-noise"\nerrors = { clinics = [1, 2] }',
            "Data: there are 2 errors of 'clinics' for 5 rows of data.",
        ),
        (VARY.replace("step = 1", "step = 9"), "Mean: the recipe has no step 9."),
        ("inputs = {", "vary.toml cannot be read: "),
    ],
)
@pytest.mark.parametrize("command", ["uncertainty", "sensitivity"])
def test_a_mistake_in_what_varies_is_one_line(desk: Desk, command: str, text: str, told: str):
    desk.write("vary.toml", text)
    assert told in desk.refused(command, "--vary", "vary.toml")


def test_a_mean_among_the_options_that_the_scale_does_not_allow_is_named_by_city_and_indicator(desk: Desk):
    desk.write("vary.toml", VARY)
    told = desk.refused("uncertainty", "--vary", "vary.toml")
    assert "A geometric mean needs values above zero: 'waiting' of 'LIM' is 0." in told


def test_a_sample_that_is_no_power_of_two_is_refused(desk: Desk):
    assert "must be a power of 2, not 100" in desk.refused("sensitivity", "--base", "100")


def test_of_several_years_one_must_be_chosen(desk: Desk):
    lines = DATA.replace("uName", "Time").splitlines()
    rows = [line.split(",") for line in lines[1:]]
    panel = [",".join([row[0], year, *row[2:]]) for year in ("2024", "2025") for row in rows]
    desk.write("data.csv", "\n".join([lines[0], *panel]) + "\n")
    assert "holds several years; choose one with --year: 2024, 2025." in desk.refused("uncertainty")
    desk.run("uncertainty", "--year", "2025", "--replications", "50")
    assert desk.status == 0
    assert len(desk.table("scores.csv")) == 5


def test_build_writes_a_workbook_and_sdmx_csv_that_can_be_read_again(desk: Desk):
    desk.run("build", "--format", "xlsx", "--format", "sdmx")
    assert {path.name for path in (desk.folder / "out").iterdir()} == {
        "index.xlsx", "data.sdmx.csv", "scores.sdmx.csv"
    }  # fmt: skip
    meta = read_framework(desk.folder / "meta.csv")
    index = build(read_data(desk.folder / "data.csv", meta), meta.framework)
    scores = read_data(desk.folder / "out" / "scores.sdmx.csv")
    assert np.array_equal(scores.values, index.scores.values)
    again = read_framework(desk.folder / "out" / "index.xlsx", TableFormat(sheet="framework"))
    assert again == meta


PANEL = """uCode,uName,Time,clinics,waiting,parks
LIM,Lima,2024,4,30,12
QUI,Quito,2024,7,12,9
BOG,Bogotá,2024,5,20,15
CAL,Cali,2024,9,25,3
LIM,Lima,2025,6,24,13
QUI,Quito,2025,7,13,9
BOG,Bogotá,2025,5,21,14
CAL,Cali,2025,8,26,4
"""


class Questions(Desk):
    """The same tables with two years, and questions that write nothing."""

    def ask(self, command: str, *words: str) -> str:
        told = ["--data", "data.csv", "--meta", "meta.csv", *words]
        self.monkeypatch.chdir(self.folder)
        self.monkeypatch.setattr(sys, "argv", ["metropolis", "barometer", command, *told])
        with pytest.raises(SystemExit) as left:
            main()
        printed = self.capsys.readouterr()
        self.status, self.refusal = left.value.code, printed.err
        return printed.out


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Questions:
    desk = Questions(tmp_path, monkeypatch, capsys)
    desk.write("data.csv", PANEL)
    return desk


def test_explain_tells_parts_that_add_up_and_what_would_move_it_up(questions: Questions):
    words = ("--city", "bogotá", "--against", "Quito", "--since", "2024", "--json")
    told = json.loads(questions.ask("explain", *words))
    meta = read_framework(questions.folder / "meta.csv")
    data = read_data(questions.folder / "data.csv", meta)
    index = build(data, meta.framework)
    scores, ranks = index.scores.of_year(2025), index.ranks.of_year(2025)
    row = scores.units.index("BOG")
    assert told["standing"]["score"] == scores.column("index")[row]
    assert (told["standing"]["rank"], told["standing"]["of"]) == (ranks.column("index")[row], 4)
    for gap in (told["against"], told["since"]):
        assert sum(gap["parts"].values()) == pytest.approx(gap["gap"])
        assert 0 <= gap["probability"] <= 1
    assert told["since"]["to"]["year"] == 2024
    assert told["strengths"][0] == {"code": "parks", "rank": 1, "value": 14.0}
    assert not {one["code"] for one in told["strengths"]} & {one["code"] for one in told["weaknesses"]}
    move = told["moves"][0]
    values = data.values.copy()
    values[data.units.index("BOG") + 4, data.place(move["code"])] = move["needed"]
    better = build(data.with_values(values), meta.framework).ranks.of_year(2025)
    assert better.column("index")[row] < told["standing"]["rank"]


def test_explain_speaks_in_sentences(questions: Questions):
    told = questions.ask("explain", "--city", "Cali", "--against", "Lima", "--since", "2024", "--replications", "200")
    assert "Cali in 2025: " in told
    assert "Cali is " in told
    assert "behind Lima (" in told
    assert "Since 2024 Cali has fallen by " in told
    assert "; a real fall with a probability of " in told
    assert "It is weakest in " in told
    assert "Each of these alone would bring it up" in told
    assert "of the changes from year to year were as large" in told


def test_compare_shows_cities_side_by_side_and_who_is_above_whom(questions: Questions):
    words = ("--city", "LIM", "--city", "Quito", "--city", "Cali", "--year", "2024")
    told = questions.ask("compare", *words)
    assert "score (rank)" in told
    assert told.count(" with a probability of ") >= 3
    data = json.loads(questions.ask("compare", *words, "--json"))
    assert [one["unit"] for one in data["standings"]] == ["LIM", "QUI", "CAL"]
    for one, other in (("LIM", "QUI"), ("QUI", "CAL")):
        assert data["above"][one][other] + data["above"][other][one] == pytest.approx(1)
    for standing in data["standings"]:
        assert standing["rank_interval"][0] <= standing["rank"] <= standing["rank_interval"][1]


@pytest.mark.parametrize(
    ("command", "words", "told"),
    [
        (
            "explain",
            ("--city", "Paris"),
            "There is no unit 'Paris' in the index; there are: Bogotá, Cali, Lima, Quito.",
        ),
        ("explain", ("--city", "Lima", "--year", "2020"), "Choose one of the years there are: 2024, 2025."),
        ("explain", ("--city", "Lima", "--since", "1999"), "There is no score of 'LIM' in 1999."),
        (
            "explain",
            ("--city", "Lima", "--year", "2024", "--since", "2025"),
            "2025 is not before 2024, the year asked about.",
        ),
        ("explain", ("--city", "Lima", "--since", "2025"), "2025 is not before 2025, the year asked about."),
        ("explain", ("--city", "Lima", "--against", "LIM"), "Lima cannot be told from itself: name another unit."),
        ("explain", ("--city", "Lima", "--rank", "3"), "Lima has rank 3 already: 3 is no better."),
        (
            "compare",
            ("--city", "Lima", "--city", "Paris"),
            "There is no unit 'Paris' in the index; there are: Bogotá, Cali, Lima, Quito.",
        ),
        ("compare", ("--city", "Lima"), "Name two units or more, each once."),
        ("compare", ("--city", "Lima", "--city", "LIM"), "Name two units or more, each once."),
    ],
)
def test_a_question_that_has_no_answer_is_one_line(
    questions: Questions, command: str, words: tuple[str, ...], told: str
):
    assert questions.ask(command, *words) == ""
    assert questions.status == 2
    assert re.sub(r"^metropolis: ((against|since|rank): )?", "", questions.refusal) == f"{told}\n"


def test_data_without_years_have_no_year_to_ask_about(questions: Questions):
    questions.write("data.csv", DATA)
    assert questions.ask("explain", "--city", "LIM", "--since", "2020") == ""
    assert questions.refusal == "metropolis: The data have no years, or only one.\n"


def test_check_lists_every_mistake_and_fails_if_there_are_errors(questions: Questions):
    assert questions.ask("check") == "Nothing was found that is wrong or odd.\n"
    assert questions.status == 0
    questions.write("data.csv", PANEL.replace("7,12,9", 'many,12,"9,5"').replace("parks", "park"))
    lines = questions.ask("check").splitlines()
    assert "error: data.csv, row 3, QUI, 2024, clinics: 'many' is not a number." in lines
    assert "error: data.csv, parks: The framework names 'parks', the data have no such column. Perhaps: park." in lines
    assert questions.status == 2
    assert questions.refusal == "metropolis: There are 2 errors.\n"
    told = json.loads(questions.ask("check", "--json"))
    assert [one["code"] for one in told["findings"]] == ["no-column", "not-a-number", "unknown-column"]
    assert {one["severity"] for one in told["findings"]} == {"error", "warning"}


def test_check_lists_the_mistakes_of_the_framework_beside_those_of_the_figures(questions: Questions):
    questions.write("meta.csv", META.replace("waiting,care,1,-1", "waiting,cure,1,-2"))
    questions.write("data.csv", PANEL.replace("7,12,9", "7,soon,9"))
    lines = questions.ask("check").splitlines()
    assert [line.split(": ")[1].split(",")[0] for line in lines] == ["meta.csv", "meta.csv", "data.csv"]
    assert questions.status == 2
