"""Somebody opens an account, starts an initiative and completes it; another adds a publication with its file."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory, confirmed
from metropolis.foundation.documents.tests import files
from metropolis.foundation.human_check.values import Challenge
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> None:
    cache.clear()  # of how often the journey before asked for a code
    load_vocabularies()
    CityFactory.create(name="Rosario")
    PersonFactory.create(email="colleague@example.org", name="A colleague")


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_a_newcomer_starts_an_initiative_and_shares_it(page: Page, axe: Callable[[], None], world: None):
    page.goto("/initiatives/add/")
    axe()
    follow(page, "Open one")
    page.get_by_label("Name").fill("An officer")
    page.get_by_label("E-mail address").fill("officer@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Are you human?").fill(
        Challenge.of(page.locator("[name=human_check_token]").input_value()).answer
    )
    axe()
    press(page, "Open an account")
    page.get_by_label("Code").fill(re.findall(r"[A-Z]{4}-[A-Z]{4}", Mail.objects.get().text)[0])
    press(page, "Go on")
    expect(page.get_by_text("Your e-mail address is confirmed.")).to_be_visible()
    axe()

    page.get_by_label("Title").fill("Green ways")
    press(page, "Save as a draft")
    expect(page.get_by_role("alert")).to_contain_text("In one line")
    axe()
    page.get_by_label("In one line").fill("River banks become ways for walkers.")
    page.get_by_label("City that leads").fill("Rosario, AR")
    page.get_by_text("Water", exact=True).first.click()
    page.get_by_label("Rivers, canals and waterfronts").check()
    press(page, "Save as a draft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Green ways")
    expect(page.get_by_text("This is a draft")).to_be_visible()
    axe()

    follow(page, "Edit")
    page.get_by_label("What it is").first.fill("Length")
    page.get_by_label("Figure or fact").first.fill("1,500 km")
    axe()
    press(page, "Save")
    expect(page.get_by_text("1,500 km")).to_be_visible()

    follow(page, "Tools")
    page.get_by_label("Fund: ").check()
    axe()
    press(page, "Save")
    expect(page.get_by_text("Asked for, not built yet")).to_be_visible()

    follow(page, "Members")
    page.get_by_label("E-mail address").fill("colleague@example.org")
    press(page, "Send the invitation")
    expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
    axe()


def test_a_contributor_adds_a_report_whose_file_must_be_harmless(
    page: Page, axe: Callable[[], None], world: None, tmp_path: Path, settings: Settings
):
    settings.MEDIA_ROOT = tmp_path
    initiative = InitiativeFactory.create()
    person = member_of(initiative, Role.COORDINATOR)
    confirmed(person)
    page.goto(f"/account/sign-in/?next=/initiatives/{initiative.slug}/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    follow(page, "Who may see it")
    page.get_by_label("Draft").check()
    axe()
    press(page, "Save")
    expect(page.get_by_text("This is a draft")).to_be_visible()

    publications = page.locator("section").filter(has=page.get_by_role("heading", name="Publications"))
    publications.get_by_role("link", name="Add one").click()
    page.get_by_label("Title").fill("The report")
    page.get_by_label("File").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": files.pdf_with_script()}
    )
    press(page, "Save")
    expect(page.get_by_role("alert")).to_contain_text("contains a script")
    axe()
    page.get_by_label("File").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": files.pdf("Rivers and canals.")}
    )
    press(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text("The report")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the PDF").click()
    assert download.value.suggested_filename == "the-report.pdf"
    axe()
