"""A barometer of a few invented cities for the tests of this tool."""

from typing import Any

import numpy as np

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory
from metropolis.tools.barometer.engine import Framework, Node, Table
from metropolis.tools.barometer.models import Barometer, Edition
from metropolis.tools.barometer.operations import add_barometer, add_edition, compute_edition, set_tables
from metropolis.tools.barometer.values import BarometerInput, EditionInput

CITIES = ("Aurelia", "Bellano", "Corvento", "Dunmore", "Esperanza", "Farolito", "Gullhaven", "Harmonia")
YEARS = (2024, 2025)


def content(**told: Any) -> BarometerInput:
    """What a barometer says of itself."""
    usual = {
        "title": "Care barometer",
        "one_line": "How well cities care for their people.",
        "summary": "Statistics and answers of residents, put together with every step shown.",
        "language": "en",
    }
    return BarometerInput(**{**usual, **told})


def framework() -> Framework:
    """Two pillars of two indicators each; one is of people's answers, one is better when low."""
    return Framework(
        nodes=(
            Node(code="places", name="Childcare places", parent="services", unit="per 100 children"),
            Node(code="waiting", name="Waiting for a doctor", parent="services", unit="days", direction=-1),
            Node(code="trust", name="Trust in neighbours", parent="bonds", unit="%", is_soft=True, weight=2),
            Node(code="parks", name="Park within 300 m", parent="bonds", unit="%"),
            Node(code="services", name="Services", parent="care"),
            Node(code="bonds", name="Bonds", parent="care"),
            Node(code="care", name="Caring city"),
        )
    )


def data(cities: tuple[str, ...] = CITIES, years: tuple[int, ...] = YEARS, seed: int = 7) -> Table:
    """Invented figures: a row a city and year."""
    generator = np.random.default_rng(seed)
    rows = len(cities) * len(years)
    columns = [generator.uniform(*ends, rows).round(1) for ends in ((10, 60), (2, 40), (20, 80), (30, 95))]
    units = tuple(city.lower() for _year in years for city in cities)
    names = tuple(city for _year in years for city in cities)
    times = tuple(year for year in years for _city in cities)
    return Table(units, ("places", "waiting", "trust", "parks"), np.column_stack(columns), names, times)


def home(slug: str = "care") -> Initiative:
    """An initiative that uses the tool."""
    found: Initiative = InitiativeFactory.create(slug=slug, title=f"Initiative {slug}")
    ToolInUse.objects.create(initiative=found, tool="barometer")
    return found


def an_edition(actor: Person, initiative: str, *, slug: str = "the-barometer", label: str = "2025") -> Edition:
    """A barometer with an edition whose intervals are computed."""
    if not Barometer.objects.filter(slug=slug).exists():
        add_barometer(initiative=initiative, actor=actor, content=content(), slug=slug)
    row = add_edition(barometer_slug=slug, actor=actor, content=EditionInput(label=label))
    place = {"barometer_slug": slug, "label": label, "actor": actor}
    row = set_tables(**place, framework=framework(), data=data())
    compute_edition(id=row.pk, digest=row.digest)
    row.refresh_from_db()
    return row
