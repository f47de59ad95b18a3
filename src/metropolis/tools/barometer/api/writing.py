"""Making barometers and their editions by the API."""

from ninja import Router

router = Router()
