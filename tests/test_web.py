"""What every answer of the site has in common, whichever room gives it."""

import gzip

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pydantic import ValidationError

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.taxonomy.models import Term
from metropolis.web.environment import Environment
from metropolis.web.errors import answer_errors
from metropolis.web.middleware import CompressTexts


@pytest.mark.parametrize("address", ["/initiatives/a%00b/", "/needs/?topic=%00", "/api/practices?theme=a%00"])
@pytest.mark.django_db
def test_an_address_with_a_nul_is_refused_before_a_database_sees_it(client: Client, address: str):
    assert client.get(address).status_code == 400


@pytest.mark.django_db
def test_a_method_that_an_address_does_not_take_gets_a_page(client: Client):
    client.force_login(PersonFactory.create())
    answer = client.get("/account/data/export/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address cannot be used in this way" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    program = client.delete("/api/practices")
    assert program.status_code == 405
    assert program.json()["error"]["code"] == "method_not_allowed"


@pytest.mark.django_db
def test_what_was_made_for_somebody_is_kept_by_no_cache_on_the_way(client: Client):
    assert "Cache-Control" not in client.get("/needs/")
    client.force_login(PersonFactory.create())
    assert client.get("/needs/")["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_texts_are_compressed_for_who_takes_it_and_pictures_are_not(client: Client):
    taken = client.get("/about/", headers={"accept-encoding": "gzip"})
    assert taken["Content-Encoding"] == "gzip"
    assert b"<html" in gzip.decompress(taken.content)
    assert "Content-Encoding" not in client.get("/about/")
    picture = CompressTexts(lambda _request: HttpResponse(b"a" * 1000, content_type="image/png"))
    assert "Content-Encoding" not in picture(RequestFactory().get("/", headers={"accept-encoding": "gzip"}))


def test_a_key_that_could_be_guessed_stops_the_start():
    assert Environment(secret_key="k" * 50).secret_key
    with pytest.raises(ValidationError, match="secret_key"):
        Environment(secret_key="changeme")


def answer_to(row: Term, address: str) -> HttpResponse | None:
    with pytest.raises(IntegrityError) as failure, transaction.atomic():
        row.save(force_insert=True)
    answering = answer_errors(lambda _request: HttpResponse())
    return answering.process_exception(RequestFactory().get(address), failure.value)


@pytest.mark.parametrize("address", ["/practices/add/", "/api/practices"])
@pytest.mark.django_db
def test_who_saves_the_same_a_moment_later_is_told_to_try_again(address: str):
    Term.objects.create(vocabulary="topic", code="water", labels={})
    answer = answer_to(Term(vocabulary="topic", code="water", labels={}), address)
    assert answer is not None
    assert answer.status_code == 409
    assert "saved the same at the same moment" in answer.content.decode()


@pytest.mark.django_db
def test_a_row_that_lacks_something_is_our_own_failure():
    assert answer_to(Term(vocabulary="topic", code="water", labels=None), "/practices/add/") is None
