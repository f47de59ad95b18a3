"""The API of barometers: reading what is public needs no account, writing needs a session and its CSRF token."""

from ninja import Router

from metropolis.tools.barometer.api.reading import router as reading
from metropolis.tools.barometer.api.writing import router as writing

router = Router(tags=["Barometers"])
router.add_router("", reading)
router.add_router("", writing)
