"""What the components of a page take, and how the present reader is to see a drawing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from metropolis.foundation.pages.engine import Look, Words

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


def look(
    *, width: int = 640, dark: bool = False, inline: bool = False, foot: Sequence[str] = (), description: str = ""
) -> Look:
    """How charts and reports are made for the present reader: in the language of the page, with its words."""
    return Look(
        language=get_language() or "en",
        width=width,
        dark=dark,
        inline=inline,
        foot=tuple(foot),
        description=description,
        words=_words(),
    )


def _words() -> Words:
    return Words(
        unknown=_("unknown"),
        name=_("Name"),
        measure=pgettext("chart", "Measure"),
        rank=_("Rank"),
        value=pgettext("chart", "Value"),
        lower=pgettext("interval", "From"),
        upper=pgettext("interval", "To"),
        tie=_("Not told apart"),
        tied=_("Neighbours with a letter in common are not told apart"),
        year=_("Year"),
        break_=_("Break in series"),
        adds=pgettext("chart", "Adds"),
        takes=pgettext("chart", "Takes away"),
        rest=_("Remainder"),
        minimum=pgettext("chart", "Least"),
        quartile_1=_("Lower quartile"),
        median=_("Median"),
        quartile_3=_("Upper quartile"),
        maximum=pgettext("chart", "Greatest"),
        half=_("Middle half of all, and median"),
        all=_("All, least to greatest"),
        peers=_("Median of peers"),
        first=_("First order"),
        total=_("Total effect"),
        interval=_("Interval"),
        part_of=_("Part of"),
        share=_("Share of the whole"),
        beside=_("Share of the part"),
        notice=pgettext("report", "Notice"),
        sources=_("Sources"),
        citation=_("How to cite"),
        page=_("Page %(page)s of %(pages)s"),
    )
