"""Reading a barometer: its ranking, a city's page, cities side by side, a report, and what search is told."""

import io
import re
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Framework, Recipe, Table, build
from metropolis.tools.barometer.engine.advancing import Progress
from metropolis.tools.barometer.engine.figures import Sureness, YearFigures
from metropolis.tools.barometer.engine.material import Break
from metropolis.tools.barometer.engine.recipe import Aggregate, Impute, Normalise
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries import Place, words
from metropolis.tools.barometer.values import EditionInput

from .factories import CITIES, an_edition, content, data, framework, home

pytestmark = pytest.mark.django_db
PLACE: dict[str, Any] = {"barometer_slug": "the-barometer", "label": "2025"}
HOME = "/barometers/the-barometer/2025/"


@pytest.fixture
def steward() -> Person:
    initiative = home()
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=person, role=4)
    return person


@pytest.fixture
def cities() -> dict[str, City]:
    """Cities of the names in the data, in three countries."""
    countries = ("AR", "AR", "AR", "FR", "FR", "FR", "KE", "KE")
    return {name: CityFactory.create(name=name, country=code) for name, code in zip(CITIES, countries, strict=True)}


def publish(steward: Person, *, row: Edition | None = None) -> Edition:
    row = row or an_edition(steward, "care")
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    return Edition.objects.get(pk=row.pk)


def changed(steward: Person, **told: Any) -> Edition:
    """The edition with other material, its intervals computed."""
    row = an_edition(steward, "care")
    operation = operations.set_tables if {"data", "framework"} & told.keys() else operations.set_method
    row = operation(**PLACE, actor=steward, **told)
    operations.compute_edition(id=row.pk, digest=row.digest)
    return Edition.objects.get(pk=row.pk)


def text_of(answer: Any) -> str:
    page = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def names_of(answer: Any) -> list[str]:
    return [row["name"] for group in answer.context["groups"] for row in group["rows"]]


# The list, and a barometer without editions


def test_a_city_to_compare_that_there_is_not_is_named(client: Client, steward: Person) -> None:
    publish(steward)
    page = client.get(f"{HOME}compare/?city=NOPE&city=aurelia&city=%3Cb%3E&city=").text
    assert "This edition has no figures of NOPE and &lt;b&gt;." in page
    assert 'aria-label="Take off Aurelia"' in page
    assert "This edition has no figures of NOPE." in client.get(f"{HOME}compare/?city=NOPE").text
    assert "has no figures of" not in client.get(f"{HOME}compare/?city=").text


def test_the_list_shows_public_barometers_with_their_last_edition(client: Client, steward: Person) -> None:
    assert "No barometers yet" in text_of(client.get("/barometers/"))
    publish(steward)
    page = client.get("/barometers/")
    assert "Care barometer" in text_of(page)
    assert "last edition: 2025" in text_of(page)
    assert "Begin a barometer" not in text_of(page)
    assert "A barometer is begun in an initiative, by those who coordinate it." in text_of(page)
    client.force_login(steward)
    assert "Begin a barometer" in text_of(client.get("/barometers/"))


def test_the_initiative_tells_of_the_work_in_words_and_once(client: Client, steward: Person) -> None:
    changed(steward, recipe=Recipe(steps=(Normalise(), Aggregate())))
    client.force_login(steward)
    said = [told["title"] for told in client.get("/initiatives/care/").context["events"]]
    assert said == ["Changed", "Begun", "Added"]


def test_a_barometer_without_a_published_edition_says_so(client: Client, steward: Person) -> None:
    an_edition(steward, "care")
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    page = text_of(client.get("/barometers/the-barometer/"))
    assert "No edition is published yet" in page
    assert "Make an edition" not in page
    client.force_login(steward)
    assert "Make an edition" in text_of(client.get("/barometers/the-barometer/"))


def test_a_barometers_address_shows_its_last_edition(client: Client, steward: Person) -> None:
    publish(steward)
    page = client.get("/barometers/the-barometer/")
    assert page.context["edition"].label == "2025"
    assert "Digest" not in text_of(page)
    assert "Initiative care" in page.context["citation"]
    assert page.context["edition"].digest[:16] in page.context["citation"]


def test_a_draft_without_figures_says_so_to_its_makers(client: Client, steward: Person) -> None:
    operations.add_barometer(initiative="care", actor=steward, content=content(), slug="the-barometer")
    operations.add_edition(barometer_slug="the-barometer", actor=steward, content=EditionInput(label="2025"))
    client.force_login(steward)
    assert "There are no figures yet" in text_of(client.get(HOME))


def test_makers_find_their_way_from_what_is_read_to_where_it_is_made(client: Client, steward: Person) -> None:
    an_edition(steward, "care")
    client.force_login(steward)
    assert f"{HOME}make/" in client.get(HOME).text
    operations.set_edition_state(**PLACE, actor=steward, state="consultation")
    assert f"{HOME}comments/" in client.get(HOME).text
    publish(steward, row=Edition.objects.get())
    page = client.get(HOME)
    assert "/barometers/the-barometer/make/" in page.text
    assert "Follow" in text_of(page)
    client.logout()
    assert "/make/" not in client.get(HOME).text


def test_a_list_costs_the_same_whatever_its_length(client: Client, steward: Person) -> None:
    publish(steward)
    counts = []
    for more in ((), ("second", "third")):
        for slug in more:
            operations.add_barometer(initiative="care", actor=steward, content=content(), slug=slug)
            operations.set_barometer_visibility(slug=slug, actor=steward, visibility=Visibility.PUBLIC)
        with CaptureQueriesContext(connection) as asked:
            client.get("/barometers/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# The ranking


def test_a_place_is_a_span_and_neighbours_that_cannot_be_told_apart_share_a_letter() -> None:
    names = ("a", "b", "c", "d")
    year = YearFigures(
        year=None, units=names, scores=((9.0,), (8.0,), (8.0,), (None,)), ranks=((1.0,), (2.0,), (2.0,), (None,)),
        sure=Sureness(
            lower=(8.5, 7.0, 7.0, None), median=(9.0, 8.0, 8.0, None), upper=(9.5, 8.8, 8.9, None),
            best=(1.0, 2.0, 2.0, None), worst=(1.0, 3.0, 3.0, None),
            top_quarter=(1.0, 0.0, 0.004, None), above_next=(0.95, 0.5, 0.6, None),
        ),
    )  # fmt: skip
    rows = queries.standings(year, {name: Place(name, name.upper(), None, None) for name in names})
    assert [row.rank_text for row in rows] == ["1", "=2–3", "=2–3", ""]
    assert [row.group for row in rows[:3]] == ["", "a", "a"]
    assert queries.told_apart(rows) == (1, 3)
    assert words.place_words(rows[1], 3) == "between place 2 and place 3 of 3"
    assert words.probability(rows[0].top_quarter) == "more than 99\xa0%"
    assert words.probability(0.004) == "less than 1\xa0%"


def test_the_ranking_shows_every_city_with_its_interval(client: Client, steward: Person) -> None:
    row = publish(steward)
    page = client.get(HOME)
    figures = queries.figures_of(row)
    assert figures is not None
    assert figures.latest.sure is not None
    scores = dict(zip(figures.latest.units, (each[-1] for each in figures.latest.scores), strict=True))
    ordered = sorted(scores, key=lambda code: -(scores[code] or 0))
    assert [name.lower() for name in names_of(page)] == ordered
    best = figures.latest.units.index(ordered[0])
    assert f"{figures.latest.sure.lower[best]:.1f}–{figures.latest.sure.upper[best]:.1f}" in text_of(page)
    assert "8 cities are compared on 4 indicators in 2 pillars." in text_of(page)


def test_the_year_is_chosen_in_the_address_and_kept(client: Client, steward: Person) -> None:
    row = publish(steward)
    figures = queries.figures_of(row)
    assert figures is not None
    page = client.get(f"{HOME}?year=2024")
    assert page.context["opened"].shown == figures.years[0]
    assert f"{HOME}cities/aurelia/?year=2024" in page.text
    assert client.get(f"{HOME}?year=1999").context["opened"].shown == figures.latest


def test_cities_are_chosen_by_name_country_region_and_likeness(
    client: Client, steward: Person, cities: dict[str, City]
) -> None:
    publish(steward)
    assert len(names_of(client.get(HOME))) == len(CITIES)
    assert names_of(client.get(f"{HOME}?q=DUN")) == [cities["Dunmore"].title]
    french = names_of(client.get(f"{HOME}?country=FR"))
    assert sorted(french) == sorted(cities[name].title for name in ("Dunmore", "Esperanza", "Farolito"))
    assert sorted(names_of(client.get(f"{HOME}?region=155"))) == sorted(french)
    assert len(names_of(client.get(f"{HOME}?like=aurelia"))) == len(CITIES)
    assert len(names_of(client.get(f"{HOME}?country=XX&node=nonsense&like=nobody"))) == len(CITIES)
    assert "No city matches" in text_of(client.get(f"{HOME}?q=nowhere"))


def test_cities_are_sorted_by_any_node_of_which_no_place_is_claimed(client: Client, steward: Person) -> None:
    row = publish(steward)
    figures = queries.figures_of(row)
    assert figures is not None
    page = client.get(f"{HOME}?node=trust")
    column = figures.nodes.index("trust")
    trust = {unit: each[column] for unit, each in zip(figures.latest.units, figures.latest.scores, strict=True)}
    assert [name.lower() for name in names_of(page)] == sorted(trust, key=lambda code: -(trust[code] or 0))
    assert all(not each.rank and each.lower is None for each in page.context["chart_rows"])


def test_a_large_ranking_is_read_in_pages(client: Client, steward: Person) -> None:
    many = tuple(f"City {number}" for number in range(130))
    publish(steward, row=changed(steward, data=data(cities=many, years=(2025,))))
    assert len(names_of(client.get(HOME))) == 100
    assert len(names_of(client.get(f"{HOME}?page=2"))) == 30


def test_the_map_has_the_cities_that_are_known_each_with_its_place(
    client: Client, steward: Person, cities: dict[str, City]
) -> None:
    cities["Harmonia"].names.all().delete()
    publish(steward)
    features = client.get(HOME).context["points"]["features"]
    assert len(features) == len(CITIES) - 1
    assert {feature["properties"]["tone"] for feature in features} <= {"1", "2", "3", "4"}
    assert all("place" in feature["properties"]["title"] for feature in features)


def test_synthetic_figures_are_said_to_be_so_on_every_page_and_chart(client: Client, steward: Person) -> None:
    an_edition(steward, "care")
    told = EditionInput(label="2025", synthetic_note="Drawn by a program.")
    operations.change_edition(**PLACE, actor=steward, content=told)
    publish(steward, row=Edition.objects.get())
    for page in ("", "cities/aurelia/", "compare/?city=aurelia&city=bellano"):
        answer = client.get(f"{HOME}{page}")
        assert "Drawn by a program." in answer.text
        captions = re.findall(r"<figcaption>(.*?)</figcaption>", answer.text, flags=re.DOTALL)
        assert captions
        assert all("synthetic" in caption for caption in captions)


# A city's page


def test_the_page_of_a_city_says_its_place_and_that_parts_add_up(client: Client, steward: Person) -> None:
    row = publish(steward)
    page = client.get(f"{HOME}cities/aurelia/")
    assert "The probability that it is in the best quarter is" in text_of(page)
    gap = page.context["gap"]
    for parts in (gap["parts"], gap["pillars"]):
        assert sum(part.value for part in parts) == pytest.approx(gap["end"].value - gap["start"].value)
    figures = queries.figures_of(row)
    assert figures is not None
    assert gap["end"].value == pytest.approx(figures.latest.scores[figures.latest.units.index("aurelia")][-1])


def test_a_gap_is_explained_beside_the_city_above_or_any_other(client: Client, steward: Person) -> None:
    publish(steward)
    order = [name.lower() for name in names_of(client.get(HOME))]
    page = client.get(f"{HOME}cities/{order[3]}/?against=above")
    assert page.context["gap"]["start"].label.lower() == order[2]
    assert page.context["gap"]["end"].value <= page.context["gap"]["start"].value
    page = client.get(f"{HOME}cities/{order[3]}/?against={order[7]}")
    assert page.context["gap"]["start"].label.lower() == order[7]
    assert client.get(f"{HOME}cities/{order[3]}/?against=nobody").context["gap"]["start"].label == "the typical city"


def test_an_index_whose_gaps_have_no_parts_says_so(client: Client, steward: Person) -> None:
    recipe = Recipe(steps=(Normalise(), Aggregate(method="median")))
    publish(steward, row=changed(steward, recipe=recipe))
    assert "has no parts" in text_of(client.get(f"{HOME}cities/aurelia/"))
    assert client.get(f"{HOME}compare/?city=aurelia&city=bellano").status_code == 200
    assert client.get(f"{HOME}cities/aurelia/report.pdf").status_code == 200


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "Yes, almost surely"),
        (0.9, "Yes, probably"),
        (0.5, "That cannot be told"),
        (0.1, "No, probably not"),
        (0.0, "No, almost surely not"),
    ],
)
def test_progress_is_told_with_its_probability_in_five_steps(probability: float, said: str) -> None:
    found = Progress(before=60.0, after=61.5, probability=probability, interval=(-0.5, 3.5))
    told = words.progress_words(2024, 2025, found)
    assert told.startswith(said)
    assert words.probability(probability) in told
    assert "−0.5 and +3.5" in told


def test_progress_is_that_of_the_edition_and_breaks_are_marked(client: Client, steward: Person) -> None:
    publish(steward, row=changed(steward, breaks=(Break(code="trust", year=2025, note="another question"),)))
    page = client.get(f"{HOME}cities/aurelia/")
    (step,) = page.context["progress"]["steps"]
    assert (step["before"], step["after"]) == (2024, 2025)
    assert sum(part.value for part in step["parts"]) == pytest.approx(step["end"].value - step["start"].value)
    assert "Trust in neighbours is measured otherwise from 2025 on: another question" in text_of(page)
    assert page.context["progress"]["series"][0].breaks == (2025,)


def test_an_edition_of_one_year_says_nothing_of_progress(client: Client, steward: Person) -> None:
    publish(steward, row=changed(steward, data=data(years=(2025,))))
    page = client.get(f"{HOME}cities/aurelia/")
    assert page.context["progress"] is None
    assert "Are we really better" not in page.text


def test_what_would_move_a_city_up_does_move_it_up(client: Client, steward: Person) -> None:
    row = publish(steward)
    order = [name.lower() for name in names_of(client.get(HOME))]
    moves = [move for move in queries.moves(row, 2025, order[4]) if move.is_feasible]
    assert moves
    assert moves[0].precedent is not None
    table, tree = queries.material_of(row).parts()
    place = next(at for at, pair in enumerate(zip(table.units, table.times, strict=True)) if pair == (order[4], 2025))
    values = table.values.copy()
    values[place, table.place(moves[0].code)] = moves[0].needed
    ranked = build(table.with_values(values), tree, queries.material_of(row).recipe).ranks.of_year(2025)
    assert ranked.values[ranked.units.index(order[4]), -1] <= 4
    assert client.get(f"{HOME}cities/{order[0]}/").context["moves"] == []


def test_figures_say_where_they_are_weak(client: Client, steward: Person) -> None:
    table = data(years=(2025,))
    values = table.values.copy()
    values[0, 0] = np.nan
    holed = Table(table.units, table.columns, values, table.names, table.times)
    row = changed(steward, data=holed)
    recipe = Recipe(steps=(Impute(method="median"), Normalise(), Aggregate()))
    row = operations.set_method(**PLACE, actor=steward, recipe=recipe)
    operations.compute_edition(id=row.pk, digest=row.digest)
    publish(steward, row=row)
    figures = client.get(f"{HOME}cities/aurelia/").context["figures"]
    assert figures[0]["value"] is None
    assert "filled in: " in figures[0]["notes"][0]
    assert figures[1]["notes"] == ["as measured"]


def test_a_weak_city_is_shown_practices_on_the_topic(client: Client, steward: Person, cities: dict[str, City]) -> None:
    load_vocabularies()
    nodes = tuple(node.model_copy(update={"topic": "care"}) for node in framework().nodes)
    publish(steward, row=changed(steward, framework=Framework(nodes=nodes)))
    order = names_of(client.get(HOME))
    code = next(name.lower() for name, city in cities.items() if city.title == order[-1])
    page = client.get(f"{HOME}cities/{code}/")
    (related,) = page.context["related"]
    assert related.topic == "Care"
    assert "kind=practice&topic=care" in related.url
    assert cities[code.capitalize()].pk
    assert f"/cities/{cities[code.capitalize()].pk}-" in page.text


def test_a_city_may_be_called_by_any_code(client: Client, steward: Person) -> None:
    names = ("Bergen/NO", "a?b=c&d", "100 %", "<b>x</b>", "مدينة")
    publish(steward, row=changed(steward, data=data(cities=names)))
    ranking = client.get(HOME)
    assert "<b>x</b>" not in ranking.text
    for group in ranking.context["groups"]:
        for row in group["rows"]:
            assert client.get(row["url"]).context["seen"].name == row["name"]
            assert client.get(f"{row['url']}report.pdf").status_code == 200


def test_a_city_that_is_not_in_the_edition_has_no_page(client: Client, steward: Person) -> None:
    publish(steward)
    for page in ("cities/nowhere/", "cities/nowhere/report.pdf"):
        assert client.get(f"{HOME}{page}").status_code == 404


# Side by side


def test_up_to_four_cities_are_compared_each_pair_with_a_probability(client: Client, steward: Person) -> None:
    row = publish(steward)
    assert "No city is chosen yet" in text_of(client.get(f"{HOME}compare/"))
    asked = "&".join(f"city={name.lower()}" for name in (*CITIES[:5], "Nowhere"))
    page = client.get(f"{HOME}compare/?{asked}")
    assert [each["name"] for each in page.context["removals"]] == list(CITIES[:4])
    assert len(page.context["pairs"]) == 6
    assert not page.context["has_room"]
    assert len(page.context["gaps"]) == 3
    (chance,) = queries.above(row, 2025, [("aurelia", "bellano")])
    assert words.above_words(chance, "Aurelia", "Bellano") == page.context["pairs"][0]
    for gap in page.context["gaps"]:
        assert sum(part.value for part in gap["parts"]) == pytest.approx(gap["end"].value - gap["start"].value)


def test_a_city_is_added_to_a_comparison_without_scripts(client: Client, steward: Person) -> None:
    publish(steward)
    page = client.get(f"{HOME}compare/?city=aurelia&city=bellano&city=aurelia&year=2024")
    assert [each["name"] for each in page.context["removals"]] == ["Aurelia", "Bellano"]
    assert page.text.count('<input type="hidden" name="city"') == 2
    assert page.context["removals"][0]["url"] == f"{HOME}compare/?year=2024&city=bellano"


# On paper


@pytest.mark.parametrize(("language", "said"), [("en", "Why this score"), ("ar", "Aurelia")])
def test_a_city_is_printed_in_the_readers_language(client: Client, steward: Person, language: str, said: str) -> None:
    publish(steward)
    answer = client.get(f"{HOME}cities/aurelia/report.pdf", headers={"Accept-Language": language})
    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="the-barometer-2025-aurelia.pdf"' in answer["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert said in text
    assert Edition.objects.get().digest[:16] in re.sub(r"\s", "", text)
    assert str(reader.root_object["/Lang"]) == language


def test_a_report_leaves_out_what_a_page_would_not_compute_at_once(
    client: Client, steward: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = publish(steward)
    figures = queries.figures_of(row)
    assert figures is not None
    last = max(zip((ranks[-1] or 0 for ranks in figures.latest.ranks), figures.latest.units, strict=True))[1]
    for limit, is_there in ((3000, True), (1, False)):
        monkeypatch.setattr("metropolis.tools.barometer.pages.profile._AT_ONCE", limit)
        pages = PdfReader(io.BytesIO(client.get(f"{HOME}cities/{last}/report.pdf").content)).pages
        assert ("What would move us up" in " ".join(page.extract_text() for page in pages)) is is_there


def test_the_report_of_a_draft_says_that_it_is_one_and_under_which_licence(client: Client, steward: Person) -> None:
    an_edition(steward, "care")
    Edition.objects.update(licence="CC BY 4.0")
    assert client.get(f"{HOME}cities/aurelia/report.pdf").status_code == 404
    client.force_login(steward)
    answer = client.get(f"{HOME}cities/aurelia/report.pdf")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert "Draft" in pages[0].extract_text()
    assert "Licence: CC BY 4.0" in " ".join(page.extract_text() for page in pages)


# What search is told


def test_search_is_told_of_pillars_and_cities_of_the_last_published_edition(
    steward: Person, cities: dict[str, City]
) -> None:
    load_vocabularies()
    nodes = tuple(node.model_copy(update={"topic": "care"}) for node in framework().nodes)
    row = changed(steward, framework=Framework(nodes=nodes))
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    (draft,) = queries.findable(["the-barometer"])
    assert (draft.city_ids, draft.texts[0].paragraphs) == ((), ())
    publish(steward, row=row)
    (found,) = queries.findable(["the-barometer"])
    assert set(found.city_ids) == {city.pk for city in cities.values()}
    assert found.texts[0].paragraphs[0] == "Services. Childcare places; Waiting for a doctor"
    assert found.topics == ("care",)
    assert found.involvement == "measured"
    assert {fact.label: fact.text for fact in found.facts}["Last edition"] == "2025"


def test_what_search_is_told_costs_the_same_whatever_the_number(steward: Person) -> None:
    publish(steward)
    list(queries.findable())  # the framework is kept from here on
    counts = []
    for more in ((), ("second", "third")):
        for slug in more:
            operations.add_barometer(initiative="care", actor=steward, content=content(), slug=slug)
            operations.set_barometer_visibility(slug=slug, actor=steward, visibility=Visibility.PUBLIC)
        with CaptureQueriesContext(connection) as asked:
            assert len(list(queries.findable())) == 1 + len(more)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_cost_the_same_whatever_the_number_of_cities(client: Client, steward: Person) -> None:
    counts = []
    for many in (3, 9):
        names = tuple(f"City {number}" for number in range(many))
        for name in names:
            if not City.objects.filter(name=name).exists():
                CityFactory.create(name=name)
        label = f"of-{many}"
        an_edition(steward, "care", label=label)
        place: dict[str, Any] = {"barometer_slug": "the-barometer", "label": label, "actor": steward}
        row = operations.set_tables(**place, data=data(cities=names))
        operations.compute_edition(id=row.pk, digest=row.digest)
        client.force_login(steward)
        asked = []
        for page in ("", "cities/city%200/", "compare/?city=city%200&city=city%201"):
            address = f"/barometers/the-barometer/{label}/{page}"
            client.get(address)
            with CaptureQueriesContext(connection) as queried:
                assert client.get(address).status_code == 200
            asked.append(len(queried))
        counts.append(asked)
    # The second edition is one more in the list of editions, which is one query.
    assert counts[0] == counts[1]
