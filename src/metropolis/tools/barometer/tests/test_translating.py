"""A barometer is translated text by text, and read in the reader's words."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.models import Barometer

from .factories import an_edition, content, home

pytestmark = pytest.mark.django_db
SPANISH = {"Accept-Language": "es"}
TEXTS = {
    "Childcare places": "Plazas de cuidado infantil",
    "Trust in neighbours": "Confianza en el vecindario",
    "per 100 children": "por cada 100 niñas y niños",
    "Services": "Servicios",
}
OWN = {"title": "Barómetro de los cuidados", "one_line": "Cómo cuidan las ciudades de su gente."}


@pytest.fixture
def steward() -> Person:
    found: Person = PersonFactory.create()
    Member.objects.create(initiative=home(), person=found, role=4)
    an_edition(found, "care")
    operations.publish_edition(barometer_slug="the-barometer", label="2025", actor=found, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=found, visibility=Visibility.PUBLIC)
    return found


def translate(actor: Person, **told: Any) -> None:
    usual = {"slug": "the-barometer", "language": "es", "fields": OWN, "texts": TEXTS, "origin": "translator"}
    operations.translate_barometer(**{**usual, **told}, actor=actor)


def read(client: Client, page: str, language: str = "es") -> str:
    return client.get(f"/barometers/the-barometer/{page}", headers={"Accept-Language": language}).text


@pytest.mark.parametrize("page", ["", "2025/", "2025/compare/", "2025/sensitivity/", "2025/method/"])
def test_every_page_is_titled_in_the_readers_words(client: Client, steward: Person, page: str) -> None:
    translate(steward)
    assert OWN["title"] in read(client, page)
    assert "Care barometer" in read(client, page, "en")


@pytest.mark.parametrize("page", ["cities/aurelia/", "framework/", "data/?part=services"])
def test_nodes_are_told_in_the_readers_words(client: Client, steward: Person, page: str) -> None:
    assert "Childcare places" in read(client, f"2025/{page}")
    translate(steward)
    told = read(client, f"2025/{page}")
    assert "Plazas de cuidado infantil" in told
    assert "Childcare places" not in told
    assert "Childcare places" in read(client, f"2025/{page}", "en")


def test_a_citys_explanation_is_wholly_in_spanish(client: Client, steward: Person) -> None:
    texts = queries.texts_to_translate(queries.editions(Barometer.objects.get(), steward))
    translate(steward, texts={text: f"«{number}»" for number, text in enumerate(texts)})
    told = client.get("/barometers/the-barometer/2025/cities/aurelia/", headers=SPANISH).text
    assert [text for text in texts if len(text) > 4 and text in told] == []


def test_the_translation_is_kept_beside_the_original_and_said_to_be_one(client: Client, steward: Person) -> None:
    translate(steward, origin="machine")
    told = read(client, "2025/")
    assert "Traducido automáticamente (idioma original: inglés), sin revisión." in told
    assert 'lang="es" dir="auto"' in told.replace("'", '"')
    operations.change_barometer(slug="the-barometer", actor=steward, content=content(one_line="Something else."))
    assert "El original cambió desde entonces." in read(client, "2025/")


def test_the_next_edition_has_the_translations_of_the_same_texts(client: Client, steward: Person) -> None:
    translate(steward)
    an_edition(steward, "care", label="2026")
    operations.publish_edition(barometer_slug="the-barometer", label="2026", actor=steward, now=timezone.now())
    assert "Plazas de cuidado infantil" in read(client, "2026/data/?part=services")
    assert Translation.objects.filter(kind="barometer", language="es").count() == len(TEXTS) + len(OWN)


def test_an_empty_text_takes_its_translation_away(client: Client, steward: Person) -> None:
    translate(steward)
    translate(steward, fields={"title": ""}, texts={"Services": " "})
    told = read(client, "2025/framework/")
    assert "Care barometer" in told
    assert "Servicios" not in told
    assert "Plazas de cuidado infantil" in told


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"language": "en"}, "language"),
        ({"language": "Spanish!"}, "language"),
        ({"origin": "a friend"}, "origin"),
        ({"texts": {"Nobody says this": "x"}}, "texts"),
        ({"fields": {"slug": "x"}}, "slug"),
        ({"fields": {"title": "x" * 161}}, "title"),
        ({"fields": {"title": "a\0b"}}, "title"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(steward: Person, told: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        translate(steward, **told)
    assert refused.value.field == field
    assert not Translation.objects.exists()


def test_a_contributor_translates_what_they_may_see_and_a_stranger_nothing(steward: Person) -> None:
    an_edition(steward, "care", label="2026")
    contributor, stranger = PersonFactory.create(), PersonFactory.create()
    Member.objects.create(initiative=Barometer.objects.get().initiative, person=contributor, role=2)
    translate(contributor)
    with pytest.raises(NotAllowed):
        translate(stranger)


def test_the_form_shows_each_text_once_and_keeps_what_is_written(client: Client, steward: Person) -> None:
    client.force_login(steward)
    page = "/barometers/the-barometer/make/translate/"
    assert "Into which language?" in client.get(page).text
    form = client.get(f"{page}?language=es").context["form"]
    key = queries.text_key("Childcare places")
    assert [name for name, field in form.fields.items() if field.help_text == "%"] == [queries.text_key("%")]
    answer = client.post(f"{page}?language=es", {"title": "El barómetro", key: "Plazas", "origin": "author"})
    assert answer.headers["Location"] == "/barometers/the-barometer/make/"
    again = client.get(f"{page}?language=es").context["form"]
    assert (again["title"].value(), again[key].value(), again["origin"].value()) == ("El barómetro", "Plazas", "author")
    assert client.post(f"{page}?language=es", {"title": "x" * 161, "origin": "author"}).context["form"].errors


def test_the_api_gives_all_that_can_be_translated_and_takes_it_back(client: Client, steward: Person) -> None:
    address = "/api/barometers/the-barometer/translations/es"
    client.force_login(steward)
    told = client.get(address).json()
    assert {text["text"] for text in told["texts"]} == {""}
    assert told["fields"]["title"] == {"original": "Care barometer", "text": "", "is_stale": False}
    sent = {"fields": OWN, "texts": {text["original"]: "X" for text in told["texts"]}}
    answer = client.put(address, sent, content_type="application/json")
    assert answer.status_code == 200
    assert {text["text"] for text in answer.json()["texts"]} == {"X"}
    assert client.get(address).json() == answer.json()
    refused = client.put(address, {"texts": {"Nobody says this": "x"}}, content_type="application/json")
    assert refused.status_code == 422
    assert "Nobody says this" in refused.text


def test_search_is_told_every_language_with_its_pillars(steward: Person) -> None:
    translate(steward)
    (found,) = queries.findable()
    english, spanish = found.texts
    assert (english.language, spanish.language, spanish.title) == ("en", "es", OWN["title"])
    assert "Plazas de cuidado infantil" in spanish.paragraphs[0]
    assert "Childcare places" in english.paragraphs[0]


def test_lists_tell_the_readers_words_in_as_many_queries(
    client: Client, steward: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    translate(steward)
    assert OWN["title"] in client.get("/barometers/", headers=SPANISH).text
    for slug in ("second", "third"):
        operations.add_barometer(initiative="care", actor=steward, content=content(), slug=slug)
        operations.set_barometer_visibility(slug=slug, actor=steward, visibility=Visibility.PUBLIC)
    rows = list(queries.barometers(None))
    with django_assert_num_queries(1):
        queries.barometer_cards(rows[:1])
    with django_assert_num_queries(1):
        queries.barometer_cards(rows)
