"""A practice's full case as it is read: what each section tells, and what is not known yet."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Fact
from metropolis.tools.practices.engine import LAYOUT
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries.labels import SECTION_TITLES, field_label
from metropolis.tools.practices.queries.reading import Reading, Text

_COSTS = ("cost_total", "cost_capital", "cost_running")
#: What only makes sense beside an amount, and is read with it.
_BESIDE_COSTS = {"cost_currency", "cost_year"}


@dataclass(frozen=True, slots=True)
class ToldField:
    """One field that is told: a text, or rows of its own that the practice holds."""

    name: str
    label: str
    text: Text | None


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section of which something is told; `unknown` names the fields of which nothing is."""

    name: str
    title: str
    fields: tuple[ToldField, ...]
    unknown: tuple[str, ...]


def told_sections(reading: Reading) -> tuple[list[ToldSection], list[str]]:
    """The sections after the snapshot of which something is told, and the titles of the others."""
    told, untold = [], []
    for name in [name for name in LAYOUT if name != "snapshot"]:
        section = _section(reading, name)
        if section.fields:
            told.append(section)
        else:
            untold.append(section.title)
    return told, untold


def _section(reading: Reading, section: str) -> ToldSection:
    names = [name for name in LAYOUT[section] if name not in _BESIDE_COSTS]
    fields = {name: _field(reading, name) for name in names}
    return ToldSection(
        name=section,
        title=str(SECTION_TITLES[section]),
        fields=tuple(field for field in fields.values() if field is not None),
        unknown=tuple(field_label(name) for name, field in fields.items() if field is None),
    )


def _field(reading: Reading, name: str) -> ToldField | None:
    value: Any = getattr(reading.practice, name)
    text = None
    if name in reading.texts:
        text = reading.texts[name]
    elif name in _COSTS:
        text = Text(amount(reading.practice, name) or "", "")
    elif name == "evidence":
        text = Text(reading.practice.get_evidence_display(), "")
    elif isinstance(value, str):
        text = Text(value, reading.practice.language)
    elif not (value if name == "links" else value.all()):
        return None
    return None if text is not None and not text.text else ToldField(name, field_label(name), text)


def amount(practice: Practice, name: str = "cost_total") -> str | None:
    """A cost with its currency and the year of its prices, or None where it is not known."""
    value = getattr(practice, name)
    if value is None:
        return None
    cost = f"{number_format(value, 0, force_grouping=True)} {practice.cost_currency}".strip()
    return f"{cost} ({practice.cost_year})" if practice.cost_year else cost


def snapshot_facts(practice: Practice) -> tuple[Fact, ...]:
    """What can be said of a practice in a few words, with None for what is not known."""
    told = {
        _("Status"): practice.get_status_display(),
        field_label("organisation"): practice.organisation,
        field_label("started_on"): practice.started_on,
        field_label("ended_on"): practice.ended_on,
        field_label("scale"): practice.get_scale_display(),
        field_label("cost_total"): amount(practice),
        field_label("evidence"): practice.get_evidence_display(),
        field_label("reuse_licence"): practice.reuse_licence,
        _("Original language"): language_name(practice.language),
    }
    running = practice.status in {Practice.Status.PLANNED, Practice.Status.PILOT, Practice.Status.RUNNING}
    if running and not practice.ended_on:
        del told[field_label("ended_on")]
    return tuple(Fact(label=label, text=text or None) for label, text in told.items())
