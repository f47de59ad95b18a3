"""The demonstration network: what is in it, and that it answers what it is asked to show."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from metropolis.demo.care_barometer.world import YEARS, city_rows
from metropolis.demo.experts import expert_rows
from metropolis.demo.initiatives import initiative_rows
from metropolis.demo.loader import load_demonstration
from metropolis.demo.needs import need_rows
from metropolis.demo.people import people
from metropolis.demo.practices import PracticeRow, practice_rows
from metropolis.foundation.accounts.models import Organisation
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.history.models import Entry
from metropolis.foundation.places.engine import country_facts
from metropolis.foundation.places.operations import load_places
from metropolis.foundation.places.queries import city_context, find_city
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.cards import card
from metropolis.foundation.workspaces.queries import initiative, initiative_texts
from metropolis.tools.barometer.queries import barometer, editions, figures_of
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.operations import rebuild_index
from metropolis.tools.exchange.queries import answers
from metropolis.tools.exchange.values import Answer, Question
from metropolis.tools.experts.models import Expert, Topic
from metropolis.tools.practices.models import Practice

TODAY = date(2026, 11, 24)
TODAY_BEGINS = datetime.combine(TODAY, time(), UTC)
LANGUAGES = {"en", "es", "fr", "pt", "ca", "ar", "zh"}


@pytest.fixture(scope="module")
def network(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The whole network, loaded once for all tests here and taken back in the end."""
    folder = tmp_path_factory.mktemp("search")
    with django_db_blocker.unblock(), override_settings(SEARCH_FOLDER=folder), transaction.atomic():
        load_vocabularies()
        load_places()
        load_demonstration(today=TODAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def texts_embedded(network: None) -> list[int]:
    """Build the search index; how many texts had to be embedded, each time that was told."""
    told: list[int] = []
    rebuild_index(progress=lambda _done, total: told.append(total))
    return told


@pytest.fixture
def practices(network: None, db: None) -> list[PracticeRow]:
    return practice_rows()


def first_answer(text: str, *, city: str, kinds: tuple[str, ...] = ()) -> Answer:
    return answers(Question(text=text, city_id=find_city(city).pk, kinds=kinds), language=None).answers[0]


def test_the_secretariat_has_confirmed_every_organisation(network: None, db: None) -> None:
    names = {row.organisation.name for row in people().people}
    assert set(Organisation.objects.filter(confirmed_at__isnull=False).values_list("name", flat=True)) == names
    assert Organisation.objects.count() == len(names)


def test_every_initiative_that_asks_the_network_for_its_tools_is_there(network: None, db: None) -> None:
    rows = initiative_rows()
    assert [row.row for row in rows] == list(range(18))
    for row in rows:
        workspace = initiative(row.slug, None)
        assert workspace.initiative.figures
        assert {tool.tool for tool in workspace.initiative.tools_in_use.all()} == set(row.tools)
        assert all(card(tool).purpose for tool in row.tools)


def test_every_initiative_can_be_read_in_seven_languages(network: None, db: None) -> None:
    for row in initiative_rows():
        found = initiative(row.slug, None).initiative
        assert set(initiative_texts([found])[row.slug].languages) == LANGUAGES
        assert not initiative_texts([found], "ar")[row.slug].is_stale


def test_the_green_ways_keep_both_totals_of_their_source() -> None:
    plan = next(row for row in initiative_rows() if row.slug == "green-ways-plan")
    figures = " ".join(figure.text for figure in plan.figures)
    assert all(figure in figures for figure in ("1.500 km", "1.151 km", "410 km", "1.561 km", "61 km"))


def test_every_file_is_loaded(network: None, practices: list[PracticeRow]) -> None:
    assert Practice.objects.filter(visibility="public").count() == len(practices) >= 120
    assert Expert.objects.filter(visibility="public", is_fictional=True).count() == len(expert_rows()) == 40
    assert Need.objects.filter(visibility="public", is_demonstration=True).count() == len(need_rows()) == 40
    assert Publication.objects.filter(visibility="public", licence="").count() == 4


def test_the_documentation_counts_right(practices: list[PracticeRow]) -> None:
    contents = [row.content for row in practices]
    cities = len({find_city(content.city) for content in contents})
    foreign = sum(content.language != "en" for content in contents)
    past = sum(content.status in {"stopped", "ended"} for content in contents)
    told = " ".join((Path(__file__).parent.parent / "docs/demonstration.md").read_text("utf-8").split())
    assert f"{len(contents)} practices | real ones of {cities} cities" in told
    assert f"{foreign} of them not in English, {past} of them stopped or ended" in told
    assert f"invented, in {len({row.language for row in need_rows()})} languages" in told


def test_practices_come_from_sixty_cities_and_every_inhabited_continent(practices: list[PracticeRow]) -> None:
    cities = {find_city(row.content.city) for row in practices}
    assert len(cities) >= 60
    assert {city_context(city).continent for city in cities} == {
        facts.continent for facts in country_facts().values()
    } - {"AN"}


def test_the_care_barometer_measures_cities_of_the_network_on_every_inhabited_continent(
    network: None, practices: list[PracticeRow]
) -> None:
    measured = [find_city(row.city) for row in city_rows()]
    assert len(set(measured)) == len(measured) >= 44
    known = {find_city(row.content.city) for row in practices}
    known |= {find_city(row.lead_city) for row in initiative_rows() if row.lead_city}
    assert set(measured) <= known
    assert {city_context(city).continent for city in measured} == {"AF", "AS", "EU", "NA", "OC", "SA"}


def test_the_care_barometer_has_an_edition_of_each_year_that_says_its_values_are_synthetic(
    network: None, db: None
) -> None:
    row, _workspace = barometer("care-barometer", None)
    found = editions(row, None)
    assert [edition.label for edition in found] == [str(year) for year in reversed(YEARS)]
    for edition in found:
        figures = figures_of(edition)
        assert figures is not None
        assert figures.are_sure
        assert len([rank for *_, rank in figures.latest.ranks if rank is not None]) >= 40
        assert edition.synthetic_note.startswith("Synthetic:")
        assert not edition.units.filter(city=None).exists()
        assert edition.published_at is not None
        assert edition.published_at <= TODAY_BEGINS


def test_a_quarter_of_the_practices_is_not_in_english(practices: list[PracticeRow]) -> None:
    languages = Counter(row.content.language for row in practices)
    assert languages.total() - languages["en"] >= languages.total() / 4
    assert languages.keys() >= LANGUAGES


def test_practices_that_stopped_or_ended_say_why(practices: list[PracticeRow]) -> None:
    past = [row.content for row in practices if row.content.status in {"stopped", "ended"}]
    assert len(past) >= 10
    assert all(content.stopped_why for content in past if content.status == "stopped")


def test_every_practice_rests_on_a_source_with_its_words(practices: list[PracticeRow]) -> None:
    for row in practices:
        assert row.content.sources, row.slug
        for source in row.content.sources:
            assert source.title
            assert source.accessed_on
            assert 0 < len(source.quote.split()) <= 25, (row.slug, source.quote)


def test_no_practice_is_told_twice(practices: list[PracticeRow]) -> None:
    for told in (
        Counter(row.slug for row in practices),
        Counter(row.content.title.casefold() for row in practices),
        Counter(
            source.url
            for row in practices
            for source in {source.url: source for source in row.content.sources}.values()
        ),
    ):
        assert told.most_common(1)[0][1] == 1, told.most_common(1)


def test_some_experts_keep_their_name_and_some_validations_have_ended(network: None, db: None) -> None:
    rows = expert_rows()
    assert any("name" not in row.public for row in rows)
    assert any(not row.public for row in rows)
    ends = list(Topic.objects.exclude(expires_on=None).values_list("expires_on", flat=True))
    assert 0 < len([end for end in ends if end < TODAY]) < len(ends)


def test_needs_and_offers_are_in_many_languages() -> None:
    rows = need_rows()
    assert {row.kind for row in rows} == {"need", "offer"}
    assert {row.language for row in rows} > LANGUAGES


def test_everybody_invented_can_sign_in(network: None, db: None) -> None:
    told = people()
    for person in told.people:
        assert authenticate(username=person.email, password=told.password) is not None


def test_a_site_that_has_accounts_is_left_alone(network: None, db: None, capsys: pytest.CaptureFixture[str]) -> None:
    deeds = Entry.objects.count()
    call_command("load_demonstration")
    assert "was not loaded" in capsys.readouterr().out
    assert Entry.objects.count() == deeds


def test_the_index_is_built_without_embedding_a_text(texts_embedded: list[int], db: None) -> None:
    assert texts_embedded == [], "run `python -m metropolis.demo.vectors`"


@pytest.mark.parametrize(
    "question",
    [
        "recuperar canales y riberas como corredores verdes para peatones",
        "recover canals and river banks as green corridors for pedestrians",
        "récupérer les canaux et les berges comme corridors verts pour les piétons",
        "استعادة القنوات وضفاف الأنهار كممرات خضراء للمشاة",
        "把运河和河岸恢复为行人绿色走廊",
    ],
)
def test_an_officer_of_rosario_finds_the_green_ways_of_santiago(
    texts_embedded: list[int], db: None, question: str
) -> None:
    found = first_answer(question, city="Rosario, AR")
    assert str(found.reference) == "initiative:green-ways-plan"
    assert found.quote
    assert found.reason
    assert found.fit is not None


def test_the_green_ways_are_quoted_with_the_sentence_that_answers(texts_embedded: list[int], db: None) -> None:
    quote = first_answer("recuperar canales y riberas como corredores verdes para peatones", city="Rosario, AR").quote
    assert "riberas" in quote.casefold()
    assert "corredores verdes para peatones" in quote


def test_an_officer_of_kampala_finds_the_pilot_of_agra_and_whoever_wants_the_same(
    texts_embedded: list[int], db: None
) -> None:
    question = "mobile phone mapping of informal settlements with residents"
    assert str(first_answer(question, city="Kampala, UG").reference) == "initiative:piloting-digital-technologies"
    for kind in ("practice", "expert", "need"):
        assert first_answer(question, city="Kampala, UG", kinds=(kind,)).reason
    found = answers(Question(text=question, city_id=find_city("Kampala, UG").pk), language=None)
    wanting = {item.involvement for city in found.cities for item in city.involvements}
    assert "wants" in wanting
