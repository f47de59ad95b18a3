"""What a reader of a ranking chose to see; all of it is in the address."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import QueryDict

from metropolis.foundation.places.engine import fold
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.figures import YearFigures
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.queries import Place, Standing


class Chosen(NamedTuple):
    """Which cities are shown, and by which node they are sorted: "" for the index and for all."""

    text: str
    region: str
    country: str
    like: str
    node: str
    column: int
    peers: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether the ranking is shown as it is."""
        return not any((self.text, self.region, self.country, self.like, self.node))

    def score(self, row: Standing, year: YearFigures) -> float | None:
        """A city's score in the node chosen."""
        return year.scores[year.units.index(row.code)][self.column]

    def of(self, rows: Sequence[Standing], year: YearFigures) -> list[Standing]:
        """Those of the rows that were asked for, in the order asked for."""
        found = [row for row in rows if self._has(row.place)]
        if not self.node:
            return found
        return sorted(found, key=lambda row: _from_the_best(self.score(row, year)))

    def _has(self, place: Place) -> bool:
        return (
            (not self.text or fold(self.text) in fold(place.name))
            and (not self.region or place.region == self.region)
            and (not self.country or place.country == self.country)
            and (not self.like or place.code in self.peers)
        )


def _from_the_best(score: float | None) -> float:
    return float("inf") if score is None else -score


def chosen(query: QueryDict, found: Opened, places: Mapping[str, Place]) -> Chosen:
    """What an address asks for: `q`, `region`, `country`, `like` a city, `node`; what there is not is left out."""
    nodes = found.figures.nodes
    node = query.get("node", "")
    node = node if node in nodes[:-1] else ""
    like = query.get("like", "")
    like = like if like in places else ""
    return Chosen(
        text=query.get("q", "").strip()[:100],
        region=query.get("region", "") if query.get("region") in {place.region for place in places.values()} else "",
        country=query.get("country", "") if query.get("country") in {p.country for p in places.values()} else "",
        like=like,
        node=node,
        column=nodes.index(node) if node else len(nodes) - 1,
        peers=frozenset({like, *queries.peers_of(places, like)}) if like else frozenset(),
    )


def choices(found: Opened, places: Mapping[str, Place]) -> dict[str, Any]:
    """What there is to choose among."""
    tree = found.framework
    return {
        "regions": queries.regions(places),
        "countries": queries.countries(places),
        "cities": sorted(((place.code, place.name) for place in places.values() if place.city), key=lambda one: one[1]),
        "pillars": [
            (node, [child for child in tree.leaves(node.code) if child != node])
            for node in tree.children[tree.root.code]
        ],
    }
