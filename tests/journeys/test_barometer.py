"""A barometer from an empty workspace to a printed report, made and read in a browser as its users would."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.engine import build, read_data, read_framework, read_recipe

FILES = Path(__file__).parent / "barometer"
EDITION = "/barometers/how-we-care/2025/"


def enter(page: Page, person: Person, live_server_url: str) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server_url}])


@pytest.fixture
def workspace() -> Initiative:
    """An empty workspace that uses the tool, and the cities of the world as far as they are in the tables."""
    load_vocabularies()
    with (FILES / "data.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name, country = row["uCode"].split(", ")
            CityFactory.create(name=name, country=country)
    found: Initiative = InitiativeFactory.create(slug="care", title="Cities that care")
    ToolInUse.objects.create(initiative=found, tool="barometer")
    return found


def upload(page: Page, framework: str, figures: str) -> None:
    page.goto(f"{EDITION}make/tables/")
    page.get_by_label("Framework (iMeta)").set_input_files(FILES / framework)
    page.get_by_label("Data (iData)").set_input_files(FILES / figures)
    page.get_by_role("button", name="Check and take in").click()


def begin(page: Page) -> None:
    page.goto("/barometers/add/")
    page.get_by_label("Title").fill("How we care")
    page.get_by_label("In one line").fill("Twelve cities and how they care for their people.")
    page.get_by_label("What it measures, and why").fill("Services, spaces, safety and being heard: invented figures.")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Label").fill("2025")
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_url(re.compile(f"{EDITION}make/"))


@pytest.mark.django_db(transaction=True)
def test_from_an_empty_workspace_to_a_printed_report(
    page: Page, axe: Callable[[], None], live_server: LiveServer, workspace: Initiative, tmp_path: Path
):
    enter(page, member_of(workspace, Role.STEWARD), live_server.url)
    page.goto("/barometers/")
    axe()
    begin(page)
    axe()
    correct_mistakes(page, axe)
    publish(page, axe)
    page.context.clear_cookies()  # from here on as a visitor
    published = read_scores(page, live_server.url)
    move_weights(page, axe)
    assert read_scores(page, live_server.url) == published, "moved weights change no published figure"
    read_in_spanish(page, axe)
    assert computed_again(page, tmp_path) == published


def correct_mistakes(page: Page, axe: Callable[[], None]) -> None:
    """Three mistakes are planted in the data and one in the framework: all are named, and nothing is taken."""
    refused = page.locator("#refused")
    upload(page, "framework_with_mistakes.csv", "data_with_mistakes.csv")
    for told in ("safty", "Quito"):
        expect(refused).to_contain_text(told)
    axe()
    upload(page, "framework.csv", "data_with_mistakes.csv")
    for told in ("Quito", "Rosarrio", "Rosario, ", "Seoul", re.compile("1,?000")):
        expect(refused).to_contain_text(told)
    page.goto(EDITION)
    expect(page.get_by_role("heading", name="Ranking")).to_have_count(0)
    upload(page, "framework.csv", "data.csv")
    expect(page.get_by_role("status").first).to_contain_text("taken in")
    axe()
    page.goto(EDITION + "make/cities/")
    expect(page.get_by_text("Every city is found")).to_be_visible()


def publish(page: Page, axe: Callable[[], None]) -> None:
    work_off()
    page.goto(EDITION + "make/")
    expect(page.get_by_text("Everything is computed")).to_be_visible()
    axe()
    page.goto(EDITION + "make/publish/")
    axe()
    page.get_by_role("button", name="Publish for good").click()
    expect(page.get_by_role("status").first).to_contain_text("published")
    page.goto("/barometers/how-we-care/make/")
    page.get_by_label("Public").check()
    page.get_by_role("button", name="Save").click()


def move_weights(page: Page, axe: Callable[[], None]) -> None:
    page.goto(EDITION)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How we care")
    axe()
    page.goto(EDITION + "framework/")
    axe()
    news = page.locator("[data-news]")
    expect(news).to_be_empty()
    before = page.locator("[data-result]").inner_text()
    page.locator('input[name="w.safety"]').fill("9")
    expect(news).not_to_be_empty()
    assert page.locator("[data-result]").inner_text() != before
    expect(page).to_have_url(re.compile("w.safety=9"))
    axe()


def read_in_spanish(page: Page, axe: Callable[[], None]) -> None:
    city = f"{EDITION}cities/Rosario, AR/"
    page.goto(city)
    english = page.locator("#why .prose").inner_text()
    page.context.set_extra_http_headers({"Accept-Language": "es"})
    page.goto(city)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    spanish = page.locator("#why .prose").inner_text()
    axe()
    figures = [re.sub(r"\D", "", figure) for figure in re.findall(r"\d+[.,]\d", spanish)]
    assert figures == [re.sub(r"\D", "", figure) for figure in re.findall(r"\d+[.,]\d", english)] != []
    assert "Rosario" in spanish
    assert "ciudad" in spanish
    answer = page.request.get(f"{city}report.pdf", headers={"Accept-Language": "es"})
    assert answer.headers["content-type"] == "application/pdf"
    printed = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.body())).pages)
    assert "Rosario" in printed
    assert "How we care" in printed


def computed_again(page: Page, folder: Path) -> dict[str, str]:
    """In a notebook: the same figures by the library, from the files of the edition."""
    for name in ("data.csv", "framework.csv", "recipe.json"):
        (folder / name).write_bytes(page.request.get(f"{EDITION}download/{name}").body())
    meta = read_framework(folder / "framework.csv")
    index = build(read_data(folder / "data.csv", meta), meta.framework, read_recipe(folder / "recipe.json"))
    scores = index.of("caring_city").tolist()
    return {unit: repr(score) for unit, score in zip(index.scores.units, scores, strict=True)}


def read_scores(page: Page, address: str) -> dict[str, str]:
    """The published scores of the index, as they stand in the file, by city."""
    text = page.request.get(f"{address}{EDITION}download/scores.csv").text()
    return {row["uCode"]: row["caring_city"] for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.django_db(transaction=True)
def test_a_survey_widens_the_intervals_where_few_were_asked(
    page: Page, axe: Callable[[], None], live_server: LiveServer, workspace: Initiative
):
    enter(page, member_of(workspace, Role.STEWARD), live_server.url)
    begin(page)
    upload(page, "framework.csv", "data.csv")
    work_off()
    before = widths(page, live_server.url)
    page.goto(EDITION + "make/survey/")
    axe()
    page.get_by_label("Answers (optional)", exact=True).set_input_files(FILES / "survey.csv")
    page.get_by_role("button", name="Show the estimates").click()
    expect(page.locator("table").first).to_contain_text("Curridabat")
    axe()
    page.get_by_role("button", name="Take these estimates in").click()
    expect(page.get_by_role("status").first).to_be_visible()
    work_off()
    after = widths(page, live_server.url)
    few, many = "Curridabat, CR", "Rosario, AR"
    assert after[few] - before[few] > 2 * (after[many] - before[many]) > 0, (before, after)


def widths(page: Page, address: str) -> dict[str, float]:
    text = page.request.get(f"{address}{EDITION}download/intervals.csv").text()
    rows = list(csv.DictReader(io.StringIO(text)))
    return {row["uCode"]: float(row["upper"]) - float(row["lower"]) for row in rows}


@pytest.mark.xdist_group("demonstration")
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_a_mayor_asks_whether_the_city_is_really_better_than_last_year(
    browser: Browser, demonstration: str, screens: dict[str, dict[str, Any]], screen: str
):
    context = browser.new_context(base_url=demonstration, locale="en-GB", reduced_motion="reduce", **screens[screen])
    page = context.new_page()
    page.goto("/barometers/care-barometer/")
    expect(page.get_by_text("Synthetic figures").first).to_be_visible()
    page.goto("/barometers/care-barometer/2025/cities/Rosario, AR/")
    progress = page.locator("#progress")
    expect(progress.get_by_role("heading", level=2)).to_have_text("Are we really better than before?")
    expect(progress).to_contain_text(re.compile(r"probability .*%"))
    expect(progress).to_contain_text("From 2024 to 2025")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()
