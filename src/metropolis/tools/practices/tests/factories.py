"""Contents and practices for the tests of this tool."""

from typing import Any

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import add_practice, set_practice_visibility
from metropolis.tools.practices.values import PracticeInput

SNAPSHOT: dict[str, Any] = {
    "title": "Open streets on Sundays",
    "one_line": "No cars on the avenue, for whoever walks or rides.",
    "summary": "Every Sunday the avenue is closed to cars and opened to people.",
    "language": "en",
    "city": "Rosario, AR",
}
#: One of everything a practice can say.
WHOLE: dict[str, Any] = SNAPSHOT | {
    "themes": ("sustainability",),
    "topics": ("cycling", "walking"),
    "sdgs": ("3", "11"),
    "status": "running",
    "started_on": "2014-07",
    "situation": "Ten lanes of cars.",
    "actions": "Close the avenue.\nOpen it to people.",
    "failures": "The first route crossed a bus line.",
    "limiting_factors": "It needs two hundred stewards.",
    "preconditions": "An avenue that buses can leave.",
    "cost_total": "1200.50",
    "cost_currency": "USD",
    "cost_year": 2015,
    "adopters": ("Funes, AR",),
    "contact_role": "Head of mobility",
    "building_blocks": (
        {"title": "Volunteers at each crossing", "kind": "core"},
        {"title": "Music", "description": "Whatever the quarter likes.", "kind": "adaptable"},
    ),
    "sources": (
        {"title": "Yearly report", "url": "https://example.org/report", "year": 2016, "quote": "40,000 came"},
        {"title": "Survey", "url": "https://example.org/survey", "accessed_on": "2026-01-31"},
    ),
    "results": (
        {"indicator": "Visitors", "baseline": "0", "value": "40,000", "unit": "a Sunday", "source": 0},
        {"indicator": "Satisfied", "value": "9 of 10", "source": 1},
    ),
    "key_dates": ({"on": "2014-07-06", "event": "First Sunday"},),
    "partners": ({"name": "Cycling club", "support": "people"},),
    "links": ({"title": "Map", "url": "https://example.org/map"},),
}


def content(**told: Any) -> PracticeInput:
    return PracticeInput.model_validate(SNAPSHOT | told)


def whole(**told: Any) -> PracticeInput:
    return PracticeInput.model_validate(WHOLE | told)


def place(name: str = "Rosario", **fields: Any) -> City:
    return City.objects.filter(name=name).first() or CityFactory.create(name=name, **fields)


def initiative(**fields: Any) -> Initiative:
    """A public initiative that collects practices, with what they need: the vocabularies, Rosario and Funes."""
    load_vocabularies()
    place("Rosario")
    place("Funes")
    row = InitiativeFactory.create(**fields)
    ToolInUse.objects.create(initiative=row, tool="practices")
    # A second tool, so that a join over the tools would double what is found.
    ToolInUse.objects.create(initiative=row, tool="experts")
    return row


def practice_in(
    home: Initiative, visibility: Visibility = Visibility.PUBLIC, author: Person | None = None, **told: Any
) -> Practice:
    """A practice of a contributor, or of `author`."""
    person = author or member_of(home, Role.CONTRIBUTOR)
    row = add_practice(initiative=home.slug, actor=person, content=whole(**told))
    return set_practice_visibility(slug=row.slug, actor=person, visibility=visibility)
