"""Charts as SVG, each with its figures as a table."""

from metropolis.foundation.pages.engine.charts.heat import HeatCell, HeatRow, Tone, heat_table
from metropolis.foundation.pages.engine.charts.intervals import IntervalRow, interval_chart
from metropolis.foundation.pages.engine.charts.lines import Point, Series, line_chart
from metropolis.foundation.pages.engine.charts.parts import End, Part, parts_chart
from metropolis.foundation.pages.engine.charts.profile import ProfileRow, profile_chart
from metropolis.foundation.pages.engine.charts.sensitivity import SensitivityRow, sensitivity_chart
from metropolis.foundation.pages.engine.charts.tree import TreeNode, tree_chart

__all__ = [
    "End",
    "HeatCell",
    "HeatRow",
    "IntervalRow",
    "Part",
    "Point",
    "ProfileRow",
    "SensitivityRow",
    "Series",
    "Tone",
    "TreeNode",
    "heat_table",
    "interval_chart",
    "line_chart",
    "parts_chart",
    "profile_chart",
    "sensitivity_chart",
    "tree_chart",
]
