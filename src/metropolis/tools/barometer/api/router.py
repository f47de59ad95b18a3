"""The one router of the tool: reading and writing share addresses."""

from ninja import Router

router = Router(tags=["Barometers"])
