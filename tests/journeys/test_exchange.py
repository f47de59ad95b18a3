"""An officer asks, narrows, weighs, compares, looks at a city, and says what their own city needs."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.tools.exchange.engine import SearchIndex
from metropolis.tools.exchange.operations import rebuild_index
from metropolis.tools.exchange.tests.factories import PersonFactory, a_city, a_need, an_initiative

pytestmark = pytest.mark.django_db(transaction=True)

STORY = "El plan convierte las riberas de ríos y canales en vías verdes para peatones."


@pytest.fixture(scope="session")
def index_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: what takes time is embedding the questions that correct hubness."""
    folder = tmp_path_factory.mktemp("search")
    SearchIndex.create(folder / "index", ("use",))
    return folder


@pytest.fixture
def network(transactional_db: None, index_of_nothing: Path, tmp_path: Path, settings: Settings) -> None:
    shutil.copytree(index_of_nothing, tmp_path / "search")
    settings.SEARCH_FOLDER = tmp_path / "search"
    load_vocabularies()
    host = an_initiative("Metropolis Initiatives", slug="metropolis-initiatives", is_open=True)
    an_initiative("Plan de Vías Verdes", city="Santiago", story=STORY, language="es", started_on="2014")
    an_initiative("Residents map informal settlements", city="Agra", story="With mobile phones.")
    a_need(host, title="Canal banks for walkers", city="Kampala", topics=("rivers-canals",))
    a_city("Rosario")
    rebuild_index()


def enter(page: Page, live_server: LiveServer) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(PersonFactory.create())
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def test_from_a_question_to_a_comparison(page: Page, axe: Callable[[], None], network: None):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("What does your city want to do?")
    axe()

    page.get_by_label("In your own words").fill("recuperar canales y riberas como corredores verdes")
    page.get_by_label("Your city", exact=True).fill("Rosario, AR")
    page.get_by_role("region").get_by_role("button", name="Search").click()
    first = page.locator(".card").first
    expect(first).to_contain_text("Plan de Vías Verdes")
    expect(first).to_contain_text("El plan convierte las riberas")
    expect(first).to_contain_text("From Santiago (Chile), for Rosario:")
    first.get_by_text("factor by factor").click()
    expect(first.get_by_text("unknown").first).to_be_visible()
    axe()

    page.get_by_text("What counts for the fit").click()
    page.get_by_role("spinbutton", name="Like in climate").fill("5")
    page.get_by_role("button", name="Weigh again").click()
    expect(page).to_have_url(re.compile("weight_climate=5"))
    page.get_by_role("link", name="fit to Rosario").click()
    expect(page.get_by_text("ordered by their fit to Rosario")).to_be_visible()
    axe()

    page.locator(".card").first.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Side by side")
    page.get_by_label("An initiative or a practice, in your words").fill("settlements")
    page.get_by_role("button", name="Find it").click()
    page.get_by_role("link", name="Residents map informal settlements").click()
    expect(page.get_by_role("table")).to_contain_text("Agra, India")
    axe()


def test_filters_work_in_the_address(page: Page, axe: Callable[[], None], network: None):
    page.goto("/search/?q=canal+banks&kind=need&topic=rivers-canals")
    expect(page.get_by_text("Topic: Rivers, canals and waterfronts")).to_be_visible()
    page.get_by_role("link", name="Remove Topic").click()
    expect(page).not_to_have_url(re.compile("topic="))
    page.goto("/search/?q=%22nothing+says+this%22")
    expect(page.get_by_role("heading", name="Nothing answers this")).to_be_visible()
    axe()
    page.goto("/search/?q=canals&city=Atlantis")
    expect(page.get_by_role("alert")).to_contain_text("Atlantis")
    axe()


def test_a_citys_profile(page: Page, axe: Callable[[], None], network: None):
    page.goto("/search/?q=canales&kind=city")
    page.get_by_role("link", name="Santiago, Chile").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Santiago, Chile")
    expect(page.get_by_text("4,837,295")).to_be_visible()
    page.get_by_text("The places as a list").click()
    axe()
    page.get_by_role("link", name="Compare with other cities").click()
    page.get_by_label("A city").fill("Rosario, AR")
    page.get_by_label("A city").press("Enter")  # suggestions may lie over the button
    expect(page.get_by_role("table")).to_contain_text("948,312")
    axe()


def test_from_a_need_to_its_matches(
    page: Page, axe: Callable[..., None], network: None, live_server: LiveServer, console_errors: list[str]
):
    page.goto("/needs/")
    expect(page.get_by_role("heading", name="Canal banks for walkers")).to_be_visible()
    axe()
    enter(page, live_server)
    page.goto("/needs/add/?city=Rosario,+AR")
    axe()
    page.get_by_label("Title").fill("Riberas para peatones")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("In your own words: This field is required.")
    axe()
    console_errors.clear()  # the browser notes the status 422

    page.get_by_label("In your own words").fill("Queremos convertir las riberas de los canales en vías verdes.")
    page.get_by_label("Language of the text").select_option("es")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Riberas para peatones")
    match = page.locator("#matches .card").first
    expect(match).to_contain_text("Plan de Vías Verdes")
    axe()
    match.get_by_role("button", name="Keep").click()
    expect(match).to_contain_text("Kept")

    page.goto("/needs/mine/")
    expect(page.get_by_text("no new matches")).to_be_visible()
    axe()
    page.get_by_role("link", name="Riberas para peatones").click()
    axe(page.get_by_role("link", name="Delete"))
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted.")).to_be_visible()
