"""Every page of the demonstration in every language, small and large, in light and dark, and by keyboard alone.

A page is seen at 320 px, and at 1280 px with text twice as large, where nothing may be wider than the screen. All rules
of axe are checked in English and in Arabic, which reads from right to left, with contrast in light and dark. In the
other languages those rules are checked that depend on words, and contrast in the dark: the whole takes two minutes.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("demonstration")]

AXE = (Path(__file__).parents[1] / "vendor/axe/axe.min.js").read_text()
PLAN, UTOPIAS = "/initiatives/green-ways-plan", "/practices/iztapalapa-utopias"
CARE = "/barometers/care-barometer/2025"
LANGUAGES = [code for code, _name in settings.LANGUAGES]

#: Pages as a visitor sees them, by name.
OPEN = {
    "exchange:home": "/",
    "exchange:search": "/search/?q=agua",
    "exchange:city": "/cities/3838583-rosario-ar/",
    "exchange:compare": "/compare/?item=city:3838583&item=city:3871336",
    "exchange:needs": "/needs/",
    "workspaces:initiatives": "/initiatives/",
    "workspaces:initiative": f"{PLAN}/",
    "workspaces:rights": "/initiatives/rights/",
    "practices:practices": "/practices/",
    "practices:practice": f"{UTOPIAS}/",
    "practices:history": f"{UTOPIAS}/history/",
    "experts:experts": "/experts/",
    "experts:expert": "{expert}",
    "documents:publications": "/publications/",
    "documents:publication": "{publication}",
    "barometer:barometers": "/barometers/",
    "barometer:questionnaire": "/barometers/questionnaire/",
    "barometer:barometer": "/barometers/care-barometer/",
    "barometer:edition": f"{CARE}/?node=safety_trust&country=AR",
    "barometer:unit": f"{CARE}/cities/Rosario,%20AR/",
    "barometer:compare": f"{CARE}/compare/?city=Rosario,%20AR&city=Lima,%20PE",
    "exchange:need": "{need}",
    "accounts:organisation": "{organisation}",
    "taxonomy:topics": "/topics/",
    "pages:about": "/about/",
    "accounts:organisations": "/account/organisations/",
    "accounts:sign_in": "/account/sign-in/",
    "account_request_login_code": "/account/sign-in/code/",
    "accounts:sign_up": "/account/sign-up/",
    "account_reset_password": "/account/password/forgotten/",
    "account_signup_by_passkey": "/account/sign-up/passkey/",
    "accounts:sign_up_by_mail": "/account/sign-up/by-mail/",
    "socialaccount_login_cancelled": "/account/sign-in/cancelled/",
    "socialaccount_login_error": "/account/sign-in/failed/",
    "contact:write": "/contact/",
    "contact:report": "/contact/problems/report/practice/iztapalapa-utopias/",
    "mail:outbox": "/outbox/",
    "sharing:embed": "/embed/practices/iztapalapa-utopias/?read_in={language}",
    "sharing:larger_map": "/map/search/?q=agua",
    "barometer:framework": f"{CARE}/framework/?w.care_reach=3",
    "barometer:sensitivity": f"{CARE}/sensitivity/?city=Rosario%2C+AR",
    "barometer:method": f"{CARE}/method/",
    "barometer:data": f"{CARE}/data/?show=scores&part=caring_city",
}
#: Pages as the secretariat sees them, by name.
INSIDE = {
    "barometer:add": "/barometers/add/",
    "barometer:make": "/barometers/care-barometer/make/",
    "barometer:change": "/barometers/care-barometer/make/change/",
    "barometer:translate": "/barometers/care-barometer/make/translate/?language=es",
    "barometer:delete": "/barometers/care-barometer/make/delete/",
    "barometer:make_edition": f"{CARE}/make/",
    "barometer:comments": f"{CARE}/comments/",
    "workspaces:add": "/initiatives/add/",
    "workspaces:own": "/initiatives/mine/",
    "workspaces:change": f"{PLAN}/change/",
    "workspaces:translate": f"{PLAN}/translate/",
    "workspaces:tools": f"{PLAN}/tools/",
    "workspaces:members": f"{PLAN}/members/",
    "practices:add": "/practices/add/",
    "practices:import": "/practices/import/",
    "practices:edit": f"{UTOPIAS}/edit/",
    "practices:edit_section": f"{UTOPIAS}/edit/why/",
    "practices:translations": f"{UTOPIAS}/translate/",
    "practices:translate": f"{UTOPIAS}/translate/fr/",
    "practices:review": f"{UTOPIAS}/review/",
    "practices:delete": f"{UTOPIAS}/delete/",
    "experts:add": "/experts/add/",
    "experts:edit": "{expert}edit/",
    "experts:ask": "{expert}ask/",
    "experts:delete": "{expert}delete/",
    "documents:add": "/publications/add/",
    "documents:change": "{publication}change/",
    "documents:translate": "{publication}translate/",
    "documents:delete": "{publication}delete/",
    "workspaces:stop": f"{PLAN}/stop/",
    "workspaces:delete": f"{PLAN}/delete/",
    "exchange:change_need": "{need}edit/",
    "exchange:delete_need": "{need}delete/",
    "exchange:save_search": "/search/save/?q=agua",
    "accounts:change_organisation": "{organisation}change/",
    "accounts:join": "{organisation}join/",
    "accounts:organisation_people": "{organisation}people/",
    "accounts:organisation_invitations": "{organisation}invitations/",
    "accounts:domains": "{organisation}domains/",
    "accounts:sessions": "/account/sessions/",
    "exchange:add_need": "/needs/add/",
    "exchange:my_needs": "/needs/mine/",
    "exchange:saved": "/searches/",
    "taxonomy:suggest": "/topics/suggest/",
    "accounts:account": "/account/",
    "accounts:add_organisation": "/account/organisations/add/",
    "accounts:own_organisations": "/account/my-organisations/",
    "accounts:network_roles": "/account/network-roles/",
    "accounts:own_data": "/account/data/",
    "accounts:own_rows": "/account/data/exchange.Need.author/",
    "accounts:close": "/account/data/delete-account/",
    "account_email": "/account/email/",
    "accounts:password": "/account/password/",
    "account_reauthenticate": "/account/confirm/?next=/account/security/",
    "mfa_index": "/account/security/",
    "following:follows": "/following/",
    "following:inbox": "/following/inbox/",
    "contact:messages": "/contact/messages/",
    "contact:problems": "/contact/problems/",
    "upkeep:overview": "/operations/",
}
#: Records of the demonstration by the list their first card is taken from.
FIRST = {
    "expert": "/experts/",
    "publication": "/publications/",
    "need": "/needs/",
    "organisation": "/account/organisations/",
}
#: Pages that only something somebody did leads to, looked at with axe in the journey of this file.
ELSEWHERE = dict.fromkeys(
    (
        "account_email_verification_sent", "account_set_password", "mfa_activate_totp", "mfa_add_webauthn",
        "mfa_authenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_signup_webauthn", "mfa_view_recovery_codes",
    ),
    "test_accounts.py",
) | dict.fromkeys(
    (
        "barometer:delete_edition", "barometer:make_breaks", "barometer:make_cities", "barometer:make_method",
        "barometer:make_recipe", "barometer:make_report", "barometer:make_survey", "barometer:make_tables",
        "barometer:make_text", "barometer:publish",
    ),
    "test_barometer_making.py",
) | {
    "accounts:join_request": "test_organisations.py",
    "following:unsubscribe": "test_following.py",
    "experts:validate": "test_experts.py",
    "pages:design": "../test_journey_design.py",
}  # fmt: skip
#: Pages that something somebody did leads to, done in this file.
AFTERWARDS = {
    "account_complete_password_reset", "account_confirm_login_code", "account_confirm_password_reset_code",
    "contact:message", "contact:problem", "exchange:change_search", "exchange:delete_search", "mail:mail",
    "practices:import_progress",
}  # fmt: skip
#: What is no page: it only takes a form, leads on, gives a file, a picture or data, or names another page once more.
NO_PAGES = {
    "account_change_password", "account_login", "account_signup", "accounts:archive", "accounts:domain",
    "accounts:export", "accounts:invitation", "accounts:keep", "accounts:membership",
    "accounts:organisation_confirmation", "accounts:organisation_person",
    "accounts:sent_invitation", "accounts:sign_out", "barometer:answer", "barometer:download",
    "barometer:report", "barometer:report_file", "barometer:reweighed", "barometer:set_state",
    "barometer:set_visibility", "barometer:table_template", "barometer:undo", "barometer:xlsform", "documents:cover",
    "documents:file", "documents:visibility", "exchange:close_need", "exchange:mark_match", "exchange:points",
    "exchange:record", "exchange:set_need_visibility", "experts:unvalidate", "experts:visibility", "experts:withdraw",
    "following:follow", "following:mails", "following:mark_read", "following:notice", "human_check:new",
    "human_check:picture", "human_check:sound", "mfa_login_webauthn", "openid_connect_callback",
    "openid_connect_login", "places:suggest", "practices:cancel_import", "practices:set_visibility", "set_language",
    "sharing:feeds", "sharing:image", "sharing:robots", "sharing:sitemap", "sharing:sitemap_part", "taxonomy:settle",
    "upkeep:discard", "upkeep:retry", "workspaces:invitation", "workspaces:member", "workspaces:points",
    "workspaces:revoke_invitation", "workspaces:visibility",
}  # fmt: skip

WHOLLY_CHECKED = {"en", "ar"}
#: Axe leaves the size of targets out by itself.
ALL = {"rules": {"target-size": {"enabled": True}}}
CONTRAST = {"runOnly": ["color-contrast"]}
WORDS = {
    "runOnly": [
        "button-name", "color-contrast", "document-title", "html-has-lang", "image-alt", "input-button-name", "label",
        "link-name", "select-name", "summary-name", "valid-lang",
    ]
}  # fmt: skip
CHECK = "options => axe.run({...options, resultTypes: ['violations']})"
WITHOUT_FOCUS = """
    () => [...document.querySelectorAll("a, button, input, select, textarea, summary, audio, [tabindex='0']")]
        .filter(one => {
            one.focus({focusVisible: true});
            const has = one === document.activeElement && one.checkVisibility();
            return has && getComputedStyle(one).outlineStyle === "none";
        })
        .map(one => `its focus is not seen: ${one.outerHTML}`)
"""


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, demonstration: str, language: str) -> Iterator[Page]:
    """A phone of 320 px whose reader has chosen the language."""
    context = browser.new_context(
        base_url=demonstration, reduced_motion="reduce", viewport={"width": 320, "height": 720}, locale="en-GB"
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill("invented-for-all")
    press(page, "Sign in")
    expect(page).not_to_have_url(re.compile("sign-in"))


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def choose(page: Page, language: str) -> None:
    """The language of the pages from now on, as a visitor chooses it or somebody signed in keeps it."""
    site = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}])


def problems_of(page: Page, pages: dict[str, str], language: str) -> list[str]:
    """What is wrong with any of the pages, given by name with their addresses."""
    first = {}
    for kind, address in FIRST.items():
        page.goto(address)
        first[kind] = page.locator(".card h2 a, .card h3 a").first.get_attribute("href")
    choose(page, language)
    found = []
    for name, address in pages.items():
        answer = page.goto(address.format(**first, language=language))
        assert answer is not None
        # Nobody is signed in where a provider refused somebody.
        if answer.status != (401 if name == "socialaccount_login_error" else 200) or name_of(page) != name:
            found.append(f"{address} leads to {page.url} with {answer.status}")
        else:
            found += [f"{address} ({language}): {what}" for what in problems(page, language)]
    return found


def name_of(page: Page) -> str:
    return resolve(urlsplit(page.url).path).view_name


def problems(page: Page, language: str) -> list[str]:
    """What is wrong with this page: small in light and dark, and wide with text twice as large."""
    page.evaluate(AXE)
    found = [] if page.locator("html").get_attribute("lang") == language else ["it is in another language"]
    found += overflow(page, "at 320 px")
    if language in WHOLLY_CHECKED:
        found += violations(page, ALL) + page.evaluate(WITHOUT_FOCUS)
    page.emulate_media(color_scheme="dark")
    found += violations(page, CONTRAST if language in WHOLLY_CHECKED else WORDS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    found += overflow(page, "with text twice as large")
    session.detach()
    page.set_viewport_size({"width": 320, "height": 720})
    return found


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    found: dict[str, Any] = page.evaluate(CHECK, options)
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found["violations"]]


def overflow(page: Page, when: str) -> list[str]:
    fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return [] if fits else [f"it is wider than the screen {when}"]


def test_every_open_page_is_accessible(page: Page, language: str):
    assert problems_of(page, OPEN, language) == []


def test_every_page_inside_is_accessible(page: Page, language: str):
    sign_in(page, "secretariat@demo.example")
    assert problems_of(page, INSIDE, language) == []


@pytest.mark.parametrize("language", ["en"])
def test_every_page_that_something_leads_to_is_accessible(page: Page, language: str):
    found: dict[str, list[str]] = {}

    def look() -> None:
        found[name_of(page)] = problems(page, language)

    for done in (write_and_report, save_a_search, check_a_file, ask_for_codes):
        done(page, look)
    assert found == {name: [] for name in AFTERWARDS}


def write_and_report(page: Page, look: Callable[[], None]) -> None:
    sign_in(page, "secretariat@demo.example")
    choose(page, "en")
    page.goto("/contact/")
    page.get_by_role("combobox", name="What it is about").select_option(index=1)
    page.get_by_label("Your message").fill("May we visit the banks?")
    press(page, "Send")
    page.goto("/contact/messages/")
    page.get_by_role("main").locator("li p").first.locator("..").get_by_role("link").click()
    look()
    page.goto(OPEN["contact:report"])
    page.get_by_role("radio").first.check()
    page.get_by_label("Where, and how it should be").fill("The year is 2018.")
    press(page, "Send")
    page.goto("/contact/problems/")
    page.get_by_role("main").get_by_role("link", name="UTOPÍAS").first.click()
    look()


def save_a_search(page: Page, look: Callable[[], None]) -> None:
    page.goto("/search/save/?q=agua")
    page.get_by_label("Name").fill("Water")
    press(page, "Save")
    for action in ("Rename", "Delete"):
        page.goto("/searches/")
        page.get_by_role("link", name=f"{action} Water").click()
        look()
    press(page, "Delete")


def check_a_file(page: Page, look: Callable[[], None]) -> None:
    page.goto(INSIDE["practices:import"])
    mapping = b'collection = "looked-at"\nkey = "id"\n[fields]\ntitle = "title"\n'
    for label, name, content in (("File", "rows.csv", b"id,title\n1,Banks\n"), ("Mapping", "mapping.toml", mapping)):
        page.get_by_label(label).set_input_files([{"name": name, "mimeType": "text/plain", "buffer": content}])
    press(page, "Go on")
    page.wait_for_url(re.compile(r"import/\d+/"))
    page.goto(f"{page.url}?still")  # not read again by itself while it is looked at
    look()


def ask_for_codes(page: Page, look: Callable[[], None]) -> None:
    page.context.clear_cookies()
    page.goto("/account/sign-in/code/")
    page.get_by_label("E-mail address").fill("editor@demo.example")
    press(page, "Send me a code")
    look()
    page.goto("/account/password/forgotten/")
    page.get_by_label("E-mail address").fill("editor@demo.example")
    press(page, "Send me a code")
    look()
    page.goto("/outbox/")
    page.get_by_role("main").get_by_role("link").first.click()
    look()
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", page.get_by_role("main").inner_text())
    assert code
    page.goto("/account/password/forgotten/code/")
    page.get_by_label("Code").fill(code[0])
    press(page, "Go on")
    look()


def names(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLPattern):
            yield ":".join((*spaces, str(found.name)))
        elif found.namespace != "api":
            yield from names(found, (*spaces, found.namespace) if found.namespace else spaces)


def test_every_page_is_looked_at_somewhere():
    looked_at = OPEN.keys() | INSIDE.keys() | ELSEWHERE.keys() | AFTERWARDS | NO_PAGES
    assert set(names()) ^ looked_at == set()
    assert all("axe" in (Path(__file__).parent / journey).read_text() for journey in ELSEWHERE.values())


@pytest.mark.parametrize("language", ["en"])
def test_a_search_and_a_sign_in_are_done_by_keyboard_alone(page: Page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#content")  # past what is on every page
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("In your own words"))
    page.keyboard.type("recuperar canales y riberas")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search/"))
    reach(page, page.locator(".card").first.get_by_role("heading").get_by_role("link"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(initiatives|practices)/"))
    reach(page, page.get_by_role("banner").get_by_text("Menu"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("banner").get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("E-mail address"))
    page.keyboard.type("officer.kampala@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type("invented-for-all")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("sign-in"))


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, which must be seen."""
    for _ in range(120):
        if wanted.evaluate("one => one === document.activeElement"):
            seen = wanted.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).boxShadow")
            assert seen != "nonenone"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by the Tab key")
