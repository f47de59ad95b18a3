"""The needs and offers of the demonstration: invented, and marked so; no city has stated them."""

from datetime import date, timedelta

from metropolis.demo.files import read
from metropolis.demo.people import Accounts
from metropolis.foundation.records.values import Visibility
from metropolis.tools.exchange.operations import add_need, set_need_visibility
from metropolis.tools.exchange.values import NeedInput


class NeedRow(NeedInput):
    """A row of `needs.json`; it is open for a number of days from the day it is loaded."""

    slug: str
    initiative: str
    author: str = ""
    open_for_days: int

    def content(self, today: date) -> NeedInput:
        """What the need or offer says."""
        told = self.model_dump(include=set(NeedInput.model_fields))
        moved = {
            "open_until": today + timedelta(days=self.open_for_days),
            # A demonstration of some years hence wants nothing for a year that is past.
            "by_when": max(self.by_when, str(today.year)) if self.by_when else "",
        }
        return NeedInput.model_validate(told | moved)


def need_rows() -> list[NeedRow]:
    """Every need and offer of the demonstration."""
    return [NeedRow.model_validate(row) for row in read("needs.json")]


def load_need(row: NeedRow, accounts: Accounts, today: date) -> None:
    """Add a need or an offer and publish it, as its author."""
    actor = accounts.author(row.author)
    content = row.content(today)
    add_need(initiative=row.initiative, actor=actor, content=content, slug=row.slug, is_demonstration=True)
    set_need_visibility(slug=row.slug, actor=actor, visibility=Visibility.PUBLIC)
