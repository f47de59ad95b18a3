import json
from pathlib import Path
from typing import Any, get_args

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.utils import translation

from metropolis.foundation.pages.engine.charts import Tone
from metropolis.foundation.pages.forms import DesignForm
from metropolis.foundation.pages.pages import EXAMPLES

COMPONENTS = Path(__file__).parent.parent / "templates/pages/components"
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def poison(value: Any) -> Any:
    """The same examples, every text of them hostile but the tones of cells, which are a closed list."""
    if isinstance(value, dict):
        return {name: poison(each) for name, each in value.items()}
    if isinstance(value, list):
        return [poison(each) for each in value]
    return HOSTILE if isinstance(value, str) and value not in get_args(Tone) else value


def design_page(examples: dict[str, Any], form: DesignForm) -> str:
    page = Paginator(range(200), 10).get_page(7)
    context = {**examples, "form": form, "wrong_form": form, "grouped": [form["title"]], "page": page}
    return render_to_string("pages/design.html", context, RequestFactory().get("/design/", {"q": HOSTILE}))


def component(name: str, **parameters: Any) -> str:
    return render_to_string(f"pages/components/{name}.html", parameters)


def tag(source: str, **parameters: Any) -> str:
    return Template("{% load charts pages %}" + source).render(Context(parameters))


@pytest.fixture
def examples() -> dict[str, Any]:
    return json.loads(EXAMPLES.read_text(encoding="utf-8"))


def test_every_component_stands_on_the_design_page(examples: dict[str, Any]):
    seen: set[str | None] = set()

    def note(template: Template, **_: Any) -> None:
        seen.add(template.name)

    template_rendered.connect(note)
    try:
        design_page(examples, DesignForm({}))
    finally:
        template_rendered.disconnect(note)
    assert {f"pages/components/{each.name}" for each in COMPONENTS.glob("*.html")} <= seen


def test_hostile_text_comes_out_of_every_component_as_text(examples: dict[str, Any]):
    form = DesignForm({"title": HOSTILE, "city": HOSTILE, "theme": HOSTILE, "story": HOSTILE, "started_on": HOSTILE})
    page = design_page(poison(examples), form)
    assert page.count("alert(1)") > 50
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_an_unknown_value_is_never_shown_as_nothing_or_zero():
    assert "unknown" in component("value", value=None)
    assert "unknown" in component("value", value="")
    assert "unknown" not in component("value", value=0)
    assert "<meter" not in component("factors", factors=[{"label": "Need", "value": None}])


def test_a_meter_is_written_for_machines_in_every_language():
    with translation.override("es"):
        assert 'value="0.5"' in component("meter", label="Completeness", value=0.5)
        assert 'value="0.25"' in component("factors", factors=[{"label": "Need", "value": 0.25}])


def test_a_field_is_tied_to_its_help_and_its_error():
    field = component("field", field=DesignForm({})["title"])
    assert '<label class="field__label" for="id_title">' in field
    assert 'id="id_title_helptext"' in field
    assert 'id="id_title_error"' in field
    assert 'aria-describedby="id_title_helptext id_title_error"' in field
    assert 'aria-invalid="true"' in field


def test_a_city_field_is_tied_to_its_help_and_its_error():
    field = component("field", field=DesignForm({})["city"])
    assert 'id="id_city"' in field
    assert 'aria-describedby="id_city_helptext id_city_error"' in field
    assert 'aria-invalid="true"' in field


def test_a_group_of_choices_has_a_legend_and_its_error():
    field = component("field", field=DesignForm({})["theme"])
    assert '<fieldset aria-describedby="id_theme_error">' in field
    assert "<legend" in field


def test_only_a_field_that_may_be_left_out_is_marked():
    assert "(optional)" in component("field", field=DesignForm()["story"])
    assert "(optional)" not in component("field", field=DesignForm()["title"])


def test_the_error_summary_links_to_each_wrong_field():
    form = DesignForm({"title": "Green ways", "city": "Rosario, AR", "theme": "unheard of", "agreed": "on"})
    summary = component("error_summary", form=form)
    assert summary.count("<a ") == 1
    assert 'href="#id_theme"' in summary
    assert 'id="id_theme"' in component("field", field=form["theme"])


def test_a_right_form_has_no_error_summary():
    form = DesignForm({"title": "Green ways", "city": "Rosario, AR", "theme": "inclusion", "agreed": "on"})
    assert component("error_summary", form=form).strip() == ""


def test_a_form_that_posts_carries_its_token_and_one_that_gets_does_not():
    assert "csrfmiddlewaretoken" in component("form", form=DesignForm(), submit="Save", csrf_token="token")
    assert "csrfmiddlewaretoken" not in component(
        "form", form=DesignForm(), submit="Show", csrf_token="token", method="get"
    )


def test_a_form_keeps_what_was_typed():
    assert 'value="Rosario, AR"' in component("fields", form=DesignForm({"city": "Rosario, AR"}))


def test_a_chosen_filter_can_be_taken_off():
    request = RequestFactory().get("/search", {"theme": ["inclusion", "governance"], "q": "water"})
    chosen = [{"name": "theme", "value": "inclusion", "label": "Social inclusion"}]
    html = render_to_string("pages/components/chosen.html", {"chosen": chosen}, request)
    assert 'href="?theme=governance&amp;q=water"' in html
    assert "Remove Social inclusion" in html


def test_a_table_names_its_columns_and_its_order():
    request = RequestFactory().get("/cities", {"sort": "-people"})
    columns = [{"label": "City", "sort": "city"}, {"label": "People", "sort": "people", "number": True}]
    html = tag("{% table 'Cities' columns rows %}", columns=columns, rows=[["Agra", None]], request=request)
    assert '<th scope="row">Agra</th>' in html
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=city"' in html
    assert 'href="?sort=people"' in html
    assert "unknown" in html


def test_a_row_of_a_table_must_have_a_cell_for_each_column():
    with pytest.raises(ValueError, match="zip"):
        tag("{% table 'Cities' columns rows %}", columns=[{"label": "City"}], rows=[["Agra", "India"]])


def test_a_comparison_names_the_column_in_each_cell_for_the_phone():
    columns = [{"title": "Berlin"}, {"title": "Rosario"}]
    html = tag(
        "{% comparison 'Two' columns rows %}", columns=columns, rows=[{"label": "Climate", "cells": ["a", None]}]
    )
    assert 'data-column="Berlin"' in html
    assert 'data-column="Rosario"' in html
    assert html.count(">unknown<") == 1


def test_bars_are_as_long_as_their_values_and_their_figures_can_be_read():
    rows = [{"label": "a", "value": 40}, {"label": "b", "value": 10}, {"label": "c", "value": None}]
    html = tag("{% bar_chart 'Practices' rows %}", rows=rows)
    assert html.count("<rect") == 2
    assert 'width="100.00%"' in html
    assert 'width="25.00%"' in html
    assert "<bdi>40</bdi>" in html
    assert "unknown" in html


def test_bars_below_zero_go_the_other_way():
    html = tag("{% bar_chart 'Change' rows %}", rows=[{"label": "a", "value": -10}, {"label": "b", "value": 30}])
    assert '<rect x="0.00%" y="15%" width="25.00%"' in html
    assert '<rect x="25.00%" y="15%" width="75.00%"' in html


def test_bars_of_nothing_but_zeros_have_no_length():
    assert 'width="0.00%"' in tag("{% bar_chart 'None' rows %}", rows=[{"label": "a", "value": 0}])


def test_dots_share_one_scale():
    rows = [{"label": "a", "values": [20, 40]}, {"label": "b", "values": [None, 10]}]
    html = tag("{% dot_chart 'Change' names rows %}", names=["before", "after"], rows=rows)
    for place in ("50.00%", "100.00%", "25.00%"):
        assert f'cx="{place}"' in html
    assert html.count('x2="100.00%"') == 1
    assert "unknown" in html


def test_a_map_without_a_script_is_a_list_of_its_places(examples: dict[str, Any]):
    html = component("map", points=examples["points"])
    for feature in examples["points"]["features"]:
        assert feature["properties"]["title"] in html.split("<details")[1]


def test_a_map_with_an_address_fetches_its_points():
    html = component("map", points_url="/search/points?q=a&city=b")
    assert 'data-points="/search/points?q=a&amp;city=b"' in html
    assert "application/json" not in html
