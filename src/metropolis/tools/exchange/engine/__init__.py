"""The exchange engine: what worked elsewhere, found in one's own words, with how well it fits one's city and why.

>>> import tempfile
>>> from pathlib import Path
>>> index = SearchIndex.create(Path(tempfile.mkdtemp()) / "index")
>>> def practice(name, language, title, summary, **facets):
...     text = LanguageText(language=language, title=title, summary=summary)
...     return Document(id=f"practice:{name}", kind="practice", texts=(text,), facets=facets)
>>> index.update([
...     practice("river", "en", "A river brought back", "The motorway went, the stream is open.", theme=("water",)),
...     practice("buses", "fr", "Bus de nuit", "Les femmes peuvent descendre entre deux arrêts.", theme=("mobility",)),
... ])
>>> results = index.search(Query(text="seguridad de las mujeres en el transporte"))
>>> results.language, results.hits[0].id, results.hits[0].quote
('es', 'practice:buses', 'Les femmes peuvent descendre entre deux arrêts.')
>>> index.search(Query(filters={"theme": ("water",)})).facets["theme"]
{'water': 1, 'mobility': 1}

Beside relevance stands the fit to a city, with its reason:

>>> rosario = CityContext(place_id=1, name="Rosario", languages=("es",), region="South America")
>>> quito = CityContext(place_id=2, name="Quito", country="EC", languages=("es",), region="South America")
>>> explain(fit_to_city(rosario, Candidate(cities=(quito,)), Weights(size=0, income=0, preconditions=0)), "es")
'De Quito (EC), para Rosario: misma parte del mundo y lengua común; no se sabe: la necesidad, clima y distancia.'
"""

from metropolis.tools.exchange.engine.collection import Collection, read_collection
from metropolis.tools.exchange.engine.computations import COMPUTATIONS
from metropolis.tools.exchange.engine.encoders import Encoder, VectorCache, open_encoder
from metropolis.tools.exchange.engine.evaluate import Evaluation, evaluate_collection
from metropolis.tools.exchange.engine.fit import Candidate, CityContext, Factor, Fit, Weights, fit_to_city
from metropolis.tools.exchange.engine.hubness import QueryBank, Question, read_bank, shipped_bank
from metropolis.tools.exchange.engine.index import SearchIndex
from metropolis.tools.exchange.engine.language import detect_language
from metropolis.tools.exchange.engine.reason import explain
from metropolis.tools.exchange.engine.values import Document, Hit, LanguageText, Query, Results

__all__ = [
    "COMPUTATIONS",
    "Candidate",
    "CityContext",
    "Collection",
    "Document",
    "Encoder",
    "Evaluation",
    "Factor",
    "Fit",
    "Hit",
    "LanguageText",
    "Query",
    "QueryBank",
    "Question",
    "Results",
    "SearchIndex",
    "VectorCache",
    "Weights",
    "detect_language",
    "evaluate_collection",
    "explain",
    "fit_to_city",
    "open_encoder",
    "read_bank",
    "read_collection",
    "shipped_bank",
]
