"""The gazetteer: cities and the names they are found by. Countries are shipped facts, see `engine.countries`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.places.engine import country_name


class City(models.Model):
    """A city, as GeoNames has it; `id` is its GeoNames id, so it means the same everywhere."""

    id = models.BigIntegerField(primary_key=True)
    slug = models.SlugField(max_length=250, unique=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, db_index=True)
    admin1 = models.CharField(_("code of the division"), max_length=20, blank=True)
    division = models.CharField(_("state, province or region"), max_length=200, blank=True)
    population = models.PositiveIntegerField(_("population of the city proper"), null=True)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    climate = models.CharField(_("climate zone (Köppen-Geiger)"), max_length=3, blank=True)
    languages = models.JSONField(_("languages"), default=list)

    class Meta:
        """Cities come largest first."""

        verbose_name = _("city")
        verbose_name_plural = _("cities")
        ordering = (models.F("population").desc(nulls_last=True), "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="places_city_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True) | Q(population__gt=0), name="places_city_peopled"
            ),
        )

    def __str__(self) -> str:
        """The city with its division and country, as `find_city` takes it: "Rosario, Santa Fe, AR"."""
        return self.label

    @property
    def label(self) -> str:
        """The city with its division and country, as `find_city` takes it: "Rosario, Santa Fe, AR"."""
        return ", ".join(filter(None, (self.name, self.division, self.country)))

    @property
    def title(self) -> str:
        """The city with its country's name in the reader's language: "Rosario, Argentina"."""
        return f"{self.name}, {country_name(self.country, get_language() or 'en')}"


class CityName(models.Model):
    """A name a city is found by, folded; `is_own` marks the one it is shown by."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="names", db_index=False)
    folded = models.CharField(max_length=200, db_index=True)
    is_own = models.BooleanField(default=False)

    class Meta:
        """A city has a name once."""

        constraints = (models.UniqueConstraint(fields=("city", "folded"), name="places_name_once_a_city"),)

    def __str__(self) -> str:
        """The folded name."""
        return self.folded


class Gazetteer(models.Model):
    """One row: which edition of the shipped data the tables hold, and the smallest size of city loaded."""

    fingerprint = models.CharField(max_length=64, blank=True)
    smallest = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The fingerprint's first letters."""
        return self.fingerprint[:8]
