"""What may come in as a practice."""

import pytest
from annotated_types import MaxLen
from django.db import models
from pydantic import ValidationError

from metropolis.tools.practices.engine import LAYOUT
from metropolis.tools.practices.models import BuildingBlock, KeyDate, Practice, Result, Source, Supporter
from metropolis.tools.practices.tests.factories import content, whole
from metropolis.tools.practices.values import (
    BuildingBlockInput,
    KeyDateInput,
    PracticeInput,
    ResultInput,
    SourceInput,
    SupporterInput,
    Told,
)

PAIRS: list[tuple[type[Told], type[models.Model]]] = [
    (PracticeInput, Practice),
    (BuildingBlockInput, BuildingBlock),
    (KeyDateInput, KeyDate),
    (ResultInput, Result),
    (SourceInput, Source),
    (SupporterInput, Supporter),
]


def problem(**told: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as caught:
        content(**told)
    first = caught.value.errors()[0]
    return ".".join(map(str, first["loc"])), first["msg"]


def test_every_field_stands_in_one_section():
    placed = [name for names in LAYOUT.values() for name in names]
    assert sorted(placed) == sorted(PracticeInput.model_fields)


@pytest.mark.parametrize(("value", "model"), PAIRS)
def test_a_text_that_is_let_in_fits_into_its_column(value: type[Told], model: type[models.Model]):
    columns = {field.name: field for field in model._meta.concrete_fields}
    for name, field in value.model_fields.items():
        column = columns.get(name)
        if not isinstance(column, models.CharField) or column.choices:
            continue
        limits = [rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)]
        # Without a limit of its own, the form of the text must keep it short: a date, a currency.
        has_form = any(word in str(field.metadata) for word in ("pattern", "_partial_date"))
        assert limits == [column.max_length] or has_form, f"{value.__name__}.{name}"


@pytest.mark.parametrize(("value", "model"), PAIRS)
def test_the_choices_are_those_of_the_columns(value: type[Told], model: type[models.Model]):
    columns = {field.name: field for field in model._meta.concrete_fields if field.choices}
    for name in columns.keys() & value.model_fields.keys():
        allowed = set(value.model_fields[name].annotation.__args__)  # type: ignore[union-attr]
        assert allowed - {""} == {code for code, _label in columns[name].choices or ()}


def test_a_stopped_practice_must_say_why():
    assert problem(status="stopped") == (
        "stopped_why",
        "Value error, Say why it stopped: that is what others learn most from.",
    )
    assert problem(status="stopped", stopped_why="  ")[0] == "stopped_why"
    assert content(status="stopped", stopped_why="The money ended.").status == "stopped"


@pytest.mark.parametrize(("start", "end"), [("2014", "2013"), ("2014-07", "2014-06"), ("2014-07-30", "2014-07-29")])
def test_a_practice_cannot_end_before_it_starts(start: str, end: str):
    assert problem(started_on=start, ended_on=end)[0] == "ended_on"


@pytest.mark.parametrize(("start", "end"), [("2014-07", "2014"), ("2014", "2014-01-01"), ("", "2014"), ("2014", "")])
def test_dates_of_unlike_precision_are_compared_as_far_as_both_go(start: str, end: str):
    assert content(started_on=start, ended_on=end).ended_on == end


@pytest.mark.parametrize("date", ["2014-13", "2014-02-30", "14", "2014-7", "7/2014"])
def test_a_date_that_is_none_is_refused(date: str):
    assert problem(started_on=date)[0] == "started_on"


def test_a_result_must_name_a_source_of_the_list():
    with pytest.raises(ValidationError, match="Source 2 is not in the list"):
        whole(results=({"indicator": "Visitors", "value": "1", "source": 2},))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org", "example.org", "https://a b"])
def test_only_web_addresses_become_links(address: str):
    assert problem(links=({"title": "Map", "url": address},))[0] == "links.0.url"


def test_the_character_no_database_keeps_is_refused():
    assert problem(summary="A summary with a \0 in the middle of it.")[0] == "summary"


def test_no_text_and_no_list_is_without_end():
    assert problem(lessons="x" * 20_001) == ("lessons", "Value error, A text has at most 20000 characters.")
    assert problem(adopters=["Funes, AR"] * 201)[0] == "adopters"


def test_spaces_around_a_text_are_no_text():
    assert problem(title="   ")[0] == "title"
    assert content(title="  Open streets ").title == "Open streets"
