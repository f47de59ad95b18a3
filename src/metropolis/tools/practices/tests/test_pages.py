"""Every page of the tool, by HTTP, for each role and visibility."""

import json
import re
from collections.abc import Iterable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.history.models import Entry
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.engine import LAYOUT
from metropolis.tools.practices.forms.rows import ROW_PARTS
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import change_practice, translate_practice
from metropolis.tools.practices.queries import practice_content
from metropolis.tools.practices.tests.factories import SNAPSHOT, content, initiative, place, practice_in, whole

pytestmark = pytest.mark.django_db


def browser(person: Person | None = None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def at(name: str, row: Practice | None = None, *more: str) -> str:
    return reverse(f"practices:{name}", args=[row.slug, *more] if row else more)


def text_of(answer: HttpResponse) -> str:
    page = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def form_of(answer: HttpResponse) -> dict[str, str | list[str]]:
    """What a browser would send of a page's form if nothing were typed."""
    return fields_sent(answer.context["form"])


def fields_sent(fields: Iterable[object]) -> dict[str, str | list[str]]:
    sent: dict[str, str | list[str]] = {}
    for field in fields:
        value = field.value()  # type: ignore[attr-defined]
        if value not in (None, False):
            sent[field.html_name] = [str(each) for each in value] if isinstance(value, list | tuple) else str(value)  # type: ignore[attr-defined]
    return sent


def section_form(answer: HttpResponse) -> dict[str, str | list[str]]:
    form = answer.context["form"]
    sent = fields_sent(form)
    for rows in form.rows.values():
        sent |= fields_sent(rows.formset.management_form)
    return sent


# The list


def test_the_list_shows_what_a_visitor_may_see():
    home = initiative()
    practice_in(home, title="Seen by all", summary="S" * 30)
    practice_in(home, Visibility.DRAFT, title="A secret draft")
    page = text_of(browser().get(at("practices")))
    assert "1 practice" in page
    assert "Seen by all" in page
    assert "Rosario, Argentina" in page
    assert "A secret draft" not in page


def test_filters_live_in_the_address_and_can_be_taken_off():
    home = initiative()
    practice_in(home, title="With bicycles", topics=("cycling",))
    practice_in(home, title="With water", topics=("water",))
    answer = browser().get(at("practices"), {"topic": "mobility", "theme": "sustainability"})
    assert "With bicycles" in text_of(answer)
    assert "With water" not in text_of(answer)
    assert 'href="?theme=sustainability"' in answer.content.decode()


def test_a_filter_that_is_none_is_told_and_finds_nothing():
    practice_in(initiative())
    answer = browser().get(at("practices"), {"topic": "no-such-topic"})
    assert "The filter “topic=no-such-topic” is not known here." in text_of(answer)
    assert "1 practice" not in text_of(answer)


def test_an_empty_list_invites_to_add_and_an_empty_choice_to_show_all():
    assert "No practices yet" in text_of(browser().get(at("practices")))
    practice_in(initiative(), status="running")
    assert "No practice matches" in text_of(browser().get(at("practices"), {"status": "ended"}))


def test_a_long_list_has_pages_that_keep_the_filters():
    home = initiative()
    author = member_of(home, Role.CONTRIBUTOR)
    for number in range(21):
        practice_in(home, author=author, title=f"Practice {number:02}")
    answer = browser().get(at("practices"), {"sort": "title", "theme": "sustainability"})
    assert "Practice 19" in text_of(answer)
    assert "Practice 20" not in text_of(answer)
    assert "?sort=title&amp;theme=sustainability&amp;page=2" in answer.content.decode()
    assert "Practice 20" in text_of(browser().get(at("practices"), {"sort": "title", "page": "2"}))


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_list_takes_as_many_queries_for_three_as_for_one(signed_in: bool):  # noqa: FBT001
    home = initiative()
    client = browser(member_of(home, Role.VIEWER) if signed_in else None)
    taken = []
    for _ in range(3):
        practice_in(home)
        with CaptureQueriesContext(connection) as queries:
            client.get(at("practices"))
        taken.append(len(queries))
    assert taken[0] == taken[2]


# The page of one


def test_a_page_tells_the_whole_practice():
    row = practice_in(initiative())
    page = text_of(browser().get(row.get_absolute_url()))
    for told in (
        "Open streets on Sundays", "Every Sunday the avenue", "Ten lanes of cars.", "Volunteers at each crossing",
        "Core: keep it", "40,000", "Yearly report", "40,000 came", "What failed", "The first route crossed a bus line.",
        "First Sunday", "Cycling club", "Head of mobility", "Funes, Argentina", "1,200 USD (2015)", "Map",
    ):  # fmt: skip
        assert told in page, told


def test_a_page_says_what_is_unknown():
    row = practice_in(initiative())
    page = text_of(browser().get(row.get_absolute_url()))
    assert "Unknown so far: Methods · Technology · Adapted from" in page
    assert "Nothing is told yet of: Powers" in page
    assert re.search(r"Scale unknown", page)


def test_a_page_of_a_stopped_practice_says_why_first():
    row = practice_in(initiative(), status="stopped", stopped_why="The buses came back.")
    page = text_of(browser().get(row.get_absolute_url()))
    assert page.index("The buses came back.") < page.index("Every Sunday the avenue")


def test_what_people_write_is_never_markup():
    evil = "<script>alert(1)</script> and <b>bold</b> words"
    row = practice_in(initiative(), title=evil, summary=evil, failures=evil, contact_role=evil)
    page = browser().get(row.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.INTERNAL])
@pytest.mark.parametrize("page", ["practice", "edit", "history", "delete", "review", "translations"])
def test_what_is_not_public_is_not_there_for_others(page: str, visibility: Visibility):
    row = practice_in(initiative(), visibility)
    for client in (browser(), browser(PersonFactory.create())):
        answer = client.get(at(page, row))
        assert answer.status_code == 404
        assert row.title not in text_of(answer)


def test_pages_of_a_practice_that_never_was_are_not_there():
    for name in ("practice", "edit", "history", "delete", "review", "translations"):
        assert browser(editor()).get(reverse(f"practices:{name}", args=["nothing"])).status_code == 404


def test_a_page_takes_as_many_queries_for_three_parts_as_for_one():
    home = initiative()
    blocks = [{"title": f"Part {number}", "kind": "core"} for number in range(3)]
    sources = [{"title": f"Source {number}", "url": "https://example.org"} for number in range(3)]
    results = [{"indicator": f"Indicator {number}", "value": "1", "source": number} for number in range(3)]
    taken = []
    for count in (1, 3):
        row = practice_in(home, building_blocks=blocks[:count], sources=sources[:count], results=results[:count])
        with CaptureQueriesContext(connection) as queries:
            browser().get(row.get_absolute_url())
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_each_role_is_offered_what_it_may_do():
    home = initiative()
    row = practice_in(home)
    offers = {"Edit", "Translate", "Note a check", "Unpublish", "Delete"}
    for person, expected in (
        (None, set()),
        (PersonFactory.create(), set()),
        (member_of(home, Role.VIEWER), set()),
        (member_of(home, Role.CONTRIBUTOR), {"Translate"}),
        (row.author, offers - {"Note a check"}),
        (member_of(home, Role.COORDINATOR), offers),
        (editor(), offers),
    ):
        page = browser(person).get(row.get_absolute_url()).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        shown = {word for word in offers if re.search(rf">\s*{word}\s*<", main)}
        assert shown == expected, person


# Languages


def test_a_reader_can_change_the_language_and_always_reach_the_original():
    row = practice_in(initiative())
    translate_practice(
        slug=row.slug, actor=row.author, language="es", fields={"title": "Calles abiertas"}, origin="machine"
    )
    spanish = browser().get(row.get_absolute_url(), headers={"accept-language": "es"})
    assert '<bdi lang="es">Calles abiertas</bdi></h1>' in spanish.content.decode()
    page = text_of(browser().get(row.get_absolute_url(), {"language": "es"}))
    assert "Translated from English. By a machine, not checked." in page
    assert "Read the original" in page
    assert "Open streets on Sundays" in text_of(browser().get(row.get_absolute_url(), {"language": "en"}))
    assert browser().get(row.get_absolute_url(), {"language": "fr"}).status_code == 404


def test_a_stale_translation_says_so():
    row = practice_in(initiative())
    translate_practice(slug=row.slug, actor=row.author, language="es", fields={"title": "Calles"}, origin="author")
    change_practice(slug=row.slug, actor=row.author, content=whole(title="Another title"))
    page = text_of(browser().get(row.get_absolute_url(), {"language": "es"}))
    assert "The original has changed since this translation was made." in page


def test_a_translation_is_written_beside_the_original():
    home = initiative()
    row, person = practice_in(home), member_of(home, Role.CONTRIBUTOR)
    choose = browser(person).get(at("translations", row), {"language": "es"})
    assert choose.url == at("translate", row, "es")  # type: ignore[attr-defined]
    form = browser(person).get(choose.url)  # type: ignore[attr-defined]
    assert "Ten lanes of cars." in text_of(form)
    sent = form_of(form) | {"title": "Calles abiertas"}
    answer = browser(person).post(at("translate", row, "es"), sent)
    assert answer.url == f"{row.get_absolute_url()}?language=es"  # type: ignore[attr-defined]
    kept = Translation.objects.get(key=row.slug, language="es")
    assert (kept.field, kept.text, kept.origin, kept.author) == ("title", "Calles abiertas", "translator", person)
    assert "Spanish" in text_of(browser(person).get(at("translations", row)))


def test_a_translation_that_is_too_long_is_kept_on_the_form():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = form_of(client.get(at("translate", row, "es"))) | {"title": "C" * 161}
    page = client.post(at("translate", row, "es"), sent)
    assert page.status_code == 200
    assert "C" * 161 in page.content.decode()
    assert not Translation.objects.exists()


@pytest.mark.parametrize("language", ["en", "klingon"])
def test_only_another_known_language_can_be_translated_into(language: str):
    row = practice_in(initiative())
    client = browser(row.author)
    page = client.get(at("translate", row, language))
    if page.status_code == 200:
        page = client.post(at("translate", row, language), form_of(page) | {"title": "Again"})
    assert page.status_code == (404 if language == "klingon" else 200)
    assert not Translation.objects.exists()


# Adding


def snapshot(home: Initiative, **told: object) -> dict[str, object]:
    return SNAPSHOT | {"initiative": home.slug, "topics": ["cycling", "walking"], "started_on": "2014-07"} | told


def test_a_visitor_who_wants_to_add_signs_in_first():
    answer = browser().get(at("add"))
    assert answer.status_code == 302
    assert answer.url == f"{reverse('accounts:sign_in')}?next=%2Fpractices%2Fadd%2F"  # type: ignore[attr-defined]
    assert browser().post(at("add"), {}).status_code == 403


def test_who_contributes_nowhere_is_told_so():
    initiative()
    answer = browser(PersonFactory.create()).get(at("add"))
    assert answer.status_code == 403
    assert "contributor" in text_of(answer)


def test_any_member_may_add_to_an_open_initiative():
    home = initiative(is_open=True)
    answer = browser(PersonFactory.create()).post(at("add"), snapshot(home))
    row = Practice.objects.get()
    assert answer.url == row.get_absolute_url()  # type: ignore[attr-defined]
    assert (row.visibility, row.initiative, row.city) == (Visibility.DRAFT, home, place("Rosario"))
    assert {term.code for term in row.terms.all()} == {"cycling", "walking"}


def test_a_snapshot_can_be_published_at_once():
    home = initiative()
    person = member_of(home, Role.CONTRIBUTOR)
    browser(person).post(at("add"), snapshot(home, publish="1"))
    assert Practice.objects.get().visibility == Visibility.PUBLIC


def test_a_form_sent_again_leads_to_the_practice_it_made_the_first_time():
    home = initiative()
    officer = browser(member_of(home, Role.CONTRIBUTOR))
    key = str(form_of(officer.get(at("add")))["form_key"])
    first = officer.post(at("add"), snapshot(home, form_key=key))
    assert Practice.objects.get().visibility == Visibility.DRAFT
    for _time in range(2):
        again = officer.post(at("add"), snapshot(home, form_key=key, publish="1"))
        assert again.url == first.url  # type: ignore[attr-defined]
    row = Practice.objects.get()
    assert row.visibility == Visibility.PUBLIC
    assert [deed.verb for deed in Entry.objects.filter(key=row.slug).order_by("pk")] == [
        *("add_practice", "set_practice_visibility"),
    ]


def test_a_form_one_went_back_to_and_filled_in_anew_makes_another_practice():
    home = initiative()
    officer = browser(member_of(home, Role.CONTRIBUTOR))
    key = str(form_of(officer.get(at("add")))["form_key"])
    assert key != form_of(officer.get(at("add")))["form_key"]
    for title in ("Open streets", "Shared gardens"):
        officer.post(at("add"), snapshot(home, form_key=key, title=title))
    assert set(Practice.objects.values_list("title", flat=True)) == {"Open streets", "Shared gardens"}


def test_the_key_of_a_form_is_kept_while_something_is_corrected():
    home = initiative()
    key = "0b1f0b2e-8d5c-4a57-9d3c-0f5a1f6d7c11"
    answer = browser(member_of(home, Role.CONTRIBUTOR)).post(at("add"), snapshot(home, form_key=key, title=""))
    assert f'name="form_key" value="{key}"' in answer.content.decode()


def test_the_summary_of_an_empty_form_lists_what_is_missing_with_links_to_it():
    page = browser(member_of(initiative(), Role.CONTRIBUTOR)).post(at("add"), {"title": ""}).content.decode()
    summary = re.search(r'error-summary".*?<ul>(.*?)</ul>', page, re.DOTALL)
    assert summary is not None
    items = re.findall(r'<li><a href="#(\w+)">', summary[1])
    assert len(items) == summary[1].count("<li>") == len(re.findall('aria-invalid="true"', page)) > 2
    assert all(f'id="{item}"' in page for item in items)


def test_in_spanish_too_a_space_stands_before_the_number_of_characters():
    officer = browser(member_of(initiative(), Role.CONTRIBUTOR))
    answer = officer.post(at("add"), {"title": "A"}, headers={"accept-language": "es"})
    assert "al menos 3 caracteres (tiene 1)" in text_of(answer)


def test_the_initiative_of_the_address_is_chosen_beforehand():
    home, other = initiative(is_open=True), initiative(is_open=True)
    page = browser(PersonFactory.create()).get(at("add"), {"initiative": other.slug}).content.decode()
    assert f'<option value="{other.slug}" selected>' in page
    assert f'<option value="{home.slug}" selected>' not in page


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "A"}, "at least 3 characters"),
        ({"city": "Nowhere, AR"}, "No city called Nowhere, AR"),
        ({"started_on": "soon"}, "Write a year, a month or a day"),
        ({"status": "stopped"}, "Say why it stopped"),
        ({"started_on": "2014", "ended_on": "2013"}, "must not be before the start"),
        ({"topics": ["no-such-topic"]}, "Select a valid choice"),
        ({"summary": "A text with a \0 in it, which no database keeps."}, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(told: dict[str, object], message: str):
    home = initiative()
    answer = browser(member_of(home, Role.CONTRIBUTOR)).post(
        at("add"), snapshot(home, organisation="City hall", **told)
    )
    assert answer.status_code == 200
    assert message in text_of(answer)
    assert "Please correct this" in text_of(answer)
    assert 'value="City hall"' in answer.content.decode()
    assert not Practice.objects.exists()


def test_nobody_adds_to_an_initiative_of_others_by_force():
    home, other = initiative(), initiative()
    answer = browser(member_of(home, Role.CONTRIBUTOR)).post(at("add"), snapshot(other))
    assert "Select a valid choice" in text_of(answer)
    assert not Practice.objects.exists()


# Editing

SIX_DATES = {"key_dates-TOTAL_FORMS": "6"} | {
    f"key_dates-{number}-{name}": value
    for number in range(1, 6)
    for name, value in (("on", "2020"), ("event", "Another Sunday"))
}


def test_every_section_can_be_saved_as_it_is_and_changes_nothing():
    row = practice_in(initiative())
    client = browser(row.author)
    before = practice_content(Practice.objects.get())
    for section in LAYOUT:
        page = client.get(at("edit_section", row, section))
        assert page.status_code == 200, section
        answer = client.post(at("edit_section", row, section), section_form(page))
        assert answer.status_code == 302, (section, text_of(answer)[:3000])
    assert practice_content(Practice.objects.get()) == before
    assert Practice.objects.get().version == 1


def test_a_section_changes_its_own_fields_only():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = section_form(client.get(at("edit_section", row, "learning"))) | {
        "lessons": "Start small.",
        "updating_note": "Lessons",
    }
    answer = client.post(at("edit_section", row, "learning"), sent | {"next": "1"})
    assert answer.url == at("edit_section", row, "transfer")  # type: ignore[attr-defined]
    now = Practice.objects.get()
    assert (now.lessons, now.failures, now.version, now.updating_note) == (
        "Start small.", "The first route crossed a bus line.", 2, "Lessons",
    )  # fmt: skip


def test_rows_are_added_changed_and_taken_off():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = section_form(client.get(at("edit_section", row, "what")))
    sent |= {
        "building_blocks-0-title": "Stewards at each crossing",
        "building_blocks-1-DELETE": "on",
        "building_blocks-2-title": "Free bicycles",
        "building_blocks-2-kind": "adaptable",
    }
    assert client.post(at("edit_section", row, "what"), sent).status_code == 302
    blocks = [(block.title, block.kind) for block in Practice.objects.get().building_blocks.all()]
    assert blocks == [("Stewards at each crossing", "core"), ("Free bicycles", "adaptable")]


def test_results_are_written_as_the_reader_writes_numbers(client: Client):
    row = practice_in(
        initiative(),
        results=[
            {"indicator": "Trees", "baseline": "12000.5", "value": "106700", "unit": "trees"},
            {"indicator": "Since", "value": "2014"},
            {"indicator": "Share", "value": "40 to 60 %"},
        ],
    )
    for language, trees, before in (("en", "106,700", "12,000.5"), ("fr", "106 700", "12 000,5")):
        page = re.sub(
            "[\u00a0\u202f]", " ", text_of(client.get(row.get_absolute_url(), headers={"accept-language": language}))
        )
        assert all(said in page for said in (f"{trees} trees", before, "2014", "40 to 60 %"))


def test_results_follow_their_sources_when_one_is_taken_off():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = section_form(client.get(at("edit_section", row, "results")))
    assert (sent["results-0-source"], sent["results-1-source"]) == ("1", "2")
    sent |= {"sources-0-DELETE": "on", "results-0-source": ""}
    assert client.post(at("edit_section", row, "results"), sent).status_code == 302
    results = Practice.objects.get().results.all()
    assert [result.source and result.source.title for result in results] == [None, "Survey"]


def test_a_result_cannot_point_to_a_source_that_goes():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = section_form(client.get(at("edit_section", row, "results"))) | {"sources-0-DELETE": "on"}
    page = client.post(at("edit_section", row, "results"), sent)
    assert "There is no source with this number" in text_of(page)
    assert Practice.objects.get().results.count() == 2


@pytest.mark.parametrize(
    ("section", "sent", "message"),
    [
        ("what", {"building_blocks-2-title": "A part of no kind"}, "This field is required."),
        ("what", SIX_DATES, "at most 5"),
        ("results", {"sources-2-title": "S", "sources-2-url": "javascript:alert(1)"}, "Enter a valid URL"),
        ("money", {"cost_currency": "E1"}, "three letters"),
        ("money", {"cost_total": "-1"}, "greater than or equal to 0"),
        ("transfer", {"adopters": "Funes, AR\nNowhere, AR"}, "No city called Nowhere, AR"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_section_is_told(section: str, sent: dict[str, str], message: str):
    row = practice_in(initiative())
    client = browser(row.author)
    page = client.post(
        at("edit_section", row, section), section_form(client.get(at("edit_section", row, section))) | sent
    )
    assert page.status_code == 200
    assert message in text_of(page)
    assert Practice.objects.get().version == 1


def test_a_form_without_its_rows_is_told_and_not_taken_for_empty():
    row = practice_in(initiative())
    page = browser(row.author).post(at("edit_section", row, "what"), {"actions": "Less"})
    assert page.status_code == 200
    assert Practice.objects.get().building_blocks.count() == 2


def test_who_was_slower_keeps_what_they_typed_and_may_insist():
    row = practice_in(initiative())
    client = browser(row.author)
    sent = section_form(client.get(at("edit_section", row, "snapshot"))) | {"title": "The slower title"}
    change_practice(slug=row.slug, actor=row.author, content=whole(title="The faster title", lessons="Be quick."))
    page = client.post(at("edit_section", row, "snapshot"), sent)
    assert "Somebody has changed this practice since you opened it." in text_of(page)
    assert 'value="The slower title"' in page.content.decode()
    assert 'value="cycling" id="id_topics_1_2" checked' in page.content.decode()
    assert Practice.objects.get().title == "The faster title"
    again = section_form(page) | {"title": "The slower title"}
    assert again["version"] == "2"
    assert client.post(at("edit_section", row, "snapshot"), again).status_code == 302
    assert (Practice.objects.get().title, Practice.objects.get().lessons) == ("The slower title", "Be quick.")


def test_a_city_or_language_the_form_does_not_offer_stays():
    row = practice_in(initiative(), language="oc")
    client = browser(row.author)
    sent = section_form(client.get(at("edit", row)))
    assert client.post(at("edit", row), sent).status_code == 302
    assert Practice.objects.get().language == "oc"


@pytest.mark.parametrize("name", ["edit", "delete", "review"])
def test_only_who_may_reaches_a_form(name: str):
    home = initiative()
    row = practice_in(home)
    assert browser().get(at(name, row)).status_code == 302
    for person in (PersonFactory.create(), member_of(home, Role.VIEWER), member_of(home, Role.CONTRIBUTOR)):
        assert browser(person).get(at(name, row)).status_code == 403
        assert browser(person).post(at(name, row)).status_code == 403
    assert browser(member_of(home, Role.COORDINATOR)).get(at(name, row)).status_code == 200


def test_there_are_no_other_sections():
    row = practice_in(initiative())
    assert browser(row.author).get(at("edit_section", row, "secrets")).status_code == 404


def test_every_row_part_has_a_form():
    assert {name for names in LAYOUT.values() for name in names} >= ROW_PARTS


# Importing


def upload(text: str, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def sent_import(home: Initiative, how: str, *rows: dict[str, object], **more: object) -> dict[str, object]:
    mapping = 'collection = "test"\nkey = "id"\n[fields]\n' + "\n".join(f'{name} = "{name}"' for name in SNAPSHOT)
    lines = "\n".join(json.dumps({"id": number, **SNAPSHOT, **row}) for number, row in enumerate(rows))
    files = {"file": upload(lines, "practices.jsonl"), "mapping": upload(mapping, "mapping.toml")}
    return {"initiative": home.slug, "how": how, **files, **more}


def taken_in(client: Client, sent: dict[str, object]) -> str:
    """Send a file, let a worker take it in, and read what became of it."""
    address = client.post(at("import"), sent).headers["Location"]
    work_off()
    return text_of(client.get(address))


def test_a_coordinator_checks_a_file_and_takes_it_in():
    home = initiative()
    client = browser(member_of(home, Role.COORDINATOR))
    assert client.get(at("import")).status_code == 200
    rows = ({}, {"city": "Nowhere, AR"})
    page = taken_in(client, sent_import(home, "check", *rows))
    assert "Nothing is written" in page
    assert "1 Added 1 Rejected" in page
    assert "No city called Nowhere, AR" in page
    assert not Practice.objects.exists()
    page = taken_in(client, sent_import(home, "publish", *rows))
    assert "What became of the rows" in page
    assert Practice.objects.get().visibility == Visibility.PUBLIC
    assert text_of(client.get(at("import"))).count("Done") == 2


def test_an_import_says_how_far_it_is_and_is_read_again_until_it_is_over():
    home = initiative()
    client = browser(member_of(home, Role.COORDINATOR))
    address = client.post(at("import"), sent_import(home, "draft", {}, {})).headers["Location"]
    answer = client.get(address)
    assert answer.headers["Refresh"] == "3"
    assert "0 of 2 rows" in text_of(answer)
    assert "Refresh" not in client.get(f"{address}?still").headers
    work_off()
    assert "Refresh" not in client.get(address).headers


def test_an_import_can_be_cancelled_until_it_is_over():
    home = initiative()
    client = browser(member_of(home, Role.COORDINATOR))
    address = client.post(at("import"), sent_import(home, "draft", {})).headers["Location"]
    assert "Cancelled" in text_of(client.post(f"{address}cancel/", follow=True))
    work_off()
    assert not Practice.objects.exists()
    assert client.post(f"{address}cancel/").status_code == 409


def test_an_import_that_fails_again_and_again_is_told_to_be_so():
    home = initiative()
    client = browser(member_of(home, Role.COORDINATOR))
    address = client.post(at("import"), sent_import(home, "draft", {})).headers["Location"]
    DBTaskResult.objects.update(status="FAILED")
    answer = client.get(address)
    assert "Something went wrong on our side" in text_of(answer)
    assert "Refresh" not in answer.headers


def test_only_coordinators_see_an_import_and_cancel_it():
    home = initiative(is_open=True)
    address = (
        browser(member_of(home, Role.COORDINATOR))
        .post(at("import"), sent_import(home, "draft", {}))
        .headers["Location"]
    )
    assert browser().get(address).status_code == 302
    for person in (PersonFactory.create(), member_of(home, Role.CONTRIBUTOR)):
        assert browser(person).get(address).status_code == 403
        assert browser(person).post(f"{address}cancel/").status_code == 403
    assert browser(member_of(home, Role.COORDINATOR)).get(address).status_code == 200
    assert browser(editor()).get(reverse("practices:import_progress", args=[99])).status_code == 404


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"file": upload("%PDF", "practices.pdf")}, "Choose a file of the kind .csv, .jsonl, .xlsx"),
        ({"file": upload("not a workbook", "practices.xlsx")}, "cannot be read"),
        ({"file": upload("id,title\n", "practices.csv"), "mapping": upload("key = ", "m.toml")}, "cannot be read"),
        ({"file": upload('{"id": 1}\n' * 50_001, "practices.jsonl"),
          "mapping": upload('collection = "c"\nkey = "id"\n[fields]', "m.toml")},
         "The file has 50001 rows"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_told(files: dict[str, SimpleUploadedFile], message: str):
    home = initiative()
    page = browser(member_of(home, Role.COORDINATOR)).post(at("import"), sent_import(home, "draft", {}, **files))
    assert page.status_code == 200
    assert message in text_of(page)
    assert not Practice.objects.exists()


def test_a_file_larger_than_the_site_takes_is_refused(settings: Settings):
    settings.UPLOAD_LIMIT = 100
    home = initiative()
    page = browser(member_of(home, Role.COORDINATOR)).post(at("import"), sent_import(home, "draft", {}))
    assert "larger than 100" in text_of(page)


def test_only_coordinators_reach_the_import():
    home = initiative(is_open=True)
    assert browser().get(at("import")).status_code == 302
    for person in (PersonFactory.create(), member_of(home, Role.CONTRIBUTOR)):
        assert browser(person).get(at("import")).status_code == 403
        assert browser(person).post(at("import"), sent_import(home, "draft", {})).status_code == 403
    other = initiative()
    page = browser(member_of(home, Role.COORDINATOR)).post(at("import"), sent_import(other, "draft", {}))
    assert "Select a valid choice" in text_of(page)
    assert not Practice.objects.exists()


# Publishing, checking, deleting, history


def test_a_draft_is_published_and_withdrawn():
    row = practice_in(initiative(), Visibility.DRAFT)
    client = browser(row.author)
    for visibility in (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.DRAFT):
        client.post(at("set_visibility", row), {"visibility": visibility})
        assert Practice.objects.get().visibility == visibility
    assert browser().get(row.get_absolute_url()).status_code == 404
    assert client.post(at("set_visibility", row), {"visibility": "secret"}).status_code == 404
    assert client.get(at("set_visibility", row)).status_code == 405


def test_deleting_asks_first():
    row = practice_in(initiative())
    client = browser(row.author)
    assert "Delete this practice?" in text_of(client.get(at("delete", row)))
    assert Practice.objects.exists()
    answer = client.post(at("delete", row), follow=True)
    assert "is deleted" in text_of(answer)
    assert not Practice.objects.exists()


def test_a_check_is_noted_with_its_end():
    home = initiative()
    row, coordinator = practice_in(home), member_of(home, Role.COORDINATOR)
    client = browser(coordinator)
    assert client.post(at("review", row), {"review_due_on": "2000-01-01"}).status_code == 200
    assert "must come after" in text_of(client.post(at("review", row), {"review_due_on": "2000-01-01"}))
    page = client.post(at("review", row), form_of(client.get(at("review", row))), follow=True)
    assert "Checked against its sources on" in text_of(page)


def test_the_history_shows_changed_words_to_insiders_only():
    row = practice_in(initiative())
    change_practice(
        slug=row.slug, actor=row.author, content=whole(title="Open streets on Mondays"), updating_note="Day"
    )
    inside = browser(row.author).get(at("history", row)).content.decode()
    assert "<del>Sundays</del>" in inside
    assert "<ins>Mondays</ins>" in inside
    outside = browser().get(at("history", row)).content.decode()
    assert "Day" in outside
    assert "<del>" not in outside
    assert row.author.name not in outside


@pytest.mark.parametrize("name", ["practices", "add"])
def test_pages_answer_only_what_they_are_for(name: str):
    assert browser(editor()).delete(at(name)).status_code == 405


def test_a_snapshot_alone_makes_a_page():
    home = initiative()
    person = member_of(home, Role.CONTRIBUTOR)
    browser(person).post(at("add"), {**SNAPSHOT, "initiative": home.slug, "publish": "1"})
    page = text_of(browser().get(Practice.objects.get().get_absolute_url()))
    assert "Nothing is told yet of: Why · What was done" in page
    assert content().title in page
