"""What an edition is made of and what was computed of it, read from the database once in each process."""

from functools import lru_cache

from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.figures import Figures, build_of, replications
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.engine.uncertainty import Uncertainty
from metropolis.tools.barometer.models import Edition

#: Editions of which each process keeps what it read; one of 200 cities, 60 indicators and 5 years takes some 5 MB.
_KEPT = 24


def material_of(row: Edition) -> Material:
    """An edition's framework, data, recipe and what varies."""
    return _material(row.digest, row.pk)


def figures_of(row: Edition) -> Figures | None:
    """What was computed of an edition; None as long as it cannot be."""
    return _figures(row.digest, row.progress, row.pk)


def index_of(row: Edition) -> Index:
    """An edition's index with every stage, built again from its material: the same to the last bit."""
    return _index(row.digest, row.pk)


def replications_of(row: Edition) -> Uncertainty:
    """All replications behind an edition's intervals, computed again: for questions of pairs of cities."""
    return _replications(row.digest, row.pk)


# The digest says what is read, the primary key only where it stands: what is kept is never out of date.


@lru_cache(_KEPT)
def _material(digest: str, pk: int) -> Material:
    return Material.model_validate_json(_text("material", digest, pk))


@lru_cache(_KEPT)
def _figures(digest: str, _progress: str, pk: int) -> Figures | None:
    text = _text("outcome", digest, pk)
    return Figures.model_validate_json(text) if text else None


@lru_cache(_KEPT)
def _index(digest: str, pk: int) -> Index:
    return build_of(_material(digest, pk))


@lru_cache(4)
def _replications(digest: str, pk: int) -> Uncertainty:
    return replications(_material(digest, pk))


def _text(column: str, digest: str, pk: int) -> str:
    found = Edition.objects.filter(pk=pk, digest=digest).values_list(column, flat=True).first()
    if found is None:
        raise NotFound(_("This edition has just changed; read the page again."), field="edition")
    return str(found)
