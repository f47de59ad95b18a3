"""None of these tests may use the database: a query anywhere makes them fail."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings


def test_about_needs_no_query_for_a_visitor(client: Client):
    answer = client.get(reverse("pages:about"))
    assert answer.status_code == 200
    assert "GeoNames" in answer.content.decode()


def test_the_entry_of_the_present_page_is_marked(client: Client):
    assert '<a href="/about/" aria-current="page">' in client.get("/about/").content.decode()


def test_the_design_page_is_hidden_from_the_public(client: Client, settings: Settings):
    assert client.get(reverse("pages:design")).status_code == 404
    settings.DEBUG = True
    assert client.get(reverse("pages:design")).status_code == 200


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_page_says_its_language_and_direction(client: Client, language: str, direction: str):
    page = client.get("/about/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_a_visitor_can_change_the_language_and_comes_back(client: Client):
    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/about/?from=menu"})
    assert answer["Location"] == "/about/?from=menu"
    assert '<html lang="fr"' in client.get("/about/").content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_an_error_page_says_what_to_do_and_shows_its_message_as_text(status: int):
    request = RequestFactory().get("/nowhere")
    page = render_to_string("pages/error.html", {"status": status, "title": "A title", "message": ""}, request)
    assert f"Error {status}" in page
    assert '<p class="lead">' in page
    page = render_to_string("pages/error.html", {"status": status, "title": "A", "message": "<b>no</b>"}, request)
    assert "&lt;b&gt;no&lt;/b&gt;" in page


def test_the_page_of_a_failure_needs_neither_a_request_nor_the_database():
    assert "Something went wrong on our side" in render_to_string("pages/500.html")


def test_an_action_that_cannot_be_undone_is_confirmed_by_a_post():
    context = {"title": "Withdraw?", "action": "Withdraw", "cancel_url": "/x", "dangerous": True}
    page = render_to_string("pages/confirm.html", context, RequestFactory().get("/x"))
    assert 'method="post"' in page
    assert "csrfmiddlewaretoken" in page
    assert "button--danger" in page
