"""Fit to a city, and the sentence that says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.tools.exchange.engine import Candidate, CityContext, Fit, Weights, explain, fit_to_city

ROSARIO = CityContext(
    place_id=1,
    name="Rosario",
    country="AR",
    population=1_200_000,
    latitude=-32.95,
    longitude=-60.65,
    region="South America",
    income_group="upper-middle",
    climate="Cfa",
    languages=("es",),
)
SANTIAGO = CityContext(
    place_id=2,
    name="Santiago",
    country="CL",
    population=4_800_000,
    latitude=-33.45,
    longitude=-70.67,
    region="South America",
    income_group="high",
    climate="Csb",
    languages=("es",),
)
UNKNOWN = CityContext(place_id=3, name="Elsewhere")
LANGUAGES = ("en", "es", "fr", "pt", "ca", "de", "ar", "zh")

contexts = st.builds(
    CityContext,
    place_id=st.integers(1, 9),
    name=st.just("City"),
    population=st.none() | st.integers(0, 40_000_000),
    metropolitan_population=st.none() | st.integers(0, 40_000_000),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    region=st.none() | st.sampled_from(["A", "B"]),
    income_group=st.none() | st.sampled_from(["low", "lower-middle", "upper-middle", "high"]),
    climate=st.none() | st.sampled_from(["Af", "Cfa", "Cfb", "Dfb"]),
    languages=st.none() | st.just(("en",)) | st.just(("es", "ca")),
    powers=st.none() | st.just(()) | st.just(("land",)),
    budget=st.none() | st.floats(0, 1e9),
)
candidates = st.builds(
    Candidate,
    need=st.none() | st.floats(0, 1),
    cities=st.lists(contexts, max_size=3).map(tuple),
    powers=st.none() | st.just(("land", "taxes")),
    cost=st.none() | st.floats(0, 1e9),
)


def values(fit: Fit) -> dict[str, float | None]:
    return {factor.name: factor.value for factor in fit.factors}


@given(contexts, candidates)
def test_every_value_lies_between_nought_and_one_and_every_language_finds_words(
    city: CityContext, candidate: Candidate
) -> None:
    fit = fit_to_city(city, candidate)
    known = [factor.value for factor in fit.factors if factor.value is not None]
    assert all(0 <= value <= 1 for value in known)
    assert 0 <= fit.coverage <= 1
    assert (fit.overall is None) == (not known)
    assert fit.overall is None or min(known) - 1e-6 <= fit.overall <= max(known) + 1e-6
    assert all(explain(fit, language) for language in LANGUAGES)


def test_what_is_unknown_lowers_the_coverage_and_not_the_fit() -> None:
    whole = fit_to_city(ROSARIO, Candidate(need=0.8, cities=(ROSARIO,)))
    part = fit_to_city(ROSARIO, Candidate(need=0.8, cities=(UNKNOWN,)))
    assert values(part)["climate"] is None
    assert part.overall == 0.8
    assert part.coverage < whole.coverage


def test_with_nothing_known_there_is_no_fit_to_speak_of() -> None:
    fit = fit_to_city(UNKNOWN, Candidate())
    assert (fit.overall, fit.coverage) == (None, 0.0)
    assert explain(fit) == "For Elsewhere: nothing is known yet to judge by."


def test_factors_are_what_their_definitions_say() -> None:
    found = values(fit_to_city(ROSARIO, Candidate(need=0.5, cities=(SANTIAGO,))))
    assert found["size"] == pytest.approx(1 - 0.30103)  # four times as many: half the way to a hundredfold is 0.602
    assert found["climate"] == 0.5
    assert found["income"] == pytest.approx(2 / 3)
    assert (found["region"], found["language"]) == (1.0, 1.0)
    assert found["distance"] == pytest.approx(2 ** (-937 / 2000), abs=0.01)


def test_a_city_proper_is_never_compared_with_a_metropolitan_area() -> None:
    proper = CityContext(place_id=1, name="A", population=500_000)
    metropolitan = CityContext(place_id=2, name="B", metropolitan_population=500_000)
    assert values(fit_to_city(proper, Candidate(cities=(metropolitan,))))["size"] is None


def test_of_several_cities_that_run_it_the_most_similar_counts() -> None:
    far = CityContext(
        place_id=9, name="Reykjavik", population=140_000, climate="ET", region="Europe", languages=("is",)
    )
    fit = fit_to_city(ROSARIO, Candidate(cities=(far, SANTIAGO)))
    assert fit.closest == SANTIAGO


def test_preconditions_count_the_powers_the_city_has_and_the_share_of_its_budget() -> None:
    city = ROSARIO.model_copy(update={"powers": ("land use",), "budget": 1_000_000.0})
    fit = fit_to_city(city, Candidate(powers=("land use", "own taxes"), cost=100_000.0))
    assert values(fit)["preconditions"] == pytest.approx(0.25)  # half of the powers, and a tenth of the budget
    assert fit.factors[-1].evidence["lacking"] == ("own taxes",)


def test_powers_that_are_needed_but_not_known_of_the_city_are_unknown_and_named() -> None:
    fit = fit_to_city(ROSARIO, Candidate(powers=("land use",)))
    assert values(fit)["preconditions"] is None
    assert fit.factors[-1].evidence == {"needed": ("land use",)}


def test_a_weight_of_nought_leaves_a_factor_out_of_the_mean_and_of_the_sentence() -> None:
    weights = Weights(need=0, size=0, income=0, region=0, distance=0, language=0, preconditions=0)
    fit = fit_to_city(ROSARIO, Candidate(need=0.9, cities=(SANTIAGO,)), weights)
    assert (fit.overall, fit.coverage) == (0.5, 1.0)
    assert "language" not in explain(fit)


def test_the_reason_names_what_speaks_for_it_what_against_and_what_is_unknown() -> None:
    small = CityContext(place_id=4, name="Bled", country="SI", population=5_000, climate="Dfb", languages=("sl",))
    fit = fit_to_city(ROSARIO, Candidate(need=0.9, cities=(small,)))
    assert explain(fit, "en", names={"SI": "Slovenia"}) == (
        "From Bled (Slovenia), for Rosario: it answers what was asked; but a very different size, another climate and "
        "no shared language; not known: income level, part of the world, distance and what it takes."
    )


def test_the_reason_is_in_the_readers_language() -> None:
    fit = fit_to_city(ROSARIO, Candidate(need=0.9, cities=(SANTIAGO,)))
    sentences = {language: explain(fit, language) for language in LANGUAGES}
    assert len(set(sentences.values())) == len(LANGUAGES)
    assert sentences["es"].startswith("De Santiago (CL), para Rosario: responde a lo que se pide")
    assert sentences["zh"].endswith("。")


def test_a_reader_of_another_language_is_answered_in_english() -> None:
    fit = fit_to_city(ROSARIO, Candidate(need=0.9))
    assert explain(fit, "sw") == explain(fit, "en")
    assert explain(fit, "pt-BR") == explain(fit, "pt")


def test_where_nothing_speaks_for_it_the_sentence_begins_with_what_speaks_against() -> None:
    far = CityContext(place_id=5, name="Oslo", climate="Dfb", languages=("no",), region="Europe")
    fit = fit_to_city(ROSARIO, Candidate(need=0.1, cities=(far,)))
    sentence = explain(fit)
    assert sentence.startswith("From Oslo, for Rosario: it answers only part of what was asked, ")
    assert "but" not in sentence
    conjunctions = {"en": "but", "es": "pero", "fr": "mais", "pt": "mas", "ca": "però", "de": "aber", "zh": "但"}
    for language, conjunction in conjunctions.items():
        assert conjunction not in explain(fit, language)


def test_where_nothing_speaks_either_way_the_sentence_says_so() -> None:
    weights = Weights(size=0, climate=0, income=0, region=0, distance=0, language=0, preconditions=0)
    fit = fit_to_city(ROSARIO, Candidate(need=0.5), weights)
    assert explain(fit) == "For Rosario: it suits in part."


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_the_citys_own_is_not_compared_with_itself(language: str) -> None:
    fit = fit_to_city(ROSARIO, Candidate(need=0.9, cities=(SANTIAGO, ROSARIO)))
    sentence = explain(fit, language, names={"AR": "Argentina"})
    assert "km" not in sentence
    assert "Argentina" not in sentence
    assert sentence.count("Rosario") == 1


def test_what_is_the_citys_own_says_what_the_city_has_to_do_with_it() -> None:
    own = Candidate(need=0.9, cities=(ROSARIO,), powers=("land use",))
    assert explain(fit_to_city(ROSARIO, own)) == (
        "For Rosario: it is the city’s own; it answers what was asked; not known: what it takes."
    )
    assert explain(fit_to_city(ROSARIO, own), involvement="measured").startswith(
        "For Rosario: the city is measured in this; it answers"
    )
    unasked = Candidate(cities=(ROSARIO,))
    assert explain(fit_to_city(ROSARIO, unasked), involvement="runs") == "For Rosario: the city runs this."


def test_the_reason_says_what_the_other_city_has_to_do_with_it_in_every_language() -> None:
    fit = fit_to_city(ROSARIO, Candidate(need=0.9, cities=(SANTIAGO,)))
    assert explain(fit, involvement="wants").startswith("From Santiago (CL), for Rosario: the city wants this; it")
    for language in LANGUAGES:
        said = {explain(fit, language, involvement=one) for one in ("runs", "ran", "wants", "knows", "offers")}
        said |= {explain(fit, language, involvement=one) for one in ("adopted", "measured", "")}
        assert len(said) == 8
