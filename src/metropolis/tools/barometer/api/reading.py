"""Reading barometers and their editions by the API."""

from metropolis.tools.barometer.api.router import router

__all__ = ["router"]
