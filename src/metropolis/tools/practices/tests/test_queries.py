"""Who sees which practices, and in which words."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.operations import change_practice, translate_practice
from metropolis.tools.practices.queries import (
    findable,
    listed_practices,
    panel,
    practice,
    practice_cards,
    practice_history,
    practices,
    reading,
    told_sections,
    visible_keys,
)
from metropolis.tools.practices.queries.history import word_differences
from metropolis.tools.practices.tests.factories import initiative, place, practice_in, whole
from metropolis.tools.practices.values import PracticeFilter

pytestmark = pytest.mark.django_db

Watcher = Callable[[Initiative, Person], Person | None]
WATCHERS: dict[str, Watcher] = {
    "visitor": lambda _home, _author: None,
    "stranger": lambda _home, _author: PersonFactory.create(),
    "viewer": lambda home, _author: member_of(home, Role.VIEWER),
    "contributor": lambda home, _author: member_of(home, Role.CONTRIBUTOR),
    "author": lambda _home, author: author,
    "coordinator": lambda home, _author: member_of(home, Role.COORDINATOR),
    "editor": lambda _home, _author: editor(),
}
SEES = {
    "draft": {"author", "coordinator", "editor"},
    "internal": {"viewer", "contributor", "author", "coordinator", "editor"},
    "public": set(WATCHERS),
}


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("who", WATCHERS)
def test_everybody_sees_what_they_may_and_no_more(who: str, visibility: Visibility):
    home = initiative()
    row = practice_in(home, visibility)
    watcher = WATCHERS[who](home, row.author)
    sees = who in SEES[visibility]
    assert practices(watcher).filter(pk=row.pk).exists() == sees
    assert (visible_keys(watcher, [row.slug]) == {row.slug}) == sees
    if sees:
        assert practice(row.slug, watcher)[0] == row
    else:
        with pytest.raises(NotFound):
            practice(row.slug, watcher)
        with pytest.raises(NotFound):
            practice_history(row.slug, watcher)


def test_only_public_practices_of_public_initiatives_are_offered_to_search():
    home, hidden = initiative(), initiative(visibility=Visibility.INTERNAL)
    shown = practice_in(home)
    practice_in(home, Visibility.INTERNAL)
    practice_in(hidden, author=editor())
    assert [found.reference.key for found in findable()] == [shown.slug]
    ToolInUse.objects.filter(initiative=home, tool="practices").delete()
    assert list(findable()) == []


def test_a_practice_offers_its_words_and_facts_to_search():
    row = practice_in(initiative())
    translate_practice(slug=row.slug, actor=row.author, language="es", fields={"title": "Calles"}, origin="machine")
    (found,) = findable([row.slug])
    assert [(text.language, text.title, text.origin) for text in found.texts] == [
        ("en", "Open streets on Sundays", "original"),
        ("es", "Calles", "machine"),
    ]
    assert "The first route crossed a bus line." in found.texts[0].paragraphs
    assert found.city_ids == (place("Rosario").pk,)
    assert found.adopter_city_ids == (place("Funes").pk,)
    assert (found.themes, found.topics, found.year) == (("sustainability",), ("cycling", "walking"), 2014)
    assert found.requires["preconditions"] == "An avenue that buses can leave."
    facts = {fact.label: fact.text for fact in found.facts}
    assert facts["Total cost"] == "1,200 USD (2015)"
    assert facts["Powers needed"] is None


def test_a_batch_of_practices_takes_as_many_queries_as_one():
    home = initiative()
    taken = []
    for _ in range(3):
        practice_in(home)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(findable())
        taken.append(len(queries))
    assert taken[0] == taken[2]


def listed(**wanted: str) -> list[str]:
    return [row.title for row in listed_practices(None, PracticeFilter.model_validate(wanted))]


def test_each_filter_narrows_the_list():
    home, other = initiative(title="First"), initiative(title="Second")
    place("Dakar", country="SN")
    practice_in(home, title="Cycling here", status="running", topics=("cycling",), language="es")
    practice_in(
        other, title="Water there", status="stopped", stopped_why="No money.", city="Dakar, SN", topics=("water",),
        themes=("governance",), sdgs=("6",), language="fr",
    )  # fmt: skip
    for wanted in (
        {"topic": "water"}, {"theme": "governance"}, {"sdg": "6"}, {"status": "stopped"}, {"country": "SN"},
        {"language": "fr"}, {"initiative": other.slug},
    ):  # fmt: skip
        assert listed(**wanted) == ["Water there"], wanted
    assert listed(topic="mobility") == ["Cycling here"], "a topic includes those under it"
    assert listed(topic="water", country="AR") == []


def test_the_list_can_be_sorted():
    home = initiative()
    place("Dakar", country="SN")
    practice_in(home, title="BBB", started_on="2001", city="Dakar, SN", one_line="a b c", status="running")
    practice_in(home, title="CCC", started_on="2020")
    practice_in(home, title="AAA", started_on="", status="")
    assert listed() == ["AAA", "CCC", "BBB"]
    assert listed(sort="title") == ["AAA", "BBB", "CCC"]
    assert listed(sort="city")[0] == "BBB"
    assert listed(sort="newest_start") == ["CCC", "BBB", "AAA"]
    assert listed(sort="completeness")[-1] == "AAA"


def test_a_reader_gets_the_translation_into_their_language():
    row = practice_in(initiative())
    translate_practice(slug=row.slug, actor=row.author, language="es", fields={"title": "Calles"}, origin="machine")
    with translation.override("es"):
        found = reading(row.slug, None)
        (card,) = practice_cards(practices(None))
    assert (found.version.language, found.version.origin) == ("es", "machine")
    assert (found.texts["title"].text, found.texts["title"].language) == ("Calles", "es")
    assert found.texts["summary"].language == "en"
    assert (card["title"], card["language"]) == ("Calles", "es")
    with translation.override("fr"):
        assert reading(row.slug, None).version.language == "en"
    assert reading(row.slug, None, "en").texts["title"].text == "Open streets on Sundays"
    with pytest.raises(NotFound):
        reading(row.slug, None, "fr")


def test_a_translation_goes_stale_when_its_original_changes():
    row = practice_in(initiative())
    translate_practice(
        slug=row.slug, actor=row.author, language="es", fields={"title": "Calles", "lessons": "Nada"}, origin="author"
    )
    change_practice(slug=row.slug, actor=row.author, content=whole(summary="Another summary, which is long enough."))
    assert not reading(row.slug, None, "es").version.is_stale
    change_practice(slug=row.slug, actor=row.author, content=whole(title="Another title"))
    assert reading(row.slug, None, "es").version.is_stale


def test_a_page_tells_what_is_told_and_names_what_is_not():
    row = practice_in(initiative())
    sections, untold = told_sections(reading(row.slug, None))
    by_name = {section.name: section for section in sections}
    assert [field.name for field in by_name["what"].fields] == ["actions", "building_blocks", "key_dates"]
    assert by_name["what"].unknown == ("Methods", "Technology", "Adapted from")
    assert untold == ["Powers"]


def test_words_that_changed_are_marked():
    assert word_differences("a b c", "a d c") == (("same", "a"), ("out", "b"), ("in", "d"), ("same", "c"))
    assert word_differences("", "new") == (("in", "new"),)
    assert word_differences("x" * 30_000, "") == ()


def test_the_history_tells_insiders_more_than_others():
    row = practice_in(initiative())
    change_practice(
        slug=row.slug, actor=row.author, content=whole(results=(), partners=()), updating_note="Results withdrawn"
    )
    inside, outside = practice_history(row.slug, row.author), practice_history(row.slug, None)
    assert [deed.title for deed in outside] == ["Changed", "Visibility changed", "Added"]
    assert outside[0].note == "Results withdrawn"
    assert not outside[0].who
    assert outside[0].differences == ()
    assert inside[0].who == row.author.name
    assert [difference.label for difference in inside[0].differences] == ["Measured results", "Partners"]
    assert inside[0].differences[1].runs == (("out", "Cycling club · people"),)


def test_an_initiative_shows_its_latest_practices():
    home = initiative()
    row = practice_in(home)
    practice_in(home, Visibility.DRAFT)
    shown = panel(home.pk, None)
    assert (shown.total, shown.records) == (1, ((row.title, row.get_absolute_url()),))
    assert shown.url.endswith(f"?initiative={home.slug}")
    assert "?" not in shown.add_url  # the initiative's page adds which one it is
