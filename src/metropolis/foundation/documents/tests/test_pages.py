from http import HTTPStatus
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.tests import files
from metropolis.foundation.documents.tests.factories import publish, stranger
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db

ONE = ("publication", "file", "cover", "change", "translate", "visibility", "delete")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def url(name: str, row: Publication) -> str:
    return reverse(f"documents:{name}", args=[row.slug])


def upload(data: bytes, name: str = "report.pdf", claimed: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, claimed)


def test_the_list_asks_as_much_for_three_as_for_one(client: Client):
    load_vocabularies()
    address = reverse("documents:publications")
    publish(topics=("cycling",))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    publish(topics=("heat",)), publish(topics=("cycling",))
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(three) == len(one)
    assert len(page.context["cards"]) == 3


def test_an_empty_list_says_so_and_a_filter_that_gives_nothing_too(client: Client):
    address = reverse("documents:publications")
    assert "No publications yet" in client.get(address).content.decode()
    assert "No publication fits these filters" in client.get(address, {"year": "1900"}).content.decode()


def test_the_licence_that_is_not_known_is_shown_as_unknown(client: Client):
    assert "unknown" in client.get(url("publication", publish(licence=""))).content.decode()


@pytest.mark.parametrize("name", ONE)
def test_a_draft_and_its_file_are_not_there_for_others(client: Client, name: str):
    row = publish(visibility=Visibility.DRAFT, file=files.pdf("Secret."), cover=files.picture())
    client.force_login(stranger())
    assert client.get(url(name, row)).status_code == HTTPStatus.NOT_FOUND
    client.force_login(member_of(row.initiative, Role.VIEWER))
    assert client.get(url(name, row)).status_code == HTTPStatus.NOT_FOUND
    client.force_login(row.author)
    answer = client.get(url(name, row))
    answer.close()
    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["publication", "file", "cover"])
def test_a_visitor_does_not_find_a_draft(client: Client, name: str):
    row = publish(visibility=Visibility.DRAFT, file=files.pdf(), cover=files.picture())
    assert client.get(url(name, row)).status_code == HTTPStatus.NOT_FOUND


def test_the_file_is_handed_out_to_be_saved_and_locked(client: Client):
    data = files.pdf("Rivers.")
    answer = client.get(url("file", publish(file=data)))
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Disposition"] == 'attachment; filename="initiatives-report.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_no_file_is_served_straight_from_the_folder(client: Client):
    row = publish(file=files.pdf(), cover=files.picture())
    for path in (row.file.name, row.cover.name):
        for prefix in ("/", "/media/", "/files/", "/static/", "/publications/"):
            assert client.get(prefix + path, follow=True).status_code == HTTPStatus.NOT_FOUND
    assert "report" not in Path(row.file.name).name


def test_a_cover_is_a_picture_and_nothing_else(client: Client):
    answer = client.get(url("cover", publish(cover=files.picture())))
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_plain_cover_is_a_picture_whatever_characters_the_title_has(client: Client):
    answer = client.get(url("cover", publish(title="Wa\x0bter \x1b[1m\uffff", publisher="Ci\x01ty")))
    drawn = "".join(ET.fromstring(answer.content).itertext())  # noqa: S314 - our own picture
    assert "Water [1m" in drawn
    assert "City" in drawn


def test_without_a_cover_a_plain_one_is_drawn_with_the_title_escaped(client: Client):
    load_vocabularies()
    row = publish(title="Green <script>alert(1)</script>", themes=("governance",), publisher='"><a>')
    answer = client.get(url("cover", row))
    drawn = answer.content.decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "<script" not in drawn
    assert "<a>" not in drawn
    assert "#6a3fb0" in drawn
    assert "style=" not in drawn


def test_a_contributor_adds_a_publication_with_its_file(client: Client):
    initiative = InitiativeFactory.create()
    client.force_login(member_of(initiative, Role.CONTRIBUTOR))
    sent = {"file": upload(files.pdf("Rivers.")), "cover": upload(files.picture(), "cover.jpg", "image/jpeg")}
    told = {"initiative": initiative.slug, "title": "Report", "language": "en", "year": "2014"} | sent
    answer = client.post(reverse("documents:add"), told)
    row = Publication.objects.get()
    assert answer.url == row.get_absolute_url()
    assert (row.text, row.year, bool(row.cover), row.visibility) == ("Rivers.", 2014, True, "draft")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (files.HTML, "The file is not a PDF"),
        (files.SVG, "The file is not a PDF"),
        (files.ZIP, "The file is not a PDF"),
        (files.EXE, "The file is not a PDF"),
        (files.pdf_with_script(), "contains a script"),
        (files.pdf_with_password(), "protected by a password"),
        (files.pdf_with_attachment(), "other files inside"),
    ],
)
def test_a_file_that_only_claims_to_be_a_pdf_is_refused_in_the_form(client: Client, data: bytes, message: str):
    initiative = InitiativeFactory.create()
    client.force_login(member_of(initiative, Role.CONTRIBUTOR))
    told = {"initiative": initiative.slug, "title": "My report", "language": "en", "file": upload(data)}
    page = client.post(reverse("documents:add"), told).content.decode()
    assert message in page
    assert 'value="My report"' in page
    assert not Publication.objects.exists()


def test_a_file_over_the_limit_is_refused_in_the_form(client: Client, settings: LazySettings):
    settings.UPLOAD_LIMIT = 100
    initiative = InitiativeFactory.create()
    client.force_login(member_of(initiative, Role.CONTRIBUTOR))
    told = {"initiative": initiative.slug, "title": "My report", "language": "en", "file": upload(files.pdf())}
    assert "larger than 100" in client.post(reverse("documents:add"), told).content.decode()


def test_a_body_that_is_far_too_large_is_refused_before_it_is_read(client: Client, settings: LazySettings):
    settings.UPLOAD_LIMIT = 1000
    length = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 2001)
    answer = client.generic("POST", reverse("documents:add"), b"", CONTENT_LENGTH=length)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_nobody_adds_to_an_initiative_that_is_not_theirs(client: Client):
    own, other = InitiativeFactory.create(), InitiativeFactory.create()
    client.force_login(member_of(own, Role.CONTRIBUTOR))
    told = {"initiative": other.slug, "title": "My report", "language": "en"}
    assert "Select a valid choice" in client.post(reverse("documents:add"), told).content.decode()
    assert not Publication.objects.exists()


def test_a_visitor_is_asked_to_sign_in_before_adding(client: Client):
    assert client.get(reverse("documents:add")).url.startswith("/account/sign-in/?next=")


@pytest.mark.parametrize("name", ["change", "translate", "visibility", "delete"])
def test_another_contributor_may_not_change_a_publication(client: Client, name: str):
    row = publish()
    client.force_login(member_of(row.initiative, Role.CONTRIBUTOR))
    for answer in (client.get(url(name, row)), client.post(url(name, row))):
        assert answer.status_code == HTTPStatus.FORBIDDEN
    assert url(name, row) not in client.get(url("publication", row)).content.decode()


def test_a_change_without_a_file_keeps_the_file(client: Client):
    row = publish(file=files.pdf("Rivers."))
    client.force_login(row.author)
    client.post(url("change", row), {"title": "New title", "language": "en"})
    row.refresh_from_db()
    assert (row.title, row.text) == ("New title", "Rivers.")


def test_a_publication_is_published_translated_and_deleted(client: Client):
    row = publish(visibility=Visibility.DRAFT)
    client.force_login(row.author)
    client.post(url("visibility", row), {"visibility": "public"})
    client.post(f"{url('translate', row)}?language=es", {"title": "Informe", "origin": "author"})
    client.post(reverse("set_language"), {"language": "es"})
    assert "Informe" in client.get(reverse("documents:publications")).content.decode()
    client.post(url("delete", row))
    assert not Publication.objects.exists()


def test_the_page_of_the_initiative_shows_its_publications(client: Client):
    row = publish(title="The report")
    publish(row.initiative, title="A draft", visibility=Visibility.DRAFT)
    page = client.get(row.initiative.get_absolute_url()).content.decode()
    assert "The report" in page
    assert "A draft" not in page
