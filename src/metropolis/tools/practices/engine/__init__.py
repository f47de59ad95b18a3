"""How full a practice's record is: plain Python, usable without Django.

>>> from metropolis.tools.practices.engine import Record, completeness
>>> completeness(Record(fields={"title": "Open streets", "actions": "Close the avenue every Sunday."})).share
0.071
"""

from metropolis.engine_kit import Computation
from metropolis.tools.practices.engine.completeness import Completeness, Record, Section, completeness
from metropolis.tools.practices.engine.template import LAYOUT

COMPUTATIONS = (
    Computation(name="completeness", title="Completeness", function=completeness, input=Record, output=Completeness),
)

__all__ = ["COMPUTATIONS", "LAYOUT", "Completeness", "Record", "Section", "completeness"]
