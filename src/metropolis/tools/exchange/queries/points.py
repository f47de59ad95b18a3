"""What was found, as points on a map."""

from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import Hit, Query
from metropolis.tools.exchange.queries.index import index, not_taken_in
from metropolis.tools.exchange.values import CITY, MEASURED, Question

#: Records drawn when nothing was asked, and when something was: then only the most relevant are of interest.
_ALL, _BEST = 1000, 100


def points(question: Question) -> dict[str, Any]:
    """The places of what answers a question, as GeoJSON: one point a record and city, with title, kind and address."""
    manifest = index().snapshot().manifest
    asked = question.model_dump_json(include={"text", "kinds", "filters"})
    placed = _placed(f"{index().path} {manifest.generation} {manifest.commit}", asked, get_language() or "en")
    public = visible_references(None, {reference for reference, _feature in placed}) - not_taken_in()
    features = [feature for reference, feature in placed if reference in public]
    return {"type": "FeatureCollection", "features": features}


# The map of everything is asked for at every visit of the home page, and changes only when the index does.
@lru_cache(maxsize=32)
def _placed(state: str, asked: str, language: str) -> list[tuple[Reference, dict[str, Any]]]:  # noqa: ARG001 - its key
    question = Question.model_validate_json(asked)
    kinds = tuple(kind for kind in question.kinds if kind != CITY)
    limit = _BEST if question.text else _ALL
    found = index().search(Query(text=question.text, filters=question.filters, kinds=kinds, limit=limit)).hits
    hits = [hit for hit in found if kinds or MEASURED not in hit.facets.get("involvement", ())]
    cities = cities_by_ids(place for hit in hits for place in hit.place_ids)
    places = ((hit, cities[place]) for hit in hits for place in hit.place_ids if place in cities)
    return [(Reference.parse(hit.id), _feature(hit, city)) for hit, city in places]


def _feature(hit: Hit, city: City) -> dict[str, Any]:
    reference = Reference.parse(hit.id)
    url = reverse("exchange:record", args=[reference.kind, reference.key])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [city.longitude, city.latitude]},
        "properties": {"title": hit.title, "kind": hit.kind, "url": url, "line": city.title},
    }
