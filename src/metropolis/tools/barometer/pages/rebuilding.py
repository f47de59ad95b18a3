"""How anybody computes an edition again from what can be downloaded: on the command line, and in a few lines."""

from dataclasses import replace
from shlex import quote
from typing import NamedTuple

from metropolis.tools.barometer.pages.downloads import filename
from metropolis.tools.barometer.pages.frame import Opened

_SCORES = """\
from pathlib import Path
from metropolis.tools.barometer.engine import build, read_data, read_framework, read_recipe

meta = read_framework(Path({framework!r}))
data = read_data(Path({data!r}), meta)
index = build(data, meta.framework, read_recipe(Path({recipe!r})))
scores = {scores}
for unit, score in zip(scores.units, scores.column({root!r})):
    print(unit, score)
"""
_INTERVALS = """\
from pathlib import Path
from metropolis.tools.barometer.engine.figures import sure_figures
from metropolis.tools.barometer.engine.material import Material

material = Material.model_validate_json(Path({material!r}).read_text("utf-8"))
figures = sure_figures(material)
for year in figures.years:
    print(year.year, year.units, year.sure.best, year.sure.worst)
"""
#: The command goes on in the next line.
_ON = "\\\n    "
_FILES = ("framework.csv", "data.csv", "recipe.json", "material.json")


class Rebuilding(NamedTuple):
    """The commands and the lines of Python, with the names that the downloads have."""

    build: str
    uncertainty: str
    scores: str
    intervals: str


def in_its_year(found: Opened) -> Opened:
    """The edition as if the year it shows had been asked for; the same where it has none."""
    return replace(found, wanted_year=found.shown.year)


def rebuilding(found: Opened) -> Rebuilding:
    """How an edition is computed again; the commands stand in the folder that the files were downloaded to."""
    names = {name.partition(".")[0]: filename(found, name, of_all_years=True) for name in _FILES}
    names["variation"] = filename(in_its_year(found), "variation.json")
    files = {key: quote(name) for key, name in names.items()}
    material, year = found.material, found.shown.year
    read = f"--data {files['data']} {_ON}--meta {files['framework']} {_ON}--recipe {files['recipe']} {_ON}"
    several = len(found.figures.years) > 1
    only = f"--year {year} " if several else ""
    return Rebuilding(
        build=f"metropolis barometer build {read}--out result",
        uncertainty=(
            f"metropolis barometer uncertainty {read}--vary {files['variation']} {_ON}"
            f"{only}--seed {material.seed} --replications {material.replications} --out intervals"
        ),
        scores=_SCORES.format(
            **names,
            root=found.framework.root.code,
            scores=f"index.scores.of_year({year})" if several else "index.scores",
        ),
        intervals=_INTERVALS.format(**names),
    )
