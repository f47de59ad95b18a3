"""Metropolis: the platform on which a worldwide network of cities runs its initiatives."""

__version__ = "0.1.0"
