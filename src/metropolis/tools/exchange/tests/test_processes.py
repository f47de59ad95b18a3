"""Several processes on one index, and processes that are killed at the worst moment."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from metropolis.tools.exchange.engine import Query, SearchIndex

PATIENCE = 120.0


class Site:
    """A site in a folder of its own, served by processes of its own. What the test reads, it reads from disk."""

    def __init__(self, folder: Path, empty_index: Path) -> None:
        self.folder = folder
        self.index = folder / "search" / "index"
        self.started: list[subprocess.Popen[bytes]] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("METROPOLIS_")}
        self.environment = kept | {
            "METROPOLIS_DATA_FOLDER": str(folder),
            "METROPOLIS_HTTPS": "false",
            "METROPOLIS_SECRET_KEY": "secret of the tests" * 3,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        shutil.copytree(empty_index, folder / "search")
        self.python("from django.core.management import call_command", "call_command('migrate', verbosity=0)")

    def python(self, *lines: str) -> None:
        """Run statements in a process of the site."""
        set_up = ("import django", "django.setup()")
        command = [sys.executable, "-c", "\n".join((*set_up, *lines))]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stderr

    def start_initiatives(self, *titles: str) -> None:
        self.python(
            "from metropolis.tools.exchange.tests.factories import PersonFactory, an_initiative",
            "PersonFactory.reset_sequence(__import__('time').time_ns())",
            f"for title in {titles!r}: an_initiative(title)",
        )

    def run(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "metropolis.cli", *words]
        process = subprocess.Popen(command, env=self.environment)
        self.started.append(process)
        return process

    def changes(self) -> int:
        with closing(sqlite3.connect(self.folder / "metropolis.sqlite3", timeout=20)) as connection:
            return int(connection.execute("SELECT count(*) FROM history_change").fetchone()[0])

    def found(self) -> list[str]:
        """The titles in the index, as this process sees it."""
        if not self.index.with_suffix(".built").is_file():
            return []
        return sorted(hit.title for hit in SearchIndex.open(self.index).search(Query(limit=1000)).hits)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


@pytest.fixture
def site(tmp_path: Path, empty_index: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site", empty_index)
    yield site
    for process in site.started:
        process.kill()
        process.wait()


def test_a_follower_killed_in_the_middle_leaves_nothing_missing_and_nothing_doubled(site: Site) -> None:
    titles = [f"Canal bank number {number:02}" for number in range(30)]
    first = site.run("index", "--follow")
    wait_until(lambda: site.index.with_suffix(".built").is_file())
    site.start_initiatives(*titles)
    wait_until(lambda: 0 < len(site.found()) < len(titles) or site.changes() < len(titles))
    first.kill()
    first.wait()
    second = site.run("index", "--follow")
    wait_until(lambda: site.changes() == 0)
    assert site.found() == titles
    site.start_initiatives("What another process did")
    wait_until(lambda: "What another process did" in site.found())
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=PATIENCE) == 0


def test_a_rebuild_killed_half_way_leaves_the_old_index_serving(site: Site) -> None:
    titles = [f"Canal bank number {number:02}" for number in range(20)]
    site.start_initiatives(*titles)
    assert site.run("index").wait(timeout=PATIENCE) == 0
    assert site.found() == titles
    generations = len(list(site.index.glob("g*")))
    rebuild = site.run("index", "--rebuild")
    wait_until(lambda: len(list(site.index.glob("g*"))) > generations or rebuild.poll() is not None)
    rebuild.kill()
    rebuild.wait()
    assert site.found() == titles
    assert site.run("index", "--rebuild").wait(timeout=PATIENCE) == 0
    assert site.found() == titles
