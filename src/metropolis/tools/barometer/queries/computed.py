"""What an edition is made of and what was computed of it, read from the database once in each process."""

from functools import lru_cache

from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.background.queries import has_failed
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.figures import Figures, build_of, replications
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.engine.reweighing import Reweighing
from metropolis.tools.barometer.engine.tracing import Trace
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


def reweighing_of(row: Edition) -> Reweighing:
    """An edition brought as far as its weights, from which any others make a ranking."""
    return _reweighing(row.digest, row.pk)


def trace_of(row: Edition) -> Trace:
    """What an edition's steps did to single figures: gaps filled, outliers moved, units left out."""
    return _trace(row.digest, row.pk)


def is_given_up(row: Edition) -> bool:
    """Whether its intervals are waited for in vain, because the program failed at them again and again."""
    return row.progress == Edition.Progress.WAITING and has_failed(computation_key(row))


def computation_key(row: Edition) -> str:
    """The key under which the computation of an edition is in the queue."""
    return f"barometer edition {row.pk} {row.version}"


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


@lru_cache(_KEPT)
def _reweighing(digest: str, pk: int) -> Reweighing:
    return Reweighing(_material(digest, pk), _index(digest, pk))


@lru_cache(_KEPT)
def _trace(digest: str, pk: int) -> Trace:
    data, _framework = _material(digest, pk).parts()
    return Trace(_index(digest, pk), data)


def _text(column: str, digest: str, pk: int) -> str:
    found = Edition.objects.filter(pk=pk, digest=digest).values_list(column, flat=True).first()
    if found is None:
        raise NotFound(_("This edition has just changed; read the page again."), field="edition")
    return str(found)
