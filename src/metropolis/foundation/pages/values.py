"""What the components of a page take."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise

#: One card, filter, fact or tag, by the names of docs/design.md.
Item = dict[str, Any]


def facet(
    name: str, label: str | Promise, counts: Counter[str], chosen: Sequence[str], names: Mapping[str, str]
) -> Item:
    """One filter: the values that give something or are chosen, most frequent first, under their `names`."""
    values = sorted({*counts, *chosen}, key=lambda value: (-counts[value], names.get(value, value)))
    choices = [
        {"value": value, "label": names.get(value, value), "count": counts[value], "chosen": value in chosen}
        for value in values
    ]
    return {"name": name, "label": label, "choices": choices}


def chosen_tags(facets: Iterable[Item]) -> list[Item]:
    """The chosen filters, each to be taken off."""
    return [
        {"name": facet["name"], "value": choice["value"], "label": choice["label"]}
        for facet in facets
        for choice in facet["choices"]
        if choice["chosen"]
    ]
