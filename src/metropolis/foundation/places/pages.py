"""What the city fields of every form ask while one types."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language

from metropolis.foundation.places.engine import country_name
from metropolis.foundation.places.queries import suggest_cities


def suggest(request: HttpRequest) -> JsonResponse:
    """Cities whose name begins with ``?q=``: the `value` to write, the `name`, and the `place` it is in."""
    language = get_language() or "en"
    cities = [
        {
            "value": city.label,
            "name": city.name,
            "place": ", ".join(filter(None, (city.division, country_name(city.country, language)))),
        }
        for city in suggest_cities(request.GET.get("q", ""), limit=8)
    ]
    return JsonResponse({"cities": cities})
