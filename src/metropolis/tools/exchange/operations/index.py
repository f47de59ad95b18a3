"""Keeping the search index in step with the database: docs/decisions tells why it follows the list of changes."""

import fcntl
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict
from metropolis.foundation.history.operations import note_changes, settle_changes
from metropolis.foundation.history.queries import pending_changes, references_in
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import Document, SearchIndex, VectorCache, open_encoder, shipped_bank
from metropolis.tools.exchange.operations.matching import match_arrivals
from metropolis.tools.exchange.operations.saved import note_arrivals
from metropolis.tools.exchange.queries import (
    built_stamp,
    documents,
    every_findable,
    findables,
    ids_in_workspace,
    index,
    index_folder,
    is_built,
    stamp,
)

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

#: Changes looked at in one turn: what is gone leaves the index at once, for all of them.
TURN = 2000
#: Records indexed at a time, and the seconds after which a turn begins no more of them.
BATCH = 5
BUDGET = 1.0
#: Changes whose records are embedded ahead of a turn.
AHEAD = 50
EVERY = 10**9
#: Seconds a reader waits for another process that is indexing.
PATIENCE = 1.5
#: The file in which the engine keeps the vectors of an index.
VECTORS = "vectors.sqlite"


def keep_up() -> None:
    """Before a search: take in pending changes, so that a reader sees what was just done.

    Does nothing while the index is built for the first time, nor when another process keeps it for longer than a reader
    should wait: what was unpublished is then still kept out of the answers, though not yet out of the counts.
    """
    if is_built() and pending_changes(1):
        try:
            take_in_changes(wait=PATIENCE)
        except OSError:
            # A full disk, say: searches go on with the index as it is.
            log.exception("The search index could not be brought in step.")


def take_in_changes(*, wait: float = 60.0) -> int:
    """Bring the index in step with the oldest pending changes; the number of changes settled.

    What is no longer public leaves the index at once, and what is public is indexed anew until `BUDGET` is spent.
    Changes are forgotten only after the index holds them: a crash in between means they are taken in twice, which
    changes nothing.
    """
    until = time.monotonic() + BUDGET
    with _alone(wait) as alone:
        if not alone:
            return 0
        gone = _spread(set(pending_changes(TURN).values()))
        changes = pending_changes(TURN)
        public = visible_references(None, changes.values())
        gone |= set(changes.values()) - public
        if gone:
            index().update([], [str(reference) for reference in gone])
        left = list(dict.fromkeys(reference for reference in changes.values() if reference in public))
        arrived: list[Document] = []
        while left and (len(left) == len(public) or time.monotonic() < until):
            arrived += _index(left[:BATCH])
            left = left[BATCH:]
        note_arrivals(arrived)
        waiting = set(left)
        settled = [change for change, reference in changes.items() if reference not in waiting]
        settle_changes(ids=settled)
    return len(settled)


def _spread(changed: set[Reference]) -> set[Reference]:
    """The records of an initiative appear and vanish with it: note those that appeared, give those that vanished."""
    vanished: set[Reference] = set()
    for initiative in (reference for reference in changed if reference.kind == "initiative"):
        indexed = {Reference.parse(found) for found in ids_in_workspace(initiative.key)}
        public = visible_references(None, references_in(initiative.key) | indexed)
        note_changes(references=public - indexed - changed)
        vanished |= indexed - public
    return vanished


def _index(references: list[Reference]) -> list[Document]:
    found = _offered(references)
    gone = [str(reference) for reference in references if reference not in found]
    arrived = [document for _item, document in found.values()]
    index().update(arrived, gone)
    match_arrivals(item for item, _document in found.values())
    return arrived


def _offered(references: list[Reference]) -> dict[Reference, tuple[Findable, Document]]:
    """What to index. A record its tool fails to offer is logged and left out: it must not keep the others waiting."""
    try:
        found = findables(references)
        return dict(zip(found, zip(found.values(), documents(found.values()), strict=True), strict=True))
    except (DatabaseError, OSError):
        raise
    except Exception:  # a tool's own mistake may be of any kind
        if len(references) == 1:
            log.exception("%s cannot be indexed; it is left out until it changes again.", references[0])
            return {}
        return {key: pair for reference in references for key, pair in _offered([reference]).items()}


def embed_ahead() -> None:
    """Compute the vectors of what changed, so that taking the changes in keeps the index locked only for moments."""
    if changes := pending_changes(AHEAD):
        index().embed([document for _item, document in _offered(list(dict.fromkeys(changes.values()))).values()])


def prepare_index(*, progress: Progress | None = None) -> bool:
    """Build the index if there is none, with the first of the encoders; whether it was built.

    The others are slow, and a site need not wait for them: see `rebuild_index`.
    """
    if is_built():
        return False
    _rebuild(settings.SEARCH_ENCODERS[:1], progress)
    return True


def rebuild_index(*, progress: Progress | None = None) -> int:
    """Build the index anew from the database, with all encoders of the settings; the number of documents in it.

    Until it is done searches see the old one, and a rebuild that is killed leaves it as it was. `progress` gets steps
    done and in all. `Conflict` when another process is building it.
    """
    return _rebuild(settings.SEARCH_ENCODERS, progress)


def _rebuild(encoders: Sequence[str], progress: Progress | None) -> int:
    fresh = SearchIndex.create(index_folder(), encoders)
    # The long part comes first and keeps nobody waiting; what changes meanwhile is embedded in the second part.
    fresh.embed(list(documents(every_findable())), encoders=encoders, progress=progress)
    questions = [question.text for question in shipped_bank().questions]
    for name in encoders:
        VectorCache(index_folder() / VECTORS).encode(open_encoder(name), questions, query=True, progress=progress)
    with _alone(1.0) as alone:
        if not alone:
            raise Conflict(_("Another process is building the index; wait until it is done."))
        # Noted before anything is read: what changes from here on stays pending and is taken in afterwards.
        changes = pending_changes(EVERY)
        found = list(documents(every_findable()))
        fresh.rebuild(found, encoders=encoders)
        _write(built_stamp(), stamp(encoders))
        changed = {str(reference) for reference in changes.values()}
        note_arrivals(document for document in found if document.id in changed)
        settle_changes(ids=changes)
    fresh.draw_graphs(progress=progress)
    return len(found)


def renew_index() -> None:
    """Rebuild the index when so much has changed in it that searches gain by it, and draw the graphs that it lacks."""
    if index().worn:
        rebuild_index()
    index().draw_graphs()


def warm_vectors(path: Path) -> None:
    """Give the index vectors saved by `save_vectors`, so that the texts they belong to need no embedding."""
    index_folder().mkdir(parents=True, exist_ok=True)
    VectorCache(index_folder() / VECTORS).take_in(path)


def save_vectors(path: Path, *, encoders: Sequence[str], progress: Progress | None = None) -> None:
    """Write to a file every vector that an index of the present public records needs."""
    with TemporaryDirectory() as folder:
        scratch = SearchIndex.create(Path(folder), encoders)
        found = list(documents(every_findable()))
        scratch.embed(found, encoders=encoders, progress=progress)
        scratch.rebuild(found)
        with closing(sqlite3.connect(Path(folder) / VECTORS)) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))


def _write(path: Path, text: str) -> None:
    """Write a small file in one step, so that it is there whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text)
    draft.replace(path)


@contextmanager
def _alone(wait: float) -> Iterator[bool]:
    """Hold the lock of those who write the index; gives False when others held it for `wait` seconds.

    Records are read from the database under the lock, so that no process can overwrite a newer text by an older one.
    The lock ends with the process, however it ends.
    """
    path = index_folder().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait
    with path.open("w") as lock:
        while not (alone := _locked(lock.fileno())) and time.monotonic() < until:
            time.sleep(0.02)
        yield alone


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
