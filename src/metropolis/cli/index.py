"""``metropolis index``: keep the search index in step with the database, or build it anew."""

import logging
import signal
import subprocess
import sys
import threading

import click

from metropolis.cli.progress import progress_bar
from metropolis.cli.site import SiteCommand
from metropolis.engine_kit import InvalidInput

log = logging.getLogger(__name__)

#: Seconds between two looks at the list of changes, and the longest pause after errors.
PAUSE = 1.0
LONGEST_PAUSE = 60.0
REBUILD = [sys.executable, "-m", "metropolis.cli", "index", "--rebuild"]


@click.command(cls=SiteCommand)
@click.option("--follow", is_flag=True, help="Go on taking changes in until told to stop.")
@click.option("--rebuild", is_flag=True, help="Build the index anew; searches see the old one until it is done.")
def index(*, follow: bool, rebuild: bool) -> None:
    """Bring the search index in step with the database; build it if there is none."""
    from metropolis.tools.exchange.operations import match_waiting, prepare_index, rebuild_index, take_in_changes

    if follow and rebuild:
        raise InvalidInput("Choose one of --follow and --rebuild.", field="rebuild")
    if follow:
        follow_changes()
        return
    with progress_bar("Search index") as progress:
        if rebuild:
            rebuild_index(progress=progress)
        else:
            prepare_index(progress=progress)
    while take_in_changes() or match_waiting():
        pass


def follow_changes() -> None:
    """Take changes in and match needs every second, until SIGTERM or Ctrl-C; after an error go on, ever more slowly."""
    from django.db import close_old_connections

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    pause = PAUSE
    builders: list[subprocess.Popen[bytes]] = []
    while not stop.is_set():
        try:
            close_old_connections()
            busy = one_turn(builders)
        except Exception:  # whatever failed, the changes are still on the list and the next turn may succeed
            log.exception("The search index could not be brought in step; trying again in %.0f s.", pause)
            stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            pause = PAUSE
            stop.wait(0 if busy else PAUSE)
    for builder in builders:
        builder.terminate()


def one_turn(builders: list[subprocess.Popen[bytes]]) -> bool:
    """Build the index if need be, take in some changes, match some needs; whether there was anything to do.

    A rebuild with more encoders, or by a newer version, takes long and so has a process of its own, one at a time.
    """
    from metropolis.tools.exchange.operations import (
        embed_ahead,
        match_waiting,
        prepare_index,
        renew_index,
        take_in_changes,
    )
    from metropolis.tools.exchange.queries import is_up_to_date

    built = prepare_index()
    if not is_up_to_date() and all(builder.poll() is not None for builder in builders):
        builders[:] = [subprocess.Popen(REBUILD)]  # noqa: S603 - our own command
    embed_ahead()
    settled = take_in_changes()
    matched = match_waiting()
    renew_index()
    return bool(built + settled + matched)


COMMANDS = (index,)
