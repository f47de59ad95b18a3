"""The pages of barometers."""

from metropolis.tools.barometer.pages.comparing import compare
from metropolis.tools.barometer.pages.data import data
from metropolis.tools.barometer.pages.downloads import download
from metropolis.tools.barometer.pages.exploring import framework, sensitivity
from metropolis.tools.barometer.pages.method import method
from metropolis.tools.barometer.pages.profile import unit
from metropolis.tools.barometer.pages.reading import barometer, barometers, edition

__all__ = [
    "barometer",
    "barometers",
    "compare",
    "data",
    "download",
    "edition",
    "framework",
    "method",
    "sensitivity",
    "unit",
]
