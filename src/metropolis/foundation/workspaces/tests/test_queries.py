import pytest
from django.utils import translation

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces import operations, queries
from metropolis.foundation.workspaces.access import needs
from metropolis.foundation.workspaces.cards import cards, record_kinds
from metropolis.foundation.workspaces.models import Initiative, Partner
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


def with_term(row: Initiative, vocabulary: str, code: str) -> Initiative:
    row.terms.add(Term.objects.get(vocabulary=vocabulary, code=code))
    return row


def opens(slug: str, viewer: Person | None) -> bool:
    try:
        queries.initiative(slug, viewer)
    except NotFound:
        return False
    return True


def test_who_sees_what():
    public, internal, draft = (InitiativeFactory.create(visibility=value) for value in ("public", "internal", "draft"))
    seen = {
        "visitor": None,
        "stranger": PersonFactory.create(),
        "editor": editor(),
        "viewer of the internal": member_of(internal, Role.VIEWER),
        "viewer of the draft": member_of(draft, Role.VIEWER),
        "coordinator of the draft": member_of(draft, Role.COORDINATOR),
    }
    found = {who: {row.visibility for row in queries.initiatives(viewer)} for who, viewer in seen.items()}
    assert found == {
        "visitor": {"public"},
        "stranger": {"public"},
        "editor": {"public", "internal", "draft"},
        "viewer of the internal": {"public", "internal"},
        "viewer of the draft": {"public", "draft"},
        "coordinator of the draft": {"public", "draft"},
    }
    every = [public.slug, internal.slug, draft.slug]
    for who, viewer in seen.items():
        assert len(queries.visible_keys(viewer, [*every, "none"])) == len(found[who])
        assert len([slug for slug in every if opens(slug, viewer)]) == len(found[who]), "the list and the gate agree"


def test_filters_narrow_each_other_and_count_what_a_further_choice_gives():
    load_vocabularies()
    rosario, agra = CityFactory.create(country="AR"), CityFactory.create(country="IN")
    first = with_term(InitiativeFactory.create(lead_city=rosario), "topic", "cycling")
    second = with_term(InitiativeFactory.create(status="ended", lead_city=rosario), "topic", "cycling")
    third = with_term(InitiativeFactory.create(), "topic", "heat")
    Partner.objects.create(initiative=third, city=agra)
    InitiativeFactory.create(visibility=Visibility.DRAFT, lead_city=agra)

    found = queries.catalogue(None, {"topic": ["cycling"], "status": ["running"]})
    assert list(found.rows) == [first]
    # A topic counts for the one above it too.
    assert found.counts["topic"] == {"cycling": 1, "mobility": 1, "heat": 1, "climate": 1}
    assert found.counts["status"] == {"running": 1, "ended": 1}
    assert found.counts["country"] == {"AR": 1}
    both = queries.catalogue(None, {"topic": ["cycling", "heat"]})
    assert set(both.rows) == {first, second, third}
    assert queries.catalogue(None, {"country": ["IN"]}).rows.get() == third
    assert not queries.catalogue(None, {"country": ["nowhere"]}).rows.exists()


def test_the_text_is_the_readers_where_it_is_translated_and_says_when_it_is_stale():
    row = InitiativeFactory.create(title="Green ways", story="A story.", language="en")
    operations.translate_initiative(
        slug=row.slug, actor=editor(), language="es", fields={"title": "Vías verdes"}, origin="machine"
    )
    with translation.override("es"):
        text = queries.initiative_texts([row])[row.slug]
    assert (text.language, text.fields["title"], text.origin, text.is_stale) == ("es", "Vías verdes", "machine", False)
    assert text.fields["story"] == "A story."
    assert text.translated == ("title",)
    assert text.languages == ("en", "es")
    row.title = "Green ways of Santiago"
    assert queries.initiative_texts([row], "es")[row.slug].is_stale
    assert queries.initiative_texts([row], "fr")[row.slug].fields["title"] == "Green ways of Santiago"


def test_members_are_named_to_members_and_editors_only():
    row = InitiativeFactory.create(is_open=True)
    viewer = member_of(row, Role.VIEWER)

    def names(person: Person | None) -> list[Person]:
        return [member.person for member in queries.members(queries.initiative(row.slug, person))]

    assert names(viewer) == names(editor()) == [viewer]
    assert names(None) == names(PersonFactory.create()) == []


def test_the_history_leaves_out_followers_and_what_the_viewer_may_not_see():
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    operations.change_initiative(slug=row.slug, actor=steward, fields={"seeks": "Partners"})
    reference = Reference(kind="initiative", key=row.slug)
    record(actor=steward, verb="follow_initiative", reference=reference, workspace=row.slug)
    assert [deed.entry.verb for deed in queries.deeds(queries.initiative(row.slug, None))] == ["change_initiative"]
    operations.set_initiative_visibility(slug=row.slug, actor=steward, visibility=Visibility.DRAFT)
    with pytest.raises(NotFound):
        queries.initiative(row.slug, None)
    hidden = queries.deeds(queries.initiative(row.slug, steward))
    assert [(deed.title, deed.url) for deed in hidden] == [(row.slug, "")] * 2
    assert [deed.entry.verb for deed in queries.own_deeds(steward)] == ["set_initiative_visibility"]


def test_somebody_contributes_where_they_are_a_contributor_and_where_it_is_open():
    own, opened, other = InitiativeFactory.create(), InitiativeFactory.create(is_open=True), InitiativeFactory.create()
    person = member_of(own, Role.CONTRIBUTOR)
    for row in (own, opened, other):
        row.tools_in_use.create(tool="barometer")
    assert list(queries.workspaces_for(person, "barometer")) == [opened, own]
    assert list(queries.workspaces_for(member_of(other, Role.VIEWER), "barometer")) == [opened]
    assert list(queries.workspaces_for(None, "barometer")) == []
    assert list(queries.workspaces_for(person, "map")) == []
    assert set(queries.workspaces_for(editor())) == {own, opened, other}


def test_only_public_initiatives_are_offered_to_search_with_every_text_and_city():
    load_vocabularies()
    lead, place = CityFactory.create(), CityFactory.create()
    row = with_term(
        InitiativeFactory.create(title="Green ways", story="One.\n\nTwo.", status="stopped", lead_city=lead,
                                 stopped_why="No money.", started_on="2014-07",
                                 figures=[{"label": "Length", "text": "1,500 km"}]),
        "theme", "sustainability",
    )  # fmt: skip
    row.cities.set([place, lead])
    operations.translate_initiative(
        slug=row.slug, actor=editor(), language="es", fields={"title": "Vías verdes"}, origin="translator"
    )
    InitiativeFactory.create(visibility=Visibility.INTERNAL)
    (found,) = queries.findable()
    assert [(text.language, text.title, text.origin) for text in found.texts] == [
        ("en", "Green ways", "original"),
        ("es", "Vías verdes", "translator"),
    ]
    assert found.texts[0].paragraphs == ("One.", "Two.", "No money.")
    assert found.city_ids == (lead.pk, place.pk)
    assert (found.themes, found.year, found.involvement) == (("sustainability",), 2014, "ran")
    assert found.facts[0].text == "1,500 km"
    assert list(queries.findable([])) == []


def test_the_table_of_rights_names_a_role_for_every_right_of_every_card():
    table = needs()
    assert all(isinstance(right.least, Role) and str(right.label) for right in table.values())
    assert {right for card in cards() for right in card.needs} <= table.keys()
    assert table["workspaces.change_members"].least == Role.STEWARD


def test_every_kind_of_record_has_its_own_name():
    kinds = [kind for card in cards() for kind in card.kinds]
    assert len({kind.kind for kind in kinds}) == len(kinds)
    assert {"initiative", "publication"} <= record_kinds().keys()
