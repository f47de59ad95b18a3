"""Composite indicators: from data of units over indicators to an index, with every step explained."""

from metropolis.tools.barometer.engine.building import Index, Stage, build
from metropolis.tools.barometer.engine.checking import Place, check
from metropolis.tools.barometer.engine.computations import COMPUTATIONS
from metropolis.tools.barometer.engine.findings import Finding, Report
from metropolis.tools.barometer.engine.framework import Framework, Goalposts, Node
from metropolis.tools.barometer.engine.reading import Meta, read_data, read_framework
from metropolis.tools.barometer.engine.reading_surveys import read_estimates, read_margins, read_survey
from metropolis.tools.barometer.engine.recipe import Recipe, read_recipe
from metropolis.tools.barometer.engine.sdmx import sdmx_csv
from metropolis.tools.barometer.engine.sheet import Sheet, read_sheet
from metropolis.tools.barometer.engine.small_areas import shrunk
from metropolis.tools.barometer.engine.surveys import Estimates, Measure, Survey, estimate
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.uncertainty import Uncertainty, simulate
from metropolis.tools.barometer.engine.varying import Variation, read_variation
from metropolis.tools.barometer.engine.workbook import Intervals, workbook
from metropolis.tools.barometer.engine.writing import framework_csv, write_framework, write_index

__all__ = [
    "COMPUTATIONS", "Estimates", "Finding", "Framework", "Goalposts", "Index", "Intervals", "Measure", "Meta", "Node",
    "Place", "Recipe", "Report", "Sheet", "Stage", "Survey", "Table", "Uncertainty", "Variation", "build", "check",
    "estimate", "framework_csv", "read_data", "read_estimates", "read_framework", "read_margins", "read_recipe",
    "read_sheet", "read_survey", "read_variation", "sdmx_csv", "shrunk", "simulate", "workbook", "write_framework",
    "write_index",
]  # fmt: skip
