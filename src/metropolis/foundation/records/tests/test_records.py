from types import SimpleNamespace

import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.records.forms import PartialDateField, RowForm, refusals_in, rows_of
from metropolis.foundation.records.models import Link
from metropolis.foundation.records.operations import link_records, require_valid, save_translation
from metropolis.foundation.records.queries import language_name, links_from, renderings, text_versions, translations
from metropolis.foundation.records.values import Reference

pytestmark = pytest.mark.django_db

ONE = Reference(kind="practice", key="one")


class Row(RowForm):
    label = forms.CharField(required=False)
    text = forms.CharField(required=False)
    note = forms.CharField(required=False)
    needed = ("label", "text")


def rows(*told: dict[str, str]) -> object:
    data = {"form-TOTAL_FORMS": str(len(told)), "form-INITIAL_FORMS": "0"}
    return rows_of(Row)(
        data | {f"form-{number}-{name}": text for number, row in enumerate(told) for name, text in row.items()}
    )


def translate(language: str = "es", **fields: str) -> None:
    originals = {"title": "Title", "story": "Story"}
    save_translation(
        reference=ONE, language=language, fields=fields, originals=originals, origin="machine", author=None
    )


def test_a_translation_is_replaced_and_never_doubled():
    translate(title="Uno")
    translate(title="Dos")
    found = renderings("practice", {"one": ("en", {"title": "Title", "story": "Story"})}, wanted="es")["one"]
    assert (found.fields, found.translated, found.language) == ({"title": "Dos", "story": "Story"}, ("title",), "es")


def test_a_field_that_cannot_be_translated_is_refused_with_those_that_can():
    with pytest.raises(InvalidInput, match="choose one of story, title") as refusal:
        translate(colour="azul")
    assert refusal.value.field == "colour"


def test_the_original_is_read_in_its_own_language_even_if_there_is_a_translation_into_it():
    translate("en", title="Other")
    found = renderings("practice", {"one": ("en", {"title": "Title"})}, wanted="en")["one"]
    assert (found.fields["title"], found.origin, found.languages) == ("Title", "original", ("en",))


def test_three_records_are_read_with_one_query():
    originals = {key: ("en", {"title": key}) for key in ("one", "two", "three")}
    with CaptureQueriesContext(connection) as captured:
        renderings("practice", originals, wanted="es")
    assert len(captured) == 1


def test_a_text_for_search_has_every_language_and_the_originals_title_where_none_is_translated():
    row = SimpleNamespace(language="en", title="Title", line="In short", summary="First.\n\nThen. ", story="A\n\nB")
    translate(story="Uno\nDos")
    original, spanish = text_versions(
        row, translations("practice", ["one"])["one"], summary=("line", "summary"), body=("story",)
    )
    assert (original.language, original.summary, original.paragraphs) == ("en", "In short\nFirst.\nThen.", ("A", "B"))
    assert (spanish.language, spanish.title, spanish.summary, spanish.paragraphs, spanish.origin) == (
        *("es", "Title", "", ("Uno", "Dos"), "machine"),
    )


def test_a_link_is_made_once():
    target = Reference(kind="expert", key="two")
    for _time in range(2):
        link_records(source=ONE, relation="known_by", target=target)
    assert links_from(ONE) == [target]
    assert links_from(ONE, "other") == []


def test_languages_have_names_in_the_readers_language():
    with translation.override("fr"):
        assert language_name("ca") == "catalan"
    assert language_name("xx-unknown") == "xx-unknown"


def test_an_empty_row_is_no_row_and_a_started_one_must_be_whole():
    good = rows({"label": "Length", "text": "5 km"}, {}, {"label": " "})
    assert good.is_valid()
    assert good.filled() == [{"label": "Length", "text": "5 km"}]
    bad = rows({"label": "Length", "note": "n"}, {"note": "n"})
    assert not bad.is_valid()
    assert [sorted(errors) for errors in bad.errors] == [["text"], ["label", "text"]]


def test_more_rows_than_a_hundred_are_refused():
    assert not rows(*({"label": "a", "text": "b"} for _row in range(101))).is_valid()


@pytest.mark.parametrize("text", ["2014", "2014-07", "2014-07-30"])
def test_a_date_may_be_partial(text: str):
    assert PartialDateField().clean(text) == text


@pytest.mark.parametrize("text", ["14", "2014-13", "July 2014", "2014-07-30T10"])
def test_what_is_no_date_is_refused(text: str):
    with pytest.raises(forms.ValidationError):
        PartialDateField().clean(text)


def test_a_refusal_is_shown_at_its_field_and_a_missing_right_is_not_about_the_form():
    form = Row({})
    with refusals_in(form):
        raise InvalidInput("Too long.", field="text")
    with refusals_in(form):
        raise InvalidInput("All wrong.", field="elsewhere")
    assert form.errors == {"text": ["Too long."], "__all__": ["All wrong."]}
    with pytest.raises(NotAllowed), refusals_in(form):
        raise NotAllowed("Not you.")


def test_a_wrong_field_is_named_and_what_concerns_the_whole_row_names_none():
    told = {"from_kind": "practice", "from_key": "one", "relation": "known_by", "to_key": "two"}
    with pytest.raises(InvalidInput, match=r"^This field cannot be blank") as refusal:
        require_valid(Link(**told))
    assert refusal.value.field == "to_kind"
    Link.objects.create(**told, to_kind="expert")
    with pytest.raises(InvalidInput, match=r"^Link with this .* already exists") as refusal:
        require_valid(Link(**told, to_kind="expert"))
    assert refusal.value.field is None
