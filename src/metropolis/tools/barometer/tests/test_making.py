"""A barometer is made in the browser: from two tables with mistakes to a published edition."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metropolis.engine_kit import Conflict
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Recipe
from metropolis.tools.barometer.models import Barometer, Comment, Edition

from .factories import CITIES, an_edition, home

pytestmark = pytest.mark.django_db
MAKE = "/barometers/the-barometer/2025/make/"
META = """iCode,Parent,iName,Weight,Direction,Unit,Soft
places,services,Childcare places,1,1,per 100 children,0
waiting,services,Waiting for a doctor,1,-1,days,0
trust,bonds,Trust in neighbours,2,1,%,1
parks,bonds,Park within 300 m,1,1,%,0
services,care,Services,1,1,,
bonds,care,Bonds,1,1,,
care,,Caring city,,,,
"""
ROWS = [
    f"{name.lower()},{name},2025,{20 + 3 * place}.5,{30 - 2 * place},{50 + place * (-1) ** place}"
    for place, name in enumerate(CITIES)
]
DATA = "\n".join(["uCode,uName,Time,places,waiting,parks", *ROWS]) + "\n"


@pytest.fixture
def care() -> Initiative:
    return home()


@pytest.fixture
def steward(care: Initiative, client: Client) -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=care, person=person, role=4)
    client.force_login(person)
    return person


@pytest.fixture
def begun(steward: Person, care: Initiative) -> Edition:
    """A draft with framework and data, computed."""
    return an_edition(steward, care.slug)


def upload(text: str, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def read(label: str = "2025") -> Edition:
    return Edition.objects.get(barometer__slug="the-barometer", label=label)


def send(client: Client, page: str, **told: Any) -> Any:
    return client.post(f"{MAKE}{page}", told, follow=True)


def words(answer: Any) -> str:
    """A page's words without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.usefixtures("steward")
def test_a_barometer_is_begun_by_its_form_and_then_its_first_edition(client: Client) -> None:
    load_vocabularies()
    told = {"title": "Care", "one_line": "How cities care.", "summary": "short", "language": "en", "initiative": "care"}
    answer = client.post("/barometers/add/", told)
    assert "at least 20 characters" in answer.text
    told["summary"] = "Statistics and answers of residents, put together."
    answer = client.post("/barometers/add/", told, follow=True)
    assert answer.redirect_chain[-1][0] == "/barometers/care/make/"
    answer = client.post("/barometers/care/make/", {"label": "The first"})
    assert answer.context["form"].errors["label"] == ["Use small letters, digits and hyphens."]
    answer = client.post("/barometers/care/make/", {"label": "make"})
    assert "choose another" in answer.text
    answer = client.post("/barometers/care/make/", {"label": "2025"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/barometers/care/2025/make/"
    assert "Framework and data first" in answer.text


def test_tables_with_planted_mistakes_are_refused_with_all_of_them_named_and_nothing_changes(
    client: Client, begun: Edition
) -> None:
    before = read().material
    wrong = DATA.replace("aurelia,Aurelia,2025,20.5", "aurelia,Aurelia,2025,20;5") + ROWS[3] + "\n"
    answer = client.post(
        f"{MAKE}tables/", {"figures": upload(wrong.replace("parks\n", "park\n"), "iData.csv")}, follow=True
    )
    said = words(answer)
    assert "was not taken" in said
    assert "data, row 2, column places aurelia 2025 Error: “20;5” is not a number" in said
    assert "“dunmore” stands there more than once; first in row 5" in said
    assert "The framework names “parks”, but the data have no such column. Perhaps: park" in said
    assert read().material == before
    file = client.get(f"{MAKE}report/refused.csv")
    assert "not-a-number" in file.text
    assert begun.pk == read().pk


def test_a_framework_with_mistakes_is_refused_together_with_those_of_the_data(client: Client, begun: Edition) -> None:
    files = {
        "framework": upload(META.replace("waiting,services", "waiting,servces"), "iMeta.csv"),
        "figures": upload(DATA.replace(",20.5,", ",many,"), "iData.csv"),
    }
    said = words(client.post(f"{MAKE}tables/", files, follow=True))
    assert "framework, row 3, column Parent" in said
    assert "Perhaps: services" in said
    assert "“many” is not a number" in said
    assert begun.digest == read().digest


def test_sound_tables_are_taken_in_and_what_comes_from_a_survey_may_be_missing(client: Client, begun: Edition) -> None:
    files = {"framework": upload(META, "iMeta.csv"), "figures": upload(DATA, "iData.csv")}
    answer = client.post(f"{MAKE}tables/", files, follow=True)
    assert answer.redirect_chain[-1][0] == f"{MAKE}report/"
    assert "Upload the survey next" in answer.text
    row = read()
    assert row.digest != begun.digest
    assert row.progress == Edition.Progress.REFUSED
    steps = words(client.get(MAKE))
    assert "These indicators come from residents' answers" in steps.replace("&#x27;", "'")
    assert "Trust in neighbours" in steps


def answers(of: dict[str, int]) -> str:
    rows = [f"{unit},{'yes' if place % 3 else 'no'}" for unit, count in of.items() for place in range(count)]
    return "\n".join(["uCode,nextdoor", *rows]) + "\n"


def test_answers_become_estimates_that_are_shown_first_and_no_answer_is_kept(client: Client, begun: Edition) -> None:
    measures = "measure,question,counted,ignored\ntrust,nextdoor,yes,unknown\n"
    files = {
        "answers": upload(answers({"aurelia": 300, "bellano": 12, "corvento": 4}), "answers.csv"),
        "measures": upload(measures, "measures.csv"),
    }
    answer = client.post(f"{MAKE}survey/", {**files, "year": "2025", "least": "10"})
    said = words(answer)
    assert "Trust in neighbours figures: 2; withheld: 1" in said
    assert "aurelia 66.7" in said
    assert "Withheld: too few answers" in said
    assert "Few answers: read the range" in said
    assert "Not kept yet" in said
    opened_again = words(client.get(f"{MAKE}survey/"))
    assert "kept only once you take them in" in opened_again
    assert "Estimates in the data" not in opened_again
    assert read().digest == begun.digest
    taken = answer.context["taking"].initial["taken"]
    answer = send(client, "survey/", taken=taken)
    assert "No answer was kept" in answer.text
    row = read()
    assert "nextdoor" not in row.material
    material = queries.material_of(row)
    assert material.data is not None
    large, small = (material.errors["trust"][material.data.table.units.index(one, 8)] for one in ("aurelia", "bellano"))
    assert 0 < large < small


def test_a_survey_needs_answers_or_estimates_and_says_which_city_is_strange(client: Client, begun: Edition) -> None:
    answer = client.post(f"{MAKE}survey/", {"year": "2025", "least": "10"})
    assert "Choose one of the two" in answer.text
    ready = "uCode,iCode,value,answers\natlantis,trust,50,200\n"
    answer = client.post(f"{MAKE}survey/", {"estimates": upload(ready, "ready.csv"), "year": "2025", "least": "10"})
    assert "“atlantis” is in the survey" in answer.text
    assert send(client, "survey/", taken="{}").status_code == 200
    assert begun.digest == read().digest


def test_cities_that_are_not_found_are_asked_for(client: Client, begun: Edition) -> None:
    city = CityFactory.create(name="Nova Bellano")
    unit = begun.units.get(code="bellano")
    answer = client.post(f"{MAKE}cities/", {f"unit-{unit.pk}": "Nowhere"})
    assert "No city called Nowhere is known" in answer.text
    answer = send(client, "cities/", **{f"unit-{unit.pk}": city.label})
    assert "The cities are saved" in answer.text
    unit.refresh_from_db()
    assert unit.city == city
    assert city.label in client.get(f"{MAKE}cities/").text


def test_a_name_that_several_cities_have_is_told_the_same_before_and_after_the_tables_are_taken(
    client: Client, begun: Edition
) -> None:
    for country in ("ES", "CO"):
        CityFactory.create(name="Madrid", country=country)
    figures = DATA.replace("aurelia,Aurelia", "madrid,Madrid")
    held = words(client.post(f"{MAKE}tables/", {"figures": upload(figures, "iData.csv")}, follow=True))
    refused = words(client.post(f"{MAKE}tables/", {"figures": upload(figures + "x\n", "iData.csv")}, follow=True))
    for said in (refused, held):
        assert "No single city is called “Madrid”. Say which one it is. Perhaps: Madrid, ES ; Madrid, CO" in said
        assert "There is no city called “Madrid”" not in said
        assert "There is no city called “Bellano”" in said
    assert begun.digest != read().digest


def test_the_method_is_chosen_in_words_or_written_as_toml(client: Client, begun: Edition) -> None:
    page = client.get(f"{MAKE}method/")
    usual = page.context["form"].initial
    assert page.context["is_usual"]
    chosen = {**usual, "root": "geometric", "imputation": "mean", "varies": ["weights", "aggregation"]}
    assert "The method is saved" in send(client, "method/", **chosen).text
    material = queries.material_of(read())
    assert [step.do for step in material.recipe.steps] == ["impute", "normalise", "aggregate"]
    assert read().progress == Edition.Progress.WAITING
    assert client.get(f"{MAKE}method/").context["form"].initial["root"] == "geometric"
    refused = client.post(f"{MAKE}method/", {**chosen, "normalisation": "z-score"})
    assert "needs a scale above zero" in refused.text
    toml = client.get(f"{MAKE}method/recipe/").context["form"].initial
    answer = client.post(f"{MAKE}method/recipe/", {**toml, "recipe": toml["recipe"].replace('"mean"', '"guess"')})
    assert "steps.0.impute.method" in answer.text
    answer = send(client, "method/recipe/", **{**toml, "recipe": toml["recipe"].replace('"mean"', '"em"')})
    assert "The method is saved" in answer.text
    assert begun.digest != read().digest


def test_breaks_in_series_are_said_row_by_row(client: Client, begun: Edition) -> None:
    total = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0}
    send(client, "method/breaks/", **total, **{"form-0-code": "trust", "form-0-year": 2025, "form-0-note": "By phone."})
    material = queries.material_of(read())
    assert [(one.code, one.year, one.note) for one in material.breaks] == [("trust", 2025, "By phone.")]
    assert begun.pk == read().pk


def test_the_last_change_is_undone_and_done_again(client: Client, begun: Edition) -> None:
    assert "Undo the last change" in client.get(MAKE).text
    chosen = client.get(f"{MAKE}method/").context["form"].initial
    send(client, "method/", **{**chosen, "root": "median"})
    changed = read().digest
    send(client, "undo/")
    assert read().digest == begun.digest
    send(client, "undo/")
    assert read().digest == changed


def test_the_page_is_read_again_while_it_is_computed(client: Client, begun: Edition) -> None:
    Edition.objects.filter(pk=begun.pk).update(progress="waiting")
    answer = client.get(MAKE)
    assert answer.headers["Refresh"] == "3"
    assert "Refresh" not in client.get(f"{MAKE}?still").headers
    work_off()
    assert "Everything is computed" in client.get(MAKE).text


def test_an_edition_is_published_after_a_plain_confirmation(client: Client, begun: Edition) -> None:
    answer = client.get(f"{MAKE}publish/")
    assert "There is no licence" in answer.text
    answer = client.post(f"{MAKE}publish/", follow=True)
    assert "The edition is published" in answer.text
    assert "Nothing of it changes any more" in client.get(MAKE).text
    assert client.get(f"{MAKE}tables/").status_code == 409
    assert begun.pk == read().pk


def officer_of(name: str) -> Person:
    city = CityFactory.create(name=name)
    person: Person = PersonFactory.create()
    told = {"city": city, "confirmed_at": timezone.now()}
    body = Organisation.objects.create(slug=name.lower(), name=f"City of {name}", kind="city", **told)
    Membership.objects.create(organisation=body, person=person)
    return person


def test_a_city_is_told_comments_on_its_figures_and_gets_an_answer(
    client: Client, steward: Person, care: Initiative
) -> None:
    officer = officer_of("Aurelia")
    an_edition(steward, care.slug)
    send(client, "state/", state="consultation")
    assert Mail.objects.filter(to=officer.email, text__contains="/barometers/the-barometer/2025/comments/").exists()
    theirs = Client()
    theirs.force_login(officer)
    page = "/barometers/the-barometer/2025/comments/"
    answer = theirs.get(page)
    assert "The figures of Aurelia" in answer.text
    assert "Childcare places" in answer.text
    assert 'href="?year=2024"' in answer.text
    assert {row[1] for row in answer.context["figures"]} == {2025}
    assert {row[1] for row in theirs.get(f"{page}?year=2024").context["figures"]} == {2024}
    assert {row[1] for row in theirs.get(f"{page}?year=1").context["figures"]} == {2025}
    answer = theirs.post(page, {"node": "places", "text": "Two crèches opened in May."}, follow=True)
    assert "Thank you" in answer.text
    assert Mail.objects.filter(to=steward.email, text__contains="Two crèches").exists()
    assert "1 comment waits for an answer" in client.get(MAKE).text
    assert "Comments of cities have no answer yet" in client.post(f"{MAKE}publish/").text
    said = Comment.objects.get()
    client.post(f"{page}{said.pk}/answer/", {"answer": "Taken in."})
    assert Mail.objects.filter(to=officer.email, text__contains="Taken in.").exists()
    assert "Taken in." in theirs.get(page).text
    assert theirs.get(f"{page}?unit=bellano").context["unit"].code == "aurelia"


def test_who_is_of_no_city_in_it_finds_no_comments(client: Client, begun: Edition) -> None:
    stranger = Client()
    stranger.force_login(PersonFactory.create())
    page = "/barometers/the-barometer/2025/comments/"
    assert stranger.get(page).status_code == 404
    client.post(f"{MAKE}publish/")
    Barometer.objects.update(visibility="public")
    assert stranger.get(page).status_code == 403
    assert begun.pk == read().pk


def test_a_column_that_is_left_out_is_named(client: Client, begun: Edition) -> None:
    figures = DATA.replace("parks\n", "parks,dogs\n").replace("\n", ",1\n").replace("dogs,1\n", "dogs\n")
    answer = client.post(f"{MAKE}tables/", {"figures": upload(figures, "iData.csv")}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{MAKE}report/"
    assert "The framework does not name the column “dogs”; it is left out." in words(answer)
    assert begun.pk == read().pk


def test_tables_to_fill_in_have_their_headings(client: Client, begun: Edition) -> None:
    assert client.get(f"{MAKE}tables/framework.csv").text.startswith("iCode,Parent,iName")
    assert client.get(f"{MAKE}tables/data.csv").text.splitlines()[0] == "uCode,uName,Time,places,waiting,parks"
    assert client.get(f"{MAKE}tables/else.csv").status_code == 404
    assert begun.pk == read().pk


@pytest.mark.parametrize(("language", "word"), [("en", "safe"), ("es", "segur"), ("ar", 'dir="rtl"')])
def test_the_questionnaire_is_read_in_its_languages(client: Client, language: str, word: str) -> None:
    answer = client.get(f"/barometers/questionnaire/?language={language}")
    assert word in answer.text


def test_the_questionnaire_goes_out_as_a_form_for_tablets(client: Client) -> None:
    assert BytesIO(client.get("/barometers/questionnaire/xlsform/").content).read(2) == b"PK"


def test_history_says_who_changed_what(client: Client, begun: Edition, steward: Person) -> None:
    operations.set_edition_state(barometer_slug="the-barometer", label="2025", actor=steward, state="consultation")
    said = words(client.get(MAKE))
    assert "Begun" in said
    assert "framework, data" in said or "data, framework" in said
    assert begun.pk == read().pk


@pytest.mark.parametrize("count", [1, 3])
def test_the_makers_page_asks_the_same_of_one_edition_and_of_three(
    client: Client, begun: Edition, steward: Person, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        an_edition(steward, "care", label=f"more-{number}")
    with django_assert_max_num_queries(16):
        client.get("/barometers/the-barometer/make/")
    assert begun.pk == read().pk


def test_a_change_that_another_one_has_overtaken_is_refused(begun: Edition, steward: Person) -> None:
    def edition_to_change(*given: Any) -> Any:
        found = queries.edition_to_change(*given)
        Edition.objects.filter(pk=begun.pk).update(digest="another")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("metropolis.tools.barometer.operations.material.edition_to_change", edition_to_change)
        with pytest.raises(Conflict, match="Somebody else"):
            operations.set_method(barometer_slug="the-barometer", label="2025", actor=steward, recipe=Recipe())


def test_a_workbook_is_as_good_as_a_csv(client: Client, begun: Edition, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "iData.xlsx")
    sheet = book.add_worksheet()
    for number, line in enumerate(DATA.splitlines()):
        for place, cell in enumerate(line.split(",")):
            sheet.write(number, place, float(cell) if cell.replace(".", "").isdigit() else cell)
    book.close()
    file = SimpleUploadedFile("iData.xlsx", (tmp_path / "iData.xlsx").read_bytes())
    files = {"framework": upload(META, "iMeta.csv"), "figures": file}
    answer = client.post(f"{MAKE}tables/", files, follow=True)
    assert "The tables are taken in" in answer.text
    assert begun.digest != read().digest


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("iData.xlsx", b"no workbook"),
        ("iData.csv", b""),
        ("iData.csv", b"\xff\xfe\x00"),
        ("iData.csv", b"uCode,uCode\n1,2\n"),
        ("iData.csv", b"city\nLima\n"),
        ("iData.pdf", b"%PDF"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(client: Client, begun: Edition, name: str, content: bytes) -> None:
    answer = client.post(f"{MAKE}tables/", {"figures": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.status_code == 200
    assert answer.context["form"].errors or "was not taken" in answer.text
    assert begun.digest == read().digest


def test_comments_ask_the_same_of_the_database_however_many_there_are(client: Client, begun: Edition) -> None:
    client.get("/barometers/the-barometer/2025/comments/")  # each process reads what an edition is made of once
    asked = []
    for _time in range(2):
        begun.comments.create(unit="aurelia", text="Two more opened.", author=PersonFactory.create())
        with CaptureQueriesContext(connection) as found:
            client.get("/barometers/the-barometer/2025/comments/")
        asked.append(len(found))
        begun.comments.create(unit="bellano", text="One closed.", author=PersonFactory.create())
    assert asked[0] == asked[1]


def test_undoing_the_first_data_takes_their_cities_away(begun: Edition, steward: Person) -> None:
    place: dict[str, Any] = {"barometer_slug": "the-barometer", "label": "2025", "actor": steward}
    row = operations.undo_change(**place)
    assert (row.progress, row.units.count()) == (Edition.Progress.NOTHING, 0)
    assert operations.undo_change(**place).units.count() == len(CITIES)
    assert begun.digest == read().digest
