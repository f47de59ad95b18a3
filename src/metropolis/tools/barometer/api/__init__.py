"""The API of barometers: reading what is public needs no account, writing needs a session and its CSRF token."""

# What these modules define puts itself into the router.
from metropolis.tools.barometer.api import reading, writing
from metropolis.tools.barometer.api.router import router

__all__ = ["reading", "router", "writing"]
