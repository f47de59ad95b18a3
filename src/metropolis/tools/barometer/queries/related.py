"""What the rest of the network has on the topics in which a city is weak."""

from collections.abc import Iterable
from typing import NamedTuple

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from metropolis.foundation.history.queries import kept
from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.foundation.sharing.queries import listings
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.cards import findables
from metropolis.tools.barometer.engine.framework import Node

#: Topics told of, and practices of each.
_TOPICS, _EACH = 3, 3
#: The page that lists practices, if the tool is installed.
_PRACTICES = "practices:practices"


class Related(NamedTuple):
    """Practices on one topic: its label, the first of them by title, language and page, and where all are searched."""

    topic: str
    practices: list[tuple[TextVersion, str]]
    url: str


def practices_on(nodes: Iterable[Node], city: City | None) -> list[Related]:
    """Public practices on the topics of these nodes, each topic once, and a search for those that fit the city."""
    names = labels("topic")
    topics = [topic for topic in dict.fromkeys(node.topic for node in nodes) if topic in names][:_TOPICS]
    found = _practices(tuple(topics))
    return [Related(names[topic], found[topic], _search(topic, city)) for topic in topics]


@kept(100)
def _practices(topics: tuple[str, ...]) -> dict[str, list[tuple[TextVersion, str]]]:
    keys = {topic: _latest(topic) for topic in topics}
    found = findables(reference for references in keys.values() for reference in references)
    return {topic: [_told(found[key]) for key in keys[topic] if key in found] for topic in topics}


def _latest(topic: str) -> list[Reference]:
    listing = listings().get(_PRACTICES)
    if listing is None or listing.latest is None:
        return []
    return list(listing.latest(QueryDict(urlencode({"topic": topic})), _EACH))


def _told(found: Findable) -> tuple[TextVersion, str]:
    language = get_language() or "en"
    text = next((text for text in found.texts if text.language == language and text.title), found.texts[0])
    return text, found.url


def _search(topic: str, city: City | None) -> str:
    try:
        address = reverse("exchange:search")
    except NoReverseMatch:  # the tool that searches is not installed
        return ""
    query = {"kind": "practice", "topic": topic} | ({"city": city.label, "sort": "fit"} if city else {})
    return f"{address}?{urlencode(query)}"
