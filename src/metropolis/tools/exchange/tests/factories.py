"""Cities, people, initiatives, needs and offers for the tests of this tool."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.places.engine import fold
from metropolis.foundation.places.models import City, CityName
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.operations import set_initiative_visibility, start_initiative
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.operations import add_need
from metropolis.tools.exchange.values import NeedInput

KNOWN = {
    "Rosario": (3838583, "AR", 948_312, -32.95, -60.64, "Cfa", ["es"]),
    "Santiago": (3871336, "CL", 4_837_295, -33.46, -70.65, "BSk", ["es"]),
    "Kampala": (232422, "UG", 1_353_189, 0.32, 32.58, "Af", ["en", "sw"]),
    "Agra": (1279259, "IN", 1_430_055, 27.18, 78.02, "Cwa", ["hi", "en"]),
}


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Account holder {number}")


def a_city(name: str) -> City:
    """One of the cities above, or an invented one about which little is known."""
    found = City.objects.filter(name=name).first()
    if found is not None:
        return found
    number = 9_000_000 + City.objects.count()
    id_, country, population, latitude, longitude, climate, languages = KNOWN.get(
        name, (number, "AR", None, 0.0, 0.0, "", [])
    )
    city = City.objects.create(
        id=id_,
        slug=f"{fold(name).replace(' ', '-')}-{country.lower()}",
        name=name,
        country=country,
        population=population,
        latitude=latitude,
        longitude=longitude,
        climate=climate,
        languages=languages,
    )
    CityName.objects.create(city=city, folded=fold(name), is_own=True)
    return city


def an_initiative(title: str, *, city: str = "", story: str = "", slug: str = "", **fields: Any) -> Initiative:
    """A public initiative that uses the exchange, with an editor as its steward."""
    editor = PersonFactory.create(network_role="editor")
    fields = {"title": title, "one_line": title, "story": story, "language": "en", **fields}
    if city:
        fields["lead_city"] = a_city(city)
    row = start_initiative(author=editor, fields=fields, slug=slug, tools=("exchange", "practices"))
    return set_initiative_visibility(slug=row.slug, actor=editor, visibility=Visibility.PUBLIC)


def member_of(initiative: Initiative, role: Role) -> Person:
    person = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=person, role=role)
    return person


def content(**told: object) -> NeedInput:
    city = a_city(str(told.pop("city", "Rosario")))
    given = {
        "title": "Green banks",
        "text": "We want to open the banks of our canals to people on foot.",
        "language": "en",
    }
    return NeedInput.model_validate({**given, "city": city.label, **told})


def a_need(initiative: Initiative, *, author: Person | None = None, public: bool = True, **told: object) -> Need:
    person = author or PersonFactory.create()
    return add_need(initiative=initiative.slug, actor=person, content=content(**told), is_public=public)
