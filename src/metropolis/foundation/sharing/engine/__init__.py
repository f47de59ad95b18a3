"""The share image of a page."""

from metropolis.foundation.sharing.engine.picture import HEIGHT, WIDTH, Colours, Picture, draw

__all__ = ["HEIGHT", "WIDTH", "Colours", "Picture", "draw"]
