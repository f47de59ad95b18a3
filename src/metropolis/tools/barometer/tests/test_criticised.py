"""What a hostile reader tried: other people's comments, a published edition, endless tables, equal cities, gaps."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pydantic import ValidationError

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Framework, Meta, Node, Recipe, Table, Variation, read_data
from metropolis.tools.barometer.engine.figures import Figures, sure_figures
from metropolis.tools.barometer.engine.framework import MOST_NODES
from metropolis.tools.barometer.engine.framework_mistakes import read_framework_with_mistakes
from metropolis.tools.barometer.engine.material import Material, StoredTable
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.values import CommentInput

from .factories import an_edition, home

PLACE: dict[str, Any] = {"barometer_slug": "the-barometer", "label": "2025"}
COMMENTS = "/barometers/the-barometer/2025/comments/"
TREE = Framework(nodes=(*(Node(code=code, parent="i") for code in "abc"), Node(code="i")))


@pytest.fixture
def care() -> Initiative:
    return home()


@pytest.fixture
def steward(care: Initiative) -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=care, person=person, role=4)
    return person


def officer_of(name: str) -> Person:
    person: Person = PersonFactory.create()
    slug = name.lower()
    told = {"city": CityFactory.create(name=name), "confirmed_at": timezone.now()}
    body = Organisation.objects.create(slug=slug, name=name, kind="city", **told)
    Membership.objects.create(organisation=body, person=person)
    return person


@pytest.mark.django_db
def test_in_an_open_initiative_a_city_still_reads_and_writes_comments_on_its_own_data_alone(
    care: Initiative, steward: Person, client: Client
) -> None:
    Initiative.objects.filter(pk=care.pk).update(is_open=True)
    first, second, anybody = officer_of("Aurelia"), officer_of("Bellano"), PersonFactory.create()
    row = an_edition(steward, "care")
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    operations.set_edition_state(**PLACE, actor=steward, state="consultation")
    made = operations.add_comment(
        **PLACE, actor=first, content=CommentInput(unit="aurelia", text="We closed two, keep quiet.")
    )
    with pytest.raises(NotAllowed):
        operations.add_comment(**PLACE, actor=second, content=CommentInput(unit="aurelia", text="They lie."))
    assert not queries.comments(*queries.edition("the-barometer", "2025", second)).exists()
    operations.answer_comment(**PLACE, comment_id=made.pk, actor=steward, answer="Taken in.", now=timezone.now())
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    for person, may_read in ((anybody, False), (second, False), (first, True), (steward, True)):
        client.force_login(person)
        assert ("keep quiet" in client.get(COMMENTS).text) is may_read
        read = client.get("/api/barometers/the-barometer/editions/2025/comments").json()
        assert bool(read) is may_read
    assert row.pk


@pytest.mark.django_db
def test_an_answer_of_a_published_edition_stays_as_it_is(steward: Person) -> None:
    an_edition(steward, "care")
    made = operations.add_comment(**PLACE, actor=steward, content=CommentInput(unit="aurelia", text="Is it so?"))
    told: dict[str, Any] = {**PLACE, "comment_id": made.pk, "actor": steward, "now": timezone.now()}
    operations.answer_comment(**told, answer="It is.")
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    with pytest.raises(Conflict):
        operations.answer_comment(**told, answer="It never was.")


def test_cities_with_exactly_the_same_figures_have_the_same_places_and_probabilities() -> None:
    values = np.vstack([np.full((3, 3), 95.0), np.random.default_rng(1).uniform(1, 90, (4, 3)), np.zeros((1, 3))])
    data = StoredTable.of(Table(tuple("ABCDEFGH"), tuple("abc"), values))
    sure = sure_figures(Material(framework=TREE, data=data, replications=100, base=16)).latest.sure
    assert sure is not None
    assert (sure.best[:3], sure.worst[:3], sure.top_quarter[:3]) == ((1.0,) * 3, (1.0,) * 3, (1.0,) * 3)


def test_a_gap_that_leaves_some_replications_without_a_score_leaves_progress_that_can_be_read_again() -> None:
    values = np.random.default_rng(1).uniform(0, 100, (16, 3))
    values[[0, 8], 0] = np.nan
    table = Table(tuple("ABCDEFGH") * 2, tuple("abc"), values, times=(2024,) * 8 + (2025,) * 8)
    recipe = Recipe(steps=(Normalise(), Aggregate(least=0.66)))
    found = sure_figures(Material(framework=TREE, data=StoredTable.of(table), recipe=recipe, replications=100, base=16))
    progress = found.progress["A"][0][2]
    assert progress.interval[0] <= progress.after - progress.before <= progress.interval[1]
    assert Figures.model_validate_json(found.model_dump_json()) == found


def test_a_framework_of_too_many_nodes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "iMeta.csv"
    chain = [f"n{number},n{number + 1}" for number in range(MOST_NODES)]
    path.write_text("\n".join(["iCode,Parent", *chain, f"n{MOST_NODES},\n"]))
    with pytest.raises(InvalidInput, match="2000 at most"):
        read_framework_with_mistakes(path)


@pytest.mark.django_db
def test_what_would_take_minutes_is_not_computed_for_a_reader(steward: Person, client: Client) -> None:
    an_edition(steward, "care")
    client.force_login(steward)
    page, pair = "/barometers/the-barometer/2025/", {"first": "aurelia", "second": "bellano"}
    compared = "/api/barometers/the-barometer/editions/2025/compare"
    assert 'id="moves"' in client.get(f"{page}cities/corvento/").text
    assert client.get(compared, pair).json()["above"] is not None
    recipe = Recipe(steps=(Normalise(), Aggregate(but={"care": "kemeny"})))
    row = operations.set_method(**PLACE, actor=steward, recipe=recipe)
    operations.compute_edition(id=row.pk, digest=row.digest)
    assert 'id="moves"' not in client.get(f"{page}cities/corvento/").text
    assert client.get(f"{page}compare/?city=aurelia&city=bellano").status_code == 200
    assert client.get(compared, pair).json()["above"] is None


@pytest.mark.django_db
def test_more_rows_than_a_page_can_score_are_refused(steward: Person) -> None:
    an_edition(steward, "care")
    many = Table(tuple(map(str, range(10_001))), ("places",), np.zeros((10_001, 1)))
    with pytest.raises(InvalidInput, match="10001 rows"):
        operations.set_tables(**PLACE, actor=steward, data=many)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["Bergen\nNorth", "..", "A" * 121])
def test_a_code_that_cannot_stand_in_an_address_is_refused(steward: Person, code: str) -> None:
    an_edition(steward, "care")
    with pytest.raises(InvalidInput, match="stands in addresses"):
        operations.set_tables(**PLACE, actor=steward, data=Table((code, "b"), ("places",), np.zeros((2, 1))))


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["Bergen/NO", "a?b", "a%2Fb", '"><script>alert(1)</script>', "=1+1"])
def test_any_other_code_has_its_pages(steward: Person, client: Client, code: str) -> None:
    an_edition(steward, "care")
    values = np.random.default_rng(1).uniform(0, 100, (4, 4))
    table = Table((code, "b", "c", "d"), ("places", "waiting", "trust", "parks"), values)
    row = operations.set_tables(**PLACE, actor=steward, data=table)
    operations.compute_edition(id=row.pk, digest=row.digest)
    client.force_login(steward)
    page = reverse("barometer:unit", args=["the-barometer", "2025", code])
    for path in ("/barometers/the-barometer/2025/", page, f"{page}report.pdf"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert path.endswith(".pdf") or "<script>alert" not in answer.text


def test_a_tree_is_not_deeper_than_what_walks_down_it() -> None:
    with pytest.raises(InvalidInput, match="50 at most"):
        Framework(nodes=(Node(code="n0"), *(Node(code=f"n{at}", parent=f"n{at - 1}") for at in range(1, 60))))


@pytest.mark.django_db
def test_who_changes_an_edition_that_was_just_published_is_told(
    steward: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_edition(steward, "care")
    before = queries.edition_to_change("the-barometer", "2025", steward)
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    # Somebody else publishes between the reading of an edition and its change.
    monkeypatch.setattr("metropolis.tools.barometer.operations.material.edition_to_change", lambda *_told: before)
    with pytest.raises(Conflict, match="just changed"):
        operations.set_method(**PLACE, actor=steward, recipe=Recipe(steps=(Normalise(), Aggregate(method="median"))))
    with pytest.raises(Conflict):
        operations.undo_change(**PLACE, actor=steward)


@pytest.mark.parametrize(
    "told",
    [
        {"inputs": [{"kind": "weight-noise", "count": 10**9}]},
        {"inputs": [{"kind": "weight-noise", "name": f"Weights {number}"} for number in range(51)]},
        {"inputs": [{"kind": "step", "name": "Scale", "step": 0, "options": [{"do": "normalise"}] * 101}]},
    ],
)
def test_what_varies_has_its_bounds(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Variation.model_validate(told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "recipe",
    [
        f"steps = {'[' * 5000}",
        '{"steps": ' + "[" * 5000,
        'steps = [{ do = "normalise", how = { method = "min-max", lower = nan } }, { do = "aggregate" }]',
        'steps = [{ do = "normalise" }, { do = "aggregate", method = "power", power = 1e308 }]',
    ],
)
def test_a_recipe_that_is_none_is_refused_beside_its_field(steward: Person, client: Client, recipe: str) -> None:
    row = an_edition(steward, "care")
    client.force_login(steward)
    answer = client.post("/barometers/the-barometer/2025/make/method/recipe/", {"recipe": recipe, "variation": ""})
    assert answer.status_code == 200
    assert answer.context["form"].errors["recipe"]
    assert queries.edition("the-barometer", "2025", steward)[0].digest == row.digest


def test_a_figure_too_large_to_be_squared_is_a_mistake_of_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "iData.csv"
    path.write_text("uCode,a,b,c\nX,1e308,2,3\nY,1,2,3\n")
    with pytest.raises(InvalidInput, match="row 2, column a"):
        read_data(path, Meta(TREE, (), ()))
