"""Loading the demonstration network through the same operations as anybody's data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from importlib.resources import as_file

from django.db import transaction
from django.utils import timezone

from metropolis.demo.care_barometer.loading import load_barometer, load_edition, load_translations
from metropolis.demo.care_barometer.world import YEARS
from metropolis.demo.experts import expert_rows, load_expert
from metropolis.demo.files import VECTORS
from metropolis.demo.initiatives import initiative_rows, load_initiative
from metropolis.demo.needs import load_need, need_rows
from metropolis.demo.people import give_roles, open_accounts
from metropolis.demo.practices import load_practice, practice_rows
from metropolis.demo.publications import load_publication, publication_rows
from metropolis.foundation.accounts.models import Person
from metropolis.tools.exchange.operations import warm_vectors

Progress = Callable[[int, int], None]


def load_demonstration(*, progress: Progress | None = None, today: date | None = None) -> int:
    """Load the whole demonstration network into a site without accounts, or nothing; the number of records loaded.

    A site that has accounts, be they the demonstration's own, is left as it is, and 0 returned: everybody can read the
    password of the accounts that would be opened. Places and vocabularies must be there. What depends on the day, such
    as the end of an expert's validation, is counted from `today`. `progress` gets records done and in all.

    The search index gets the ready-made vectors of all texts first, so that it is built without embedding them.
    """
    if Person.objects.exists():
        return 0
    with as_file(VECTORS) as path:
        warm_vectors(path)
    return load_records(progress=progress, today=today)


@transaction.atomic
def load_records(*, progress: Progress | None = None, today: date | None = None) -> int:
    """Load every record of the demonstration network, or none; how many they are."""
    day = today or timezone.localdate()
    now = datetime.combine(day, time(), UTC)
    accounts = open_accounts()
    steps = [
        *(partial(load_initiative, row, accounts) for row in initiative_rows()),
        partial(give_roles, accounts),
        *(partial(load_publication, row, accounts) for row in publication_rows()),
        *(partial(load_practice, row, accounts) for row in practice_rows()),
        *(partial(load_expert, row, accounts, day) for row in expert_rows()),
        *(partial(load_need, row, accounts, day) for row in need_rows()),
        partial(load_barometer, accounts),
        *(partial(load_edition, year, accounts, now) for year in YEARS),
        partial(load_translations, accounts),
    ]
    for done, step in enumerate(steps, start=1):
        step()
        if progress:
            progress(done, len(steps))
    return len(steps)
