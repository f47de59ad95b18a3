"""Whatever is held of a person is named, so that they can see it, take it along and be forgotten."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.functional import Promise

import metropolis
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.operations import ask_to_close_account, close_account
from metropolis.foundation.accounts.queries import own_words as words
from metropolis.foundation.accounts.queries.own_data import columns_of, personal_data, rows_of
from metropolis.foundation.accounts.tests.factories import PASSWORD
from metropolis.foundation.history.models import Change
from metropolis.foundation.history.values import deed_name
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.exchange.operations import add_need
from metropolis.tools.exchange.values import NeedInput
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.tests.factories import HomeFactory, publish_expert
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import add_practice
from metropolis.tools.practices.tests.factories import content as practice

SOURCES = Path(metropolis.__file__).parent

#: Fields that hold an e-mail address and are no row's tie to a person, each with the reason.
NO_TIE = {
    "account.EmailAddress.email": "tied by its user",
    "accounts.Person.email": "the account itself, tied by its primary key",
    "experts.Expert.contact_email": "part of a profile, which is tied by the person and by its author",
    "mail.Mail.to": "emptied once the mail is delivered; one that cannot be is deleted after two months",
}


def models_in_use() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label != "contenttypes"]


def keys_to_a_person() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in models_in_use()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Person
    }


def address_fields() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in models_in_use()
        for field in model._meta.concrete_fields
        if isinstance(field, models.EmailField)
    }


def test_every_key_to_a_person_is_named_by_its_room_or_tool():
    named = {data.key for data in personal_data()}
    assert keys_to_a_person() - named == set(), "list it as personal_data in the AppConfig of the room or tool"


def test_every_column_that_a_person_is_shown_is_named_in_words():
    """Django makes a name of the column's own otherwise, in English."""
    columns = {column for data in personal_data() for column in columns_of(data)}
    given = {column for column in columns if column.name in words.LABELS or isinstance(column.verbose_name, Promise)}
    assert {f"{column.model._meta.label}.{column.name}" for column in columns - given} == set()


def test_every_deed_and_every_kind_in_the_history_has_a_name():
    told = {one for path in SOURCES.rglob("*.py") if "tests" not in path.parts for one in deeds_in(path)}
    assert {"sign_in", "export_data", "add_practice"} <= told
    assert {verb for verb in told if deed_name(verb) == verb} == set()


def deeds_in(path: Path) -> set[str]:
    """What stands in a module as the verb of a deed."""
    calls = [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)]
    given = [word.value for one in calls for word in one.keywords if word.arg == "verb"]
    return {one.value for value in given for one in ast.walk(value) if isinstance(one, ast.Constant)}


def test_every_field_that_holds_an_address_is_named_or_has_a_reason():
    named = {data.key for data in personal_data()}
    assert address_fields() - named - set(NO_TIE) == set()
    assert set(NO_TIE) - address_fields() == set()


def test_a_tool_that_forgets_a_key_is_caught(monkeypatch: pytest.MonkeyPatch):
    config = apps.get_app_config("practices")
    monkeypatch.setattr(config, "personal_data", config.personal_data[1:])
    personal_data.cache_clear()
    assert keys_to_a_person() - {data.key for data in personal_data()} == {"practices.Practice.author"}
    monkeypatch.undo()
    personal_data.cache_clear()


def test_nothing_is_named_twice():
    keys = [data.key for data in personal_data()]
    assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_what_is_named_is_there():
    person = Person.objects.create(email="ana@example.org", name="Ana")
    for data in personal_data():
        model = apps.get_model(*data.key.split(".")[:2])
        columns = {field.name for field in model._meta.concrete_fields}
        assert set(data.fields) <= columns, data.key
        rows_of(data, person).count()


@pytest.mark.django_db
def test_when_an_account_goes_each_tool_does_its_part():
    load_vocabularies()
    CityFactory.create(name="Rosario")
    home = HomeFactory.create()
    ToolInUse.objects.create(initiative=home, tool="exchange")
    profile, person = publish_expert(home)
    told = {"initiative": home.slug, "actor": person}
    add_practice(**told, content=practice())
    asked = {"title": "Open banks", "text": "We want them open.", "language": "en", "city": "Rosario, AR"}
    need = add_need(**told, content=NeedInput.model_validate(asked))
    closing = ask_to_close_account(person=person, password=PASSWORD)
    Change.objects.all().delete()
    close_account(closing=closing.pk, now=closing.due_at)
    need.refresh_from_db()
    assert (need.status, need.author) == ("withdrawn", None)
    assert not Expert.objects.exists()
    assert Practice.objects.get().author is None
    changed = set(Change.objects.values_list("kind", "key"))
    assert {("expert", profile), ("need", need.slug)} <= changed


def test_no_key_keeps_an_account_from_being_deleted():
    kept = {
        f"{model._meta.label}.{field.name}"
        for model in models_in_use()
        for field in model._meta.concrete_fields
        if field.related_model is Person and field.remote_field.on_delete not in {models.CASCADE, models.SET_NULL}
    }
    assert kept == set()
    assert settings.AUTH_USER_MODEL == "accounts.Person"
