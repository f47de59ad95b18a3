"""What every engine is built with: values, computations and errors.

An engine is a package of plain functions over arrays and frozen values. It knows nothing of the web, the database or
the command line; those are derived from its list of computations.
"""

from metropolis.engine_kit.computation import Computation
from metropolis.engine_kit.errors import Conflict, InvalidInput, MetropolisError, NotAllowed, NotFound, TooMany
from metropolis.engine_kit.value import Value

__all__ = ["Computation", "Conflict", "InvalidInput", "MetropolisError", "NotAllowed", "NotFound", "TooMany", "Value"]
