"""The API of the tool."""

from ninja import Router

router = Router()
