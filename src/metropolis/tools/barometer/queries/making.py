"""How far an edition is made: its steps, what is missing, and what readers would miss."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.computed import material_of


@dataclass(frozen=True)
class Draft:
    """An edition that somebody is making."""

    row: Edition
    actor: Person

    @property
    def place(self) -> dict[str, Any]:
        """What every operation on it asks for."""
        return {"barometer_slug": self.row.barometer.slug, "label": self.row.label, "actor": self.actor}

    @property
    def material(self) -> Material:
        """What it is computed from."""
        return material_of(self.row)

    @property
    def framework(self) -> Framework:
        """Its framework; `NotFound` for steps that come after it."""
        found = self.material.framework
        if found is None:
            raise NotFound(_("This edition has no framework yet: upload it first."), field="framework")
        return found


class Step(NamedTuple):
    """One step of making an edition: its page, and whether it can be done yet and is done; None where it need not."""

    page: str
    title: str
    line: str
    is_open: bool
    is_done: bool | None = None


class Hint(NamedTuple):
    """What is to be done, and the page where."""

    text: str
    page: str
    action: str = ""


def can_undo(draft: Draft) -> bool:
    """Whether there is a change to take back."""
    return Edition.objects.filter(pk=draft.row.pk).exclude(former="").exists()


def to_come(material: Material) -> list[str]:
    """The names of the indicators of people's answers that the data do not have yet."""
    if material.framework is None or material.data is None:
        return []
    there = set(material.data.columns)
    return [node.label for node in material.framework.indicators if node.is_soft and node.code not in there]


def problems(draft: Draft) -> list[Hint]:
    """Why an edition cannot be computed, and where that is mended; nothing while it can."""
    row, material = draft.row, draft.material
    if row.progress != Edition.Progress.REFUSED or material.framework is None or material.data is None:
        return []
    missing = to_come(material)
    if missing:
        text = _("These indicators come from residents' answers, which are not there yet: %(names)s.")
        return [Hint(text % {"names": ", ".join(missing)}, "make_survey", _("Upload the survey"))]
    if not {node.code for node in material.framework.indicators} <= set(material.data.columns):
        return [Hint(row.problem, "make_tables", _("Upload the tables"))]
    return [Hint(row.problem, "make_method", _("Look at the method"))]


def steps(draft: Draft) -> list[Step]:
    """The steps of an edition in their order, each with a line on how far it is."""
    row, material = draft.row, draft.material
    cities = list(row.units.values_list("city", flat=True))
    waiting = row.comments.filter(answer="").count()
    ready = material.is_complete
    source = row.source_note[:120] or _("Where the data come from is not said yet")
    return [
        Step("make_tables", _("Framework and data"), _of_tables(draft), True, ready and not row.refused),
        Step("make_report", _("Check report"), _("What is to be looked at in the data"), ready),
        Step("make_cities", _("Cities"), _of_cities(cities), ready, bool(cities) and None not in cities),
        Step("make_method", _("Method"), _("Gaps, outliers, scale, weights, and what varies"), ready),
        Step("make_survey", _("Survey of residents"), _of_survey(material), ready, _survey_is_done(material)),
        Step("make_text", _("Text"), source, True, bool(row.source_note)),
        Step("comments", _("Comments of cities"), _of_comments(row, waiting), ready, _is_heard(row, waiting)),
        Step("publish", _("Publish"), _("Once published, nothing of the edition changes"), ready),
    ]


def _of_tables(draft: Draft) -> str:
    material = draft.material
    if draft.row.refused:
        return _("The last upload was not taken: see what is wrong with it")
    if material.framework is None:
        return _("Two tables: what is measured, and the figures")
    indicators = len(material.framework.indicators)
    if material.data is None:
        return _("%(count)s indicators; the data are not there yet") % {"count": indicators}
    years = ", ".join(map(str, material.data.table.years))
    cities = len(set(material.data.units))
    line = _("%(indicators)s indicators of %(cities)s cities") % {"indicators": indicators, "cities": cities}
    return f"{line}, {years}" if years else line


def _of_cities(cities: Sequence[int | None]) -> str:
    unknown = cities.count(None)
    if not unknown:
        return _("Every city is found") if cities else ""
    text = ngettext("%(count)s city is not found yet", "%(count)s cities are not found yet", unknown)
    return text % {"count": unknown}


def _survey_is_done(material: Material) -> bool | None:
    if to_come(material):
        return False
    return True if material.errors else None


def _of_survey(material: Material) -> str:
    missing = to_come(material)
    if missing:
        return _("Still to come: %(names)s") % {"names": ", ".join(missing)}
    if material.errors:
        return _("Estimates with their errors; indicators: %(count)s") % {"count": len(material.errors)}
    return _("Answers of residents, if there are any")


def _is_heard(row: Edition, waiting: int) -> bool | None:
    if waiting:
        return False
    return True if row.comments.exists() else None


def _of_comments(row: Edition, waiting: int) -> str:
    if waiting:
        text = ngettext("%(count)s comment waits for an answer", "%(count)s comments wait for an answer", waiting)
        return text % {"count": waiting}
    if row.state == Edition.State.CONSULTATION:
        return _("The cities are looking at their figures")
    return _("Let the cities look at their figures before everybody does")


def missing(draft: Draft) -> list[Hint]:
    """What stands in the way of publishing."""
    row, hints = draft.row, problems(draft)
    if not draft.material.is_complete:
        hints.append(Hint(_("The framework or the data are not there yet."), "make_tables"))
    elif not hints and row.progress != Edition.Progress.DONE:
        hints.append(Hint(_("The intervals are still being computed: wait a moment."), "make_edition"))
    if row.comments.filter(answer="").exists():
        hints.append(Hint(_("Comments of cities have no answer yet."), "comments"))
    return hints


def doubts(draft: Draft) -> list[Hint]:
    """What does not stand in the way of publishing, but readers would miss."""
    row, hints = draft.row, []
    if row.units.filter(city=None).exists():
        hints.append(Hint(_("Some cities are not found: they have no place on the map."), "make_cities"))
    if not row.source_note:
        hints.append(Hint(_("Where the data come from is not said."), "make_text"))
    if not row.licence:
        hints.append(Hint(_("There is no licence: nobody knows what they may do with the data."), "make_text"))
    if row.state == Edition.State.DRAFT and not row.comments.exists():
        hints.append(Hint(_("The cities have not been asked for their comments."), "comments"))
    return hints
