"""The practices of the demonstration: real ones, each from public pages that were read, with a quotation as proof."""

from typing import Any

from metropolis.demo.files import read_folder
from metropolis.demo.initiatives import NETWORK
from metropolis.demo.people import Accounts
from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.queries import terms
from metropolis.tools.practices.operations import add_practice, set_practice_visibility
from metropolis.tools.practices.values import PracticeInput

#: Which initiative gathers practices of a topic or of the topic above it; all others are in the network's own.
GATHERED_BY = {
    "airport-areas": "sustainable-airport-area",
    "mobility": "sustainable-mobility",
    "culture": "creative-cities",
    "planning": "integrated-urban-governance",
    "governance": "integrated-urban-governance",
}
#: What the files call otherwise than a practice does.
_RENAMED = {"started": "started_on", "ended": "ended_on", "known_adopters": "adopters"}


class PracticeRow(Value):
    """A line of `practices/`: the practice, its slug and the initiative that gathers it."""

    slug: str
    initiative: str
    content: PracticeInput


def practice_rows() -> list[PracticeRow]:
    """Every practice of the demonstration."""
    above = {term.code: term.parent.code for term in terms("topic") if term.parent}
    return [_row(line, above) for line in read_folder("practices")]


def load_practice(row: PracticeRow, accounts: Accounts) -> None:
    """Add a practice and publish it, as the secretariat."""
    actor = accounts.secretariat
    add_practice(initiative=row.initiative, actor=actor, content=row.content, slug=row.slug)
    set_practice_visibility(slug=row.slug, actor=actor, visibility=Visibility.PUBLIC)


def _row(line: dict[str, Any], above: dict[str, str]) -> PracticeRow:
    first = line["topics"][0]
    initiative = GATHERED_BY.get(first) or GATHERED_BY.get(above.get(first, "")) or NETWORK
    return PracticeRow(slug=line["key"], initiative=initiative, content=_content(line))


def _content(line: dict[str, Any]) -> PracticeInput:
    told = {_RENAMED.get(name, name): value for name, value in line.items()}
    del told["key"], told["organisation_kind"]
    told |= {f"cost_{name}": value for name, value in told.pop("cost", {}).items()}
    told["themes"] = [told.pop("theme")]
    told["sdgs"] = [str(goal) for goal in told["sdgs"]]
    told["actions"] = "\n".join(told["actions"])
    return PracticeInput.model_validate(told)
