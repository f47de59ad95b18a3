"""The pages of barometers."""

from metropolis.tools.barometer.pages.reading import barometer, barometers, edition

__all__ = ["barometer", "barometers", "edition"]
