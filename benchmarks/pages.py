"""How fast whole pages are with 100,000 practices, how much memory their server takes, and how soon a change is seen.

    python benchmarks/pages.py [--practices 100000] [--folder FOLDER] [--requests 400]

It makes a network of invented practices in a data folder of its own, on SQLite, builds the index without embedding, and
serves it by `metropolis serve`, with two server processes. What is in FOLDER already is used again; without one, all is
made anew in a temporary folder. The figures are those of the client, one connection after the other or eight at once,
which share the cores with the servers; beside them stands the processor's time of the servers for each page.
Searches are made anew each time. Lists and records that a visitor sees are kept for others for some seconds, so that
of these one connection shows what making them takes, and eight at once what giving them out again does.
"""

# ruff: noqa: PLC0415 - Django and what needs it are imported once the data folder is set

import argparse
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np
import psutil
from invented_network import INITIATIVE, STEWARD, Composer, build_index, city_labels, fill_database

HOST = "127.0.0.1"
CONNECTIONS = 8
WARM_UP = 60
CHANGES = 5
READY_WITHIN = 300  # seconds
FILTERS = (
    {},
    {"theme": "sustainability"},
    {"region": "005", "theme": ["governance", "urban-innovation"]},
    {"country": ["BR", "MX", "IN"]},
    {"kind": "practice", "status": "running", "size": "large"},
    {"language": "es", "climate": "C"},
    {"sort": "fit"},
    {"page": "3"},
)
LISTS = (
    {},
    {"page": "2"},
    {"page": "2500"},
    {"sort": "title"},
    {"sort": "city"},
    {"sort": "completeness"},
    {"sort": "newest_start"},
    {"theme": "sustainability"},
    {"country": "BR"},
    {"status": "pilot", "language": "fr"},
)


class Page(NamedTuple):
    """A page that is asked for: its address, and the language of who asks."""

    path: str
    reader: str = "en"


class Servers:
    """The processes of a site that is served."""

    def __init__(self, serve: int) -> None:
        parts = psutil.Process(serve).children()
        self.follower = next(part for part in parts if "index" in part.cmdline())
        supervisor = next(part for part in parts if "granian" in part.cmdline())
        self.workers = [part for part in supervisor.children() if "resource_tracker" not in " ".join(part.cmdline())]

    def busy(self) -> float:
        """The processor's seconds that the workers have used so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers)


def show(label: str, figure: str, target: str = "") -> None:
    """One line of the report, with the load of the machine while it was measured."""
    line = f"  {label:<42} {figure:<62} {f'target {target}' if target else ''}"
    print(f"{line.rstrip()}  [load {os.getloadavg()[0]:.1f}]", flush=True)


def machine() -> None:
    """What this runs on."""
    subprocess.run([sys.executable, Path(__file__).parents[1] / "scripts" / "machine.py"], check=True)


def prepare(folder: Path, practices: int) -> None:
    """Fill the database and build the index, unless they are there; say how long it took."""
    import django

    django.setup()
    from metropolis.tools.exchange.queries import is_built

    if not (folder / "metropolis.sqlite3").exists():
        began = time.perf_counter()
        fill_database(practices)
        show(f"database of {practices:,} practices filled", f"{time.perf_counter() - began:.0f} s")
    if not is_built():
        count, steps = build_index()
        for name, seconds, busy in steps:
            target = "30 s" if "built" in name else ""
            show(f"{count:,} documents {name}", f"{seconds:.1f} s (processor {busy:.1f} s)", target)


@contextmanager
def served() -> Iterator[tuple[int, Servers]]:
    """Serve the site on a free port while the context lasts: the port, and the processes."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "metropolis.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        began = time.perf_counter()
        while "Metropolis is at" not in (line := process.stdout.readline() if process.stdout else ""):
            if (not line and process.poll() is not None) or time.perf_counter() - began > READY_WITHIN:
                raise SystemExit("The site did not start.")
        show("started, and the first page answered", f"{time.perf_counter() - began:.1f} s")
        time.sleep(2)
        yield port, Servers(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(connection: HTTPConnection, page: Page) -> tuple[float, bytes]:
    """Get a page whole: milliseconds, and what it holds."""
    began = time.perf_counter()
    connection.request("GET", page.path, headers={"Accept-Language": page.reader})
    answer = connection.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - began) * 1000
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise SystemExit(f"{page.path} answered {answer.status}: {content[:300]!r}")
    return taken, content


def asked_by(port: int, pages: Sequence[Page]) -> list[float]:
    """The milliseconds each page took over one connection."""
    connection = HTTPConnection(HOST, port, timeout=60)
    times = [ask(connection, page)[0] for page in pages]
    connection.close()
    return times


def measure(label: str, port: int, servers: Servers, pages: Sequence[Page], target: str = "") -> None:
    """Ask for all pages over one connection, then over eight at once, and show how long they took."""
    asked_by(port, pages[:WARM_UP])
    for connections in (1, CONNECTIONS):
        busy, began = servers.busy(), time.perf_counter()
        with ThreadPoolExecutor(connections) as pool:
            parts = pool.map(asked_by, [port] * connections, [pages[n::connections] for n in range(connections)])
            times = [taken for part in parts for taken in part]
        seconds = time.perf_counter() - began
        p50, p95 = np.percentile(times, [50, 95])
        cost = (servers.busy() - busy) / len(times) * 1000
        figure = f"p50 {p50:5.0f}  p95 {p95:5.0f} ms  {len(times) / seconds:5.0f}/s  processor {cost:4.0f} ms"
        show(f"{label}, {connections} at once", figure, target)


def questions(count: int) -> Iterator[dict[str, str | list[str]]]:
    """What is asked of the search, no two alike: words, most times a city, and filters."""
    composer, cities = Composer(3), city_labels()
    for number, filters in zip(range(count), cycle(FILTERS), strict=False):
        city = {"city": next(cities)} if number % 4 or "sort" in filters else {}
        yield {"q": composer.question(), **city, **filters}


def pages_of(path: str, queries: Sequence[dict[str, str | list[str]]]) -> list[Page]:
    """The pages at one address that these queries ask for, by readers of several languages."""
    readers = cycle(("en", "es", "fr", "ar"))
    return [
        Page(f"{path}?{urlencode(query, doseq=True)}", reader) for query, reader in zip(queries, readers, strict=False)
    ]


def change_seen(port: int, practices: int) -> list[float]:
    """Give practices another title, and count the seconds until a search for it finds them."""
    from metropolis.foundation.accounts.queries import person_by_email
    from metropolis.tools.practices.operations import change_practice
    from metropolis.tools.practices.queries import practice, practice_content

    actor, chance = person_by_email(STEWARD), random.Random(5)  # noqa: S311 - invented data need no secrecy
    connection, times = HTTPConnection(HOST, port, timeout=60), []
    for number in range(CHANGES):
        slug = f"practice-{chance.randint(1, practices)}"
        word = f"zanzibar{number}{time.time_ns()}"
        content = practice_content(practice(slug, actor)[0])
        change_practice(slug=slug, actor=actor, content=content.model_copy(update={"title": f"The {word} plan"}))
        began = time.perf_counter()
        while word.encode() not in ask(connection, Page(f"/api/search?{urlencode({'q': word, 'limit': 5})}"))[1]:
            if time.perf_counter() - began > READY_WITHIN:
                raise SystemExit(f"The change of {slug} is not found.")
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def memory(label: str, process: psutil.Process, target: str = "") -> None:
    """What a process holds: all it has in memory, its share of it, and what it alone has."""
    held = process.memory_full_info()
    told = {"RSS": held.rss, "PSS": held.pss, "USS": held.uss}
    show(label, "  ".join(f"{name} {size / 2**20:,.0f} MB" for name, size in told.items()), target)


def run(folder: Path, practices: int, requests: int) -> None:
    """Make the network, serve it, and print the report."""
    prepare(folder, practices)
    asked = list(questions(requests))
    few = max(requests // 4, 40)
    chance = random.Random(4)  # noqa: S311 - invented data need no secrecy
    single = [Page(f"/practices/practice-{chance.randint(1, practices)}/") for _ in range(few)]
    lists = [{**query} for query, _ in zip(cycle(LISTS), range(few), strict=False)]
    api = [{name: value for name, value in query.items() if name != "page"} for query in asked]
    with served() as (port, servers):
        print("\n  whole pages, warm")
        measure("search", port, servers, pages_of("/search/", asked), "p95 120 ms")
        measure("/api/search", port, servers, pages_of("/api/search", api))
        measure("points of the map", port, servers, pages_of("/search/points/", asked[:few]))
        measure("home", port, servers, [Page("/")] * few)
        measure("list of practices", port, servers, pages_of("/practices/", lists))
        measure("a practice", port, servers, single)
        measure("the initiative", port, servers, [Page(f"/initiatives/{INITIATIVE}/")] * few)
        print("\n  memory and freshness")
        seen = change_seen(port, practices)
        show("a change is found", f"median {np.median(seen):.2f} s, worst of {len(seen)} {max(seen):.2f} s", "1 s")
        for worker in servers.workers:
            memory("a server process", worker, "1,024 MB")
        memory("the process that keeps the index fresh", servers.follower)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--practices", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the data there for the next run")
    parser.add_argument("--requests", type=int, default=400, help="searches asked for")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    with TemporaryDirectory(prefix="metropolis-pages-") as temporary:
        folder = (chosen.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {
            "METROPOLIS_DATA_FOLDER": str(folder),
            "METROPOLIS_HTTPS": "false",
            "METROPOLIS_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "metropolis.web.settings",
            "OPENBLAS_NUM_THREADS": "1",
        }
        machine()
        print(f"psutil {psutil.__version__}, SQLite {sqlite3.sqlite_version}, {chosen.practices:,} practices")
        run(folder, chosen.practices, chosen.requests)


if __name__ == "__main__":
    main()
