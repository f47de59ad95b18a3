"""An edition explored, documented and taken away: as anybody reads it."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from python_calamine import CalamineWorkbook

from metropolis.cli import metropolis
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Framework, Measure, Node, Recipe, Survey, Table, estimate
from metropolis.tools.barometer.engine.figures import figures, sure_figures
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.engine.recipe import Aggregate, Impute, Normalise, Screen, Treat
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.pages.files import FILES

from .factories import an_edition, data, framework, home

pytestmark = pytest.mark.django_db
PLACE: dict[str, Any] = {"barometer_slug": "the-barometer", "label": "2025"}
BASE = "/barometers/the-barometer/2025/"


@pytest.fixture
def steward() -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=home(), person=person, role=4)
    an_edition(person, "care")
    return person


def publish(steward: Person) -> Edition:
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    row, _workspace = queries.edition("the-barometer", "2025", None)
    return row


@pytest.fixture
def published(steward: Person) -> Edition:
    return publish(steward)


def remade(steward: Person, **told: Any) -> Edition:
    """The edition with other tables or another recipe, computed and published."""
    recipe = told.pop("recipe", None)
    row = operations.set_tables(**PLACE, actor=steward, **told) if told else None
    if recipe:
        row = operations.set_method(**PLACE, actor=steward, recipe=recipe)
    assert row is not None
    operations.compute_edition(id=row.pk, digest=row.digest)
    return publish(steward)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_file_can_be_taken_away_under_a_name_that_says_what_it_is(client: Client, published: Edition) -> None:
    page = client.get(f"{BASE}data/").text
    for name, file in FILES.items():
        address = f"{BASE}download/{name}"
        assert f'href="{address}"' in page
        answer = client.get(address)
        assert answer.status_code == 200, name
        assert answer["Content-Type"] == file.media
        assert answer["Content-Disposition"] == f'attachment; filename="the-barometer-2025-{name}"'
        assert answer.content
        again = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{BASE}download/everything.zip").status_code == 404
    assert published.digest in client.get(f"{BASE}download/citation.txt").text


def test_scores_are_taken_away_in_full_precision_for_all_years_or_one(client: Client, published: Edition) -> None:
    found = queries.figures_of(published)
    assert found is not None
    everything = rows_of(client.get(f"{BASE}download/scores.csv").text)
    assert [(row["uCode"], row["Time"]) for row in everything[:1]] == [("aurelia", "2024")]
    answer = client.get(f"{BASE}download/scores.csv?year=2024")
    assert "2025-2024-scores.csv" in answer["Content-Disposition"]
    first = found.of_year(2024)
    assert [float(row["care"]) for row in rows_of(answer.text)] == [scores[-1] for scores in first.scores]
    intervals = rows_of(client.get(f"{BASE}download/intervals.csv?year=2025").text)
    assert first.sure is not None
    assert found.latest.sure is not None
    assert [float(row["upper"]) for row in intervals] == list(found.latest.sure.upper)


@pytest.mark.parametrize("year", ["1", "abc", "02024", "2026"])
def test_of_a_year_without_figures_there_is_no_file_and_a_page_says_what_it_shows(
    client: Client, published: Edition, year: str
) -> None:
    for path in ("download/scores.csv", "download/data.csv", "cities/aurelia/report.pdf"):
        answer = client.get(f"{BASE}{path}?year={year}")
        assert answer.status_code == 404, path
        assert "no figures of this year" in answer.text
        assert client.get(f"{BASE}{path}?year=2024").status_code == 200
    for path in ("", "cities/aurelia/", "compare/", "framework/", "sensitivity/", "method/", "data/"):
        page = client.get(f"{BASE}{path}?year={year}").text
        assert "There are no figures of this year." in page, path
        assert "Shown are those of 2025." in page
        assert f"download/scores.csv?year={year}" not in page
        assert "There are no figures of this year." not in client.get(f"{BASE}{path}?year=2024").text
    assert published.pk


def test_an_unpublished_edition_gives_its_files_to_its_makers_alone(client: Client, steward: Person) -> None:
    assert client.get(f"{BASE}download/scores.csv").status_code == 404
    client.force_login(steward)
    assert client.get(f"{BASE}download/scores.csv").status_code == 200
    assert "figures may still change" in client.get(f"{BASE}download/citation.txt").text


def test_files_of_intervals_are_offered_only_once_these_are_computed(client: Client, steward: Person) -> None:
    operations.set_tables(**PLACE, actor=steward, data=data(seed=8))
    client.force_login(steward)
    assert client.get(f"{BASE}download/intervals.csv").status_code == 404
    assert client.get(f"{BASE}download/workbook.xlsx").status_code == 200
    assert "intervals.csv" not in client.get(f"{BASE}data/").text
    assert client.get(f"{BASE}sensitivity/").status_code == 200


@pytest.mark.parametrize("evil", ["=1+1", "+cmd", "-2", "@SUM(A1)"])
def test_no_text_becomes_a_formula_in_a_spreadsheet(client: Client, steward: Person, evil: str) -> None:
    table = data()
    names = tuple(evil if name == "Aurelia" else name for name in table.names)
    remade(steward, data=Table(table.units, table.columns, table.values, names, table.times))
    text = client.get(f"{BASE}download/data.csv").text
    assert rows_of(text)[0]["uName"] == f"'{evil}"
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{BASE}download/workbook.xlsx").content))
    assert book.get_sheet_by_name("data").to_python()[1][1] == evil, "a cell of text, not of a formula"


def test_pictures_say_that_figures_are_synthetic(client: Client, steward: Person) -> None:
    row = Edition.objects.get(label="2025")
    row.synthetic_note = "Invented by <a program>."
    row.save()
    publish(steward)
    for name in ("ranking.svg", "sensitivity.svg", "citation.txt"):
        text = client.get(f"{BASE}download/{name}").text
        assert "Invented by" in text
        assert "<a program>" not in text or name == "citation.txt"
    assert client.get(f"{BASE}download/ranking.png").content.startswith(b"\x89PNG")


def test_ten_lines_of_python_on_the_files_give_the_pages_figures_to_the_last_bit(
    client: Client, steward: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    holes = data()
    holes.values[3, 1] = np.nan
    holes.values[0, 0] = 900.0
    recipe = Recipe(steps=(Impute(), Treat(), Normalise(), Aggregate(but={"care": "power"})))
    row = remade(steward, data=holes, recipe=recipe)
    for name in ("data.csv", "framework.csv", "recipe.json", "material.json"):
        (tmp_path / f"the-barometer-2025-{name}").write_bytes(client.get(f"{BASE}download/{name}").content)
    page = client.get(f"{BASE}method/")
    told = page.context["again"]
    assert len(told.scores.splitlines()) <= 10
    monkeypatch.chdir(tmp_path)
    exec(compile(told.scores, "scores.py", "exec"), {})  # noqa: S102 the very lines that the page shows
    found = queries.figures_of(row)
    assert found is not None
    latest = found.latest
    expected = [f"{unit} {scores[-1]}" for unit, scores in zip(latest.units, latest.scores, strict=True)]
    assert capsys.readouterr().out.splitlines() == expected
    known: dict[str, Any] = {}
    exec(compile(told.intervals, "intervals.py", "exec"), known)  # noqa: S102
    assert known["figures"] == found


def test_the_command_shown_builds_the_same_scores(
    client: Client, published: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data.csv", "framework.csv", "recipe.json"):
        (tmp_path / f"the-barometer-2025-{name}").write_bytes(client.get(f"{BASE}download/{name}").content)
    command = client.get(f"{BASE}method/").context["again"].build
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(metropolis, shlex.split(command.replace("\\\n", ""))[1:])
    assert told.exit_code == 0, told.output
    built = rows_of(Path("result/scores.csv").read_text())
    shown = rows_of(client.get(f"{BASE}download/scores.csv").text)
    assert [row["care"] for row in built] == [row["care"] for row in shown]


def test_the_commands_shown_compute_intervals_of_several_years_with_survey_errors(
    client: Client, steward: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = Survey(units=("aurelia",) * 400, answers={"q": ("y", "n") * 200}, weights=np.ones(400))
    found = estimate(survey, [Measure(code="trust", question="q", counted=("y",))])
    operations.add_estimates(**PLACE, actor=steward, estimates=found, year=2025)
    client.force_login(steward)
    page = client.get(f"{BASE}method/?year=2024")
    monkeypatch.chdir(tmp_path)
    for address in [*page.context["files"].values(), *page.context["more_files"].values()]:
        answer = client.get(address)
        name = answer["Content-Disposition"].partition('filename="')[2].strip('"')
        Path(name).write_bytes(answer.content)
    for command in (page.context["again"].build, page.context["again"].uncertainty):
        told = CliRunner().invoke(metropolis, shlex.split(command.replace("\\\n", ""))[1:])
        assert told.exit_code == 0, told.output
    assert len(rows_of(Path("intervals/ranks.csv").read_text())) == 8


def test_material_alone_gives_every_figure(client: Client, published: Edition) -> None:
    material = Material.model_validate_json(client.get(f"{BASE}download/material.json").text)
    assert material.digest() == published.digest
    assert sure_figures(material) == queries.figures_of(published)


def test_a_figure_is_marked_with_what_was_done_to_it(client: Client, steward: Person) -> None:
    holes = data()
    holes.values[8, 0] = np.nan  # aurelia in 2025
    holes.values[9, 1] = 4000.0
    holes.values[15] = [np.nan, np.nan, np.nan, 50.0]
    steps = (Screen(least=0.5), Impute(), Treat(points=1, otherwise="none"), Normalise(), Aggregate())
    remade(steward, data=holes, recipe=Recipe(steps=steps))
    page = client.get(f"{BASE}data/?part=care").text
    for words in ("not known, and filled in", "counts as less extreme", "too little of it is known"):
        assert words in page
    method = client.get(f"{BASE}method/").text
    assert "Left out: Harmonia (2025)." in method
    assert "of “Childcare places”" in method
    assert "4,000" in method


def test_an_estimate_has_its_error_beside_it_and_what_is_withheld_says_so(client: Client, steward: Person) -> None:
    survey = Survey(units=("aurelia",) * 400 + ("bellano",) * 6, answers={"q": ("y", "n") * 203}, weights=np.ones(406))
    found = estimate(survey, [Measure(code="trust", question="q", counted=("y",))])
    operations.add_estimates(**PLACE, actor=steward, estimates=found, year=2025)
    client.force_login(steward)
    rows = client.get(f"{BASE}data/?part=bonds&year=2025").context["rows"]
    cells = {row.place.code: row.cells[0] for row in rows}
    assert (cells["aurelia"].text, cells["aurelia"].note) == ("50.0", "± 2.50 · n ≈ 400")
    assert (cells["bellano"].text, [mark.name for mark in cells["bellano"].marks]) == ("", ["withheld"])
    assert "survey" not in {mark.name for mark in cells["corvento"].marks}


def test_the_table_is_sorted_filtered_and_paged_by_its_address(client: Client, steward: Person) -> None:
    cities = tuple(f"City {number:02}" for number in range(25))
    remade(steward, data=data(cities, (2025,)))
    first = client.get(f"{BASE}data/?show=scores&sort=-care")
    scores = [row.cells[0].text for row in first.context["rows"]]
    assert len(scores) == 20
    assert scores == sorted(scores, key=float, reverse=True)
    second = client.get(f"{BASE}data/?show=scores&sort=-care&page=2").context["rows"]
    assert len(second) == 5
    exact = {row["uCode"]: float(row["care"]) for row in rows_of(client.get(f"{BASE}download/scores.csv").text)}
    assert scores == [f"{exact[row.place.code]:.1f}" for row in first.context["rows"]]
    assert float(second[0].cells[0].text) <= float(scores[-1])
    found = client.get(f"{BASE}data/?q=CITY+07&show=ranks").context["rows"]
    assert [row.place.name for row in found] == ["City 07"]
    assert "No city matches" in client.get(f"{BASE}data/?q=nowhere").text
    for strange in ("sort=%00", "part=nothing&show=nothing&page=x", "year=999999", "q=" + "x" * 500):
        assert client.get(f"{BASE}data/?{strange}").status_code in {200, 400}


@pytest.mark.parametrize(("language", "sign"), [("ar", "."), ("es", ","), ("en", ".")])
def test_numbers_are_written_with_one_decimal_sign_on_all_pages(
    client: Client, published: Edition, language: str, sign: str
) -> None:
    found = queries.figures_of(published)
    assert found is not None
    score, sure = found.latest.scores[0][-1], found.latest.sure
    assert score is not None
    assert sure is not None
    told = f"{score:.1f}".replace(".", sign)
    span = f"{sure.lower[0]:.1f}–{sure.upper[0]:.1f}".replace(".", sign)
    pages = {"": told, "cities/aurelia/": told, "compare/?city=aurelia": told, "data/?show=scores": told}
    for path, text in {**pages, "framework/": told, "sensitivity/": span}.items():
        page = client.get(f"{BASE}{path}", headers={"Accept-Language": language}).text
        assert f'lang="{language}"' in page
        assert text in page, path
    other = "." if sign == "," else ","
    table = client.get(f"{BASE}data/", headers={"Accept-Language": language}).text.partition("<tbody>")[2]
    assert not re.search(rf"\d\{other}\d", table.partition("</tbody>")[0])


def test_other_weights_give_another_ranking_at_once(client: Client, published: Edition) -> None:
    page = client.get(f"{BASE}framework/?w.places=0&w.services=5")
    assert page.status_code == 200
    assert "With these weights" in page.text
    assert "not a result of the barometer" in page.text
    moved = {line.standing.code: line.score for line in page.context["outcome"].lines}
    tree = framework().with_weights({"places": 0.0, "services": 5.0})
    built = queries.material_of(published).model_copy(update={"framework": tree})
    expected = figures(built).latest
    for unit, scores in zip(expected.units, expected.scores, strict=True):
        assert moved[unit] == pytest.approx(scores[-1], abs=1e-9)
    part = client.get(f"{BASE}framework/ranking/?w.places=0&w.services=5")
    assert "<html" not in part.text
    assert page.context["outcome"].words in part.text.replace("&#x27;", "'")


def test_the_address_to_share_holds_only_what_was_moved(client: Client, published: Edition) -> None:
    answer = client.get(f"{BASE}framework/?year=2024&w.places=1&w.trust=2&w.parks=3&w.nothing=1")
    assert answer.status_code == 302
    assert answer["Location"] == f"{BASE}framework/?year=2024&w.parks=3"
    back = client.get(f"{BASE}framework/?w.places=1")
    assert back["Location"] == f"{BASE}framework/"
    assert client.get(f"{BASE}framework/").context["outcome"].words == "These are the weights of the edition."


def test_an_address_in_another_script_leads_nowhere_else(client: Client, steward: Person) -> None:
    barometer = Edition.objects.get(label="2025").barometer
    barometer.slug = "مقياس-الرعاية"
    barometer.save()
    client.force_login(steward)
    page = f"/barometers/{barometer.slug}/2025/framework/"
    assert client.get(f"{page}?year=2024&w.parks=3.0").status_code == 200
    assert client.get(f"{page}?w.parks=1", follow=True).redirect_chain == [(iri_to_uri(page), 302)]
    named = client.get(f"/barometers/{barometer.slug}/2025/download/scores.csv")["Content-Disposition"]
    assert "filename*=utf-8''" in named


@pytest.mark.parametrize("weight", ["-1", "many", "nan", "inf", "1e9"])
def test_a_weight_that_is_none_is_said_beside_it_and_kept(client: Client, published: Edition, weight: str) -> None:
    page = client.get(f"{BASE}framework/", {"w.places": weight, "w.parks": "3"})
    assert page.status_code == 200
    assert f'value="{weight}"' in page.text
    assert 'aria-describedby="e-places"' in page.text
    assert "Give a number from 0" in client.get(f"{BASE}framework/ranking/", {"w.places": weight}).text


def test_a_group_that_weighs_nothing_is_refused_in_words(client: Client, published: Edition) -> None:
    page = client.get(f"{BASE}framework/?w.places=0&w.waiting=0")
    assert "All that makes up “Services” weighs nothing" in page.text


def test_an_index_that_finds_its_own_weights_has_none_to_move(client: Client, steward: Person) -> None:
    steps = (Normalise(), Aggregate(method="arithmetic", but={"care": "benefit-of-the-doubt"}))
    operations.set_method(**PLACE, actor=steward, recipe=Recipe(steps=steps))
    client.force_login(steward)
    page = client.get(f"{BASE}framework/")
    assert "Weights cannot be moved here" in page.text
    assert 'name="w.' not in page.text
    assert client.get(f"{BASE}sensitivity/?city=aurelia").status_code == 200


def test_every_step_of_every_kind_has_its_words(client: Client, steward: Person) -> None:
    told = json.loads(
        '[{"do":"denominate"},{"do":"screen","least":0.5,"least_nonzero":0.1},{"do":"impute","method":"median"},'
        '{"do":"treat"},{"do":"transform","log":["places"],"plus":{"waiting":1}},'
        '{"do":"normalise","how":{"method":"z-score","mean":50,"deviation":10},"but":{"trust":{"method":"rank"}}},'
        '{"do":"weigh","how":{"method":"equal"},"height":2},'
        '{"do":"aggregate","method":"arithmetic","but":{"care":"median"},"least":0.5,"least_of":{"bonds":0.6}}]'
    )
    remade(steward, recipe=Recipe.model_validate({"steps": told}))
    for language in ("en", "es", "ar"):
        page = client.get(f"{BASE}method/", headers={"Accept-Language": language})
        assert page.status_code == 200
        assert len(page.context["steps"]) == 8
        assert all(step["words"].sentences for step in page.context["steps"])


def test_one_city_is_told_what_it_hangs_on(client: Client, published: Edition) -> None:
    page = client.get(f"{BASE}sensitivity/?city=bellano")
    assert page.context["chosen"].code == "bellano"
    assert "best quarter is" in page.text
    assert client.get(f"{BASE}sensitivity/?city=nowhere").context["chosen"] is None


@pytest.mark.parametrize(
    "page", ["data/", "framework/", "sensitivity/?city=aurelia", "method/", "download/ranking.svg"]
)
def test_a_page_asks_the_database_as_often_for_three_cities_as_for_two(
    client: Client, steward: Person, page: str
) -> None:
    counts = []
    row = remade(steward, data=data(("Aurelia", "Bellano"), (2025,)))
    for cities in (("Aurelia", "Bellano"), ("Aurelia", "Bellano", "Corvento", "Dunmore")):
        for name in cities:
            CityFactory.create(name=name)
        Edition.objects.filter(pk=row.pk).update(state="draft", published_at=None)
        row = remade(steward, data=data(cities, (2025,), seed=len(cities)))
        client.get(f"{BASE}{page}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{BASE}{page}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_node_without_siblings_stands_in_the_tree(client: Client, steward: Person) -> None:
    tree = Framework(nodes=(Node(code="places", parent="care"), Node(code="care")))
    remade(steward, framework=tree)
    assert client.get(f"{BASE}framework/?w.places=2").status_code == 200
    assert client.get(f"{BASE}sensitivity/").status_code == 200
    assert client.get(f"{BASE}data/").status_code == 200
