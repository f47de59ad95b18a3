"""Barometers and editions through their operations: who may, what is kept, what never changes."""

from typing import Any

import numpy as np
import pytest
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.queries import deeds
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Framework, Measure, Node, Recipe, Survey, estimate
from metropolis.tools.barometer.engine.figures import sure_figures
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.values import CommentInput, EditionInput

from .factories import an_edition, content, data, framework, home

pytestmark = pytest.mark.django_db
PLACE = {"barometer_slug": "the-barometer", "label": "2025"}


@pytest.fixture
def care() -> Initiative:
    return home()


@pytest.fixture
def steward(care: Initiative) -> Person:
    return member(care, 4)


def member(initiative: Initiative, role: int) -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=person, role=role)
    return person


def read() -> Edition:
    return Edition.objects.select_related("barometer").get(barometer__slug="the-barometer", label="2025")


def test_an_edition_is_computed_at_once_and_its_intervals_in_the_background(steward: Person) -> None:
    operations.add_barometer(initiative="care", actor=steward, content=content(), slug="the-barometer")
    operations.add_edition(barometer_slug="the-barometer", actor=steward, content=EditionInput(label="2025"))
    row = operations.set_tables(**PLACE, actor=steward, framework=framework(), data=data())
    assert row.progress == Edition.Progress.WAITING
    plain = queries.figures_of(row)
    assert plain is not None
    assert not plain.are_sure
    work_off()
    row = read()
    figures = queries.figures_of(row)
    assert row.progress == Edition.Progress.DONE
    assert figures is not None
    assert figures.latest.sure is not None
    assert figures.latest.scores == plain.latest.scores


def test_every_figure_of_an_edition_can_be_computed_again_to_the_last_bit(steward: Person) -> None:
    row = an_edition(steward, "care")
    figures = queries.figures_of(row)
    assert sure_figures(queries.material_of(row)) == figures
    again = queries.index_of(row)
    assert figures is not None
    latest = again.scores.of_year(2025).values
    assert np.array_equal(latest, np.array(figures.latest.scores))


def test_a_published_edition_never_changes(steward: Person) -> None:
    an_edition(steward, "care")
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    attempts: tuple[tuple[Any, dict[str, Any]], ...] = (
        (operations.set_tables, {"data": data(seed=8)}),
        (operations.set_method, {"recipe": Recipe()}),
        (operations.change_edition, {"content": EditionInput(label="other")}),
        (operations.set_edition_state, {"state": "draft"}),
        (operations.set_unit_cities, {"cities": {"aurelia": ""}}),
        (operations.delete_edition, {}),
        (operations.publish_edition, {"now": timezone.now()}),
    )
    before = read()
    for operation, told in attempts:
        with pytest.raises(Conflict):
            operation(**PLACE, actor=steward, **told)
    after = read()
    assert (after.material, after.outcome, after.label) == (before.material, before.outcome, before.label)
    with pytest.raises(Conflict):
        operations.delete_barometer(slug="the-barometer", actor=steward)


def test_tables_that_do_not_go_together_are_kept_and_the_edition_says_what_is_wrong(steward: Person) -> None:
    an_edition(steward, "care")
    strange = Framework(nodes=(Node(code="noise", parent="i"), Node(code="i")))
    row = operations.set_tables(**PLACE, actor=steward, framework=strange)
    assert row.progress == Edition.Progress.REFUSED
    assert "noise" in row.problem
    assert queries.figures_of(row) is None
    with pytest.raises(Conflict, match="noise"):
        operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    row = operations.set_tables(**PLACE, actor=steward, framework=framework())
    assert row.progress == Edition.Progress.WAITING


def test_a_computation_that_was_overtaken_by_a_change_writes_nothing(steward: Person) -> None:
    row = an_edition(steward, "care")
    old = row.digest
    row = operations.set_tables(**PLACE, actor=steward, data=data(seed=9))
    operations.compute_edition(id=row.pk, digest=old)
    assert read().progress == Edition.Progress.WAITING


def test_cities_are_found_by_name_and_said_for_the_others(steward: Person) -> None:
    found, other = CityFactory.create(name="Aurelia"), CityFactory.create(name="Nova Bellano")
    row = an_edition(steward, "care")
    cities = dict(row.units.values_list("code", "city_id"))
    assert cities["aurelia"] == found.pk
    assert cities["bellano"] is None
    operations.set_unit_cities(**PLACE, actor=steward, cities={"bellano": other.label})
    row = operations.set_tables(**PLACE, actor=steward, data=data(seed=8))
    assert row.units.get(code="bellano").city == other, "what was said is kept with new data"
    with pytest.raises(NotFound) as refusal:
        operations.set_unit_cities(**PLACE, actor=steward, cities={"corvento": "Nowhere, AR"})
    assert refusal.value.field == "corvento"
    with pytest.raises(ProtectedError):
        other.delete()


def test_survey_estimates_stand_in_the_data_with_their_errors(steward: Person) -> None:
    an_edition(steward, "care")
    survey = Survey(
        units=("aurelia",) * 400 + ("bellano",) * 20,
        answers={"q": ("y", "n") * 210},
        weights=np.ones(420),
    )
    found = estimate(survey, [Measure(code="trust", question="q", counted=("y",))])
    row = operations.add_estimates(**PLACE, actor=steward, estimates=found, year=2025)
    operations.compute_edition(id=row.pk, digest=row.digest)
    material = queries.material_of(read())
    assert material.data is not None
    table = material.data.table.of_year(2025)
    assert table.values[0, table.place("trust")] == 50
    figures = queries.figures_of(read())
    assert figures is not None
    assert {one.name for one in figures.whole} >= {"Survey", "Weights"}
    with pytest.raises(InvalidInput, match="2030"):
        operations.add_estimates(**PLACE, actor=steward, estimates=found, year=2030)


def test_an_earlier_edition_lends_its_framework_and_recipe(steward: Person) -> None:
    an_edition(steward, "care")
    recipe = Recipe(steps=(Normalise(), Aggregate(method="median")))
    operations.set_method(**PLACE, actor=steward, recipe=recipe)
    made = operations.add_edition(
        barometer_slug="the-barometer", actor=steward, content=EditionInput(label="2026"), like="2025"
    )
    material = queries.material_of(made)
    assert (material.framework, material.recipe, material.data) == (framework(), recipe, None)


def test_a_city_comments_on_its_own_data_only_and_publishing_waits_for_the_answer(steward: Person) -> None:
    city = CityFactory.create(name="Aurelia")
    an_edition(steward, "care")
    officer: Person = PersonFactory.create()
    told = {"city": city, "confirmed_at": timezone.now()}
    body = Organisation.objects.create(slug="aurelia", name="City of Aurelia", kind="city", **told)
    Membership.objects.create(organisation=body, person=officer)
    with pytest.raises(NotFound):
        queries.edition("the-barometer", "2025", officer)
    operations.set_edition_state(**PLACE, actor=steward, state="consultation")
    assert [row.label for row in queries.consultations(officer)] == ["2025"]
    assert queries.consultations(None) == queries.consultations(steward) == []
    said = CommentInput(unit="aurelia", node="places", text="Two crèches opened in May.")
    made = operations.add_comment(**PLACE, actor=officer, content=said)
    with pytest.raises(NotAllowed):
        operations.add_comment(**PLACE, actor=officer, content=said.model_copy(update={"unit": "bellano"}))
    with pytest.raises(Conflict, match="no answer"):
        operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    told = {"comment_id": made.pk, "answer": "Taken in.", "now": timezone.now()}
    with pytest.raises(NotAllowed):
        operations.answer_comment(**PLACE, actor=officer, **told)
    operations.answer_comment(**PLACE, actor=steward, **told)
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    assert read().state == Edition.State.PUBLISHED


def test_drafts_are_seen_by_their_makers_alone(care: Initiative, steward: Person) -> None:
    an_edition(steward, "care")
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    viewer, coordinator, stranger = member(care, 1), member(care, 3), PersonFactory.create()

    def may_see() -> list[bool]:
        row, _workspace = queries.barometer("the-barometer", steward)
        return [bool(queries.editions(row, who)) for who in (None, stranger, viewer, coordinator)]

    assert may_see() == [False, False, False, True]
    operations.set_edition_state(**PLACE, actor=steward, state="consultation")
    assert may_see() == [False, False, True, True]
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    assert may_see() == [True, True, True, True]
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.INTERNAL)
    assert may_see()[:2] == [False, False]


def test_only_members_are_told_of_work_on_drafts(steward: Person) -> None:
    an_edition(steward, "care")
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)

    def verbs(who: Person | None) -> set[str]:
        return {deed.entry.verb for deed in deeds(open_workspace("care", viewer=who))}

    assert verbs(steward) >= {"begin_edition", "revise_material", "set_barometer_visibility"}
    assert verbs(None) == {"add_barometer", "set_barometer_visibility"}
    operations.publish_edition(**PLACE, actor=steward, now=timezone.now())
    assert "publish_edition" in verbs(None)
