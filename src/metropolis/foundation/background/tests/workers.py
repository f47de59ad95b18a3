"""Workers in processes of their own, on the database of the test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

WORK = [sys.executable, "-m", "metropolis.cli", "work", "--lease", "2"]
LONGEST = 90  # seconds

Start = Callable[[], "subprocess.Popen[bytes]"]


@contextmanager
def workers_on_the_test_database(folder: Path, **more: str) -> Iterator[Start]:
    """Give a function that starts a worker; those that still run in the end are killed."""
    name = connection.settings_dict["NAME"]
    environment = os.environ | {"METROPOLIS_LOG_LEVEL": "ERROR", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    if connection.vendor == "sqlite":
        environment["METROPOLIS_DATA_FOLDER"] = str(folder)
        (folder / "metropolis.sqlite3").symlink_to(name)
    else:
        url = urlsplit(settings.ENVIRONMENT.database_url)
        environment["METROPOLIS_DATABASE_URL"] = url._replace(path=f"/{name}").geturl()
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen(WORK, env=environment | more))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
