"""The demonstration network as `make run` serves it, walked through as its users would, on a desktop and on a phone."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

# One worker serves the network once for all of them.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("demonstration")]

GREEN_WAYS = {
    "es": "recuperar canales y riberas como corredores verdes para peatones",
    "fr": "transformer les canaux et les berges en corridors verts pour les piétons",
    "ar": "تحويل القنوات وضفاف الأنهار إلى ممرات خضراء للمشاة",
    "zh": "把运河和河岸恢复为行人的绿色走廊",
}
PLAN = re.compile("/initiatives/green-ways-plan/")
PUBLIC = (
    "/", "/search/?q=agua", "/search/?q=qqqqqqq", "/initiatives/", "/initiatives/green-ways-plan/",
    "/initiatives/rights/", "/practices/", "/practices/iztapalapa-utopias/", "/experts/", "/publications/", "/needs/",
    "/cities/3838583-rosario-ar/", "/compare/?item=city:3838583&item=city:3871336",
    "/compare/?item=practice:iztapalapa-utopias&item=initiative:green-ways-plan", "/topics/", "/about/",
    "/account/sign-in/", "/account/sign-up/", "/account/organisations/",
)  # fmt: skip
FORMS = ("/initiatives/add/", "/practices/add/", "/experts/add/", "/needs/add/", "/publications/add/", "/account/")


@pytest.fixture(scope="module")
def site(demonstration: str) -> str:
    return demonstration


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, site: str, screens: Any) -> Iterator[Page]:
    errors: list[str] = []
    context = browser.new_context(base_url=site, locale="en-GB", reduced_motion="reduce", **screens[request.param])
    context.set_default_timeout(15_000)
    context.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield context.new_page()
    context.close()
    assert not errors


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill("invented-for-all")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("sign-in"))


def test_an_officer_of_rosario_asks_in_spanish_and_reads_why(page: Page, axe: Callable[[], None]):
    page.goto("/")
    axe()
    page.get_by_label("In your own words").fill(GREEN_WAYS["es"])
    page.get_by_label("Your city", exact=True).fill("Rosario, AR")
    page.get_by_label("In your own words").press("Enter")
    first = page.locator(".card").first
    expect(first.get_by_role("heading").get_by_role("link")).to_have_attribute("href", PLAN)
    expect(first.get_by_role("blockquote")).to_contain_text("riberas")
    expect(first).to_contain_text("Rosario")
    expect(first).to_contain_text("not known")
    axe()


@pytest.mark.parametrize("language", ["fr", "ar", "zh"])
def test_the_same_question_in_another_language_has_the_same_answer(page: Page, language: str):
    page.goto(f"/search/?q={GREEN_WAYS[language]}&city=Rosario, AR")
    first = page.locator(".card").first
    expect(first.get_by_role("heading").get_by_role("link")).to_have_attribute("href", PLAN)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_is_accessible_and_fits(page: Page, axe: Callable[[], None], address: str):
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    axe()


def test_forms_are_accessible_and_fit(page: Page, axe: Callable[[], None]):
    sign_in(page, "officer.rosario@demo.example")
    for address in FORMS:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        axe()


def test_a_search_needs_no_javascript(browser: Browser, site: str):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("In your own words").fill(GREEN_WAYS["es"])
    page.get_by_label("In your own words").press("Enter")
    first = page.locator(".card").first
    expect(first.get_by_role("heading").get_by_role("link")).to_have_attribute("href", PLAN)
    context.close()


def test_the_command_line_answers_with_every_kind_and_its_reason(site: str, demonstration_folder: Path):
    assert site
    command = [
        *(sys.executable, "-m", "metropolis.cli", "search"),
        "mobile phone mapping of informal settlements with residents",
        *("--city", "Kampala, UG", "--limit", "30", "--json"),
    ]
    environment = {"METROPOLIS_DATA_FOLDER": str(demonstration_folder), "METROPOLIS_DEMONSTRATION": "true"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    said = json.loads(answer.stdout)
    first = said["results"][0]
    assert (first["kind"], first["city"]) == ("initiative", "Agra, India")
    assert {"initiative", "practice", "expert"} <= {row["kind"] for row in said["results"]}
    assert all(row["reason"] and row["quote"] and row["factors"] for row in said["results"])
    assert any(row["kind"] == "city" for row in said["cities"])
