"""What an attacker tries: huge and evil uploads, forms of other sites, addresses that lead away, other hosts' names."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse

from metropolis.foundation.documents.models import Publication

from .world import SLUGS, World, pages, routes, undone

TWO_GIGABYTES = 2 * 1024**3
EVIL = "evil.example"
#: What another site may send: it sets a language, mail programs end mails with one click (RFC 8058), and what other
#: weights would make of a ranking is computed and changes nothing.
FROM_ANYWHERE = {
    "set_language",
    "following:unsubscribe",
    "POST /api/barometers/{slug}/editions/{label}/what-if",
}

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def every_address(world: World) -> list[tuple[str, str]]:
    """The address of each page, with the parts of what there is."""
    found = []
    for name, page in pages():
        room = name.partition(":")[0]
        parts: dict[str, Any] = dict.fromkeys(page.pattern.converters, "1")
        parts |= {"slug": SLUGS.get(room, "the-initiative"), "path": "practices/the-practice/", "section": "why"}
        parts |= {"label": "the-edition", "unit": "aurelia"}
        parts |= {"kind": "practice", "key": "the-practice", "city_id": world.city.pk, "language": "fr"}
        try:
            found.append((name, reverse(name, kwargs={key: parts[key] for key in page.pattern.converters})))
        except NoReverseMatch:  # a part that is a name of its own, such as the number of a task
            continue
    assert len(found) > 100
    return found


@pytest.fixture(scope="module")
def site(served: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with served(tmp_path_factory.mktemp("site")) as started:
        yield started


@pytest.mark.parametrize("length", [f"Content-Length: {TWO_GIGABYTES}", "Transfer-Encoding: chunked"])
def test_an_upload_of_two_gigabytes_is_refused_without_being_read(site: Any, length: str):
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as line:
        head = (
            f"POST /publications/add/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}\r\nContent-Type: application/pdf\r\n\r\n"
        )
        line.sendall(head.encode())
        line.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")  # a piece, as chunks are written
        answer = line.recv(4096).decode("latin-1")
    assert answer.startswith(("HTTP/1.1 413", "HTTP/1.1 411"))


@pytest.mark.parametrize("field", ["file", "cover"])
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.svg", SVG, "image/svg+xml"),
        ("a.png", SVG, "image/png"),
        ("a.html", HTML, "text/html"),
        ("a.pdf", HTML, "application/pdf"),
        ("a.pdf", b"%PDF-1.4\n" + HTML, "application/pdf"),
    ],
)
def test_an_upload_that_a_browser_would_run_is_refused(world: World, field: str, name: str, content: bytes, kind: str):
    told = {"initiative": "the-initiative", "title": "A report", "language": "en"}
    upload = SimpleUploadedFile(name, content, kind)
    before = Publication.objects.count()
    answer = world.client("author").post(reverse("documents:add"), told | {field: upload})
    assert answer.context["form"].errors.keys() == {field}
    assert Publication.objects.count() == before


def test_what_was_uploaded_is_given_as_nothing_else(world: World):
    world.show("public")
    for address, kind in (("file", "application/pdf"), ("cover", "image/webp")):
        answer = world.client("visitor").get(f"/publications/the-publication/{address}/")
        answer.getvalue()
        assert answer["Content-Type"] == kind
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_no_form_of_another_site_is_taken(world: World):
    world.show("public")
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client("secretariat").cookies
    taken = []
    for name, address in every_address(world):
        with undone():
            answer = client.post(address, {"visibility": "public", "role": "4"})
        if name not in FROM_ANYWHERE and answer.status_code not in {403, 405}:
            taken.append(f"{name}: {answer.status_code}")
    parts = {"slug": "the-practice", "language": "fr", "label": "the-edition", "comment_id": "1"}
    for route in routes():
        method, path = route.split()
        if method != "GET":
            answer = client.generic(method, path.format(**parts), "{}", "application/json")
            if route not in FROM_ANYWHERE and answer.status_code != 403:
                taken.append(f"{route}: {answer.status_code}")
    assert taken == []


@pytest.mark.parametrize("target", [f"https://{EVIL}/", f"//{EVIL}/", f"/\\{EVIL}"])
def test_no_address_leads_to_another_site(world: World, target: str):
    world.show("public")
    names = ("next", "url", "redirect", "return", "back", "to", "continue", "redirect_to")
    led = []
    for who in ("visitor", "steward"):
        client = world.client(who)
        cookies = client.cookies.copy()
        for name, address in every_address(world):
            for method in (client.get, client.post):
                with undone():
                    answer = method(f"{address}?{'&'.join(f'{word}={target}' for word in names)}")
                answer.getvalue()  # reads a file to its end, which closes it
                client.cookies = cookies.copy()
                there = urlsplit(answer.get("Location", "").replace("\\", "/").replace("\t", ""))
                if there.netloc not in {"", "testserver"}:
                    led.append(f"{name}: {answer['Location']}")
    assert led == []


@pytest.mark.parametrize("host", [EVIL, f"localhost.{EVIL}", f"localhost@{EVIL}", "localhost:80:80"])
def test_the_site_answers_to_no_other_name(client: Client, host: str):
    assert client.get("/about/", headers={"host": host}).status_code == 400


def test_no_proxy_that_is_not_ours_renames_the_site(world: World):
    world.show("public")
    forged = {"x-forwarded-host": EVIL, "x-host": EVIL, "forwarded": f"host={EVIL}", "x-original-url": "/account/"}
    client = world.client("visitor")
    for address in ("/", "/sitemap.xml", "/robots.txt", "/feeds/practices/", "/practices/the-practice/"):
        answer = client.get(address, headers=forged)
        assert answer.status_code == 200
        assert EVIL not in answer.content.decode()
