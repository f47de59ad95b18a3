"""Changing practices: rights, versions, translations, checks, and what the history keeps."""

from datetime import date

import pytest

from metropolis.engine_kit import Conflict, InvalidInput, NotAllowed, NotFound
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.history.models import Change, Entry
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import (
    add_practice,
    change_practice,
    delete_practice,
    review_practice,
    set_practice_visibility,
    translate_practice,
)
from metropolis.tools.practices.queries import practice, practice_content, practice_history
from metropolis.tools.practices.tests.factories import content, initiative, place, practice_in, whole

pytestmark = pytest.mark.django_db


def test_a_practice_says_again_all_that_it_was_told():
    row = practice_in(initiative())
    told = practice_content(practice(row.slug, None)[0])
    expected = whole(city="Rosario, AR", adopters=("Funes, AR",))
    assert told == expected


def test_a_new_practice_is_a_draft_marked_for_the_index():
    home = initiative()
    person = member_of(home, Role.CONTRIBUTOR)
    row = add_practice(initiative=home.slug, actor=person, content=content())
    assert (row.visibility, row.version, row.author) == (Visibility.DRAFT, 1, person)
    entry = Entry.objects.get(verb="add_practice")
    assert (entry.kind, entry.key, entry.workspace, entry.actor) == ("practice", row.slug, home.slug, person)
    assert Change.objects.filter(kind="practice", key=row.slug).exists()


def test_two_practices_of_one_title_have_two_addresses():
    home = initiative()
    assert [practice_in(home).slug for _ in range(2)] == ["open-streets-on-sundays", "open-streets-on-sundays-2"]


@pytest.mark.parametrize("title", ["Add", "Import"])
def test_a_practice_never_takes_the_address_of_a_page(title: str):
    assert practice_in(initiative(), title=title).slug == f"{title.lower()}-2"


def test_a_title_in_another_script_makes_an_address():
    assert practice_in(initiative(), title="شوارع مفتوحة", language="ar").slug == "شوارع-مفتوحة"


@pytest.mark.parametrize(
    ("slug", "refusal"), [("Not a slug", InvalidInput), ("add", InvalidInput), ("taken", Conflict)]
)
def test_an_address_given_must_be_free_and_well_formed(slug: str, refusal: type[Exception]):
    home = initiative()
    person = member_of(home, Role.CONTRIBUTOR)
    add_practice(initiative=home.slug, actor=person, content=content(), slug="taken")
    with pytest.raises(refusal):
        add_practice(initiative=home.slug, actor=person, content=content(), slug=slug)


@pytest.mark.parametrize(
    ("told", "refusal", "field"),
    [
        ({"city": "Nowhere, AR"}, NotFound, "city"),
        ({"city": "Córdoba, AR"}, InvalidInput, "city"),
        ({"topics": ("water", "no-such-topic")}, InvalidInput, "topics"),
        ({"themes": ("no-such-theme",)}, InvalidInput, "themes"),
        ({"sdgs": ("18",)}, InvalidInput, "sdgs"),
    ],
)
def test_what_is_not_known_is_named_and_nothing_is_written(
    told: dict[str, object], refusal: type[Exception], field: str
):
    home = initiative()
    place("Córdoba", division="Córdoba", slug="one")
    CityFactory.create(name="Córdoba", division="Misiones", slug="two")
    with pytest.raises(refusal) as caught:
        add_practice(initiative=home.slug, actor=member_of(home, Role.CONTRIBUTOR), content=content(**told))
    assert caught.value.field == field  # type: ignore[attr-defined]
    assert not Practice.objects.exists()


def test_a_city_of_an_ambiguous_name_stays_when_other_things_change():
    home = initiative()
    for slug in ("one-ar", "two-ar"):
        CityFactory.create(name="Misato", division="Saitama", slug=slug)
    row = practice_in(home, title="Streets of Misato")
    Practice.objects.filter(pk=row.pk).update(city_id=place("Misato").pk)
    told = practice_content(practice(row.slug, row.author)[0])
    changed = change_practice(
        slug=row.slug, actor=row.author, content=told.model_copy(update={"title": "Another title"})
    )
    assert (changed.title, changed.city) == ("Another title", place("Misato"))


def test_a_change_keeps_what_each_field_said():
    row = practice_in(initiative())
    told = whole(title="Open streets every day", city="Rosario, AR", topics=("cycling",))
    change_practice(slug=row.slug, actor=row.author, content=told, updating_note="More days")
    entry = Entry.objects.get(verb="change_practice")
    assert entry.data["version"] == 2
    assert entry.data["note"] == "More days"
    assert entry.data["changed"] == {
        "title": ["Open streets on Sundays", "Open streets every day"],
        "topics": [["cycling", "walking"], ["cycling"]],
    }


def test_saving_the_same_again_makes_no_version():
    row = practice_in(initiative())
    again = change_practice(slug=row.slug, actor=row.author, content=whole(topics=("walking", "cycling")))
    assert again.version == 1
    assert not Entry.objects.filter(verb="change_practice").exists()


def test_a_change_replaces_every_part():
    row = practice_in(initiative())
    change_practice(slug=row.slug, actor=row.author, content=content())
    read = practice(row.slug, None)[0]
    for part in ("building_blocks", "sources", "results", "key_dates", "partners", "adopters", "terms"):
        assert not getattr(read, part).exists(), part
    assert read.completeness < row.completeness


def test_who_read_an_older_version_is_told():
    row = practice_in(initiative())
    change_practice(slug=row.slug, actor=row.author, content=whole(title="A first change"), version=1)
    with pytest.raises(Conflict) as caught:
        change_practice(slug=row.slug, actor=row.author, content=whole(title="A second change"), version=1)
    assert caught.value.data == {"version": 2}
    assert Practice.objects.get().title == "A first change"


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_not_contribute_adds_nothing(role: Role | None):
    home = initiative()
    person = member_of(home, role) if role else PersonFactory.create()
    with pytest.raises(NotAllowed):
        add_practice(initiative=home.slug, actor=person, content=content())


def test_an_initiative_without_the_tool_takes_no_practices():
    home = initiative()
    ToolInUse.objects.filter(initiative=home, tool="practices").delete()
    with pytest.raises(NotFound):
        add_practice(initiative=home.slug, actor=editor(), content=content())


@pytest.mark.parametrize("what", ["change", "publish", "delete", "review"])
def test_a_contributor_may_not_touch_what_another_wrote(what: str):
    home = initiative()
    row, other = practice_in(home), member_of(home, Role.CONTRIBUTOR)
    today = date(2026, 1, 1)
    with pytest.raises(NotAllowed):
        {
            "change": lambda: change_practice(slug=row.slug, actor=other, content=content()),
            "publish": lambda: set_practice_visibility(slug=row.slug, actor=other, visibility=Visibility.DRAFT),
            "delete": lambda: delete_practice(slug=row.slug, actor=other),
            "review": lambda: review_practice(
                slug=row.slug, actor=other, reviewed_on=today, review_due_on=date(2027, 1, 1)
            ),
        }[what]()


def test_a_coordinator_may_change_publish_and_delete_what_others_wrote():
    home = initiative()
    row, coordinator = practice_in(home, Visibility.DRAFT), member_of(home, Role.COORDINATOR)
    change_practice(slug=row.slug, actor=coordinator, content=whole(title="Edited together"))
    assert (
        set_practice_visibility(slug=row.slug, actor=coordinator, visibility=Visibility.PUBLIC).visibility == "public"
    )
    delete_practice(slug=row.slug, actor=coordinator)
    assert not Practice.objects.exists()


def test_an_author_may_not_confirm_their_own_practice():
    row = practice_in(initiative())
    with pytest.raises(NotAllowed):
        review_practice(slug=row.slug, actor=row.author, reviewed_on=date(2026, 1, 1), review_due_on=date(2027, 1, 1))


def test_a_check_is_noted_until_a_later_day():
    home = initiative()
    row, coordinator = practice_in(home), member_of(home, Role.COORDINATOR)
    review_practice(slug=row.slug, actor=coordinator, reviewed_on=date(2026, 1, 1), review_due_on=date(2027, 1, 1))
    assert Practice.objects.get().reviewer == coordinator
    with pytest.raises(InvalidInput, match="must come after"):
        review_practice(slug=row.slug, actor=coordinator, reviewed_on=date(2026, 1, 1), review_due_on=date(2026, 1, 1))


def test_a_translation_is_kept_replaced_and_taken_away():
    home = initiative()
    row, person = practice_in(home), member_of(home, Role.CONTRIBUTOR)
    for title in ("Calles abiertas", "Calles abiertas los domingos", ""):
        translate_practice(
            slug=row.slug,
            actor=person,
            language="es",
            fields={"title": title, "summary": " Un resumen. "},
            origin="translator",
        )
    kept = {item.field: item.text for item in Translation.objects.filter(key=row.slug, language="es")}
    assert kept == {"summary": "Un resumen."}


@pytest.mark.parametrize(
    ("language", "fields", "origin", "field"),
    [
        ("en", {"title": "Open"}, "author", "language"),
        ("not a language", {"title": "Open"}, "author", "language"),
        ("es", {"city": "Rosario"}, "author", "city"),
        ("es", {"title": "Calles"}, "guessed", "origin"),
        ("es", {"title": "C" * 161}, "author", "title"),
    ],
)
def test_a_translation_that_cannot_be_is_refused(language: str, fields: dict[str, str], origin: str, field: str):
    row = practice_in(initiative())
    with pytest.raises(InvalidInput) as caught:
        translate_practice(slug=row.slug, actor=row.author, language=language, fields=fields, origin=origin)
    assert caught.value.field == field


def test_the_history_of_a_deleted_practice_is_not_read_at_the_next_one_of_its_address():
    home = initiative()
    before = practice_in(home)
    change_practice(slug=before.slug, actor=before.author, content=content(problem="A secret."))
    delete_practice(slug=before.slug, actor=before.author)
    row = practice_in(home)
    assert row.slug == before.slug
    assert [deed.title for deed in practice_history(row.slug, row.author)] == ["Visibility changed", "Added"]


def test_deleting_takes_the_translations_along_and_keeps_the_history():
    row = practice_in(initiative())
    translate_practice(slug=row.slug, actor=row.author, language="es", fields={"title": "Calles"}, origin="author")
    delete_practice(slug=row.slug, actor=row.author)
    assert not Translation.objects.filter(kind="practice").exists()
    assert Entry.objects.get(verb="delete_practice").key == row.slug
    assert Change.objects.filter(key=row.slug).exists()
