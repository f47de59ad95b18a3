"""Composite indicators: from data of units over indicators to an index, with every step explained."""

from metropolis.tools.barometer.engine.building import Index, Stage, build
from metropolis.tools.barometer.engine.framework import Framework, Goalposts, Node
from metropolis.tools.barometer.engine.reading import Meta, read_data, read_framework
from metropolis.tools.barometer.engine.recipe import Recipe, read_recipe
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.writing import write_index

__all__ = [
    "Framework", "Goalposts", "Index", "Meta", "Node", "Recipe", "Stage", "Table", "build", "read_data",
    "read_framework", "read_recipe", "write_index",
]  # fmt: skip
