"""A site whose server is killed while people save: what was acknowledged is there, once, and found."""

import json
import os
import re
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from http.cookiejar import CookieJar
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

import psutil
import pytest

pytestmark = [pytest.mark.database, pytest.mark.xdist_group("demonstration")]

WRITERS = 3


class Officer:
    """Somebody signed in, who adds practices through the page."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.send("/account/sign-in/", email="officer.rosario@demo.example", password="invented-for-all")

    def send(self, path: str, **fields: str) -> str:
        """Open the page, send its form, and give the address one is led to."""
        page = self.browser.open(self.address + path, timeout=20).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        body = urlencode(fields | {"csrfmiddlewaretoken": token[1]}).encode()
        answer = self.browser.open(self.address + path, body, timeout=20)
        assert answer.status == 200
        return str(answer.url)

    def add(self, title: str) -> bool:
        """Add and publish a practice; whether the site acknowledged it."""
        told = {"title": title, "one_line": "A trial of the network", "summary": f"{title} was saved in a hurry. " * 3}
        led_to = self.send(
            "/practices/add/", **told, city="Rosario, Santa Fe, AR", language="en", status="running", publish="1",
            initiative="metropolis-initiatives",
        )  # fmt: skip
        return "/practices/add/" not in led_to


def _write_until_killed(address: str, writer: int, started: list[int]) -> list[str]:
    acknowledged = []
    try:
        officer = Officer(address)
        for number in count():
            title = f"Crash-proof corridor {writer} {number}"
            if officer.add(title):
                acknowledged.append(title)
            started.append(number)
    except HTTPError:
        raise
    except (OSError, HTTPException):  # the server is gone
        pass
    return acknowledged


def _practices(address: str) -> list[str]:
    titles: list[str] = []
    while True:
        with urllib.request.urlopen(f"{address}/api/practices?limit=100&offset={len(titles)}") as answer:
            page: dict[str, Any] = json.load(answer)
        titles += [row["title"] for row in page["items"]]
        if not page["items"]:
            return titles


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(served: Any, tmp_path: Path):
    with served(tmp_path, demonstration=True) as site, ThreadPoolExecutor(WRITERS) as writers:
        started: list[int] = []
        work = [writers.submit(_write_until_killed, site.address, writer, started) for writer in range(WRITERS)]
        while len(started) < 3 * WRITERS:
            assert not any(one.done() and one.result() is not None for one in work)
            time.sleep(0.01)
        for process in psutil.Process(site.process.pid).children(recursive=True):
            os.kill(process.pid, signal.SIGKILL)
        site.process.kill()
        acknowledged = [title for one in work for title in one.result()]
    assert len(acknowledged) >= WRITERS
    with served(tmp_path, demonstration=True) as site:
        titles = [title for title in _practices(site.address) if title.startswith("Crash-proof corridor")]
        assert sorted(set(titles)) == sorted(titles)
        assert set(acknowledged) <= set(titles)
        with urllib.request.urlopen(f"{site.address}/api/search?q={quote(acknowledged[-1])}") as answer:
            assert acknowledged[-1] in [row["title"] for row in json.load(answer)["items"]]
