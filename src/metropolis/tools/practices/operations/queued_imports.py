"""Taking in a file of practices in the background: it is kept, and a worker goes through it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, MetropolisError
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.tools.practices.models import Import
from metropolis.tools.practices.operations.importing import BATCH, RowOutcome, import_practices, open_import
from metropolis.tools.practices.queries import TOOL, import_key, queued_import

#: Rows of one file, and reasons that are kept of why some were not taken in.
MOST_ROWS = 50_000
_MOST_PROBLEMS = 5_000
#: How long what became of the rows can be read.
_KEEP = timedelta(days=60)


def start_import(*, initiative: str, actor: Person, file: File[bytes], mapping: File[bytes], how: str) -> Import:
    """Keep a file of practices with its mapping, and have a worker take it in.

    `NotAllowed` without the right to import (and to publish, when that is asked for); `InvalidInput` when a file cannot
    be read, the mapping does not fit it, or it has too many rows.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("practices.import_practices")
    if how == Import.How.PUBLISH:
        workspace.require("practices.publish_practice")
    total = _rows_in(file, mapping)
    row = Import(initiative=workspace.initiative, author=actor, how=how, total=total)
    row.language = translation.get_language()
    with transaction.atomic():
        row.file.save(f"{uuid4().hex}{_suffix(file)}", file, save=False)
        row.mapping.save(f"{uuid4().hex}.toml", mapping, save=False)
        row.save()
        enqueue("metropolis.tools.practices.tasks.run_import", key=import_key(row.pk), id=row.pk)
    return row


def _rows_in(file: File[bytes], mapping: File[bytes]) -> int:
    with TemporaryDirectory(prefix="metropolis-import-") as name:
        total, _rows = open_import(_copied(file, Path(name)), _copied(mapping, Path(name)))
    if total > MOST_ROWS:
        message = _("The file has %(total)s rows; a page takes %(most)s. Use the command line, or smaller files.")
        raise InvalidInput(message % {"total": total, "most": MOST_ROWS}, field="file")
    return total


def _copied(file: File[bytes], folder: Path) -> Path:
    path = folder / f"upload{_suffix(file)}"
    with path.open("wb") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
    return path


def _suffix(file: File[bytes]) -> str:
    return Path(file.name or "").suffix.lower()


def run_import(*, id: int) -> None:
    """Take a file in that waits, batch by batch, each in one transaction with how far it is; nothing for another one.

    Called again after it was killed, it goes on where it was.
    """
    row = Import.objects.select_related("initiative", "author").filter(pk=id, state=Import.State.WAITING).first()
    if row is None:
        return
    with translation.override(row.language):
        try:
            _total, rows = open_import(Path(row.file.path), Path(row.mapping.path))
            outcomes = import_practices(
                initiative=row.initiative.slug,
                actor=row.author,
                rows=rows,
                publish=row.how == Import.How.PUBLISH,
                dry_run=row.how == Import.How.CHECK,
            )
            numbered = enumerate(outcomes, start=1)
            while _take_batch(id, numbered):
                pass
        except MetropolisError as error:
            row.refresh_from_db()
            _settle(row, Import.State.REFUSED, error.message)


@transaction.atomic
def _take_batch(id: int, outcomes: Iterator[tuple[int, RowOutcome]]) -> bool:
    """Whether there is more. Outcomes that an earlier attempt has told are left as it told them."""
    row = Import.objects.select_for_update().get(pk=id)
    if row.state != Import.State.WAITING:
        return False
    batch = list(islice(outcomes, BATCH))
    new = [outcome for number, outcome in batch if number > row.done]
    row.done += len(new)
    row.counts = dict(Counter(row.counts) + Counter(outcome.outcome for outcome in new))
    told = [[item.number, item.key, problem.field, problem.reason] for item in new for problem in item.problems]
    row.problems = [*row.problems, *told][:_MOST_PROBLEMS]
    if len(batch) < BATCH:
        _settle(row, Import.State.DONE)
        return False
    row.save()
    return True


@transaction.atomic
def cancel_import(*, id: int, actor: Viewer) -> Import:
    """Stop taking a file in; what is in already stays. `Conflict` when it is over."""
    queued_import(id, actor)
    row = Import.objects.select_for_update().get(pk=id)
    if row.state != Import.State.WAITING:
        raise Conflict(_("This import is over already."))
    _settle(row, Import.State.CANCELLED)
    return row


def forget_imports(*, now: datetime) -> int:
    """Forget what became of files long ago; of how many."""
    return Import.objects.filter(settled_at__lt=now - _KEEP).delete()[0]


def _settle(row: Import, state: Import.State, message: str = "") -> None:
    row.state, row.message, row.settled_at = state, message, timezone.now()
    row.save()
    for kept in (row.file, row.mapping):
        transaction.on_commit(partial(kept.storage.delete, str(kept.name)))
