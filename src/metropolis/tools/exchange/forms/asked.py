"""What the address of a page of answers asks for."""

from math import isnan
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, MetropolisError
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import find_city
from metropolis.tools.exchange.engine import Weights
from metropolis.tools.exchange.queries import FACETS
from metropolis.tools.exchange.values import Question

PER_PAGE = 20
#: Pages a reader may turn; beyond them a better question is the better way.
LAST_PAGE = 50
WEIGHT = "weight_"
HEAVIEST = 5.0
LONGEST_QUERY = 2000


class Asked(NamedTuple):
    """What an address asks for; `trouble` says what is wrong with its city, and `candidates` which may be meant."""

    question: Question
    city: City | None
    city_text: str
    trouble: str
    candidates: list[str]
    page: int

    @property
    def has_own_weights(self) -> bool:
        """Whether the weights of the factors were changed."""
        return self.question.weights != Weights()


def asked(query: QueryDict) -> Asked:
    """Read a question from the address of a page of results; what makes no sense is left out.

    `q` text, `city` "Rosario, AR", `kind` and the names of the facets (any number of values), `sort` relevance or fit,
    `weight_need` … from 0 to 5, `page` from 1.
    """
    text = query.get("city", "").strip()
    city, trouble, candidates = _city(text)
    page = _number(query.get("page"), 1, LAST_PAGE) or 1
    by_fit = query.get("sort") == "fit" and city is not None
    question = Question(
        text=query.get("q", "").strip()[:800],
        city_id=city.id if city else None,
        kinds=tuple(query.getlist("kind")),
        filters={name: tuple(query.getlist(name)) for name in FACETS if name != "kind" and query.getlist(name)},
        weights=_weights(query),
        sort="fit" if by_fit else "relevance",
        limit=PER_PAGE,
        offset=PER_PAGE * (int(page) - 1),
    )
    return Asked(question, city, text, trouble, candidates, int(page))


def saved_query(query: QueryDict) -> str:
    """The query of an address as it is kept for a saved search: what `asked` reads, without the page."""
    names = {"q", "city", "sort", *FACETS, *(f"{WEIGHT}{name}" for name in Weights.model_fields)}
    kept = query.copy()
    for name in set(kept) - names:
        del kept[name]
    if len(kept.urlencode()) > LONGEST_QUERY:
        raise InvalidInput(_("This search has too many filters to be kept; take some off."), field="query")
    return kept.urlencode()


def _city(text: str) -> tuple[City | None, str, list[str]]:
    if not text:
        return None, "", []
    try:
        return find_city(text), "", []
    except MetropolisError as error:
        labels = [candidate["label"] for candidate in error.data.get("candidates", ())]
        return None, error.message, labels or list(error.data.get("suggestions", ()))


def _weights(query: QueryDict) -> Weights:
    given = {name: _number(query.get(f"{WEIGHT}{name}"), 0, HEAVIEST) for name in Weights.model_fields}
    return Weights.model_validate({name: weight for name, weight in given.items() if weight is not None})


def _number(text: str | None, least: float, most: float) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return None if isnan(number) else min(max(number, least), most)
