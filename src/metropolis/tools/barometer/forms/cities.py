"""Which city each unit of an edition is."""

from collections.abc import Iterable
from typing import Any

from django import forms

from metropolis.foundation.places.forms import CityField
from metropolis.tools.barometer.models import Unit


class CitiesForm(forms.Form):
    """A field for each of some units; empty for one that is no city."""

    def __init__(self, data: Any = None, *, units: Iterable[Unit]) -> None:
        super().__init__(data)
        self._units = {f"unit-{unit.pk}": unit for unit in units}
        for name, unit in self._units.items():
            self.fields[name] = CityField(label=unit.name, required=False, initial=unit.city, help_text="")

    @property
    def cities(self) -> dict[str, str]:
        """What was said otherwise than before, by the unit's code."""
        return {
            unit.code: city.label if city else ""
            for name, unit in self._units.items()
            if (city := self.cleaned_data[name]) != unit.city
        }
