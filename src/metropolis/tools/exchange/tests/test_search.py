"""Answers to a question: with fit, quote, reason, cities, facets."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metropolis.engine_kit import NotFound
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.engine import Weights
from metropolis.tools.exchange.operations import keep_up
from metropolis.tools.exchange.queries import answers, city_profile, comparison, facets
from metropolis.tools.exchange.queries.documents import SIZES, size_class
from metropolis.tools.exchange.queries.quotes import marked
from metropolis.tools.exchange.tests.factories import a_city, a_need, an_initiative
from metropolis.tools.exchange.values import Answers, Question

QUESTION = "recuperar canales y riberas como corredores verdes para peatones"
STORY = "El plan convierte las riberas de ríos y canales en vías verdes para peatones, ciclistas y patinadores."


@pytest.fixture
def plan(network: Initiative) -> Initiative:
    row = an_initiative(
        "Plan Metropolitano de Vías Verdes", city="Santiago", story=STORY, language="es", started_on="2014"
    )
    an_initiative("Mobile phones map informal settlements", city="Agra", story="Residents draw the map.")
    keep_up()
    return row


def ask(text: str = QUESTION, city: str = "", language: str | None = "en", **more: object) -> Answers:
    city_id = a_city(city).id if city else None
    return answers(Question.model_validate({"text": text, "city_id": city_id, **more}), language=language)


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "turn the banks of canals into green ways for walkers",
        "transformer les berges des canaux en voies vertes pour piétons",
        "تحويل ضفاف القنوات والأنهار إلى ممرات خضراء للمشاة",
        "把运河和河岸改造成步行者的绿色走廊",
    ],
)
def test_the_same_question_in_any_language_has_the_same_answer(plan: Initiative, text: str) -> None:
    best = ask(text, "Rosario").answers[0]
    assert (best.reference.key, best.quote) == (plan.slug, STORY)


def test_an_answer_says_in_the_readers_language_why_it_fits_and_what_is_unknown(plan: Initiative) -> None:
    best = ask(city="Rosario", language="es").answers[0]
    assert best.city == "Santiago, Chile"
    assert "Rosario" in best.reason
    assert "no se sabe" in best.reason
    assert best.fit is not None
    known = {factor.name: factor.value for factor in best.fit.factors}
    assert known["preconditions"] is None
    assert known["language"] == 1.0
    assert 0 < best.fit.coverage < 1


def test_without_a_city_the_reason_says_who_and_why(plan: Initiative) -> None:
    best = ask().answers[0]
    assert best.fit is None
    assert best.reason.startswith("Santiago runs this, and it says")


def test_a_reader_who_names_no_language_reads_that_of_the_question(plan: Initiative) -> None:
    assert "no se sabe" in ask(city="Rosario", language=None).answers[0].reason


def test_weights_change_the_fit_and_never_the_relevance(plan: Initiative) -> None:
    usual = ask(city="Rosario").answers[0]
    bent = ask(city="Rosario", weights=Weights(need=0, climate=5)).answers[0]
    assert usual.score == bent.score
    assert usual.fit is not None
    assert bent.fit is not None
    assert usual.fit.overall != bent.fit.overall


def test_sorted_by_fit_the_answers_come_by_fit_and_keep_their_relevance(plan: Initiative) -> None:
    near = an_initiative("Canales y riberas", city="Rosario", story="Riberas para peatones.", language="es")
    keep_up()
    by_relevance = ask(city="Rosario")
    by_fit = ask(city="Rosario", sort="fit")
    fits = [answer.fit.overall for answer in by_fit.answers if answer.fit]
    assert fits == sorted(fits, reverse=True)
    assert {(a.reference, a.score) for a in by_fit.answers} == {(a.reference, a.score) for a in by_relevance.answers}
    assert near.slug in {answer.reference.key for answer in by_fit.answers}


def test_cities_that_run_or_want_the_same_are_gathered_from_the_records(plan: Initiative) -> None:
    a_need(plan, author=plan.author, city="Kampala", title="Riberas y canales para peatones", language="es")
    keep_up()
    cities = {city.label: city for city in ask(city="Rosario").cities}
    assert [item.involvement for item in cities["Santiago, CL"].involvements] == ["runs"]
    assert [item.involvement for item in cities["Kampala, UG"].involvements] == ["wants"]
    assert all(city.fit is not None for city in cities.values())


def test_the_city_that_asks_is_not_an_answer_to_itself(plan: Initiative) -> None:
    assert "Santiago, CL" not in {city.label for city in ask(city="Santiago").cities}


def test_asked_for_cities_only_there_are_no_records(plan: Initiative) -> None:
    found = ask(kinds=("city",))
    assert found.answers == ()
    assert found.cities


def test_facets_count_what_is_found_and_follow_from_the_cities(plan: Initiative) -> None:
    counts = ask("").facets
    assert counts["country"] == {"CL": 1, "IN": 1}
    assert counts["size"] == {"very-large": 2}
    assert counts["climate"] == {"B": 1, "C": 1}
    assert counts["region"] == {"005": 1, "034": 1}
    assert counts["year"] == {"2014": 1}
    assert ask("", filters={"country": ("CL",)}).total == 1


def test_a_chosen_value_stays_in_its_facet_even_when_nothing_has_it(plan: Initiative) -> None:
    shown = {facet.name: facet.choices for facet in facets({}, {"country": ("UG",)})}
    assert [(choice.label, choice.count, choice.chosen) for choice in shown["country"]] == [("Uganda", 0, True)]


def test_an_unknown_city_is_refused(network: Initiative) -> None:
    with pytest.raises(NotFound):
        answers(Question(city_id=1), language="en")


def test_any_number_of_answers_takes_the_same_number_of_queries(network: Initiative) -> None:
    rosario = a_city("Rosario")

    def queries() -> int:
        keep_up()
        with CaptureQueriesContext(connection) as caught:
            found = answers(Question(text="canal banks", city_id=rosario.id), language="en")
        assert found.answers
        return len(caught)

    an_initiative("Canal banks", city="Santiago")
    a_need(network, city="Kampala")
    one = queries()
    for number in range(2):
        an_initiative(f"Canal banks {number}", city=f"Town {number}")
        a_need(network, city=f"Village {number}")
    assert queries() == one


def test_a_page_after_the_first_goes_on_where_it_ended(network: Initiative) -> None:
    for number in range(5):
        a_need(network, title=f"Canal banks {number}")
    while keep_up_all():
        pass
    whole = [answer.reference for answer in ask("canal banks").answers]
    pages = [ask("canal banks", offset=offset, limit=2).answers for offset in (0, 2, 4)]
    assert [answer.reference for page in pages for answer in page] == whole


def keep_up_all() -> bool:
    from metropolis.foundation.history.models import Change  # noqa: PLC0415 - only here

    keep_up()
    return Change.objects.exists()


def test_a_profile_shows_what_a_city_runs_and_wants_with_its_sources(plan: Initiative) -> None:
    a_need(plan, author=plan.author, city="Santiago", title="Cooler schools")
    keep_up()
    profile = city_profile(a_city("Santiago").id)
    assert [(title, [record.title for record in records]) for title, records in profile.sections] == [
        ("It runs", ["Plan Metropolitano de Vías Verdes"]),
        ("It wants", ["Cooler schools"]),
    ]
    facts = {fact.label: fact for fact in profile.facts}
    assert facts["Population of the city proper"].value == "4,837,295"
    assert "GeoNames" in facts["Population of the city proper"].note
    assert {feature["properties"]["title"] for feature in profile.points["features"]} == {
        "Plan Metropolitano de Vías Verdes",
        "Cooler schools",
    }


def test_what_is_not_known_of_a_city_is_none(network: Initiative) -> None:
    facts = {fact.label: fact.value for fact in city_profile(a_city("Nowhere").id).facts}
    assert facts["Population of the city proper"] is None
    assert facts["Climate zone (Köppen-Geiger)"] is None


def test_a_profile_of_any_number_of_records_takes_the_same_number_of_queries(network: Initiative) -> None:
    city = a_city("Rosario")

    def queries() -> int:
        keep_up()
        with CaptureQueriesContext(connection) as caught:
            city_profile(city.id)
        return len(caught)

    an_initiative("One", city="Rosario")
    a_need(network)
    one = queries()
    an_initiative("Two", city="Rosario")
    a_need(network, title="Another")
    assert queries() == one


def test_records_side_by_side_share_their_rows(plan: Initiative) -> None:
    need = a_need(plan, author=plan.author, by_when="2028")
    shown = comparison([Reference.parse(f"initiative:{plan.slug}"), Reference.parse(f"need:{need.slug}")])
    rows = {row.label: row.cells for row in shown.rows}
    assert rows["Kind"] == ["Initiative", "Need"]
    assert rows["By when"] == [None, "2028"]


@pytest.mark.parametrize(
    ("population", "name"), [(99_999, "small"), (100_000, "medium"), (5_000_000, "mega"), (None, "")]
)
def test_sizes_are_classes_of_the_city_proper(population: int | None, name: str) -> None:
    assert size_class(population) == name
    assert not name or name in SIZES


def test_the_words_of_the_question_are_marked_whatever_their_endings_and_accents() -> None:
    pieces = marked("Las RIBERAS y los canáles, no la rivera.", "ribera de canales")
    assert [piece for piece, found in pieces if found] == ["RIBERAS", "canáles"]
    assert "".join(piece for piece, _found in pieces) == "Las RIBERAS y los canáles, no la rivera."
