"""A visitor writes to the secretariat and passes the human check, with the eyes, the ears or neither script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.contact.models import Message
from metropolis.foundation.human_check.values import Challenge


def shown(page: Page) -> str:
    """What the picture shows: the test knows the secret key."""
    return Challenge.of(page.locator("[name=human_check_token]").input_value()).answer


def write_message(page: Page) -> None:
    page.get_by_label("What it is about").select_option("press")
    page.get_by_label("Your name").fill("Núria Vidal")
    page.get_by_label("Your e-mail address").fill("nuria@press.example")
    page.get_by_label("Your message").fill("May we visit the banks?")


def test_a_visitor_is_wrong_first_then_listens_and_is_right(page: Page, axe: Callable[[], None]):
    page.goto("/contact/")
    write_message(page)
    axe()

    page.get_by_label("Are you human?").fill("nonsense")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("These were not the characters")
    expect(page.get_by_label("Your message")).to_have_value("May we visit the banks?")
    axe()

    before = shown(page)
    page.get_by_role("button", name="New picture").click()
    expect(page.get_by_role("status")).to_have_text("Here is a new picture.")
    assert shown(page) != before
    with page.expect_response(lambda answer: answer.url.endswith("/sound.wav")) as heard:
        page.get_by_role("button", name="Listen").click()
    assert heard.value.header_value("content-type") == "audio/wav"
    expect(page.get_by_label("Are you human?")).to_be_focused()
    expect(page.get_by_role("status")).to_be_hidden()

    page.keyboard.type(shown(page).lower())
    page.get_by_label("Your name").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you, these were the characters.")).to_be_visible()
    axe()
    page.get_by_label("Your name").fill("Núria Vidal")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    assert Message.objects.get().text == "May we visit the banks?"


@pytest.mark.django_db(transaction=True)
def test_without_a_script_the_form_comes_back_with_a_new_picture_and_is_sent_by_the_enter_key(
    browser: Browser, live_server: LiveServer
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/contact/")
    write_message(page)
    expect(page.locator("audio")).to_be_visible()
    before = shown(page)
    page.get_by_role("button", name="New picture").click()
    assert shown(page) != before
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_have_value("May we visit the banks?")
    page.get_by_label("Are you human?").fill(shown(page))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your message is sent.")).to_be_visible()
    context.close()
