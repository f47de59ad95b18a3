"""Charts and printed reports: plain values in, SVG, PNG and PDF out."""

from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, Words

__all__ = ["PLAIN", "Chart", "Figure", "Look", "Words"]
