"""What of an edition can be taken away, and how each file is made."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine import exporting
from metropolis.tools.barometer.engine.sdmx import MEDIA_TYPE, sdmx_csv
from metropolis.tools.barometer.engine.workbook import Intervals, workbook
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.pages.pictures import Notes, png, ranking_svg, sensitivity_svg
from metropolis.tools.barometer.queries.words import citation

_CSV, _JSON, _TEXT = "text/csv; charset=utf-8; header=present", "application/json", "text/plain; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WHO, _EXACT, _SHOWN = (
    gettext_lazy("For a spreadsheet"),
    gettext_lazy("To compute it again"),
    gettext_lazy("For a text or a slide"),
)


class File(NamedTuple):
    """A file: what it holds, for whom it is, what it is called for machines, and how it is made.

    `is_sure` files need intervals to be computed; `is_signed` ones hold the notes, and words in the reader's language;
    `is_of_year` ones are of the year asked for alone.
    """

    title: str | Promise
    group: str | Promise
    media: str
    make: Callable[[Opened, Notes], str | bytes]
    is_sure: bool = False
    is_signed: bool = False
    is_of_year: bool = False


def notes(found: Opened) -> Notes:
    """What goes with every figure: what it is of, where it comes from, and what must be known of it."""
    row = found.edition
    told = (
        (_("Barometer"), f"{row.barometer.title} {row.label}"),
        (_("Initiative"), row.barometer.initiative.title),
        (_("State"), _published(found)),
        (_("Synthetic figures"), row.synthetic_note),
        (_("Sources"), row.source_note),
        (_("Licence"), row.licence or _("not told")),
        (_("Address"), f"{settings.SITE_ADDRESS}{row.get_absolute_url()}"),
        (_("Digest of all it is computed from (SHA-256)"), row.digest),
    )
    return [(title, text) for title, text in told if text]


def cited(found: Opened) -> str:
    """One line by which an edition is cited, with the word that its figures are invented where they are."""
    return " ".join(filter(None, (citation(found.edition, settings.SITE_ADDRESS), found.edition.synthetic_note)))


def offered(found: Opened) -> list[dict[str, object]]:
    """The files there are of an edition now, by group, with their addresses."""
    groups: dict[str, list[dict[str, str]]] = {}
    for name, file in FILES.items():
        if is_there(found, file):
            entry = {"name": name, "title": str(file.title), "url": found.address("download", name)}
            groups.setdefault(str(file.group), []).append(entry)
    return [{"title": title, "files": files} for title, files in groups.items()]


def is_there(found: Opened, file: File) -> bool:
    """Whether the edition is computed as far as the file needs."""
    figures = queries.figures_of(found.edition)
    return figures is not None and (figures.are_sure or not file.is_sure)


def _published(found: Opened) -> str:
    row = found.edition
    if row.published_at is None:
        return _("%(state)s: figures may still change") % {"state": row.get_state_display()}
    return _("Published on %(day)s") % {"day": date_format(row.published_at, "DATE_FORMAT")}


def _cited(found: Opened, told: Notes) -> str:
    return "\n".join([_("How to cite"), cited(found), "", *(f"{title}: {text}" for title, text in told), ""])


def _caption(found: Opened) -> list[str]:
    """What is written into a picture itself; the rest is its description."""
    licence = _("Licence: %(licence)s") % {"licence": found.edition.licence} if found.edition.licence else ""
    state = "" if found.edition.published_at else _published(found)
    return [line for line in (state, cited(found), licence) if line]


def _sdmx(found: Opened, _told: Notes) -> str:
    data, framework = found.material.parts()
    return sdmx_csv(data, measured_in={node.code: node.unit for node in framework.indicators})


def _workbook(found: Opened, told: Notes) -> bytes:
    data, _framework = found.material.parts()
    return workbook(queries.index_of(found.edition), data, _intervals(found), notes=told)


def _intervals(found: Opened) -> Intervals | None:
    """The intervals of all years, in the order of the index's scores."""
    if not found.figures.are_sure:
        return None
    known: dict[tuple[str, int | None], Sequence[float | None]] = {}
    for year in found.figures.years:
        if year.sure is not None:
            sure = year.sure
            columns = zip(sure.lower, sure.upper, sure.best, sure.worst, sure.top_quarter, strict=True)
            known |= {(unit, year.year): row for unit, row in zip(year.units, columns, strict=True)}
    table = queries.index_of(found.edition).scores
    times: Sequence[int | None] = table.times or (None,) * len(table.units)
    rows = [known[key] for key in zip(table.units, times, strict=True)]
    return Intervals(*np.array(rows, dtype=np.float64).T)


FILES: Mapping[str, File] = {
    "workbook.xlsx": File(gettext_lazy("All of it as a workbook"), _WHO, _XLSX, _workbook, is_signed=True),
    "scores.csv": File(
        gettext_lazy("Scores of every city in every node"), _WHO, _CSV,
        lambda found, _told: exporting.scores_csv(found.figures, found.wanted_year), is_of_year=True,
    ),
    "ranks.csv": File(
        gettext_lazy("Ranks of every city in every node"), _WHO, _CSV,
        lambda found, _told: exporting.ranks_csv(found.figures, found.wanted_year), is_of_year=True,
    ),
    "intervals.csv": File(
        gettext_lazy("The ranking with its intervals"), _WHO, _CSV,
        lambda found, _told: exporting.intervals_csv(found.figures, found.wanted_year), is_sure=True, is_of_year=True,
    ),
    "data.csv": File(
        gettext_lazy("The figures as they were given"), _WHO, _CSV,
        lambda found, _told: exporting.data_csv(found.material),
    ),
    "framework.csv": File(
        gettext_lazy("The framework: nodes, weights, goalposts, sources"), _EXACT, _CSV,
        lambda found, _told: exporting.framework_csv(found.material),
    ),
    "recipe.json": File(
        gettext_lazy("The recipe: every step"), _EXACT, _JSON,
        lambda found, _told: f"{found.material.recipe.model_dump_json(indent=2)}\n",
    ),
    "variation.json": File(
        gettext_lazy("What is varied for the intervals"), _EXACT, _JSON,
        lambda found, _told: exporting.variation_json(found.material, found.wanted_year), is_of_year=True,
    ),
    "material.json": File(
        gettext_lazy("All that the edition is computed from"), _EXACT, _JSON,
        lambda found, _told: found.material.model_dump_json(),
    ),
    "parameters.csv": File(
        gettext_lazy("What made each replication"), _EXACT, _CSV,
        lambda found, _told: exporting.parameters_csv(found.material),
    ),
    "sobol.csv": File(
        gettext_lazy("Which choices move scores and ranks"), _EXACT, _CSV,
        lambda found, _told: exporting.sobol_csv(found.figures), is_sure=True,
    ),
    "data.sdmx.csv": File(gettext_lazy("The figures as SDMX-CSV, for statistical offices"), _EXACT, MEDIA_TYPE, _sdmx),
    "ranking.svg": File(
        pgettext_lazy("file", "The ranking as a drawing"), _SHOWN, "image/svg+xml",
        lambda found, told: ranking_svg(found, _caption(found), told), is_signed=True, is_of_year=True,
    ),
    "ranking.png": File(
        pgettext_lazy("file", "The ranking as a picture"), _SHOWN, "image/png",
        lambda found, told: png(ranking_svg(found, _caption(found), told)), is_signed=True, is_of_year=True,
    ),
    "sensitivity.svg": File(
        gettext_lazy("What moves the ranks, as a drawing"), _SHOWN, "image/svg+xml",
        lambda found, told: sensitivity_svg(found, _caption(found), told), is_sure=True, is_signed=True,
    ),
    "sensitivity.png": File(
        gettext_lazy("What moves the ranks, as a picture"), _SHOWN, "image/png",
        lambda found, told: png(sensitivity_svg(found, _caption(found), told)), is_sure=True, is_signed=True,
    ),
    "citation.txt": File(
        gettext_lazy("How to cite it: sources, licence, digest"), _SHOWN, _TEXT, _cited, is_signed=True
    ),
}  # fmt: skip
