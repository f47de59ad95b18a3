"""How many pages and static files a second the site serves: the demonstration network, as `metropolis serve` serves it.

    python benchmarks/serving.py [--folder FOLDER] [--seconds 10] [--address http://127.0.0.1:8000]

Eight connections ask for typical pages again and again, as a visitor and as a member who is signed in, and for static
files. The client is one process without threads, because it shares the cores with the servers; beside the figures it
sees stands the processor's time that the servers took for each request, which does not depend on what else the machine
does. What is in FOLDER is used again. With an address, a site that is served already is asked (without processor time).
"""

import argparse
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import numpy as np
import psutil

CONNECTIONS = 8
READY_WITHIN = 300  # seconds
MEMBER = {"email": "officer.rosario@demo.example", "password": "invented-for-all"}
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Connection:
    """One connection that asks for the next path as soon as it has the last answer."""

    def __init__(self, host: str, port: int, paths: Iterator[str], headers: str) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.paths, self.headers = paths, f" HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}\r\n"
        self.answer, self.size, self.began = b"", 0, 0.0

    def ask(self) -> None:
        """Send the next request."""
        self.answer, self.size, self.began = b"", 0, time.perf_counter()
        self.socket.sendall(f"GET {next(self.paths)}{self.headers}".encode())

    def has_all(self) -> bool:
        """Read what has come; whether the answer is whole. Anything but 200 ends the run."""
        self.answer += self.socket.recv(1 << 20)
        if not self.size and (end := self.answer.find(b"\r\n\r\n")) >= 0:
            head = self.answer[: end + 2]
            length = LENGTH.search(head)
            if not head.startswith(b"HTTP/1.1 200") or length is None:
                raise SystemExit(f"Not as expected: {head[:300]!r}")
            self.size = end + 4 + int(length[1])
        return 0 < self.size <= len(self.answer)


def ask_for(address: str, paths: Sequence[str], headers: str, seconds: float) -> tuple[list[float], float, float]:
    """Ask for the paths in turn over all connections: milliseconds of each answer, seconds in all, bytes of one."""
    parts, turn = urlsplit(address), cycle(paths)
    waiting, times, size = selectors.DefaultSelector(), [], 0
    connections = [Connection(parts.hostname or "", parts.port or 80, turn, headers) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for connection in connections:
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    while (now := time.perf_counter()) - began < seconds:
        for key, _events in waiting.select(1):
            if key.data.has_all():
                times.append((time.perf_counter() - key.data.began) * 1000)
                size += key.data.size
                key.data.ask()
    for connection in connections:
        connection.socket.close()
    return times, now - began, size / max(len(times), 1)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the demonstration while the context lasts: its address, and the process above all its servers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"METROPOLIS_DATA_FOLDER": str(folder), "METROPOLIS_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "metropolis.cli", "serve", "--demonstration", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        began = time.perf_counter()
        while "Metropolis is at" not in (line := process.stdout.readline() if process.stdout else ""):
            if (not line and process.poll() is not None) or time.perf_counter() - began > READY_WITHIN:
                raise SystemExit("The site did not start.")
        time.sleep(5)  # until the follower and the worker have nothing to do
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def servers_of(site: psutil.Process | None) -> list[psutil.Process]:
    """The processes that answer requests."""
    children = site.children(recursive=True) if site else []
    return [process for process in children if "granian" in process.cmdline()]


def busy(servers: Sequence[psutil.Process]) -> float:
    """The processor's seconds these processes have used so far."""
    return sum(sum(server.cpu_times()[:2]) for server in servers)


class Asked(NamedTuple):
    """What is asked for: what it is called, the paths, and the headers of each request."""

    label: str
    paths: Sequence[str]
    headers: str


def measure(address: str, asked: Asked, seconds: float, servers: Sequence[psutil.Process]) -> None:
    """Ask once to warm up, then for `seconds`, and print the figures."""
    ask_for(address, asked.paths, asked.headers, 1)
    before = busy(servers)
    times, taken, size = ask_for(address, asked.paths, asked.headers, seconds)
    cost = f"processor {(busy(servers) - before) / len(times) * 1000:5.2f} ms" if servers else ""
    p50, p95 = np.percentile(times, [50, 95])
    rate = f"{len(times) / taken:6.0f}/s  p50 {p50:6.1f}  p95 {p95:6.1f} ms  {size / 1024:6.1f} kB"
    print(f"  {asked.label:<34} {rate}  {cost}  [load {os.getloadavg()[0]:.1f}]", flush=True)


def some(address: str, path: str, pattern: str, most: int = 20) -> list[str]:
    """The addresses on a page that look like `pattern`."""
    with build_opener().open(address + path) as answer:
        found = re.findall(pattern, answer.read().decode())
    return list(dict.fromkeys(found))[:most] or sys.exit(f"{path} has no address like {pattern}")


def signed_in(address: str) -> str:
    """The header of somebody who is signed in."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar))
    page = browser.open(f"{address}/account/sign-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    browser.open(
        f"{address}/account/sign-in/", urlencode(MEMBER | {"csrfmiddlewaretoken": token[1]}).encode() if token else b""
    )
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    return f"Cookie: {cookies}\r\n" if "sessionid" in cookies else sys.exit("Nobody could sign in.")


def run(address: str, seconds: float, site: psutil.Process | None) -> None:
    """Measure all kinds of page, and print the report."""
    servers = servers_of(site)
    practices = some(address, "/practices/", r'href="(/practices/(?!add|import)[^/"]+/)"')
    initiatives = some(address, "/initiatives/", r'href="(/initiatives/(?!add|mine|rights)[^/"]+/)"')
    static = some(address, "/", r'(/static/pages/[^"]+\.css)')
    english, arabic = "Accept-Language: en\r\nAccept-Encoding: br\r\n", "Accept-Language: ar\r\nAccept-Encoding: br\r\n"
    member = english + signed_in(address)
    print(f"\n  {CONNECTIONS} connections, {seconds:g} s each; target 150/s, p95 120 ms; static 2,500/s")
    for row in (
        ("about (no queries)", ["/about/"], english),
        ("a practice", practices, english),
        ("a practice, in Arabic", practices, arabic),
        ("a practice, signed in", practices, member),
        ("an initiative", initiatives, english),
        ("an initiative, signed in", initiatives, member),
        ("list of practices", ["/practices/"], english),
        ("list of initiatives", ["/initiatives/"], english),
        ("API: a practice", [f"/api{path.rstrip('/')}" for path in practices], english),
        ("static files", static, english),
    ):
        measure(address, Asked(*row), seconds, servers)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="keep the data there for the next run")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--address", help="a demonstration that is served already")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    subprocess.run([sys.executable, Path(__file__).parents[1] / "scripts" / "machine.py"], check=True)
    if chosen.address:
        run(chosen.address.rstrip("/"), chosen.seconds, None)
        return
    with TemporaryDirectory(prefix="metropolis-serving-") as temporary:
        folder = (chosen.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with served(folder) as (address, site):
            run(address, chosen.seconds, site)


if __name__ == "__main__":
    main()
