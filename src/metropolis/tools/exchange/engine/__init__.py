"""The exchange engine: what worked elsewhere, found in one's own words, with how well it fits one's city and why."""

from metropolis.tools.exchange.engine.encoders import Encoder, VectorCache, open_encoder
from metropolis.tools.exchange.engine.fit import Candidate, CityContext, Factor, Fit, Weights, fit_to_city
from metropolis.tools.exchange.engine.index import SearchIndex
from metropolis.tools.exchange.engine.reason import explain
from metropolis.tools.exchange.engine.values import Document, Hit, LanguageText, Query, Results

__all__ = [
    "Candidate",
    "CityContext",
    "Document",
    "Encoder",
    "Factor",
    "Fit",
    "Hit",
    "LanguageText",
    "Query",
    "Results",
    "SearchIndex",
    "VectorCache",
    "Weights",
    "explain",
    "fit_to_city",
    "open_encoder",
]
