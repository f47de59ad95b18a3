"""The initiatives of the demonstration: those that ask the network for its tools, with their own figures."""

from typing import Any

from metropolis.demo.files import read_folder
from metropolis.demo.people import Accounts
from metropolis.engine_kit import Value
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.models import Partner
from metropolis.foundation.workspaces.operations import (
    set_initiative_visibility,
    start_initiative,
    translate_initiative,
)
from metropolis.foundation.workspaces.values import Figure

#: The initiative in which everybody may contribute.
NETWORK = "metropolis-initiatives"


class InitiativeText(Value):
    """What an initiative says in one language."""

    title: str
    one_line: str
    story: str
    seeks: str
    offers: str


class PartnerRow(Value):
    """A partner city, and as what it takes part."""

    city: str
    part: str


class InitiativeRow(InitiativeText):
    """A file of `initiatives/`; cities are written "Rosario, AR", `translations` are by language."""

    row: int
    slug: str
    language: str
    is_open: bool = False
    lead: str = ""
    lead_city: str = ""
    cities: tuple[str, ...] = ()
    status: str = ""
    started_on: str = ""
    ended_on: str = ""
    themes: tuple[str, ...]
    topics: tuple[str, ...]
    partners: tuple[PartnerRow, ...] = ()
    working_languages: tuple[str, ...]
    contact_role: str
    tools: tuple[str, ...]
    figures: tuple[Figure, ...]
    translations: dict[str, InitiativeText]

    def fields(self) -> dict[str, Any]:
        """The columns of the initiative."""
        names = {"language", "is_open", "lead", "status", "started_on", "ended_on", "contact_role"}
        return self.model_dump(include=names | set(InitiativeText.model_fields)) | {
            "lead_city": find_city(self.lead_city) if self.lead_city else None,
            "working_languages": list(self.working_languages),
            "figures": [figure.model_dump() for figure in self.figures],
        }


def initiative_rows() -> list[InitiativeRow]:
    """Every initiative of the demonstration."""
    return [InitiativeRow.model_validate(row) for row in read_folder("initiatives")]


def load_initiative(row: InitiativeRow, accounts: Accounts) -> None:
    """Start an initiative, translate it and publish it, as the secretariat."""
    actor = accounts.secretariat
    start_initiative(
        author=actor,
        slug=row.slug,
        fields=row.fields(),
        terms=[
            *terms_by_code("theme", row.themes, field="themes"),
            *terms_by_code("topic", row.topics, field="topics"),
        ],
        cities=[find_city(city) for city in row.cities],
        partners=[Partner(city=find_city(partner.city), part=partner.part) for partner in row.partners],
        tools=row.tools,
    )
    for language, text in row.translations.items():
        translate_initiative(
            slug=row.slug,
            actor=actor,
            language=language,
            fields=text.model_dump(),
            origin=Translation.Origin.TRANSLATOR,
        )
    set_initiative_visibility(slug=row.slug, actor=actor, visibility=Visibility.PUBLIC)
