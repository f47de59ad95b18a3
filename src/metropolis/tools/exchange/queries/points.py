"""What was found, as points on a map."""

from typing import Any

from django.urls import reverse

from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import Hit, Query
from metropolis.tools.exchange.queries.index import index, not_taken_in
from metropolis.tools.exchange.values import CITY, Question

#: Records drawn when nothing was asked, and when something was: then only the most relevant are of interest.
_ALL, _BEST = 1000, 100


def points(question: Question) -> dict[str, Any]:
    """The places of what answers a question, as GeoJSON: one point a record and city, with title, kind and address."""
    kinds = tuple(kind for kind in question.kinds if kind != CITY)
    limit = _BEST if question.text else _ALL
    hits = index().search(Query(text=question.text, filters=question.filters, kinds=kinds, limit=limit)).hits
    public = visible_references(None, (Reference.parse(hit.id) for hit in hits)) - not_taken_in()
    shown = [(hit, Reference.parse(hit.id)) for hit in hits if Reference.parse(hit.id) in public]
    cities = cities_by_ids(place for hit, _reference in shown for place in hit.place_ids)
    features = [
        _feature(hit, reference, cities[place].longitude, cities[place].latitude, cities[place].title)
        for hit, reference in shown
        for place in hit.place_ids
        if place in cities
    ]
    return {"type": "FeatureCollection", "features": features}


def _feature(hit: Hit, reference: Reference, longitude: float, latitude: float, line: str) -> dict[str, Any]:
    url = reverse("exchange:record", args=[reference.kind, reference.key])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"title": hit.title, "kind": hit.kind, "url": url, "line": line},
    }
