"""What counts of an expert's word, and who may read it: plain Python, usable without Django.

>>> from datetime import date
>>> from metropolis.tools.experts.engine import Claim, standing
>>> standing(Claim(level=4, validated_level=3, validated_on="2026-01-10", expires_on="2028-01-10", on="2026-06-01"))
Standing(level=3, is_validated=True, has_expired=False)
"""

from metropolis.engine_kit import Computation
from metropolis.tools.experts.engine.consent import Reader, audiences, may_read
from metropolis.tools.experts.engine.standing import Claim, Standing, standing

COMPUTATIONS = (
    Computation(name="standing", title="Standing in a topic", function=standing, input=Claim, output=Standing),
)

__all__ = ["COMPUTATIONS", "Claim", "Reader", "Standing", "audiences", "may_read", "standing"]
